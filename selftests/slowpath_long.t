#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The longest frames that a veth takes pass ports that xsw-slowpath serves: each is many
# pieces, which must all be there, and be given back.
#   e1 --- p1 [ sw0 ] p2 --- e2      paths afxdp, afxdp
#             [     ] p3 --- e3      path skb
source "$(dirname "$0")/lib.sh"
plan 7

MTU=65535 OUTER_MTU=65535 switch_up afxdp,afxdp,skb 3
xsw fdb add "$(mac 2)" dev p2 static
check "of nine pieces" in_ns "$PROGS/slowpath_sizes" e1 e2 30715 30725
check "as long as can be" in_ns "$PROGS/slowpath_sizes" e1 e2 65530 65549
xsw fdb replace "$(mac 2)" dev p3 static
check "to a port of the kernel" in_ns "$PROGS/slowpath_sizes" e1 e3 65530 65549
check "adds up" adds_up

# solicits MAC: h1 asks for a neighbour, with the MAC in an option of the second piece
solicits() {
	local zeros
	zeros=$(printf '%4076s' '' | tr ' ' 0)
	frame send e1 "$(hex 020000000002 020000000001 86dd 60000000 1020 3a ff \
		20010db8000000000000000000000001 ff020000000000000000000000000001 87000000 00000000 \
		20010db8000000000000000000000002 "0eff $zeros" "0eff $zeros" "0101 $1")"
}
xsw bind add p1 mac "$(mac 1)" ip 2001:db8::1
xsw port set p1 spoof_check mac
xsw stats reset
check "spoof_check looks at all pieces" eval 'solicits 020000000003
	wait_for 5 is 1 drops 1 spoof'
check "... and lets pass what is right" eval 'solicits 020000000001
	wait_for 5 is 1 counter 1 rx_unicast'
slowpath_down
check "it ends with nothing to say" is "" cat "$TMP/slowpath"
