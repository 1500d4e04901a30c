# SPDX-License-Identifier: GPL-2.0
"""`--vm KERNEL`: the whole measurement inside a virtual machine that runs another kernel, for
what this host's kernel or devices do not have. vmtests/run boots it; it shares this host's
files, and writes its results to a folder of this host's."""
import glob
import json
import os
import platform
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

from . import record
from .lab import Cannot, Process, last_line

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../.."))
RUN = os.path.join(ROOT, "vmtests/run")
GUEST_FOLDER = "/run/out/results"  # where vmtests/init mounts the folder that it may write to
ATTEMPTS = 3    # emulated CPUs that run side by side may stumble, see boot() in vmtests/run
SILENT_S = 300  # the longest step, a table of a million addresses, and its emulation
NICE = -15      # before what else this host does: a CPU that spins would wait the longest for it
DAY_S = 86400   # this file looks after time, not vmtests/run

SCRIPT = """#!/bin/bash
echo 1..1
PATH=$PATH:/usr/sbin:/sbin
BUILD={build} {command} > /run/out/output 2>&1 && echo ok 1 && exit
echo not ok 1
"""


def missing(tools):
    """Why there can be no virtual machine, or None."""
    if not os.access(RUN, os.X_OK):
        return "vmtests/run of the sources is not there: --vm works in the source tree alone"
    return tools.missing("qemu-system-x86_64" if platform.machine() == "x86_64" else
                         f"qemu-system-{platform.machine()}")


def guest_command(argv):
    """The same once more, in the guest: of options given twice the last one counts."""
    bench = os.path.join(ROOT, "tools/bench/xsw-bench")
    return shlex.join([bench, *argv, "--vm", "", "-o", GUEST_FOLDER, "--no-plots", "-v"])


def read(folder, name):
    """A file that the guest has written, of whatever kernel; or nothing."""
    found = glob.glob(os.path.join(folder, "*", name))
    return record.read(found[0], "") if found else ""


class Machine:
    """One attempt, in a folder of its own."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.qemu = 0
        self.threads = {}  # of QEMU: (ns that it ran, ns that it waited to run)

    def start(self, tools, argv):
        test = os.path.join(self.folder, "bench.t")
        build = os.path.abspath(tools.folders[0])
        with open(test, "w", encoding="utf-8") as out:
            out.write(SCRIPT.format(build=shlex.quote(build), command=guest_command(argv)))
        env = dict(os.environ, BUILD=build, MACHINES="1", TCG="multi",
                   CPUS=str(self.options.vm_cpus), TEST_SECONDS=str(DAY_S), VM_SECONDS=str(DAY_S))
        env.pop("XSW", None)
        self.process = Process(["nice", "-n", str(NICE), RUN, "-o", self.out, self.options.vm, "--", test], env,
                               os.path.join(self.folder, "log"))

    @property
    def out(self):
        return os.path.join(self.folder, "out")

    def step(self):
        """The last that the guest said."""
        lines = read(self.out, "output").splitlines()
        return lines[-1].removeprefix("xsw-bench: ") if lines else "boots"

    def watch(self, progress):
        """Until it ends, or says nothing for too long."""
        said, since = None, time.monotonic()
        while self.process.alive():
            step = self.step()
            if step != said:
                progress.say(f"{self.options.vm}: {step}")
                said, since = step, time.monotonic()
            self.look_at_threads()
            if time.monotonic() - since > SILENT_S + 20 * self.options.seconds:
                raise Cannot(f"the virtual machine says nothing any more, last: {step}")
            time.sleep(0.5)

    def look_at_threads(self):
        """A virtual CPU is a thread that this host may keep waiting."""
        if not self.qemu:
            self.qemu = self.find_qemu()
        for path in glob.glob(f"/proc/{self.qemu}/task/*/schedstat"):
            times = record.read(path, "").split()
            if times:
                self.threads[path] = (int(times[0]), int(times[1]))

    def find_qemu(self):
        """Its process id, once it has started. It is a session of its own, and where the
        scheduler groups by session, what counts is how nice that group is."""
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            words = record.read(path, "").split("\0")
            if "qemu-system" in words[0] and any(self.out in word for word in words):
                try:
                    with open(path.replace("cmdline", "autogroup"), "w", encoding="ascii") as group:
                        group.write(str(NICE))
                except OSError:
                    pass  # no such groups, or nothing to say in them
                return int(path.split("/")[2])
        return 0

    def waited(self):
        """The part of the time that it wanted a CPU of this host and had none."""
        ran = sum(ran for ran, _ in self.threads.values())
        waited = sum(waited for _, waited in self.threads.values())
        return round(waited / max(1, ran + waited), 4)

    def stop(self):
        """vmtests/run takes its machine down when asked to end, once the program has ended that
        it waits for."""
        if self.process.alive():
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.popen.wait()

    def results(self, kind):
        """(object, text) that the guest has left. Cannot, if it came to an end by itself without
        any; None, if it did not."""
        out, text = read(self.out, f"results/{kind}.json"), read(self.out, f"results/{kind}.txt")
        if text:
            out = json.loads(out)
            out["environment"]["host"] = {"cpus_waited": self.waited(), "nice": NICE}
            return out, text + self.told()
        skipped = [line for line in self.process.output().splitlines() if "# SKIP" in line]
        if skipped:
            raise Cannot(skipped[0].split("# SKIP", 1)[1].strip())
        if "not ok 1" in read(self.out, "bench.t"):
            raise Cannot(f"in the virtual machine: {self.step()}")
        return None

    def told(self):
        """Below the tables: how far the host was in the way."""
        return (f"\nIn a virtual machine, which {100 * self.waited():.0f} % of the time waited for "
                "a CPU of this host.")

    def oops(self):
        """What the guest's kernel died of, or what vmtests/run says."""
        lines = read(self.out, "console.0").splitlines()
        died = [line for line in lines if "Oops" in line or "Kernel panic" in line]
        return (died or [last_line(self.process.output())])[0].strip()


def host(options):
    """What the result depends on besides the guest."""
    return {"kernel": platform.release(), "cpu": record.processor(), "cpus": options.vm_cpus,
            "load_before": record.read("/proc/loadavg"),
            "qemu": record.first_line(f"qemu-system-{platform.machine()}", "--version")}


def attempt(tools, options, argv, progress):
    folder = tempfile.mkdtemp(prefix="xsw-bench-vm-")
    machine = Machine(folder, options)
    try:
        machine.start(tools, argv)
        machine.watch(progress)
        found = machine.results(options.command)
        return found or machine.oops()
    finally:
        machine.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(tools, options, argv, progress):
    """As modes.run() and peers.run(), there."""
    if missing(tools):
        raise Cannot(missing(tools))
    before, died = host(options), []
    while len(died) < ATTEMPTS:
        found = attempt(tools, options, argv, progress)
        if isinstance(found, tuple):
            out, text = found
            out["environment"]["host"].update(before, attempts_that_died=died)
            return out, text
        died.append(found)
        progress.say(f"{options.vm}: the machine died: {found}")
    raise Cannot(f"the virtual machine died {ATTEMPTS} times: {died[-1]}")
