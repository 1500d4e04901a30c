#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a folder or a pin in a BPF file system may have any name that a file may have, so the name of
# a VLAN device (eth0.10) does well as the name of its pins.
# What happens: a name with a dot anywhere in it is refused with EPERM, for root as well, by mkdir, by
# BPF_OBJ_PIN and for symbolic links. Merely looking one up is EPERM, not ENOENT, so a program that asks
# whether a pin is there hears of rights. "Operation not permitted" sends people after capabilities, mount
# options and lockdown. (The kernel keeps dots for its own files, as maps.debug, which are there at mount.)
# Seen on Linux 6.18.44.
# Source: kernel/bpf/inode.c bpf_lookup().
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
[ "$(uname -m)" = x86_64 ] || skip "the number of bpf(2) is that of x86-64"
command -v python3 >/dev/null || skip "no python3"
echo "kernel $(uname -r)"

# A mount namespace of its own: nothing of it is left behind.
unshare --mount --propagation private timeout 30 python3 - <<'PY'
import ctypes, errno, os, sys, tempfile

BPF_MAP_CREATE, BPF_OBJ_PIN, SYS_BPF = 0, 6, 321
libc = ctypes.CDLL(None, use_errno=True)
place = tempfile.mkdtemp()
if libc.mount(b"bpf", place.encode(), b"bpf", 0, None):
    print("skipped: no BPF file system")
    sys.exit(77)

def outcome(call):
    try:
        call()
        return "done"
    except OSError as error:
        return errno.errorcode[error.errno]

def bpf(command, attributes):
    answer = libc.syscall(SYS_BPF, command, attributes, len(attributes))
    if answer < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return answer

def words(*values):
    return ctypes.create_string_buffer(b"".join(value.to_bytes(size, "little") for value, size in values))

array = bpf(BPF_MAP_CREATE, words((2, 4), (4, 4), (4, 4), (1, 4), (0, 48)))

def pin(name):
    path = ctypes.create_string_buffer(f"{place}/{name}".encode())
    bpf(BPF_OBJ_PIN, words((ctypes.addressof(path), 8), (array, 4), (0, 4)))

seen = [
    ("mkdir eth0-10", outcome(lambda: os.mkdir(f"{place}/eth0-10"))),
    ("mkdir eth0.10", outcome(lambda: os.mkdir(f"{place}/eth0.10"))),
    ("pin map-10", outcome(lambda: pin("map-10"))),
    ("pin map.10", outcome(lambda: pin("map.10"))),
    ("symlink link.10", outcome(lambda: os.symlink("map-10", f"{place}/link.10"))),
    ("stat eth0.10", outcome(lambda: os.stat(f"{place}/eth0.10"))),
]
libc.umount(place.encode())
os.rmdir(place)
for what, result in seen:
    print(f"{what}: {result}")
sys.exit([result for _, result in seen] != ["done", "EPERM", "done", "EPERM", "EPERM", "EPERM"])
PY
