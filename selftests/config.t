#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The running configuration as a file and back: exact, with the fewest changes, all or nothing.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

dump() {
	xsw config dump > "$TMP/$1" && [ -s "$TMP/$1" ]
}

same() {
	dump now || return
	diff "$TMP/$1" "$TMP/now"
}

# bad TEXT FOR [FILE]: the file "a" with TEXT replaced is refused with line and column, nothing
# changes
bad() {
	local file=${3:-a}
	sed "s/$1/$2/" "$TMP/$file" > "$TMP/bad"
	cmp -s "$TMP/$file" "$TMP/bad" && { echo "nothing to replace in:"; cat "$TMP/$file"; return 1; }
	xsw config apply "$TMP/bad" 2> "$TMP/err" && { echo "was accepted"; return 1; }
	grep -Eq 'bad:[0-9]+:[0-9]+' "$TMP/err" || { cat "$TMP/err"; return 1; }
	[ "$(wc -l < "$TMP/err")" -le 2 ] || { cat "$TMP/err"; return 1; }
	same "$file"
}

dry_lines() {
	xsw config apply "$TMP/$1" --dry-run > "$TMP/dry" && wc -l < "$TMP/dry"
}

# The options that the help of an object says are on or off; `host` is decided with `add`.
on_off_options() {
	xsw "$1" help | grep -oE '[a-z_]+ +on\|off' | cut -d' ' -f1 | grep -vx host
}

# turned OBJECT NAME WORD: an option that is the other way round is shown, dumped and applied, and
# is as it was when the file of before is applied
turned() {
	local was now
	was=$(json ".[0].$3" "$1" show "$2")
	[ "$was" = true ] && now=off || now=on
	xsw "$1" set "$2" "$3" "$now" && dump turned || return
	is "$([ "$now" = on ] && echo true || echo false)" json ".[0].$3" "$1" show "$2" || return
	cmp -s "$TMP/before" "$TMP/turned" && return 1
	xsw config apply "$TMP/before" && same before && xsw config apply "$TMP/turned" &&
		same turned && xsw config apply "$TMP/before" && same before
}

# A file that names no mode
mode_follows() {
	echo '{switches: [{name: sw0, ports: [{dev: p1, tag: 5}, {dev: p2}]}]}' > "$TMP/follows"
	xsw config apply "$TMP/follows" && xsw port set p2 tag 8 && xsw port set p1 tag none &&
		is "trunk access" json 'map(.vlan_mode) | "\(.[0]) \(.[1])"' port show
}

all_turned() {
	local word
	dump before || return
	for word in $(on_off_options "$1"); do
		turned "$1" "$2" "$word" || { echo "of $word"; return 1; }
	done
	[ -n "$word" ]
}

plan 42
switch_up skb 3 ageing_time 60 fdb_max 1000 fdb_full evict forward_bpdu on vlan_stats on forward_reserved 0,2-5
xsw port set p1 vlan_mode native-untagged tag 10 trunks 10,20,100-199 priority_tags if-nonzero default_pcp 3
xsw port set p2 vlan_mode dot1q-tunnel tag 100 cvlans 0-5 qinq_ethtype 802.1q learning off
xsw port set p3 flood off mcast_flood off bcast_flood off isolated on locked on hairpin on
check "dump" dump a
check "a dump of one switch" xsw config dump sw0
check "applying it again changes nothing" is 0 dry_lines a
check "... and succeeds" xsw config apply "$TMP/a"
check "... same dump" same a
xsw port set p2 learning on
dump b
check "one difference is one change" is 1 dry_lines a
check "--dry-run does not do it" same b
check "apply does it" xsw config apply "$TMP/a"
check "... as told" same a
xsw port del p1
xsw switch set sw0 ageing_time 70
check "a port that is missing comes back" xsw config apply "$TMP/a"
check "... with its settings" same a
xsw switch del sw0
check "from nothing" xsw config apply "$TMP/a"
check "... everything is as it was" same a
check "a word that is none" bad native-untagged sideways
check "a name that no device can have" bad p3 no/such
check "a device that can be no port" bad 'dev: p3' 'dev: lo'
check "a name too long for a host interface" bad 'dev: p3' 'dev: host012345678\n        host: on'
ip -n "$NS" link del p3
check "an absent port stays" is 0 dry_lines a
check "... and is dumped" same a
ip -n "$NS" link add p3 type veth peer name e3
xsw port del p3 --if-exists
xsw config apply "$TMP/a"
check "a VLAN out of range" bad 'tag: *10$' 'tag: 4095'
check "a broken file" bad 'switches' '{switches'
check "a key that is none" bad isolated isolation
check "a name that no switch can have" bad 'name: sw0' 'name: a/b'
sed 's/tag: 10$/tag: 010/' "$TMP/a" > "$TMP/octal"
check "a number written otherwise is the same" is 0 dry_lines octal
xsw port set p3 vlan_mode trunk trunks "$(seq -s, 1 2 4093)"
dump long
check "a long VLAN list is dumped" grep -q 4093 "$TMP/long"
check "... and read" is 0 dry_lines long
cp "$TMP/long" "$TMP/words"
sed -i 's/trunks: .*4093"$/trunks: all\n        tag: none/' "$TMP/words"
xsw port set p3 trunks all
dump all
check "all and none in a file are the defaults" is 0 dry_lines words
xsw port set p3 vlan_mode access tag 0
dump zero
check "tag 0 is dumped with its mode" grep -A2 'tag: 0' "$TMP/zero"
check "... and read" is 0 dry_lines zero
xsw port set p3 vlan_mode trunk
check "... a port gets it" xsw config apply "$TMP/zero"
check "... as dumped" same zero
check "tag 0 without its mode" bad 'vlan_mode: access' 'vlan_mode: trunk' zero
check "... or in another" bad 'vlan_mode: access' 'vlan_mode: native-tagged' zero
check "the mode of a port of a file follows the tag that a command sets" mode_follows
xsw config apply "$TMP/long"
check "each option of a port that is on or off" all_turned port p3
check "... and of a switch" all_turned switch sw0
check "-j" is '["sw0",60,100]' json '.[0] | [.name, .ageing_time, .ports[1].tag]' config dump
xsw -j config dump > "$TMP/json"
sed -i '1s/^/{"switches":/; $s/$/}/' "$TMP/json"
check "... can be applied too" is 0 dry_lines json
xsw bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1
xsw bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.2
check "... has addresses, the deepest lists" is '[{"mac":"02:00:00:00:00:01","ip":["192.0.2.1","192.0.2.2"]}]' \
	json '.[0].ports[] | select(.dev == "p1").bind' config dump
xsw config apply "$TMP/nosuch" 2> "$TMP/err"
check "a file that is not there" grep -q nosuch "$TMP/err"

xsw switch del sw0
xsw switch add 007
for dev in '#1' '&a' "it's" '"2"' '\3'; do
	ip -n "$NS" link add "$dev" type veth peer name "peer$((++n))"
	xsw port add "$dev" switch 007
	xsw fdb add "02:00:00:00:00:0$n" dev "$dev" static
done
dump names
check "names that YAML reads otherwise" is 0 dry_lines names
check "... and JSON" is '["007","#1"]' json '.[0] | [.name, .ports[0].dev]' config dump
