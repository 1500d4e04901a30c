#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: two tags count alike in what a packet socket may send: at MTU 1500, 1514 bytes without a
# tag, 1518 with one, be it of 802.1Q or of 802.1ad (0x88a8).
# What happens: the four bytes more are for frames whose ethertype is 0x8100 only. With 0x88a8 the
# limit stays 1514, so a full-size frame with a service tag is EMSGSIZE, alone or before a 0x8100,
# and two tags of 0x8100 are no better off than one. A generator of QinQ traffic needs an MTU 4 to 8
# higher on the device it sends from.
# Seen on Linux 6.18.44. Since when: not established.
# Source: net/packet/af_packet.c packet_snd() and packet_extra_vlan_len_allowed().
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
NS=finding-$$
trap 'ip netns del "$NS" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
ip netns add "$NS" || skip "no network namespaces"
in_ns() { ip netns exec "$NS" "$@"; }
in_ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
echo "kernel $(uname -r)"

in_ns ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 || skip "no veth"
in_ns ip link set v1 up
in_ns ip link set v0 up mtu 1500

in_ns timeout 30 python3 - <<'PY'
import errno, socket, struct, sys

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))

def longest(tags):
    header = bytes.fromhex("02000000000b02000000000a")
    header += b"".join(struct.pack("!HH", tag, 10) for tag in tags) + b"\x88\xb5"
    for size in range(1530, 1500, -1):
        try:
            return sender.send(header.ljust(size, b"\0"))
        except OSError as e:
            if e.errno != errno.EMSGSIZE:
                raise

seen = []
for tags in ((), (0x8100,), (0x88A8,), (0x8100, 0x8100), (0x88A8, 0x8100)):
    seen.append(longest(tags))
    print(f"longest frame with tags {' '.join(map(hex, tags)) or 'none':14} {seen[-1]} bytes")
sys.exit(seen != [1514, 1518, 1514, 1518, 1514])
PY
