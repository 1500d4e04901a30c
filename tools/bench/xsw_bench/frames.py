# SPDX-License-Identifier: GPL-2.0
"""Loads of frames: the generator in the kernel sends through a peer into a sink."""
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from . import cpu
from .lab import Cannot
from .scene import Scene, Vlan

TRUNK10 = Vlan("trunk")
ACCESS10 = Vlan("access", 10)
TUNNEL100 = Vlan("dot1q-tunnel", 100)


class Load:
    """What is measured, in which unit, and whether more is better."""
    unit, more = "frames/s", True
    once = False  # whether one round is enough
    trials = 1    # that a measurement consists of, about
    containers = False  # whether the ends are containers
    extras = ()    # (key, heading) of figures shown beside the value, in the same unit

    def __init__(self, name, title):
        self.name, self.title = name, title

    def refuses(self, peer):
        """Why this peer is left out, or None."""
        return None

    def up(self, net, peer):
        raise NotImplementedError

    def measure(self, peer, seconds):
        """A dictionary with `value` and what else is worth telling."""
        raise NotImplementedError


class Frames(Load):
    """Frames per second of one Scene; and per second of CPU time, of all that the machine spent:
    some peers have a core of their own."""
    extras = (("per_cpu", "per CPU"),)

    def __init__(self, name, title, **scene):
        super().__init__(name, title)
        self.scene = Scene(**scene)

    def refuses(self, peer):
        if peer.name == "veth":
            return None if not self.scene.needs else "has no switch"
        missing = self.scene.needs - peer.can
        return f"does not do this ({', '.join(sorted(missing))})" if missing else None

    def up(self, net, peer):
        if peer.name == "veth":
            net.pair("g", "s")
            return
        net.pair("g", "p")
        for out in range(1, self.scene.outs + 1):
            number = "" if out == 1 else out
            net.pair(f"s{number}", f"q{number}")
        peer.up(net, self.scene)
        for count in {self.scene.table, self.scene.macs} - {0, 1}:
            self.learn(net, peer, count)

    def learn(self, net, peer, count):
        """All addresses speak behind q, again and again, while that makes more of them known:
        a slow path takes a few of many at a time."""
        known, before = 0, -1
        while known < count and known > before:
            net.run(net.lab.tools.need("bench"), *self.tags_behind_q(), "learn", "s", count)
            time.sleep(peer.settle_s)
            before, known = known, peer.learned(count)
        if known < count * 0.95:
            raise Cannot(f"learned only {known} of {count} addresses")

    def tags_behind_q(self):
        return ["-V", f"8100/{self.scene.vlan}"] if self.scene.tagging else []

    def generate(self, peer, seconds, rate=0):
        """Run the generator; what it and the sink counted."""
        sinks = ",".join(["s"] + [f"s{i}" for i in range(2, self.scene.outs + 1)])
        between = ["g", "s", "g"] if peer.name == "veth" else ["g", "p", "q"]
        run = self.offer(peer, seconds, rate, [*between, sinks])
        self.check(run)
        return run

    def offer(self, peer, seconds, rate, devices, *options):
        """One generator. devices: where it sends, what lies between, the sinks, as of bench.c"""
        options = [*options, "-j", "-l", self.scene.length]
        options += ["-V", self.scene.tags] if self.scene.tags else []
        options += ["-r", rate] if rate else []
        many = [self.scene.macs] if self.scene.macs > 1 else []
        return json.loads(peer.net.run(peer.net.lab.tools.need("bench"), *options, "pps", *devices,
                                       peer.bare, peer.sink, seconds, *many))

    def check(self, run):
        """What is measured is what was asked for, or nothing is measured."""
        if not run["received"]:
            raise Cannot("no frame arrived")
        expected = self.scene.expected()
        got = run["received_bytes"] / run["received"]
        if expected and abs(got - expected) > 0.5:
            raise Cannot(f"frames of {expected} bytes should arrive, not of {got:.1f}")

    def measure(self, peer, seconds):
        return self.told(self.generate(peer, seconds))

    def told(self, run):
        """What a measurement says."""
        copies = self.scene.outs if self.scene.flood else 1
        return {"value": run["received_in_time"] / run["seconds"],
                "per_cpu": run["received_in_time"] / max(run["machine_cpu_s"], cpu.TICK_S),
                "offered": run["sent"] / run["seconds"],
                "loss": max(0.0, 1 - run["received"] / (run["sent"] * copies)),
                "cpus_busy": run["machine_cpu_s"] / run["seconds"]}


class BothWays(Frames):
    """A generator on each of two CPUs, one in each direction: no core is left to a peer that
    wants one of its own, and what forwards in the kernel does so on both."""

    def refuses(self, peer):
        if (os.cpu_count() or 1) < 2:
            return "needs two CPUs"
        return super().refuses(peer)

    def generate(self, peer, seconds, rate=0):
        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(lambda way: self.one_way(peer, seconds, rate, way), (0, 1)))
        run = {key: sum(run[key] for run in runs) for key in
               ("sent", "received_in_time", "received", "received_bytes")}
        run["seconds"] = sum(run["seconds"] for run in runs) / 2
        run["machine_cpu_s"] = max(run["machine_cpu_s"] for run in runs)
        self.check(run)
        return run

    def one_way(self, peer, seconds, rate, way):
        """The generator that sends there (0) or back (1), on the CPU of that number."""
        ends = ["g", "s"] if peer.name == "veth" else ["g", "p", "q", "s"]
        ends = ends[::-1] if way else ends
        return self.offer(peer, seconds, rate, [ends[0], ends[1], ends[-2], ends[-1]],
                          "-c", way, *(["-b"] if way else []))


class Learning(Frames):
    """Addresses learned per second while each frame has a new source."""
    unit = "addresses/s"
    extras = ()

    def __init__(self, name, title, count):
        super().__init__(name, title, table=count)
        self.count = count

    def refuses(self, peer):
        return None if "learn" in peer.can else "learns nothing"

    def up(self, net, peer):
        net.pair("g", "p")
        net.pair("s", "q")
        peer.up(net, self.scene)

    def measure(self, peer, seconds):
        peer.forget()
        before = peer.learned(self.count)
        out = json.loads(peer.net.run(peer.net.lab.tools.need("bench"), "-j", "learn", "s",
                                      self.count))
        learned = peer.learned(self.count) - before
        if learned <= 0:
            raise Cannot("nothing was learned")
        return {"value": learned / out["seconds"], "learned": learned, "sent": out["sent"]}


def frame_loads():
    """Name -> Load, in the order in which they are shown."""
    loads = [
        Frames("pps-60", "60-byte frames, one flow"),
        BothWays("pps-60-both", "60-byte frames both ways, from two CPUs"),
        Frames("pps-1514", "1514-byte frames, one flow", length="1514"),
        Frames("imix", "IMIX, one flow", length="imix"),
        Frames("macs-10000", "60-byte frames to 10000 addresses", macs=10000),
        Frames("vlan-push", "access port to trunk", longer=4, vlan_in=ACCESS10),
        Frames("vlan-pop", "trunk to access port", length="64", tags="8100/10", longer=-4,
               vlan_out=ACCESS10),
        Frames("qinq-push", "802.1Q frames into a tunnel", length="64", tags="8100/10", longer=4,
               vlan_in=TUNNEL100),
        Frames("qinq-pop", "802.1ad frames out of a tunnel", length="68",
               tags="88a8/100.8100/10", longer=-4, vlan_out=TUNNEL100),
        Frames("policed", "60-byte frames, policed, all within the rate", policed=True),
    ]
    loads += [Frames(f"flood-{n}", f"60-byte frames flooded to {n} ports (copies/s)",
                     outs=n, flood=True) for n in (2, 8, 32)]
    for size in (10, 1000, 100000, 1000000):
        loads.append(Frames(f"table-{size}", f"one flow, FDB of {size} addresses", table=size))
        loads.append(Frames(f"fdb-{size}", f"frames to all of {size} addresses", macs=size))
    loads.append(Learning("learn", "new source addresses", 100000))
    return {load.name: load for load in loads}
