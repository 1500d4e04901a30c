#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A running guest moves from one host's switch to another's and back. Nobody tells the
# switches: what QEMU and the guest announce on arrival moves the address.
#   guest 1 --- p1 [     ]              [     ] p2 --- guest 1, after
#                  [ sw0 ] up0 --- up1  [ sw1 ]
#   guest 3 --- p3 [     ]     trunk    [     ] p4 --- guest 4
# First under ping, a TCP stream and what it answers; then idle, when nothing but the
# announcement says where it is. The two QEMUs are called 1 and 2.
source "$(dirname "$0")/lib.sh"
VID=10

links() {
	taps_up 4
	ip -n "$NS" link add up0 type veth peer name up1
	ip -n "$NS" link set up0 up
	ip -n "$NS" link set up1 up
}

switches() {
	xsw switch add sw0 && xsw switch add sw1 &&
		xsw port add p1 switch sw0 tag $VID && xsw port add p3 switch sw0 tag $VID &&
		xsw port add p2 switch sw1 tag $VID && xsw port add p4 switch sw1 tag $VID &&
		xsw port add up0 switch sw0 path skb vlan_mode trunk trunks $VID &&
		xsw port add up1 switch sw1 path skb vlan_mode trunk trunks $VID
}

# where: guest 1 is, as each switch knows it
where() {
	json "[.[] | select(.mac == \"$(mac 1)\") | \"\(.switch) \(.ifname) \(.vlan)\"] | sort | join(\", \")" \
		fdb show
}

# ---- the peers' streams, in guest N until /tmp/stop is there

# ping_start N, ping_stop N: one line an answer, with the time
ping_start() {
	guest "$1" "ping -D -i 0.05 192.0.2.1 > /tmp/ping & echo \$! > /tmp/pid"
}

ping_stop() {
	guest "$1" "kill -INT \$(cat /tmp/pid); while kill -0 \$(cat /tmp/pid); do usleep 10000; done" \
		2> /dev/null > "$TMP/kill"
	guest "$1" cat /tmp/ping
}

# outage: of such a file: the longest time between answers, in ms
outage() {
	awk -F '[][]' '/bytes from/ { if (last && $2 - last > most) most = $2 - last; last = $2 }
		END { printf "%.0f", most * 1000 }' "$1"
}

# stream_start N: /data again and again over one connection
stream_start() {
	guest "$1" "rm -f /tmp/stop; (n=0; while [ ! -e /tmp/stop ]; do cat /data; n=\$((n + 1));" \
		"echo \$n > /tmp/count; usleep 200000; done | socat -b 65536 -t 60 - TCP:192.0.2.1:5001" \
		"> /tmp/sum; touch /tmp/ended) > /dev/null 2>&1 &"
}

# answers N: that its ping got so far
answers() {
	guest "$1" grep -c "'bytes from'" /tmp/ping
}

# count N: of /data, that its stream sent so far
count() {
	guest "$1" cat /tmp/count
}

# beyond NUMBER COMMAND...: what it prints is more
beyond() {
	[ "$("${@:2}")" -gt "$1" ]
}

# stream_arrived N: all of it, to the byte
stream_arrived() {
	local i n

	guest "$1" "touch /tmp/stop; while [ ! -e /tmp/ended ]; do usleep 50000; done" || return
	n=$(count "$1")
	is "$(for ((i = 0; i < n; i++)); do
		cat "$GUESTS/data"
	done | sha256sum)" guest "$1" cat /tmp/sum
}

# ---- to move

status() {
	qmp "$1" query-migrate | jq -r .status
}

# moved FROM TO: start it, wait for its end
moved() {
	qmp "$1" migrate-set-parameters '{"max-bandwidth": 1000000000, "downtime-limit": 300}' &&
		qmp "$1" migrate "{\"uri\": \"unix:$TMP/migrate\"}" || return
	wait_for 20 ended "$1" || return
	qmp "$1" query-migrate | jq -r '"# QEMU: \(.["total-time"]) ms in all, guest stopped for \(.downtime) ms, \(.ram.transferred / 1048576 | floor) MB moved"' > "$TMP/moved"
	is completed status "$1" && wait_for 10 running "$2"
}

ended() {
	[[ $(status "$1") = completed || $(status "$1") = failed ]]
}

running() {
	[ "$(qmp "$1" query-status | jq -r .status)" = running ]
}

# move FROM TO
move() {
	rm -f "$TMP/migrate"
	MAC=$(mac 1) guest_start "$2" -incoming "unix:$TMP/migrate"
	wait_for 10 test -S "$TMP/migrate"
	check "guest 1 moves from p$1 to p$2 ${*:3}" moved "$1" "$2" || exit
	cat "$TMP/moved"
	guest_kill "$1"
}

announced() {
	grep -q "$(mac 1) > ff:ff:ff:ff:ff:ff.*Reverse Request" "$TMP/up1"
}

# capture_start DEV FILTER...: what is seen there
capture_start() {
	background "" tcpdump -ttlnei "$@" >> "$TMP/$1" 2> "$TMP/tcpdump"
	wait_for 5 grep -q listening "$TMP/tcpdump"
}

# What the outage consists of, after the guest was stopped.
arrival() {
	awk -v mac="$(mac 1)" '$2 == mac && !here { here = $1 }
		here && /echo request/ && !asked { asked = $1 }
		asked && /echo reply/ && !answered { answered = $1 }
		END { printf "# p2: guest heard of, %.0f ms later the first ping, " \
			"%.0f ms later its answer\n", (asked - here) * 1000, (answered - asked) * 1000 }' \
		"$TMP/p2"
}

plan 20
links
check "two switches and an uplink" switches
capture_start up1 ether broadcast
capture_start p2 icmp or arp or rarp
guest_start 1
guest_start 3
guest_start 4
check "guests boot" ready 1 3 4 || exit
check "guest 1 answers a neighbour" reaches 3 192.0.2.1
check "... and one behind the uplink" reaches 4 192.0.2.1
check "it is behind p1" is "sw0 p1 $VID, sw1 up1 $VID" where
ping_start 3
ping_start 4
stream_start 3
wait_for 20 beyond 0 count 3
move 1 2 "under ping and TCP"
check "... it is behind p2" wait_for 2 is "sw0 up0 $VID, sw1 p2 $VID" where
n=$(count 3)
check "... TCP continues" wait_for 20 beyond $((n + 1)) count 3 || exit
check "... every byte arrived" stream_arrived 3
for i in 3 4; do
	check "... guest $i has answers to its pings" wait_for 10 beyond "$(answers "$i")" answers "$i"
	ping_stop "$i" > "$TMP/ping$i"
	echo "# outage $(outage "$TMP/ping$i") ms as guest $i saw it; $(grep -o '[0-9]* packets.*received' "$TMP/ping$i")"
done
arrival
check "a new connection" carries 4 192.0.2.1
: > "$TMP/up1"
check "it is at rest" is "sw0 up0 $VID, sw1 p2 $VID" where
move 2 1 "at rest"
check "... it is behind p1, as it announced" wait_for 5 is "sw0 p1 $VID, sw1 up1 $VID" where
check "... by RARP, among others" wait_for 5 announced
check "... it answers a neighbour" reaches 3 192.0.2.1
check "... and one behind the uplink" reaches 4 192.0.2.1
check "... TCP" carries 3 192.0.2.1
check "adds up" adds_up
