#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: BPF_PROG_TEST_RUN with `repeat` runs an XDP program so many times on the given frame.
# What happens: each run gets the frame as the run before has left it. A program that pushes four
# bytes gives a frame 4 times `repeat` longer, until the headroom is used up and every further run
# fails, while the average time says nothing of it. Who measures or tests a program that changes
# its frame (push, pop, rewrite) has to undo the change or to use repeat 1.
# Seen on Linux 6.18.44. Since when: not established.
# Source: net/bpf/test_run.c bpf_test_run(): one xdp_buff for all runs, without
# BPF_F_TEST_XDP_LIVE_FRAMES.
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
echo "kernel $(uname -r)"

timeout 60 python3 - <<'PY'
import ctypes as C, os, struct, sys

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

PROG_LOAD, TEST_RUN, XDP, ADJUST_HEAD = 5, 10, 6, 44
code = struct.pack("<BBhi", 0xB7, 2, 0, -4)            # r2 = -4: four bytes more at the head
code += struct.pack("<BBhi", 0x85, 0, 0, ADJUST_HEAD)
code += struct.pack("<BBhi", 0x95, 0, 0, 0)            # return what the helper said
attr = struct.pack("<IIQQ", XDP, len(code) // 8, buffer(code), buffer(b"GPL"))
program, _ = bpf(PROG_LOAD, attr)
frame = bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0")

def run(repeat):
    """Result of the last run and length of the frame after it."""
    attr = struct.pack("<IIIIQQII", program, 0, len(frame), 4096, buffer(frame), buffer(b"", 4096),
                       repeat, 0)
    _, raw = bpf(TEST_RUN, attr)
    _, result, _, size = struct.unpack_from("<4I", raw)
    result = C.c_int(result).value
    print(f"frame of {len(frame)} bytes, repeat {repeat:3}: {size} bytes, last run said {result}")
    return result, size

seen = [run(repeat) for repeat in (1, 2, 10, 100)]
sys.exit(seen[:3] != [(0, 64), (0, 68), (0, 100)] or seen[3][0] != -22)
PY
