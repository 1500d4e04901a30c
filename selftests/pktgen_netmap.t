#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Options that xsw-pktgen has from netmap's pkt-gen mean what they mean there: -l twice, -z, -Z, -F,
# -M, -C, -c, -A, -X, and how many frames a batch has. And --announce, which pkt-gen does not have.
#   e1 --- p1 [ sw0 ] p2 --- e2      sends at e1, receives at e2
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

# distinct FROM TO: values that stand in these columns
distinct() {
	cut -c"$1-$2" "$TMP/frames" | sort -u | wc -l
}

# lengths FIRST BELOW: of the frames, many different ones, all from FIRST to below BELOW
lengths() {
	awk -v first="$1" -v below="$2" '{ n = length($0) / 2; seen[n] = 1 }
		n < first || n >= below { print "length", n; bad = 1 }
		END { for (n in seen) kinds++; print kinds, "lengths"
		      exit bad || kinds < (below - first) / 4 || !(first in seen || first + 1 in seen ||
			first + 2 in seen || first + 3 in seen) }' "$TMP/frames"
}

checksums_right() {
	is 1000 eval "tcpdump -nn -vv -r '$TMP/rx.pcap' 2> /dev/null | grep -c 'udp sum ok'" &&
		! tcpdump -nn -v -r "$TMP/rx.pcap" 2> /dev/null | grep -q 'bad cksum'
}

# cpus_of OPTION...: the CPUs that the thread which receives may have
cpus_of() {
	local task

	rx_start rx -i e2 -f rx "$@" || return
	for task in "/proc/${PIDS[rx]}/task"/*; do
		[ "${task##*/}" = "${PIDS[rx]}" ] ||
			sed -n 's/^Cpus_allowed_list:\t//p' "$task/status"
	done
	rx_stop rx
}

# cpus WANTED OPTION...
cpus() {
	wait_for 10 is "$1" cpus_of "${@:2}"
}

# live OPTION...: lines of the live line in $TMP/err, the result in $TMP/tx
live() {
	in_ns timeout 20 "$PKTGEN" -i e1 -f tx -R 1000 -t 0.5 -T 100 "$@" > "$TMP/tx" 2> "$TMP/err"
}

live_json() {
	live -j -A -b 10 && grep '^{' "$TMP/err" > "$TMP/live" &&
		is true jq -s 'length > 2 and all(.interval_s > 0 and .packets > 0 and .pps > 0 and
			.bps > 0 and .events > 0 and .avg_batch >= 1 and .pps_mean > 0 and
			.pps_deviation >= 0)' "$TMP/live" &&
		is true jq -s --slurpfile all "$TMP/tx" \
			'(map(.packets) | add) <= $all[0].packets' "$TMP/live" &&
		is 1 jq -s length "$TMP/tx"
}

# dumped_as_recorded: what -X prints are the bytes that arrive
dumped_as_recorded() {
	rx_start rx -i e2 -f rx -n 3 -t 20 -P "$TMP/rx.pcap"
	in_ns "$PKTGEN" -q -i e1 -f tx -n 3 -l 75 -X > "$TMP/dump" || return
	rx_wait rx
	is 3 grep -c '^# sent 75 bytes$' "$TMP/dump" &&
		is "$(records "$TMP/rx.pcap")" eval "awk '/^#/ { if (line) print line; line = \"\" }
			/^0/ { for (i = 2; i <= 17 && \$i ~ /^[0-9a-f][0-9a-f]\$/; i++) line = line \$i }
			/^sent/ { exit } END { print line }' $TMP/dump"
}

# rx_dumps: frames that arrive, at the end that receives
rx_dumps() {
	rm -f "$TMP/dump.err"
	in_ns timeout 20 "$PKTGEN" -i e2 -f rx -n 2 -X > "$TMP/dump" 2> "$TMP/dump.err" &
	wait_for 10 eval 'grep -qs " on " "$TMP/dump.err"'
	pktgen -i e1 -f tx -n 2 > "$TMP/tx"
	wait $! && is 2 grep -c '^# received 60 bytes$' "$TMP/dump"
}

# announced FUNCTION: sw0 knows a thousand addresses at p2 before anything was sent to them
announced() {
	xsw fdb flush switch sw0 > /dev/null
	rx_start rx -i e2 -f "$1" --announce 02:00:00:01:00:00-02:00:00:01:03:e7 -D 02:00:00:00:00:99
	wait_for 10 eval '[ "$(fdb_at p2)" = 1000 ]'
	rx_stop rx
	[ "$(fdb_at p2)" -ge 1000 ] && is 0 got rx .packets
}

# fdb_at PORT: addresses of the range that was announced
fdb_at() {
	xsw -j fdb show switch sw0 | jq --arg dev "$1" \
		'[.[] | select(.ifname == $dev and (.mac | startswith("02:00:00:01:")))] | length'
}

# not_answered: pong does not send back what announces an address
not_answered() {
	rx_start pong -i e2 -f pong
	rx_start rx -i e1 -f rx --announce 02:00:00:02:00:00-02:00:00:02:00:09
	wait_for 10 eval "in_ns $XSW -j stats show p1 | jq -e '.[0].rx_packets >= 10'"
	rx_stop rx
	rx_stop pong
	is '[0,true]' got pong '[.packets, .other >= 10]' && is 0 got rx .packets
}

# last_counts: of an option given twice
last_counts() {
	pktgen -n 3 -b 2 -R 10 -D 02:00:00:00:00:01 -i none -f rx -t 9 -T 100 -p 9 -a 63 -w 9 \
		-n 5 -b 1 -R 1000 -D 02:00:00:00:00:02 -i e1 -f tx -t 5 -T 200 -p 1 -a 0 -w 0 > "$TMP/tx" &&
		is '["e1","tx",1,5,5]' got tx '[.interface, .function, .threads, .packets, .events]'
}

# qlen: of a tap that -C has made
qlen() {
	rx_start rx -i tap:made1 -f rx "$@" &&
		ip -n "$NS" -j link show made1 | jq '.[0].txqlen'
	rx_stop rx
}

plan 35
switch_up xdp,skb 2
check "-l twice: a thousand frames, of lengths at random" carries -l 1400 -l 60
check "... of lengths from the second to below the first" lengths 60 1400
check "... with right checksums" checksums_right
check "... where there is room for UDP in the first alone: none has it" carries -l 60 -l 30 -D 02:00:00:00:00:77
check "... and tags" carries -l 300 -l 64 -V 10
check "... and IPv6" carries -l 1400 -l 80 -d 2001:db8::1
check "... with right checksums" checksums_right
check "-z: any source" carries -z
check "... 1000 of 1000, one destination" is "1000 1" eval 'echo "$(distinct 53 60) $(distinct 61 68)"'
check "... and any port" test "$(distinct 69 72)" -gt 900
check "... with right checksums" checksums_right
check "-z and a range of destinations, which steps with each frame" carries -z -d 192.0.2.1-192.0.2.100
check "... all of them" is 100 distinct 61 68
check "-Z: any destination, of IPv6 too" carries -Z -l 80 -s 2001:db8::1
check "... 1000 of them in the /64, one source" is "1000 1" eval 'echo "$(distinct 77 108) $(distinct 45 76)"'
check "-z -Z" carries -z -Z
check "... 1000 of each" is "1000 1000" eval 'echo "$(distinct 53 60) $(distinct 61 68)"'
if in_ns "$PKTGEN" -q -i e1 -f tx -n 1 -l 1000 -F 4 > /dev/null 2>&1; then
	check "-F: frames in four descriptors arrive whole" carries -l 1000 -F 4
	check "... with right checksums" checksums_right
	check "... and of 16, with lengths at random, -M" carries -l 1400 -l 700 -F 8 -M 100
	check "... with right checksums" checksums_right
else
	for i in 1 2 3 4; do
		skip "-F, $i" "this kernel sends no frames in several descriptors"
	done
fi
check "-C: rings of 64 slots" carries -C 64 -b 512
check "... so no batch is larger" is true got tx '.events >= 1000 / 64 and .avg_batch <= 64'
check "-C of a tap that is made: what waits for its guest" is 300 qlen -C 0,300
check "-c 1: all threads on CPU 0" cpus 0 -c 1
check "... whatever -a says" cpus 0 -a 1 -c 1
check "-b 10: ten events of a hundred frames" eval 'pktgen -i e1 -f tx -n 100 -b 10 > "$TMP/tx" &&
	is "[10,10]" got tx "[.events, .avg_batch]" &&
	in_ns "$PKTGEN" -i e1 -f tx -n 100 -b 10 -q | grep -q "^  10 events, average batch 10.00$"'
check "-A: mean and deviation in the live line, batches beside" eval 'live -A && grep -qE \
	"^tx .* batch [0-9.]+  mean [0-9.]+ k?pps  deviation [0-9.]+ k?pps  dropped 0$" "$TMP/err"'
check "... with -j as objects on stderr, one on stdout" live_json
check "-X prints what is sent" dumped_as_recorded
check "... and what is received" rx_dumps
check "--announce: rx speaks first" announced rx
check "... and pong" announced pong
check "... and pong answers to nobody who does" not_answered
check "of other options given twice the last one counts" last_counts
