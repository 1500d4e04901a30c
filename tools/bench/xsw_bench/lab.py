# SPDX-License-Identifier: GPL-2.0
"""Where measurements take place: network namespaces, the processes in them, and that all
of it goes again, whatever happens. Names carry the process id: two labs do not clash."""
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
WAIT_S = 15 * float(os.environ.get("SLOW") or 1)  # SLOW: of a virtual machine, vmtests/run


class Cannot(Exception):
    """What was asked for is impossible here; the text says why."""


class Impossible(Cannot):
    """What this device or kernel cannot do, as the program that tried it says."""


def follow_parent(cpu):
    """In a child: be killed when xsw-bench is, hear no Ctrl-C of its terminal, and run on that CPU
    if one is given."""
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})


def wait_for(condition, what):
    """Until condition() is true; what: for the message when it never gets so."""
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise Cannot(f"waited {WAIT_S} s in vain for {what}")
        time.sleep(0.02)


def last_line(text):
    """The line of an error's output that says most: what the kernel answered, or the last."""
    lines = [line.strip() for line in text.splitlines()
             if line.strip() and not line.startswith("Command failed")]
    answers = [line for line in lines if line.startswith(("RTNETLINK", "Error:"))]
    return (answers or lines or ["no reason given"])[-1]


class Process:
    """One that runs beside the measurement; its output goes to a file."""

    def __init__(self, argv, env, log, cpu=None):
        self.name = os.path.basename(argv[0])
        self.log = log
        with open(log, "wb") as out:
            self.popen = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=subprocess.STDOUT,
                                          preexec_fn=lambda: follow_parent(cpu))

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as out:
            return out.read()

    def says(self, text):
        """Wait until the process has written this."""
        def said():
            if not self.alive():
                raise Cannot(f"{self.name} ended: {last_line(self.output())}")
            return text in self.output()
        wait_for(said, f"{self.name} to say '{text}'")

    def pause(self):
        """It takes no CPU until resume()."""
        if self.alive():
            os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        if self.alive():
            os.kill(self.pid, signal.SIGCONT)

    def cpu_s(self):
        """CPU time of its threads so far, to the nanosecond."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/schedstat", encoding="ascii") as stat:
                total += int(stat.read().split()[0])
        return total / 1e9

    def stop(self):
        if self.alive():
            self.resume()
            self.popen.terminate()
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                self.popen.kill()
        self.popen.wait()


class Namespace:
    """A network namespace with its own folder of pinned maps."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.bpffs = f"/sys/fs/bpf/{name}"
        self.env = dict(os.environ, XSW_BPFFS=self.bpffs, LC_ALL="C")
        self.prefix = ["nsenter", f"--net=/run/netns/{name}", "--"]
        subprocess.run(["ip", "netns", "add", name], check=True)
        lab.namespaces.append(self)
        self.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                 "net.ipv6.conf.default.disable_ipv6=1")
        self.run("ip", "link", "set", "lo", "up")
        for table in ("iptables", "ip6tables", "arptables"):  # a fair bridge visits none
            self.run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{table}=0", check=False)

    def run(self, *argv, check=True, stdin=None, timeout=120):
        """Run a command here, return what it prints."""
        argv = [str(word) for word in argv]
        try:
            done = subprocess.run(self.prefix + argv, env=self.env, input=stdin, text=True,
                                  capture_output=True, check=False, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Cannot(f"{' '.join(argv[:4])}: took longer than {timeout} s") from None
        if check and done.returncode:
            command = " ".join([os.path.basename(argv[0])] + argv[1:3])
            raise Cannot(f"{command}: {last_line(done.stderr or done.stdout)}")
        return done.stdout

    def start(self, *argv, env=None, cpu=None):
        """Start a process here that the lab ends, on that CPU if one is given."""
        self.lab.count += 1
        log = os.path.join(self.lab.folder, f"{self.lab.count}.log")
        process = Process(self.prefix + [str(word) for word in argv],
                          dict(self.env, **(env or {})), log, cpu)
        process.name = os.path.basename(argv[0])
        self.lab.processes.append(process)
        return process

    def links(self, lines):
        """Commands of ip(8), run at once."""
        self.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")

    def pair(self, one, other):
        """A pair of veths, both up, both with NAPI, so that frames may be redirected into
        them: GRO that was on before the device was up starts none."""
        self.links([f"link add {one} type veth peer name {other}",
                    f"link set {one} up", f"link set {other} up"])
        for dev in (one, other):
            self.napi(dev)

    def napi(self, dev):
        self.run("ethtool", "-K", dev, "gro", "off")
        self.run("ethtool", "-K", dev, "gro", "on")

    def remove(self):
        """The namespace and the switches in it."""
        xsw = self.lab.tools.get("xsw")
        if xsw and os.path.isdir(self.bpffs):
            for switch in os.listdir(self.bpffs):
                self.run(xsw, "switch", "del", switch, "--if-exists", check=False)
            shutil.rmtree(self.bpffs, ignore_errors=True)
        subprocess.run(["ip", "netns", "del", self.name], check=False)
        self.lab.namespaces.remove(self)


class Lab:
    """Use as a context: on the way out everything that was made is gone."""

    def __init__(self, tools):
        self.tools = tools
        self.prefix = f"xswb{os.getpid()}"
        self.namespaces = []
        self.processes = []
        self.count = 0
        self.folder = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise Cannot("needs root (network namespaces and BPF)")
        self.folder = tempfile.mkdtemp(prefix=f"{self.prefix}-")
        return self

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # what was begun is taken down to the end
        for process in reversed(self.processes):
            process.stop()
        for namespace in list(reversed(self.namespaces)):
            namespace.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def namespace(self, word):
        self.count += 1
        return Namespace(self, f"{self.prefix}-{word}{self.count}")

    def take_down(self, since_namespaces, since_processes):
        """End what was made since these numbers of namespaces and processes."""
        while len(self.processes) > since_processes:
            self.processes.pop().stop()
        while len(self.namespaces) > since_namespaces:
            self.namespaces[-1].remove()
