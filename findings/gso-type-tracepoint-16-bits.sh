#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: gso_type in the tracepoints net:net_dev_start_xmit and net:netif_receive_skb_entry tells
# what kind of GSO packet passed, for UDP segmentation the bit SKB_GSO_UDP_L4 (0x20000).
# What happens: the tracepoint stores 16 bits of the 32: a UDP GSO packet of 5 segments shows
# gso_size=1000 gso_segs=5 gso_type=0x0, as if it were of no type. All bits from 16 on are lost
# (UDP_L4, FRAGLIST, TCP_ACCECN, TCP_FIXEDID).
# Seen on Linux 6.18.44. Since when: not established; UDP segmentation exists since 4.18.
# Source: include/trace/events/net.h, __field(u16, gso_type).
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
NS=finding-$$
trap 'ip netns del "$NS" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
ip netns add "$NS" || skip "no network namespaces"
echo "kernel $(uname -r)"

in_ns() { ip netns exec "$NS" "$@"; }
in_ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
in_ns ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 || skip "no veth"
in_ns ip link set v1 up
in_ns ip link set v0 up
in_ns ip addr add 192.0.2.1/24 dev v0
in_ns ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0

# a tracefs of its own mount namespace, and in it an instance, so other tracing goes on undisturbed
# shellcheck disable=SC2016
in_ns unshare -m bash -uc '
	mount -t tracefs none /mnt && [ -d /mnt/events/net/net_dev_start_xmit ] || exit 77
	own=/mnt/instances/$1
	mkdir "$own" || exit 77
	trap "echo 0 > $own/events/enable; rmdir $own" EXIT
	trap "exit 130" INT TERM
	echo "name == \"v0\"" > "$own/events/net/net_dev_start_xmit/filter" &&
	echo 1 > "$own/events/net/net_dev_start_xmit/enable" || exit 77
	grep "gso_type;" "$own/events/net/net_dev_start_xmit/format"
	timeout 20 python3 -c "
import socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.IPPROTO_UDP, 103, 1000) # UDP_SEGMENT
udp.sendto(bytes(5000), (\"192.0.2.2\", 2000))
" || exit 77
	line=
	for ((i = 0; i < 50; i++)); do
		line=$(grep -o "len=5042.*" "$own/trace") && break
		sleep 0.1
	done
	echo "$line"
	[[ $line == *"gso_size=1000 gso_segs=5 gso_type=0x0" ]]
' - "$NS"
case $? in 0) exit 0 ;; 77) skip "no tracefs or no UDP GSO" ;; *) exit 1 ;; esac
