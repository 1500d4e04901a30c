# SPDX-License-Identifier: GPL-2.0
"""CPU time of the machine, softirq included, as /proc/stat has it."""
import glob
import os
import time

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
FIELDS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def times():
    with open("/proc/stat", encoding="ascii") as stat:
        numbers = stat.readline().split()[1:]
    return {name: int(number) * TICK_S for name, number in zip(FIELDS, numbers)}


def softirqd_s():
    """CPU time of the kernel's softirq threads, to the nanosecond: what softirqs could not
    do in the context of those who caused them."""
    total = 0
    for comm in glob.glob("/proc/[0-9]*/comm"):
        try:
            with open(comm, encoding="ascii", errors="replace") as file:
                if not file.read().startswith("ksoftirqd/"):
                    continue
            with open(comm[:-4] + "schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except OSError:  # it has ended
            pass
    return total / 1e9


class Window:
    """with Window() as w: ...; then w.busy_s, w.seconds"""

    def __enter__(self):
        self.before, self.start = times(), time.monotonic()
        return self

    def __exit__(self, *_):
        after = times()
        spent = {name: after[name] - self.before[name] for name in FIELDS}
        self.seconds = time.monotonic() - self.start
        self.busy_s = max(0.0, sum(spent[name] for name in FIELDS
                                   if name not in ("idle", "iowait", "steal")))
