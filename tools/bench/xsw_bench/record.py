# SPDX-License-Identifier: GPL-2.0
"""What a reader needs to repeat a measurement: the environment of every result."""
import glob
import os
import platform
import re
import subprocess
import sys
import time

VULNERABILITIES = "/sys/devices/system/cpu/vulnerabilities"


def read(path, default=None):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return default


def first_line(*argv):
    """What a program says about its version."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines and not done.returncode else None


def package(name):
    return first_line("dpkg-query", "-W", "-f", "${Version}", name)


def processor():
    info = read("/proc/cpuinfo", "")
    model = re.search(r"^(?:model name|Model)\s*: (.*)", info, re.M)
    return {"model": model.group(1) if model else platform.machine(),
            "cpus": os.cpu_count(),
            "emulated": bool(os.environ.get("EMULATED") or "QEMU TCG" in info),  # as vmtests/run says
            "hypervisor": bool(re.search(r"^flags.*\bhypervisor\b", info, re.M)),
            "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "none"),
            "mitigations": {os.path.basename(path): read(path)
                            for path in sorted(glob.glob(f"{VULNERABILITIES}/*"))}}


def kernel():
    return {"release": platform.release(), "version": platform.version(),
            "command_line": read("/proc/cmdline"),
            "clocksource": read("/sys/devices/system/clocksource/clocksource0/"
                                "current_clocksource"),
            "bpf_jit": read("/proc/sys/net/core/bpf_jit_enable"),
            "preemption": read("/sys/kernel/debug/sched/preempt"),
            "bpf_statistics": read("/proc/sys/kernel/bpf_stats_enabled")}


def versions(tools):
    ovs = tools.get("ovs-vswitchd")
    return {"xsw": first_line(tools.get("xsw") or "xsw", "-V"),
            "python": platform.python_version(),
            "iproute2": first_line("ip", "-V"), "iperf3": first_line("iperf3", "--version"),
            "ovs": first_line(ovs, "--version") if ovs else None,
            "dpdk": package("dpdk-dev") or package("dpdk"),
            "libbpf": package("libbpf1"), "libxdp": package("libxdp1"),
            "gnuplot": first_line("gnuplot", "--version")}


def device(net, name):
    """Driver, queues and offloads of a device of the lab."""
    offloads = net.run("ethtool", "-k", name, check=False)
    driver = re.search(r"^driver: (\S+)", net.run("ethtool", "-i", name, check=False), re.M)
    queues = net.run("sh", "-c", f"ls /sys/class/net/{name}/queues", check=False).split()
    shown = net.run("ip", "-j", "link", "show", name, check=False)
    mtu = re.search(r'"mtu":(\d+)', shown)
    return {"driver": driver.group(1) if driver else None,
            "mtu": int(mtu.group(1)) if mtu else None,
            "rx_queues": sum(q.startswith("rx") for q in queues) or 1,
            "tx_queues": sum(q.startswith("tx") for q in queues) or 1,
            "offloads": sorted(re.findall(r"^(\S+): on", offloads, re.M))}


def note(env):
    """What to tell below a table, or nothing."""
    if not env["cpu"]["emulated"]:
        return ""
    return " Emulated CPUs: ratios say something, figures do not."


def environment(tools, seconds, rounds):
    """The record; the load of the machine is that before the first measurement."""
    return {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "command": ["xsw-bench"] + sys.argv[1:],
            "seconds": seconds, "rounds": rounds,
            "load_before": read("/proc/loadavg"),
            "memory_kb": int(re.search(r"\d+", read("/proc/meminfo", "0")).group()),
            "cpu": processor(), "kernel": kernel(), "versions": versions(tools)}
