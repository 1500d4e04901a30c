#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw trace tells what would become of a frame, does nothing, and is right: of each frame that
# random_frames sends it has said before what then happens.
#   e1 --- p1 [     ] p2 --- e2     p1, p2: access 10
#             [ sw0 ] p3 --- e3     p3: trunk 10,20, p4: access 20
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/random_lib.sh"
SEED=${SEED:-$RANDOM}
FRAMES=${FRAMES:-300}
PATHS=${PATHS:-xdp skb mixed afxdp}
PAIR=0200000000020200000000018100000a # to h2 from h1, the first half of VLAN tag 10

# trace_is FILTER WANTED WORD...: what jq makes of the answer
trace_is() {
	is "$2" json ".[0] | $1" trace "${@:3}"
}

# tells TEXT WORD...: is this the text of a step?
tells() {
	json '.[0].steps[].text' trace "${@:2}" > "$TMP/texts"
	grep -qxF "$1" "$TMP/texts" || { cat "$TMP/texts"; false; }
}

# bad WORD...: refused with one sentence, as a mistake of the caller's
bad() {
	refused 1 trace "$@"
}

# what a trace must not change: all entries, counters, buckets, marks of devices
tables() {
	local map

	for map in "$XSW_BPFFS"/sw0/v*/xsw_*; do
		case ${map##*/} in
		xsw_timer | xsw_cache) continue ;; # of the programs alone, and they run by themselves
		esac
		echo "$map"
		"$BPFTOOL" -j map dump pinned "$map" 2> /dev/null
	done | sha256sum
	xsw -j fdb show | jq -c 'map(del(.age_s))'
}

changes_nothing() {
	local before after

	before=$(tables)
	xsw trace "$@" > /dev/null || return
	after=$(tables)
	[ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after"); false; }
}

# calls_lookups_only: of the calls of bpf(2) none writes a map or runs a program
calls_lookups_only() {
	in_ns strace -f -e trace=bpf -o "$TMP/strace" "$XSW" trace "$@" > /dev/null || return
	grep -q BPF_MAP_LOOKUP_ELEM "$TMP/strace" || return
	! grep -E 'BPF_(MAP_UPDATE|MAP_DELETE|PROG_TEST_RUN|PROG_RUN|OBJ_PIN|LINK)' "$TMP/strace"
}

# record FILE BYTES TYPE: a file of pcap with one record, 64 bytes long of which BYTES are there
pcap_file() {
	printf '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00'
	printf "\\x$(printf %02x "$2")\\x00\\x00\\x00"
	printf '\x00\x00\x00\x00\x00\x00\x00\x00'
	printf "\\x$(printf %02x "$1")\\x00\\x00\\x00\\x40\\x00\\x00\\x00"
	printf '\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x88\xb5'
	head -c $(($1 - 14)) /dev/zero
}

words() {
	check "a group address is flooded" trace_is .verdict flooded p1
	check "... and would teach" trace_is '.learns | [.mac, .vlan, .ifname] | join(" ")' \
		"02:00:00:00:00:01 10 p1" p1
	check "... to each member of the VLAN" trace_is '[.out[].ifname] | join(" ")' "p2 p3" p1
	check "... with its tags" trace_is '.out[1].frame[0:32]' ffffffffffff020000000001${PAIR:24} p1
	check "... of others it says why not" tells \
		"not p4: it is access 20, no member of vlan 10" p1
	check "... nor where a second tag would show" tells \
		"not p4: it is access 20, and the next tag, vlan 7, would show" p3 vlan 20 vlan 7
	check "a VLAN that is not admitted is dropped" trace_is '[.verdict, .reason, .vlan] | @json' \
		'["dropped","vlan",null]' p1 vlan 20
	check "... with a sentence" tells "vlan 20: p1 is access 10: dropped, vlan" p1 vlan 20
	check "tags are those that were asked for" trace_is '.frame[24:44]' 88a8a014810000078100 p3 \
		vlan 0x88a8:20.5 vlan 7 ethertype 0x8100
	check "... a word is a TPID, too" trace_is '.frame[24:32]' 88a80014 p3 vlan 802.1ad:20
	check "the EtherType may be a word" trace_is '.frame[24:28]' 86dd p1 ethertype ipv6
	check "the payload is what it is" trace_is '.frame[28:]' 0a0b p1 payload 0A0b
	check "... a frame may be longer" trace_is '.frame[28:]' 0a0b0000 p1 payload 0a0b len 18
	check "... or cut" trace_is '.frame | length / 2' 14 p1 len 14
	check "no payload is zeros" trace_is '.frame | length / 2' 60 p1
	check "a frame may come in by the other path" trace_is '.path' skb p1 path skb
	check "... and by its own" trace_is '.path' xdp p1 path xdp
	check "text has the steps" eval 'xsw trace p1 | grep -q "^    flood    not p4: "'
	check "... and the verdict" eval 'xsw trace p1 | grep -q "^    verdict: flooded to p2, p3$"'
	check "one line an object is one line" is 1 eval 'xsw -o trace p1 | wc -l'
}

bad_words() {
	local word

	check "no port" refused 1 trace
	check "a device that is none" refused 2 trace e1
	check "no device" refused 2 trace nosuch
	check "an unknown word" bad p1 source 02:00:00:00:00:01
	for word in src dst vlan ethertype payload len frame pcap path; do
		check "$word without a value" bad p1 $word
	done
	for word in "src 02:00:00:00:00:01" "dst 02:00:00:00:00:01" "ethertype arp" "payload 00" "len 60" \
		"frame ${PAIR}0a0b" "pcap $TMP/one.pcap" "path skb"; do
		# shellcheck disable=SC2086 # words
		check "${word%% *} twice" bad p1 $word $word
	done
	for word in 4096 -1 20.8 20. .5 20.5.1 x 0x14 :20 88:20 0x10000:20 0x88a8: 1,2 "" " 20"; do
		check "vlan '$word'" bad p1 vlan "$word"
	done
	check "more tags than a frame has" bad p1 vlan 1 vlan 2 vlan 3 vlan 4 vlan 5 vlan 6 vlan 7 vlan 8 vlan 9
	for word in "src 02:00:00:00:00" "dst 2" "ethertype 65536" "ethertype x" "len 13" "len 65554" \
		"len x" "payload 0" "payload 0g" "payload $(printf %0131080d 0 | head -c 131071)" "path afxdp" \
		"path x"; do
		# shellcheck disable=SC2086 # words
		check "${word:0:20}" bad p1 $word
	done
	check "a payload that does not fit" bad p1 payload 000000 len 16
}

hex_frames() {
	check "a frame in hex" trace_is '.frame' ${PAIR}0a0b p1 frame ${PAIR}0A0B
	check "... of an odd number of digits" bad p1 frame ${PAIR}0
	check "... with another letter" bad p1 frame ${PAIR}0x
	check "... shorter than a header" bad p1 frame ${PAIR:0:26}
	check "... of no bytes" bad p1 frame ""
	check "... and in words" bad p1 frame ${PAIR}0a0b vlan 10
	check "... longer than any" bad p1 frame "$PAIR$(printf %0131070d 0 | head -c 131039)"
	check "a cut tag" trace_is '[.verdict, .reason] | @json' '["dropped","runt"]' p1 frame ${PAIR:0:28}
	check "... by the other path" trace_is '[.verdict, .reason] | @json' '["dropped","runt"]' p1 \
		frame ${PAIR}88b5 path skb
}

pcap_files() {
	pcap_file 64 1 > "$TMP/one.pcap"
	pcap_file 64 113 > "$TMP/cooked.pcap"
	pcap_file 20 1 > "$TMP/cut.pcap"
	head -c 50 "$TMP/one.pcap" > "$TMP/half.pcap"
	{ cat "$TMP/one.pcap"; tail -c +25 "$TMP/one.pcap"; } > "$TMP/two.pcap"
	echo "no file of frames" > "$TMP/none.pcap"
	check "a record of pcap" trace_is '.frame | length / 2' 64 p1 pcap "$TMP/one.pcap"
	check "... the second" trace_is '.frame | length / 2' 64 p1 pcap "$TMP/two.pcap" nr 2
	check "... of pcapng" trace_is '.frame | length / 2' 20 p1 pcap "$TMP/one.pcapng"
	check "a record that was cut is told" eval 'xsw trace p1 pcap "$TMP/cut.pcap" 2>&1 > /dev/null |
		grep -q "only 20 of 64 bytes"'
	check "no such file" refused 2 trace p1 pcap "$TMP/nosuch"
	check "a folder" refused 2 trace p1 pcap "$TMP"
	check "no such record" refused 2 trace p1 pcap "$TMP/one.pcap" nr 2
	check "... 0" bad p1 pcap "$TMP/one.pcap" nr 0
	check "... without a file" bad p1 nr 1
	check "half a file" refused 2 trace p1 pcap "$TMP/half.pcap"
	check "another file" refused 2 trace p1 pcap "$TMP/none.pcap"
	check "frames of another kind" refused 2 trace p1 pcap "$TMP/cooked.pcap"
	check "a file and hex" bad p1 pcap "$TMP/one.pcap" frame ${PAIR}0a0b
}

# A block for the section, an interface of Ethernet, and a packet of 20 bytes
pcapng_file() {
	printf '\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00'
	printf '\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00'
	printf '\x01\x00\x00\x00\x14\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00'
	printf '\x06\x00\x00\x00\x34\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
	printf '\x14\x00\x00\x00\x14\x00\x00\x00\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01'
	printf '\x88\xb5\x00\x00\x00\x00\x00\x00\x34\x00\x00\x00'
}

limits() {
	xsw policer set p1 ingress rate 8kbit burst 1000
	check "a policer is told with its tokens" tells \
		"ingress policer of p1: would be charged 60 bytes; 1000 tokens now" p1
	check "... and drops what it has none for" trace_is '[.verdict, .reason] | @json' \
		'["dropped","policer"]' p1 len 1200
	check "... which teaches nothing" trace_is .learns null p1 len 1200
	xsw policer del p1 ingress
	xsw policer set p2 egress pps 1 burst_packets 1
	check "a policer of the port where it leaves" tells \
		"egress policer of p2: would be charged 1 frame; 1 tokens now" p1
	xsw policer del p2 egress
	xsw storm set p1 broadcast pps 1 burst_packets 1
	check "storm control" tells "storm control of p1: would be charged 1 frame; 1 tokens now" p1
	check "... charges nothing" tells "storm control of p1: would be charged 1 frame; 1 tokens now" p1
	xsw storm del p1 broadcast
}

rules() {
	xsw punt add p1 ethertype 0x88b5 socket
	check "a rule without a reader" trace_is .verdict flooded p1
	background "" "${XSW%/*}/xsw-punt" print sw0 > "$TMP/punted"
	wait_for 10 eval 'xsw -j trace p1 | jq -e ".[0].verdict == \"punted\""'
	check "a rule with a reader" trace_is '[.verdict, .learns, .out] | @json' '["punted",null,[]]' p1
	check "... which gets nothing" is "" cat "$TMP/punted"
	kill "$BACKGROUND"
	wait "$BACKGROUND" 2> /dev/null
	xsw punt del p1 ethertype 0x88b5
	xsw punt add p1 dst 01:80:c2:00:00:0e host
	check "a rule for the host" trace_is .verdict host p1 dst 01:80:c2:00:00:0e vlan 99
	xsw punt del p1 dst 01:80:c2:00:00:0e
	check "a reserved address" trace_is .reason reserved p1 dst 01:80:c2:00:00:0e
	check "a source that is a group" trace_is .reason src p1 src 01:00:5e:00:00:01
	xsw port set p1 spoof_check mac
	check "a source that is not bound" trace_is .reason spoof p1
	xsw bind add p1 mac 02:00:00:00:00:01
	check "... and one that is" trace_is .verdict flooded p1
	xsw port set p1 spoof_check off
	xsw port set p1 locked on
	check "a locked port" trace_is .reason locked p1
	xsw port set p1 locked off mac_limit 1
	xsw fdb flush switch sw0
	frame probe -n 2 e1 "bcast h7" e2 e3 > /dev/null
	check "one address more than the port may have" trace_is .reason mac-limit p1
	xsw port set p1 mac_limit 0
}

states() {
	xsw fdb replace "$(mac 2)" dev p2 vlan 10 static
	check "a known address" trace_is '[.verdict, .out[].ifname] | @json' '["unicast","p2"]' p1 \
		dst "$(mac 2)"
	check "... at the port where it is" trace_is .reason same-port p2 dst "$(mac 2)"
	check "a frame longer than the port takes" trace_is '[.verdict, .reason] | @json' \
		'["dropped","mtu"]' p1 dst "$(mac 2)" len 1519
	check "... and the longest" trace_is .verdict unicast p1 dst "$(mac 2)" len 1518
	xsw port set p2 isolated on
	xsw port set p1 isolated on
	check "from an isolated port to another" trace_is .reason isolated p1 dst "$(mac 2)"
	check "... in a flood" trace_is '[.out[].ifname] | join(" ")' p3 p1
	xsw port set p1 isolated off tx off
	xsw fdb replace "$(mac 1)" dev p1 vlan 10 static
	check "a port with tx off" trace_is .reason tx-off p3 vlan 10 dst "$(mac 1)"
	check "... in a flood" tells "not p1: it has tx off" p3 vlan 10
	xsw port set p1 tx on rx off
	check "a port with rx off" trace_is .reason rx-off p1
	xsw port set p1 rx on
	ip -n "$NS" link set p2 down
	check "a static address behind a port that is down" trace_is '[.verdict, .reason] | @json' \
		'["dropped","port-down"]' p1 dst "$(mac 2)"
	check "... and from there" trace_is .reason port-down p2
	ip -n "$NS" link set p2 up
	wait_for 10 eval 'xsw -j port show p2 | jq -e ".[0].state == \"up\""'
	check "it is up again" trace_is .verdict unicast p1 dst "$(mac 2)"
	ip -n "$NS" link del p4
	check "a port that is absent" refused 2 trace p4
	check "... gets nothing" tells "not p4: it cannot forward (the device is gone)" p3 vlan 20
}

# agrees IN FRAME: the frames that a trace lets leave are those that then come, at each port
agrees() {
	local wanted got

	wanted=$(xsw -j trace "p$1" frame "$(frame hex "$2" | cut -d: -f2)" |
		jq -r '.[0].out[] | "e\(.ifname[1:]) hex:\(.frame)"' | sort)
	got=$(frame probe -n "$(grep -c . <<< "$wanted")" "e$1" "$2" e1 e2 e3 e4 | while read -r end words; do
		echo "$end $(frame hex "$words")"
	done | sort)
	[ "$wanted" = "$got" ] || { printf 'traced:\n%s\ncame:\n%s\n' "$wanted" "$got"; false; }
}

# mirrored WORD...: frames agree while there is such a mirror
mirrored() {
	local at

	xsw mirror add m2 switch sw0 "$@" || return
	for at in "1 bcast h1" "2 h1 h2" "1 h2 h1" "3 h1 h3 8100/10/5" "3 bcast h3 8100/20" "1 r14 h1" "1 bcast h1 8100/0/3"; do
		agrees "${at%% *}" "${at#* }" || { xsw mirror del m2 switch sw0; return 1; }
	done
	xsw mirror del m2 switch sw0
}

mirrors() {
	check "what a mirror of a port's ingress copies" mirrored src-port p1 to-port p4
	check "... of its egress" mirrored dst-port p2 to-port p4
	check "... of all, in a VLAN" mirrored all on vlan 10 to-port p4
	check "... into a VLAN" mirrored src-port p1 dst-port p2 to-vlan 20
	check "... of a trunk" mirrored src-port p3 dst-port p3 to-port p2
	xsw mirror add m1 switch sw0 src-port p1 to-port p4
	check "the output of a mirror" trace_is '[.verdict, .reason] | @json' '["dropped","mirror"]' p4 vlan 20
	check "... gets no flood" tells "not p4: it is the output of a mirror, and nothing else" p3 vlan 20
	xsw mirror del m1 switch sw0
}

under_traffic() {
	xsw stats reset p1
	flow_start 2 3 "h3 h2" 2000
	for _ in $(seq 20); do
		xsw -j trace p1 dst "$(mac 2)" > /dev/null || echo "# trace failed"
	done
	flow_stop
	check "under traffic no frame is lost or sent twice" flow_lost_nothing
	check "... and nothing is counted where it traces" is 0 counter 1 rx_unicast
}

export TRACE=1
BPFTOOL=$("$ROOT/tools/bpftool-path")
# shellcheck disable=SC2086 # words
set -- $PATHS
plan $((134 + $# * 3 + $([[ $PATHS != *afxdp* ]]; echo $?)))
switch_up xdp 4
set_port 1 tag 10
set_port 2 tag 10
set_port 3 trunks 10,20
set_port 4 tag 20
pcapng_file > "$TMP/one.pcapng"
pcap_file 64 1 > "$TMP/one.pcap"
words
bad_words
hex_frames
pcap_files
check "a trace changes no table" changes_nothing p1
check "... of a known address" changes_nothing p1 dst "$(mac 2)"
if command -v strace > /dev/null; then
	check "it looks up, and calls the kernel for nothing else" calls_lookups_only p1
else
	skip "it looks up, and calls the kernel for nothing else" "no strace here"
fi
limits
rules
mirrors
under_traffic
states
switch_down
for path in "$@"; do
	random_run "$path"
done
