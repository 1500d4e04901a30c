#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port whose device is gone sends nothing to the device that gets its ifindex, with no
# command in between.
#   e1 --- p1 [ sw0      ] p2 --- e2      p2 goes; veth c2, whose other end is called e2
#             [ VLAN 10  ] p3 --- e3      again, gets its number
source "$(dirname "$0")/lib.sh"
PATHS=${PATHS:-xdp skb afxdp}

index_of() {
	cat < <(ip -n "$NS" -o link show "$1") | cut -d: -f1
}

# c2 has the number that p2 had: made here, or in namespace $1 and moved here
newcomer() {
	local ns=${1:-$NS}
	ip -n "$ns" link add c2 index "$INDEX" mtu 1500 type veth peer name e2 mtu 9000
	if [ "$ns" != "$NS" ]; then
		ip -n "$ns" link set c2 netns "$NS"
		ip -n "$ns" link set e2 netns "$NS"
	fi
	ip -n "$NS" link set c2 up
	ip -n "$NS" link set e2 up
	nsenter --net="/run/netns/$NS" ethtool -K e2 gro on > /dev/null 2>&1
	[ "$(index_of c2)" = "$INDEX" ]
}

# nothing_for_c2: of what the switch sends to a port that is gone
nothing_for_c2() {
	check "broadcasts do not reach it" sees 1 "bcast h1" 3 "bcast h1"
	check "nor does what is for an address that was learned there" sees 1 "h2 h1" 3 "h2 h1"
	check "... which is forgotten" fdb_lacks h2 vlan 10
	check "what is for a static address there is dropped" sees 1 "h4 h1"
	check "what the newcomer's peer sends is not switched" sees 2 "bcast h7"
	check "... and teaches nothing" fdb_lacks h7 vlan 10
}

begin() {
	switch_up "$TEST_PATH" 3
	for i in 1 2 3; do
		xsw port set "p$i" tag 10
	done
	xsw fdb add "$(mac 4)" dev p2 vlan 10 static
	frame send e2 "bcast h2"
	handled 2
	check "an address is learned on p2" fdb_has h2 dev p2 vlan 10
	check "... and reached there" sees 1 "h2 h1" 2 "h2 h1"
	INDEX=$(index_of p2)
	ip -n "$NS" link del p2
}

body() {
	begin
	check "a new device has the number" newcomer
	nothing_for_c2
	check "the port is absent" is '["absent",false]' json \
		'.[] | select(.ifname == "p2") | [.state, .forwarding]' port show
	check "adds up" adds_up
	switch_down

	begin
	netns_add "${NS}m"
	check "a device that was made elsewhere has the number" newcomer "${NS}m"
	ip netns del "${NS}m"
	nothing_for_c2
	xsw switch add sw1
	check "it can be a port of another switch" xsw port add c2 switch sw1 path skb tag 20
	check "... and gets nothing of this one's broadcasts" sees 1 "bcast h1" 3 "bcast h1"
	check "... nor unicast" sees 1 "h4 h1"
	check "adds up" adds_up
}

each_path 24 body
