#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: alternative names (ip link property add ... altname) are for netlink alone. Programs of the
# age of ioctl know a device by its one name, and TUNSETIFF with another makes another tap.
# What happens: TUNSETIFF with the alternative name of a tap attaches to that tap and answers with
# the tap's own name. SIOCGIFINDEX (if_nametoindex) and SO_BINDTODEVICE take it too, as far as it
# fits 15 bytes; sysfs and /proc/sys know nothing of it. So a VM that is told to use a tap "by name"
# can be plugged into a tap that no list of /sys/class/net shows under that name, and a program that
# goes on with the name that it asked for looks in the wrong place of sysfs.
# Seen on Linux 6.18.44.
# Source: net/core/dev.c __dev_get_by_name() (which looks alternative names up as well);
# drivers/net/tun.c tun_set_iff().
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
[ -c /dev/net/tun ] || skip "no tun"
NS=finding-$$
trap 'ip netns del "$NS" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
ip netns add "$NS" || skip "no network namespaces"
in_ns() { ip netns exec "$NS" "$@"; }
echo "kernel $(uname -r)"

in_ns ip tuntap add tap0 mode tap || skip "no tap"
in_ns ip link property add dev tap0 altname vm-web || skip "no alternative names"

in_ns timeout 30 python3 - <<'PY'
import fcntl, os, socket, struct, sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
NAME = b"vm-web"

def text(raw):
    return raw.split(b"\0")[0].decode()

tap = os.open("/dev/net/tun", os.O_RDWR)
answer = fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", NAME, IFF_TAP | IFF_NO_PI))
bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, NAME)
seen = {
    "TUNSETIFF opened": text(answer[:16]),
    "SO_BINDTODEVICE bound to": text(bound.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)),
    "if_nametoindex agrees": socket.if_nametoindex("vm-web") == socket.if_nametoindex("tap0"),
    "/proc/sys/net has it": os.path.exists("/proc/sys/net/ipv4/conf/vm-web"),
    "devices besides lo": [name for _, name in socket.if_nameindex() if name != "lo"],
}
for what, value in seen.items():
    print(f"{what}: {value}")
sys.exit(list(seen.values()) != ["tap0", "tap0", True, False, ["tap0"]])
PY
