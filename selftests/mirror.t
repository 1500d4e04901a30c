#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mirrors copy frames where they enter and where they leave. "to-port" gives the copy to a port, tagged by
# that port's mode, which then does nothing else; one copy a frame and destination.
#   e1 --- p1 [     ] p2 --- e2      p1 access 10, p2 trunk, p3 access 10
#             [ sw0 ] p3 --- e3      p4 the output
#             [     ] p4 --- e4      p5 access 20
source "$(dirname "$0")/lib.sh"

mirror() {
	xsw mirror "$1" "$2" switch sw0 "${@:3}"
}

# sums NAME: "packets dropped"
sums() {
	xsw -j mirror show "$1" | jq -r '.[0] | "\(.packets) \(.dropped)"'
}

ports() {
	switch_up "$TEST_PATH" 5
	set_port 1 tag 10
	set_port 3 tag 10
	set_port 5 tag 20
}

body() {
	ports
	check "a mirror of nothing" mirror add m1 to-port p4
	check "... copies nothing" sees 1 "bcast h1" 2 "bcast h1 8100/10" 3 "bcast h1"
	check "what enters a port" mirror set m1 src-port p1
	check "a flood is copied once, tagged as the output has it" \
		sees 1 "bcast h1" 2 "bcast h1 8100/10" 3 "bcast h1" 4 "bcast h1 8100/10"
	check "what enters elsewhere is not" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3 8100/10"
	check "known unicast" sees 1 "h3 h1" 3 "h3 h1" 4 "h3 h1 8100/10"
	check "... again" sees 1 "h3 h1" 3 "h3 h1" 4 "h3 h1 8100/10"
	check "priority and DEI" sees 1 "h3 h1 8100/0/5/dei" 3 "h3 h1" 4 "h3 h1 8100/10/5/dei"
	check "counted" is "4 0" sums m1
	set_port 4 tag 99
	check "an access port sends it without a tag, member or not" sees 1 "h3 h1" 3 "h3 h1" 4 "h3 h1"
	set_port 4 tag none

	check "what leaves by a port" mirror set m1 src-port none dst-port p3
	check "unicast" sees 1 "h3 h1" 3 "h3 h1" 4 "h3 h1 8100/10"
	check "a flood" sees 1 "bcast h1" 2 "bcast h1 8100/10" 3 "bcast h1" 4 "bcast h1 8100/10"
	check "as it leaves, classified there" sees 2 "h3 h2 88a8/10/3" 3 "h3 h2" 4 "h3 h2 8100/10"
	check "what leaves elsewhere is not" sees 3 "h1 h3" 1 "h1 h3"

	check "in and out" mirror set m1 src-port p1,p3 dst-port p1,p3
	check "one copy, of the frame as it entered" \
		sees 1 "h3 h1 8100/0/3" 3 "h3 h1" 4 "h3 h1 8100/10/3"
	check "all" mirror set m1 src-port none dst-port none all on
	check "... ports" sees 3 "bcast h3" 1 "bcast h3" 2 "bcast h3 8100/10" 4 "bcast h3 8100/10"
	check "VLANs" mirror set m1 vlan 20,30
	check "... another one is not copied" sees 1 "h3 h1" 3 "h3 h1"
	check "... one of them is" sees 2 "bcast h2 88a8/30/1" 4 "bcast h2 88a8/30/1"
	check "all VLANs again" mirror set m1 vlan none
	check "dropped later" sees 1 "r0 h1" 4 "r0 h1 8100/10"
	check "not admitted" sees 1 "bcast h1 8100/10"

	check "the output port takes part in nothing else" sees 4 "bcast h4 8100/10"
	check "... reason mirror" is 1 drops 4 mirror
	check "... and teaches nothing" fdb_lacks h4 vlan 10
	xsw fdb add "$(mac 4)" dev p4 vlan 10 static
	check "... nor is it reached" sees 1 "h4 h1" 4 "h4 h1 8100/10"
	check "... reason mirror" is 1 drops 1 mirror
	check "removed" mirror del m1
	check "it is a port again" sees 1 "h4 h1" 4 "h4 h1 8100/10"
	check "adds up" adds_up
}

each_path 33 body
