#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fdb_full evict is fair: a port that floods made-up addresses evicts its own.
#   e1 --- p1 [ sw0 ] p2 --- e2      all trunks
#             [     ] p3 --- e3
source "$(dirname "$0")/lib.sh"

# sources PORT FIRST COUNT: frames of COUNT sources, numbered from FIRST, have entered a port
sources() {
	frame sources "e$1" "bcast h1" "$2" "$3"
	handled "$1"
}

# has PORT COUNT: addresses learned there
has() {
	is "$2" json "map(select(.ifname == \"p$1\" and .mac != \"$(mac 1)\")) | length" fdb show
}

# fill MAX: two ports have a quarter of the table each, then the third one has a flood
fill() {
	xsw switch set sw0 fdb_max "$1" && xsw fdb flush switch sw0
	sources 2 1000000 $(($1 / 4))
	sources 3 2000000 $(($1 / 4))
	sources 1 3000000 $(($1 * 4))
}

body() {
	switch_up "$TEST_PATH" 3 fdb_max 20 fdb_full evict
	fill 20
	check "a port with fewer than its share loses nothing" has 2 5
	check "... nor does the other" has 3 5
	check "... the one with the flood has the rest" is 20 json length fdb show
	sources 2 1100000 1
	check "a new address elsewhere takes the place of one of the flood" has 2 6
	sources 2 1100001 40
	check "a flood of another port stops at its share" eval 'has 3 5 && has 2 8'
	fill 4000
	check "so it is in a large table" has 2 1000
	check "... at all ports" has 3 1000
	check "... which is full" is 4000 json length fdb show
}

each_path 8 body
