#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw capture: each frame is told once where it came in, as it came, and once for each port where
# it leaves, as it leaves; and a frame that is dropped with the reason.
#
#   e1 --- p1 [     ] p2 --- e2      p1, p2: trunks    p3: access, VLAN 10
#             [ sw0 ] p3 --- e3
source "$(dirname "$0")/lib.sh"
# shellcheck source=capture_lib.sh
source "$(dirname "$0")/capture_lib.sh"
PATHS="xdp skb afxdp"

# path_told: of all frames
path_told() {
	[ -s "$TMP/frames" ] && ! grep -v "path $TEST_PATH\"" "$TMP/frames"
}

body() {
	switch_up "$TEST_PATH" 3
	set_port 1 vlan_mode trunk
	set_port 2 vlan_mode trunk
	set_port 3 tag 10
	xsw fdb add "$(mac 2)" dev p2 vlan 10 static
	xsw fdb add "$(mac 3)" dev p3 vlan 10 static
	check "a frame to one port" shows "" 1 "h2 h1 8100/10/5" \
		1 in - "h2 h1 8100/10/5" 2 out - "h2 h1 8100/10/5"
	check "... with its path" path_told
	check "... again: no decision is remembered" shows "" 1 "h2 h1 8100/10/5" \
		1 in - "h2 h1 8100/10/5" 2 out - "h2 h1 8100/10/5"
	check "a tag that is taken off" shows "" 1 "h3 h1 8100/10/3" \
		1 in - "h3 h1 8100/10/3" 3 out - "h3 h1"
	check "a tag that is put on" shows "" 3 "h2 h3" 3 in - "h2 h3" 2 out - "h2 h3 8100/10"
	check "two tags" shows "" 1 "h2 h1 88a8/10 8100/20/7/dei" \
		1 in - "h2 h1 88a8/10 8100/20/7/dei" 2 out - "h2 h1 88a8/10 8100/20/7/dei"
	check "a flood, each copy as it leaves" shows "" 1 "bcast h1 8100/10" \
		1 in - "bcast h1 8100/10" 2 out - "bcast h1 8100/10" 3 out - "bcast h1"
	check "a flood that reaches nobody" shows "" 3 "bcast h9 len14" 3 in - "bcast h9 len14" \
		1 out - "bcast h9 8100/10 len18" 2 out - "bcast h9 8100/10 len18"
	check "a long one" shows "" 1 "h2 h1 8100/10 pay1482" \
		1 in - "h2 h1 8100/10 pay1482" 2 out - "h2 h1 8100/10 pay1482"
	check "a frame that may not enter" shows "" 3 "h2 h3 8100/9" 3 in "drop vlan" "h2 h3 8100/9"
	check "a source that cannot be" shows "" 1 "h2 g1" 1 in "drop src" "h2 g1"
	check "a runt" shows "" 1 "$(hex 020000000002 020000000001 8100 | cut -c1-34)" \
		1 in "drop runt" "$(hex 020000000002 020000000001 8100 | cut -c1-34)"
	ip -n "$NS" link set p3 down
	check "a frame to a port that is down" shows "" 1 "h3 h1 8100/10" \
		1 in - "h3 h1 8100/10" 3 out "drop port-down" "h3 h1 8100/10"
	ip -n "$NS" link set p3 up
	xsw policer set p2 egress pps 1 burst_packets 1
	frame send e1 "h2 h1 8100/10" 9
	check "a frame over a rate" shows "" 1 "h2 h1 8100/10/1" \
		1 in - "h2 h1 8100/10/1" 2 out "drop policer" "h2 h1 8100/10/1"
	xsw policer del p2 egress
	xsw punt add p1 ethertype 0x88b5 host
	check "a frame for the host" shows "" 1 "h2 h1 8100/10" 1 in "host" "h2 h1 8100/10"
	xsw punt del p1 ethertype 0x88b5 host
	xsw mirror add m1 switch sw0 src-port p1 to-port p3
	check "a mirror's copy" shows "" 1 "h2 h1 8100/10" 1 in - "h2 h1 8100/10" \
		2 out - "h2 h1 8100/10" 3 out - "h2 h1"
}

each_path 16 body
