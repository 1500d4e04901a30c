#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages in a system that is thrown away, see `make debcheck`: lintian, install,
# use, upgrade and downgrade under traffic, remove, purge. There are packages of the versions 0.1 and
# 0.2. No systemd runs: boot/boot.t has one.
#
#   n1: e1 --- p1 [ sw0 ] p2 --- e2 :n2
DEBS=$(cd "$(dirname "$0")/.." && pwd)/build/deb
[ -n "${XSW_THROWAWAY:-}" ] || {
	echo "1..0 # SKIP would install packages here: make debcheck"
	exit 0
}
if [ "${1:-}" != inside ]; then
	exec unshare --net "$0" inside
fi
# shellcheck source-path=SCRIPTDIR/../selftests
source "$(dirname "$0")/../selftests/lib.sh"
unset XSW_BPFFS
XSW=/usr/sbin/xsw

xsw() {
	"$XSW" "$@"
}

# packages VERSION: their files
packages() {
	local name

	for name in xsw libxsw-dev xsw-bench; do
		ls "$DEBS/${name}_${1}_"*.deb
	done
}

install_version() {
	# shellcheck disable=SC2046 # file names
	dpkg -i $(packages "$1") && is "xsw $1" xsw -V
}

files() {
	find /etc /usr /var/lib -xdev \( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/systemd \) -prune \
		-o -print | sort
}

hosts() {
	local i

	ip link set lo up
	for i in 1 2; do
		ip netns add $NS-$i && ip link add p$i type veth peer name e$i netns $NS-$i && ip link set p$i up &&
			ip -n $NS-$i address add 192.0.2.$i/24 dev e$i && ip -n $NS-$i link set e$i up || return
	done
}

# under_traffic COMMAND...: it does what it shall, and each ping meanwhile has its answer
under_traffic() {
	local status=0 ping

	nsenter --net=/run/netns/$NS-1 ping -n -i 0.002 192.0.2.2 > "$TMP/ping" &
	ping=$!
	wait_for 10 grep icmp_seq=10 "$TMP/ping"
	"$@" || status=$?
	cp "$TMP/ping" "$TMP/until"
	wait_for 10 eval '[ "$(wc -l < "$TMP/ping")" -ge $(($(wc -l < "$TMP/until") + 10)) ]' || status=1
	kill -INT $ping
	wait $ping
	sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' "$TMP/ping" | sort -n |
		awk '$1 != NR { print "no answer to ping " NR; exit 1 }' && return $status
}

program_of() {
	ip -d link show "$1" | grep -o 'prog/xdp.* id [0-9]*' | grep -o '[0-9]*$'
}

trap 'for i in 1 2; do ip netns del $NS-$i; done 2> /dev/null; rm -rf "$TMP"' EXIT
plan 18
check "lintian finds no error" eval '! lintian --fail-on error "$DEBS"/xsw_0.2_*.changes | grep "^E:"'
before=$(files)
check "the packages can be installed" install_version 0.1
check "hosts" hosts
echo "switches: [{name: sw0, ports: [{dev: p1, tag: 10, path: xdp}, {dev: p2, tag: 10, path: xdp}]}]" > /etc/xsw/sw0.yaml
check "switches" eval 'xsw config apply /etc/xsw/sw0.yaml && xsw -n $NS-1 switch add other'
echo "# mine" >> /etc/libvirt/hooks/qemu.d/xsw
program=$(program_of p1)
check "upgrade under traffic" under_traffic install_version 0.2
check "... the switch runs new programs" not is "$program" program_of p1
check "... a switch of another namespace, too" eval 'xsw --all-netns switch show other'
check "... conffiles are kept" grep -q mine /etc/libvirt/hooks/qemu.d/xsw
check "downgrade under traffic" under_traffic install_version 0.1
check "the same version again under traffic" under_traffic install_version 0.1
check "xsw-bench finds its programs" eval 'xsw-bench list | grep -E "pps-60 |xsw-xdp |pvp " | not grep "not here"'
check "the example builds" eval 'cc -o "$TMP/answer" /usr/share/doc/libxsw-dev/examples/arp-answer.c $(pkg-config --cflags --libs --static xsw-punt)'
check "man pages are there" eval 'ls /usr/share/man/man8/xsw.service.8.gz /usr/share/man/man5/xsw.yaml.5.gz'
check "remove" dpkg -r xsw-bench xsw libxsw-dev
check "... takes the switches along" not ls /sys/fs/bpf/xsw/sw0
check "... and leaves what was configured" ls /etc/xsw/sw0.yaml /etc/libvirt/hooks/qemu.d/xsw
check "purge" dpkg -P xsw
check "... leaves nothing" eval 'diff <(echo "$before") <(files) && not ls /sys/fs/bpf/xsw'
