# SPDX-License-Identifier: GPL-2.0
"""Round trips and streams by xsw-pktgen, from one end of a forwarder to the other. An end is
a veth's (`g`), or the guest's side of a tap (`tap:v`). Both ends live on the last CPU."""
import json
import os

from .lab import Cannot, last_line, wait_for
from .scene import DST, SRC

LAST_CPU = (os.cpu_count() or 1) - 1


def tap(net, name):
    """A tap that stays while xsw-pktgen, its guest, comes and goes."""
    net.links([f"tuntap add dev {name} mode tap", f"link set {name} up"])


def listener(net, end, function, *options):
    """pong or rx at an end, ready."""
    process = net.start(net.lab.tools.need("xsw-pktgen"), "-j", "-T", "1000000", "-i", end, "-f",
                        function, "-a", LAST_CPU, *options)
    process.says(" on ")
    return process


def stopped(net, process):
    """End a listener; its result."""
    process.stop()
    net.lab.processes.remove(process)
    text = process.output()
    if process.popen.returncode or "{" not in text:
        raise Cannot(f"xsw-pktgen: {last_line(text)}")
    return json.loads(text[text.index("\n{") if "\n{" in text else text.index("{"):])


def addresses(count):
    """So many of them, from DST on, as xsw-pktgen reads them."""
    number = int(DST.replace(":", ""), 16) + count - 1
    return f"{DST}-" + ":".join(f"{number:012x}"[i:i + 2] for i in range(0, 12, 2))


def generator(net, end, function, seconds, rate=0, length=60, macs=1):
    """ping or tx at an end, to so many addresses in turn; its result."""
    argv = [net.lab.tools.need("xsw-pktgen"), "-j", "-q", "-i", end, "-f", function, "-t", seconds,
            "-l", length, "-D", addresses(macs), "-S", SRC, "-a", LAST_CPU]
    return json.loads(net.run(*argv, *(["-R", int(rate)] if rate else []), timeout=seconds + 60))


def cpu_s(*results):
    """CPU time of both ends, and of what their system calls did of the forwarder's work."""
    return sum(result["cpu_user_s"] + result["cpu_system_s"] for result in results)


def exchange(net, near, far, functions, seconds, rate, length):
    """xsw-pktgen's functions at both ends at a time; what each tells."""
    listens = listener(net, far, functions[1])
    try:
        out = generator(net, near, functions[0], seconds, rate, length)
    finally:
        heard = stopped(net, listens)
    return out, heard


def ping(net, near, far, seconds, rate=0, length=60):
    """Round trips from near to far: rate, loss, percentiles in ns, CPU time. On a busy machine
    a forwarder, or the end that answers, may not run at all for a while: three attempts."""
    for _ in range(3):
        out, answers = exchange(net, near, far, ("ping", "pong"), seconds, rate, length)
        if out["replies"]:
            break
    else:
        raise Cannot("no request was answered")
    latency = out["latency_ns"]
    return {"offered_pps": out["packets"] / out["duration_s"],
            "replies_pps": out["replies"] / out["duration_s"],
            "loss": 1 - out["replies"] / out["packets"],
            **{name: latency[name] for name in ("p50", "p90", "p99", "p99_9")},
            "cpu_s": cpu_s(out, answers), "frames": 2 * out["replies"],
            "backend": f"{out['backend']}, {answers['backend']}"}


def to_many(net, near, far, seconds, macs, known, learn_rate):
    """Frames from near to so many addresses in turn, which speak at the far end before it begins.
    They stay known as long as somebody is there who receives. known(): how many are by now."""
    options = ["--announce", addresses(macs), "-D", SRC] if macs > 1 else []
    options += ["-R", learn_rate] if macs > 1 and learn_rate else []
    listens = listener(net, far, "rx", *options, "-a", 0)
    try:
        if macs > 1:
            wait_for(lambda: known() >= 0.95 * macs, f"{macs} addresses to be learned")
        out = generator(net, near, "tx", seconds, macs=macs)
    finally:
        heard = stopped(net, listens)
    return received(out, heard)


def stream(net, near, far, seconds, rate=0, length=60):
    """Frames from near to far: what arrives in a second, and loss."""
    return received(*exchange(net, near, far, ("tx", "rx"), seconds, rate, length))


def received(out, got):
    """What tx and rx tell together."""
    if not got["packets"]:
        raise Cannot("no frame arrived")
    return {"received_pps": got["packets"] / out["duration_s"],
            "offered_pps": out["packets"] / out["duration_s"],
            "loss": max(0.0, 1 - got["packets"] / out["packets"]),
            "cpu_s": cpu_s(out, got), "frames": got["packets"], "sent": out["packets"],
            "expected": out["packets"], "received": got["packets"]}
