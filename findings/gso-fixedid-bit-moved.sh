#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: the bits of skb_shinfo(skb)->gso_type are those of netdev_features, so SKB_GSO_TCP_FIXEDID
# is bit 3, and a BPF program or a debugger's script may hold the number.
# What happens: the bit of that name is bit 30, SKB_GSO_TCP_FIXEDID_INNER is the new bit 31
# (negative in BTF, where the enumeration is signed), and bit 3, renamed to __SKB_GSO_TCP_FIXEDID,
# is only the place holder of the device feature: a TCP packet that GRO made of segments with
# one IP ID has bit 30 and not bit 3. A signed 32-bit copy of gso_type can be negative.
# Seen on Linux 6.18.44; proposed to netdev in September 2025.
# Source: include/linux/skbuff.h, the enumeration that begins with SKB_GSO_TCPV4.
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

[ -r /sys/kernel/btf/vmlinux ] || skip "no BTF of the kernel"
in_ns ip link add v0 address 02:00:00:00:00:0a type veth peer name v1 || skip "no veth"
in_ns ip link set v1 up
in_ns ip link set v0 up
# segments that arrive within 0.1 s are merged
in_ns sh -c 'echo 100000000 >/sys/class/net/v1/gro_flush_timeout' || skip "no gro_flush_timeout"

in_ns timeout 60 python3 - <<'PY'
import array as A, ctypes as C, fcntl, os, socket, struct, sys, time

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

# ---- what BTF says

with open("/sys/kernel/btf/vmlinux", "rb") as f:
    btf = f.read()
header, types, types_len, strings = struct.unpack_from("<IIII", btf, 4)
strings += header

def name(offset):
    start = strings + offset
    return btf[start:btf.index(b"\0", start)].decode()

STRUCT, ENUM = 4, 6
# bytes behind the common 12 of a kind: fixed and per member
SIZES = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0),
         15: (0, 12), 17: (4, 0), 19: (0, 12)}
bits, offsets = {}, {}
at = header + types
while at < header + types + types_len:
    title, info, _ = struct.unpack_from("<III", btf, at)
    at += 12
    kind, members = info >> 24 & 0x1F, info & 0xFFFF
    if kind == ENUM and not bits and members > 10:
        pairs = [struct.unpack_from("<Ii", btf, at + 8 * i) for i in range(members)]
        if name(pairs[0][0]) == "SKB_GSO_TCPV4":
            bits = {name(n): v for n, v in pairs}
    if kind == STRUCT and name(title) in ("sk_buff", "skb_shared_info"):
        for i in range(members):
            member, _, bit = struct.unpack_from("<III", btf, at + 12 * i)
            offsets[name(title), name(member)] = (bit & 0xFFFFFF) // 8
    fixed, each = SIZES.get(kind, (0, 0))
    at += fixed + each * members

for word in ("SKB_GSO_TCPV4", "__SKB_GSO_TCP_FIXEDID", "SKB_GSO_TCP_FIXEDID",
             "SKB_GSO_TCP_FIXEDID_INNER"):
    print(f"{word:26} {bits.get(word)}")
same = (bits.get("__SKB_GSO_TCP_FIXEDID"), bits.get("SKB_GSO_TCP_FIXEDID"),
        bits.get("SKB_GSO_TCP_FIXEDID_INNER")) == (1 << 3, 1 << 30, -(1 << 31))

# ---- what a packet says: a tc program notes gso_type of what GRO passes up

def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)

def read_kernel(size, offset):
    """r10 - 16 = *(r3 + offset), of that size."""
    code = insn(0xBF, 1, 10) + insn(0x07, 1, 0, 0, -16) + insn(0xB7, 2, 0, 0, size)
    return code + insn(0x07, 3, 0, 0, offset) + insn(0x85, imm=113)

notes, _ = bpf(0, struct.pack("<4I", 2, 4, 4, 1))
code = insn(0xBF, 6, 1)                                                         # r6 = skb
code += insn(0xBF, 3, 6) + read_kernel(8, offsets["sk_buff", "head"]) + insn(0x79, 7, 10, -16)
code += insn(0xBF, 3, 6) + read_kernel(4, offsets["sk_buff", "end"]) + insn(0x61, 8, 10, -16)
code += insn(0x0F, 7, 8) + insn(0xBF, 3, 7)                                     # head + end
code += read_kernel(4, offsets["skb_shared_info", "gso_type"]) + insn(0x61, 9, 10, -16)
code += insn(0x62, 10, 0, -4, 0) + insn(0xBF, 2, 10) + insn(0x07, 2, 0, 0, -4)  # r2 = &0
code += insn(0x18, 1, 1, 0, notes) + insn(0) + insn(0x85, imm=1)                # lookup
code += insn(0x15, 0, 0, 1, 0) + insn(0x63, 0, 9)                               # note
code += insn(0xB7, 0, 0, 0, -1) + insn(0x95)                                    # TCX_NEXT
program, _ = bpf(5, struct.pack("<IIQQ", 3, len(code) // 8, buffer(code), buffer(b"GPL")))
bpf(28, struct.pack("<4I", program, socket.if_nametoindex("v1"), 46, 0))

def ethtool(device, command, value):
    data = A.array("I", [command, value])
    request = struct.pack("16sQ16x", device, data.buffer_info()[0])
    with socket.socket() as control:
        fcntl.ioctl(control, 0x8946, request)

ethtool(b"v0", 0x1F, 0)  # TSO off: else a veth does not merge what comes from there
ethtool(b"v1", 0x2C, 1)  # GRO on

def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", total ^ 0xFFFF)

def segment(number):
    """100 bytes of a TCP stream; each has the IP ID 0 and may not be fragmented."""
    source, target = socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2")
    ip = struct.pack("!BBHHHBB", 0x45, 0, 140, 0, 0x4000, 64, 6)
    ip += checksum(ip + bytes(2) + source + target) + source + target
    tcp = struct.pack("!HHIIBBH", 1000, 2000, 1 + 100 * number, 1, 0x50, 0x10, 500)
    rest = bytes(2) + bytes(100)
    tcp += checksum(source + target + struct.pack("!HH", 6, 120) + tcp + bytes(2) + rest) + rest
    return bytes.fromhex("02000000000b02000000000a0800") + ip + tcp

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
gso_type, value = 0, buffer(b"", 4)
for _ in range(20):  # a busy machine may let the time between two segments pass
    sender.send(segment(0))
    sender.send(segment(1))
    time.sleep(0.3)
    bpf(1, struct.pack("<IIQQQ", notes, 0, buffer(bytes(4)), value, 0))
    gso_type, = struct.unpack("<I", C.string_at(value, 4))
    if gso_type:
        break
print(f"gso_type of two segments that GRO merged: {gso_type:#x}")
if not gso_type:
    print("skipped: GRO merged nothing")
    sys.exit(77 if same else 1)
sys.exit(not same or gso_type & (1 << 30 | 1 << 3 | 1) != (1 << 30 | 1))
PY
