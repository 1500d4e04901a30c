#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Path xdp of a veth: GRO of the port joins what TCP sends and XDP passes on, arrives whole and in
# order; the port's own setting comes back when the path or the port goes.
#   [ e1 ] --- p1 [ sw0 ] p2 --- [ e2 ]      namespaces of their own
HOSTS="1 2"
source "$(dirname "$0")/lib.sh"

gro() {
	in_ns ethtool -k "$1" | awk '/^generic-receive-offload:/ { print $2 }'
}

# One mebibyte of numbers, there and compared
whole() {
	seq 1 200000 | head -c 1048576 > "$TMP/sent"
	background 2 socat -u TCP4-LISTEN:5001,reuseaddr "CREATE:$TMP/got"
	wait_for 10 eval 'on 2 ss -ltn "sport = 5001" | grep -q LISTEN' || return
	on 1 timeout $((20 * SLOW)) socat -u "OPEN:$TMP/sent" TCP4:192.0.2.2:5001 || return
	wait_for 10 cmp -s "$TMP/sent" "$TMP/got"
}

plan 13
links_up 2
in_ns ethtool -K p1 gro off
in_ns ethtool -K p2 gro on
xsw switch add sw0
xsw port add p1 switch sw0 path xdp 2> "$TMP/told"
check "port add says what path xdp costs TCP, with the figure" grep -q "port 'p1': warning: TCP .* carries 0.4 of" "$TMP/told"
xsw port add p2 switch sw0 2> "$TMP/told"
check "... nothing on path skb" is "" cat "$TMP/told"
xsw port set p2 path xdp 2> "$TMP/told"
check "port set says it, too" grep -q "port 'p2': warning: TCP .* carries 0.4 of" "$TMP/told"
xsw port set p2 tag 1 2> "$TMP/told" && xsw port set p2 vlan_mode trunk tag none 2>> "$TMP/told"
check "... when the path is asked for" is "" cat "$TMP/told"
check "check says it, too, and that it is no fault" eval \
	'xsw -j check p1 | jq -e "any(.[]; .check == \"tcp\" and .status == \"ok\" and (.detail | contains(\"0.4\")))"'
check "GRO is on at both" is "on on" eval 'echo "$(gro p1) $(gro p2)"'
check "the port says what its path costs TCP" eval \
	'xsw -j port show p1 | jq -e ".[0].path_reason | contains(\"TCP of a container\")"'
check "TCP arrives whole" whole
check "... handled by TC" eval '[ "$(json ".[0].path.skb" stats show p1)" -gt 0 ]'
xsw port set p1 path skb
check "off again on path skb" is off gro p1
xsw port set p1 path xdp
check "on again" is on gro p1
xsw port del p1 && xsw port del p2
check "off again when the port goes" is off gro p1
check "what was on stays on" is on gro p2
