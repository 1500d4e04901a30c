#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ageing timer starts where bpf_timer_init() finds no memory at hand (6.18).
exec "${PROGS:-$(dirname "$0")/../build/selftests}/timer_memory"
