#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-punt lldp while the ports of its switch change: neighbours are of the device that
# heard them, and a port without room for a rule is no reason to end.
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"

# An LLDPDU of chassis "x", port "y", for 120 s
LLDPDU=$(hex 0180c200000e 020000000001 88cc 02020778 04020779 06020078 0000)

handler_start() {
	background "" "$PUNT" --rules lldp sw0 2> "$TMP/lldp"
	LLDP=$BACKGROUND
}

# has_rule PORT
has_rule() {
	is 1 json '[.[] | select(.ethertype == "0x88cc")] | length' punt show "$1"
}

hears() {
	frame send e1 "$LLDPDU"
	wait_for 10 is '["x"]' json '[.[].chassis_id]' lldp show p1
}

# The handler reads what p1 heard only when p3 has its number.
number_reused() {
	local was
	was=$(json '.[0].port' port show p1)
	kill -STOP "$LLDP"
	xsw stats reset
	frame send e1 "$LLDPDU"
	wait_for 10 is 1 counter 1 rx_punted || return
	xsw port del p1
	ip -n "$NS" link add p3 type veth peer name e3
	xsw port add p3 switch sw0
	is "$was" json '.[0].port' port show p3 || return
	kill -CONT "$LLDP"
	kill -TERM "$LLDP" # what waits is read before it ends
}

rules_full() {
	local i
	for ((i = 1; i <= 15; i++)); do
		xsw punt add p2 vlan "$i" socket 5
	done
}

plan 6
switch_up skb 2
rules_full
handler_start
check "a port that has no room for the rule: the others get it" wait_for 10 has_rule p1
check "... it is told" wait_for 10 grep -q "p2.*15 rules" "$TMP/lldp"
check "... the handler hears the others" hears
xsw punt del p2 vlan 7
check "... and the port, once there is room" wait_for 10 has_rule p2
check "a port is deleted, its number used again" number_reused
wait "$LLDP"
check "... what it heard is not the new one's" is "[]" json "[.[].ifname]" lldp show
