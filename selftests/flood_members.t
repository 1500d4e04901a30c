#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flood visits the members of its VLAN, not all ports of the switch: who is a member is noted
# for each VLAN (maps/members.h) whatever changes it: a port's settings, add, del, an upgrade.
#   e1 --- p1 [ sw0 ] p2 --- e2
#         ... [     ] p70          ports 1, 3, 65 and 70 in VLAN 10, the others in VLAN 20
source "$(dirname "$0")/lib.sh"
N=70
BPFTOOL=$("$ROOT/tools/bpftool-path")

members_pin() {
	echo "$XSW_BPFFS"/sw0/v*/xsw_members
}

# noted_in PORT: the VLANs of which the port is noted as a member, in order
noted_in() {
	"$BPFTOOL" -j map dump pinned "$(members_pin)" | jq -r --argjson port "$1" '
		def hex: explode | map(if . > 96 then . - 87 else . - 48 end) | .[2] * 16 + .[3];
		.[$port / 64 | floor].value as $bytes | [range(4096) | select(
			($bytes[. * 8 + ($port % 64 / 8 | floor)] | hex) / pow(2; $port % 8) |
			floor % 2 == 1)] | join(" ")'
}

# noted PORT VLAN...: in these VLANs, and in no others
noted() {
	is "${*:2}" noted_in "$1"
}

all_noted() {
	noted 1 10 && noted 3 10 && noted 65 10 && noted 70 10 && noted 2 20 && noted 64 20
}

vlans() {
	local i
	for ((i = 1; i <= N; i++)); do
		case $i in
		1 | 3 | 65 | 70) echo "port set p$i vlan_mode access tag 10" ;;
		*) echo "port set p$i vlan_mode access tag 20" ;;
		esac
	done | xsw -b -
}

of_ten() {
	sees 1 "bcast h1" 3 "bcast h1" 65 "bcast h1" 70 "bcast h1"
}

# flooded: how many frames port 1 has flooded, by any path
flooded() {
	counter 1 rx_flooded
}

body() {
	switch_up "$TEST_PATH" $N
	check "a trunk is a member of all VLANs" is 4095 eval 'noted_in 7 | wc -w'
	check "VLANs are given" vlans
	check "each port is noted in its own" all_noted
	check "a flood reaches four members of seventy ports" of_ten
	check "... one more when it becomes a member" eval 'set_port 64 tag 10 &&
		sees 1 "bcast h1" 3 "bcast h1" 64 "bcast h1" 65 "bcast h1" 70 "bcast h1"'
	check "... by trunks, too, tagged" eval 'set_port 64 vlan_mode trunk tag none trunks 0,10,4094 &&
		sees 1 "bcast h1" 3 "bcast h1" 64 "bcast h1 8100/10" 65 "bcast h1" 70 "bcast h1"'
	check "... noted so" noted 64 0 10 4094
	check "... one fewer when it leaves" eval 'set_port 64 vlan_mode access tag 20 trunks all && of_ten'
	check "... and it is noted no more" all_noted
	check "a port that goes is noted nowhere" eval 'xsw port del p70 && noted 70'
	check "... and not reached" sees 1 "bcast h1" 3 "bcast h1" 65 "bcast h1"
	check "it is back" xsw port add p70 switch sw0 path "$TEST_PATH" vlan_mode access tag 10
	check "... and reached" of_ten
	check "a version without these notes takes over" another_map "$(members_pin)"
	xsw port set p3 tag 20 && xsw port set p2 tag 10
	check "... an upgrade makes them" xsw switch upgrade sw0
	check "... of the settings of then" eval 'noted 3 20 && noted 2 10 && noted 65 10'
	check "... and a flood reaches members" \
		sees 1 "bcast h1" 2 "bcast h1" 65 "bcast h1" 70 "bcast h1"
	check "all of it is counted" is 7 flooded
	check "adds up" adds_up
	switch_down
}

each_path 19 body
