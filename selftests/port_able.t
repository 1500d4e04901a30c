#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port that cannot forward takes and sends nothing. What was learned there is unknown from then
# on, so flooded to the others, and forgotten; static addresses stay, and frames for them are
# dropped. All at once, with no command and no process.
#   e1 --- p1 [     ] p2 --- e2      p2 is set down, loses its carrier, is closed
#             [ sw0 ] p3 --- e3
source "$(dirname "$0")/lib.sh"
PATHS=${PATHS:-xdp skb afxdp}

# learns: h2 speaks on p2
learns() {
	frame send e2 "bcast h2"
	handled 2
	fdb_has h2 dev p2 vlan 0
}

# known: what is sent to h2 reaches p2 alone
known() {
	sees 1 "h2 h1" 2 "h2 h1"
}

# flooded N...: what is sent to h2 reaches these
flooded() {
	local words=()
	for i in "$@"; do
		words+=("$i" "h2 h1")
	done
	sees 1 "h2 h1" "${words[@]}"
}

# reason_has PORT WORDS: port show says why it cannot forward
reason_has() {
	json ".[] | select(.ifname == \"$1\") | [.forwarding, .forwarding_reason]" port show |
		grep -q "^\[false,\".*$2.*\"\]$" || { xsw port show "$1"; false; }
}

forwards() {
	is '[true,""]' json ".[] | select(.ifname == \"$1\") | [.forwarding, .forwarding_reason]" port show
}

# down DEVICE REASON N: what is so for p2 when DEVICE is set down; N frames were dropped then
down() {
	check "h2 is learned on p2" learns
	check "... and reached there" known
	ip -n "$NS" link set "$1" down
	check "$1 down: what is for h2 is flooded" flooded 3
	check "... it is forgotten" fdb_lacks h2 vlan 0
	check "... p2 says why it cannot forward" reason_has p2 "$2"
	check "... what is for a static address there is dropped" sees 1 "h5 h1"
	check "... for that reason" is "$3" drops 2 port-down
	ip -n "$NS" link set "$1" up
	check "$1 up: h2 is still unknown" flooded 2 3
	check "... p2 forwards" forwards p2
	check "... what is for a static address arrives" sees 1 "h5 h1" 2 "h5 h1"
}

# blinks DEVICE: down and up again between two frames
blinks() {
	learns
	printf 'link set %s down\nlink set %s up\n' "$1" "$1" | ip -n "$NS" -batch -
	check "$1 down and up, and nobody looked: h2 is forgotten all the same" fdb_lacks h2 vlan 0
	check "... what is for it is flooded" flooded 2 3
	check "... until it speaks" learns
	check "... then it is reached" known
}

# cut_each N: p2 goes down right after a frame to h2, N times
cut_each() {
	for ((i = 0; i < $1; i++)); do
		learns && is 1 frame cut e1 e3 p2 "h2 h1" 1 || return
	done
}

body() {
	switch_up "$TEST_PATH" 3
	xsw fdb add "$(mac 5)" dev p2 static
	check "a port that is up forwards" forwards p2
	down p2 "device is down" 1
	down e2 "no carrier" 2
	blinks p2
	blinks e2
	if [ "$TEST_PATH" != afxdp ]; then
		check "frames that follow at once upon others are flooded too" cut_each 10
	else
		skip "frames that follow at once upon another are flooded too" "a process looks every 0.2 ms"
	fi
	xsw port set p2 link down
	check "link down: what is for h2 is flooded" flooded 3
	check "... p2 says so" reason_has p2 "link down"
	ip -n "$NS" link set p2 up
	check "... also when someone sets its device up" flooded 3
	check "... what e2 sends is not switched then" sees 2 "bcast h2"
	check "... and dropped as port-down" test "$(drops 2 port-down)" -gt 2
	check "... it teaches nothing" fdb_lacks h2 vlan 0
	xsw port set p2 link auto
	check "link auto: it forwards" forwards p2
	check "... both ways" sees 2 "h1 h2" 1 "h1 h2"
	check "... and h2 is known" known
	check "adds up" adds_up
}

each_path 40 body
