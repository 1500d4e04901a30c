#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stats watch shows rates; what was sent while it looked is what the rates add up to.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

# packets NAME: over all intervals, rounded: an interval is told in whole packets a second
packets() {
	jq -s --arg name "$1" '[.[][] | select(.ifname == "p1") | .[$name]] | add' "$TMP/watch"
}

rates_seen() {
	[ "$(packets rx_pps)" -gt 0 ] && [ "$(packets drops_ps)" -gt 0 ]
}

longer_than() {
	[ "$(wc -l < "$TMP/watch")" -gt "$1" ]
}

body() {
	switch_up "$TEST_PATH" 2
	background "" "$XSW" -j stats watch p1 interval 0.1 > "$TMP/watch"
	wait_for 5 test -s "$TMP/watch"
	frame send e1 "bcast h1 pay986" 5000
	frame send e1 "r0 h1" 1000
	check "rates of packets and of drops" wait_for 5 rates_seen
	xsw stats reset
	wait_for 5 longer_than "$(wc -l < "$TMP/watch")"
	check "a reset is no rate" is 0 \
		eval 'jq -s "[.[][] | select(.rx_bps < 0 or .rx_bps > 1e12)] | length" "$TMP/watch"'
	check "bits are 8 bytes' worth" eval \
		'jq -e -s "[.[][] | select(.rx_pps > 100 and .drops_ps == 0)] |
			all(.rx_bps >= 7900 * .rx_pps and .rx_bps <= 8100 * (.rx_pps + 20))" "$TMP/watch"'
	kill -TERM "$BACKGROUND"
	check "ends when told" wait_for 5 not kill -0 "$BACKGROUND"
	background "" "$XSW" stats watch interval 0.1 count 20 > "$TMP/lines"
	wait_for 5 test -s "$TMP/lines"
	frame send e1 "bcast h1 pay986" 5000
	wait "$BACKGROUND"
	check "a bar, full at the highest rate" grep -qE '^p1 .*\|####################\|$' "$TMP/lines"
	check "... empty at none" grep -qE '^p2 .*\| {20}\|$' "$TMP/lines"
}

each_path 6 body
