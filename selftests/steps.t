#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each step of the data path by itself: prog/steps_cases.h is the table.
#   e1 --- p1 [     ] p2 --- e2      BPF_PROG_RUN of the switch's own programs
#             [ sw0 ] p3 --- e3      on one frame at a time
#             [     ] p4 --- e4
source "$(dirname "$0")/lib.sh"
switch_up xdp 4
ip -n "$NS" link set p1 mtu 2000 # where frames come in that are too long for others
in_ns "$PROGS/steps" sw0 || TEST_FAILED=1
