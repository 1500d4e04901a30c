#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs that run until they are stopped end in order with SIGINT, SIGTERM and SIGHUP; with
# nohup(1) a SIGHUP is none of their business.
source "$(dirname "$0")/lib.sh"
DIR=${XSW%/*}
COMMANDS=("xsw-punt print sw0" "xsw-slowpath sw0" "xsw-exporter" "xsw-pktgen -q -i e1 -f rx")

# mask_has NAME SIGNAL: of $BACKGROUND, as /proc/PID/status has it
mask_has() {
	local mask

	mask=$(sed -n "s/^$1:\t/0x/p" "/proc/$BACKGROUND/status") &&
		[ $((mask >> ($(kill -l "$2") - 1) & 1)) = 1 ]
}

# waits: is it the program by now, and does it wait for signals? (A shell blocks some when it forks.)
waits() {
	grep -q ^xsw- "/proc/$BACKGROUND/comm" && mask_has SigBlk TERM
}

begin() {
	background "" env PATH="$DIR:$PATH" "$@" > "$TMP/out" 2>&1
	wait_for 10 waits || { cat "$TMP/out"; return 1; }
}

# ends SIGNAL COMMAND...: with status 0
ends() {
	begin "${@:2}" || return
	kill "-$1" "$BACKGROUND"
	exits 0 wait "$BACKGROUND" || { cat "$TMP/out"; return 1; }
}

# stays COMMAND...: with nohup it goes on ignoring SIGHUP, which a blocked signal is not
stays() {
	begin nohup "$@" || return
	mask_has SigIgn HUP && not mask_has SigBlk HUP
	local status=$?
	kill -TERM "$BACKGROUND"
	exits 0 wait "$BACKGROUND" && return $status
}

plan $((4 * ${#COMMANDS[@]}))
switch_up skb 1
for command in "${COMMANDS[@]}"; do
	# shellcheck disable=SC2086 # words
	for signal in INT TERM HUP; do
		check "${command%% *} ends with SIG$signal" ends $signal $command
	done
	# shellcheck disable=SC2086
	check "... but not with nohup and SIGHUP" stays $command
done
