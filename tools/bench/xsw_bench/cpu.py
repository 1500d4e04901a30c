# SPDX-License-Identifier: GPL-2.0
"""CPU time of the machine, softirq included, as /proc/stat has it."""
import os
import time

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
FIELDS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def times():
    with open("/proc/stat", encoding="ascii") as stat:
        numbers = stat.readline().split()[1:]
    return {name: int(number) * TICK_S for name, number in zip(FIELDS, numbers)}


class Window:
    """with Window() as w: ...; then w.busy_s, w.softirq_s, w.seconds"""

    def __enter__(self):
        self.before, self.start = times(), time.monotonic()
        return self

    def __exit__(self, *_):
        after = times()
        spent = {name: after[name] - self.before[name] for name in FIELDS}
        self.seconds = time.monotonic() - self.start
        self.softirq_s = spent["softirq"]
        self.steal_s = spent["steal"]
        self.busy_s = sum(spent[name] for name in FIELDS if name not in ("idle", "iowait", "steal"))
