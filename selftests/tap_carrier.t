#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A tap without carrier is cut off: the kernel still takes what its reader writes, and XDP would
# still hand it frames. The same when nobody has it open, and with `link down`, whatever its
# reader does.
#   t2 --- [ sw0 ] p1 --- e1      t2: the tap, h2 behind it; the test holds it open
#          [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# opened: not within a check, which is another process
opened() {
	rm -f "$TMP/in"
	mkfifo "$TMP/in"
	: > "$TMP/out"
	exec 9<> "$TMP/in"
	nsenter --net="/run/netns/$NS" -- "$PROGS/frame" talk t2 < "$TMP/in" > "$TMP/out" \
		2> "$TMP/err" 9>&- &
	TALK=$!
}

carrier_is_on() {
	ip -n "$NS" -o link show t2 | grep -q LOWER_UP
}

closed() {
	exec 9>&-
	wait "$TALK"
}

forwards_is() {
	is "$1" json '.[] | select(.ifname == "t2") | .forwarding' port show
}

# says FRAME: h2 sends it
says() {
	echo "$1" >&9
}

rx() {
	json '.[0].rx_packets' stats show t2
}

# arrives N FRAME: what h2 says next comes to e1 and e3
arrives() {
	local before
	before=$(rx)
	background "" "$PROGS/frame" recv e1 1 5 > "$TMP/e1"
	sleep 0.1
	says "$1"
	wait "$BACKGROUND"
	is "$1" cat "$TMP/e1" && [ "$(rx)" -gt "$before" ]
}

# held FRAME: what h2 says next does not: of what comes to e1 the next is from e3
held() {
	local before
	before=$(json '.[0].drops["port-down"] // 0' stats show t2)
	says "$1"
	wait_for 5 is $((before + 1)) json '.[0].drops["port-down"] // 0' stats show t2 &&
		is 0 json '.[0].tx_packets' stats show p3
}

# hears FRAME: of what e1 sends, the first that came to h2 since the last look is this
hears() {
	frame send e1 "$1"
	wait_for 5 grep -q . "$TMP/out" && is "$1" cat "$TMP/out" && : > "$TMP/out"
}

learns() {
	arrives "bcast h2" && fdb_has h2 dev t2 vlan 0
}

# deaf: what is for h2 goes to e3 alone, and not to h2 when it can hear again
deaf() {
	sees 1 "h2 h1" 3 "h2 h1" && fdb_lacks h2 vlan 0 && sees 1 "bcast h1" 3 "bcast h1"
}

body() {
	links_up 3
	xsw switch add sw0
	ip -n "$NS" tuntap add t2 mode tap
	ip -n "$NS" link set t2 up
	for i in p1 p3 t2; do
		xsw port add "$i" switch sw0 path "$TEST_PATH"
	done
	check "a tap that nobody has open does not forward" forwards_is false
	check "... nothing is for it" deaf
	opened
	check "opened: it does" wait_for 5 forwards_is true
	check "h2 is learned" learns
	check "... and hears" hears "h2 h1"
	ip -n "$NS" link set t2 carrier off
	check "carrier off: what is for h2 is flooded, it is forgotten" deaf
	xsw stats reset
	check "... what h2 says is dropped" held "bcast h2"
	check "... and teaches nothing" fdb_lacks h2 vlan 0
	check "... port show says so" forwards_is false
	ip -n "$NS" link set t2 carrier on
	check "carrier on: h2 is still unknown, and hears first what comes now" hears "h2 h9"
	check "... it speaks" learns
	closed
	check "no frame of a flow passes without carrier" is 100 frame unplug t2 e1 "bcast h2" 50
	opened
	check "h2 speaks again" wait_for 5 learns
	closed
	check "closed: what is for h2 is flooded, it is forgotten" deaf
	opened
	check "opened again: it forwards" wait_for 5 forwards_is true
	check "... it hears" hears "h2 h1"
	xsw port set t2 link down
	check "link down: what is for h2 is flooded" deaf
	xsw stats reset
	check "... what h2 says is dropped" held "bcast h2"
	closed
	opened
	check "... another program opens the tap, which has carrier then" wait_for 5 carrier_is_on
	check "... and does not forward" forwards_is false
	check "... for what is for h2" deaf
	xsw stats reset
	check "... and what h2 says" held "bcast h2"
	xsw port set t2 link auto
	ip -n "$NS" link set t2 carrier on
	check "link auto: h2 hears first what comes now" hears "h2 h9"
	check "... and speaks" learns
	closed
	check "adds up" adds_up
}

each_path 25 body
