#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A device that vanishes leaves an absent port; the others go on, and a new
# device of that name can be added.
#   e1 --- p1 [ sw0 ] p2 --- e2      p3 goes away and comes back
source "$(dirname "$0")/lib.sh"

# p3 may still be known as a port, if it has its old ifindex
readd() {
	xsw port del p3 --if-exists || xsw --if-exists port del p3
	xsw port add p3 switch sw0 path "$TEST_PATH"
}

body() {
	switch_up "$TEST_PATH" 3
	frame send e3 "bcast h3"
	flow_start 1 2 "bcast h1" 1000
	ip -n "$NS" link del p3
	check "the port is shown as absent" wait_for 2 is absent json \
		'.[] | select(.ifname == "p3").state' port show
	echo "link add p3 type veth peer name e3 mtu 9000
		link set p3 up
		link set e3 up" | ip -n "$NS" -batch -
	check "a new device of that name can be added" xsw port add p3 switch sw0 path "$TEST_PATH"
	flow_stop
	check "the others lost nothing" flow_lost_nothing
	check "the new one works" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3"
	check "... both ways" sees 1 "h3 h9" 3 "h3 h9"
	check "its state is up" port_is 3 state up
	check "three ports" is 3 json length port show

	background "" "$PROGS/frame" tap t4
	wait_for 2 ip -n "$NS" link show t4
	ip -n "$NS" link set t4 up
	check "a tap" xsw port add t4 switch sw0
	kill "$BACKGROUND"
	wait "$BACKGROUND"
	check "... vanishes with its process" wait_for 2 is absent json \
		'.[] | select(.ifname == "t4").state' port show
	check "an absent port can be deleted" xsw port del t4
	netns_add "${NS}m"
	ip -n "$NS" link set p3 netns "${NS}m"
	ip -n "${NS}m" link set p3 up
	if grep -q ' bpf_cast_to_kern_ctx' /proc/kallsyms; then
		check "a device in another namespace is no port" sees 3 "bcast h3"
	else
		skip "a device in another namespace is no port" "kernel before 6.2"
	fi
	check "... and is shown as absent" is absent json '.[] | select(.ifname == "p3").state' port show
	ip -n "${NS}m" link set p3 netns "$NS"
	ip -n "$NS" link set p3 up
	ip netns del "${NS}m"
	if grep -q ' tcx_link_attach' /proc/kallsyms; then
		xsw port set p1 learning on # any command that writes will do
		check "back again it works from the next one on" sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1"
	else
		skip "back again it works from the next one on" "kernel before 6.6"
	fi
	check "it can be added, too" readd
	check "... and works" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3"
	check "... and is gone" is 3 json length port show
	check "adds up" adds_up
}

each_path 17 body
