#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP between hosts with all offloads on arrives intact, on every path and between paths.
#   h1 e1 --- p1 [ sw0 ] p2 --- e2 h2
source "$(dirname "$0")/lib.sh"
HOSTS="1 2"
SIZE=$((24 << 20))

send_file() {
	local from=$1 to=$2 port=$3
	rm -f "$TMP/got"
	background "$to" socat -u "TCP-LISTEN:$port,reuseaddr" "CREATE:$TMP/got"
	wait_for 2 sh -c "nsenter --net=/run/netns/${NS}h$to ss -Hltn | grep -q ':$port '"
	timeout 20 nsenter --net="/run/netns/${NS}h$from" socat -u "OPEN:$TMP/sent" \
		"TCP:192.0.2.$to:$port,connect-timeout=5" || { kill "$BACKGROUND"; return 1; }
	wait "$BACKGROUND"
	is "$(sha256sum < "$TMP/sent")" sha256sum < "$TMP/got"
}

ping_once() {
	on 1 ping -qc1 -W2 192.0.2.2
}

body() {
	switch_up "$1" 2
	[ "$1" = "$2" ] || { xsw port del p2; xsw port add p2 switch sw0 path "$2"; }
	check "ping ($1 to $2)" ping_once
	check "TCP ($1 to $2)" send_file 1 2 5001
	check "TCP back ($1 to $2)" send_file 2 1 5002
	check "nothing was dropped ($1 to $2)" is 0 json 'map(.rx_dropped) | add' stats show
	switch_down
}

head -c $SIZE /dev/urandom > "$TMP/sent"
plan 12
body xdp xdp
body skb skb
body xdp skb
