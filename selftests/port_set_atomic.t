#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `port set` loses no frame, and no frame meets half of the settings.
#   e1 --- p1 [ sw0 ] p2 --- e2      both are set again and again under traffic
source "$(dirname "$0")/lib.sh"

set_many() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		xsw port set p1 learning off trunks "0,$i" cvlans 5 &&
			xsw port set p2 isolated on priority_tags always &&
			xsw port set p1 learning on trunks 0-4094 hairpin on &&
			xsw port set p2 isolated off priority_tags never || return
	done
	# tagged and untagged in turn: the modes differ, the VLAN of untagged frames does not
	for i in 1 2 3 4 5; do
		xsw port set p1 vlan_mode access tag 10 && xsw port set p1 vlan_mode trunk || return
	done
}

body() {
	switch_up "$TEST_PATH" 3
	flow_start 1 2 "bcast h1" 3000
	check "set under traffic" set_many
	flow_stop
	check "no frame is lost or doubled" flow_lost_nothing
	check "the last settings hold" port_is 2 priority_tags never
	xsw port set p1 tag 10 vlan_mode sideways 2> /dev/null
	check "a refused set changes nothing" port_is 1 vlan_mode trunk
	check "adds up" adds_up
}

each_path 5 body
