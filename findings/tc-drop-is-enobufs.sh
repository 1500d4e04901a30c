#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a raw socket's send() says ENOBUFS when there is no room, and says nothing of what a tc
# program does with the frame.
# What happens: it is the other way about. A frame that a tc program drops at egress (TC_ACT_SHOT)
# is reported as ENOBUFS, "No buffer space available"; a frame lost for want of room, in the full
# queue of a tap, is reported as sent. TC_ACT_STOLEN at egress and a drop at the far end's
# ingress are reported as sent, too. A traffic generator that waits and tries again on ENOBUFS
# waits for ever.
# Seen on Linux 6.18.44. Since when: not established.
# Source: net/core/dev.c sch_handle_egress() returns NET_XMIT_DROP, which net_xmit_errno() in
# net/packet/af_packet.c packet_snd() turns into -ENOBUFS; drivers/net/tun.c tun_net_xmit() below a
# queueing discipline, whose result is lost.
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
in_ns ip link set t0 txqueuelen 20
for device in v1 v0 t0; do
	in_ns ip link set "$device" up
done

in_ns timeout 30 python3 - <<'PY'
import ctypes as C, errno, fcntl, os, select, socket, struct, sys, time

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

PROG_LOAD, LINK_CREATE, SCHED_CLS, TCX_INGRESS, TCX_EGRESS = 5, 28, 3, 46, 47
SHOT, STOLEN = 2, 4

def attach(device, hook, verdict):
    code = struct.pack("<BBhi", 0xB7, 0, 0, verdict) + struct.pack("<BBhi", 0x95, 0, 0, 0)
    program, _ = bpf(PROG_LOAD, struct.pack("<IIQQ", SCHED_CLS, 2, buffer(code), buffer(b"GPL")))
    index = socket.if_nametoindex(device)
    return bpf(LINK_CREATE, struct.pack("<4I", program, index, hook, 0))[0]

def send(device):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind((device, 0))
        try:
            sender.send(bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0"))
            return "ok"
        except OSError as e:
            return errno.errorcode[e.errno]

seen = []

def tell(what, result):
    seen.append(result)
    print(f"{what}: send() says {result}")

for what, device, hook, verdict in (("TC_ACT_SHOT at egress", "v0", TCX_EGRESS, SHOT),
                                    ("TC_ACT_STOLEN at egress", "v0", TCX_EGRESS, STOLEN),
                                    ("TC_ACT_SHOT at the far end", "v1", TCX_INGRESS, SHOT)):
    link = attach(device, hook, verdict)
    tell(what, send("v0"))
    os.close(link)

tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1002))  # TUNSETIFF, TAP | NO_PI

def dropped():
    with open("/sys/class/net/t0/statistics/tx_dropped") as f:
        return int(f.read())

for _ in range(100):  # until the first frame is queued; before, there may be no discipline yet
    send("t0")
    if select.select([tap], [], [], 0.05)[0]:
        break
for _ in range(40):  # more than the queue holds: nobody reads
    send("t0")
before = dropped()
tell("tap whose queue is full", send("t0"))
for _ in range(50):
    if dropped() > before:
        break
    time.sleep(0.05)
print(f"frames that the tap dropped for it: {dropped() - before}")
sys.exit(seen != ["ENOBUFS", "ok", "ok", "ok"] or before == 0 or dropped() != before + 1)
PY
