#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mirrors as users handle them: what is refused changes nothing, a change is atomic, configuration files
# hold mirrors and their order, ports come, go and are renamed.
#   e1 --- p1 [ sw0 ] p2, p3, p4
source "$(dirname "$0")/lib.sh"

mirror() {
	xsw mirror "$1" "$2" switch sw0 "${@:3}"
}

bad() {
	refused "$1" mirror "${@:2}"
}

shows() {
	is "$2" json ".[] | select(.name == \"$1\") | del(.netns, .switch, .packets, .bytes, .dropped)" mirror show
}

names() {
	is "$1" json '[.[].name]' mirror show
}

all_of_file() {
	xsw config dump > "$TMP/a.yaml" && is "" xsw config apply "$TMP/a.yaml" &&
		is "" xsw config apply --dry-run "$TMP/a.yaml"
}

# from_scratch: the dump makes a new switch the same
from_scratch() {
	xsw config dump > "$TMP/a.yaml" && xsw switch del sw0 &&
		xsw config apply "$TMP/a.yaml" > /dev/null && xsw config dump | diff "$TMP/a.yaml" -
}

as_json() {
	xsw -j config dump > "$TMP/a.json" && is "" xsw config apply "$TMP/a.json"
}

body() {
	check "made" mirror add m1 src-port p1,p2 dst-port p2 vlan 10,20-22 to-port p4
	check "shown" shows m1 '{"name":"m1","all":false,"src_ports":["p1","p2"],"dst_ports":["p2"],"vlans":[10,20,21,22],"output_port":"p4","output_vlan":null,"snaplen":0}'
	check "another one" mirror add m2 all on to-vlan 99
	check "shown" shows m2 '{"name":"m2","all":true,"src_ports":[],"dst_ports":[],"vlans":[],"output_port":null,"output_vlan":99,"snaplen":0}'
	check "text" is "m2: switch sw0 all on to-vlan 99" eval "xsw mirror show m2 | head -1"
	check "brief" is "m1 p4 0 0" eval "xsw -br mirror show m1 switch sw0 | xargs"

	# what is wrong with words
	check "no name" bad 1 add
	check "a bad name" bad 1 add 'm/1' switch sw0 all on to-port p3
	check "a long name" bad 1 add "$(printf '%032d' 1)" switch sw0 all on to-port p3
	check "no switch" bad 1 add m3 all on to-port p3
	check "no such switch" bad 2 add m3 switch sw9 all on to-port p3
	check "two switches" bad 1 add m3 switch sw0 switch sw0 all on to-port p3
	check "no output" bad 1 add m3 switch sw0 all on
	check "two outputs" bad 1 add m3 switch sw0 to-port p3 to-vlan 3
	check "... of one that is" bad 1 set m1 switch sw0 to-port p3 to-vlan 3
	check "an unknown word" bad 1 add m3 switch sw0 from p1 to-port p3
	local word value
	while read -r word value; do
		check "$word without value" bad 1 add m3 switch sw0 to-port p3 "$word"
		check "$word twice" bad 1 set m1 switch sw0 "$word" "$value" "$word" "$value"
	done <<- 'EOF_WORDS'
		all on
		src-port p1
		dst-port p1
		vlan 10
		to-port p3
		to-vlan 10
		snaplen 100
	EOF_WORDS
	for value in "all maybe" "src-port p1,,p2" "src-port ," "src-port p1/2" "dst-port 0123456789abcdef" \
		"vlan 4095" "vlan 10-" "vlan x" "to-vlan 0" "to-vlan 4095" "to-vlan none" "to-vlan x" \
		"snaplen 13" "snaplen 65536" "snaplen -1" "snaplen 1k" "to-port p1/2"; do
		# shellcheck disable=SC2086 # word and value
		check "bad value: $value" bad 1 set m1 switch sw0 $value
	done
	for value in "src-port p9" "dst-port p1,p9" "to-port p9" "to-port e1"; do
		# shellcheck disable=SC2086
		check "no port: $value" bad 2 set m1 switch sw0 $value
	done
	check "copies are whole" bad 2 set m1 switch sw0 snaplen 100
	check "exists" bad 2 add m1 switch sw0 to-port p3
	check "... which may be" exits 0 xsw --may-exist mirror add m1 switch sw0 to-port p3
	check "no such mirror" bad 2 set m9 switch sw0 all on
	check "... to remove" bad 2 del m9 switch sw0
	check "... which may be" exits 0 xsw --if-exists mirror del m9 switch sw0
	check "... to show" bad 2 show m9
	check "a word too many" bad 1 del m1 switch sw0 now
	check "an output in two mirrors" bad 2 add m3 switch sw0 to-port p4
	check "an output that is mirrored" bad 2 set m2 switch sw0 src-port p4
	check "... where it leaves" bad 2 set m2 switch sw0 dst-port p4
	check "... by its own mirror" bad 2 set m1 switch sw0 dst-port p4
	check "a mirrored port as output" bad 2 set m2 switch sw0 to-port p1

	# change
	check "a list is replaced" mirror set m1 src-port p3
	check "..." is '["p3"]' json '.[0].src_ports' mirror show m1
	check "lists are taken back" mirror set m1 src-port none dst-port none vlan none snaplen none
	check "..." shows m1 '{"name":"m1","all":false,"src_ports":[],"dst_ports":[],"vlans":[],"output_port":"p4","output_vlan":null,"snaplen":0}'
	check "another kind of output" mirror set m1 to-vlan 7
	check "..." is '[null,7]' json '.[0] | [.output_port, .output_vlan]' mirror show m1
	check "... and back" mirror set m1 to-port p4 src-port p1,p2 vlan 10
	check "..." is '["p4",null]' json '.[0] | [.output_port, .output_vlan]' mirror show m1

	# files
	mirror add m0 src-port p1 to-vlan 98
	check "their order" names '["m1","m2","m0"]'
	check "a dump is accepted and changes nothing" all_of_file
	check "... as JSON, too" as_json
	check "... and makes a new switch the same" from_scratch
	check "in order" names '["m1","m2","m0"]'
	frame send e1 "bcast h1" 3
	wait_for 10 is 3 json '.[0].packets' mirror show m2
	xsw config dump | sed '/name: m1/,/name: m2/{/name: m2/!d}' > "$TMP/less.yaml"
	check "one less" xsw config apply "$TMP/less.yaml"
	check "..." names '["m2","m0"]'
	check "the others go on counting" is 3 json '.[0].packets' mirror show m2
	check "the file of before" xsw config apply "$TMP/a.yaml"
	check "... in its order" names '["m1","m2","m0"]'
	check "no mirrors" eval 'sed "/^    mirrors:/,/^#/{/^#/!d}" "$TMP/a.yaml" > "$TMP/none.yaml"; xsw config apply "$TMP/none.yaml"'
	check "..." names '[]'
	check "all again" xsw config apply "$TMP/a.yaml"
	local bad_item
	for bad_item in "to-port: p3" "name: [m3]" "name: m3, to-port: p9" "name: m3, src-port: [p1, p9], to-vlan: 3" \
		"name: m3, to-port: p3, to-vlan: 3" "name: m3, to-port: p3, src-port: p3" \
		"name: m1, to-port: p3" "name: m3, to-port: p4" "name: m3, from: p1" "name: m3, vlan: 4095" \
		"name: m3, src-port: {p1: p2}" "name: m3, snaplen: 5" "name: m3, all: perhaps" "name: m3, all: [on]"; do
		sed "s/^    mirrors:/&\n      - { $bad_item }/" "$TMP/a.yaml" > "$TMP/bad.yaml"
		check "a bad file: $bad_item" refused 2 config apply "$TMP/bad.yaml"
		check "... with its place" grep -q "bad.yaml:[0-9]*:[0-9]*: " "$TMP/err"
	done

	# ports
	ip -n "$NS" link set p1 name lan1
	check "renamed" is '["lan1","p2"]' json '.[0].src_ports' mirror show m1
	check "... in a dump, too" all_of_file
	ip -n "$NS" link set lan1 name p1
	check "a port that goes leaves the lists" xsw port del p2
	check "..." is '["p1"]' json '.[0].src_ports' mirror show m1
	check "an output port that goes" eval 'xsw port del p4 2> "$TMP/err"'
	check "... which a warning tells" grep -q "^xsw: mirror 'm1': warning: the port was its output" "$TMP/err"
	check "... leaves a mirror without" is '[null,null]' json '.[0] | [.output_port, .output_vlan]' mirror show m1
	check "... and it says so" eval "xsw mirror show m1 | grep -q ' no output'"
	check "... in a dump, too" all_of_file
	xsw port add p4 switch sw0 path skb
	mirror del m0
	mirror set m2 vlan 500
	check "a port of its number is not mirrored" sees 1 "bcast h1" 3 "bcast h1" 4 "bcast h1"
	check "it can be the output again" mirror set m1 to-port p4 vlan none
	check "..." sees 1 "bcast h1" 3 "bcast h1" 4 "bcast h1"
	xsw port add p2 switch sw0 path skb
	check "all has new ports" sees 2 "bcast h2 8100/500" 1 "bcast h2 8100/500" 3 "bcast h2 8100/500" \
		1 "bcast h2 8100/99" 2 "bcast h2 8100/99" 3 "bcast h2 8100/99"
	set_port 2 trunks 500

	check "an upgrade" xsw switch upgrade sw0
	check "... keeps mirrors" sees 1 "bcast h1" 3 "bcast h1" 4 "bcast h1"

	# killed, and two at once
	local i killed=0
	for i in {1..40}; do
		kill_at "$i" mirror set m1 switch sw0 vlan "$((i % 2 ? 10 : 20))"
		case $(json '.[0].vlans' mirror show m1) in
		'[10]' | '[20]' | '[]') ;;
		*) killed=$i ;;
		esac
	done
	check "a killed command has changed all or nothing" [ "$killed" = 0 ]
	check "... and the next one works" mirror set m1 vlan none
	check "..." sees 1 "bcast h1" 3 "bcast h1" 4 "bcast h1"
	for i in {1..8}; do
		background "" "$XSW" mirror add "n$i" switch sw0 src-port p1 to-vlan "$((100 + i))"
	done
	wait
	check "eight commands at once make eight mirrors" is 10 json length mirror show
	for i in {9..28}; do
		mirror add "n$i" to-vlan "$((100 + i))"
	done
	check "thirty" is 30 json length mirror show
	check "... and no more" bad 2 add n99 switch sw0 to-vlan 3
	check "all go with their switch" xsw switch del sw0
}

plan 135
switch_up skb 4
body
