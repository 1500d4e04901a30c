#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The words of xsw capture: which frames are told, how much of them, for how long, and to where;
# several captures at once, ones that are killed, too slow, or whose file, reader or port goes.
source "$(dirname "$0")/lib.sh"
# shellcheck source=capture_lib.sh
source "$(dirname "$0")/capture_lib.sh"
BPFTOOL=$("$ROOT/tools/bpftool-path")

frames() {
	wc -l < "$TMP/frames"
}

# on: which captures are on, a bit each
on() {
	"$BPFTOOL" -j map lookup pinned "$XSW_BPFFS/sw0/v$(layout)/xsw_fdb_count" key 0 0 0 0 |
		jq .formatted.value.captures
}

# ended: has it?
ended() {
	! kill -0 "$CAPTURE" 2> /dev/null
}

layout() {
	basename "$XSW_BPFFS/sw0"/v* | tr -d v
}

choose() {
	check "dir in" shows "dir in" 1 "h2 h1" 1 in - "h2 h1"
	check "dir out" shows "dir out" 1 "h2 h1" 2 out - "h2 h1"
	check "dir drop: nothing of what is forwarded" shows "dir drop" 1 "h2 h1"
	check "... what is dropped" shows "dir drop" 1 "h2 h1 8100/9" 1 in "drop vlan" "h2 h1 8100/9"
	check "dir in has what is dropped where it came in" shows "dir in" 1 "h2 h1 8100/9" \
		1 in "drop vlan" "h2 h1 8100/9"
	check "a reason" shows "reason vlan" 1 "h2 h1 8100/9" 1 in "drop vlan" "h2 h1 8100/9"
	check "... another" shows "reason src" 1 "h2 h1 8100/9"
	check "a port" shows "p2" 1 "h2 h1" 2 out - "h2 h1"
	check "two ports" shows "p2 dev p1" 1 "h2 h1" 1 in - "h2 h1" 2 out - "h2 h1"
	check "a switch" shows "switch sw0 dir in" 1 "h2 h1" 1 in - "h2 h1"
	check "a queue" shows "queue 0" 1 "h2 h1" 1 in - "h2 h1"
	check "... is told" grep -q 'queue 0 ' "$TMP/frames"
	check "... another" shows "queue 1" 1 "h2 h1"
	set_port 1 tag 20
	check "a VLAN inside the switch" shows "vlan 20 p1" 1 "h9 h1" 1 in - "h9 h1"
	check "... another" shows "vlan 0 p1" 1 "h9 h1"
	check "... of a frame that may not enter: that of its tag" shows "vlan 9" 1 "h2 h1 8100/9" \
		1 in "drop vlan" "h2 h1 8100/9"
	set_port 1 tag none vlan_mode trunk
}

filters() {
	local arp
	arp=$(hex ffffffffffff 020000000001 0806 00010800060400010200)
	check "a filter" shows "p1 filter arp" 1 "$arp" 1 in - "$arp"
	check "... another frame" shows "p1 filter arp" 1 "h2 h1"
	check "... stands in the file" grep -q 'filter arp$' "$TMP/c"
	capture_start p1 filter "vlan 7 and ether host $(mac 2)"
	enter 1 "h2 h1 8100/7" "h2 h1 8100/8" "h3 h1 8100/7" "h2 h1"
	capture_stop
	check "... sees tags, on whichever path" is "$(wanted 1 in - "h2 h1 8100/7")" told
	check "a bad one" exits 1 xsw capture filter "no such words"
	check "... is told in one line" eval 'xsw capture filter "tcp port" 2>&1 |
		grep -c "^xsw: filter .tcp port.: " | grep -qx 1'
	check "... a netmask that is not known is no error" exits 0 xsw capture duration 0.1 \
		filter "net 192.0.2.0/24"
}

amounts() {
	capture_start p1 count 2
	enter 1 "h2 h1" "h2 h1"
	wait_for 10 ended
	capture_stop
	check "count: it ends by itself" is 0 echo $?
	check "... after so many" is 2 frames
	capture_start p1 snaplen 20
	enter 1 "h2 h1 8100/7"
	capture_stop
	check "snaplen" is "p1 in 64 40" eval 'sed -E "s/queue.* /# /" "$TMP/frames" |
		awk "{ print \$1, \$2, \$3, length(\$5) }"'
	check "... stands in the file" grep -q '^if p1 snaplen 20$' "$TMP/c"
	check "duration" exits 0 xsw capture duration 0.1 write "$TMP/d.pcapng"
	check "... nothing came, and the file is whole" eval \
		'"$PROGS/pcapng" "$TMP/d.pcapng" | grep -qx "stat p1 recv 0 drop 0"'
}

lines() {
	background "" "$XSW" capture p1 p2 count 3 > "$TMP/lines" 2>&1
	CAPTURE=$BACKGROUND
	wait_for 5 eval '[ "$(on)" != 0 ]'
	enter 1 "h2 h1 8100/7" "h2 h1 8100/9"
	frame send e2 "h1 g2"
	wait "$CAPTURE"
	check "a line a frame" grep -Eq "^20[-0-9T:.+]* sw0 p1 in $(mac 1) > $(mac 2) ethertype 0x88b5 \
vlan 7 len 64 path $TEST_PATH( queue 0)?$" "$TMP/lines"
	background "" "$XSW" -j capture reason src count 1 > "$TMP/lines" 2>&1
	CAPTURE=$BACKGROUND
	wait_for 5 eval '[ "$(on)" != 0 ]'
	frame send e2 "h1 g2 8100/7"
	wait "$CAPTURE"
	check "JSON" is "p2 drop rx src 7 $(bytes "h1 g2 8100/7")" jq -r \
		'[.ifname, .dir, .direction, .reason, .vlan, .frame] | map(tostring) | join(" ")' \
		"$TMP/lines"
}

pipes() {
	check "write -" eval '(wait_for 5 eval "[ \$(on) != 0 ]"; frame send e1 "h2 h1") &
		xsw capture p1 write - count 1 2> /dev/null | "$PROGS/pcapng" - | grep -q "^p1 in 60"'
	if command -v tcpdump > /dev/null; then
		check "... tcpdump reads it" eval '(wait_for 5 eval "[ \$(on) != 0 ]"; frame send e1 "h2 h1") &
			xsw capture p1 write - count 1 2> /dev/null | tcpdump -c1 -r - 2>&1 | grep -q "length 60"'
	else
		skip "... tcpdump reads it" "no tcpdump"
	fi
	mkfifo "$TMP/fifo"
	head -c 1 "$TMP/fifo" > /dev/null &
	background "" "$XSW" capture p1 write - > "$TMP/fifo" 2> "$TMP/err"
	CAPTURE=$BACKGROUND
	wait_for 10 eval "frame send e1 'h2 h1'; ended"
	wait "$CAPTURE"
	check "a reader that goes: it ends" is 0 echo $?
	check "... without a word" is "" cat "$TMP/err"
	: < "$TMP/fifo" &
	background "" "$XSW" capture p1 > "$TMP/fifo" 2> "$TMP/err"
	CAPTURE=$BACKGROUND
	wait_for 10 eval "frame send e1 'h2 h1'; ended"
	wait "$CAPTURE"
	check "... of lines, too" is 0 echo $?
	check "... without a word" is "" cat "$TMP/err"
	check "a full disk" exits 2 eval '(wait_for 5 eval "[ \$(on) != 0 ]"; frame send e1 "h2 h1") &
		xsw capture p1 count 1 write /dev/full 2> "$TMP/err"'
	check "... is told" grep -qx "xsw: file '/dev/full': cannot write: No space left on device" "$TMP/err"
	check "... for lines" exits 2 eval '(wait_for 5 eval "[ \$(on) != 0 ]"; frame send e1 "h2 h1") &
		xsw capture p1 count 1 > /dev/full 2> "$TMP/err"'
	check "... is told, too" grep -q "cannot write: No space left on device" "$TMP/err"
	check "no such folder" exits 2 xsw capture write "$TMP/none/c.pcapng"
}

# rotated: names of the files, each of them whole
rotated() {
	local file
	for file in "$TMP"/r*; do
		"$PROGS/pcapng" "$file" > "$TMP/part" && grep -q '^if p1 ' "$TMP/part" &&
			grep -q '^stat p1 ' "$TMP/part" || { echo "$file"; return 1; }
		basename "$file"
	done | tr '\n' ' '
}

rotation() {
	background "" "$XSW" capture p1 dir in write "$TMP/r" rotate_size 4kb count 90 2> /dev/null
	CAPTURE=$BACKGROUND
	wait_for 5 capture_is_on "$TMP/r"
	frame send e1 "h2 h1" 90
	wait "$CAPTURE"
	check "rotate_size" is "r r1 r2 " rotated
	check "... and every frame is in one of them" is 90 eval \
		'for i in "$TMP"/r*; do "$PROGS/pcapng" "$i"; done | grep -c "^p1 in 60"'
	rm -f "$TMP"/r*
	background "" "$XSW" capture p1 dir in write "$TMP/r" rotate_size 4kb rotate_files 2 count 90 2> /dev/null
	CAPTURE=$BACKGROUND
	wait_for 5 capture_is_on "$TMP/r0"
	frame send e1 "h2 h1" 90
	wait "$CAPTURE"
	check "rotate_files: the oldest is written over" is "r0 r1 " rotated
	rm -f "$TMP"/r*
	background "" "$XSW" capture p1 dir in write "$TMP/r" rotate_time 1 2> /dev/null
	CAPTURE=$BACKGROUND
	wait_for 5 capture_is_on "$TMP/r"
	check "rotate_time" wait_for 10 eval 'frame send e1 "h2 h1"; [ -s "$TMP/r1" ]'
	kill -INT "$CAPTURE"
	wait "$CAPTURE"
	check "... SIGINT ends it" is 0 echo $?
}

several() {
	local pids=() i
	check "none is on" is 0 on
	capture_start p1
	background "" "$XSW" capture p2 dir out write "$TMP/2.pcapng" 2> /dev/null
	pids=("$BACKGROUND")
	wait_for 5 capture_is_on "$TMP/2.pcapng"
	check "two at once" is 3 on
	enter 1 "h2 h1"
	capture_stop
	kill -INT "${pids[0]}"
	wait "${pids[0]}"
	check "... each has its own" eval 'is 1 frames &&
		[ "$("$PROGS/pcapng" "$TMP/2.pcapng" | grep -c "^p2 out 60")" = 1 ]'
	check "... and none is left" is 0 on
	pids=()
	for i in 1 2 3 4 5 6 7 8; do
		background "" "$XSW" capture > /dev/null 2>&1
		pids+=("$BACKGROUND")
	done
	wait_for 20 is 255 on
	check "the ninth is refused" exits 2 xsw capture duration 0.1
	kill -KILL "${pids[@]}"
	wait "${pids[@]}" 2> /dev/null
	check "killed: all are off, without a process" wait_for 10 is 0 on
	check "... another one begins" exits 0 xsw capture duration 0.1
	capture_start p1
	kill -STOP "$CAPTURE"
	wait_for 10 is 0 on
	kill -CONT "$CAPTURE"
	check "one that slept goes on" wait_for 5 is 1 on
	enter 1 "h2 h1"
	capture_stop
	check "... and captures" is 1 frames
}

slow() {
	local lost
	xsw stats reset
	capture_start p1 dir in buffer 4kb
	kill -STOP "$CAPTURE"
	frame send e1 "h2 h1" 500
	wait_for 10 eval '[ "$(counter 1 rx_packets)" -ge 500 ]'
	kill -CONT "$CAPTURE"
	capture_stop
	check "a reader that is too slow delays nobody" is 0 eval 'counter 1 rx_dropped'
	lost=$(sed -n 's/^stat p1 recv [0-9]* drop //p' "$TMP/c")
	check "... it has lost frames" [ "${lost:-0}" -gt 0 ]
	check "... and says how many" is 500 eval "echo \$((\$(frames) + $lost))"
	check "... on stderr, too" grep -qx "xsw: capture: $(frames) frames written, $lost lost" "$TMP/c.err"
}

goes() {
	capture_start p1 p3
	xsw port del p3
	check "a port that goes is told" wait_for 5 grep -qx "xsw: port 'p3': warning: has left its switch" "$TMP/c.err"
	enter 1 "h2 h1"
	capture_stop
	check "... the others go on" is "$(wanted 1 in - "h2 h1")" told
	xsw port add p3 switch sw0
	capture_start p3
	ip -n "$NS" link del p3
	xsw port del p3
	check "when all have gone it ends" wait_for 10 ended
	capture_stop
	check "... with an error" is 2 echo $?
	check "... and a whole file" grep -q '^stat p3 ' "$TMP/c"
	capture_start p1
	enter 1 "h2 h1"
	xsw switch upgrade sw0
	enter 1 "h2 h1"
	capture_stop
	check "it goes on over an upgrade" is 2 frames
	capture_start
	xsw switch del sw0
	check "a switch that goes ends it" wait_for 10 ended
	capture_stop
	check "... with an error" is 2 echo $?
}

bad() {
	local words
	while read -r words; do
		# shellcheck disable=SC2086
		check "refused: $words" refused "${words%% *}" capture ${words#* }
	done << 'EOF_BAD'
2 nodev
2 switch nosw
2 p1 switch nosw
1 p1 p1
1 dir
1 dir sideways
1 dir in dir out
1 reason
1 reason none
1 reason vlan dir out
1 vlan 4095
1 vlan -1
1 queue 65535
1 count 0
1 count 4294967296
1 duration 0
1 duration nan
1 duration 1 duration 1
1 snaplen 13
1 snaplen 262145
1 buffer 2gb
1 write
1 filter
1 filter ip filter ip
1 rotate_size 1kb
1 rotate_time 1 write -
1 rotate_size 0 write /dev/null
1 rotate_files 2 write /dev/null
EOF_BAD
}

TEST_PATH=xdp
switch_up xdp 3
xsw fdb add "$(mac 2)" dev p2 static
set_port 1 vlan_mode access tag 0
plan 96
choose
filters
set_port 1 vlan_mode trunk
amounts
lines
pipes
rotation
several
slow
bad
goes
