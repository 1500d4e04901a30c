#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The programs load, whichever clang has compiled them: the verifier needs bounds and masks
# that one version keeps and another, which can tell, leaves out. All versions here, of 14
# (Debian 12) or later; `tools/install-deps compilers` adds one.
source "$(dirname "$0")/lib.sh"
BPFTOOL=$("$ROOT/tools/bpftool-path")

versions() {
	compgen -c clang- | sed -nE 's/^clang-([0-9]+)$/\1/p' | sort -nu | awk '$1 >= 14'
}

compiled() {
	make -s -C "$ROOT" CLANG="clang-$1" BUILD="$TMP/$1" "$TMP/$1/xsw.bpf.o"
}

# loaded VERSION: and what the verifier said last, if it was not
loaded() {
	"$BPFTOOL" -d prog loadall "$TMP/$1/xsw.bpf.o" "$XSW_BPFFS" > "$TMP/log" 2>&1 &&
		rm -r "$XSW_BPFFS" && return
	grep -v '^libbpf' "$TMP/log" | tail -20
	return 1
}

[ "$SLOW" = 1 ] || skip_all "takes long"
read -ra found <<< "$(versions | tr '\n' ' ')"
[ ${#found[@]} -gt 0 ] || skip_all "no clang-14 or later by that name"
plan $((2 * ${#found[@]}))
for version in "${found[@]}"; do
	check "clang $version compiles the programs" compiled "$version"
	check "... and the kernel takes them" loaded "$version"
done
