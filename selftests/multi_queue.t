#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Devices with several queues are ports like others; XDP where the driver can.
#   e1 --- p1 [ sw0 ] p2 --- e2      veths with 4 queues at both ends
#             [     ] p3 --- e3      p3 has one queue, its peer four
#             [     ] tap0           a tap with multi_queue
source "$(dirname "$0")/lib.sh"

links() {
	local i
	netns_add "$NS"
	PORTS=3
	for i in 1 2 3; do
		ip -n "$NS" link add "p$i" numrxqueues $((i < 3 ? 4 : 1)) numtxqueues 4 type veth \
			peer name "e$i" numrxqueues 4 numtxqueues 4
		ip -n "$NS" link set "p$i" up
		ip -n "$NS" link set "e$i" up
	done
	ip -n "$NS" tuntap add tap0 mode tap multi_queue
	ip -n "$NS" link set tap0 up
	xsw switch add sw0
}

ports() {
	local dev
	for dev in p1 p2 p3 tap0; do
		xsw port add "$dev" switch sw0 path "$TEST_PATH" || return
	done
}

# Each source and destination is hashed to a queue of its own.
many_flows() {
	local i
	for i in {10..40}; do
		sees 1 "h2 h$i" 2 "h2 h$i" || return
		sees 2 "h$i h2" 1 "h$i h2" || return
	done
}

body() {
	links
	check "ports with several queues" ports
	check "path" port_is 1 path "$TEST_PATH"
	if [ "$TEST_PATH" = xdp ]; then # drivers/net/veth.c wants a queue for each of the peer's
		check "too few queues for XDP: skb" port_is 3 path_in_use skb
		check "... and why" port_is 3 path_reason \
			"the peer has more tx queues than this end rx queues"
	else
		check "path of the port with one queue" port_is 3 path_in_use skb
		check "... as wanted" port_is 3 path_reason "as configured"
	fi
	check "flood" sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1"
	xsw fdb replace "$(mac 2)" dev p2 static
	check "many flows both ways" many_flows
	check "to the port with one queue and back" sees 3 "h1 h3" 1 "h1 h3"
	check "adds up" adds_up
}

each_path 8 body
