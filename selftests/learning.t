#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An address is learned on the port and VLAN where it spoke, and nowhere else; it moves at
# once and ages without any process.
#   e1 --- p1 [ sw0 ] p2 --- e2      all access 10
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

learned() {
	frame send e2 "bcast h2" && fdb_has h2 dev p2 vlan 10
}

# newcomer_keeps: what is learned on a port that has just come, with the number of one whose device
# lost its carrier, is not taken for what that port had learned
newcomer_keeps() {
	local i

	for i in 1 2 3 4 5; do
		xsw port del p1 && ip -n "$NS" link set e1 down && ip -n "$NS" link set e1 up &&
			xsw port add p1 switch sw0 path "$TEST_PATH" &&
			xsw fdb add "$(mac 5)" dev p1 && fdb_has h5 dev p1 vlan 0 || return
	done
}

body() {
	switch_up "$TEST_PATH" 4
	set_port 1 vlan_mode access tag 10
	set_port 2 vlan_mode access tag 10
	set_port 3 vlan_mode access tag 10
	check "unknown unicast is flooded" \
		sees 1 "h2 h1" 2 "h2 h1" 3 "h2 h1" 4 "h2 h1 8100/10"
	check "h1 is learned on p1 in VLAN 10" fdb_has h1 dev p1 vlan 10
	check "... and not in VLAN 0" fdb_lacks h1 vlan 0
	check "a frame to h1 reaches e1 alone" sees 2 "h1 h2" 1 "h1 h2"
	check "... in its VLAN only" sees 4 "h1 h4"
	check "h1 moves to p3" sees 3 "bcast h1" 1 "bcast h1" 2 "bcast h1" 4 "bcast h1 8100/10"
	check "... at once" sees 2 "h1 h2" 3 "h1 h2"
	check "... which counts there" is 1 counter 3 fdb_moves
	check "... and nowhere else" is "0 0" eval 'echo "$(counter 1 fdb_moves) $(counter 2 fdb_moves)"'
	check "... in text" eval 'xsw stats show p3 | grep -q " fdb_moves 1\$"'
	check "to its own port: not sent" sees 3 "h1 h5"
	check "... reason same-port" is 1 drops 3 same-port
	frame send e1 "bcast h7 8100/99"
	check "a refused frame teaches nothing" fdb_lacks h7 vlan 99
	check "a group source is refused" sees 1 "bcast g1"
	check "a zero source is refused" sees 1 "bcast zero"
	check "... reason src" is 2 drops 1 src
	set_port 1 learning off
	check "learning off: frames pass" sees 1 "h2 h8" 2 "h2 h8"
	check "... and are not learned" fdb_lacks h8 vlan 10
	frame send e2 "bcast h2"
	xsw fdb flush switch sw0 dev p2
	check "flush dev forgets that port" fdb_lacks h2 vlan 10
	check "... and no other" fdb_has h1 dev p3 vlan 10
	frame send e2 "bcast h2"
	set_port 2 hairpin on
	check "another setting keeps what was learned" fdb_has h2 dev p2 vlan 10
	set_port 2 priority_tags always
	check "... but not priority_tags" fdb_lacks h2 vlan 10
	set_port 3 vlan_mode access tag 11
	check "a changed VLAN forgets what was learned" fdb_lacks h1 vlan 10
	xsw switch set sw0 ageing_time "$SLOW"
	check "an entry lives" wait_for 5 learned
	sleep "$SLOW.1"
	check "... for ageing_time" sees 1 "h2 h1" 2 "h2 h1" 4 "h2 h1 8100/10"
	check "... and is gone from the table" is 0 fdb_count
	check "adds up" adds_up
	xsw switch set sw0 ageing_time 300
	check "a port that has just come keeps what is added to it" newcomer_keeps
}

each_path 28 body
