#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guests with several queues: many flows at a time arrive intact, and both queues of
# the guest are used; one queue and two talk to each other.
#   guest 1 (2 queues) --- p1 [ sw0 ] p2 --- guest 2 (2 queues)
#                             [     ] p3 --- guest 3 (1 queue)
source "$(dirname "$0")/lib.sh"

queues() {
	guest "$1" ethtool -l eth0 | awk '/^Current/ { now = 1 } now && /^Combined/ { print $2 }'
}

# flows N ADDRESS: six at a time; each is told the sum of what arrived
flows() {
	is "$(for i in 1 2 3 4 5 6; do echo "$SUM"; done)" guest "$1" \
		"for i in 1 2 3 4 5 6; do socat -b 65536 -t 60 - 'TCP:$2:5001' < /data & done; wait"
}

# both_queues N: their interrupts were needed
both_queues() {
	guest "$1" grep -- "-input" /proc/interrupts > "$TMP/interrupts"
	awk '$2 + $3 > 9 { n++ } END { exit n < 2 }' "$TMP/interrupts" || { cat "$TMP/interrupts"; false; }
}

body() {
	local i

	for i in 1 2 3; do
		xsw port set "p$i" path "$1"
	done
	check "six flows, two queues to two ($1)" flows 1 192.0.2.2
	check "... and back" flows 2 192.0.2.1
	check "two queues to one ($1)" flows 1 192.0.2.3
	check "... and back" flows 3 192.0.2.1
}

plan 15
netns_add "$NS"
for i in 1 2; do
	ip -n "$NS" tuntap add "p$i" mode tap multi_queue vnet_hdr
	ip -n "$NS" link set "p$i" up
done
ip -n "$NS" tuntap add p3 mode tap vnet_hdr
ip -n "$NS" link set p3 up
check "a switch" switch_of 3
CPUS=2 NETDEV=queues=2 DEVICE=mq=on,vectors=6 guest_start 1
CPUS=2 NETDEV=queues=2 DEVICE=mq=on,vectors=6 guest_start 2
guest_start 3
check "guests boot" ready 1 2 3 || exit
check "guest 1 has two queues" is 2 queues 1
check "guest 2 has two queues" is 2 queues 2
body auto
check "both queues are used" both_queues 2
body xdp
check "nothing was dropped" is 0 json '[.[].rx_dropped] | add' stats show
check "adds up" adds_up
