#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: frames that an XDP program drops are seen in the interface's counters in one way, be it
# rx_dropped, or rx_packets without rx_dropped.
# What happens: five frames that XDP_DROP ends count as
#	veth, native or generic mode			rx_packets 5, rx_dropped 0
#	tap, native mode, non-blocking write()		rx_packets 0, rx_dropped 5
#	tap, native mode, blocking write()		rx_packets 0, rx_dropped 0
#	tap, generic mode				rx_packets 5, rx_dropped 0
# so neither counter, nor their sum, tells how much a program drops, and on a tap it depends on
# how the other process opened its file. A program has to count for itself.
# Seen on Linux 6.18.44. Since when: not established.
# Source: drivers/net/tun.c tun_get_user() (a blocking writer's frame is run by do_xdp_generic()
# before any counter) and tun_build_skb(); drivers/net/veth.c, where the peer's transmission counts.
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
in_ns ip tuntap add t0 mode tap 2>/dev/null || skip "no tap"
for device in v0 v1 t0; do
	in_ns ip link set "$device" up
done

in_ns timeout 60 python3 - <<'PY'
import ctypes as C, fcntl, os, socket, struct, sys, time

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
libc = C.CDLL(None, use_errno=True)
kept = []  # buffers whose addresses the kernel is told

def buffer(data, size=None):
    kept.append(C.create_string_buffer(data, size or len(data) + 1))
    return C.addressof(kept[-1])

def bpf(command, attr):
    raw = C.create_string_buffer(attr, 144)
    result = libc.syscall(SYS_BPF, command, raw, 144)
    if result < 0:
        raise OSError(C.get_errno(), os.strerror(C.get_errno()))
    return result, raw.raw

PROG_LOAD, LINK_CREATE, XDP, XDP_DROP, GENERIC = 5, 28, 6, 1, 2
code = struct.pack("<BBhi", 0xB7, 0, 0, XDP_DROP) + struct.pack("<BBhi", 0x95, 0, 0, 0)
program, _ = bpf(PROG_LOAD, struct.pack("<IIQQ", XDP, 2, buffer(code), buffer(b"GPL")))
frame = bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0")

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1002))  # TUNSETIFF, TAP | NO_PI

def counters(device):
    def read(word):
        with open(f"/sys/class/net/{device}/statistics/{word}") as f:
            return int(f.read())
    return read("rx_packets"), read("rx_dropped")

def drop_five(what, device, flags, send):
    attr = struct.pack("<4I", program, socket.if_nametoindex(device), 37, flags)
    link, _ = bpf(LINK_CREATE, attr)
    before = counters(device)
    for _ in range(5):
        send(frame)
    for _ in range(10):  # what is to be counted may come late, from a softirq
        time.sleep(0.05)
        packets, dropped = (b - a for a, b in zip(before, counters(device)))
        if packets + dropped >= 5:
            break
    os.close(link)
    print(f"{what:34} rx_packets {packets}, rx_dropped {dropped}")
    return packets, dropped

def write(data):
    os.write(tap, data)

seen = [drop_five("veth, native", "v1", 0, sender.send),
        drop_five("veth, generic", "v1", GENERIC, sender.send)]
os.set_blocking(tap, False)
seen += [drop_five("tap, native, non-blocking write()", "t0", 0, write)]
os.set_blocking(tap, True)
seen += [drop_five("tap, native, blocking write()", "t0", 0, write),
         drop_five("tap, generic", "t0", GENERIC, write)]
sys.exit(seen != [(5, 0), (5, 0), (0, 5), (0, 0), (5, 0)])
PY
