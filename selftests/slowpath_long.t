#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The longest frames that a veth takes pass ports that xsw-slowpath serves: each is many
# pieces, which must all be there, and be given back.
#   e1 --- p1 [ sw0 ] p2 --- e2      paths afxdp, afxdp
#             [     ] p3 --- e3      path skb
source "$(dirname "$0")/lib.sh"
plan 5

MTU=65535 OUTER_MTU=65535 switch_up afxdp,afxdp,skb 3
xsw fdb add "$(mac 2)" dev p2 static
check "of nine pieces" in_ns "$PROGS/slowpath_sizes" e1 e2 30715 30725
check "as long as can be" in_ns "$PROGS/slowpath_sizes" e1 e2 65530 65549
xsw fdb replace "$(mac 2)" dev p3 static
check "to a port of the kernel" in_ns "$PROGS/slowpath_sizes" e1 e3 65530 65549
check "adds up" adds_up
slowpath_down
check "it ends with nothing to say" is "" cat "$TMP/slowpath"
