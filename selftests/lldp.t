#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-punt lldp: keeps what neighbours tell for as long as they say, whether it runs or not;
# tells them of the switch, and that it goes; believes no frame that is not well formed.
#   e1 --- p1 [ sw0 ] p2 --- e2      e: the neighbours
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"

# lldp_up OPTION...: with an answer on standard error; sets LLDP to the process
lldp_up() {
	background "" "$PUNT" "$@" 2> "$TMP/lldp"
	LLDP=$BACKGROUND
	wait_for 10 grep -q reading "$TMP/lldp"
}

lldp_down() {
	kill "-${1:-TERM}" "$LLDP"
	wait "$LLDP" 2> /dev/null
}

# text STRING: its bytes
text() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }

# tlv TYPE BYTES
tlv() {
	local n=$((${#2} / 2))
	printf '%04x%s' $(($1 << 9 | n)) "$2"
}

# lldpdu CHASSIS PORT TTL [BYTES]: both locally assigned; the end too
lldpdu() {
	echo "hex:0180c200000e02000000000288cc$(tlv 1 "07$(text "$1")")$(tlv 2 "07$(text "$2")")$(
		tlv 3 "$(printf '%04x' "$3")")${4:-}0000"
}

# neighbours N: "CHASSIS/PORT ..." of port pN
neighbours() {
	json '[.[] | .chassis_id + "/" + .port_id] | join(" ")' lldp show "p$1"
}

# hears_of N WANTED FRAME: the frame enters pN, and then these are its neighbours
hears_of() {
	frame send "e$1" "$3"
	wait_for 5 is "$2" neighbours "$1"
}

# told N TEXT: the next frame to neighbour N, as tcpdump has it, has this
told() {
	in_ns timeout $((10 * SLOW)) tcpdump -c1 -vvi "e$1" ether proto 0x88cc > "$TMP/told" 2>&1
	grep -qF "$2" "$TMP/told" || { cat "$TMP/told"; false; }
}

rules() {
	json '[.[] | .ifname + " " + .ethertype + " " + .dst] | join(", ")' punt show
}

BOTH="p1 0x88cc 01:80:c2:00:00:0e, p2 0x88cc 01:80:c2:00:00:0e"

listening() {
	xsw punt add p2 ethertype lldp socket
	lldp_up lldp sw0
	check "a neighbour is heard" hears_of 2 "sw-a/eth0" "$(lldpdu sw-a eth0 1000)"
	check "... and another" hears_of 2 "sw-a/eth0 sw-b/eth1" "$(lldpdu sw-b eth1 1000 "$(
		tlv 4 "$(text "to the rack")")$(tlv 5 "$(text host-b)")$(tlv 6 "$(text "Some OS 1.0")"
		)$(tlv 7 00140004)$(tlv 8 0501c000020702000000010000)$(tlv 127 0080c2010001)")"
	check "... with all it told" is \
		'["p2","local","local","to the rack","host-b","Some OS 1.0",["bridge"],"192.0.2.7",1000]' \
		json '.[1] | [.ifname, .chassis_id_type, .port_id_type, .port_description, .system_name,
			.system_description, .capabilities, .management_address, .ttl]' lldp show p2
	check "... also behind a tag" hears_of 2 "sw-a/eth0 sw-b/eth1 sw-c/x" \
		"$(lldpdu sw-c x 1000 | sed 's/88cc/8100000588cc/')"
	check "MAC and network addresses" hears_of 2 "02:00:00:00:00:07/192.0.2.8 sw-a/eth0 sw-b/eth1 sw-c/x" \
		"hex:0180c200000e02000000000288cc$(tlv 1 04020000000007)$(tlv 2 0401c0000208)$(tlv 3 0100)0000"
	check "text that is not is made so" hears_of 2 \
		"02:00:00:00:00:07/192.0.2.8 a??b/? sw-a/eth0 sw-b/eth1 sw-c/x" "$(lldpdu $'a\x1b\xffb' $'\n' 1000)"
	check "as text" eval 'xsw lldp show p2 | grep -q "system host-b: Some OS 1.0"'
	check "nobody on another port" is "" neighbours 1
	check "one that says it goes" hears_of 2 "02:00:00:00:00:07/192.0.2.8 sw-a/eth0 sw-b/eth1 sw-c/x" \
		"$(lldpdu $'a\x1b\xffb' $'\n' 0)"
	check "what is heard is in no port's way" is 0 counter 2 rx_flooded
}

# send_bad: LLDPDUs that have to be discarded (IEEE 802.1AB-2016, 9.2.7.7.1); all are punted
send_bad() {
	local a p t bad n=0
	a=$(tlv 1 0761) p=$(tlv 2 0762) t=$(tlv 3 0100)
	xsw stats reset
	for bad in "" "$a" "$a$p" "$p$a${t}0000" "$a$t${p}0000" "$a$p$t" "$a$p$t${t}0000" \
		"$a$p$t${a}0000" "$(tlv 1 07)$p${t}0000" "$(tlv 1 "")$p${t}0000" \
		"$a$p$(tlv 3 01)0000" "$a$p${t}0aff41" "$a$p${t}0001" "02ff07" "fe" "$a$p${t}0200" \
		"$(tlv 1 "07$(printf '41%.0s' {1..300})")$p${t}0000"; do
		frame send e2 "hex:0180c200000e02000000000288cc$bad"
		n=$((n + 1))
	done
	wait_for 10 is $n counter 2 rx_punted
}

bad_frames() {
	local before
	before=$(neighbours 2)
	check "frames that are not well formed are read" send_bad
	frame send e2 "$(lldpdu sw-z z 0)" # the last one
	check "... and tell of nobody" hears_of 2 "$before sw-last/y" "$(lldpdu sw-last y 1000)"
	frame send e2 "$(lldpdu sw-last y 0)"
	wait_for 5 is "$before" neighbours 2
}

ages() {
	lldp_down KILL
	check "killed: neighbours stay" is "02:00:00:00:00:07/192.0.2.8 sw-a/eth0 sw-b/eth1 sw-c/x" \
		neighbours 2
	lldp_up lldp sw0
	check "... also when it runs again" is "02:00:00:00:00:07/192.0.2.8 sw-a/eth0 sw-b/eth1 sw-c/x" \
		neighbours 2
	frame send e2 "$(lldpdu sw-a eth0 1)"
	frame send e2 "$(lldpdu sw-b eth1 1)"
	frame send e2 "$(lldpdu sw-c x 1)"
	check "one is forgotten when its time has passed" wait_for 10 \
		is "02:00:00:00:00:07/192.0.2.8" neighbours 2
	frame send e2 "$(lldpdu short x 2)"
	wait_for 5 eval 'neighbours 2 | grep -q short'
	lldp_down
	check "... although nobody runs" wait_for 10 is "02:00:00:00:00:07/192.0.2.8" neighbours 2
	xsw port del p2
	xsw port add p2 switch sw0 path "$TEST_PATH"
	check "a deleted port has forgotten its neighbours" is "" neighbours 2
}

telling() {
	lldp_up --rules -S 3 -i 1 lldp sw0 p1
	check "--rules: a rule on each port" wait_for 5 is "$BOTH" rules
	check "a neighbour is told the port's name" told 1 'Interface Name (5): p1'
	check "... the switch's" told 1 "Local (7): $(uname -n)/sw0"
	check "... and for how long it is good" told 1 'TTL 5s'
	check "... each second, as asked" told 1 'Bridge'
	in_ns timeout $((5 * SLOW)) tcpdump -c1 -i e2 ether proto 0x88cc > "$TMP/other" 2>&1 &
	ip -n "$NS" link add p3 type veth peer name e3
	ip -n "$NS" link set p3 up
	xsw port add p3 switch sw0
	check "--rules: also for a new port" wait_for 5 is "$BOTH, ${BOTH/p1*p2/p3}" rules
	for ((i = 1; i <= 20; i++)); do
		frame send e2 "$(lldpdu "c$i" x 1000)"
	done
	check "16 neighbours of a port, no more" wait_for 10 is 16 json length lldp show p2
	in_ns "$PROGS/lldp_fill" sw0 # what 64 guests can say
	check "when there are many: a port's first neighbour" hears_of 1 "c1/x" "$(lldpdu c1 x 1000)"
	frame send e1 "$(lldpdu c2 x 1000)"
	frame send e1 "$(lldpdu c1 x 0)"
	check "... and no other" hears_of 1 "c3/x" "$(lldpdu c3 x 1000)"
	wait $!
	check "a port that was not named tells nothing" grep -q '^0 packets captured' "$TMP/other"
	background "" timeout $((10 * SLOW)) tcpdump -Uc20 -vvi e1 ether proto 0x88cc > "$TMP/bye" 2>&1
	wait_for 5 grep -q Local "$TMP/bye"
	lldp_down
	check "it says that it goes" wait_for 10 grep -q 'TTL 0s' "$TMP/bye"
	kill "$BACKGROUND" 2> /dev/null
	wait "$BACKGROUND" 2> /dev/null
	check "... and takes its rules away" is "" rules
	xsw punt add p1 dst 01:80:c2:00:00:0e ethertype lldp socket 3
	lldp_up --rules -S 3 -i 1 lldp sw0
	wait_for 5 is 3 json length punt show
	lldp_down
	check "... those that were not there before" is "p1 0x88cc 01:80:c2:00:00:0e" rules
	xsw punt del p1 dst 01:80:c2:00:00:0e ethertype lldp
}

# says STATUS TEXT WORD...: xsw-punt ends so, and says this
says() {
	exits "$1" in_ns "$PUNT" "${@:3}" 2> "$TMP/said" && grep -qF -- "$2" "$TMP/said" ||
		{ cat "$TMP/said"; false; }
}

refused() {
	check "refused: ${*:3}" says "$@"
}

wrong() {
	refused 1 "handler '': missing"
	refused 1 "handler 'x': unknown" x sw0
	refused 1 "SWITCH missing" lldp
	refused 1 "word 'y': unknown" print sw0 y
	refused 1 "option 'socket': must be 0 to 15" -S 16 print sw0
	refused 1 "option 'count'" -c 0 print sw0
	refused 1 "option 'interval'" -i x lldp sw0
	refused 1 "option '--y': unknown" --y print sw0
	refused 2 "no such switch" print sw1
	refused 1 "FILE missing" pcapng sw0
	refused 2 "port 'e1'" lldp sw0 e1
}

body() {
	switch_up "$TEST_PATH" 2
	listening
	bad_frames
	ages
	telling
	wrong
	check "what entered adds up" adds_up
}

each_path 42 body
