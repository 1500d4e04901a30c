#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a tap that was told `ip link set DEV carrier off`, as one pulls the cable of a virtual
# machine, stays unplugged when the machine's process restarts and opens the tap again.
# What happens: each open (TUNSETIFF on the existing tap) plugs the cable in again, while a process
# that holds the tap already sees it unplugged. Closing the tap clears the carrier too, so the state
# before cannot be read back. An open with IFF_NO_CARRIER leaves the tap without carrier.
# Seen on Linux 6.18.44. Since when: not established; the headers of 6.1 have IFF_NO_CARRIER.
# Source: drivers/net/tun.c, tun_set_iff() ends with netif_carrier_on() or netif_carrier_off(), by
# that flag only.
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
in_ns ip tuntap add t0 mode tap 2>/dev/null || skip "no tap"
in_ns ip link set t0 up

in_ns timeout 30 python3 - <<'PY'
import fcntl, os, struct, subprocess, sys

TUNSETIFF, TAP, NO_PI, NO_CARRIER = 0x400454CA, 0x0002, 0x1000, 0x0040

def attach(flags=0):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"t0", TAP | NO_PI | flags))
    return fd

def unplug():
    subprocess.run(["ip", "link", "set", "t0", "carrier", "off"], check=True)

seen = []

def carrier(when):
    with open("/sys/class/net/t0/carrier") as f:
        seen.append(int(f.read()))
    print(f"carrier {seen[-1]}  {when}")

carrier("no process has the tap open")
fd = attach()
carrier("opened")
unplug()
carrier("after `carrier off`, still open")
os.close(fd)
carrier("closed")
unplug()
carrier("after `carrier off` while closed")
fd = attach()
carrier("opened again")
os.close(fd)
fd = attach(NO_CARRIER)
carrier("opened again with IFF_NO_CARRIER")
sys.exit(seen != [0, 1, 0, 0, 0, 1, 0])
PY
