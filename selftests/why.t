#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw why says what is wrong at a port, and what helps.
#   e1 --- p1 [     ] p2 --- e2     p1, p2: access 10
#             [ sw0 ] p3 --- e3     p3: trunk 10,20
source "$(dirname "$0")/lib.sh"

# why_is FILTER WANTED WORD...: what jq makes of the findings, looked for without delay
why_is() {
	is "$2" json "$1" why "${@:3}" interval 0.01
}

# detail FINDING WORD...: the sentence
detail() {
	json ".[] | select(.finding == \"$1\") | .detail" why "${@:2}" interval 0.01
}

speak() {
	frame send e1 "bcast h1" && frame send e2 "bcast h2" && frame send e3 "bcast h3 8100/20"
}

drops_tests() {
	local rows='[.[] | select(.finding == "drop")]'

	check "nothing was dropped" why_is "$rows | length" 0 p1
	flow_start 1 2 "h2 h1 8100/30" 500
	check "a VLAN that is not admitted" is '["p1","fail","vlan",true]' json \
		"${rows}[0] | [.ifname, .status, .reason, .frames > 0] | @json" why p1 interval 0.5
	check "... and which it is" eval \
		'xsw -j why p1 interval 0.3 | jq -r ".[] | select(.finding == \"vlan\").detail" | grep -q "not admit: vlan 30 ([1-9][0-9]*); it has vlan_mode access"'
	check "... with what the port has" eval \
		'detail drop p1 | grep -q "^[1-9][0-9]* frames that came in here were dropped, .*: p1 has vlan_mode access tag 10$"'
	check "... and what helps" eval 'xsw why p1 interval 0.01 | grep -q "remedy: xsw port set p1 trunks LIST"'
	flow_stop
	handled 1
	check "what is not dropped now is told behind" why_is "${rows}[0] | [.status, .frames, .total > 0] | @json" \
		'["warn",0,true]' p1
	check "... at that port alone" why_is "$rows | length" 0 p2
	check "all ports are looked at" why_is "$rows | map(.ifname) | unique | @json" '["p1"]'
	xsw stats reset p1
	check "counters that begin anew are looked at so" why_is "$rows | length" 0 p1
}

# each_reason: none lacks words, and each remedy names the port
each_reason() {
	local reason text

	for reason in $(sed -n 's/^	X(\([A-Z_]*\), ".*/\1/p' "$ROOT/maps/drop.h"); do
		text=$(grep -A3 "XSW_DROP_$reason\]" "$ROOT/tools/xsw/why_drops.c") || { echo "no words for $reason"; return 1; }
	done
}

links() {
	ip -n "$NS" link set p2 down
	check "a port that is down" why_is '.[0] | [.ifname, .status, .finding] | @json' '["p2","fail","link"]' p2
	check "... with the command" why_is '.[0].remedy | split("  ")[0]' "ip link set p2 up" p2
	ip -n "$NS" link set p2 up
	xsw port set p2 link down
	check "link down" why_is '.[0].remedy' "xsw port set p2 link auto" p2
	xsw port set p2 link auto
	wait_for 10 eval 'xsw -j port show p2 | jq -e ".[0].forwarding"'
	check "a port that can forward" why_is '[.[] | select(.finding == "link")] | length' 0 p2
}

peers() {
	speak
	handled 1
	check "a peer that is reached" why_is '.[] | select(.finding == "way") | .status' ok p1 peer "$(mac 2)"
	check "a peer in a VLAN of others" why_is '.[0] | [.finding, .remedy] | @json' \
		'["vlan","xsw port set p1 tag 20"]' p1 peer "$(mac 3)"
	check "a peer that nobody knows" why_is '.[0].finding' unknown p1 peer "$(mac 9)"
	check "a peer on the port itself" why_is '.[] | select(.finding == "same-port") | .status' ok p1 \
		peer "$(mac 1)"
	check "an address of IP that nobody knows" refused 2 why p1 peer 192.0.2.9
	xsw bind add p2 mac "$(mac 2)" ip 192.0.2.2
	check "... and one that a binding tells" why_is '.[] | select(.finding == "way") | .status' ok p1 \
		peer 192.0.2.2
	ip -n "$NS" neighbour add 192.0.2.3 lladdr "$(mac 2)" dev e1
	check "... or a neighbour" why_is '.[] | select(.finding == "way") | .status' ok p1 peer 192.0.2.3
	xsw port set p1 isolated on
	xsw port set p2 isolated on
	speak
	handled 2
	check "a peer behind isolation" why_is '[.[] | select(.finding == "way") | .reason] | @json' \
		'["isolated","isolated"]' p1 peer "$(mac 2)"
	check "... with the ports and addresses" eval \
		'detail way p1 peer "$(mac 2)" | grep -q "^a frame from $(mac 1) on p1 to $(mac 2) on p2 in vlan 10: "'
	xsw port set p1 isolated off
	xsw port set p2 isolated off
}

addresses() {
	local i

	speak
	for i in 1 2; do
		frame probe -n 1 e1 "bcast h7" e2 > /dev/null
		frame probe -n 1 e2 "bcast h7" e1 > /dev/null
	done
	check "an address that comes and goes" why_is '.[0].finding' flaps p1
	check "... is told of both ports" why_is '.[0].finding' flaps p2
	frame probe -n 1 e1 "bcast h8" e2 > /dev/null
	frame probe -n 1 e2 "bcast h8" e1 > /dev/null
	check "an address that moved away" eval \
		'detail moved p1 | grep -q "^$(mac 8) in vlan 10 left for p2 [0-9]* s ago"'
	xsw bind add p1 mac "$(mac 2)"
	check "an address that is bound here, and elsewhere" eval \
		'detail elsewhere p1 | grep -q "^$(mac 2) is bound to this port, and speaks on p2 in vlan 10"'
	xsw bind del p1 mac "$(mac 2)"
}

bad() {
	check "no such port" refused 2 why nosuch
	check "a peer without a port" refused 1 why peer "$(mac 1)"
	check "peer without an address" refused 1 why p1 peer
	check "... that is none" refused 1 why p1 peer x
	check "... of a group" refused 1 why p1 peer 01:00:5e:00:00:01
	check "... twice" refused 1 why p1 peer "$(mac 1)" peer "$(mac 2)"
	check "two ports" refused 1 why p1 p2
	check "an interval that is none" refused 1 why p1 interval 0
	check "... too long" refused 1 why p1 interval 61
	check "... missing" refused 1 why p1 interval
	check "... twice" refused 1 why p1 interval 1 interval 1
}

one_screen() {
	xsw why interval 0.01 > "$TMP/text"
	[ "$(wc -l < "$TMP/text")" -le 24 ] && tail -1 "$TMP/text" | grep -q " more are shown with -d.$" ||
		{ cat "$TMP/text"; false; }
}

plan 43
switch_up skb 3
set_port 1 tag 10
set_port 2 tag 10
set_port 3 trunks 10,20
check "a port where nothing came in" why_is '[.[] | select(.finding == "silent")] | length' 1 p1
speak
handled 1
check "... and where something did" why_is '[.[] | select(.finding == "silent")] | length' 0 p1
xsw stats reset p1
drops_tests
check "each reason of a drop has words" each_reason
links
peers
addresses
bad
check "what xsw check warns of is told" eval 'xsw -j why p1 interval 0.01 | jq -r ".[] | select(.finding == \"check\").remedy" | sort > "$TMP/why"
	xsw -j check p1 | jq -r ".[] | select(.status != \"ok\" and .check != \"up\").remedy" | sort > "$TMP/check"; cmp "$TMP/why" "$TMP/check"'
switch_down
switch_up skb 14
for i in $(seq 14); do
	ip -n "$NS" link set "p$i" down
done
check "text is one screen" one_screen
check "... and JSON is all" why_is '[.[] | select(.finding == "link")] | length' 14
