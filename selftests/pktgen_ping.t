#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Round trips are timed, loss and order are told, and no mode is measured as another.
#   e1 --- p1 [ sw0 ] p2 --- e2      ping at e1, pong at e2
#             [     ] t1             a tap, whose guest xsw-pktgen plays
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

# answers OPTION...: all of 500 requests are answered, and timed
answers() {
	pktgen -i e1 -f ping -n 500 "$@" > "$TMP/ping" || return
	is '[500,500,500,0,0,0]' got ping '[.packets, .replies, .latency_ns.count, .sequence.lost,
		.sequence.reordered, .sequence.duplicate]'
}

monotone() {
	is true got ping '.latency_ns | 0 < .min and .min <= .p50 and .p50 <= .p90 and
		.p90 <= .p99 and .p99 <= .p99_9 and .p99_9 <= .max and .min <= .mean and
		.mean <= .max'
}

# Of two round trips one is the median, the other all that is above
of_two() {
	pktgen -i e1 -f ping -n 2 > "$TMP/ping" || return
	is true got ping '.latency_ns | .p50 >= .min and .p50 <= .min * 1.01 and .p90 == .max'
}

# Requests from e1 have t1's address for source: the replies of e2 arrive there.
replies() {
	xsw fdb add "$(mac 9)" dev t1 static
	xsw fdb add "$(mac 2)" dev p2 static
	rx_start rx -i tap:t1 -f rx -n 50 -t 20 -P "$TMP/rx.pcap"
	pktgen -i e1 -f tx -n 50 -S "$(mac 9)" -D "$(mac 2)" -d 192.0.2.2:20 -s 192.0.2.1:10 "$@" ||
		return
	rx_wait rx
	records "$TMP/rx.pcap" > "$TMP/replies"
}

replies_right() {
	is 50 eval "tcpdump -nn -vv -r $TMP/rx.pcap 2> /dev/null | grep -c 'udp sum ok'" &&
		is "$(mac 9 | tr -d :)$(mac 2 | tr -d :)" eval "cut -c1-24 $TMP/replies | sort -u" &&
		is c0000202c00002010014000a eval "cut -c53-76 $TMP/replies | sort -u"
}

# n frames at a rate of r take (n - 1) / r at least, whatever the machine does
keeps_rate() {
	is true got ping ".duration_s >= $1 and .pps <= $2"
}

# modes FUNCTION: interrupt, adaptive and spin, at both ends
answers_in_mode() {
	rx_start pong -i e2 -f pong -m "$1"
	answers -m "$1" -R 5k
	local status=$?
	rx_stop pong
	[ $status = 0 ] && is "$1" got ping .mode && is 500 got pong .packets
}

# Where there is no NAPI id there is no busy poll: at once, or when a frame has come.
busy_poll_or_not() {
	local status
	rx_start pong -i e2 -f pong -m busy-poll
	pktgen -i e1 -f ping -n 20 -R 100 > "$TMP/ping"
	if [ "$(got ping .replies)" = 20 ]; then
		rx_stop pong
		return # a kernel where it is possible
	fi
	rx_wait pong
	status=$?
	grep -q "^xsw-pktgen: device 'e2': busy-poll is not possible on this device: " \
		"$TMP/pong.err" && [ $status = 2 ] && is 0 got ping .replies
}

# What busy poll sets, in a /sys that `ip netns exec` makes that of the namespace
napi_settings() {
	# shellcheck disable=SC2016 # expanded there
	ip netns exec "$NS" sh -c 'cat /sys/class/net/e2/napi_defer_hard_irqs \
		/sys/class/net/e2/gro_flush_timeout'
}

# ... and not in the one that is mounted where it runs: of the host, which has no e2
napi_settings_come_back() {
	local before
	before=$(napi_settings)
	background "" "$PKTGEN" -q -i e2 -f rx -m busy-poll -t 20
	wait_for 10 is $'2\n200000' napi_settings || return
	kill "$BACKGROUND"
	wait "$BACKGROUND"
	is "$before" napi_settings
}

no_busy_poll_on_tap() {
	exits 2 pktgen -i tap:t1 -f rx -m busy-poll -t 1 > "$TMP/out" 2>&1 &&
		grep -q "busy-poll is not possible on this device: a tap has no NAPI" "$TMP/out"
}

# Nobody answers: lost, after a second each at most
nobody() {
	pktgen -i e1 -f ping -n 3 -R 1000 > "$TMP/ping" || return
	is '[3,0,3,0]' got ping '[.packets, .replies, .sequence.lost, .latency_ns.count]'
}

# A capture of 100 marked frames, and one with a few of them lost, late and twice
disturbed() {
	rx_start rx -i e2 -f rx -n 100 -t 20 -P "$TMP/whole.pcap"
	pktgen -i e1 -f tx -n 100 > /dev/null
	rx_wait rx
	perl -e 'binmode STDIN; read STDIN, my $head, 24; my @r;
		while (read STDIN, my $h, 16) {
			read STDIN, my $f, (unpack("LLLL", $h))[2];
			push @r, $h . $f;
		}
		print $head, @r[0 .. 9], @r[20 .. 29], $r[15], @r[30 .. 39], $r[35], $r[36],
			@r[41 .. 99]' < "$TMP/whole.pcap" > "$TMP/disturbed.pcap"
	rx_start rx -i e2 -f rx -n 92 -t 20
	pktgen -i e1 -f tx -P "$TMP/disturbed.pcap" > /dev/null
	rx_wait rx
	is '[92,92,10,1,2,1]' got rx '[.packets, .sequence.received, .sequence.lost,
		.sequence.reordered, .sequence.duplicate, .sequence.streams]'
}

body() {
	switch_up "$TEST_PATH" 2
	ip -n "$NS" tuntap add t1 mode tap
	ip -n "$NS" link set t1 up
	xsw port add t1 switch sw0 path "$TEST_PATH"
	rx_start pong -i e2 -f pong
	check "one request after another" answers
	check "... percentiles rise" monotone
	check "in batches" answers -b 16
	check "at a rate" answers -R 10k
	check "... and no faster" keeps_rate 0.0499 10100
	check "large frames with a tag" answers -l 1518 -V 10
	check "IPv6" answers -l 80 -d 2001:db8::1
	check "short frames without UDP" answers -l 22
	check "to an address" answers -D "$(ip -n "$NS" -j link show e2 | jq -r '.[0].address')"
	check "percentiles are those of the replies" of_two
	rx_stop pong
	check "pong counts" is 3502 got pong .packets
	rx_start pong -i e2 -f pong
	check "replies" replies
	check "... have their ends exchanged, and right checksums" replies_right
	rx_stop pong
	check "nobody answers: lost" nobody
	rx_start pong -i tap:t1 -f pong
	check "pong on a tap" answers
	rx_stop pong
	for mode in interrupt adaptive spin; do
		check "mode $mode" answers_in_mode "$mode"
	done
	check "mode busy-poll, or it says that it is not possible" busy_poll_or_not
	check "... never on a tap" no_busy_poll_on_tap
	check "what busy poll sets comes back" napi_settings_come_back
	check "lost, late and duplicate frames are told" disturbed
	check "adds up" adds_up
}

each_path 23 body
