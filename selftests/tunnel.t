#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What hosts send through tunnels of their own arrives intact: the checksum inside
# is left to hardware, under an outer one that is complete or not there at all.
#   h1 vx0 e1 --- p1 [ sw0 ] p2 --- e2 vx0 h2
source "$(dirname "$0")/lib.sh"
HOSTS="1 2"

# tunnel PORT [WORD...]: VXLAN between the hosts, by UDP port PORT
tunnel() {
	local i
	for i in 1 2; do
		ip -n "${NS}h$i" link del vx0 2> /dev/null
		ip -n "${NS}h$i" link add vx0 address "02:00:00:00:01:0$i" type vxlan id 5 dev "e$i" \
			remote "192.0.2.$((3 - i))" dstport "$1" "${@:2}" || return
		ip -n "${NS}h$i" address add "198.51.100.$i/24" dev vx0
		ip -n "${NS}h$i" link set vx0 up
	done
}

send_file() {
	rm -f "$TMP/got"
	background 2 socat -u TCP-LISTEN:5001,reuseaddr "CREATE:$TMP/got"
	wait_for 2 sh -c "nsenter --net=/run/netns/${NS}h2 ss -Hltn | grep -q ':5001 '"
	on 1 timeout $((20 * SLOW)) socat -u "OPEN:$TMP/sent" TCP:198.51.100.2:5001,connect-timeout=5 ||
		{ kill "$BACKGROUND"; return 1; }
	wait "$BACKGROUND"
	is "$(sha256sum < "$TMP/sent")" sha256sum < "$TMP/got"
}

no_csum_errors() {
	is 0 on 2 sh -c "nstat -asz '*InCsumErrors' | awk '/Errors/ {n += \$2} END {print n}'"
}

body() {
	switch_up "$TEST_PATH" 2
	check "VXLAN" tunnel 4789
	check "... TCP through it" send_file
	check "by a port of the user's" tunnel 7777 noudpcsum
	check "... TCP through it" send_file
	check "with a checksum outside" tunnel 7777 udpcsum
	check "... TCP through it" send_file
	check "no checksum was wrong" no_csum_errors
	check "adds up" adds_up
}

netns_add "$NS"
if ! ip -n "$NS" link add vx0 type vxlan id 5 dstport 7777 2> /dev/null; then
	skip_all "no vxlan here"
fi
ip netns del "$NS"
head -c "${SIZE:-$((2 << 20))}" /dev/urandom > "$TMP/sent"
each_path 8 body
