#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `switch upgrade` swaps the programs under traffic: tables stay, no frame is lost.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

upgrade_many() {
	local i
	for i in 1 2 3; do
		xsw switch upgrade sw0 || return
	done
}

body() {
	switch_up "$TEST_PATH" 3 ageing_time 2
	set_port 3 vlan_mode access tag 10
	xsw fdb add "$(mac 2)" dev p2 static
	flow_start 1 2 "h2 h1" 3000
	check "upgrade under traffic" upgrade_many
	flow_stop
	check "no frame is lost" flow_lost_nothing
	check "static entries stay" fdb_has h2 dev p2 vlan 0 static
	check "learned entries stay" fdb_has h1 dev p1 vlan 0
	check "settings stay" sees 1 "bcast h1 8100/10" 2 "bcast h1 8100/10" 3 "bcast h1"
	check "entries still age" wait_for 4 fdb_lacks h1 vlan 0
	check "a switch that is not there is refused" exits 2 xsw switch upgrade nosuch
	check "adds up" adds_up
}

each_path 8 body
