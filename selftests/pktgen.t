#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What xsw-pktgen sends is what was asked for, and what it receives is counted.
#   e1 --- p1 [ sw0 ] p2 --- e2      sends at e1, receives at e2
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

# distinct FROM TO N: so many values stand in these columns
distinct() {
	is "$3" eval "cut -c$1-$2 $TMP/frames | sort -u | wc -l"
}

# all_have FROM TO HEX: the same in all frames
all_have() {
	is "$3" eval "cut -c$1-$2 $TMP/frames | sort -u"
}

checksums_right() {
	[ "$(tcpdump -nn -vv -r "$TMP/rx.pcap" 2> /dev/null | grep -c 'udp sum ok')" = 1000 ] &&
		! tcpdump -nn -vv -r "$TMP/rx.pcap" 2> /dev/null | grep -q 'bad cksum'
}

# as_sent: the file that was recorded holds the frames of the one that was replayed
as_sent() {
	cmp <(records "$1") <(records "$TMP/rx.pcap")
}

body() {
	switch_up "$TEST_PATH" 2
	check "1000 frames" carries
	check "... of 60 bytes" is 120 eval "awk '{ print length }' $TMP/frames | sort -u"
	check "... from the device's address" all_have 13 24 "$(ip -n "$NS" -j link show e1 |
		jq -r '.[0].address' | tr -d :)"
	check "... with right checksums" checksums_right

	check "one tag" carries -V 10
	check "... is there" all_have 25 36 8100000a0800
	check "two tags, a TPID and a PCP" carries -V 88a8/100@5.10
	check "... are there" all_have 25 40 88a8a0648100000a

	check "a range of addresses" carries -D 02:00:00:00:00:01-02:00:00:00:03:e8 \
		-S 02:10:00:00:00:00-02:10:00:00:00:07
	check "... each destination once" distinct 1 12 1000
	check "... and eight sources" distinct 13 24 8
	check "ranges of IPv4 and ports" carries -d 192.0.2.1:1000-192.0.2.10:1004 \
		-s 198.51.100.1:7-198.51.100.4:11
	check "... which turn like wheels" distinct 53 76 1000
	check "... four source addresses" distinct 53 60 4
	check "... with right checksums" checksums_right
	check "IPv6 with a range" carries -l 80 -d '[2001:db8::1]:53-[2001:db8::64]:53' \
		-s '2001:db8:1::1'
	check "... of a hundred addresses" distinct 77 108 100
	check "... with right checksums" checksums_right

	cp "$TMP/rx.pcap" "$TMP/replay.pcap"
	check "a capture is replayed" carries -P "$TMP/replay.pcap"
	check "... byte for byte" as_sent "$TMP/replay.pcap"
	check "several threads where there are queues too few: refused" \
		exits 2 pktgen -i e1 -f tx -n 10 -p 64
	check "adds up" adds_up
}

each_path 22 body
