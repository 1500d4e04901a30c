#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ordinary guests with default virtio offloads talk to each other, on every path; their
# NIC is the one they would have behind a Linux bridge; groups reach all.
#   guest 1  eth0 --- p1 [     ] p2 --- eth0  guest 2
#            eth1        [ sw0 ] p3 --- eth0  guest 3
#              +--- tap0, port of a Linux bridge
source "$(dirname "$0")/lib.sh"
PAIRS="1:2 2:3 3:1"

taps_up 3
ip -n "$NS" link add br0 up type bridge
ip -n "$NS" tuntap add tap0 mode tap vnet_hdr
ip -n "$NS" link set tap0 master br0 up

paths() {
	local i

	for i in 1 2 3; do
		set_port "$i" path "$1" || return
	done
}

# A guest's NIC as ethtool shows it, the device's name left out
features() {
	guest 1 "ethtool -k $1" | tail -n +2
}

same_features() {
	is "$(features eth1)" features eth0 && features eth0 | grep -q '^tx-checksumming: on' &&
		features eth0 | grep -q '^tcp-segmentation-offload: on'
}

# whole N ADDRESS TO: frames that guest TO hears while it is sent /data are longer than
# a wire's: what the sender did not cut nobody else did
whole() {
	local before after mean

	read -ra before < <(heard "$3")
	carries "$1" "$2" || return
	read -ra after < <(heard "$3")
	mean=$(((after[0] - before[0]) / (after[1] - before[1])))
	echo "# guest $1 to $2: frames of $mean bytes" >&3
	[ "$mean" -gt 3000 ]
}

# answered PING N...: by each of these guests, IPv4 or IPv6, in a ping of guest 1 to a group
answered() {
	local got i

	got=$(guest 1 "ping -c5 -i 0.5 -W 2 $1") # it answers itself, too
	for i in "${@:2}"; do
		grep -Eq " from (192\.0\.2\.|fe80::ff:fe00:)${i}[:%]" <<< "$got" ||
			{ echo "guest $i does not answer: $got"; return 1; }
	done
}

body() {
	local pair a b

	check "path $1" paths "$1"
	for pair in $PAIRS; do
		a=${pair%:*} b=${pair#*:}
		check "ping $a to $b, IPv4 ($1)" reaches "$a" "192.0.2.$b"
		check "ping $a to $b, IPv6 ($1)" reaches "$a" "2001:db8::$b"
		check "TCP $a to $b, IPv4 ($1)" carries "$a" "192.0.2.$b"
		check "TCP $a to $b, IPv6 ($1)" carries "$a" "[2001:db8::$b]"
	done
	throughput 1 192.0.2.2
}

plan 37
exec 3>&1
check "a switch" switch_of 3
guest_start 1 -netdev tap,id=net1,ifname=tap0,script=no,downscript=no \
	-device "virtio-net-pci,netdev=net1,mac=$(mac 9),romfile="
guest_start 2
guest_start 3
check "guests boot" ready 1 2 3 || exit
check "the NIC's features are those behind a bridge" same_features
body auto
for i in 1:2 2:1; do
	check "segments stay whole, ${i%:*} to ${i#*:}" whole "${i%:*}" "192.0.2.${i#*:}" "${i#*:}"
done
check "broadcast reaches all" answered "-b 192.0.2.255" 2 3
check "multicast reaches all" answered "-I eth0 224.0.0.1" 2 3
check "IPv6 multicast reaches all" answered ff02::1%eth0 2 3
body xdp
check "each guest is where it spoke" fdb_has h1 dev p1 vlan 0
check "nothing was dropped" is 0 json '[.[].rx_dropped] | add' stats show
check "adds up" adds_up
