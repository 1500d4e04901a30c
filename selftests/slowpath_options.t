#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Options of xsw-slowpath: wrong ones change nothing, modes wait as they say.
#   e1 --- p1 [ sw0 ] p2 --- e2      paths afxdp, afxdp
source "$(dirname "$0")/lib.sh"
plan 40

BIN=${XSW%/*}/xsw-slowpath

# refuses STATUS TEXT OPTION...
refuses() {
	local out status
	out=$(in_ns "$BIN" "${@:3}" 2>&1)
	status=$?
	[ $status = "$1" ] && [[ $out = "xsw-slowpath: $2"* ]] || { echo "$status: $out"; false; }
}

links_up 2
check "a mode that is none" refuses 1 "mode 'fast': there is no such mode" -m fast sw0
check "... of a port" refuses 1 "mode 'fast': there is no such mode" -m p1=fast sw0
check "... of no port" refuses 1 "mode '=spin': PORT is the name of a device" -m =spin sw0
check "no threads" refuses 1 "threads '0': not a number from 1 to 64" -p 0 sw0
check "too many" refuses 1 "threads '65': not a number" --threads 65 sw0
check "not a CPU" refuses 1 "cpu 'x': not a number" -a x sw0
check "a range that goes down" refuses 1 "cpu '1': not a number from 3" -a 3-1 sw0
check "no CPU" refuses 1 "cpu '': not a number" -a "" sw0
check "a CPU that is not there" refuses 1 "cpu '0,1023': not all of them are there" -a 0,1023 sw0
check "too little memory" refuses 1 "chunks '10': not a number from 1024" -c 10 sw0
check "a number and more" refuses 1 "chunks '2048x': not a number" -c 2048x sw0
check "an option that is none" refuses 1 "option: cannot be understood" --nosuch
check "two switches" refuses 1 "option 'sw1': one switch at a time" sw0 sw1
check "no such switch" refuses 2 "switch 'sw9': no such switch" sw9
check "no switch at all" refuses 2 "switch: there is none"
check "--help" eval '"$BIN" --help | grep -q "^Usage: xsw-slowpath"'
check "--version" eval '"$BIN" -V | grep -q "^xsw-slowpath "'

xsw switch add sw0
xsw switch add sw1
check "which of two switches" refuses 2 "switch: there are 2: say which"
xsw switch del sw1
xsw port add p1 switch sw0 path afxdp
xsw port add p2 switch sw0 path afxdp
both_ways() {
	sees 1 "bcast h1" 2 "bcast h1" && sees 2 "h1 h2" 1 "h1 h2"
}
for options in "-m spin" "-m adaptive -p 2" "-m p1=spin -m interrupt -p 1" "-a 0 -c 1024" "-p 64"; do
	# shellcheck disable=SC2086 # words
	slowpath_up $options
	check "$options" both_ways
	slowpath_down
done

# What it tells of its work
slowpath_up -j > "$TMP/report"
frame send e1 "bcast h1" 100
frame send e1 "r0 h1" 7
# sums FILTER: over all reports
sums() {
	jq -s "[.[] | $1 // 0] | add" "$TMP/report"
}
told() {
	[ "$(sums '.ports[] | select(.ifname == "p1").drops.reserved')" = 7 ]
}
check "--json: what was dropped, and why" wait_for 5 told
check "... how many frames came" eval '[ "$(sums .frames)" -ge 107 ]'
check "metrics know the path" eval 'xsw --openmetrics stats show |
	grep -qxF "xsw_port_info{switch=\"sw0\",port=\"p1\",netns=\"$NS\",path=\"afxdp\"} 1"'
slowpath_down
check "... and that it is another without the process" eval 'xsw --openmetrics stats show |
	grep -qxF "xsw_port_info{switch=\"sw0\",port=\"p1\",netns=\"$NS\",path=\"xdp\"} 1"'
check "each report was an object on a line" is "$(wc -l < "$TMP/report")" jq -s length "$TMP/report"
slowpath_up -T 1 > "$TMP/report"
check "-T: as text" wait_for 5 eval 'grep -q "^p1 .* 0\.0" "$TMP/report"'
slowpath_down

# Whether a device can be polled the driver tells with the first frame at the latest.
slowpath_up -m p1=busy-poll -p 1
frame send e1 "bcast h1"
polls() {
	wait_for 5 both_ways && kill -0 "$SLOWPATH"
}
refused() {
	wait_for 5 eval '! kill -0 "$SLOWPATH"' && grep -q "p1': busy-poll is not possible" "$TMP/slowpath"
}
if [ -d "/proc/$SLOWPATH" ] && ! refused > /dev/null 2>&1; then
	check "busy-poll" polls
else
	check "busy-poll is refused where the driver names no NAPI" refused
fi
check "... and frames pass" both_ways
slowpath_down

# What it sets comes back, as it was before one that was killed
napi_settings() {
	ip netns exec "$NS" sh -c 'cat /sys/class/net/p1/napi_defer_hard_irqs \
		/sys/class/net/p1/gro_flush_timeout'
}
slowpath_up -m p1=busy-poll
check "busy-poll sets what it needs" wait_for 5 is $'2\n200000' napi_settings
slowpath_down KILL
slowpath_up -m p1=busy-poll
wait_for 5 is $'2\n200000' napi_settings
slowpath_down
check "... and sets it back, if killed when it runs again" is $'0\n0' napi_settings

# Of several queues, in several threads
ip -n "$NS" link add p3 numrxqueues 4 numtxqueues 4 type veth peer name e3 numrxqueues 4 numtxqueues 4
in_ns ethtool -L p3 rx 4 tx 4 2> "$TMP/ethtool"
in_ns ethtool -L e3 rx 4 tx 4 2>> "$TMP/ethtool"
ip -n "$NS" link set p3 up
ip -n "$NS" link set e3 up
PORTS=3
xsw port add p3 switch sw0 path afxdp
slowpath_up -p 3
check "many queues" serves
check "... and frames pass" sees 3 "bcast h77" 1 "bcast h77" 2 "bcast h77"
check "adds up" adds_up
switch_down

# ---- one thread has all queues of all ports
netns_add "$NS"
PORTS=6
for i in 1 2 3 4 5 6; do
	ip -n "$NS" link add "p$i" numrxqueues 60 numtxqueues 60 type veth \
		peer name "e$i" numrxqueues 60 numtxqueues 60
	ip -n "$NS" link set "p$i" up
	ip -n "$NS" link set "e$i" up
done
xsw switch add sw0
for i in 1 2 3 4 5 6; do
	xsw port add "p$i" switch sw0 path afxdp
done
slowpath_up -p 1
check "360 queues, one thread: from the first" sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1" \
	4 "bcast h1" 5 "bcast h1" 6 "bcast h1"
check "... and from the last" sees 6 "h1 h6" 1 "h1 h6"
switch_down

# ---- ports that come one by one share the memory, whoever was first
links_up 16
xsw switch add sw0
xsw port add p1 switch sw0 path afxdp
slowpath_up -c 1024
for i in {2..16}; do
	xsw port add "p$i" switch sw0 path afxdp
	wait_for 10 serves
done
to_all=()
for i in {1..15}; do
	to_all+=("$i" "bcast h16")
done
check "16 ports, 1024 pieces of memory: from the last to all" wait_for 5 sees 16 "bcast h16" "${to_all[@]}"
check "... and from the first to the last" sees 1 "h16 h1" 16 "h16 h1"
