#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames of every size from a bare header to 9018 bytes go out and come in as they are.
#   e1 --- p1 [ sw0 ] p2 --- e2      all with MTU 9000; each back end at both ends
#             [     ] t1             a tap, whose guest xsw-pktgen plays
# shellcheck disable=SC2034 # read by lib.sh
MTU=9000 OUTER_MTU=9004 # AF_PACKET sends no longer frames than its device's MTU
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/pktgen_lib.sh"

FIRST=14
LAST=9018

# every_size: a capture with one frame of each size
every_size() {
	perl -e 'my ($first, $last) = @ARGV;
		my $pattern = join("", map { chr($_ % 251) } 0 .. $last + 251);
		print pack("LSSLLLL", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
		for my $n ($first .. $last) {
			my $frame = pack("H*", "02000000000202000000000188b5") .
				substr($pattern, $n % 251, $n - 14);
			print pack("LLLL", 0, 0, $n, $n), $frame;
		}' $FIRST $LAST
}

# digests FILE: length and digest of each frame
digests() {
	perl -MDigest::MD5=md5_hex -e 'binmode STDIN; read STDIN, my $head, 24;
		while (read STDIN, $head, 16) {
			my (undef, undef, $n, $whole) = unpack("LLLL", $head);
			read STDIN, my $frame, $n;
			print "$whole ", md5_hex($frame), "\n";
		}' < "$1"
}

# crosses FROM TO [OPTION...]: all sizes, sent at one and received at the other. A receiver
# that gets no CPU for long loses some: only what is lost three times is a fault.
crosses() {
	cross "$@" || cross "$@" || cross "$@"
}

cross() {
	local from=$1 to=$2
	shift 2
	rx_start rx -i "$to" -f rx -n $((LAST - FIRST + 1)) -t 20 -P "$TMP/rx.pcap"
	pktgen -i "$from" -f tx -R 10k -P "$TMP/sizes.pcap" "$@" > "$TMP/tx" || {
		rx_stop rx
		return 1
	}
	rx_wait rx
	cmp "$TMP/sizes" <(digests "$TMP/rx.pcap")
}

# made LENGTH...: frames of these lengths, that xsw-pktgen makes itself
made() {
	local len
	for len in "$@"; do
		[ "$len" -le 3840 ] || in_pieces || continue
		rx_start rx -i e2 -f rx -n 20 -t 20 -P "$TMP/rx.pcap"
		pktgen -i e1 -f tx -n 20 -l "$len" > "$TMP/tx" || return
		rx_wait rx
		is "$len" eval "digests $TMP/rx.pcap | cut -d' ' -f1 | sort -u" || return
		[ "$len" -lt 22 ] || is '[20,0]' got rx '[.sequence.received, .sequence.lost]' ||
			{ echo "length $len"; return 1; }
	done
}

# The kernel takes frames in pieces, or the back end says what it does not receive.
in_pieces() {
	pktgen -i e2 -f rx -t 0.1 | jq -e '.backend == "af_xdp copy" and .notes == []' > /dev/null
}

body() {
	switch_up "$TEST_PATH" 2
	ip -n "$NS" tuntap add t1 mode tap
	ip -n "$NS" link set t1 mtu 9000 txqueuelen 20000 up
	xsw port add t1 switch sw0 path "$TEST_PATH"
	xsw port set p1 learning off
	xsw fdb add "$(mac 2)" dev p2 static
	[ "$TEST_PATH" = skb ] || check "made frames of many lengths" made 14 15 21 22 49 50 59 60 61 1514 3840 3841 4095 4096 \
		4097 8192 8193 9014 9018
	if in_pieces; then
		check "AF_XDP to AF_XDP" crosses e1 e2
		check "AF_PACKET to AF_XDP" crosses e1 e2 --backend packet
	else
		skip "AF_XDP to AF_XDP" "this kernel has no frames in pieces"
		skip "AF_PACKET to AF_XDP" "this kernel has no frames in pieces"
	fi
	xsw fdb replace "$(mac 2)" dev t1 static
	check "AF_XDP to a tap" crosses e1 tap:t1
	xsw fdb replace "$(mac 2)" dev p2 static
	if in_pieces; then
		check "a tap to AF_XDP" crosses tap:t1 e2
	else
		skip "a tap to AF_XDP" "this kernel has no frames in pieces"
	fi
	check "longer than the device takes: refused" exits 2 pktgen -i e1 -f tx -n 1 -l 9027
	check "adds up" adds_up
}

plan 13
for TEST_PATH in xdp skb; do
	[ -e "$TMP/sizes" ] || {
		every_size > "$TMP/sizes.pcap"
		digests "$TMP/sizes.pcap" > "$TMP/sizes"
	}
	body
	switch_down
done
