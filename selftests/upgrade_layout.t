#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `switch upgrade` takes over a switch of an earlier layout under traffic: settings, tables and
# learned addresses stay, no frame is lost, lost frames are counted once. Until then commands
# read and change it. Killed at any moment, it leaves a switch of one layout or the other.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
#
# Layout 1 had tables with shorter values (path xdp), layouts 1 and 2 had an FDB of hash maps (path
# skb: layout 2). The switch is made by this version, and its tables put into a folder as that layout
# has them: from then on its programs see no settings that a command changes. XSW_OLD=FILE has an
# earlier program xsw make it (layout 1: of commit efc1bdd, layout 2: of 9275031; git worktree add
# DIR COMMIT && make -C DIR).
source "$(dirname "$0")/lib.sh"
BPFTOOL=$("$ROOT/tools/bpftool-path")
DIR=$XSW_BPFFS/sw0
FLOW_PPS=3000
LOSS_PPS=1000000 # at the most
[ -z "${EMULATED:-}" ] || FLOW_PPS=500 LOSS_PPS=500 PATHS=${PATHS:-xdp}

# shorten MAP HEAD GAP JQ KEY...: put a map into the place of @MAP whose values lack GAP bytes
# behind the first HEAD, with the elements KEY as JQ makes them
shorten() {
	local pin=$DIR/v$FROM/$1 words key value
	words=$("$BPFTOOL" -j map show pinned "$pin" | jq -r --argjson gap "$3" '"type array key 4 value \(
		.bytes_value - $gap) entries \(.max_entries) flags \(.flags)"')
	# shellcheck disable=SC2086
	mv "$pin" "$pin-long" && "$BPFTOOL" map create "$pin" $words name "$1" || return
	for key in "${@:5}"; do
		# shellcheck disable=SC2086
		value=$("$BPFTOOL" -j map lookup pinned "$pin-long" key $key |
			jq -r --argjson head "$2" --argjson gap "$3" \
				".value | .[:\$head] + .[\$head + \$gap:] | $4 | join(\" \")") &&
			"$BPFTOOL" map update pinned "$pin" key $key value $value || return
	done
	rm "$pin-long"
}

# The switch becomes one of layout $FROM: of its three ports, each with two slots.
older() {
	in_ns "$PROGS/old_fdb" sw0 && mkdir "$DIR/v$FROM" && mv "$DIR"/v3/* "$DIR/v$FROM/" &&
		rmdir "$DIR/v3" && shorten xsw_fdb_count 128 64 . "0 0 0 0" && another_timer || return
	[ "$FROM" = 2 ] && return
	shorten xsw_switch 72 184 '.[28] = "0x01"' "0 0 0 0" &&
		shorten xsw_meta 128 384 . {1,2,3}" 0 0 0" &&
		shorten xsw_port 16 48 . {1,2,3}" "{0,4}" 0 0"
}

# The timer of an earlier layout has shorter values, and no command looks at them.
another_timer() {
	rm "$DIR/v$FROM/xsw_timer" && "$BPFTOOL" map create "$DIR/v$FROM/xsw_timer" type array key 4 \
		value 24 entries 1 name xsw_timer
}

# old COMMAND...: of the version that makes switches of layout 1
old() {
	in_ns "$XSW_OLD" "$@"
}

switch_up_old() {
	if [ -n "${XSW_OLD:-}" ]; then
		XSW=$XSW_OLD switch_up "$@"
		XSW=$XSW_OLD settings
		FROM=$(basename "$DIR"/v*)
		FROM=${FROM#v}
	else
		[ "$TEST_PATH" = xdp ] && FROM=1 || FROM=2
		switch_up "$@"
		settings
		older
	fi
}

# What a user sees of the switch and upgrades must not change.
seen() {
	xsw config dump
	xsw -j port show | jq '.[] | del(.macs)'
	xsw -j policer show p1 | jq '.[] | del(.passed, .green)'
	xsw -j bind show
	xsw -j punt show
	xsw -j fdb show | jq 'map(select(.flags != ["learned"]))'
}

# Addresses that port 3 learns while the switch is upgraded: an earlier program must have made it, for
# the programs of this version do not learn into the table that is copied.
LEARNED=0

learn_begin() {
	[ -z "${XSW_OLD:-}" ] && return
	LEARNED=20000
	background "" "$PROGS/frame" sources e3 "h1 h3" 100000 $LEARNED
}

learn_end() {
	[ -z "${XSW_OLD:-}" ] || wait "$BACKGROUND"
}

settings() {
	xsw fdb add "$(mac 2)" dev p2 static
	xsw policer set p1 ingress rate 1gbit
	xsw bind add p2 mac "$(mac 7)" ip 192.0.2.7
	xsw punt add p2 ethertype lldp host
}

# is_of_layout N: the switch is, and nothing is left of another
is_of_layout() {
	is "$1" json '.[0].layout' switch show sw0 && is "v$1" ls "$DIR" && is sw0 ls "$XSW_BPFFS"
}

# counts_at_least N: frames that entered p1
counts_at_least() {
	[ "$(counter 1 rx_packets)" -ge "$1" ]
}

sent() {
	sed 's/sent \([0-9]*\) .*/\1/' "$TMP/flow"
}

running() {
	local pin
	for pin in "$DIR"/v*/{port,link}_*; do
		"$BPFTOOL" -j link show pinned "$pin" | jq -r .prog_id
	done | tr '\n' ' '
}

slowpath_refused() {
	exits 2 in_ns "${XSW%/*}/xsw-slowpath" sw0 2> "$TMP/err" &&
		grep -q "xsw switch upgrade sw0" "$TMP/err" || { cat "$TMP/err"; false; }
}

# xsw-exporter, which runs as nobody
served() {
	in_ns curl -s --max-time 10 "http://127.0.0.1:9095/metrics" | grep "^xsw_switch_info{.*layout=\"$FROM\""
}

exporter_serves() {
	local status
	background "" "${XSW%/*}/xsw-exporter" --listen 127.0.0.1:9095 > "$TMP/log" 2>&1
	wait_for 5 served
	status=$?
	kill "$BACKGROUND" 2> /dev/null
	wait "$BACKGROUND" 2> /dev/null
	return $status
}

# A port in the middle cannot be swapped: its link's pin is not there.
upgrade_half() {
	local pin
	pin=$(find "$DIR"/ -name 'port_2_*' | sort | tail -1)
	mv "$pin" "$pin-away" && exits 2 xsw switch upgrade sw0 && mv "$pin-away" "$pin"
}

# What there is at one step of an upgrade after the other, and what folder stands after a kill then:
# begun, loaded, ports are being swapped, all are, and it is of layout 3.
steps() {
	echo "~sw0/v3=v$FROM ~sw0/v3/+prog_user=v$FROM ~sw0/v3/link_loss?_skb=v$FROM" \
		"~sw0/v3/prog_user=v$FROM ~sw0/v$FROM=v3"
}

# kill_when PATTERN: an upgrade, as soon as there is such a pin
kill_when() {
	background "" "$XSW" switch upgrade sw0
	until compgen -G "$XSW_BPFFS/$1" || ! kill -0 "$BACKGROUND"; do :; done
	kill -KILL "$BACKGROUND"
	wait "$BACKGROUND"
} > /dev/null 2>&1

# pinned_runs: the ports' links run the programs of the switch's folder
pinned_runs() {
	local pin prog
	for pin in "$DIR"/v*/port_*; do
		[ -e "$pin" ] || continue # before 6.6
		prog=$("$BPFTOOL" -j prog show pinned "${pin%/*}/prog_${pin##*_}" | jq .id)
		is "$prog" eval '"$BPFTOOL" -j link show pinned "$pin" | jq .prog_id' || return
	done
}

# The command after a killed one finds a switch of one layout, whole; then it can be upgraded. What
# traffic lost meanwhile is in $TMP/lost.
kill_many() {
	local step
	for step in $(steps); do
		[ -d "$DIR/v$FROM" ] || older || return
		flow_start 1 2 "h2 h1" "$FLOW_PPS"
		kill_when "${step%=*}"
		xsw switch set sw0 ageing_time 78 || return
		is sw0 ls "$XSW_BPFFS" && is 3 json length port show switch sw0 && pinned_runs || return
		[ -d "$DIR/${step#*=}" ] || echo "# killed at ${step%=*}: $(ls "$DIR")" >&3
		xsw switch upgrade sw0 && is_of_layout 3 && pinned_runs || return
		flow_stop
		flow_lost_nothing >> "$TMP/lost"
	done
}

# An xsw-punt that makes rules ends with the folder it knows. It takes them away before, but not in
# the tables that it knew.
rules_end() {
	local pid
	background "" "${XSW%/*}/xsw-punt" --rules lldp sw0 2> "$TMP/err"
	pid=$BACKGROUND
	wait_for 10 is 4 json length punt show || { kill "$pid"; return 1; }
	set_port 3 tag 12
	xsw switch upgrade sw0
	wait "$pid"
	grep -q "is gone" "$TMP/err" || { cat "$TMP/err"; false; }
}

old_changes_nothing() {
	local before
	before=$(seen)
	exits 2 old switch upgrade sw0 2> "$TMP/err" && grep -q "of another layout than v$FROM" "$TMP/err" &&
		exits 2 old switch set sw0 ageing_time 5 && exits 2 old port set p1 tag 9 &&
		exits 2 old switch add sw0 && is "$before" seen
}

body() {
	local before
	switch_up_old "$TEST_PATH" 3 ageing_time 77
	check "a switch of an earlier layout" is_of_layout $FROM
	set_port 3 vlan_mode native-untagged tag 10 trunks 20-30,40 isolated on
	check "... takes settings" port_is 3 trunks "[20,21,22,23,24,25,26,27,28,29,30,40]"
	check "... is refused by xsw-slowpath, with the remedy" slowpath_refused
	check "... is shown by xsw-exporter" exporter_serves
	seen > "$TMP/before"
	flow_start 1 2 "h2 h1" "$FLOW_PPS"
	learn_begin
	check "upgrade under traffic" xsw switch upgrade sw0
	learn_end
	flow_stop
	check "... no frame is lost" flow_lost_nothing
	check "... it is of this layout" is_of_layout 3
	check "... what is set stays" diff "$TMP/before" <(seen)
	check "... learned entries stay" fdb_has h1 dev p1 vlan 0
	check "... all of them" is $((LEARNED + 2)) json length fdb show
	check "... counters stay" counts_at_least "$(sent)"
	check "... the programs know the settings" sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1"
	set_port 3 tag 11
	check "... and follow them" sees 1 "bcast h1 8100/11" 2 "bcast h1 8100/11" 3 "bcast h1"
	xsw switch set sw0 ageing_time 1
	check "... entries still age" wait_for 4 fdb_lacks h1 vlan 0
	if [ -n "${XSW_OLD:-}" ]; then
		check "an earlier version says so, and changes nothing" old_changes_nothing
	else
		skip "an earlier version says so, and changes nothing" "needs one: XSW_OLD=FILE"
	fi
	xsw fdb add "$(mac 3)" dev p3 static
	set_port 3 vlan_mode trunk trunks all isolated off
	: > "$TMP/lost"
	check "killed at any moment it leaves one layout or the other" kill_many
	check "... no frame is lost" is "" cat "$TMP/lost"
	older
	before=$(running)
	if [ -n "$(find "$DIR"/ -name 'port_2_*')" ]; then
		check "when one port cannot be swapped it is refused" upgrade_half
	else
		skip "when one port cannot be swapped it is refused" "ports have no links here"
	fi
	check "... and nothing changed" eval 'is_of_layout $FROM && is "$before" running'
	ip -n "$NS" link set e3 down
	xsw stats reset
	flow_start 1 3 "h3 h1" "$LOSS_PPS"
	xsw switch upgrade sw0
	flow_stop
	check "lost frames are counted once" wait_for 1 is "$(sent)" json '.[0].tx_dropped' stats show p3
	check "adds up" adds_up
	set_port 3 vlan_mode access tag 11
	older
	check "xsw-punt that makes rules ends" rules_end
	check "... and its rules" is 1 json length punt show
	check "... ports are as they were" port_is 3 tag 12
	older
	check "a switch of an earlier layout can be removed" xsw switch del sw0
	check "... and nothing is left" is "" ls "$XSW_BPFFS"
}

exec 3>&1
each_path 26 body
