#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: the column mcast of `ip -s link`, statistics/multicast, counts the multicast frames that an
# interface has received.
# What happens: a veth and a tap never count there, they leave it at 0; a Linux bridge above them
# counts each. A share of multicast among a port's frames, taken from the counters of the port,
# is always none.
# Seen on Linux 6.18.44. Since when: not established.
# Source: drivers/net/veth.c veth_get_stats64() and drivers/net/tun.c do not set it;
# net/bridge/br_input.c br_handle_frame_finish() adds to the bridge's.
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
in_ns ip link add br0 type bridge forward_delay 0 2>/dev/null || skip "no bridge"
for port in v1 t0; do
	in_ns ip link set "$port" master br0
done
for device in br0 v0 v1 t0; do
	in_ns ip link set "$device" up
done

in_ns timeout 30 python3 - <<'PY'
import fcntl, os, socket, struct, sys, time

PORTS = ("v1", "t0")
frame = bytes.fromhex("01005e00007b02000000000a88b5").ljust(60, b"\0")
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"t0", 0x1002))  # TUNSETIFF, TAP | NO_PI

def read(path):
    with open(path) as f:
        return f.read().strip()

def counters(device):
    return [int(read(f"/sys/class/net/{device}/statistics/{word}"))
            for word in ("rx_packets", "multicast")]

def wait_for(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)

wait_for(lambda: all(read(f"/sys/class/net/{port}/brport/state") == "3" for port in PORTS))
before = {device: counters(device) for device in (*PORTS, "br0")}
for _ in range(5):
    sender.send(frame)
    os.write(tap, frame)
wait_for(lambda: counters("br0")[0] >= before["br0"][0] + 10)
seen = []
for device, old in before.items():
    seen.append([new - o for new, o in zip(counters(device), old)])
    print(f"{device:4} rx_packets {seen[-1][0]:2}, multicast {seen[-1][1]:2}")
sys.exit(seen != [[5, 0], [5, 0], [10, 10]])
PY
