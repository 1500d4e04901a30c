#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `local off`: a guest's frames go to uplinks alone, that is to ports with `local on`.
#   e1 --- p1 [ sw0 ] p2 --- e2      guests, local off
#             [     ] p3 --- e3      uplink
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 3
	set_port 1 local off
	set_port 2 local off
	check "a guest's flood goes to the uplink" sees 1 "bcast h1" 3 "bcast h1"
	check "the uplink's to all guests" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3"
	check "a guest and the uplink" sees 1 "h3 h1" 3 "h3 h1"
	check "... and back" sees 3 "h1 h3" 1 "h1 h3"
	xsw fdb replace "$(mac 2)" dev p2 static
	check "guests do not reach each other" sees 1 "h2 h1"
	check "... reason isolated" is 1 drops 1 isolated
	set_port 2 local on
	check "local on: they do" sees 1 "h2 h1" 2 "h2 h1"
	check "adds up" adds_up
}

each_path 8 body
