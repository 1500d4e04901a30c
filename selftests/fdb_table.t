#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The table of the FDB while several threads insert, move, delete and look up, and buckets are split
# and merged: see prog/fdb_table.c. `make exhaustive` does a hundred million of these.
source "$(dirname "$0")/lib.sh"
[ "$SLOW" = 1 ] || skip_all "takes long, and tells the same on every kernel"
"$PROGS/fdb_table" 8000000 || TEST_FAILED=1
