#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Configuration files: what cannot be a whole file changes nothing and is reported by line and
# column; what programs make of a file means the same; what files do not name stays.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# refuses WHY: the file "f" is, with one line that has FILE:LINE:COLUMN and WHY; nothing changes
refuses() {
	refused 2 config apply "$TMP/f" "${@:2}" || return
	grep -Eq "$TMP/f:[0-9]+:[0-9]+: .*$1" "$TMP/err" || { cat "$TMP/err"; return 1; }
	is 1 wc -l < "$TMP/err"
}

# refuses_text TEXT WHY: as printf writes it; pruning too
refuses_text() {
	# shellcheck disable=SC2059 # the text is the format
	printf "$1" > "$TMP/f"
	refuses "$2" && refuses "$2" --prune
}

# refuses_at TEXT LINE:COLUMN
refuses_at() {
	refuses_text "$1" "" || return
	grep -q ":$2: " "$TMP/err" || { cat "$TMP/err"; return 1; }
}

# no_change: applying the file "f" makes none
no_change() {
	is "" xsw config apply "$TMP/f" && is "" xsw config apply --dry-run "$TMP/f"
}

# same_as COMMAND...: what it makes of the dump, standard input to output, makes no change
same_as() {
	"$@" < "$TMP/dump" > "$TMP/f" && [ -s "$TMP/f" ] && no_change
}

# same_as_json COMMAND...: of the dump in JSON
same_as_json() {
	xsw -j config dump | "$@" > "$TMP/f" && [ -s "$TMP/f" ] && no_change
}

# port_set_by 'KEYS' FIELD VALUE: keys of port p1 in a file
port_set_by() {
	printf 'switches: [{name: sw0, ports: [{dev: p1, %s}]}]\n' "$1" > "$TMP/f"
	xsw config apply "$TMP/f" > /dev/null 2>&1 && port_is 1 "$2" "$3"
}

every_cut_is_refused() {
	local lines i
	lines=$(wc -l < "$TMP/dump")
	for ((i = 0; i < lines; i++)); do
		head -n $i "$TMP/dump" > "$TMP/f"
		refuses "" || { echo "$i lines"; return 1; }
	done
	for i in 20 100 150 200 213 250 300; do
		head -c "$i" "$TMP/dump" > "$TMP/f"
		refuses "" || { echo "$i bytes"; return 1; }
	done
}

nested() {
	{ printf '%s' "$1" && printf "%.0s$2" {1..200000}; } > "$TMP/f"
	refuses "nested too deep"
}

anchors() {
	seq 60000 | sed 's/.*/- \&a& x/' > "$TMP/f"
	refuses "too many anchors"
}

# the same 1000 addresses for each of 800 ports
laughs() {
	local i
	{
		printf 'switches:\n- name: s\n  ports:\n  - {dev: x0, host: on, bind: &l ['
		for ((i = 1; i <= 1000; i++)); do
			printf '{mac: "%s"}, ' "$(printf '02:00:00:00:%02x:%02x' $((i / 256)) $((i % 256)))"
		done
		echo ']}'
		printf -- '  - {dev: x%d, host: on, bind: *l}\n' {1..800}
	} > "$TMP/f"
	refuses "too many values by aliases"
}

# python STATEMENT: what it writes of the file, d
python() {
	python3 -c "import sys, json, yaml
d = yaml.safe_load(sys.stdin)
$1"
}

apply_told() {
	xsw config apply "$@" > "$TMP/out" 2> "$TMP/err"
}

owners() {
	json '[.[] | .ifname + " " + .owner] | join(",")' port show
}

plan 101
switch_up skb 3 ageing_time 60 fdb_max 1000 forward_bpdu on
set_port 1 vlan_mode native-untagged tag 10 trunks 10,20,100-199 spoof_check all
set_port 2 learning off threaded off hairpin on
xsw bind add p1 mac 02:00:00:00:00:01 ip 192.0.2.1
xsw policer set p2 ingress rate 10mbit burst 64kb yellow_dei off
xsw policer set p2 egress vlan 10 rate 1250kbit pps 1000
xsw storm set p1 broadcast pps 100
xsw punt add p1 ethertype 0x0806 dst-ip 192.0.2.0/24 host 2> /dev/null
xsw punt add p3 ethertype lldp socket 1
xsw fdb add "$(mac 5)" dev p2 vlan 10 static
xsw config dump > "$TMP/dump"

check "refused: an empty file" refuses_text '' "nothing in"
check "... comments" refuses_text '# nothing\n' "nothing in"
check "... its marks" refuses_text '\x2d--\n...\n' "nothing in"
check "... {}" refuses_text '{}\n' "nothing in"
check "... null" refuses_text 'null\n' "nothing in"
check "... 'switches:' alone" refuses_text 'switches:\n' "nothing behind"
check "... 'switches: ~'" refuses_text 'switches: ~\n' "nothing behind"
check "... a word" refuses_text 'sw0\n' "mapping"
check "... a mapping for the list" refuses_text 'switches: {name: sw0}\n' "list"
check "... a second document" refuses_text '\x2d--\nswitches: []\n---\nswitches: []\n' "second document"
check "... an empty one" refuses_text 'switches: []\n---\n' "second document"
check "... what follows the end" refuses_text 'switches: []\n...\nswitches: []\n' ""
check "... NUL" refuses_at 'switches:\n- name: a\0b\n' 2:10
check "... NUL at the end" refuses_text 'switches: []\n\0' NUL
check "... NUL, as an escape" refuses_at 'switches:\n- name: "a\\0b"\n' 2:9
check "... NUL in the name of a device" \
	refuses_text 'switches: [{name: sw0, ports: [{dev: "p1\\x00x"}]}]\n' NUL
check "... UTF-16" refuses_text '\xff\xfes\0w\0' NUL
check "... other bytes than UTF-8" refuses_at 'switches:\n- name: \xe4\n' 2:9
check "... control characters" refuses_at 'switches:\n- name: a\x1bb\n' 2:10
check "... a key twice" refuses_text 'switches: []\nswitches: []\n' twice
check "... of a port" refuses_text 'switches: [{name: sw0, ports: [{dev: p1, tag: 1, tag: 2}]}]\n' twice
check "... merged mappings" \
	refuses_text 'switches: [&s {name: sw0}, {<<: *s, name: sw1}]\n' "cannot be merged"
check "... an alias of nothing" refuses_text 'switches: [*a]\n' alias
check "... a list in itself" refuses_text 'switches: &a [*a]\n' ""
check "... tags of other types" \
	refuses_text 'switches: [{name: !!binary c3cw}]\n' "tag"
check "... tags of programs" refuses_text 'switches: !!python/tuple []\n' "tag"
check "... a boolean for a name" refuses_text 'switches: [{name: on}]\n' "quotes"
check "... nothing for a name" refuses_text 'switches: [{name: sw0, ports: [{dev: ~}]}]\n' "quotes"
check "... a boolean where there is no on or off" \
	refuses_text 'switches: [{name: sw0, ports: [{dev: p1, link: true}]}]\n' "must be"
check "... nothing for a number" \
	refuses_text 'switches: [{name: sw0, ageing_time: null}]\n' "must be"
check "... an empty item" refuses_text 'switches: [{name: sw0, ports: [{dev: p1, trunks: ["", 5]}]}]\n' VID
check "... a folder" refused 2 config apply "$TMP"
check "... every beginning of a dump" every_cut_is_refused
check "... deep lists" nested 'switches: ' '['
check "... deep mappings" nested 'switches: ' '{a: '
check "... deep blocks" nested '' '- '
check "... deep keys" nested '' '? '
check "... anchors without number" anchors
check "... few lines that stand for many" laughs

# what means the same
check "as dumped" same_as cat
check "... in JSON" same_as_json cat
check "... and jq" same_as_json jq .
check "... with tabs" same_as_json jq --tab .
check "... as an object" same_as_json jq '{switches: .}'
check "with a byte order mark" same_as sed '1s/^/\xef\xbb\xbf/'
check "with lines of CR LF" same_as sed 's/$/\r/'
check "without comments" same_as sed 's/#.*//; 1s/^/# mine\n---\n/'
check "with on and off for YAML 1.1" same_as sed -E 's/: on$/: yes/; s/: off$/: No/'
if python3 -c 'import yaml' 2> /dev/null; then
	check "as PyYAML writes it" same_as python 'yaml.safe_dump(d, sys.stdout)'
	check "... with anchors" same_as python 'd["switches"][0]["ports"][0]["trunks"] = t = ["10", 20, "100-199"]
d["switches"][0]["ports"][1]["cvlans"] = d["switches"][0]["ports"][2]["cvlans"] = []
yaml.safe_dump(d, sys.stdout)'
	check "... in flow style" same_as python 'yaml.safe_dump(d, sys.stdout, default_flow_style=True, width=40)'
	check "... all in quotes" same_as python 'yaml.safe_dump(d, sys.stdout, default_style="\"")'
	check "... canonical" same_as python 'yaml.safe_dump(d, sys.stdout, canonical=True)'
	check "... as JSON" same_as python 'json.dump(d, sys.stdout)'
	check "... booleans, numbers" grep -q '"learning": false' "$TMP/f"
else
	for i in 1 2 3 4 5 6 7; do skip "as PyYAML writes it ($i)" "no python3-yaml"; done
fi
if type gojq > /dev/null 2>&1; then
	check "as gojq writes it" same_as gojq --yaml-input --yaml-output .
else
	skip "as gojq writes it" "no gojq"
fi
check "rates and sizes as numbers" same_as sed 's/10mbit/10000000/; s/64kb/65536/; s/: 1250kbit/: "1250000"/'
check "... as tc has them" same_as sed 's/10mbit/10Mbit/; s/64kb/64k/'

# values
check "true" port_set_by 'hairpin: true' hairpin true
check "No" port_set_by 'learning: No' learning false
check "a string true" port_set_by 'hairpin: "true"' hairpin true
check "false among words" port_set_by 'spoof_check: false' spoof_check off
check "a number in quotes" port_set_by 'tag: "10"' tag 10
check "a list" port_set_by 'trunks: [10, "12-14", 20]' trunks '[10,12,13,14,20]'
check "... in quotes" port_set_by 'trunks: "10,12-14,20"' trunks '[10,12,13,14,20]'
check "... of one number" port_set_by 'trunks: 10' trunks '[10]'
check "... that is empty" port_set_by 'trunks: []' trunks '[]'
check "... by !!str" port_set_by 'trunks: !!str 10' trunks '[10]'

# what stays
switch_down
links_up 6
for i in sw0 sw1; do xsw switch add $i; done
xsw port add p1 switch sw0 path skb
printf 'switches: [{name: sw0, ports: [{dev: p2}, {dev: p3}]}]\n' > "$TMP/f"
xsw fdb add "$(mac 1)" dev p1 static
check "a port made by a command stays, and a switch" apply_told "$TMP/f"
check "... and are named" is "xsw: port 'p1': stays, no file names it on switch 'sw0' (a command made it)
xsw: switch 'sw1': stays, no file names it (--prune would remove it)" sort "$TMP/err"
check "... with its entries" is 1 json length fdb show dev p1
check "whose the ports are" is "p1 runtime,p2 config,p3 config" owners
printf 'switches: [{name: sw0, ports: [{dev: p2}]}]\n' > "$TMP/f"
apply_told "$TMP/f"
check "a port of a file too" is "p1 runtime,p2 config,p3 config" owners
check "... and is named" grep -q "port 'p3'.*--prune" "$TMP/err"
check "--prune, as a trial" is "del port 'p3' of switch 'sw0'
del switch 'sw1'" xsw config apply --dry-run --prune "$TMP/f"
check "--prune" xsw config apply --prune "$TMP/f"
check "... takes it, and never one that a command made" is "p1 runtime,p2 config" owners
check "... and the switch" is sw0 json '.[].name' switch show
printf '[]' > "$TMP/f"
check "--prune with an empty list leaves what commands made" \
	xsw config apply --prune "$TMP/f"
check "... there" is "p1 runtime" owners
# several files
printf '[{name: sw0, ports: [{dev: p1}, {dev: p2}]}]\n' > "$TMP/1"
printf '[{name: sw3, ports: [{dev: p3}, {dev: no/such}]}]\n' > "$TMP/2"
printf '[{name: sw4, ports: [{dev: p4}]}]\n' > "$TMP/3"
check "several files: the good ones are applied" exits 2 apply_told --prune "$TMP/1" "$TMP/2" "$TMP/3"
check "... and the bad one is named" is "$TMP/2:1:39: port 'no/such': no name of a device" \
	sed -n 's/^xsw: config: //p' "$TMP/err"
check "a file names a port that a command made" is "p1 config,p2 config,p4 config" owners
check "... nothing is pruned then" is "sw0 sw4" json '[.[].name] | join(" ")' switch show
printf '[{name: sw0, ports: [{dev: p1, tag: 5}]}]\n' > "$TMP/2"
check "one port in two files" exits 2 apply_told "$TMP/1" "$TMP/2"
check "... is refused in the second" grep -q "/2: port 'p1' stands in .*/1 too" "$TMP/err"
printf '[{name: sw0, ports: [{dev: p5}]}]\n' > "$TMP/2"
check "one switch in two files" exits 0 apply_told --prune "$TMP/1" "$TMP/2"
check "... keeps the ports of both" is "p1 config,p2 config,p5 config" owners
printf '[{name: sw0, ageing_time: 9, ports: [{dev: p5}]}]\n' > "$TMP/2"
check "... not with other settings" exits 2 apply_told "$TMP/1" "$TMP/2"
xsw port add p6 switch sw0 path skb
printf '[{name: sw0, ageing_time: 9, ports: [{dev: p6, tag: 7}, {dev: e1, host: on}]}]\n' > "$TMP/2"
check "what the kernel refuses half-way" refused 2 config apply --prune "$TMP/2"
check "... leaves each port whose it was" is "p1 config,p2 config,p5 config,p6 runtime" owners

# devices
printf '[{name: sw5, ports: [{dev: p5, tag: 5, storm: [{class: unknown, pps: 9}]}],' > "$TMP/f"
printf 'fdb: [{mac: "%s", vlan: 5, dev: p5}]}]\n' "$(mac 5)" >> "$TMP/f"
check "a port may move between switches" apply_told "$TMP/f"
check "... all of it" is "del port 'p5' of switch 'sw0'
add switch 'sw5'
add port 'p5' to switch 'sw5'
set storm 'p5' unknown
add fdb $(mac 5) vlan 5 dev 'p5'" cat "$TMP/out"
ip -n "$NS" link del p5
check "a port whose device is gone stays" is "" xsw config apply "$TMP/f"
ip -n "$NS" link add p5 type veth peer name e5
check "... and gets the device of its name when that is there" apply_told "$TMP/f"
check "... which is all that it lacked" is "attach port 'p5' of switch 'sw5'" cat "$TMP/out"
check "... for good" no_change
switch_down
links_up 0
xsw switch add yes
n=0
for dev in on No null y '~' 'ü' 1e3 0x10 2026-11-30 '<<' '*a' '!a' '@a' '`' $'\x7f'; do
	ip -n "$NS" link add "$dev" type veth peer name "peer$((++n))"
	xsw port add "$dev" switch yes
done
xsw config dump > "$TMP/dump"
check "names that programs take for something else" same_as cat
if python3 -c 'import yaml' 2> /dev/null; then
	check "... go through them" same_as python 'yaml.safe_dump(d, sys.stdout)'
else
	skip "... go through them" "no python3-yaml"
fi
check "... in JSON, but for what YAML has not" same_as_json jq 'del(.[].ports[] | select(.dev == "\u007f"))'
ip -n "$NS" link add $'\xfc' type veth peer name "peer0"
xsw port add $'\xfc' switch yes
check "a name that no file can hold" exits 2 xsw config dump
