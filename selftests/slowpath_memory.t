#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The steps of the data path, compiled for a process, on tables in its own memory.
source "$(dirname "$0")/lib.sh"
"$PROGS/slowpath_memory" || TEST_FAILED=1
