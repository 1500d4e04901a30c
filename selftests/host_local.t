#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The address of a host port is the host's, and nobody takes it: it is known as local in every
# VLAN of the port, however full the table is, and whoever else speaks with it teaches nothing.
#   e1 --- p1 [     ] p2 --- e2     p1, p2, host0: access 10
#             [ sw0 ] p3 --- e3     trunk
#             [     ] host0         h100
source "$(dirname "$0")/lib.sh"
PATHS=${PATHS:-xdp skb afxdp}

# rows [DEV]: "MAC VLAN" of the entries with flag local
rows() {
	json '[.[] | select(.flags == ["local"]) | "\(.mac) \(.vlan)"] | sort | join(",")' \
		fdb show ${1:+dev "$1"}
}

# goes IN FRAME [DEVICE FRAME]...: as sees(), with the host's interfaces among the ends
goes() {
	local in=$1 sent=$2 wanted got hosts
	shift 2
	hosts=$(ip -n "$NS" -j link show type veth |
		jq -r '.[].ifname | select(test("^host.$"))')
	wanted=$([ $# = 0 ] || printf '%s %s\n' "$@" | sort)
	# shellcheck disable=SC2046,SC2086
	got=$(frame probe -n $(($# / 2)) "$in" "$sent" $(outer_ends) $hosts) || return
	[ "$got" = "$wanted" ] && return
	printf 'sent: %s %s\nexpected:\n%s\ngot:\n%s\n' "$in" "$sent" "$wanted" "$got"
	return 1
}

# host_add DEV N SETTING...: a host interface with address hN
host_add() {
	xsw port add "$1" switch sw0 host "${@:3}" && address "$1" "$2" &&
		ip -n "$NS" link set "$1" up
}

address() {
	ip -n "$NS" link set "$1" address "$(mac "$2")"
}

body() {
	switch_up "$TEST_PATH" 3 fdb_max 4
	set_port 1 tag 10
	set_port 2 tag 10
	frame send e1 "bcast h100"
	handled 1
	check "its address was spoken by a guest before" fdb_has h100 dev p1 vlan 10
	host_add host0 100 tag 10
	check "the next command makes it local" is "$(mac 100) 10" rows
	check "... and what was learned of it is forgotten" is "host0 local" fdb_entry h100 10
	check "a frame to it reaches the host alone" goes e1 "h100 h1" host0 "h100 h1"
	check "... from a trunk as well" goes e3 "h100 h3 8100/10" host0 "h100 h3"
	check "a guest that speaks with it is forwarded" \
		goes e2 "h1 h100" e1 "h1 h100"
	check "... to itself: to the host" goes e2 "h100 h100" host0 "h100 h100"
	check "... and teaches nothing" is "host0 local" fdb_entry h100 10
	check "... the host still gets its frames" goes e1 "h100 h1" host0 "h100 h1"
	check "in a VLAN without the host it is an address as any" \
		goes e3 "bcast h100 8100/20"
	check "... learned where it spoke" is "p3 learned" fdb_entry h100 20
	xsw fdb flush switch sw0
	check "flush leaves it" is "host0 local" fdb_entry h100 10
	frame sources e2 "bcast h1" 200 20
	handled 2
	check "a full table" is 4 json '.[0].fdb_entries' switch show sw0
	check "... knows the host" goes e1 "h100 h1" host0 "h100 h1"
	frame send host0 "bcast h100"
	check "... which takes no place in it" is 4 json '.[0].fdb_entries' switch show sw0
	xsw switch set sw0 fdb_full evict
	frame sources e2 "bcast h1" 300 20
	handled 2
	check "... nor is it evicted" goes e1 "h100 h1" host0 "h100 h1"
	xsw fdb flush switch sw0
	set_port 2 mac_limit 1
	frame send e2 "bcast h2"
	handled 2
	check "it is no address too many for mac_limit" goes e2 "h100 h100" host0 "h100 h100"
	check "... of the guest, who is not cut off" goes e2 "h100 h2" host0 "h100 h2"
	set_port 2 mac_limit 0
	set_port 2 locked on
	check "a locked port admits no guest with it" goes e2 "bcast h100"
	set_port 2 locked off
	xsw port set host0 locked on
	check "a locked host port admits the host" goes host0 "bcast h100" \
		e1 "bcast h100" e2 "bcast h100" e3 "bcast h100 8100/10"
	check "... and nobody else from there" goes host0 "bcast h8"
	xsw port set host0 locked off
	frame send host0 "bcast h8"
	handled 1
	check "another address behind the host port is learned" is "host0 learned" fdb_entry h8 10
	commands
	follows
	vlans
	twins
	check "adds up" adds_up
}

commands() {
	check "add: it exists" refused 2 fdb add "$(mac 100)" dev p1 vlan 10 static
	check "replace by a learned entry is refused" \
		refused 2 fdb replace "$(mac 100)" dev p1 vlan 10 dynamic
	check "del is refused" refused 2 fdb del "$(mac 100)" switch sw0 vlan 10
	check "a static entry takes its place" \
		xsw fdb replace "$(mac 100)" dev p1 vlan 10 static
	check "... is shown" is "p1 static" fdb_entry h100 10
	check "... and counts" goes e2 "h100 h2" e1 "h100 h2"
	xsw fdb del "$(mac 100)" switch sw0 vlan 10
	check "without it the address is the host's again" goes e2 "h100 h2" host0 "h100 h2"
	check "in text" is "$(mac 100) dev host0 vlan 10 switch sw0 local" \
		eval 'xsw fdb show dev host0 | grep local'
}

follows() {
	frame send e1 "bcast h101"
	handled 1
	address host0 101
	check "a new address is seen by a command that shows" is "$(mac 101) 10" rows
	check "... and is the host's" goes e2 "h101 h2" host0 "h101 h2"
	check "... the old one is not" goes e2 "h100 h2" e1 "h100 h2" e3 "h100 h2 8100/10" host0 "h100 h2"
	address host0 100
	xsw port set p3 flood on
	check "... or by one that changes anything" goes e2 "h100 h2" host0 "h100 h2"
	ip -n "$NS" link set host0 name host9 && ip -n "$NS" link set host9 name host0
	check "another name changes nothing" is "$(mac 100) 10" rows
	xsw config dump > "$TMP/config"
	check "no configuration has it" not grep -q "$(mac 100)" "$TMP/config"
}

vlans() {
	frame send e3 "bcast h100 8100/20"
	handled 3
	check "before: VLAN 20 learns it" is "p3 learned" fdb_entry h100 20
	xsw port set host0 vlan_mode trunk trunks 20,30
	check "other VLANs of the port: local there" is "$(mac 100) 20,$(mac 100) 30" rows
	check "... and nothing else is known" is "host0 local" fdb_entry h100 20
	check "... no longer in the old one" goes e2 "h100 h2" e1 "h100 h2" e3 "h100 h2 8100/10"
	xsw port del host0 && host_add host0 100
	xsw port set p3 flood on
	check "all VLANs: one row" is "$(mac 100) 0" rows
	check "... that says so" is true json '[.[] | select(.flags == ["local"])][0].all_vlans' fdb show
	check "... and in each it is known" goes e2 "h100 h2" host0 "h100 h2 8100/10"
	check "... and shown" is "$(mac 100) 77" \
		json '.[] | "\(.mac) \(.vlan)"' fdb show dev host0 vlan 77
	xsw port set host0 tag 10
}

twins() {
	host_add host1 100 tag 20
	check "two host ports of one address, in different VLANs" \
		is "$(mac 100) 10,$(mac 100) 20" rows
	check "... each has it in its own" goes e3 "h100 h3 8100/20" host1 "h100 h3"
	check "... and the first" goes e3 "h100 h3 8100/10" host0 "h100 h3"
	xsw port set host1 tag 10
	check "... in the same VLAN the first has it" goes e3 "h100 h3 8100/10" host0 "h100 h3"
	check "... one row" is "$(mac 100) 10" rows
	xsw port del host0
	check "... and when that goes, the other" goes e3 "h100 h3 8100/10" host1 "h100 h3"
	xsw port del host1
	check "gone with its port" is "" rows
	check "... then it is unknown" goes e2 "h100 h2" e1 "h100 h2" e3 "h100 h2 8100/10"
}

each_path 53 body
