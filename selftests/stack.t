#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The programs fit the stack of 6.1, which rounds what each call needs up to 32 bytes
# (kernel/bpf/verifier.c, check_max_stack_depth()). Newer kernels accept more and would
# not tell.
source "$(dirname "$0")/lib.sh"
STACK=512 # MAX_BPF_STACK

# longest PROGRAM: the chain of calls that needs most, from what libbpf says of calls and
# the verifier of the bytes of each function; its frames in the order they were added.
cat > "$TMP/longest" << 'EOF_AWK'
function chain(name,    i, best, n, way) {
	best = 0
	for (i = 1; i <= calls[name]; i++) {
		n = chain(callee[name, i])
		if (n > best) {
			best = n
			way = ways[callee[name, i]]
		}
	}
	n = int(((bytes[name] ? bytes[name] : 1) + 31) / 32) * 32
	ways[name] = name " " n (way ? ", " way : "")
	return n + best
}
BEGIN { FS = "'" }
/^libbpf: prog '.*': added .* from sub-prog/ && $2 == program { order[++functions] = $4 }
/^libbpf: prog '.*': insn .* relocated, .* points to subprog/ && !(($2, $4) in seen) {
	seen[$2, $4] = 1
	callee[$2, ++calls[$2]] = $4
}
/^libbpf: prog '.*': -- BEGIN/ { now = $2 }
/^stack depth/ && now == program {
	frames = split(substr($0, 13), depth, "+")
	bytes[program] = depth[1]
	for (i = 2; i <= frames; i++)
		bytes[order[i - 1]] = depth[i]
}
END {
	if (frames != functions + 1) {
		print "frames of " frames " functions, not " functions + 1
		exit 1
	}
	n = chain(program)
	print n " bytes: " ways[program]
	exit n > max
}
EOF_AWK

fits() {
	awk -v program="$1" -v max=$STACK -f "$TMP/longest" "$TMP/log"
}

[ "$SLOW" = 1 ] || skip_all "takes long, and tells the same on every kernel"
plan 5
check "load" eval '"$("$ROOT/tools/bpftool-path")" -d prog loadall "${XSW%/*}/xsw.bpf.o" \
	"$XSW_BPFFS" > "$TMP/log" 2>&1'
for program in xsw_tc xsw_xdp xsw_egress xsw_user; do
	check "$program" fits $program
done
