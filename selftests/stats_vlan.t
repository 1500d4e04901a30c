#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With vlan_stats on, every frame that is forwarded is counted in its VLAN, at the
# port where it entered and at each where it left; off, in none.
#   e1 --- p1 (trunk) [ sw0 ] p2 (tag 10) --- e2
#                     [     ] p3 (trunk)  --- e3
#                     [     ] p4 (native 20, untagged) --- e4
source "$(dirname "$0")/lib.sh"

# vlan N VID: rx_packets rx_bytes tx_packets tx_bytes of port N
vlan() {
	json "[.[0].vlans[] | select(.vlan == $2) | .rx_packets, .rx_bytes, .tx_packets,
		.tx_bytes] | join(\" \")" stats show "p$1" vlan
}

# Over all VLANs: what the port counts in all
vlans_add_up() {
	xsw -j stats show switch sw0 vlan | jq -e 'length == 4 and ([.[] |
		([.vlans[].rx_packets] | add // 0) == .rx_unicast + .rx_flooded and
		([.vlans[].tx_packets] | add // 0) == .tx_packets and
		([.vlans[].tx_bytes] | add // 0) == .tx_bytes] | all)' > /dev/null || {
		xsw -j stats show switch sw0 vlan
		false
	}
}

body() {
	switch_up "$TEST_PATH" 4 vlan_stats on
	set_port 2 vlan_mode access tag 10
	set_port 4 vlan_mode native-untagged tag 20
	frame send e1 "bcast h1 8100/10 pay100" 20
	frame send e1 "bcast h1 8100/20" 30
	frame send e1 "bcast h1" 5
	frame send e2 "h1 h2" 40
	frame send e1 "h2 h1 8100/10" 7
	frame send e4 "bcast h4" 9
	frame send e2 "bcast h2 8100/10" 3
	check "flooded and unicast, in and out" is "27 2808 40 2560" vlan 1 10
	check "another VLAN" is "30 1920 9 576" vlan 1 20
	check "untagged on a trunk" is "5 300 0 0" vlan 1 0
	check "tags are counted as they leave: none" is "40 2400 27 2700" vlan 2 10
	check "... and as they came" is "0 0 20 2360" vlan 3 10
	check "native VLAN" is "9 540 30 1800" vlan 4 20
	check "a refused frame is in no VLAN" is 3 drops 2 vlan
	check "sums over VLANs are the port's" vlans_add_up

	xsw stats reset p1
	check "reset" is "" vlan 1 10
	frame send e1 "bcast h1 8100/10" 2
	check "... and on from there" is "2 128 0 0" vlan 1 10
	check "... of one port only" is "40 2400 29 2820" vlan 2 10

	xsw switch set sw0 vlan_stats off
	frame send e1 "h2 h1 8100/10" 6
	check "off: nothing is counted" is "2 128 0 0" vlan 1 10
	check "... but by port" is 8 counter 1 rx_packets
	xsw switch set sw0 vlan_stats on
	frame send e1 "h2 h1 8100/10" 6
	check "on: again, at once" is "8 512 0 0" vlan 1 10

	xsw port del p2
	xsw port add p2 switch sw0 path "$TEST_PATH" tag 10
	check "a port that is new has counted nothing" is "" vlan 2 10
	frame send e2 "bcast h2" 1
	check "... and then what it does" is "1 60 0 0" vlan 2 10
}

# A port that speaks on every VLAN leaves room for others, and loses no count.
many_vlans() {
	switch_up "$TEST_PATH" 2 vlan_stats on
	frame vlans e1 "bcast h1 8100/1" 1 600
	check "512 VLANs of a port are counted" is 512 \
		json '[.[0].vlans[] | select(.vlan)] | length' stats show p1 vlan
	check "... the others together" is 88 \
		json '.[0].vlans[] | select(.vlan == null) | .rx_packets' stats show p1 vlan
	check "... none is lost" is 600 json '[.[0].vlans[].tx_packets] | add' stats show p2 vlan
}

queues() {
	switch_up skb 1
	check "queues, where the device tells" json '.[0].queues[0] | .queue == 0 and
		(.rx_xdp_packets | type) == "number" and .rx_drops == 0' -s stats show p1
}

plan 39
for TEST_PATH in xdp skb; do
	body
	switch_down
	many_vlans
	switch_down
done
TEST_PATH=
queues
