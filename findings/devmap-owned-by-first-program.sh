#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a devmap that holds no programs (values of 4 bytes) is a table of devices; an XDP and a tc
# program of one object may both name it, be it DEVMAP or DEVMAP_HASH.
# What happens: the type of the first program that names a DEVMAP or a CPUMAP becomes the map's
# owner, whichever it is. Loading one of the other type fails with EINVAL, and the verifier's log
# holds no complaint but its closing statistics. DEVMAP_HASH and XSKMAP have no owner: both load.
# So a switch that only reads the map in tc needs DEVMAP_HASH or a second map.
# Seen on Linux 6.18.44. Since when: not established.
# Source: include/linux/bpf.h map_type_contains_progs(); kernel/bpf/core.c bpf_check_tail_call() and
# __bpf_prog_map_compatible(), after the verifier has passed the program.
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
echo "kernel $(uname -r)"

timeout 60 python3 - <<'PY'
import ctypes as C, errno, os, struct, sys

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

MAPS = {"DEVMAP": 14, "DEVMAP_HASH": 25, "CPUMAP": 16, "XSKMAP": 17}
PROGRAMS = {"xdp": 6, "tc": 3}
EXPECTED = {"DEVMAP": errno.EINVAL, "DEVMAP_HASH": 0, "CPUMAP": errno.EINVAL, "XSKMAP": 0}

def create(kind):
    return bpf(0, struct.pack("<5I", kind, 4, 4, 4, 0))[0]

def load(kind, fd):
    """A program that puts the map's address on its stack and returns 0: errno and the log."""
    code = struct.pack("<BBhi", 0x18, 0x11, 0, fd) + bytes(8)  # r1 = map
    code += struct.pack("<BBhi", 0x7B, 0x1A, -8, 0)            # *(u64 *)(r10 - 8) = r1
    code += struct.pack("<BBhi", 0xB7, 0, 0, 0)                # r0 = 0
    code += struct.pack("<BBhi", 0x95, 0, 0, 0)                # exit
    log = buffer(b"", 1 << 16)
    attr = struct.pack("<IIQQIIQ", kind, len(code) // 8, buffer(code), buffer(b"GPL"),
                       1, 1 << 16, log)
    try:
        return os.close(bpf(5, attr)[0]) or 0, C.string_at(log).decode()
    except OSError as e:
        return e.errno, C.string_at(log).decode()

same = True
for word, kind in MAPS.items():
    for order in (("xdp", "tc"), ("tc", "xdp"), ("tc", "tc")):
        fd = create(kind)
        first, _ = load(PROGRAMS[order[0]], fd)
        second, log = load(PROGRAMS[order[1]], fd)
        os.close(fd)
        expected = EXPECTED[word] if order[0] != order[1] else 0
        told = [line for line in log.splitlines() if not line.startswith("processed")]
        print(f"{word:12} {order[0]:4}{errno.errorcode.get(first, 'ok'):8}"
              f"then {order[1]:4}{errno.errorcode.get(second, 'ok'):8}lines of log: {len(told)}")
        same &= first == 0 and second == expected and not told
sys.exit(not same)
PY
