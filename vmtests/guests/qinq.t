#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests behind dot1q-tunnel ports: what they send leaves the uplink under the service
# tag 8100/100, untagged or with their own VLAN 10, and reaches the other end intact.
#   guest 1 --- p1 [     ]                     [     ]
#                  [ sw0 ] up0 --------- up1   [ sw1 ] p3 --- guest 3
#   guest 2 --- p2 [     ] native-tagged 100   [     ]
# p1, p2, p3: dot1q-tunnel tag 100 cvlans 0,10 qinq_ethtype 802.1q
source "$(dirname "$0")/lib.sh"
TUNNEL="vlan_mode dot1q-tunnel tag 100 cvlans 0,10 qinq_ethtype 802.1q"

links() {
	taps_up 3
	ip -n "$NS" link add up0 mtu 1504 type veth peer name up1 mtu 1504
	ip -n "$NS" link set up0 up
	ip -n "$NS" link set up1 up
}

# shellcheck disable=SC2086 # words
switches() {
	xsw switch add sw0 && xsw switch add sw1 &&
		xsw port add p1 switch sw0 $TUNNEL &&
		xsw port add p2 switch sw0 $TUNNEL &&
		xsw port add up0 switch sw0 path skb vlan_mode native-tagged tag 100 &&
		xsw port add up1 switch sw1 path skb vlan_mode native-tagged tag 100 &&
		xsw port add p3 switch sw1 $TUNNEL
}

vlans() {
	local i vid

	for i in 1 2 3; do
		for vid in 10 20; do
			guest "$i" "ip link add link eth0 name eth0.$vid type vlan id $vid &&" \
				"ip link set eth0.$vid up && ip address add 198.51.$vid.$i/24 dev eth0.$vid" ||
				return
		done
	done
}

# capture_start: what crosses the uplink, on its other end
capture_start() {
	background "" tcpdump -lnei up1 > "$TMP/capture" 2> "$TMP/tcpdump"
	wait_for 5 grep -q listening "$TMP/tcpdump"
}

# captured N REGEX: frames of guest N whose tags and so on look so
captured() {
	grep -Eq "^[^ ]+ $(mac "$1") > [^ ]+, ethertype 802.1Q \(0x8100\), length [0-9]+: vlan 100, p 0, $2" \
		"$TMP/capture"
}

# captured_nothing_else: every frame of a guest has the service tag, and one of its
# own VLANs or none
captured_nothing_else() {
	! grep -E '^[^ ]+ 02:00:00:00:00:0[123] ' "$TMP/capture" | grep -Ev \
		'802\.1Q \(0x8100\), length [0-9]+: vlan 100, p 0, ethertype (802\.1Q \(0x8100\), vlan 10, p 0, ethertype )?(ARP|IPv4|IPv6)'
}

plan 20
links
check "switches" switches
boot 1 2 3
check "VLANs of guests" vlans
capture_start
check "untagged between ports of one switch" reaches 1 192.0.2.2
check "VLAN 10 between ports of one switch" reaches 1 198.51.10.2
check "untagged through the uplink" reaches 1 192.0.2.3
check "VLAN 10 through the uplink" reaches 2 198.51.10.3
check "untagged traffic leaves as 8100/100" wait_for 2 captured 1 "ethertype (ARP|IPv4)"
check "guest VLAN 10 leaves as 8100/100 8100/10" wait_for 2 captured 2 \
	"ethertype 802.1Q \(0x8100\), vlan 10, p 0, ethertype (ARP|IPv4)"
check "the way back too" wait_for 2 captured 3 \
	"ethertype 802.1Q \(0x8100\), vlan 10, p 0, ethertype (ARP|IPv4)"
check "guest VLAN 20 is refused" reaches_not 1 198.51.20.2
check "... reason vlan" test "$(drops 1 vlan)" -ge 1
check "nothing else crossed the uplink" captured_nothing_else
kill "$BACKGROUND"
for i in "1 192.0.2.2" "1 192.0.2.3" "3 192.0.2.1" "1 198.51.10.2" "2 198.51.10.3" "3 198.51.10.2"; do
	# shellcheck disable=SC2086 # words
	check "TCP of guest ${i/ / to }" carries $i
done
check "adds up" adds_up
