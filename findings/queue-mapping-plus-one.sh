#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: queue_mapping of a tc program is the number of the queue, as rx_queue_index of an XDP
# program is, at ingress the one the frame came by, at egress the one it leaves by.
# What happens: at ingress it is the number plus one (0 means not known), so on one device XDP and
# tc differ by one for the same frame. At egress the program runs before the queue is chosen and
# reads 0, whatever queue the frame leaves by: here queue 2, where the tap last heard the flow.
# Seen on Linux 6.18.44. Since when: not established.
# Source: include/linux/skbuff.h skb_record_rx_queue() adds 1; net/core/dev.c __dev_queue_xmit()
# calls sch_handle_egress() before netdev_core_pick_tx().
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

in_ns ip tuntap add t0 mode tap multi_queue 2>/dev/null || skip "no tap"
in_ns ip link set t0 up

in_ns timeout 30 python3 - <<'PY'
import ctypes as C, fcntl, os, select, socket, struct, sys, time

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

MAP_CREATE, MAP_LOOKUP, MAP_UPDATE, PROG_LOAD, LINK_CREATE = 0, 1, 2, 5, 28
ARRAY, SCHED_CLS, XDP, ATTACH_XDP, TCX_INGRESS, TCX_EGRESS = 2, 3, 6, 37, 46, 47
QUEUE_MAPPING, RX_QUEUE_INDEX = 12, 16  # in struct __sk_buff and struct xdp_md
TCX_NEXT, XDP_PASS = -1, 2
key = buffer(bytes(4))

def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)

def watch(kind, attach_type, offset, verdict):
    """Attach a program to t0 that notes a word of its context and that it ran, in an array."""
    array, _ = bpf(MAP_CREATE, struct.pack("<4I", ARRAY, 4, 8, 1))
    code = insn(0xBF, 6, 1)                                 # r6 = ctx
    code += insn(0x62, 10, 0, -4, 0)                        # key = 0
    code += insn(0xBF, 2, 10) + insn(0x07, 2, 0, 0, -4)     # r2 = &key
    code += insn(0x18, 1, 1, 0, array) + insn(0)            # r1 = map
    code += insn(0x85, imm=1)                               # lookup
    code += insn(0x15, 0, 0, 3, 0)                          # NULL: leave
    code += insn(0x61, 1, 6, offset) + insn(0x63, 0, 1, 0)
    code += insn(0x62, 0, 0, 4, 1)
    code += insn(0xB7, 0, 0, 0, verdict) + insn(0x95)
    attr = struct.pack("<IIQQ", kind, len(code) // 8, buffer(code), buffer(b"GPL"))
    program, _ = bpf(PROG_LOAD, attr)
    bpf(LINK_CREATE, struct.pack("<4I", program, socket.if_nametoindex("t0"), attach_type, 0))
    return array

def noted(array):
    """The word, which is forgotten then."""
    value = buffer(b"", 8)
    for _ in range(100):
        bpf(MAP_LOOKUP, struct.pack("<IIQQQ", array, 0, key, value, 0))
        word, ran = struct.unpack("<2I", C.string_at(value, 8))
        if ran:
            bpf(MAP_UPDATE, struct.pack("<IIQQQ", array, 0, key, buffer(bytes(8)), 0))
            return word
        time.sleep(0.05)
    sys.exit("no frame came")

def attach():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1102))  # TAP, NO_PI, MULTI_QUEUE
    return fd

queues = [attach() for _ in range(3)]
xdp = watch(XDP, ATTACH_XDP, RX_QUEUE_INDEX, XDP_PASS)
ingress = watch(SCHED_CLS, TCX_INGRESS, QUEUE_MAPPING, TCX_NEXT)
egress = watch(SCHED_CLS, TCX_EGRESS, QUEUE_MAPPING, TCX_NEXT)
frame = bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0")

same = True
for number, fd in enumerate(queues):
    os.write(fd, frame)
    seen = noted(xdp), noted(ingress)
    print(f"written to queue {number}: XDP rx_queue_index {seen[0]}, tc queue_mapping {seen[1]}")
    same &= seen == (number, number + 1)

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("t0", 0))
for _ in range(50):
    sender.send(frame)
    came = [queues.index(fd) for fd in select.select(queues, [], [], 0.2)[0]]
    if came:  # else the tap just opened has no queueing discipline yet
        break
mapping = noted(egress)
print(f"egress: tc queue_mapping {mapping}, the frame left by queue {came}")
sys.exit(not same or mapping != 0 or came != [2])
PY
