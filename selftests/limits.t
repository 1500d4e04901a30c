#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Policers, storm control, bindings and what protects ports, as commands: every word, what
# is refused, JSON, what a killed command leaves, what goes with a port. What frames meet
# is tested elsewhere.
source "$(dirname "$0")/lib.sh"

bpftool() {
	command "$BPFTOOL" "$@"
}
BPFTOOL=$("$ROOT/tools/bpftool-path") || skip_all "no bpftool"

# shows OBJECT PORT FILTER WANTED: of `-j OBJECT show pPORT`
shows() {
	is "$4" json "$3" "$1" show "p$2"
}

# burst_of WANTED SETTING...: what is filled in
burst_of() {
	xsw policer set p3 egress "${@:2}" && is "$1" json '.[0] | [.burst, .burst_packets]' policer show p3
}

# rate_is BPS TEXT: TEXT means so many bits per second
rate_is() {
	xsw policer set p3 egress rate "$2" burst 1mb && shows policer 3 '.[0].rate' "$1"
}

size_is() {
	xsw policer set p3 egress rate 1gbit burst "$2" && shows policer 3 '.[0].burst' "$1"
}

# entries MAP: how many of a hash map
entries() {
	bpftool -j map dump pinned "$(echo "$XSW_BPFFS"/sw0/v*)/$1" | jq length
}

nothing_left() {
	is 0 entries xsw_policer_of && is 0 entries xsw_bind && is 0 entries xsw_bind_ip &&
		is '[]' xsw -j policer show && is '[]' xsw -j storm show && is '[]' xsw -j bind show
}

# flags_of N NAME...: what the data path reads of port pN has these bits of maps/port.h, and no
# other of rates
flags_of() {
	local slot wanted=0 got name
	slot=$(bpftool -j map lookup pinned "$(echo "$XSW_BPFFS"/sw0/v*)/xsw_slot" key "$1" 0 0 0 | jq .formatted.value)
	got=$(bpftool -j map lookup pinned "$(echo "$XSW_BPFFS"/sw0/v*)/xsw_port" \
		key $((slot % 256)) $((slot / 256)) 0 0 | jq .formatted.value.flags)
	shift
	for name in "$@"; do
		wanted=$((wanted | 1 << $(sed -n "s/^#define XSW_PORT_$name (1U << \([0-9]*\)).*/\1/p" \
			"$ROOT/maps/port.h")))
	done
	[ $((got & 0x0f800000)) = $wanted ] || { echo "flags $got, not $wanted"; return 1; }
}

# cost_is_exact RATE: does the data path charge a byte within a millionth of what it costs?
cost_is_exact() {
	local value mult shift
	xsw policer set p3 egress rate "$1bit" burst 1mb || return
	value=$(bpftool -j map lookup pinned "$(echo "$XSW_BPFFS"/sw0/v*)/xsw_policer" key $((3 * 5 + 1)) 0 0 0)
	mult=$(jq .formatted.value.bytes.mult <<< "$value")
	shift=$(jq .formatted.value.bytes.shift <<< "$value")
	awk -v m="$mult" -v s="$shift" -v r="$1" 'BEGIN { exact = 8e9 * 256 / r; e = (m / 2^s - exact) / exact
		exit !(m < 2^43 && m * 2 >= 2^43 && e < 1e-6 && e > -1e-6) }' ||
		{ echo "mult $mult shift $shift"; return 1; }
}

# What a killed command leaves is whole: set or not set, and the next one works
kill_many() {
	local i
	for i in 1 2 3 4 5 6 8 10; do
		kill_at "$i" policer set p1 ingress vlan 7 rate 10mbit
		xsw policer set p1 ingress vlan 8 rate 10mbit || return
		xsw -j policer show p1 | jq -e 'all(.rate == 10000000)' > /dev/null || return
		kill_at "$i" policer del p1 ingress vlan 8
		xsw policer set p1 ingress vlan 9 rate 20mbit || return
		xsw --if-exists policer del p1 ingress vlan 7 &&
			xsw --if-exists policer del p1 ingress vlan 8 || return
		shows policer 1 'map(.vlan)' '[9]' || return
		kill_at "$i" bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1
		xsw --may-exist bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1 || return
		kill_at "$i" bind del p1 mac 02:00:00:00:00:01 ip 192.0.2.1
		xsw --if-exists bind del p1 mac 02:00:00:00:00:01 || return
		kill_at "$i" port del p1
		xsw --if-exists port del p1 && nothing_left || return
		xsw port add p1 switch sw0 path skb || return
	done
}

USAGE=(
	"policer set" "policer set p1" "policer set p1 sideways rate 1mbit" "policer set p1 ingress"
	"policer set p1 ingress rate" "policer set p1 ingress rate fast"
	"policer set p1 ingress rate -1mbit" "policer set p1 ingress rate 1e6"
	"policer set p1 ingress rate 0x10" "policer set p1 ingress rate 1.2.3mbit"
	"policer set p1 ingress rate 7bit" "policer set p1 ingress rate 1.1tbit"
	"policer set p1 ingress burst 10kb" "policer set p1 ingress rate 1mbit burst 0"
	"policer set p1 ingress rate 1mbit burst 1mbyte" "policer set p1 ingress rate 8bit burst 100mb"
	"policer set p1 ingress pps 0" "policer set p1 ingress pps 1.5" "policer set p1 ingress pps 10k"
	"policer set p1 ingress rate 1mbit burst_packets 5"
	"policer set p1 ingress vlan 4095 rate 1mbit" "policer set p1 ingress pcp 8 rate 1mbit"
	"policer set p1 ingress vlan 1 pcp 1 rate 1mbit" "policer set p1 ingress peak_rate 1mbit"
	"policer set p1 ingress rate 2mbit peak_rate 1mbit"
	"policer set p1 ingress rate 1mbit peak_burst 64kb"
	"policer set p1 ingress rate 1mbit peak_rate 2mbit excess_burst 64kb"
	"policer set p1 ingress rate 1mbit yellow drop" "policer set p1 ingress rate 1mbit yellow_pcp 1"
	"policer set p1 ingress rate 1mbit excess_burst 64kb yellow green"
	"policer set p1 ingress rate 1mbit excess_burst 64kb yellow drop yellow_pcp 1"
	"policer set p1 ingress rate 1mbit excess_burst 64kb yellow_pcp 8"
	"policer set p1 ingress rate 1mbit mtu 5" "policer del p1" "policer del p1 ingress rate 1mbit"
	"policer show p1 p2" "policer nonsense"
	"storm set p1" "storm set p1 anycast pps 5" "storm set p1 broadcast"
	"storm set p1 broadcast rate 1mbit excess_burst 1mb" "storm set p1 broadcast vlan 5 pps 5"
	"bind add" "bind add p1" "bind add p1 mac" "bind add p1 mac 02:00:00:00:00"
	"bind add p1 mac 02:00:00:00:00:01 ip" "bind add p1 mac 02:00:00:00:00:01 ip 192.0.2"
	"bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1/24" "bind add p1 mac 02:00:00:00:00:01 port 5"
	"port set p1 spoof_check some" "port set p1 mac_limit -1" "port set p1 mac_limit 4194305"
	"port set p1 mac_limit many" "port set p1 mac_limit_action explode" "port set p1 link sideways"
	"port set p1 local maybe" "port set p1 promisc maybe" "port reopen"
)
REFUSED=(
	"policer set p9 ingress rate 1mbit" "policer del p9 ingress" "policer del p1 ingress"
	"policer del p1 egress vlan 5" "policer show p9" "storm del p1 broadcast" "storm show p9"
	"bind add p9 mac 02:00:00:00:00:01" "bind del p1 mac 02:00:00:00:00:01"
	"bind add p1 mac 01:00:00:00:00:01" "bind add p1 mac 00:00:00:00:00:00"
	"bind add p1 mac 02:00:00:00:00:01 ip 224.0.0.1" "bind add p1 mac 02:00:00:00:00:01 ip ff02::1"
	"port reopen p9" "bind show p9"
)

plan $((${#USAGE[@]} + ${#REFUSED[@]} + 89))
switch_up skb 3

for line in "${USAGE[@]}"; do
	# shellcheck disable=SC2086
	check "usage: xsw $line" refused 1 $line
done
for line in "${REFUSED[@]}"; do
	# shellcheck disable=SC2086
	check "refused: xsw $line" refused 2 $line
done

# ---- policers
check "a rate" xsw policer set p1 ingress rate 10mbit
check "... as JSON" shows policer 1 '.[0] | [.ifname, .switch, .direction, .rate, .burst, .pps, .passed,
	.dropped, .yellow_packets]' '["p1","sw0","ingress",10000000,375000,0,0,0,0]'
check "... without words of what there is not" shows policer 1 \
	'.[0] | has("vlan") or has("pcp") or has("yellow")' false
check "... and in text" grep -q "ingress rate 10mbit burst 375000b" <(xsw policer show p1)
check "the data path is told" flags_of 1 POLICE_IN
check "frames, in the other direction" xsw policer set p1 egress pps 1000 burst_packets 32
check "... as well" flags_of 1 POLICE_IN POLICE_OUT
check "a VLAN" xsw policer set p1 ingress vlan 10 rate 1mbit pps 100
check "a priority" xsw policer set p1 egress pcp 5 rate 1mbit
check "... as well" flags_of 1 POLICE_IN POLICE_OUT POLICE_IN_OF POLICE_OUT_OF
check "all are shown, in order" shows policer 1 'map([.direction, .vlan, .pcp])' \
	'[["ingress",null,null],["ingress",10,null],["egress",null,null],["egress",null,5]]'
check "set replaces" xsw policer set p1 ingress pps 500
check "... all there was" shows policer 1 '.[0] | [.rate, .burst, .pps, .burst_packets]' '[0,0,500,64]'
check "del: one of several" xsw policer del p1 ingress
check "... leaves the others" flags_of 1 POLICE_OUT POLICE_IN_OF POLICE_OUT_OF
check "... of a VLAN" xsw policer del p1 ingress vlan 10
check "... the last of its kind" flags_of 1 POLICE_OUT POLICE_OUT_OF
check "--if-exists" xsw --if-exists policer del p1 ingress
xsw policer set p1 ingress rate 10mbit peak_rate 20mbit yellow_pcp 2
check "two rates" shows policer 1 '.[0] | [.rate, .peak_rate, .peak_burst, .yellow, .yellow_pcp, .yellow_dei]' \
	'[10000000,20000000,750000,"remark",2,false]'
xsw policer set p1 ingress rate 10mbit excess_burst 200kb
check "one rate, two bursts" shows policer 1 '.[0] | [.rate, .peak_rate, .excess_burst, .yellow, .yellow_dei]' \
	'[10000000,0,204800,"remark",true]'
xsw policer set p1 ingress rate 10mbit excess_burst 200kb yellow drop
check "yellow drop" shows policer 1 '.[0] | [.yellow, has("yellow_dei")]' '["drop",false]'

for pair in 10000000:10mbit 1500000:1.5Mbit 8:8bit 1000000000000:1tbit 65536:64kibit 8000000:1mbps \
	8192:1kibps 12345:12345; do
	check "${pair#*:} is ${pair%:*} bit/s" rate_is "${pair%:*}" "${pair#*:}"
done
for pair in 65536:64kb 1048576:1m 1500:1500 1500:1500b 131072:1mbit 2147483648:2g; do
	check "${pair#*:} is ${pair%:*} bytes" size_is "${pair%:*}" "${pair#*:}"
done
check "default burst of a low rate" burst_of '[131072,0]' rate 1mbit
check "... of a high one: 300 ms" burst_of '[37500000,0]' rate 1gbit
check "... in frames" burst_of '[0,64]' pps 100
check "... of a high rate" burst_of '[0,5000]' pps 100000
for rate in 8 12345 1000000 99999999 5000000000 1000000000000; do
	check "the cost of a byte is exact at $rate bit/s" cost_is_exact $rate
done
xsw policer set p3 ingress rate 1mbit burst 3035 2> "$TMP/err"
check "a burst below two frames is warned of" grep -q warning "$TMP/err"
xsw policer set p3 ingress rate 1mbit burst 3036 2> "$TMP/err"
check "... one of two frames is not" not grep -q . "$TMP/err"
check "... nor by check" is ok json '.[] | select(.ifname == "p3" and .check == "burst").status' check

# ---- storm control
check "storm control" xsw storm set p2 broadcast pps 100
xsw storm set p2 unknown rate 10mbit burst 200kb
check "... as JSON" shows storm 2 'map([.class, .rate, .burst, .pps, .burst_packets, .passed, .dropped])' \
	'[["broadcast",0,0,100,64,0,0],["unknown",10000000,204800,0,0,0,0]]'
check "... the data path is told" flags_of 2 STORM
check "... is no policer" is '[]' xsw -j policer show p2
xsw storm del p2 broadcast
check "... one less" flags_of 2 STORM
xsw storm del p2 unknown
check "... and the last" flags_of 2

# ---- bindings
check "bind" xsw bind add p2 mac 02:00:00:00:00:01
check "... once" exits 2 xsw bind add p2 mac 02:00:00:00:00:01
check "... but for --may-exist" xsw --may-exist bind add p2 mac 02:00:00:00:00:01
xsw bind add p2 mac 02:00:00:00:00:02 ip 192.0.2.7
xsw bind add p2 mac 02:00:00:00:00:02 ip 2001:db8::7
check "... with addresses" shows bind 2 'map([.mac, .ip])' \
	'[["02:00:00:00:00:01",[]],["02:00:00:00:00:02",["192.0.2.7","2001:db8::7"]]]'
xsw bind del p2 mac 02:00:00:00:00:02 ip 192.0.2.7
xsw bind del p2 mac 02:00:00:00:00:02 ip 2001:db8::7
check "... that go one by one" shows bind 2 '.[1].ip' '[]'
xsw bind add p2 mac 02:00:00:00:00:02 ip 192.0.2.8
xsw bind del p2 mac 02:00:00:00:00:02
check "... or with the source" is '1 0' echo "$(entries xsw_bind) $(entries xsw_bind_ip)"

# ---- options of ports
check "all options" xsw port set p2 local off promisc on spoof_check all mac_limit 3 mac_limit_action no-learn
check "... as JSON" shows port 2 '.[0] | [.local, .promisc, .spoof_check, .mac_limit, .mac_limit_action, .link,
	.macs]' '[false,true,"all",3,"no-learn","auto",0]'
xsw port set p3 spoof_check mac 2> "$TMP/err"
check "spoof_check without a binding is warned of" grep -q 'bind add p3' "$TMP/err"
check "... by check, too" is warn json '.[] | select(.ifname == "p3" and .check == "bind").status' check
xsw fdb add "$(mac 5)" dev p2
xsw fdb add "$(mac 6)" dev p2
xsw fdb replace "$(mac 6)" dev p1
check "macs are counted where they are" is '[1,1,0]' json 'map(.macs)' port show
xsw fdb add "$(mac 7)" dev p2
xsw port set p2 mac_limit 1
check "a lower limit forgets what is too many" is '[1,0,0]' json 'map(.macs)' port show
xsw switch set sw0 fdb_max 1000
check "... as a recount finds it" is '[1,0,0]' json 'map(.macs)' port show
xsw fdb flush switch sw0
check "... a flush too" is '[0,0,0]' json 'map(.macs)' port show
check "reopen of an open port" xsw port reopen p2

xsw config dump > "$TMP/a"
xsw switch del sw0
# the line of the first change that tells of $1, in $TMP/dry
change_line() { grep -n "$1" "$TMP/dry" | head -1 | cut -d: -f1; }
limits_follow_ports() {
	xsw config apply "$TMP/a" --dry-run > "$TMP/dry"
	[ "$(change_line "add bind 'p2'")" -gt "$(change_line "add port 'p2'")" ] &&
		[ "$(change_line "add bind 'p2'")" -lt "$(change_line "add port 'p3'")" ] && return
	cat "$TMP/dry"
	return 1
}
check "config: a new port is limited before the next is added" limits_follow_ports
check "config: from nothing" xsw config apply "$TMP/a"
xsw config dump > "$TMP/b"
check "... all is as it was" diff "$TMP/a" "$TMP/b"
check "... and no change is left" is 0 wc -l < <(xsw config apply "$TMP/a" --dry-run)

xsw port set p1 link down
check "link down: the peer has no carrier" grep -q NO-CARRIER <(ip -n "$NS" link show e1)
xsw port set p1 link auto
check "... and auto as before" not grep -q NO-CARRIER <(ip -n "$NS" link show e1)
xsw port set p1 link down
xsw port del p1
check "... it goes back when the port goes" not grep -q NO-CARRIER <(ip -n "$NS" link show e1)

xsw port del p2
xsw port del p3
check "everything goes with its port" nothing_left
xsw port add p1 switch sw0 path skb
check "a command killed at any moment" kill_many

# ---- a switch of an earlier version, whose programs know no such tables
xsw fdb add "$(mac 5)" dev p1
for table in policer policer_of guard bind bind_ip; do
	another_map "$(echo "$XSW_BPFFS"/sw0/v*)/xsw_$table"
done
for line in "policer set p1 ingress pps 5" "bind add p1 mac 02:00:00:00:00:01" "port set p1 mac_limit 5"; do
	# shellcheck disable=SC2086
	check "not before an upgrade: $line" refused 2 $line
	check "... which is the remedy" grep -q "switch upgrade sw0" "$TMP/err"
done
check "other options work" xsw port set p1 hairpin on
check "a port comes and goes" xsw port add p2 switch sw0
xsw port del p2
check "upgrade" xsw switch upgrade sw0
check "... counts what is learned" is '[1]' json 'map(.macs)' port show
check "... makes it work" xsw policer set p1 ingress pps 5
