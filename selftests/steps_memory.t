#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each step of the data path as xsw-slowpath has it: the cases of steps.t, on tables in a
# process's own memory. See prog/steps_memory.c.
source "$(dirname "$0")/lib.sh"
"$PROGS/steps_memory" || TEST_FAILED=1
