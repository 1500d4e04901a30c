#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `port add NAME switch SW host`: the host's own stack on the switch, as br0 on a bridge.
#   h1 e1 --- p1 [ sw0 ] host0 (192.0.2.100, the stack of the switch's namespace)
source "$(dirname "$0")/lib.sh"
HOSTS="1"

host_up() {
	ip -n "$NS" address add 192.0.2.100/24 dev host0 && ip -n "$NS" link set host0 up
}

to_host() {
	on 1 ping -qc1 -W2 192.0.2.100
}

# The interface made anew has another address, which h1 has to ask for.
to_host_anew() {
	ip -n "${NS}h1" neighbour flush dev e1
	wait_for 3 to_host
}

from_host() {
	in_ns ping -qc1 -W2 192.0.2.1
}

tcp_to_host() {
	background "" socat -u TCP-LISTEN:5001,reuseaddr "CREATE:$TMP/got"
	wait_for 2 sh -c "nsenter --net=/run/netns/$NS ss -Hltn | grep -q ':5001 '"
	on 1 timeout $((20 * SLOW)) socat -u "OPEN:$TMP/sent" TCP:192.0.2.100:5001,connect-timeout=5 || return
	wait "$BACKGROUND"
	is "$(sha256sum < "$TMP/sent")" sha256sum < "$TMP/got"
}

devices() {
	ip -n "$NS" -j link show | jq -c '[.[].ifname | select(startswith("host0"))] | sort'
}

again() {
	xsw config dump > "$TMP/config" && xsw switch del sw0 && is "[]" devices &&
		xsw config apply "$TMP/config" && host_up
}

body() {
	switch_up "$TEST_PATH" 1
	check "add" xsw port add host0 switch sw0 host tag 10
	set_port 1 vlan_mode access tag 10
	check "it is shown by its name" is '["host0",true]' json '.[0] | [.ifname, .host]' port show host0
	check "give it an address" host_up
	check "ping the host" to_host
	check "ping from the host" from_host
	check "TCP to the host" tcp_to_host
	check "settings are changed by its name" xsw port set host0 tag 20
	check "... and count" not to_host
	xsw port set host0 tag 10
	check "twice is refused" exits 2 xsw port add host0 switch sw0 host
	check "a name that a device has is refused" exits 2 xsw port add e1x switch sw0
	check "... of a host interface too" exits 2 xsw port add p1 switch sw0 host
	check "it comes back from a configuration" again
	check "... and works" to_host_anew
	check "del takes the interface away" xsw port del host0
	check "... both ends" is "[]" devices
	check "the interface deleted by others: add works at once" readd
	check "adds up" adds_up
}

readd() {
	xsw port add host0 switch sw0 host && ip -n "$NS" link del host0 &&
		xsw port add host0 switch sw0 host tag 10 && host_up && to_host_anew
}

head -c "${SIZE:-$((8 << 20))}" /dev/urandom > "$TMP/sent"
each_path 17 body
