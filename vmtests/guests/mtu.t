#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests with MTU 4000 and 9000: the largest packet arrives, to the byte, and so does
# TCP; a port with a smaller MTU refuses, and counts.
#   guest 1 --- p1 [ sw0 ] p2 --- guest 2
source "$(dirname "$0")/lib.sh"

mtu() {
	local i

	for i in 1 2; do
		ip -n "$NS" link set "p$i" mtu "$1" && guest "$i" ip link set eth0 mtu "$1" || return
	done
}

# Three packets as long as the MTU, answered in full length; ping compares what returns.
largest() {
	local got

	got=$(guest 1 "ping -c3 -i 0.2 -w $((3 * SLOW)) -M do -s $(($1 - 28)) 192.0.2.2")
	[[ $got = *" 3 received"* && $got != *"wrong data"* ]] || { echo "$got"; false; }
}

too_long() {
	not guest 1 "ping -qc2 -i 0.2 -w 3 -M do -s 8972 192.0.2.2"
}

body() {
	check "path $1" xsw port set p1 path "$1"
	xsw port set p2 path "$1"
	for mtu in 1500 4000 9000; do
		check "MTU $mtu ($1)" mtu "$mtu"
		check "... is the port's" port_is 2 mtu "$mtu"
		check "... the largest packet" largest "$mtu"
		check "... TCP" carries 1 192.0.2.2
		check "... TCP back, IPv6" carries 2 "[2001:db8::1]"
	done
}

plan 40
taps_up 2
check "a switch" switch_of 2
boot 1 2
body auto
body xdp
check "nothing was too long" is 0 drops 2 mtu
ip -n "$NS" link set p2 mtu 4000
before=$(drops 2 mtu)
check "9000 does not go where 4000 is the MTU" too_long
check "... reason mtu" test "$(drops 2 mtu)" -gt "$before"
check "4000 does" largest 4000
check "back to 9000" ip -n "$NS" link set p2 mtu 9000
check "... it goes at once" largest 9000
