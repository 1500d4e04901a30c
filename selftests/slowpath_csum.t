#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Containers leave checksums to hardware: xsw-slowpath gets their frames all the same, and
# completes them; and when it dies a connection goes on by the kernel.
#   h1 e1 --- p1 [ sw0 ] p2 --- e2 h2      paths afxdp, afxdp
source "$(dirname "$0")/lib.sh"
HOSTS="1 2"
SIZE=${SIZE:-$((8 << 20))}

net6_up() {
	on "$1" sysctl -qw "net.ipv6.conf.e$1.disable_ipv6=0"
	on "$1" ip address add "2001:db8::$1/64" dev "e$1" nodad
}

# vlan_up HOST: with tags in the bytes, where XDP sees them
vlan_up() {
	on "$1" ethtool -K "e$1" txvlan off &&
		on "$1" ip link add link "e$1" name vlan7 type vlan id 7 2> "$TMP/vlan" &&
		on "$1" ip link set vlan7 up &&
		on "$1" ip address add "198.51.100.$1/24" dev vlan7
}

# check_tagged COMMAND...
check_tagged() {
	if [ -n "$VLAN" ]; then
		check "... tagged" "$@"
	else
		skip "... tagged" "no 8021q: $(head -1 "$TMP/vlan")"
	fi
}

# by_process COMMAND...: do at least $FRAMES more come into p1 that way while it runs, and
# next to none by other paths? (Hosts report groups in IPv6 frames with an extension header.)
by_process() {
	local before after
	before=$(json '.[0].path | [.afxdp, .xdp + .skb]' stats show p1)
	"$@" || return
	wait_for 2 adds_up # what the process has counted is handed over a little later
	after=$(json '.[0].path | [.afxdp, .xdp + .skb]' stats show p1)
	jq -ne --argjson a "$before" --argjson b "$after" --argjson n "$FRAMES" \
		'$b[0] - $a[0] >= $n and $b[1] - $a[1] < 10' || { echo "$before $after"; false; }
}

listens() {
	on 2 ss -Hltn "sport = $1" | grep -q "$1"
}

# tcp_send ADDRESS: does the file arrive as it is?
tcp_send() {
	rm -f "$TMP/got"
	background 2 socat -u "TCP6-LISTEN:5001,reuseaddr,ipv6only=0" "CREATE:$TMP/got"
	wait_for 2 listens 5001
	on 1 timeout $((20 * SLOW)) socat -u "OPEN:$TMP/sent" "TCP:$1:5001,connect-timeout=5" ||
		{ kill "$BACKGROUND"; return 1; }
	wait "$BACKGROUND"
	cmp "$TMP/sent" "$TMP/got"
}

# udp_sizes ADDRESS: do datagrams of 1 to 64 bytes, and some of about a frame, all arrive?
udp_sizes() {
	local n
	rm -f "$TMP/got" "$TMP/wanted"
	background 2 socat -u UDP6-RECV:5002,ipv6only=0 "CREATE:$TMP/got"
	wait_for 2 on 2 sh -c "ss -Hlun | grep -q ':5002 '"
	for n in $(seq 1 64) $(seq 1390 1399); do
		head -c "$n" "$TMP/sent" | tee -a "$TMP/wanted" |
			on 1 socat -b 2000 -u - "UDP:$1:5002"
	done
	wait_for 5 cmp "$TMP/wanted" "$TMP/got"
	n=$?
	kill "$BACKGROUND"
	wait "$BACKGROUND"
	return $n
}

csum_errors() {
	local i
	for i in 1 2; do
		on $i nstat -asz '*InCsumErrors'
	done | awk '/Errors/ {n += $2} END {print n}'
}

# A connection on which the file is sent several times
long_begin() {
	background 2 socat -u TCP-LISTEN:5003,reuseaddr "CREATE:$TMP/long"
	RECEIVER=$BACKGROUND
	wait_for 2 listens 5003
	mkfifo "$TMP/fifo"
	background 1 socat -u "PIPE:$TMP/fifo" TCP:192.0.2.2:5003
	SENDER=$BACKGROUND
	exec 3> "$TMP/fifo"
	cat "$TMP/sent" >&3
}

long_more() {
	cat "$TMP/sent" >&3
}

# long_got TIMES: has the file arrived so often?
long_got() {
	[ "$(stat -c %s "$TMP/long")" = $(($1 * SIZE)) ]
}

# long_end: as the sender and the receiver end; sets STATUS
long_end() {
	exec 3>&-
	wait "$SENDER" && wait "$RECEIVER"
	STATUS=$?
}

arrived() {
	[ "$STATUS" = 0 ] && cat "$TMP/sent" "$TMP/sent" "$TMP/sent" | cmp - "$TMP/long"
}

"$PROGS/slowpath_csum" > "$TMP/prog" || TEST_FAILED=1
TEST_NUMBER=$(grep -cE '^(not )?ok' "$TMP/prog")
plan $((TEST_NUMBER + 14))
grep -v "^1\.\." "$TMP/prog"

head -c "$SIZE" /dev/urandom > "$TMP/sent"
switch_up afxdp 2
FRAMES=$((SIZE / 1500))
net6_up 1
net6_up 2
VLAN=1
vlan_up 1 && vlan_up 2 || VLAN=
check "the peer of such a port sends no long frames" eval \
	'on 1 ethtool -k e1 | grep -q "^tcp-segmentation-offload: off"'
check "... but partial checksums" eval 'on 1 ethtool -k e1 | grep -q "tx-checksum-ip-generic: on"'
check "TCP of containers, through the process" by_process tcp_send 192.0.2.2
check "... IPv6" by_process tcp_send "[2001:db8::2]"
check_tagged by_process tcp_send 198.51.100.2
FRAMES=74
check "UDP of odd and even lengths" by_process udp_sizes 192.0.2.2
check "... IPv6" by_process udp_sizes "[2001:db8::2]"
check_tagged by_process udp_sizes 198.51.100.2
check "no checksum was wrong" is 0 csum_errors

FRAMES=$((SIZE / 1500))
long_begin
# The receiver has not read all of it yet, most likely: so it dies under traffic.
slowpath_down KILL
check "the process is killed: the connection goes on" wait_for 20 long_got 1
check "... by the kernel" eval 'long_more && wait_for 20 long_got 2'
on 1 ping -qc2 -i0.01 192.0.2.2 > "$TMP/ping" # XDP remembers the hosts by this
slowpath_up 3>&-
check "... and by the process again" by_process eval 'long_more && wait_for 20 long_got 3'
long_end
check "... and nothing is amiss" arrived
check "adds up" adds_up
