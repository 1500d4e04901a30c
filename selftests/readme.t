#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every command of README.md works as it is written.
#
#   The blocks marked `sh` run top to bottom, in one network namespace that has
#   the devices they name: tap0, veth0, uplink0. Each block is one test.
set -u
cd "$(dirname "$0")/.." || exit
PATH=$PATH:/usr/sbin:/sbin
XSW=${XSW:-$PWD/build/xsw}
NS=xsw-readme-$$

if [ -z "${XSW_README_NS:-}" ]; then # ip netns exec would hide bpffs
	ip netns add "$NS" || exit
	trap 'ip netns del "$NS"' EXIT
	XSW_README_NS=$NS XSW=$XSW nsenter --net="/run/netns/$NS" "$0"
	exit
fi
NS=$XSW_README_NS
export XSW_BPFFS=/sys/fs/bpf/$NS
tmp=$(mktemp -d) || exit

cleanup() {
	"$XSW" switch del sw0 2>/dev/null
	rm -rf "$tmp" "$XSW_BPFFS"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

mkdir "$tmp/bin" && ln -s "$XSW" "$tmp/bin/xsw"
ln -s "${PKTGEN:-${XSW%/*}/xsw-pktgen}" "$tmp/bin/xsw-pktgen"
ln -s "${XSW%/*}/xsw-slowpath" "$tmp/bin/xsw-slowpath"
ln -s "${XSW%/*}/xsw-punt" "$tmp/bin/xsw-punt"
PATH=$tmp/bin:$PATH
ip tuntap add tap0 mode tap && ip link set tap0 up
for dev in veth0 uplink0; do
	ip link add $dev type veth peer name peer-$dev
	ip link set $dev up
	ip link set peer-$dev up
done

# split the blocks into $tmp/1, $tmp/2, ...; the sentence before a block names it
awk -v dir="$tmp" '
	/^```sh$/ { n++; print name >(dir "/name" n); inside = 1; next }
	/^```$/ { inside = 0; next }
	inside { print >(dir "/" n) }
	!inside && NF { name = $0 }' README.md
blocks=$(find "$tmp" -name 'name*' | wc -l)
echo "1..$blocks"
for ((n = 1; n <= blocks; n++)); do
	if (cd "$tmp" && bash -e -o pipefail "./$n") >"$tmp/out" 2>&1 </dev/null; then
		echo "ok $n - $(cat "$tmp/name$n")"
	else
		echo "not ok $n - $(cat "$tmp/name$n")"
		sed 's/^/# /' "$tmp/$n" "$tmp/out"
	fi
done
