#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# priority_tags says whether PCP survives in a VID 0 tag where the VLAN tag is removed.
#   e1 --- p1 [     ] p3 --- e3      p1 trunk; p2, p3, p4 access 10: never, if-nonzero, always;
#   e2 --- p2 [ sw0 ] p4 --- e4      p5 trunk, always
source "$(dirname "$0")/lib.sh"

body() {
	switch_up "$TEST_PATH" 5
	set_port 2 vlan_mode access tag 10
	set_port 3 vlan_mode access tag 10 priority_tags if-nonzero
	set_port 4 vlan_mode access tag 10 priority_tags always
	set_port 5 priority_tags always
	check "PCP 5 is kept by if-nonzero and always" \
		sees 1 "bcast h1 8100/10/5" 2 "bcast h1" 3 "bcast h1 8100/0/5" 4 "bcast h1 8100/0/5" \
		5 "bcast h1 8100/10/5"
	check "PCP 0 is kept by always" \
		sees 1 "bcast h1 88a8/10" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 88a8/0" 5 "bcast h1 88a8/10"
	check "DEI alone is no PCP" \
		sees 1 "bcast h1 8100/10/0/dei" 2 "bcast h1" 3 "bcast h1" 4 "bcast h1 8100/0/0/dei" \
		5 "bcast h1 8100/10/0/dei"
	check "an untagged frame has nothing to keep" \
		sees 2 "bcast h2" 1 "bcast h2 8100/10" 3 "bcast h2" 4 "bcast h2" 5 "bcast h2 8100/10"
	check "a priority tag passes a trunk with always" sees 1 "bcast h1 88a8/0/2" 5 "bcast h1 88a8/0/2"
	check "... and not with never" sees 5 "bcast h5 8100/0/2" 1 "bcast h5"
	check "from access to access" \
		sees 2 "bcast h2 8100/0/6" 1 "bcast h2 8100/10/6" 3 "bcast h2 8100/0/6" \
		4 "bcast h2 8100/0/6" 5 "bcast h2 8100/10/6"
}

each_path 7 body
