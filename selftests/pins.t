#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each pin of a switch in turn is missing, another map, or a folder: no command crashes, each
# works or is refused, and the other switch does not notice. `switch del` removes what is left
# and puts right what it can.
#   e1 --- p1 xdp [     ]      e3 --- p3 [ sw1 ]
#   e2 --- p2 skb [ sw0 ]
#           host0 [     ]
source "$(dirname "$0")/lib.sh"
BPFTOOL=$("$ROOT/tools/bpftool-path")
BIN=${XSW%/*}
LISTEN=127.0.0.1:9096

# A line each: commands that read or change sw0. None changes what the next pin is tried with.
commands() {
	cat <<- 'EOF'
		switch show sw0
		-j switch show sw0
		switch set sw0 ageing_time 301
		port show p1
		-j port show switch sw0
		port set p1 learning off
		port set p1 learning on
		port add e2 switch sw0
		port del e2
		fdb show switch sw0
		fdb replace 02:00:00:00:00:09 dev p1 static
		fdb del 02:00:00:00:00:09 switch sw0
		fdb flush switch sw0
		stats show p1
		stats show p1 vlan
		stats reset p1
		--openmetrics stats show switch sw0
		policer set p1 ingress rate 10mbit
		policer show p1
		policer del p1 ingress
		storm set p1 broadcast pps 100
		storm del p1 broadcast
		bind add p1 mac 02:00:00:00:00:07
		bind del p1 mac 02:00:00:00:00:07
		punt add p1 ethertype lldp host
		punt show p1
		punt del p1 ethertype lldp host
		lldp show
		monitor last 5
		check
		config dump
		config dump sw0
	EOF
}

# ... and those that must not care
others() {
	cat <<- 'EOF'
		switch show sw1
		switch set sw1 ageing_time 302
		port show p3
		port set p3 flood on
		fdb replace 02:00:00:00:00:08 dev p3 static
		fdb del 02:00:00:00:00:08 switch sw1
		stats show p3
		stats reset p3
		--openmetrics stats show switch sw1
		config dump sw1
	EOF
}

dir() {
	echo "$XSW_BPFFS"/sw0/v*
}

# One of each kind of link stands for all. A slow machine tries one pin of five.
pins() {
	find "$(dir)" -maxdepth 1 -type f -printf '%f\n' | grep -Ev 'port_[23]|loss0_[rs]' | sort |
		awk -v each=$((SLOW > 1 ? 5 : 1)) 'NR % each == 0'
}

# damage PIN missing|other|folder
damage() {
	local pin
	pin=$(dir)/$1
	mv "$pin" "$(dir)/kept" || return
	case $2 in
	other) "$BPFTOOL" map create "$pin" type array key 4 value 8 entries 1 name other ;;
	folder) mkdir "$pin" ;;
	esac
}

mend() {
	rm -rf "$(dir)/${1:?}" && mv "$(dir)/kept" "$(dir)/$1"
}

# run COMMAND: is it done or refused, and neither killed nor wrong?
run() {
	local status words
	read -ra words <<< "$1"
	in_ns timeout $((20 * SLOW)) "$XSW" "${words[@]}" > "$TMP/out" 2> "$TMP/err" < /dev/null
	status=$?
	[ $status = 0 ] || [ $status = 2 ] && return $status
	echo "xsw $1: exit status $status"
	cat "$TMP/out" "$TMP/err"
	return 3
}

# tool STATUS... -- COMMAND...: for a moment; 124: it was still at work
tool() {
	local status
	in_ns timeout 0.2 "$@" > "$TMP/out" 2>&1 < /dev/null
	status=$?
	[[ " 0 2 124 " = *" $status "* ]] || { echo "$*: exit status $status"; cat "$TMP/out"; false; }
}

# Which pins must be there for a command to read a switch? The others are programs' own, of
# links, or of what an earlier version did not have.
needed() {
	case $1 in
	none | port_* | link_* | prog_timer | prog_user | xsw_lldp | xsw_event | xsw_vlan_* | xsw_punt_out | xsw_capture_out | \
		xsw_timer | xsw_fdb_lock | xsw_own_drops | xsw_loss_counted | xsw_devices) return 1 ;;
	esac
}

others_work() {
	local command bad=0
	while read -r command; do
		run "$command" || { echo "xsw $command"; cat "$TMP/err"; bad=1; }
	done < <(others)
	return $bad
}

# all_of PIN HOW: are all commands to be tried? Those that need the pin begin in the same way.
all_of() {
	case $2 in
	other | none) true ;;
	missing) not needed "$1" ;;
	folder) false ;;
	esac
}

# try PIN HOW: all commands, or a quarter of them, while it is so
try() {
	local command bad=0 n=$((RANDOM % 4))
	while read -r command; do
		all_of "$1" "$2" || [ $((n++ % 4)) = 0 ] || continue
		run "$command"
		[ $? -le 2 ] || { echo "... while $1 is $2"; bad=1; }
		if needed "$1" && [[ $command = *dump* ]]; then
			if [ -s "$TMP/out" ] || ! grep -q "switch 'sw0': its pin $1 is" "$TMP/err"; then
				echo "xsw $command, $1 $2:"
				cat "$TMP/out" "$TMP/err"
				bad=1
			fi
		fi
	done < <(commands)
	if all_of "$1" "$2"; then
		others_work || { echo "... while $1 is $2"; bad=1; }
	fi
	if [ "$2" = other ]; then
		tool "$BIN/xsw-slowpath" sw0 || bad=1
		tool "$BIN/xsw-punt" print sw0 || bad=1
	fi
	scrape || { echo "xsw-exporter, $1 $2"; bad=1; }
	return $bad
}

scrape() {
	in_ns curl -sS -f --max-time 10 "http://$LISTEN/metrics" > "$TMP/metrics" &&
		grep -q '^xsw_switch_ports.*switch="sw1"' "$TMP/metrics"
}

try_all() {
	local pin how bad=0
	for pin in $(pins); do
		for how in missing other folder; do
			damage "$pin" $how || return
			try "$pin" $how || bad=1
			mend "$pin" || return
		done
	done
	return $bad
}

# ---- removing

sw0_up() {
	printf '%s\n' "switch add sw0" "port add p1 switch sw0 path xdp" "port add p2 switch sw0 path skb" \
		"port add host0 switch sw0 host" | head "-${1:-4}" > "$TMP/up"
	xsw -b "$TMP/up"
}

# device_is DEV JQ-FILTER: of ip -d -j link
device_is() {
	ip -n "$NS" -d -j link show dev "$1" | jq -e ".[0] | $2" > /dev/null ||
		{ ip -n "$NS" -d link show dev "$1"; false; }
}

bare() {
	device_is "$1" '(.xdp // {}) == {} and (.flags | index("PROMISC") | not)'
}

# Nothing is left of the switch; devices are as they were, but where the pin with what they
# were is lost: that is said.
gone() {
	if [ -e "$XSW_BPFFS/sw0" ] || [ -e "$XSW_BPFFS/+sw0" ]; then
		ls -R "$XSW_BPFFS"
		return 1
	fi
	not ip -n "$NS" link show host0 2> /dev/null || return
	if [ "$1" = xsw_meta ]; then
		grep -q "its pin xsw_meta .*p1" "$TMP/err" || return
		ip -n "$NS" link set p1 promisc off
		ip -n "$NS" link set p2 promisc off
	else
		[ ! -s "$TMP/err" ] || { cat "$TMP/err"; return 1; }
	fi
	bare p1 && bare p2
}

# remove PIN HOW PORTS [TRY-UPGRADE]: PORTS and one is the number of commands that make the switch
remove() {
	local status wanted
	sw0_up "$3" && damage "$1" "$2" || return
	rm -f "$(dir)/kept"
	if [ "${4:-}" ]; then
		run "switch upgrade sw0"
		[ $? -le 2 ] || return
	fi
	run "switch del sw0"
	status=$?
	wanted=0
	[ "$1" != xsw_meta ] || wanted=2
	if [ $status != $wanted ] || ! gone "$1" || ! run "switch show sw1"; then
		echo "... $1 $2: exit status $status"
		cat "$TMP/err"
		return 1
	fi
}

# Each pin in one of the three ways, in turn, of a switch with one port; some after an upgrade was
# tried
remove_all() {
	local hows=(missing other folder) n=0 pin bad=0
	for pin in $1; do
		remove "$pin" "${hows[n % 3]}" 2 "$([ $((n % 4)) != 0 ] || echo upgrade)" || bad=1
		n=$((n + 1))
	done
	return $bad
}

missing_too() {
	local pin bad=0
	for pin in xsw_switch xsw_meta xsw_port xsw_slot xsw_fdb port_1_xdp port_1_tc prog_tc; do
		remove $pin missing 4 || bad=1
	done
	return $bad
}

# Where a filter of clsact is what attaches the program (before 6.6)
by_clsact() {
	XSW_TC=clsact remove xsw_meta missing 4 && is "" ip netns exec "$NS" tc filter show dev p1 ingress
}

# ---- in place of a switch

in_place() {
	mkdir "$XSW_BPFFS/folder" "$XSW_BPFFS/empty" "$XSW_BPFFS/empty/v1" &&
		"$BPFTOOL" map create "$XSW_BPFFS/pin" type array key 4 value 8 entries 1 name pin &&
		"$BPFTOOL" map create "$XSW_BPFFS/+left" type array key 4 value 8 entries 1 name left
}

# The list has the others, and says which one is broken.
lists() {
	exits 2 xsw -j "$@" > "$TMP/out" 2> "$TMP/err"
	jq -e 'any(.. | strings; . == "sw1")' "$TMP/out" && grep "switch 'empty': its pin" "$TMP/err"
}

removes() {
	local name
	for name in folder empty pin; do
		xsw switch del $name || return
	done
	is sw1 ls "$XSW_BPFFS"
}

applies() {
	xsw config dump sw1 > "$TMP/config" && xsw config apply "$TMP/config"
}

command -v curl > /dev/null || skip_all "needs curl"
plan 15
links_up 3
xsw switch add sw1 && xsw port add p3 switch sw1
sw0_up
background "" "$BIN/xsw-exporter" --listen "$LISTEN" 2> "$TMP/exporter"
wait_for 10 scrape
check "all is well to begin with" try none none
all=$(pins)
check "each pin is missing, another map, a folder: each command works or is refused" try_all
check "... and all is well again" try none none
check "the switch can be removed" xsw switch del sw0
check "... with a pin missing, or another's, too: devices are as before" remove_all "$all"
check "... and when what it needs most is missing" missing_too
check "... of switches whose programs tc filters attach" by_clsact
check "folders and pins in place of switches" in_place
check "... others work" others_work
check "... are listed" lists switch show
check "... with their ports" lists port show
check "... and can be applied" applies
check "a dump of all is refused" exits 2 xsw config dump
check "what stands there can be removed" removes
check "... and all is listed" xsw -j switch show
