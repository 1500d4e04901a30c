#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The hook that `make hooks` gives to git takes messages as CONTRIBUTING asks for, and no others.
source "$(dirname "$0")/lib.sh"
HOOK=$ROOT/tools/hooks/commit-msg

# message STATUS LINE...
message() {
	printf '%s\n' "${@:2}" > "$TMP/message"
	exits "$1" "$HOOK" "$TMP/message"
}

[ "$SLOW" = 1 ] || skip_all "tells the same on every kernel"
plan 8
check "folder, subject, body" message 0 "bpf: learn only after admission" "" "A refused frame taught."
check "a folder in a folder" message 0 "tools/xsw: name the port" "" "It was not named."
check "git's own words" message 0 "fixup! bpf: learn only after admission"
check "git's comments are no part" message 0 "bpf: learn late" "" "Why." "# On branch main"
check "no folder" message 1 "Learn only after admission" "" "A refused frame taught."
check "too long" message 1 "bpf: $(printf 'x%.0s' {1..70})" "" "A refused frame taught."
check "a second line that is not empty" message 1 "bpf: learn late" "A refused frame taught." "Now not."
check "no body" message 1 "bpf: learn late" "" "Signed-off-by: A <a@example.com>"
exit $((TEST_FAILED > 0))
