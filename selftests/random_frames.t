#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Thousands of random frames over random settings, byte by byte as the model says.
#   e1 --- p1 [     ] ...      six ports; SEED, FRAMES and PATHS in the environment repeat a run
#             [ sw0 ] p6 --- e6
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/random_lib.sh"
SEED=${SEED:-$RANDOM}
FRAMES=${FRAMES:-3000}
PATHS=${PATHS:-xdp skb mixed afxdp}

# shellcheck disable=SC2086 # words
set -- $PATHS
plan $(($# * 2 + $([[ $PATHS != *afxdp* ]]; echo $?)))
for path in "$@"; do
	random_run "$path"
done
