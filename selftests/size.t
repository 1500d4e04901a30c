#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the programs cost: instructions that the verifier went through, and their length.
# size.txt says what they did when somebody last looked: more than a twentieth above that
# is to be meant, and then the file is changed with it (UPDATE=1 writes it).
source "$(dirname "$0")/lib.sh"
TABLE=$(dirname "$0")/size.txt
ALLOWED=105 # per cent
BPFTOOL=$("$ROOT/tools/bpftool-path")

# PROGRAM VERIFIED XLATED, a line each
sizes() {
	local prog verified
	awk -F "'" '/^libbpf: prog .* -- BEGIN/ { prog = $2 }
		/^processed [0-9]+ insns/ { split($0, word, " "); print prog, word[2] }' "$TMP/log" |
		grep -E '^xsw_(xdp|tc|egress) ' | sort |
		while read -r prog verified; do
			echo "$prog $verified $("$BPFTOOL" -j prog show pinned "$XSW_BPFFS/$prog" |
				jq .bytes_xlated)"
		done
}

# no_more VALUE LIMIT
no_more() {
	[ $(($1 * 100)) -le $(($2 * ALLOWED)) ] || { echo "$1, was $2"; false; }
}

[ "$SLOW" = 1 ] || skip_all "takes long"
"$BPFTOOL" -d prog loadall "${XSW%/*}/xsw.bpf.o" "$XSW_BPFFS" > "$TMP/log" 2>&1
sizes > "$TMP/sizes"
by="kernel $(uname -r | cut -d. -f1-2), clang $("${CLANG:-clang}" -dumpversion | cut -d. -f1)"
if [ -n "${UPDATE:-}" ]; then
	{ echo "# $by: program, instructions verified, bytes"; cat "$TMP/sizes"; } > "$TABLE"
fi
plan 7
check "three programs are measured" is 3 eval 'wc -l < "$TMP/sizes"'
while read -r prog verified xlated; do
	read -r _ was_verified was_xlated <<< "$(grep "^$prog " "$TABLE")"
	echo "# $prog: $verified instructions verified, $xlated bytes"
	if grep -q "^# $by:" "$TABLE"; then
		check "$prog: the verifier has no more to do" no_more "$verified" "$was_verified"
		check "$prog is no longer" no_more "$xlated" "$was_xlated"
	else
		skip "$prog: the verifier has no more to do" "no figures of $by"
		skip "$prog is no longer" "no figures of $by"
	fi
done < "$TMP/sizes"
exit $((TEST_FAILED > 0))
