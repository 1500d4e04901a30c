#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `switch upgrade` swaps the programs under traffic: tables stay, no frame is lost,
# lost frames are counted once. What cannot be done changes nothing.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

UPGRADES=3
FLOW_PPS=3000
LOSS_PPS=1000000 # at the most
[ -z "${EMULATED:-}" ] || UPGRADES=2 FLOW_PPS=500 LOSS_PPS=500

upgrade_many() {
	local i
	for ((i = 0; i < UPGRADES; i++)); do
		xsw switch upgrade sw0 || return
	done
}

# The programs that run on the ports and beside them, by id.
running() {
	local pin
	for pin in "$XSW_BPFFS"/sw0/v*/{port,link}_*; do
		"$("$ROOT/tools/bpftool-path")" -j link show pinned "$pin" | jq -r .prog_id
	done | tr '\n' ' '
}

# Lacking the capability that its tracing programs need.
upgrade_unprivileged() {
	exits 2 in_ns setpriv --bounding-set=-perfmon,-sys_admin --inh-caps=-perfmon,-sys_admin \
		"$XSW" switch upgrade sw0
}

# A link of a port in the middle; none before 6.6 on path skb, where a filter is replaced
link_of_port() {
	find "$XSW_BPFFS"/sw0/ -name 'port_2_*' | sort | tail -1
}

# A port in the middle cannot be swapped: its link's pin is not there.
upgrade_half() {
	local pin
	pin=$(link_of_port)
	mv "$pin" "$pin-away" && exits 2 xsw switch upgrade sw0 && mv "$pin-away" "$pin"
}

# frames to a port whose peer is down, as many as can be, while programs change
losses_counted() {
	local lost
	flow_start 1 3 "h3 h1" "$LOSS_PPS"
	upgrade_many
	flow_stop
	lost=$(sed 's/sent \([0-9]*\) .*/\1/' "$TMP/flow") # more than a number: it ended too early
	wait_for 1 is "$lost" json '.[0].tx_dropped' stats show p3
}

body() {
	local before
	switch_up "$TEST_PATH" 3 ageing_time 77
	set_port 3 vlan_mode access tag 10
	xsw fdb add "$(mac 2)" dev p2 static
	flow_start 1 2 "h2 h1" "$FLOW_PPS"
	check "upgrade under traffic" upgrade_many
	flow_stop
	check "no frame is lost" flow_lost_nothing
	check "static entries stay" fdb_has h2 dev p2 vlan 0 static
	check "learned entries stay" fdb_has h1 dev p1 vlan 0
	check "settings stay" is 77 json '.[0].ageing_time' switch show sw0
	check "... those of ports, too" sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1"
	xsw switch set sw0 ageing_time 1
	check "entries still age" wait_for 4 fdb_lacks h1 vlan 0
	before=$(running)
	check "without the capability it is refused" upgrade_unprivileged
	check "... and nothing changed" is "$before" running
	if [ -n "$(link_of_port)" ]; then
		check "when one port cannot be swapped it is refused" upgrade_half
	else
		skip "when one port cannot be swapped it is refused" "ports have no links here"
	fi
	check "... and nothing changed" is "$before" running
	set_port 3 vlan_mode trunk
	xsw fdb add "$(mac 3)" dev p3 static
	ip -n "$NS" link set e3 down
	check "lost frames are counted once" losses_counted
	check "a switch that is not there is refused" exits 2 xsw switch upgrade nosuch
	check "adds up" adds_up
}

each_path 14 body
