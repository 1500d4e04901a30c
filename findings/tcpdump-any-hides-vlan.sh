#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: `tcpdump -i any` shows the tag of a VLAN-tagged frame as `tcpdump -i DEV` does, if `any`
# can show tags at all; and where the filter `vlan` is refused, tags are not shown either.
# What happens: with the second cooked header (LINUX_SLL2, since 4.99 the default for `any`) the tag
# that the kernel took off is not put back: a frame of VLAN 10 is shown as an untagged one. With the
# first one, `-y LINUX_SLL`, it is shown. The filter `vlan` is refused with both.
# Seen with tcpdump 4.99.3 and libpcap 1.10.3 of Debian 12 on Linux 6.18.44. LINUX_SLL2 came with
# libpcap 1.10 and tcpdump 4.99.
# Source: libpcap's pcap-linux.c, vlan_offset is known for DLT_LINUX_SLL and not for
# DLT_LINUX_SLL2; reported as issue 1105 of libpcap, open when this was written.
set -u
PACKAGES=(tcpdump=4.99.3-1 libpcap0.8=1.10.3-1)
LIBRARY=libpcap.so.0.8
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
TCPDUMP=(timeout 20 ip netns exec "$NS" env "LD_LIBRARY_PATH=$LIBDIR" "$DIR/usr/bin/tcpdump")
"${TCPDUMP[@]}" --version >"$DIR/version" 2>&1 || skip "tcpdump does not run"
echo "kernel $(uname -r)"
cat "$DIR/version"

in_ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
in_ns ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 || skip "no veth"
in_ns ip link set v1 up
in_ns ip link set v0 up

# send: a UDP datagram in VLAN 10, from v0 to v1
send() {
	in_ns python3 - <<'PY'
import socket
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
frame = bytes.fromhex("02000000000b02000000000a8100000a0800")
frame += bytes.fromhex("4500001c000100004011f6cec0000201c000020203e807d000080000")
sender.send(frame.ljust(64, b"\0"))
PY
}

# capture WORD...: send the datagram, print what `tcpdump WORD...` shows of it, or why it ended
capture() {
	local i pid

	rm -f "$DIR/err"
	"${TCPDUMP[@]}" --immediate-mode -Z root -lnne -Q in "$@" >"$DIR/out" 2>"$DIR/err" &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		grep -qsE "^listening on|no VLAN support" "$DIR/err" && break
		sleep 0.1
	done
	send
	for ((i = 0; i < 20; i++)); do
		grep -q . "$DIR/out" && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill "$pid" 2>/dev/null
	wait "$pid"
	cut -d ' ' -f 2- "$DIR/out" | grep . || grep "no VLAN support" "$DIR/err"
}

same=0
# expect PATTERN WORD...: what `tcpdump WORD...` shows matches PATTERN
expect() {
	local pattern=$1 shown

	shift
	shown=$(capture "$@")
	printf 'tcpdump %s:\n\t%s\n' "$*" "$shown"
	# shellcheck disable=SC2053
	[[ $shown == $pattern ]] || same=1
}

expect "*vlan 10,*192.0.2.1.1000*" -i v1
expect "*vlan 10,*192.0.2.1.1000*" -i v1 vlan
expect "*02:00:00:00:00:0a ethertype IPv4 (0x0800)*192.0.2.1.1000*" -i any
expect "*no VLAN support for Linux cooked v2" -i any vlan
expect "*vlan 10,*192.0.2.1.1000*" -i any -y LINUX_SLL
expect "*no VLAN support for Linux cooked v1" -i any -y LINUX_SLL vlan
exit $same
