#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Frames of every size from 14 to 9018 bytes pass ports that xsw-slowpath serves.
#   e1 --- p1 [ sw0 ] p2 --- e2      paths afxdp, afxdp
#             [     ] p3 --- e3      path xdp
source "$(dirname "$0")/lib.sh"
plan 6

# Before 6.6 sockets take no frames of several buffers.
by_process() {
	json '.[0].path | .afxdp > 3000' stats show p1
}

MTU=9000 OUTER_MTU=9004 switch_up afxdp,afxdp,xdp 3
xsw fdb add "$(mac 2)" dev p2 static
check "to a port that it serves" in_ns "$PROGS/slowpath_sizes" e1 e2 14 9018
check "... through the process" is true by_process
xsw fdb replace "$(mac 2)" dev p3 static
check "to one of the kernel" in_ns "$PROGS/slowpath_sizes" e1 e3 14 9018
set_port 3 vlan_mode access tag 10
set_port 1 vlan_mode access tag 10
set_port 2 vlan_mode native-tagged tag 10
xsw fdb add "$(mac 2)" dev p3 vlan 10 static
check "between access ports" in_ns "$PROGS/slowpath_sizes" e1 e3 14 9018
check "nothing is lost" is 0 json 'map(.rx_dropped + .tx_dropped) | add' stats show
check "adds up" adds_up
sed "s/^/# /" "$TMP/slowpath" # what it had to say
