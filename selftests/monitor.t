#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw monitor tells what happens: addresses learned, moved, aged, evicted, flushed;
# ports added, changed, deleted, up and down, storms, limits; drops. Any number of readers, killed
# or not, and who comes late finds the last events.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# monitor_start [WORD...]: into $TMP/events, from now on
monitor_start() {
	: > "$TMP/events"
	background "" "$XSW" -j monitor "$@" > "$TMP/events" 2>&1
	MONITOR=$BACKGROUND
	wait_for 5 monitor_listens "$MONITOR"
}

# monitor_listens PID: it has the rings mapped, and has read the counters that it compares with: then it catches SIGTERM.
monitor_listens() {
	grep -q bpf-map "/proc/$1/maps" &&
		(((0x$(sed -n 's/^SigCgt:\t//p' "/proc/$1/status") & 1 << (15 - 1)) != 0))
}

monitor_stop() {
	kill -TERM "$MONITOR"
	wait "$MONITOR"
}

# events FILTER: what jq makes of each event so far that is an object of FILTER's
events() {
	jq -c "$1" "$TMP/events"
}

# told FILTER: an event that FILTER is true of has been told, or is soon
told() {
	wait_for 5 has "$1"
}

has() {
	jq -e -n "[inputs | select($1)] | length > 0" "$TMP/events"
}

count() {
	jq -n "[inputs | select($1)] | length" "$TMP/events"
}

# in_time_order: of the events that the rings hold
in_time_order() {
	jq -e -n '[inputs | .boot_ns] | . == sort and length > 5' "$TMP/events"
}

body() {
	switch_up "$TEST_PATH" 3
	monitor_start fdb
	frame send e1 "bcast h1 8100/10" 3
	check "learned" told '.event == "learned" and .object == "fdb" and .switch == "sw0" and
		.mac == "02:00:00:00:00:01" and .vlan == 10 and .ifname == "p1"'
	frame send e2 "bcast h1 8100/10" 3
	check "moved" told '.event == "moved" and .mac == "02:00:00:00:00:01" and .vlan == 10 and
		.ifname == "p2" and .from == "p1"'
	xsw fdb add 02:00:00:00:00:07 dev p3 vlan 5 static
	check "added by command" told '.event == "added" and .ifname == "p3" and .flags == "static"'
	xsw fdb del 02:00:00:00:00:07 switch sw0 vlan 5
	check "deleted by command" told '.event == "deleted" and .ifname == "p3" and .vlan == 5'
	xsw fdb flush switch sw0
	check "flushed" told '.event == "flushed" and .entries == 1'
	frame send e1 "bcast h2" 1
	xsw switch set sw0 ageing_time 1
	check "aged" told '.event == "aged" and .mac == "02:00:00:00:00:02" and .ifname == "p1"'
	xsw switch set sw0 ageing_time 300 fdb_max 1 fdb_full evict
	frame send e1 "bcast h3" 1
	frame send e1 "bcast h4" 1
	check "evicted" told '.event == "evicted" and .mac == "02:00:00:00:00:03"'
	check "each is told once" is 4 count '.event == "learned"'
	check "in the order of time" in_time_order
	check "nothing but what was asked for" is 0 count '.object != "fdb"'
	monitor_stop

	monitor_start port
	xsw port set p1 tag 10
	check "a port changed" told '.object == "port" and .event == "changed" and .ifname == "p1"'
	ip -n "$NS" link set e1 down
	check "down" told '.event == "down" and .ifname == "p1"'
	ip -n "$NS" link set e1 up
	check "up" told '.event == "up" and .ifname == "p1"'
	ip -n "$NS" link del p3
	check "absent" told '.event == "absent" and .ifname == "p3"'
	xsw port del p3
	check "deleted" told '.object == "port" and .event == "deleted" and .ifname == "p3"'
	ip -n "$NS" link add p3 type veth peer name e3
	ip -n "$NS" link set p3 up
	xsw port add p3 switch sw0
	check "added" told '.object == "port" and .event == "added" and .ifname == "p3"'
	ip -n "$NS" link set e3 up
	check "... and watched" told '.event == "up" and .ifname == "p3"'
	check "no addresses" is 0 count '.object == "fdb"'
	monitor_stop

	monitor_start port
	xsw storm set p1 broadcast pps 1 burst_packets 2
	frame send e1 "bcast h1" 50
	check "a storm" told '.event == "storm" and .ifname == "p1" and .class == "broadcast" and
		.mac == "ff:ff:ff:ff:ff:ff" and .vlan == 10'
	check "... once a second at the most" is true eval '[ $(count ".event == \"storm\"") -le 3 ] && echo true'
	xsw storm del p1 broadcast
	xsw port set p2 mac_limit 1 mac_limit_action shutdown
	frame send e2 "bcast h21" 1
	frame send e2 "bcast h22" 1
	check "one address too many" told '.event == "limit" and .ifname == "p2" and .limit == 1 and
		.mac == "02:00:00:00:00:16"'
	check "... and the port shut down" told '.event == "shutdown" and .ifname == "p2" and
		.reason == "mac-limit" and .mac == "02:00:00:00:00:16"'
	monitor_stop

	monitor_start drop interval 0.1
	frame send e1 "r0 h1" 4
	check "dropped, by reason" told \
		'.event == "dropped" and .direction == "rx" and .ifname == "p1" and .reason == "reserved"'
	xsw stats reset
	frame send e1 "r0 h1" 3
	wait_for 5 test 7 = "\$(jq -n '[inputs.packets] | add' '$TMP/events')" 2> /dev/null
	check "nothing else" is 0 count '.object != "drop"'
	check "... counted to the frame, reset or not" is 7 jq -n '[inputs.packets] | add' "$TMP/events"
	monitor_stop
}

plan 71
for TEST_PATH in xdp skb; do
	body
	switch_down
done
TEST_PATH=

# A flood of addresses overruns one ring, not the other.
switch_up skb 2
frame sources e1 "bcast h1" 1 5000
xsw port set p2 tag 7
frame sources e1 "bcast h1" 10001 5000
last() {
	xsw -j monitor last 100000 "$@"
}
check "the last events are kept" is 02:00:00:00:3a:98 eval 'last fdb | jq -r .mac | tail -1'
check "... 512 of each CPU" eval '[ $(last fdb | wc -l) -ge 512 ]'
check "... and the few of the other kinds, by whom it was" is "p2" eval \
	'last port | jq -r "select(.event == \"changed\").ifname"'
check "as many as asked for" is 3 eval 'xsw monitor last 3 | wc -l'
xsw port del p2
check "a port that is gone still has its name" is p2 eval \
	'xsw -j monitor port last 1 | jq -r "select(.event == \"deleted\").ifname"'

# A reader that is killed leaves nothing, one that is late is told what it missed.
monitor_start
kill -KILL "$MONITOR"
wait "$MONITOR" 2> /dev/null
monitor_start
MONITOR1=$MONITOR
background "" "$XSW" monitor count 2 > "$TMP/lines"
SECOND=$BACKGROUND
wait_for 5 monitor_listens "$SECOND"
kill -STOP "$MONITOR1"
frame sources e1 "bcast h1" 20001 3000
kill -CONT "$MONITOR1"
check "overrun is told" told '.event == "lost" and .events >= 1000'
check "lost and told is all there was" is 3000 eval \
	'jq -n "[inputs | .events // 1] | add" "$TMP/events"'
check "count ends it" wait_for 5 not kill -0 "$SECOND"
check "lines" grep -qE \
	'^20[-0-9T:.+]* sw0 (fdb learned 02:00:00:00:[0-9a-f:]* vlan 0 dev p1|monitor lost events [0-9]*)$' \
	"$TMP/lines"
xsw switch add sw1
check "a switch that comes" eval 'wait_for 5 jq -e . "$TMP/events"'
ip -n "$NS" link add q1 type veth peer name f1
xsw port add q1 switch sw1
check "... is watched" told '.switch == "sw1" and .event == "added" and .ifname == "q1"'
xsw switch del sw1
check "... and may go" kill -0 "$MONITOR1"
xsw switch upgrade sw0
frame send e1 "bcast 02:aa:00:00:00:01" 1
check "an upgrade goes unnoticed" told '.event == "learned" and .mac == "02:aa:00:00:00:01"'
HOSTS=9
netns_add "${NS}h9"
ip -n "${NS}h9" link add q1 type veth peer name f1
ip -n "${NS}h9" link set q1 up
on 9 "$XSW" switch add sw9
on 9 "$XSW" port add q1 switch sw9
xsw port set p1 tag 7
told '.event == "changed" and .ifname == "p1"'
check "a switch of another namespace is not watched" is 0 count '.switch == "sw9"'
MONITOR=$MONITOR1
monitor_stop
monitor_start port switch sw9 --all-netns
ip -n "${NS}h9" link set f1 up
check "... but with --all-netns" told '.event == "up" and .switch == "sw9" and .ifname == "q1"'
check "... that says which" told '.netns == "'"${NS}h9"'"'
ip -n "${NS}h9" link set f1 down
check "... on and on" told '.event == "down" and .switch == "sw9" and .ifname == "q1"'
ip netns del "${NS}h9"
check "... and keeps no namespace from going" told '.event == "absent" and .switch == "sw9"'
monitor_stop
check "a switch that is none is refused" exits 2 xsw monitor switch nosuch
check "a word that is none" exits 1 xsw monitor sideways
check "help" grep -q '^Usage: xsw monitor' <(xsw monitor help)
