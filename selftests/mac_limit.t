#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port learns no more addresses than its mac_limit; what more of them cause is up to
# mac_limit_action. Other ports lose nothing by it.
#   e1 --- p1 [ sw0 ] p2 --- e2      p1 is limited
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

learned_on() {
	json 'length' fdb show dev "p$1"
}

# flooded COUNT FIRST: frames from so many sources have entered p1
flooded() {
	xsw stats reset
	frame sources e1 "h200 h1" "$2" "$1"
	wait_for 10 is "$1" counter 1 rx_packets
}

macs() {
	json '.[0].macs' port show p1
}

body() {
	switch_up "$TEST_PATH" 3
	frame send e2 "h200 h2"
	wait_for 5 fdb_has h2 dev p2 vlan 0
	set_port 1 mac_limit 10
	check "a flood of addresses" flooded 300 20
	check "... leaves as many as may be" is 10 learned_on 1
	check "... which port show tells" is 10 macs
	check "... frames from others are dropped" is 290 drops 1 mac-limit
	check "... those from the ten are not" sees 1 "h2 h20" 2 "h2 h20"
	check "another port's addresses stay" fdb_has h2 dev p2 vlan 0
	check "... and it learns on" sees 3 "h2 h3" 2 "h2 h3"
	check "... indeed" fdb_has h3 dev p3 vlan 0
	check "an address that moves away" sees 3 "h2 h20" 2 "h2 h20"
	check "... makes room" is 9 macs
	check "... for one" flooded 5 100
	check "... alone" is 10 learned_on 1
	check "an address that moves here is one too many" sees 1 "h2 h3"
	check "... and stays where it was" fdb_has h3 dev p3 vlan 0
	xsw fdb flush switch sw0 dev p1
	check "flushed: none" is 0 macs
	check "... as many again" flooded 30 20
	check "... ten" is 10 learned_on 1
	xsw fdb del "$(mac 20)" switch sw0
	check "deleted by hand: room for one" is 9 macs
	set_port 1 mac_limit_action no-learn
	check "no-learn: frames pass" flooded 30 100
	check "... all" is 0 drops 1 mac-limit
	check "... and teach no more" is 10 learned_on 1
	xsw switch set sw0 ageing_time 1
	check "what ages makes room" wait_for 10 is 0 macs
	xsw switch set sw0 ageing_time 300

	xsw fdb flush switch sw0 dev p1
	set_port 1 mac_limit 3 mac_limit_action shutdown
	check "shutdown: three" flooded 3 20
	check "... are well" is 0 drops 1 mac-limit
	check "... the fourth shuts the port" sees 1 "h2 h9"
	check "... for all" sees 1 "h2 h20"
	check "... and no frame leaves there: what is for its addresses is flooded" \
		sees 2 "h20 h2" 3 "h20 h2"
	check "... they are forgotten" is 0 learned_on 1
	check "... no flood either" sees 2 "bcast h2" 3 "bcast h2"
	check "... port show says so" is '["down","mac-limit"]' json '.[0] | [.state, .shutdown.reason]' \
		port show p1
	check "... and others go on" sees 3 "h2 h3" 2 "h2 h3"
	check "reopened" xsw port reopen p1
	check "... it works" sees 1 "h2 h20" 2 "h2 h20"
	check "... state" is '["up",null]' json '.[0] | [.state, .shutdown]' port show p1
	set_port 1 mac_limit 0 mac_limit_action drop
	check "no limit" flooded 300 20
	check "... all are learned" is 300 learned_on 1
	check "adds up" adds_up
}

each_path 37 body
