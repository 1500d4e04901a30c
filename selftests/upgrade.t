#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `switch upgrade` swaps the programs under traffic: tables stay, no frame is lost,
# lost frames are counted once. What cannot be done changes nothing.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

upgrade_many() {
	local i
	for i in 1 2 3; do
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

# frames to a port whose peer is down, while programs change
losses_counted() {
	local lost
	flow_start 1 3 "h3 h1" 2000
	upgrade_many
	flow_stop
	lost=$(sed 's/sent \([0-9]*\) .*/\1/' "$TMP/flow")
	wait_for 1 is "$lost" json '.[0].tx_dropped' stats show p3
}

# A switch as a version made it that had neither events nor counters of VLANs, and whose
# programs could not be asked to write entries
make_older() {
	rm "$XSW_BPFFS"/sw0/v*/{xsw_event,xsw_vlan_*,xsw_peer,prog_user}
}

macs_by_hand() {
	local mac
	mac=$(mac 7)
	xsw fdb add "$mac" dev p1 && xsw fdb replace "$mac" dev p2 &&
		is '[0,1]' json '[.[].macs]' port show && xsw fdb del "$mac" switch sw0 &&
		is '[0,0]' json '[.[].macs]' port show
}

# meets_programs N: how many ports have known unicast meet a program at egress
meets_programs() {
	"$("$ROOT/tools/bpftool-path")" -j map dump pinned "$(echo "$XSW_BPFFS"/sw0/v*/xsw_tx)" |
		jq -e --argjson n "$1" '[.[].value | arrays | select(.[4:] != ["0x00", "0x00", "0x00", "0x00"])] |
			length == $n'
}

older_works() {
	xsw stats reset && xsw port del p2 && xsw port add p2 switch sw0 path "$TEST_PATH" &&
		xsw stats show p2 vlan && xsw --openmetrics stats show && is "" xsw monitor last 10
}

older() {
	switch_up "$TEST_PATH" 2 vlan_stats on
	make_older
	check "what an older version did not count is none" older_works
	check "a port added to it has unicast meet the program that its floods rely on" \
		meets_programs 1
	check "entries by hand are counted" macs_by_hand
	frame send e1 "bcast h1 8100/10" 3
	check "... and upgraded" xsw switch upgrade sw0
	check "... none has any more" meets_programs 0
	check "... what it counted stays" is 3 counter 1 rx_packets
	frame send e1 "bcast h2 8100/10" 5
	check "... there is more now: counters of VLANs" is 5 \
		json '.[0].vlans[] | select(.vlan == 10).rx_packets' stats show p1 vlan
	check "... and events" is 02:00:00:00:00:02 \
		eval 'xsw -j monitor fdb last 1 | jq -r .mac'
}

# A switch that an earlier version has taken over, which had none of these: they are there,
# but no program's.
NEWER="policer policer_of peer guard bind bind_ip xsk punt punt_out event vlan_keys vlan_used vlan_stats"

# another_map PIN: a map like the pinned one takes its place
another_map() {
	local bpftool words
	bpftool=$("$ROOT/tools/bpftool-path")
	words=$("$bpftool" -j map show pinned "$1" | jq -r '"type \(.type) key \(.bytes_key) value \(
		.bytes_value) entries \(.max_entries) name \(.name) flags \(.flags)"')
	# shellcheck disable=SC2086
	rm "$1" && "$bpftool" map create "$1" $words
}

# fill MAP KEY BYTE...: the bytes, again and again, are the value
fill() {
	local bpftool pin key=$2 words
	bpftool=$("$ROOT/tools/bpftool-path")
	pin=$(echo "$XSW_BPFFS"/sw0/v*/"xsw_$1")
	shift 2
	words=$(($("$bpftool" -j map show pinned "$pin" | jq .bytes_value) / 4))
	# shellcheck disable=SC2046
	"$bpftool" map update pinned "$pin" key "$key" 0 0 0 \
		value $(for ((; words; words--)); do echo "$@"; done)
}

# ... with what is left of p1 from before: addresses, and VLAN 5
make_downgraded() {
	local map
	for map in $NEWER; do
		another_map "$(echo "$XSW_BPFFS"/sw0/v*/"xsw_$map")" || return
	done
	fill guard 1 1 0 0 0 && fill vlan_keys 0 5 0 1 0 && fill vlan_stats 1 1 0 0 0
}

# without COMMAND...: refused, for the version that runs has no such thing
without() {
	refused 2 "$@" && grep -q "runs an earlier version" "$TMP/err" || { cat "$TMP/err"; false; }
}

# What the programs do not know of is not there, though it is pinned.
downgraded_lacks() {
	without policer set p1 ingress rate 1mbit && without storm set p1 broadcast pps 9 &&
		without bind add p1 mac "$(mac 1)" && without port set p1 spoof_check mac &&
		without port set p1 mac_limit 9 && without port set p1 path afxdp &&
		without punt add p1 ethertype lldp socket
}

downgraded_reads() {
	exits 2 timeout 9 "${XSW%/*}/xsw-punt" print sw0 2> "$TMP/err"
	grep -q "runs an earlier version" "$TMP/err" || { cat "$TMP/err"; return 1; }
}

downgraded_shows() {
	is 0 eval 'xsw --openmetrics stats show | sed -n "s/^xsw_port_fdb_learned.*p1.* //p"' &&
		is 0 json '.[0].vlans | length' stats show p1 vlan &&
		is "" xsw monitor last 10
}

downgraded() {
	switch_up "$TEST_PATH" 2 vlan_stats on
	check "unicast meets no program at egress" meets_programs 0
	check "an earlier version takes over" make_downgraded
	xsw port del p2 && xsw port add p2 switch sw0 path "$TEST_PATH"
	check "... and unicast meets one at a port added since" meets_programs 1
	check "... what it had not is refused" downgraded_lacks
	check "... by readers of punted frames too" downgraded_reads
	check "... and tells nothing" downgraded_shows
	check "... until it is upgraded" xsw switch upgrade sw0
	check "... when unicast meets no program again" meets_programs 0
	check "... and what it had not works" xsw punt add p1 ethertype lldp socket
}

body() {
	local before
	switch_up "$TEST_PATH" 3 ageing_time $((2 * SLOW))
	set_port 3 vlan_mode access tag 10
	xsw fdb add "$(mac 2)" dev p2 static
	flow_start 1 2 "h2 h1" 3000
	check "upgrade under traffic" upgrade_many
	flow_stop
	check "no frame is lost" flow_lost_nothing
	check "static entries stay" fdb_has h2 dev p2 vlan 0 static
	check "learned entries stay" fdb_has h1 dev p1 vlan 0
	check "settings stay" sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1"
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
	switch_down
	older
	switch_down
	downgraded
}

each_path 30 body
