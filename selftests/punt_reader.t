#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Readers of punted frames: none, one too many, killed, too slow; rates of rules; rules in
# number; what becomes of rules when ports and programs change.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"

# rule KEY [N]: a counter of the N-th rule of p1, from 0 on
rule() {
	json ".[${2:-0}].$1" punt show p1
}

# burst COUNT FRAME: into p1, all of it counted there
burst() {
	: > "$TMP/read0"
	xsw stats reset
	frame send e1 "$2" "$1"
	wait_for 30 is "$1" counter 1 rx_packets
}

someone_reads() {
	check "$1" punts "vlan 10" "h2 h1 8100/10"
}

nobody_reads() {
	check "$1" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10"
}

readers() {
	xsw punt add p1 vlan 10 socket
	nobody_reads "nobody reads: switched"
	check "... and it is told" is '[false] warn' echo "$(json '[.[].read]' punt show p1)" \
		"$(json '.[] | select(.check == "punt") | .status' check p1)"
	reader_start 0
	check "a reader is seen" is '[true] ok' echo "$(json '[.[].read]' punt show p1)" \
		"$(json '.[] | select(.check == "punt") | .status' check p1)"
	check "one reads: not switched" sees 1 "h2 h1 8100/10"
	check "another reader is refused" exits 2 in_ns "$PUNT" print sw0
	check "... which takes nothing away" sees 1 "h2 h1 8100/10"
	background "" "$PUNT" -S 7 -c 1 print sw0 > "$TMP/read7" 2> "$TMP/reader.7"
	wait_for 10 grep -q reading "$TMP/reader.7"
	xsw punt add p1 vlan 11 socket 7
	frame send e1 "h2 h1 8100/11"
	wait "$BACKGROUND"
	check "... and may read another socket, until it had enough" [ $? = 0 ]
	xsw punt del p1 vlan 11
	reader_stop KILL
	nobody_reads "killed: switched again"
	reader_start 0
	check "the next one reads" sees 1 "h2 h1 8100/10"
	check "what entered adds up" adds_up
	xsw punt del p1 vlan 10
}

changes() {
	xsw punt add p1 vlan 10 socket
	check "an upgrade keeps rules and reader" eval \
		'xsw switch upgrade sw0 && sees 1 "h2 h1 8100/10"'
	check "so does a change of settings" eval \
		'xsw port set p1 hairpin on && sees 1 "h2 h1 8100/10"'
	check "... and of the path" eval \
		'xsw port set p1 path skb && sees 1 "h2 h1 8100/10" &&
		 xsw port set p1 path $TEST_PATH && sees 1 "h2 h1 8100/10"'
	check "a frame known before is punted once there is a rule" eval \
		'sees 1 "h2 h1 8100/20" 2 "h2 h1 8100/20"; sees 2 "h1 h2 8100/20" 1 "h1 h2 8100/20"
		 sees 1 "h2 h1 8100/20" 2 "h2 h1 8100/20" && xsw punt add p1 vlan 20 socket &&
		 sees 1 "h2 h1 8100/20"'
	xsw punt add p1 ethertype arp socket
	xsw fdb replace "$(mac 2)" dev p2 static
	: > "$TMP/read0"
	flow_start 1 2 "h2 h1" 500
	frame send e1 "$(hex "$ETH" 0806)" 20
	check "... also amid others between the same addresses" wait_for 10 is 20 read_count
	flow_stop
	check "... which are switched" flow_lost_nothing
	xsw fdb del "$(mac 2)" switch sw0
	xsw punt del p1 ethertype arp
	check "counters stay when another rule goes" eval \
		'n=$(rule punted 1); xsw punt del p1 vlan 10; is 1 eval "echo $n" && is 1 rule punted'
	xsw port del p1
	xsw port add p1 switch sw0 path "$TEST_PATH"
	check "a deleted port has forgotten its rules" is 0 json length punt show p1
	check "... its frames are switched" sees 1 "h2 h1 8100/20" 2 "h2 h1 8100/20"
}

rates() {
	local begin end
	begin=$(date +%s)
	xsw punt add p1 socket pps 10
	burst 500 "h2 h1"
	end=$(date +%s)
	check "pps: what is over it is dropped" eval \
		'[ "$(rule limited)" -gt 0 ] && is "$(rule limited)" drops 1 policer'
	check "... the rest is punted" eval \
		'is 500 eval "echo $(($(rule punted) + $(rule limited)))" &&
		 is "$(rule punted)" counter 1 rx_punted'
	check "... as many as may" [ "$(rule punted)" -le $((16 + 10 * (end - begin + 2))) ]
	check "... and read" wait_for 10 is "$(rule punted)" read_count
	xsw punt del p1
	xsw punt add p1 socket 9 pps 10
	burst 100 "h2 h1"
	check "a rule that nobody reads limits nothing" eval \
		'is 100 counter 1 rx_flooded && is 0 rule limited'
	xsw punt del p1
	xsw punt add p1 host pps 10
	burst 100 "h2 h1"
	check "pps of host" eval '[ "$(rule limited)" -gt 0 ] && is "$(rule punted)" counter 1 rx_host &&
		is "$(rule limited)" drops 1 policer'
	xsw punt del p1
}

full_ring() {
	xsw punt add p1 socket
	kill -STOP "$READER"
	burst 2000 "h2 h1 pay1486"
	check "a full ring: dropped, counted" eval \
		'[ "$(rule ring_full)" -gt 0 ] && is "$(rule ring_full)" drops 1 ring-full'
	check "... none is switched" is 0 counter 1 rx_flooded
	check "... nor twice" is 2000 eval 'echo $(($(rule punted) + $(rule ring_full)))'
	kill -CONT "$READER"
	check "... what it holds is read then" wait_for 30 is "$(rule punted)" read_count
	check "... and what comes after" punts "vlan 10" "h2 h1 8100/10"
	xsw punt del p1
	check "what entered adds up" adds_up
}

many() {
	local i
	for ((i = 1; i <= 15; i++)); do
		xsw punt add p1 vlan "$i" socket || echo "# rule $i"
	done
	check "15 rules" is 15 json length punt show p1
	check "... no more" exits 2 xsw punt add p1 vlan 16 socket
	check "... of which each matches" eval 'for i in 1 2 8 14 15; do
		sees 1 "h2 h1 8100/$i" || exit; done; is "1 1" eval "echo $(rule punted 14) $(rule punted 7)"'
	check "... and no other frame" sees 1 "h2 h1 8100/16" 2 "h2 h1 8100/16"
	for ((i = 1; i <= 15; i += 2)); do
		xsw punt del p1 vlan "$i"
	done
	check "... the rest when some go" is '[2,4,6,8,10,12,14]' json '[.[].vlan]' punt show p1
	for ((i = 2; i <= 15; i += 2)); do
		xsw punt del p1 vlan "$i"
	done
	check "none is left" is 0 json length punt show p1
}

capture() {
	background "" "$PUNT" -S 3 pcapng sw0 "$TMP/pcapng" 2> "$TMP/reader"
	wait_for 10 grep -q reading "$TMP/reader"
	xsw punt add p1 socket 3
	xsw punt add p2 socket 3
	frame send e1 "h2 h1 8100/10"
	frame send e2 "h1 h2 len14"
	frame send e2 "h1 h2 88a8/5 8100/6 pay1000"
	check "pcapng: readable while it is written" \
		wait_for 10 is 3 eval 'tcpdump -nr "$TMP/pcapng" 2> /dev/null | grep -c ^[0-9]'
	kill -TERM "$BACKGROUND"
	wait "$BACKGROUND"
	tcpdump -neXr "$TMP/pcapng" > "$TMP/shown" 2>&1
	check "... what was sent" eval 'grep -q "vlan 10, p 0" "$TMP/shown" &&
		grep -q "vlan 5, p 0, ethertype 802.1Q .*vlan 6" "$TMP/shown"'
	check "... with times" grep -q "^$(date +%H | cut -c1)[0-9]:" "$TMP/shown"
	check "... and names of interfaces" is "p1 p2" eval \
		'strings -n 2 "$TMP/pcapng" | grep -xE "p[12]" | paste -sd " "'
	check "... a file that cannot be" exits 2 in_ns "$PUNT" pcapng sw0 /nowhere/x
	check "... a full disk" exits 2 in_ns "$PUNT" -S 4 pcapng sw0 /dev/full
	xsw punt del p1
	xsw punt del p2
}

body() {
	switch_up "$TEST_PATH" 2
	readers
	changes
	rates
	full_ring
	many
	capture
	xsw switch del sw0
	check "the reader ends when its switch does" wait_for 10 grep -q "is gone" "$TMP/reader.0"
}

each_path 44 body
