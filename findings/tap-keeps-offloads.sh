#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: what a process negotiates on a tap (TUNSETOFFLOAD, TUNSETVNETHDRSZ) belongs to its file
# and ends with it: the next process that opens the persistent tap starts from the defaults.
# What happens: both belong to the device and survive. A reader that asked for nothing, not even for
# vnet headers, gets datagrams with unfinished checksums, because its predecessor could finish
# them; a reader with vnet headers finds 12 bytes where a new tap has 10. Set both after each open.
# Seen on Linux 6.18.44. Since when: not established.
# Source: drivers/net/tun.c: tun->set_features and tun->vnet_hdr_sz stand in struct tun_struct, and
# tun_set_iff() of an existing device takes over the flags of TUN_FEATURES and nothing else.
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
in_ns ip tuntap add t0 mode tap 2>/dev/null || skip "no tap"
in_ns ip addr add 192.0.2.1/24 dev t0
in_ns ip link set t0 up
in_ns ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev t0

in_ns timeout 30 python3 - <<'PY'
import fcntl, os, select, socket, struct, sys

TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
TUNGETVNETHDRSZ, TUNSETVNETHDRSZ = 0x800454D7, 0x400454D8
TAP, NO_PI, VNET_HDR, F_CSUM = 0x0002, 0x1000, 0x4000, 0x01

def attach(flags):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"t0", TAP | NO_PI | flags))
    return fd

def header_size(fd):
    return struct.unpack("<I", fcntl.ioctl(fd, TUNGETVNETHDRSZ, bytes(4)))[0]

def ones_sum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total

def datagram_is_whole(fd):
    """Send a UDP datagram through the tap; is the checksum that the reader gets right?"""
    for _ in range(50):
        udp.sendto(b"x" * 100, ("192.0.2.2", 2000))
        if not select.select([fd], [], [], 0.2)[0]:
            continue  # a tap just opened may have no queueing discipline yet, that is a drop
        frame = os.read(fd, 65536)
        if frame[12:14] == b"\x08\x00" and frame[23] == 17:
            segment = frame[34:]
            pseudo = frame[26:34] + struct.pack("!HH", 17, len(segment))
            return ones_sum(pseudo + segment) == 0xFFFF
    sys.exit("no datagram came")

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
seen = []

def tell(what, value):
    seen.append(value)
    print(f"{what}: {value}")

fd = attach(0)
tell("new tap, plain reader: UDP checksum is right", datagram_is_whole(fd))
os.close(fd)

fd = attach(VNET_HDR)
tell("new tap: size of the vnet header", header_size(fd))
fcntl.ioctl(fd, TUNSETVNETHDRSZ, struct.pack("<I", 12))
fcntl.ioctl(fd, TUNSETOFFLOAD, F_CSUM)
os.close(fd)
print("a process has set a header of 12 bytes and TUN_F_CSUM, and is gone")

fd = attach(VNET_HDR)
tell("next reader: size of the vnet header", header_size(fd))
os.close(fd)
fd = attach(0)
tell("next plain reader: UDP checksum is right", datagram_is_whole(fd))
fcntl.ioctl(fd, TUNSETOFFLOAD, 0)
tell("after TUNSETOFFLOAD 0: UDP checksum is right", datagram_is_whole(fd))
sys.exit(seen != [True, 10, 12, False, True])
PY
