#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three hundred ports flood and forward.
source "$(dirname "$0")/lib.sh"
N=${N:-300}

everybody() {
	local i args=()
	for ((i = 2; i <= N; i++)); do args+=("$i" "bcast h1"); done
	sees 1 "bcast h1" "${args[@]}"
}

body() {
	switch_up "$TEST_PATH" $N
	check "all are ports" is $N json length port show
	check "a flood reaches everybody" everybody
	check "unicast one" sees $N "h1 h44" 1 "h1 h44"
	check "unicast back" sees 1 "h44 h1" $N "h44 h1"
	check "adds up" adds_up
	check "the switch goes with all its ports" xsw switch del sw0
}

each_path 6 body
