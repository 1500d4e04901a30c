#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Native modes are trunks whose untagged frames have a VLAN.
#   e1 --- p1 [     ] p3 --- e3      p1 native-tagged 10, trunks 20; p2 native-untagged 10,
#   e2 --- p2 [ sw0 ] p4 --- e4      trunks 20; p3 access 10; p4 trunk
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 4
	set_port 1 vlan_mode native-tagged tag 10 trunks 20
	set_port 2 vlan_mode native-untagged tag 10 trunks 20
	set_port 3 vlan_mode access tag 10
	check "untagged into native-tagged" \
		sees 1 "bcast h1" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 8100/10"
	check "untagged into native-untagged" \
		sees 2 "bcast h2" 1 "bcast h2 8100/10" 3 "bcast h2" 4 "bcast h2 8100/10"
	check "from access: tagged and untagged" \
		sees 3 "bcast h3" 1 "bcast h3 8100/10" 2 "bcast h3" 4 "bcast h3 8100/10"
	check "a listed VLAN is tagged on both" \
		sees 1 "bcast h1 8100/20" 2 "bcast h1 8100/20" 4 "bcast h1 8100/20"
	check "the native VLAN may come tagged" \
		sees 1 "bcast h1 8100/10/4" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 8100/10/4"
	check "a priority tag becomes the native VLAN's" \
		sees 2 "bcast h2 88a8/0/6" 1 "bcast h2 88a8/10/6" 3 "bcast h2" 4 "bcast h2 88a8/10/6"
	check "VLAN 0 is never on a native port" sees 4 "bcast h4"
	check "a VLAN not listed is refused" sees 2 "bcast h2 8100/30"
	check "... and does not leave" sees 4 "bcast h4 8100/30"
	check "no access port reaches another VLAN through a native-untagged one" \
		sees 3 "bcast h3 8100/0 8100/20"
	check "... reason vlan" is 1 drops 3 vlan
	check "the inner tag of the native VLAN stays" \
		sees 4 "bcast h4 8100/10 8100/7" 1 "bcast h4 8100/10 8100/7" 2 "bcast h4 8100/7"
}

each_path 12 body
