# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Runs prog/random_frames, for the tests that compare what it sends with what they know of it.

# random_run PATH: FRAMES frames of seed SEED through six ports. The program prints TAP with a plan of
# its own: two checks, three with TRACE=1.
random_run() {
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
			echo "# ${0##*/}: PATHS=$path SEED=$SEED FRAMES=$FRAMES: ${line#*- }" >&2
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
