#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whoever meets at an entry of the FDB, the numbers of learned entries are right after: no place
# of fdb_max or of a port's mac_limit is lost. See prog/fdb_race.c.
#   p1 [ sw0 ] p2      addresses move between p2 and p3, new ones come at p1
#      [     ] p3
source "$(dirname "$0")/lib.sh"
switch_up skb 3 fdb_full evict
RACE_REQUESTS=$((SLOW > 1 ? 2000 : 100000)) in_ns "$PROGS/fdb_race" sw0 || TEST_FAILED=1
