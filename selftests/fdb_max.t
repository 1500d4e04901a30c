#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fdb_max binds exactly; a full table rejects or evicts.
#   e1 --- p1 [ sw0 ] p2 --- e2      all trunks
source "$(dirname "$0")/lib.sh"

# frames of COUNT sources, numbered from FIRST, have entered p1
sources() {
	frame sources e1 "bcast h1" "$1" "$2"
	handled 1
}

# fdb_max goes up and down while made-up addresses pour in; what is known is never more
resize() {
	local max n
	background "" "$PROGS/frame" sources e1 "bcast h1" 400000 60000
	for max in 10 3000 3 9000 20 200000 12; do
		xsw switch set sw0 fdb_max "$max" || return
		n=$(xsw -j switch show sw0 | jq '.[0].fdb_entries')
		# a reader can see an entry that goes and, later on its way, the one that comes
		[ "$n" -le $((max + 5)) ] || { echo "$n entries, fdb_max $max"; return 1; }
	done
	wait "$BACKGROUND"
	sources 500000 100
}

# what the switch counts is what there is: a full table fills up to the last place again
refill() {
	xsw switch set sw0 fdb_max 500 fdb_full reject
	xsw fdb flush switch sw0
	sources 600000 1000
	is 501 fdb_count
}

body() {
	switch_up "$TEST_PATH" 3 fdb_max 20
	frame send e2 "bcast h2"
	sources 100000 500
	check "never more learned entries than fdb_max" is 20 fdb_count
	check "reject: what is known stays known" fdb_has h2 dev p2 vlan 0
	check "... and is used" sees 1 "h2 h1" 2 "h2 h1"
	check "unknown ones are flooded" sees 1 "h9 h1" 2 "h9 h1" 3 "h9 h1"
	check "static entries do not count" xsw fdb add "$(mac 8)" dev p3 static
	check "... 21 in all" is 21 fdb_count
	xsw switch set sw0 fdb_full evict
	check "evict: a new address is learned at once" \
		sees 3 "bcast h33" 1 "bcast h33" 2 "bcast h33"
	check "... on its port" fdb_has h33 dev p3 vlan 0
	sources 200000 500
	check "... never more than fdb_max" is 21 fdb_count
	check "... static entries are not evicted" fdb_has h8 dev p3 vlan 0 static
	xsw fdb flush switch sw0
	check "flush makes room" is 1 fdb_count
	sources 300000 500
	check "... for fdb_max again" is 21 fdb_count
	check "fdb_max changes under traffic" resize
	check "... and what is left is as many" is 13 fdb_count
	check "... and counted right" refill
}

each_path 15 body
