#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Commands see the switches made in their network namespace, with --all-netns those of all.
#   namespace a: x0 [ swa ]       namespace b: x0 [ swb ] y0       one bpffs
source "$(dirname "$0")/lib.sh"
A=$NS
B=${NS}b

# in_a, in_b, in_all COMMAND...: xsw there, or from b with all
in_a() {
	"$XSW" -n "$A" "$@"
}

in_b() {
	"$XSW" -n "$B" "$@"
}

in_all() {
	"$XSW" -n "$B" --all-netns "$@"
}

everything() {
	"$XSW" --all-netns -j port show
	"$XSW" --all-netns -j switch show
	"$XSW" --all-netns -j fdb show
	"$XSW" --all-netns -j policer show
}

# nothing_changes STATUS COMMAND...: does it end so, and all switches stay as they are?
nothing_changes() {
	local before
	before=$(everything)
	exits "$@" || return
	diff <(echo "$before") <(everything)
}

# tells TEXT COMMAND...: refused with this in the error, and nothing changes
tells() {
	nothing_changes "${STATUS:-2}" "${@:2}" 2> "$TMP/err"
	grep -qF -- "$1" "$TMP/err" || { cat "$TMP/err"; false; }
}

# names FILTER COMMAND...: sorted, on one line
names() {
	"${@:2}" | jq -r ".[] | $1" | sort -u | xargs
}

two_namespaces() {
	netns_add "$A"
	netns_add "$B"
	ip -n "$A" link add x0 type veth peer name x1
	ip -n "$B" link add x0 type veth peer name x1
	ip -n "$B" link add y0 type veth peer name y1
	in_a switch add swa
	in_b switch add swb
	in_a port add x0 switch swa tag 10
	in_b port add x0 switch swb tag 20
}

namespaces_down() {
	umount "$TMP/mounted" "$TMP/bpf" 2> /dev/null
	rm -rf "$XSW_BPFFS"
	for ns in "$A" "$B" "${NS}c" "${NS}d"; do
		[ ! -e "/run/netns/$ns" ] || ip netns del "$ns"
	done
}
trap 'namespaces_down; cleanup' EXIT

ino() {
	stat -Lc %i "/run/netns/$1"
}

# every object of every kind has its namespace
netns_of_all() {
	local kind
	in_a fdb add 02:00:00:00:00:01 dev x0 vlan 10 static
	in_a policer set x0 ingress rate 1mbit burst 10kb
	in_a storm set x0 broadcast pps 10 burst_packets 10
	in_a bind add x0 mac 02:00:00:00:00:01
	in_a punt add x0 ethertype arp host
	for kind in switch port fdb stats policer storm bind punt; do
		is "$A" names .netns in_a -j "$kind" show || return
	done
	is "$A" names .netns in_a -j check || return
	in_a -j stats watch x0 interval 0.01 count 1 | jq -e '.[0].netns == "'"$A"'"' &&
		in_a -j monitor port last 1 | jq -e '.netns == "'"$A"'"'
}

plan 87

two_namespaces

# ---- seeing

check "each sees its own switch" is swa names .name in_a -j switch show
check "... and port" is "10" names .tag in_a -j port show
check "... from the other namespace" is "20" names .tag in_b -j port show
check "... also without JSON" is 0 eval 'in_a port show | grep -c swb || :'
check "with nsenter the same" is swa eval \
	'names .name nsenter --net="/run/netns/$A" "$XSW" -j switch show'
check "all" is "swa swb" names .name in_all -j switch show
check "... by one dash" is "swa swb" names .name "$XSW" -n "$B" -all-netns -j switch show
check "two ports of one name can be told apart" is "$A $B" names .netns in_all -j port show x0
check "... in text" is "2" eval 'in_all port show x0 | grep -cE "switch sw[ab] netns $A?"'
check "every object has its namespace" netns_of_all
check "addresses of this namespace only" is "" names .mac in_b -j fdb show
check "... of all" is "02:00:00:00:00:01" names .mac in_all -j fdb show
check "... of a device" is swa names .switch in_all -j fdb show dev x0
check "rates of this namespace only" is "" names .ifname in_b -j policer show
check "counters of this namespace only" is swb names .switch in_b -j stats show
check "metrics of this namespace only" is 0 eval 'in_b --openmetrics stats show | grep -c swa || :'
check "... of all" is 1 eval 'in_all --openmetrics stats show | grep -c "^xsw_switch_ports.*swa"'
check "events of this namespace only" is swb names .switch eval 'in_b -j monitor last 9 | jq -s .'
check "... of all" is "swa swb" names .switch eval 'in_all -j monitor last 9 | jq -s .'
check "check looks at this namespace" is x0 eval \
	'in_b -j check | jq -r ".[].ifname | select(. != \"\")" | sort -u'
check "... at all, each device where it is" is "$A $B" eval \
	'in_all -j check | jq -r ".[] | select(.ifname == \"x0\" and .check == \"promisc\") | .netns" |
	sort -u | xargs'
check "dump has this namespace" is "  - name: swb" eval 'in_b config dump | grep "^  - name"'
check "... or all" is 2 eval 'in_all config dump | grep -c "^  - name"'
check "... which says of which" is "$A $B" eval \
	'in_all config dump | sed -n "s/^    netns: //p" | sort | xargs'
check "... as JSON, too" is "$B" names .netns in_b -j config dump

# ---- writing

check "a switch of another namespace is refused" \
	tells "switch 'swa': is in network namespace '$A'" in_b switch set swa ageing_time 10
check "... with a remedy" grep -q "xsw -n $A ..., or xsw --all-netns ..." "$TMP/err"
check "... to show" tells "is in network namespace '$A'" in_b switch show swa
check "... its ports" tells "is in network namespace '$A'" in_b port show switch swa
check "... to delete" tells "is in network namespace '$A'" in_b switch del swa
check "... if it exists" tells "is in network namespace '$A'" in_b --if-exists switch del swa
check "... to upgrade" tells "is in network namespace '$A'" in_b switch upgrade swa
check "... to flush" tells "is in network namespace '$A'" in_b fdb flush switch swa
check "... to get a port" tells "is in network namespace '$A'" in_b port add y0 switch swa
check "... to be dumped" tells "is in network namespace '$A'" in_b config dump swa
check "... to watch" tells "is in network namespace '$A'" in_b monitor switch swa last 1
check "... its metrics" tells "is in network namespace '$A'" \
	in_b --openmetrics stats show switch swa
check "... to speak LLDP for it" tells "is in network namespace '$A'" \
	"${XSW%/*}/xsw-punt" -n "$B" lldp swa
check "... to make" tells "exists already, in network namespace '$A'" in_b switch add swa
check "... if there is none" tells "exists already, in network namespace '$A'" \
	in_b --may-exist switch add swa
check "a port of another namespace is told" \
	tells "port 'x9': no such port here: it is one of switch 'swa' in network namespace '$A'" \
	eval 'ip -n "$A" link set x0 down; ip -n "$A" link set x0 name x9; in_b port set x9 tag 5
		ret=$?; ip -n "$A" link set x9 name x0; (exit $ret)'
check "of two ports of one name none is meant" \
	tells "port 'x0': several network namespaces have one" in_all port set x0 tag 5
check "... but with its switch it is" is 0 eval \
	'in_all fdb flush switch swa dev x0 > /dev/null; echo $?'
check "... to add to, too" eval \
	'in_all fdb add 02:00:00:00:00:02 dev x0 switch swa vlan 10 static &&
	in_all fdb del 02:00:00:00:00:02 switch swa vlan 10'
check "... which must be its switch" tells "port 'y0': is not on switch 'swa'" eval \
	'in_b port add y0 switch swb; in_all fdb add 02:00:00:00:00:02 dev y0 switch swa
		ret=$?; in_b port del y0; (exit $ret)'
check "a port that one namespace has" eval \
	'in_b port add y0 switch swb && "$XSW" -n "$A" --all-netns port set y0 tag 30'
check "... is changed" is 30 json '.[0].tag' -n "$B" port show y0
check "... and removed" eval \
	'"$XSW" -n "$A" --all-netns port del y0 && exits 2 in_b port show y0 2> /dev/null'
check "a port goes into the namespace of its switch" eval \
	'"$XSW" -n "$A" --all-netns port add y0 switch swb && in_b port show y0 && in_b port del y0'
check "a switch is changed, upgraded from outside" eval \
	'in_all switch set swa ageing_time 77 && in_all switch upgrade swa'
check "... so it is" is 77 eval 'in_a -j switch show swa | jq .[0].ageing_time'
ip -n "$B" link set x1 up
ip -n "$A" link set x0 up
ip -n "$A" link set x1 up
ip -n "$B" link set x0 up
nsenter --net="/run/netns/$A" "$PROGS/frame" send x1 "bcast h1" 3
nsenter --net="/run/netns/$B" "$PROGS/frame" send x1 "bcast h1" 4
in_b stats reset
check "reset concerns this namespace" is "3 0" eval \
	'in_all -j stats show | jq -r "sort_by(.switch) | .[].rx_packets" | xargs'
echo "switches: [{ name: swb, ports: [{ dev: x0 }] }]" > "$TMP/b.yaml"
check "apply leaves other namespaces alone" eval \
	'in_b --prune config apply "$TMP/b.yaml" > "$TMP/said" 2>&1 && ! grep swa "$TMP/said"'
check "... so they are as before" is 10 eval 'in_a -j port show x0 | jq .[0].tag'
in_a port del x0
check "... a switch without ports, too" eval \
	'in_b --prune config apply "$TMP/b.yaml" > /dev/null && in_a switch show swa'
echo "switches: [{ name: swa }]" > "$TMP/a.yaml"
check "apply does not take over a switch of another namespace" \
	tells "is in network namespace '$A'" in_b config apply "$TMP/a.yaml"
check "... nor would it" tells "is in network namespace '$A'" \
	in_b --dry-run config apply "$TMP/a.yaml"
STATUS=1 check "apply works on one namespace" tells "to one network namespace" \
	in_all config apply "$TMP/b.yaml"

# ---- `ip netns exec`, which hides /sys/fs/bpf

check "ip netns exec is told of what it hides" eval \
	'! ip netns exec "$A" "$XSW" switch show 2> "$TMP/err" && grep -q "use .xsw -n NAME" "$TMP/err"'
mkdir "$TMP/bpf"
mount -t bpf bpf "$TMP/bpf"
check "... but not in another place" ip netns exec "$A" "$XSW" --bpffs "$TMP/bpf/xsw" switch add swe
check "... where it is the same namespace" is "$A swe" eval \
	'"$XSW" -n "$A" --bpffs "$TMP/bpf/xsw" -j switch show | jq -r ".[] | .netns, .name" | xargs'
umount "$TMP/bpf"

# ---- a switch of an earlier version, which recorded no namespace before the first port

# forget_netns SWITCH: netns_ino and netns_cookie of struct xsw_switch
forget_netns() {
	local bpftool pin
	bpftool=$("$ROOT/tools/bpftool-path")
	pin=$(echo "$XSW_BPFFS/$1"/v*/xsw_switch)
	# shellcheck disable=SC2046
	"$bpftool" map update pinned "$pin" key 0 0 0 0 value $("$bpftool" -j map dump pinned "$pin" |
		jq -r '.[0].value | (.[20:24], .[64:72]) |= map("0") | .[]')
}

forget_netns swa
check "every namespace sees a switch without one" is "swa swb" names .name in_b -j switch show
check "... none is told" is "" eval 'in_b -j switch show swa | jq -r .[0].netns'
check "... none prunes it" eval \
	'in_b --prune config apply "$TMP/b.yaml" > /dev/null 2>&1 && in_b switch show swa'
check "... until it is upgraded" is "$A" eval \
	'in_a switch upgrade swa; in_all -j switch show swa | jq -r .[0].netns'
forget_netns swa
in_a port add x0 switch swa
check "... or gets a port" is "$A" eval 'in_all -j switch show swa | jq -r .[0].netns'
in_a port del x0
tc -n "$A" qdisc add dev x0 clsact
tc -n "$A" filter add dev x0 ingress pref 1 protocol all u32 match u32 0 0 \
	action mirred egress redirect dev x1
check "... when rules of others there are told of" eval \
	'in_all port add x0 switch swa 2> "$TMP/err" && grep -q "^xsw: port .x0.: warning" "$TMP/err"'
tc -n "$A" qdisc del dev x0 clsact
in_a port del x0
check "... which it keeps" is "$A" eval 'in_all -j switch show swa | jq -r .[0].netns'

# ---- devices and namespaces that go

in_a port add h0 switch swa host
ip -n "$A" link set h0 netns "$B"
check "a host port whose end has moved is there" is up eval \
	'ip -n "$B" link set h0 up; ip -n "$A" link set h0-sw up; in_a -j port show h0 | jq -r .[0].state'
check "... can be set" in_a port set h0 tag 40
check "... and deleted" in_a port del h0
check "... with its end" not ip -n "$B" link show h0

ip -n "$A" link add z0 type veth peer name z1
in_a port add z0 switch swa path skb
ip -n "$A" link set z0 netns "$B"
check "a device that has moved is absent" is absent eval 'in_a -j port show | jq -r .[0].state'
check "... and no port where it is" tells "it is one of switch 'swa' in network namespace '$A'" \
	in_b port set z0 tag 1
check "... it can be deleted where it was" in_a port del z0
check "... and be a port there" eval \
	'in_b port add z0 switch swb && in_b port del z0'

netns_add "${NS}c"
"$XSW" -n "${NS}c" switch add swc
INO=$(ino "${NS}c")
nsenter --net="/run/netns/${NS}c" sleep 300 &
HOLDER=$!
wait_for 5 eval '[ "$(stat -Lc %i "/proc/$HOLDER/ns/net")" = "$INO" ]'
ip netns del "${NS}c"
check "a namespace without a name" is "net:[$INO]" eval \
	'in_all -j switch show swc | jq -r .[0].netns'
check "... is told" tells "is in network namespace net:[$INO]" in_b switch del swc
check "... and how to reach it" grep -qF "xsw -n 'net:[$INO]' ..., or xsw --all-netns ..." "$TMP/err"
check "... which works" "$XSW" -n "net:[$INO]" switch set swc ageing_time 4
check "one that is not there" tells "netns 'net:[1]': no such network namespace" \
	"$XSW" -n "net:[1]" switch show
check "... in itself it works" eval \
	'nsenter --net="/proc/$HOLDER/ns/net" "$XSW" switch set swc ageing_time 5'
touch "$TMP/mounted"
mount --bind "/proc/$HOLDER/ns/net" "$TMP/mounted"
kill $HOLDER
wait $HOLDER 2> /dev/null
check "one that is only mounted somewhere" eval \
	'in_b switch del swc 2>&1 | grep -q "is in network namespace net:\[$INO\]\$" &&
	in_all switch set swc ageing_time 6'
umount "$TMP/mounted"
check "a namespace that is gone" tells "is in network namespace net:[$INO], which is gone" \
	in_b switch del swc
check "... with a remedy" grep -q "xsw --all-netns switch del swc" "$TMP/err"
netns_add "${NS}d" # perhaps with that inode number
check "... is no other one" tells "is in network namespace" "$XSW" -n "${NS}d" switch del swc
check "... its switch can be deleted" in_all switch del swc
