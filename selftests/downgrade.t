#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs and tables of different versions: what an earlier version had not is refused or
# nothing until it is upgraded, and then works. See upgrade.t.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

# A switch as a version made it that had neither events nor counters of VLANs. Its programs do not
# know the tables of peers and local addresses: a pin that is missing though they do is refused, see pins.t.
make_older() {
	rm "$XSW_BPFFS"/sw0/v*/{xsw_event,xsw_vlan_*,xsw_loss_counted} &&
		another_map "$(echo "$XSW_BPFFS"/sw0/v*/xsw_peer)" &&
		another_map "$(echo "$XSW_BPFFS"/sw0/v*/xsw_local)"
}

host_add() {
	xsw port add host0 switch sw0 host && ip -n "$NS" link set host0 address "$(mac 100)"
}

# locals: "MAC DEV" of the addresses that are known as local
locals() {
	json '.[] | select(.flags == ["local"]) | "\(.mac) \(.ifname)"' fdb show
}

macs_by_hand() {
	local mac
	mac=$(mac 7)
	xsw fdb add "$mac" dev p1 && xsw fdb replace "$mac" dev p2 &&
		is '[0,1]' json '[.[:2][].macs]' port show && xsw fdb del "$mac" switch sw0 &&
		is '[0,0]' json '[.[:2][].macs]' port show
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
	host_add
	make_older
	check "an older version knows no local address" is "" locals
	check "what an older version did not count is none" older_works
	check "a port added to it has unicast meet the program that its floods rely on" \
		meets_programs 1
	check "entries by hand are counted" macs_by_hand
	frame send e1 "bcast h1 8100/10" 3
	check "... and upgraded" xsw switch upgrade sw0
	check "... none has any more" meets_programs 0
	check "... the host's address is known" is "$(mac 100) host0" locals
	check "... what it counted stays" is 3 counter 1 rx_packets
	frame send e1 "bcast h2 8100/10" 5
	check "... there is more now: counters of VLANs" is 5 \
		json '.[0].vlans[] | select(.vlan == 10).rx_packets' stats show p1 vlan
	check "... and events" is 02:00:00:00:00:02 \
		eval 'xsw -j monitor fdb last 1 | jq -r .mac'
}

# A switch that an earlier version has taken over, which had none of these: they are there,
# but no program's.
NEWER="policer policer_of peer guard bind bind_ip xsk punt punt_out event members \
	vlan_keys vlan_used vlan_stats loss_counted local capture capture_out"

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

# stale_local PORT: an address of the host's that a port once had
stale_local() {
	"$("$ROOT/tools/bpftool-path")" map update pinned "$(echo "$XSW_BPFFS"/sw0/v*/xsw_local)" \
		key 2 0 0 0 0 "$1" 0 0 value "$1" 0 0 0 0 0 0 0
}

# ... with what is left of p1 from before: addresses, and VLAN 5; of p1 and host0: addresses
# of the host's that they had
make_downgraded() {
	local map
	for map in $NEWER; do
		another_map "$(echo "$XSW_BPFFS"/sw0/v*/"xsw_$map")" || return
	done
	fill guard 1 1 0 0 0 && fill vlan_keys 0 5 0 1 0 && fill vlan_stats 1 1 0 0 0 &&
		stale_local 1 && stale_local 3
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
	exits 2 timeout $((9 * SLOW)) "${XSW%/*}/xsw-punt" print sw0 2> "$TMP/err"
	grep -q "runs an earlier version" "$TMP/err" || { cat "$TMP/err"; return 1; }
}

downgraded_shows() {
	is 0 eval 'xsw --openmetrics stats show | sed -n "s/^xsw_port_fdb_learned.*p1.* //p"' &&
		is 0 json '.[0].vlans | length' stats show p1 vlan &&
		is "" xsw monitor last 10
}

downgraded() {
	switch_up "$TEST_PATH" 2 vlan_stats on
	host_add
	check "unicast meets no program at egress" meets_programs 0
	check "an earlier version takes over" make_downgraded
	xsw port del p2 && xsw port add p2 switch sw0 path "$TEST_PATH"
	check "... and unicast meets one at a port added since" meets_programs 1
	check "... what it had not is refused" downgraded_lacks
	check "... by readers of punted frames too" downgraded_reads
	check "... and tells nothing" downgraded_shows
	check "... no local address" is "" locals
	check "... until it is upgraded" xsw switch upgrade sw0
	check "... when unicast meets no program again" meets_programs 0
	check "... the host's address is that of now" is "$(mac 100) host0" locals
	check "... and what it had not works" xsw punt add p1 ethertype lldp socket
}

# Programs that this version has not loaded, as an earlier one with the same tables leaves them: the
# number of the program that is pinned is another.
others_programs() {
	local dir other
	xsw switch add sw1
	dir=$(echo "$XSW_BPFFS"/sw0/v*)
	other=$(echo "$XSW_BPFFS"/sw1/v*)
	rm "$dir/prog_tc"
	"$("$ROOT/tools/bpftool-path")" prog pin pinned "$other/prog_tc" "$dir/prog_tc"
}

# refused_as_earlier COMMAND...: with the remedy
refused_as_earlier() {
	refused 2 "$@" && grep -q "runs an earlier version, which has no " "$TMP/err" &&
		grep -q "remedy: xsw switch upgrade sw0" "$TMP/err"
}

options() {
	switch_up "$TEST_PATH" 2
	check "options that these programs know" xsw port set p1 ra_guard on
	others_programs
	check "other programs do not: ra_guard" refused_as_earlier port set p2 ra_guard on
	check "... punt rules with icmp-type" refused_as_earlier punt add p1 proto icmp icmp-type 8 host
	check "... what they know is not refused" xsw port set p2 dhcp_guard on default_pcp 3
	check "... nor what is taken back" xsw port set p1 ra_guard off
	check "... upgraded" xsw switch upgrade sw0
	check "... they do" xsw port set p2 ra_guard on
	check "... rules, too" xsw punt add p1 proto icmp icmp-type 8 host
}

body() {
	older
	switch_down
	downgraded
	switch_down
	options
}

each_path 29 body
