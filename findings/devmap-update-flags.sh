#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: DEVMAP and DEVMAP_HASH differ in which keys they take, and take the same updates: an empty
# place is filled with BPF_NOEXIST and cannot be changed with BPF_EXIST; a device 0 is refused.
# What happens with a DEVMAP:
#	lookup of an empty place		ENOENT, and yet
#	update of it with BPF_NOEXIST		EEXIST
#	update of it with BPF_EXIST		done
#	update with ifindex 0			done: it empties the place
#	delete of an empty place		done
# A DEVMAP_HASH says to an update with ifindex 0 EINVAL, to a delete of what is not there ENOENT,
# and takes BPF_NOEXIST as guessed; but BPF_EXIST creates the entry there, too. So neither says
# by BPF_EXIST whether a port was there, and who adds with BPF_NOEXIST cannot use a DEVMAP.
# Seen on Linux 6.18.44. Since when: not established.
# Source: kernel/bpf/devmap.c __dev_map_update_elem() and __dev_map_hash_update_elem().
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

in_ns ip link add v0 type veth peer name v1 || skip "no veth"

in_ns timeout 30 python3 - <<'PY'
import ctypes as C, errno, os, socket, struct, sys

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

CREATE, LOOKUP, UPDATE, DELETE = 0, 1, 2, 3
ANY, NOEXIST, EXIST = 0, 1, 2
device = socket.if_nametoindex("v0")

def said(command, fd, key, ifindex=0, flags=0):
    attr = struct.pack("<IIQQQ", fd, 0, buffer(struct.pack("<I", key)),
                       buffer(struct.pack("<I", ifindex)) if command != DELETE else 0, flags)
    try:
        bpf(command, attr)
        return "ok"
    except OSError as e:
        return errno.errorcode[e.errno]

STEPS = (
    ("lookup of an empty place", LOOKUP, 1, 0, 0, "ENOENT", "ENOENT"),
    ("update of it, BPF_NOEXIST", UPDATE, 1, device, NOEXIST, "EEXIST", "ok"),
    ("update of another, BPF_EXIST", UPDATE, 2, device, EXIST, "ok", "ok"),
    ("update of it to ifindex 0", UPDATE, 2, 0, ANY, "ok", "EINVAL"),
    ("lookup of it", LOOKUP, 2, 0, 0, "ENOENT", "ok"),
    ("delete of an empty place", DELETE, 3, 0, 0, "ok", "ENOENT"),
)
maps = [bpf(CREATE, struct.pack("<4I", kind, 4, 4, 8))[0] for kind in (14, 25)]
same = True
print(f"{'':30}DEVMAP    DEVMAP_HASH")
for what, command, key, ifindex, flags, *expected in STEPS:
    seen = [said(command, fd, key, ifindex, flags) for fd in maps]
    print(f"{what:30}{seen[0]:10}{seen[1]}")
    same &= seen == expected
sys.exit(not same)
PY
