#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame leaves by its ingress port only with hairpin on.
#   e1 --- p1 [ sw0 ] p2 --- e2      p1 hairpin
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 2
	frame send e1 "bcast h1"
	check "off: unicast to its own port is dropped" sees 1 "h1 h3"
	set_port 1 hairpin on
	check "on: unicast comes back" sees 1 "h1 h3" 1 "h1 h3"
	check "on: a flood comes back" sees 1 "bcast h1" 1 "bcast h1" 2 "bcast h1"
	check "other ports as before" sees 2 "bcast h2" 1 "bcast h2"
	set_port 1 vlan_mode access tag 10 priority_tags always
	set_port 2 vlan_mode trunk trunks 10
	check "retagged as at any other egress" \
		sees 1 "bcast h1 8100/0/3" 1 "bcast h1 8100/0/3" 2 "bcast h1 8100/10/3"
	check "adds up" adds_up
}

each_path 6 body
