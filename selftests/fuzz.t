#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What reads files, words and frames that others wrote withstands some thousand of libFuzzer's
# inputs, the same ones each time, and those that once showed an error. `make fuzz` goes on.
source "$(dirname "$0")/lib.sh"

BUILD=$(dirname "$XSW")
export BUILD
[ "$SLOW" = 1 ] || skip_all "takes long, and tells the same on every kernel"
why=$("$ROOT/selftests/fuzz/why-not")
[ -z "$why" ] || skip_all "$why"
[ -x "$BUILD/fuzz/steps" ] || skip_all "not built, make fuzzers"

targets=("$ROOT"/selftests/fuzz/*.c)
plan ${#targets[@]}
for target in "${targets[@]}"; do
	target=$(basename "$target" .c)
	check "$target" "$ROOT/selftests/fuzz/run" short "$target"
done
