#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Thousands of random frames over random settings, byte by byte as the model says.
#   e1 --- p1 [     ] ...      six ports; SEED, FRAMES and PATHS in the environment repeat a run
#             [ sw0 ] p6 --- e6
source "$(dirname "$0")/lib.sh"
SEED=${SEED:-$RANDOM}
FRAMES=${FRAMES:-3000}
PATHS=${PATHS:-xdp skb mixed afxdp}

# The program prints TAP with a plan of two of its own.
run() {
	local path=$1 i ends=() out line
	switch_up "${path/mixed/xdp}" 6 vlan_stats on
	for i in 1 2 3 4 5 6; do
		ends+=("p$i:e$i")
		if [ "$path" = mixed ] && [ $((i % 2)) = 0 ]; then
			xsw port del "p$i"
			xsw port add "p$i" switch sw0 path skb
		fi
	done
	# What threads of the process need for a frame they find themselves, however late the
	# main thread is.
	[ "$path" != afxdp ] || chrt --idle -p 0 "$SLOWPATH"
	out=$(in_ns "$PROGS/random_frames" "$path" "$SEED" "$FRAMES" sw0 "${ends[@]}" 2>&1)
	while read -r line; do
		case $line in
		"ok "*) check "${line#*- } [$path]" true ;;
		"not ok "*)
			check "${line#*- } [$path, SEED=$SEED FRAMES=$FRAMES]" false
			echo "# random_frames.t: PATHS=$path SEED=$SEED FRAMES=$FRAMES: ${line#*- }" >&2
			;;
		"1.."*) ;;
		"#"*) echo "$line" ;;
		*) echo "# $line" ;;
		esac
	done <<< "$out"
	[ "$path" != afxdp ] || chrt --other -p 0 "$SLOWPATH"
	[ "$path" != afxdp ] || check "most of them went through the process" by_process
	switch_down
}

by_process() {
	json '[.[].path] | (map(.afxdp) | add) as $p | map(add) | add | . < 2 * $p or error("\(.), \($p)")' \
		stats show switch sw0 > /dev/null
}

# shellcheck disable=SC2086 # words
set -- $PATHS
plan $(($# * 2 + $([[ $PATHS != *afxdp* ]]; echo $?)))
for path in "$@"; do
	run "$path"
done
