#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a packet socket of type SOCK_DGRAM (what captures on `any` use) names as protocol that of
# the bytes it gives, and PACKET_AUXDATA tells the tag that was taken off.
# What happens to a frame with two tags:
#   received	protocol is IPv4 already, but the bytes begin with the inner tag (VID and ethertype);
#		auxdata tells the outer tag. SOCK_RAW says 0x8100 for the same frame.
#   sent	protocol is IPv4 and the bytes are IPv4; auxdata tells the outer tag, and the inner tag
#		is nowhere.
# So a reader has to try whether the bytes fit the protocol, and cannot know both tags of what its
# own host sends.
# Seen on Linux 6.18.44; the function came in 2024 and went to stable kernels too.
# Source: net/packet/af_packet.c vlan_get_protocol_dgram() and packet_rcv().
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
in_ns ip link set v0 up

in_ns timeout 30 python3 - <<'PY'
import select, socket, struct, sys

ETH_P_ALL, SOL_PACKET, PACKET_AUXDATA = 3, 263, 8
IP = bytes.fromhex("4500001c000100004011f6cec0000201c000020203e807d000080000")

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))

def view(device, kind, tags):
    """Protocol, first four bytes from the network header on, tag in auxdata."""
    reader = socket.socket(socket.AF_PACKET, kind, socket.htons(ETH_P_ALL))
    reader.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    reader.bind((device, ETH_P_ALL))
    frame = bytes.fromhex("02000000000b02000000000a")
    frame += b"".join(struct.pack("!HH", tag, 10 + at) for at, tag in enumerate(tags))
    sender.send((frame + b"\x08\x00" + IP).ljust(64, b"\0"))
    if not select.select([reader], [], [], 5)[0]:
        sys.exit("no frame came")
    data, auxdata, _, address = reader.recvmsg(256, 256)
    reader.close()
    tci, tpid = struct.unpack_from("<HH", auxdata[0][2], 16)
    skip = 14 if kind == socket.SOCK_RAW else 0
    return hex(address[1]), data[skip:skip + 4].hex(), f"{tpid:#x} {tci}"

CASES = (
    ("received", "v1", socket.SOCK_DGRAM, (0x8100,), ("0x800", "4500001c", "0x8100 10")),
    ("received", "v1", socket.SOCK_RAW, (0x88A8, 0x8100), ("0x8100", "000b0800", "0x88a8 10")),
    ("received", "v1", socket.SOCK_DGRAM, (0x88A8, 0x8100), ("0x800", "000b0800", "0x88a8 10")),
    ("sent", "v0", socket.SOCK_DGRAM, (0x88A8, 0x8100), ("0x800", "4500001c", "0x88a8 10")),
)
same = True
for way, device, kind, tags, expected in CASES:
    seen = view(device, kind, tags)
    print(f"{way:8} {' '.join(map(hex, tags)):13} {kind.name:10}: "
          f"protocol {seen[0]:6}, bytes {seen[1]}, auxdata {seen[2]}")
    same &= seen == expected
sys.exit(not same)
PY
