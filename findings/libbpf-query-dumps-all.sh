#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: bpf_xdp_query_id(ifindex, ...) asks the kernel about that one device.
# What happens: it asks for all links of the network namespace and drops the others when it reads
# them; the index is not in the request. With 100 veth pairs one query reads 300 kB in 102 pieces,
# so a controller that asks device after device takes time quadratic in their number. A RTM_GETLINK of its own with the index, without NLM_F_DUMP, does not.
# Seen with libbpf 1.1.2 of Debian 12 on Linux 6.18.44.
# Source: libbpf's netlink.c, bpf_xdp_query(): NLM_F_DUMP | NLM_F_REQUEST, ifi_index 0, and
# get_xdp_info() compares the index.
set -u
PACKAGES=(libbpf1=1:1.1.2-0+deb12u1 strace=6.1-0.1 libunwind8=1.6.2-3)
LIBRARY=libbpf.so.1
DEVICES=100
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
command -v apt-get dpkg >/dev/null || skip "no apt"
NS=finding-$$
DIR=$(mktemp -d "${TMPDIR:-/tmp}/finding-XXXXXX") || skip "no temporary folder"
trap 'ip netns del "$NS" 2>/dev/null; rm -rf "$DIR"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$DIR"
(cd "$DIR" && apt-get -qq download "${PACKAGES[@]}" >/dev/null 2>&1) ||
	skip "packages not to be had: ${PACKAGES[*]}"
for file in "$DIR"/*.deb; do
	dpkg -x "$file" "$DIR" || skip "cannot unpack $file"
done
LIBDIR=$(dirname "$(find "$DIR" -name "$LIBRARY" -print -quit)")
ip netns add "$NS" || skip "no network namespaces"
in_ns() { ip netns exec "$NS" "$@"; }
echo "kernel $(uname -r), ${PACKAGES[0]}"

# query: ask libbpf for the XDP program of v1; strace's lines of what goes over the wire
query() {
	in_ns timeout 60 env LD_LIBRARY_PATH="$LIBDIR" "$DIR/usr/bin/strace" -qq \
		-e trace=sendto,recvmsg -o "$DIR/trace" python3 - <<'PY' || skip "strace or libbpf fails"
import ctypes, os, socket, sys
libbpf = ctypes.CDLL("libbpf.so.1")
program = ctypes.c_uint(1)
error = libbpf.bpf_xdp_query_id(socket.if_nametoindex("v1"), 0, ctypes.byref(program))
sys.exit(error != 0 or program.value != 0)
PY
	grep -c 'type=RTM_GETLINK.*NLM_F_DUMP.*ifi_index=0' "$DIR/trace"
	grep -v MSG_PEEK "$DIR/trace" | grep -c '^recvmsg'
	grep -v MSG_PEEK "$DIR/trace" | awk '/^recvmsg/ { bytes += $NF } END { print bytes }'
}

in_ns ip link add v1 type veth peer name w1 || skip "no veth"
mapfile -t few < <(query)
echo "1 veth pair: dumps asked for ${few[0]}, reads ${few[1]}, bytes ${few[2]}"
for ((i = 2; i <= DEVICES; i++)); do
	echo "link add v$i type veth peer name w$i"
done | in_ns ip -batch - || skip "cannot make $DEVICES veth pairs"
mapfile -t many < <(query)
echo "$DEVICES veth pairs: dumps asked for ${many[0]}, reads ${many[1]}, bytes ${many[2]}"
[ "${few[0]}" = 1 ] && [ "${many[0]}" = 1 ] && ((many[2] > 30 * few[2]))
exit
