#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules of others at a port, of tc and nftables: the switch comes before them on every kernel, by a
# tcx link and by a filter, and says so.
#   e1 --- p1 [ sw0 ] p2 --- e2      rules stand at p1
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

tc() {
	in_ns tc "$@"
}

# filter PREF PROTOCOL [DEV]: what comes into p1 is gone: it goes to an interface that is down
filter() {
	tc filter add dev "${3:-p1}" ingress pref "$1" protocol "$2" u32 match u32 0 0 \
		action mirred egress redirect dev sink
}

# ports_up [QDISC]: p1 with a qdisc of others, which are no ports yet
ports_up() {
	links_up 3
	ip -n "$NS" link add sink type veth peer name drain
	[ $# = 0 ] || tc qdisc add dev p1 "$1"
	xsw switch add sw0
}

# adds N: `port add` is done, and told in N lines of warning
adds() {
	xsw port add p1 switch sw0 path "$PORT_PATH" > "$TMP/out" 2> "$TMP/err" || return
	cat "$TMP/err"
	is "" cat "$TMP/out" && is "$1" grep -c "^xsw: port 'p1': warning: .*; remedy: " "$TMP/err"
}

adds_exit() {
	xsw port add p1 switch sw0 path "$PORT_PATH" 2> "$TMP/err"
}

others() {
	for i in 2 3; do
		xsw port add p$i switch sw0 path "$PORT_PATH"
	done
}

# rows of `check p1` whose name is $1: fields $2
rows() {
	xsw -j check p1 > "$TMP/rows"
	jq -rc --arg check "$1" "[.[] | select(.check == \$check)] | $2" "$TMP/rows"
}

# rows_of CHECK: how many
rows_of() {
	xsw -j check p1 | jq --arg check "$1" '[.[] | select(.check == $check)] | length'
}

# told CHECK STATUS WORDS: one row, and its remedy has the words
told() {
	is "$2" rows "$1" '.[0].status' || return
	rows "$1" '.[0].remedy' | grep -qF -- "$3" || { cat "$TMP/rows"; return 1; }
}

switched() {
	sees 1 "h1 h9" 2 "h1 h9" 3 "h1 h9"
}

# our_prefs: of the filters with the switch's program
our_prefs() {
	tc -j filter show dev p1 ingress | jq -rc \
		'[.[] | select(.options.bpf_name // "" | startswith("xsw_tc:[")) | .pref] | join(",")'
}

qdiscs() {
	tc -j qdisc show dev p1 | jq -r '[.[].kind | select(. != "noqueue")] | join(",")'
}

# nft_chain FAMILY HOOK DEVICE: table t, chain c, policy drop; families and hooks by number
nft_chain() {
	in_ns python3 - "$@" << 'END'
import socket, struct, sys
family, hook, device = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def attr(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)
def text(kind, s):
    return attr(kind, s.encode() + b"\0")
def be32(kind, n):
    return attr(kind, struct.pack(">i", n))
def message(kind, flags, family, res, body):
    return struct.pack("IHHIIBBH", 20 + len(body), kind, flags, 1, 0, family, 0, socket.htons(res)) + body
base = attr(0x8004, be32(1, hook) + be32(2, 0) + text(3, device))
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
s.send(message(16, 1, 0, 10, b"") +
       message(10 << 8 | 0, 0x401, family, 0, text(1, "t")) +
       message(10 << 8 | 3, 0x405, family, 0, text(1, "t") + text(3, "c") + base + be32(5, 0) + text(7, "filter")) +
       message(17, 1, 0, 10, b""))
s.settimeout(10)
error = struct.unpack_from("i", s.recv(65536), 16)[0]
sys.exit(error and "nftables: error %d" % error)
END
}

# has_tcx: does the switch come in by a link?
has_tcx() {
	[ -e "$(echo "$XSW_BPFFS"/sw0/v*)/port_1_tc" ]
}

filters() {
	ports_up clsact
	filter 7 all && filter 49152 ip
	check "port add says which filters it comes before" adds 2
	others
	check "... and is done: frames are switched" switched
	check "check fails" told tc-ingress fail "tc filter del dev p1 ingress pref 7"
	check "... for each" is 2 rows_of tc-ingress
	check "port set says it too" eval 'xsw port set p1 hairpin off 2>&1 | grep -q "redirect to sink"'
	check "a port without is well" eval \
		'xsw -j check p2 | jq -e ".[] | select(.check == \"rules\").status == \"ok\""'
	check "filters of others stay with the port" is 2 eval \
		'xsw port del p1; tc filter show dev p1 ingress | grep -c "Redirect"'
	check "... and the qdisc" is clsact qdiscs
	check "... nothing of the switch does" is "" our_prefs
	switch_down
}

later() {
	ports_up
	adds 0 > /dev/null
	others
	filter 49152 all 2> /dev/null || { tc qdisc add dev p1 clsact && filter 49152 all; }
	check "a filter that comes later" switched
	check "... is told" told tc-ingress fail "pref 49152"
	filter 1 ip 2> "$TMP/err"
	check "a filter for the first place comes later" switched
	switch_down
}

first_is_taken() {
	ports_up clsact
	filter 1 all && filter 3 all
	check "a filter at the first preference is told" adds 2
	others
	if has_tcx; then
		check "... and comes behind the switch" switched
		check "... by a link" is "" our_prefs
		for i in 1 2 3; do skip "... and moves ($i)" "a link is first anyway"; done
	else
		check "... and before the switch" eval \
			'rows tc-ingress ".[0].detail" | grep -q "before the switch"'
		check "... which has the next" is 2 our_prefs
		tc filter del dev p1 ingress pref 1
		check "... until it is gone" switched
		xsw switch upgrade sw0
		check "... and moves up at an upgrade" is 1 our_prefs
		check "... all the same" switched
	fi
	switch_down
}

ingress_qdisc() {
	ports_up ingress
	filter 49152 all
	check "the qdisc ingress, as libvirt makes it" adds 1
	others
	check "... frames are switched" switched
	xsw port del p1
	check "... it stays" is ingress qdiscs
	switch_down
	ports_up clsact
	adds 0 > /dev/null
	others
	tc qdisc del dev p1 clsact
	tc qdisc add dev p1 ingress
	if has_tcx; then
		skip "a filter that others removed is told" "there is a link"
	else
		check "a filter that others removed is told" told tc-filter fail "xsw switch upgrade sw0"
		xsw switch upgrade sw0
	fi
	check "the qdisc in another's place: at an upgrade at the latest" switched
	switch_down
}

# an earlier version had its filter at preference 1983
earlier() {
	ports_up clsact
	adds 0 > /dev/null
	others
	"$("$ROOT/tools/bpftool-path")" prog pin pinned "$(echo "$XSW_BPFFS"/sw0/v*)/prog_tc" "$XSW_BPFFS/xsw_tc"
	tc filter del dev p1 ingress pref 1
	tc filter add dev p1 ingress pref 1983 handle 1 bpf da object-pinned "$XSW_BPFFS/xsw_tc"
	check "as an earlier version had it" is 1983 our_prefs
	filter 49152 all
	check "... frames are switched" switched
	xsw switch upgrade sw0
	check "an upgrade makes it the first" is 1 our_prefs
	check "... frames are switched" switched
	xsw port del p1
	check "... and port del takes it away" is "" our_prefs
	rm "$XSW_BPFFS/xsw_tc"
	switch_down
}

police() {
	ports_up clsact
	if tc filter add dev p1 ingress pref 9 protocol all u32 match u32 0 0 \
		police rate 8mbit burst 10k drop 2> "$TMP/err"; then
		check "tc police" adds 1
		check "... has an equal" told tc-ingress fail \
			"xsw policer set p1 ingress rate 8mbit burst 10kb"
	else
		skip "tc police" "not in this kernel"
		skip "... has an equal" "not in this kernel"
	fi
	switch_down
	ports_up
	if tc qdisc add dev p1 ingress_block 5 clsact 2> "$TMP/err" &&
		tc filter add block 5 pref 9 protocol all matchall action drop 2> "$TMP/err"; then
		if [ "$LINKS" ]; then
			check "a block that devices share, action drop" adds 1
			check "... has an equal" told tc-ingress fail "spoof_check all"
		else # where no device has a filter of its own
			check "a block that devices share is refused" exits 2 adds_exit
			check "... with a remedy" grep -q "remedy: block 5 .*tc qdisc del dev p1" "$TMP/err"
		fi
	else
		skip "a block that devices share, action drop" "not in this kernel"
		skip "... has an equal" "not in this kernel"
	fi
	switch_down
}

nft() {
	ports_up
	if nft_chain 5 0 p1 2> "$TMP/err"; then
		check "a chain of nftables" adds 1
		others
		check "... does nothing: frames are switched" switched
		check "... fails the check" told nft-ingress fail "nft delete chain netdev t c"
	else
		for i in 1 2 3; do skip "a chain of nftables ($i)" "not in this kernel"; done
	fi
	switch_down
	ports_up
	if nft_chain 5 1 p1 2> "$TMP/err"; then
		check "... at egress" adds 1
		others
		check "... does nothing either" sees 2 "h2 h9" 1 "h2 h9" 3 "h2 h9"
		check "... is a warning" told nft-egress warn "nft delete chain netdev t c"
	else
		for i in 1 2 3; do skip "... at egress ($i)" "not in this kernel"; done
	fi
	switch_down
	ports_up
	if nft_chain 1 5 p1 2> "$TMP/err"; then
		check "... of family inet" adds 1
	else
		skip "... of family inet" "not in this kernel"
	fi
	switch_down
}

egress() {
	ports_up
	if tc qdisc add dev p1 root tbf rate 1mbit burst 10k latency 10ms 2> "$TMP/err"; then
		xsw port add p1 switch sw0 path "$PORT_PATH" 2> "$TMP/err"
		others
		check "a qdisc by which XDP goes" is "$([ "$PORT_PATH" = xdp ] && echo warn || echo null)" \
			rows qdisc '.[0].status'
	else
		skip "a qdisc by which XDP goes" "not in this kernel"
	fi
	switch_down
	ports_up
	if ip -n "$NS" link add link p1 name m1 type macvlan 2> "$TMP/err" ||
		ip -n "$NS" link add link p1 name m1 type vlan id 5 2> "$TMP/err"; then
		check "a device on top" adds 1
	else
		skip "a device on top" "not in this kernel"
	fi
	switch_down
}

# another xsw, of which this one knows nothing, has a program at tcx
tcx() {
	local other=$XSW_BPFFS-other
	ports_up
	adds 0 > /dev/null
	xsw --bpffs "$other" switch add sw9 && xsw --bpffs "$other" port add p1 switch sw9 path skb 2> "$TMP/err"
	check "a program at tcx that comes later, before the switch" \
		eval 'rows tcx-ingress ".[0].detail" | grep -q "before the switch"'
	check "... sees that the switch comes behind it" grep -q "tcx program xsw_tc.*takes the frames" "$TMP/err"
	xsw port del p1
	check "... and earlier: the switch comes first" adds 1
	check "... as it says" eval 'rows tcx-ingress ".[0].detail" | grep -q "takes the frames"'
	others
	check "... frames are switched" switched
	xsw --bpffs "$other" switch del sw9
	rm -rf "$other"
	switch_down
}

# path skb: others may have a program at XDP
xdp_program() {
	ports_up
	if in_ns ip link set p1 xdpgeneric pinned "$(echo "$XSW_BPFFS"/sw0/v*)/prog_xdp" 2> "$TMP/err"; then
		check "a program at XDP" adds 1
		check "... is a warning" told xdp-program warn "ip link set p1 xdpgeneric off"
	else
		for i in 1 2; do skip "a program at XDP ($i)" "ip attaches none"; done
	fi
	switch_down
}

plan 126
PORT_PATH=skb TEST_PATH=
ports_up
adds 0 > /dev/null
has_tcx && LINKS=1 || LINKS=
switch_down
for XSW_TC in tcx clsact; do
	export XSW_TC
	for PORT_PATH in skb xdp; do
		TEST_PATH="$PORT_PATH, $XSW_TC"
		if [ "$XSW_TC$LINKS" = tcx ]; then
			for i in {1..23}; do skip "filters, $i" "no tcx before Linux 6.6"; done
			continue
		fi
		filters
		later
		first_is_taken
		ingress_qdisc
	done
done
TEST_PATH=
earlier
unset XSW_TC
if [ "$LINKS" ]; then
	tcx
else
	for i in 1 2 3 4 5; do skip "tcx, $i" "not before Linux 6.6"; done
fi
PORT_PATH=skb
xdp_program
for PORT_PATH in skb xdp; do
	TEST_PATH=$PORT_PATH
	nft
	egress
done
police
