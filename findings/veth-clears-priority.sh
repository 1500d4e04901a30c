#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a veth pair within one network namespace is a wire, and what the sender wrote beside the
# frame (SO_PRIORITY, SO_MARK) either crosses it or does not.
# What happens: the mark crosses, the priority is always 0 at the far end, also within one
# namespace. A class that was chosen by priority before a veth has to be chosen again behind it.
# Seen on Linux 6.18.44. Since when: not established.
# Source: include/linux/netdevice.h ____dev_forward_skb(): skb_scrub_packet() with xnet false keeps
# the mark, and the next line sets skb->priority to 0.
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
import ctypes as C, os, socket, struct, sys, time

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

MAP_CREATE, MAP_LOOKUP, PROG_LOAD, LINK_CREATE = 0, 1, 5, 28
ARRAY, SCHED_CLS, TCX_INGRESS, TCX_EGRESS = 2, 3, 46, 47
MARK, PRIORITY = 8, 32  # offsets in struct __sk_buff

def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)

def watch(device, attach_type):
    """Attach a tc program that notes priority, mark and the number of frames in an array."""
    array, _ = bpf(MAP_CREATE, struct.pack("<4I", ARRAY, 4, 12, 1))
    code = insn(0xBF, 6, 1)                                        # r6 = ctx
    code += insn(0x62, 10, 0, -4, 0)                               # key = 0
    code += insn(0xBF, 2, 10) + insn(0x07, 2, 0, 0, -4)            # r2 = &key
    code += insn(0x18, 1, 1, 0, array) + insn(0)                   # r1 = map
    code += insn(0x85, imm=1)                                      # lookup
    code += insn(0x15, 0, 0, 7, 0)                                 # NULL: leave
    code += insn(0x61, 1, 6, PRIORITY) + insn(0x63, 0, 1, 0)
    code += insn(0x61, 1, 6, MARK) + insn(0x63, 0, 1, 4)
    code += insn(0x61, 1, 0, 8) + insn(0x07, 1, 0, 0, 1) + insn(0x63, 0, 1, 8)
    code += insn(0xB7, 0, 0, 0, -1) + insn(0x95)                   # TCX_NEXT
    attr = struct.pack("<IIQQ", SCHED_CLS, len(code) // 8, buffer(code), buffer(b"GPL"))
    program, _ = bpf(PROG_LOAD, attr)
    bpf(LINK_CREATE, struct.pack("<4I", program, socket.if_nametoindex(device), attach_type, 0))
    return array

def noted(array):
    value = buffer(b"", 12)
    for _ in range(100):
        bpf(MAP_LOOKUP, struct.pack("<IIQQQ", array, 0, buffer(bytes(4)), value, 0))
        priority, mark, frames = struct.unpack("<3I", C.string_at(value, 12))
        if frames:
            return priority, mark
        time.sleep(0.05)
    sys.exit("no frame came")

leaving, arriving = watch("v0", TCX_EGRESS), watch("v1", TCX_INGRESS)
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
sender.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 6)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 9)
sender.send(bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0"))
print("priority and mark, egress of the near end: ", noted(leaving))
print("priority and mark, ingress of the far end: ", noted(arriving))
sys.exit((noted(leaving), noted(arriving)) != ((6, 9), (0, 9)))
PY
