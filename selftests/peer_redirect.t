#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# peer_redirect: frames for a container's own address come in at its end of the veth, past
# the port's device; what is not for it, and what the kernel would refuse, goes as before.
#   [ e1 ] --- p1 [ sw0 ] p2 --- [ e2 ]      namespaces of their own
#                 [     ] p3 --- e3
HOSTS="1 2"
source "$(dirname "$0")/lib.sh"
TEST_PATH=skb

# How many frames the port's device has sent
device_tx() {
	ip -n "$NS" -s -j link show p2 | jq '.[0].stats64.tx.packets'
}

pings() {
	on 1 ping -q -c 3 -i 0.01 -W 1 192.0.2.2
}

# past WORD...: the command succeeds, and the device of p2 sends nothing meanwhile
past() {
	local before
	before=$(device_tx)
	"$@" && is "$before" device_tx
}

through() {
	local before
	before=$(device_tx)
	"$@" && [ "$(device_tx)" -gt "$before" ]
}

sent_by_p2() {
	json '.[0].tx_packets' stats show p2
}

counted() {
	local before
	before=$(sent_by_p2)
	pings && is $((before + 3)) sent_by_p2
}

tcp() {
	on 1 timeout 20 iperf3 -c 192.0.2.2 -n 20M -J | jq -e .end.sum_received.bytes
}

lost() {
	json '.[0].tx_dropped' stats show p2
}

plan 19
switch_up skb 3
on 1 ip neigh replace 192.0.2.2 lladdr "$(mac 2)" dev e1
on 2 ip neigh replace 192.0.2.1 lladdr "$(mac 1)" dev e2
xsw fdb add "$(mac 2)" dev p2 static
xsw fdb add "$(mac 9)" dev p2 static
check "off: frames leave by the device" through pings
check "it can be switched on" set_port 2 peer_redirect on
check "on: they come in at the other end" past pings
check "... and are counted at the port as before" counted
background "" nsenter --net="/run/netns/${NS}h2" iperf3 -s -1 > /dev/null
wait_for 5 eval 'on 2 ss -Hltn "sport = 5201" | grep -q .'
check "TCP in long segments" past tcp
check "what is for another address there leaves by the device" \
	through frame send e3 "h9 h3" 1
set_port 2 vlan_mode access tag 10
set_port 1 vlan_mode access tag 10
xsw fdb add "$(mac 2)" dev p2 vlan 10 static
check "between access ports" past pings
set_port 1 vlan_mode trunk
set_port 2 vlan_mode trunk
ip -n "${NS}h2" link set e2 down
before=$(lost)
check "the other end is down: frames are lost" not pings
check "... and counted" wait_for 2 eval "[ \$(lost) -ge $((before + 3)) ]"
ip -n "${NS}h2" link set e2 up
on 2 ip neigh replace 192.0.2.1 lladdr "$(mac 1)" dev e2
check "up again: frames arrive" wait_for 2 pings
check "... by the device" through pings
set_port 2 peer_redirect on
check "a command that writes finds it up" past pings
ip -n "$NS" link set p2 down
set_port 2 peer_redirect on
before=$(lost)
frame send e3 "h2 h3" 1
check "the port is down: a command that writes stops what is for the other end" \
	wait_for 2 eval "[ \$(lost) = $((before + 1)) ]"
ip -n "$NS" link set p2 up
set_port 2 peer_redirect on
ip -n "${NS}h2" link set e2 netns "$NS"
ip -n "$NS" link set e2 up
before=$(lost)
check "moved to the switch's namespace: frames leave by the device" \
	wait_for 2 through frame send e3 "h2 h3" 1
check "... at the cost of the first, unless someone looked before" eval "[ \$(lost) -le $((before + 1)) ]"
set_port 2 peer_redirect off
check "off again" through frame send e3 "h2 h3" 1
check "shown" is false json '.[0].peer_redirect' port show p2
check "dumped when it is on" eval 'set_port 2 peer_redirect on && xsw config dump | grep -q peer_redirect'
check "adds up" adds_up
switch_down
exit $((TEST_FAILED > 0))
