#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A sender that asks when its frames are sent is told once a frame, whatever number of ports
# the frame leaves by. It is told by the first device, its own end of the veth.
#   [ e1 ] --- p1 [     ] p2 --- [ e2 ]      namespaces of their own
#     e4 --- p4   [ sw0 ] p3 --- e3
HOSTS="1 2"
source "$(dirname "$0")/lib.sh"
COUNT=10

# received N: frames that came to eN
received() {
	local ns=$NS
	[ "$1" != 2 ] || ns=${NS}h2
	ip -n "$ns" -j -s link show dev "e$1" | jq '.[0].stats64.rx.packets'
}

# arrived_at N BEFORE
arrived_at() {
	[ $(($(received "$1") - $2)) -ge $COUNT ]
}

# reports "N..." OPTION...: frames that arrive at these ports are reported once, by their device
# and by its queueing discipline
reports() {
	local to before=() i program
	read -ra to <<< "$1"
	shift
	for i in "${to[@]}"; do
		before[i]=$(received "$i")
	done
	background 1 "$PROGS/timestamps" -s "$@" $COUNT > "$TMP/reports"
	program=$BACKGROUND
	for i in "${to[@]}"; do
		wait_for 10 arrived_at "$i" "${before[i]}" || echo "not all frames reached e$i"
	done
	kill -TERM "$program"
	wait "$program"
	is "sent $COUNT software $COUNT scheduled $COUNT" cat "$TMP/reports"
}

# reports_one_port "text" OPTION...: the same for a frame to one port
reports_one_port() {
	if [ "$TEST_PATH" = skb ] && ! grep -q ' bpf_rdonly_cast' /proc/kallsyms; then
		skip "$1" "before 6.2 such a frame is reported by each device, as by a Linux bridge"
	else
		check "$1" reports 2 "${@:2}"
	fi
}

# hosts_up: addresses that answer to each other, and a program that takes what TCP sends
hosts_up() {
	on 1 ip neigh replace 192.0.2.2 lladdr "$(mac 2)" dev e1
	on 2 ip neigh replace 192.0.2.1 lladdr "$(mac 1)" dev e2
	xsw fdb replace "$(mac 2)" dev p2 static
	background 2 "$PROGS/timestamps" -l 192.0.2.2
	TAKER=$BACKGROUND
	wait_for 5 eval 'on 2 ss -Hltn "sport = 7777" | grep -q .'
}

hosts_down() {
	kill -TERM "$TAKER"
	wait "$TAKER" 2> /dev/null
}

body() {
	switch_up "$TEST_PATH" 2
	hosts_up
	check "two ports: PTP's group" reports 2 e1 01:1b:19:00:00:00
	check "two ports: broadcast" reports 2 e1 ff:ff:ff:ff:ff:ff
	check "two ports: unknown address" reports 2 e1 "$(mac 9)"
	hosts_down
	switch_down
	switch_up "$TEST_PATH" 4
	hosts_up
	check "PTP's group" reports "2 3 4" e1 01:1b:19:00:00:00
	check "broadcast" reports "2 3 4" e1 ff:ff:ff:ff:ff:ff
	check "UDP to all" reports "2 3 4" 192.0.2.255
	check "unknown address" reports "2 3 4" e1 "$(mac 9)"
	set_port 3 vlan_mode access tag 9
	check "... from and to other tags" reports "2 4" e1 "$(mac 9)"
	set_port 3 vlan_mode trunk tag none
	reports_one_port "known address" e1 "$(mac 2)"
	reports_one_port "TCP" -t 192.0.2.2
	xsw policer set p2 egress rate 1gbit burst 1mb
	reports_one_port "known address, through a policer" e1 "$(mac 2)"
	xsw policer del p2 egress
	set_port 2 peer_redirect on
	check "peer_redirect" reports 2 e1 "$(mac 2)"
	check "nothing is counted as lost" is '{}' json '[.[].drops] | add' stats show switch sw0
	check "adds up" adds_up
	hosts_down
}

each_path 14 body
exit $((TEST_FAILED > 0))
