#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Punting between hosts with offloads: a connection's segments come to the reader whole, the
# example answers ARP, the host's stack answers on a port. And a port of path afxdp is asked
# for punts before its socket is.
#   h1 e1 --- p1 [ sw0 ] p2 --- e2 h2
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"
HOSTS="1 2"
BYTES=26000

pings() {
	on 1 ping -qc1 -W2 "$1"
}

# A connection, then a rule for it, then the data
gso() {
	local i
	for i in 1 2; do
		on $i sysctl -qw net.ipv4.tcp_min_tso_segs=44
	done
	head -c $BYTES /dev/zero | tr '\0' x > "$TMP/data"
	mkfifo "$TMP/fifo"
	background 2 socat -u TCP-LISTEN:5001,reuseaddr "CREATE:$TMP/got"
	wait_for 5 eval 'on 2 ss -Hltn | grep -q :5001'
	background 1 socat -b $BYTES -u "PIPE:$TMP/fifo" TCP:192.0.2.2:5001
	CLIENT=$BACKGROUND
	exec 3> "$TMP/fifo"
	printf x >&3
	wait_for 5 [ -s "$TMP/got" ]
	xsw punt add p1 proto tcp dst-port 5001 socket
	cat "$TMP/data" >&3
	wait_for 10 eval '[ "$(read_count)" -gt 0 ]'
}

segments() {
	check "TCP: its segments are read" [ "$(read_count)" -gt 0 ]
	check "... whole" jq -es 'all(.caught == .len and .caught * 2 == (.data | length))' \
		"$TMP/read0"
	# behind 66 bytes of header, or fewer where a connection has no timestamps
	check "... with their data" jq -es 'any(.data[132:] | length > 0 and test("^(78)*$"))' "$TMP/read0"
	if [ "$TEST_PATH" = skb ]; then
		check "... many in one, as the sender made them" jq -es \
			'any(.gso_size > 0 and .len > 3000)' "$TMP/read0"
	else
		# a veth on path xdp has GRO, see veth_gro.t
		check "... of the length of the wire, or said to be merged" jq -es \
			'all(.gso_size > 0 or .len <= 1514)' "$TMP/read0"
	fi
	xsw punt del p1 proto tcp dst-port 5001
	check "... and TCP goes on without the rule" wait_for 20 \
		is $((BYTES + 1)) stat -c %s "$TMP/got"
	exec 3>&-
	kill "$CLIENT" 2> /dev/null
	rm "$TMP/fifo" "$TMP/got"
}

example() {
	check "before: nobody answers for 192.0.2.9" not pings 192.0.2.9
	background "" "${XSW%/*}/examples/arp-answer" sw0 5 192.0.2.9 02:00:00:00:00:09
	xsw punt add p1 ethertype arp socket 5
	check "the example answers ARP" wait_for 10 eval \
		'pings 192.0.2.9; is 02:00:00:00:00:09 eval "ip -n ${NS}h1 neighbour show 192.0.2.9 |
			grep -oE [0-9a-f:]{17}"'
	kill "$BACKGROUND"
	wait "$BACKGROUND"
	xsw punt del p1 ethertype arp
	check "without it, others are asked again" eval \
		'ip -n "${NS}h1" neighbour flush dev e1; wait_for 5 pings 192.0.2.2'
}

stack() {
	host_up
	check "host: without a rule the stack hears nothing" not pings 192.0.2.100
	xsw punt add p1 proto icmp dst-ip 192.0.2.100 host
	check "... with it, it answers" pings 192.0.2.100
	check "... and all else is switched" pings 192.0.2.2
	check "... until it goes" eval 'xsw punt del p1 proto icmp dst-ip 192.0.2.100
		not pings 192.0.2.100'
}

body() {
	switch_up "$TEST_PATH" 2
	reader_start 0
	pings 192.0.2.2 > /dev/null
	gso
	segments
	example
	stack
	datagrams
	check "what entered adds up" adds_up
	reader_stop
}
# datagram HOST ADDRESS BYTES: one from h1 arrives there, whole; HOST "" is the switch's own
datagram() {
	local status version=4
	[[ $2 != *:* ]] || version=6
	rm -f "$TMP/datagram"
	background "$1" socat -u -b 65507 "UDP$version-RECV:5002" "CREATE:$TMP/datagram"
	wait_for 5 eval "nsenter --net=/run/netns/$NS${1:+h$1} ss -Hlun | grep -q :5002"
	head -c "$3" /dev/zero | tr '\0' x | on 1 socat -u -b 65507 - "UDP$version-SENDTO:$2:5002"
	wait_for 5 is "$3" stat -c %s "$TMP/datagram"
	status=$?
	kill "$BACKGROUND"
	wait "$BACKGROUND" 2> /dev/null
	return $status
}

# read_datagram ADDRESS: one from h1 is taken out of the switch
read_datagram() {
	: > "$TMP/read0"
	printf x | on 1 socat -u - "UDP-SENDTO:$1:5002"
	wait_for 5 is 1 read_count
}

# A rule takes all the fragments of a datagram, or none. RFC 791, 3.2; RFC 8200, 4.5.
datagrams() {
	local i
	for i in 1 2; do
		on $i sysctl -qw "net.ipv6.conf.e$i.disable_ipv6=0"
		ip -n "${NS}h$i" address add "2001:db8::$i/64" dev "e$i" nodad
	done
	pings 192.0.2.2 > /dev/null
	wait_for 5 pings 2001:db8::2 > /dev/null
	xsw punt add p1 proto udp dst-port 5002 socket
	check "a rule with ports takes a datagram" read_datagram 192.0.2.2
	: > "$TMP/read0"
	check "... but no fragments: they arrive" datagram 2 192.0.2.2 8000
	check "... of IPv6" datagram 2 "[2001:db8::2]" 8000
	check "... and none is read" is 0 read_count
	xsw punt del p1 proto udp dst-port 5002
	xsw punt add p1 proto udp dst-ip 192.0.2.100 host
	check "host: a rule without takes all fragments: it hears a large datagram" \
		datagram "" 192.0.2.100 8000
	xsw punt del p1 proto udp dst-ip 192.0.2.100
}

# The host is reachable at p1, if rules let it hear.
host_up() {
	ip -n "$NS" address add 192.0.2.100/24 dev p1
	ip -n "${NS}h1" neighbour replace 192.0.2.100 dev e1 lladdr \
		"$(ip -n "$NS" -j link show p1 | jq -r '.[0].address')"
	ip -n "$NS" neighbour replace 192.0.2.1 dev p1 lladdr "$(mac 1)"
}

slow_path() {
	switch_up afxdp 2
	reader_start 0
	host_up
	datagrams
	reader_stop
	switch_down
	HOSTS=
	switch_up afxdp 2
	reader_start 0
	check "path afxdp: punted" punts "vlan 10" "h2 h1 8100/10"
	check "... what does not match goes to the socket" switches "vlan 11" "h2 h1 8100/10"
	check "... which serves it" is 1 json '.[0].path.afxdp' stats show p1
	check "... reserved" punts "dst 01:80:c2:00:00:0e" "r14 h1"
	check "... over its rate" eval 'xsw punt add p1 socket pps 1; xsw stats reset
		frame send e1 "h2 h1" 40; wait_for 10 is 40 counter 1 rx_packets &&
		[ "$(drops 1 policer)" -ge 1 ] && adds_up; s=$?; xsw punt del p1; exit $s'
	fragments
	reader_stop KILL
	check "... unread: switched" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10"
	switch_down
}

plan 63
for TEST_PATH in xdp skb; do
	body
	switch_down
done
TEST_PATH=
slow_path
