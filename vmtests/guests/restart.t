#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A guest is killed and started again on the same tap: it is back without any command,
# and nothing was counted that was not so.
#   guest 1 --- p1 [ sw0 ] p2 --- guest 2, killed twice
source "$(dirname "$0")/lib.sh"

switch() {
	xsw switch add sw0 && xsw port add p1 switch sw0 tag 10 && xsw port add p2 switch sw0 tag 10
}

# not_less BEFORE N NAME: the counter of port N has not gone back
not_less() {
	local now

	now=$(counter "$2" "$3")
	[ "$now" -ge "$1" ] || { echo "$3 of p$2: $1, then $now"; false; }
}

plan 21
taps_up 2
check "a switch" switch
boot 1 2
check "TCP" carries 1 192.0.2.2
check "the port is up" port_is 2 state up
path=$(json '.[0].path_in_use' port show p2)
for round in 1 2; do
	before=$(counter 2 rx_packets)
	guest_kill 2
	check "round $round: killed, it does not answer" reaches_not 1 192.0.2.2
	check "... its port has no carrier, but is one" wait_for 2 port_is 2 state down
	guest_start 2
	check "... started again" ready 2
	check "... it answers" reaches 1 192.0.2.2
	check "... TCP" carries 2 192.0.2.1
	check "... on the same path" port_is 2 path_in_use "$path"
	check "... its address is known" fdb_has h2 dev p2 vlan 10
	check "... counters go on" not_less "$((before + 1))" 2 rx_packets
done
check "adds up" adds_up
