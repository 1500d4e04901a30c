#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 01-80-C2-00-00-00 to 0F are not forwarded unless forward_bpdu is on or forward_reserved lists them.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 2
	check "a BPDU is dropped" sees 1 "r0 h1"
	check "... 0F too" sees 1 "r15 h1 8100/10"
	check "... reason reserved" is 2 drops 1 reserved
	check "... before learning" fdb_lacks h1 vlan 0
	check "10 is a group like any other" sees 1 "r16 h1" 2 "r16 h1"
	xsw switch set sw0 forward_bpdu on
	check "forward_bpdu on" sees 1 "r0 h1" 2 "r0 h1"
	xsw switch set sw0 forward_bpdu off
	check "and off again" sees 1 "r0 h1"
	xsw switch set sw0 forward_reserved 0,3,14
	check "forward_reserved" sees 1 "r14 h1" 2 "r14 h1"
	check "... in a VLAN" sees 1 "r3 h1 8100/10" 2 "r3 h1 8100/10"
	check "... not the others" sees 1 "r2 h1"
	check "... nor PAUSE" sees 1 "r1 h1"
	check "... in JSON a list" is "[0,3,14]" json '.[0].forward_reserved' switch show sw0
	check "... in text" eval 'xsw switch show sw0 | grep -q " forward_reserved 0,3,14 "'
	xsw switch set sw0 forward_reserved none
	check "none" sees 1 "r14 h1"
	check "... in JSON" is "[]" json '.[0].forward_reserved' switch show sw0
}

each_path 15 body
