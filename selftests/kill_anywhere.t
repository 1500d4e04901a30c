#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A command killed at any moment leaves the traffic of others alone, and the
# next command works. Two commands at once: one waits for the other.
#   e1 --- p1 [ sw0 ] p2 --- e2      traffic p1 to p2 while p3, p4 come and go
source "$(dirname "$0")/lib.sh"

# Two configurations to change between: p3 and a switch come and go.
write_configs() {
	xsw config dump > "$TMP/config"
	cp "$TMP/config" "$TMP/other"
	printf '  - name: sw2\n    ports:\n      - dev: p3\n        path: %s\n' "$TEST_PATH" >> "$TMP/other"
	xsw config apply "$TMP/other" --dry-run | grep -q p3
}

# what runs is what the last configuration says
as_configured() {
	is "" xsw config apply "$TMP/config" --prune --dry-run
}

# Of options that one command gives, none is set without the others.
whole() {
	json '.[0] | [.ra_guard, .dhcp_guard, .default_pcp] | IN([false, false, 0], [true, true, 5])' \
		port show p3 | grep -q true
}

kill_many() {
	local i
	for i in 1 2 4 6 8 10 13 16 20 25 30 40; do
		kill_at "$i" port add p3 switch sw0 path "$TEST_PATH" tag 10
		xsw port add p3 switch sw0 path "$TEST_PATH" --may-exist ||
			xsw --may-exist port add p3 switch sw0 path "$TEST_PATH" || return
		kill_at "$i" port set p3 vlan_mode trunk trunks 5,6
		xsw port set p3 vlan_mode trunk trunks 0-4094 || return
		kill_at "$i" port set p3 ra_guard on dhcp_guard on default_pcp 5
		whole && xsw port set p3 ra_guard on dhcp_guard on default_pcp 5 || return
		kill_at "$i" port set p3 ra_guard off dhcp_guard off default_pcp 0
		whole || return
		kill_at "$i" port del p3
		xsw port del p3 --if-exists || xsw --if-exists port del p3 || return
		kill_at "$i" switch add sw1
		xsw switch del sw1 --if-exists || xsw --if-exists switch del sw1 || return
		kill_at $((i * 5)) switch upgrade sw0
		xsw switch upgrade sw0 || return
		kill_at "$i" config apply "$TMP/other"
		xsw config apply --prune "$TMP/config" || return
	done 2> "$TMP/err"
}

at_once() {
	local i pids=()
	for i in 1 2 3 4 5 6 7 8; do
		background "" "$XSW" fdb add "$(mac 10$i)" dev p2 static
		pids+=("$BACKGROUND")
		background "" "$XSW" port set p4 trunks "0,$i"
		pids+=("$BACKGROUND")
	done
	for i in "ra_guard on" "dhcp_guard on" "default_pcp 3" "isolated off"; do
		# shellcheck disable=SC2086 # words
		background "" "$XSW" port set p4 $i
		pids+=("$BACKGROUND")
	done
	for i in "${pids[@]}"; do
		wait "$i" || return
	done
}

body() {
	switch_up "$TEST_PATH" 4
	xsw port del p3
	xsw fdb add "$(mac 2)" dev p2 static
	check "two configurations" write_configs
	flow_start 1 2 "h2 h1" 2000
	check "the command after a killed one works" kill_many || sed 's/^/# /' "$TMP/err"
	check "no more changes are left to make" as_configured
	check "two commands at once" at_once
	check "... both were done" is 9 json length fdb show switch sw0 dev p2
	check "... to one port: none undid another's" is '[true,true,3]' \
		json '.[0] | [.ra_guard, .dhcp_guard, .default_pcp]' port show p4
	xsw port add p3 switch sw0 path "$TEST_PATH"
	flow_stop
	check "other ports' traffic lost nothing" flow_lost_nothing
	check "the switch is whole" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3" 4 "bcast h3"
	check "no half-made switch is left" is sw0 json '.[].name' switch show
}

each_path 9 body
