#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The VLAN rules beside the model: every pair of port settings that the rules can tell apart,
# with a sample of all frames. `make exhaustive` takes all: see prog/exhaustive.c.
source "$(dirname "$0")/lib.sh"
[ "$SLOW" = 1 ] || skip_all "takes long, and tells the same on every kernel"
"$PROGS/exhaustive" 11 || TEST_FAILED=1
