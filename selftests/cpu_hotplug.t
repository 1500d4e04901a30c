#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A CPU that is switched on while the switch runs: what enters there is punted to who reads
# already, learned, told and counted. Runs in machines of vmtests/run alone.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"
# shellcheck source=punt_lib.sh
source "$(dirname "$0")/punt_lib.sh"

ONLINE=/sys/devices/system/cpu/cpu1/online

grep -qw 'xsw_machine=[0-9]*' /proc/cmdline || skip_all "would switch off a CPU of this machine"
[ -e $ONLINE ] || skip_all "no CPU that can be switched off"

# enters FRAME: into p1 on CPU 1
enters() {
	in_ns taskset -c 1 "$PROGS/frame" send e1 "$1"
}

# read_so_far N: all that was punted has been read, N frames
read_so_far() {
	wait_for 5 is "$1" counter 1 rx_punted && wait_for 5 is "$1" read_count
}

punted() {
	enters "h2 h1 8100/10" && read_so_far "$1"
}

# hears the CPU that is back: the reader is told a moment later than we are
punted_again() {
	: > "$TMP/read0"
	xsw stats reset
	wait_for 5 eval 'enters "h2 h1 8100/10" && not is 0 counter 1 rx_punted' ||
		return
	wait_for 5 is "$(counter 1 rx_punted)" read_count
}

body() {
	echo 0 > $ONLINE
	switch_up "$TEST_PATH" 2
	xsw punt add p1 vlan 10 socket
	reader_start 0
	check "a CPU is switched on" eval "echo 1 > $ONLINE"
	check "what enters there is read" punted_again
	enters "bcast h7"
	check "... is learned" wait_for 5 fdb_has h7 dev p1 vlan 0
	check "... is told" wait_for 5 eval "xsw -j monitor fdb last 9 | grep -q $(mac 7)"
	check "... adds up" adds_up
	check "it is switched off, and on" eval "echo 0 > $ONLINE && echo 1 > $ONLINE"
	check "... and read again" punted_again
	: > "$TMP/read0"
	xsw stats reset
	check "... frame by frame" eval 'punted 1 && punted 2 && punted 3'
	reader_stop
	check "nobody reads any more: switched" sees 1 "h2 h1 8100/10" 2 "h2 h1 8100/10"
}

each_path 9 body
