#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Known unicast and floods of several VLANs within one poll of a port: whatever stood in a
# device's bulk before, no copy of a flood leaves where or as it must not, and all are counted.
#   e1 --- p1 trunk [     ] p2 access 10 --- e2
#                   [ sw0 ] p3 access 20 --- e3
#                   [     ] p4 trunk     --- e4
source "$(dirname "$0")/lib.sh"
SEED=${SEED:-$RANDOM}
FRAMES=$((200000 / SLOW))

# result FILTER: what jq makes of what the program has seen
result() {
	jq -r "$1" "$TMP/bulks" || { cat "$TMP/bulks"; false; }
}

all_right() {
	is 0 result '[.ends[].wrong] | add' || { cat "$TMP/bulks"; false; }
}

# What was sent and not lost has arrived
counted() {
	local i
	for i in 2 3 4; do
		is "$(result ".ends[$((i - 2))].frames")" counter "$i" tx_packets || return
	done
}

both_ways() {
	xsw -j stats show p1 | jq -e '.[0].path | .xdp > 100 and .skb > 10'
}

plan 5
switch_up xdp 4
set_port 1 learning off
set_port 2 tag 10
set_port 3 tag 20
for vlan in 10 20; do
	xsw fdb add "$(mac 4)" dev p4 vlan $vlan static
done
xsw fdb add "$(mac 2)" dev p2 vlan 10 static
xsw fdb add "$(mac 3)" dev p3 vlan 20 static
echo "# SEED=$SEED FRAMES=$FRAMES"
check "unicast and floods mixed" \
	eval 'in_ns "$PROGS/bulks" "$SEED" "$FRAMES" e1 e2 e3 e4 > "$TMP/bulks"'
check "some floods went by XDP, some by TC" both_ways
check "every copy arrives where and as it should" all_right
check "what was counted at the ports has arrived" wait_for 1 counted
check "adds up" adds_up
switch_down
exit $((TEST_FAILED > 0))
