# SPDX-License-Identifier: GPL-2.0
"""Loads of frames: the generator in the kernel sends through a peer into a sink."""
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from . import cpu
from .lab import Cannot
from .losses import Watch
from .scene import Scene, Vlan

TRUNK10 = Vlan("trunk")
ACCESS10 = Vlan("access", 10)
TUNNEL100 = Vlan("dot1q-tunnel", 100)
FLOOD_BATCH = 16  # 32 copies of each find room in a CPU's backlog of 1000
MIX = dict(macs=10000, senders=10000, new_per_s=100, length="imix", group_percent=5, outs=4,
           vlan_in=ACCESS10, vlan_out=TRUNK10, vlan_more=ACCESS10, policed=True, plain=True)


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
        peer.first_sender = 0
        many = max(self.scene.table, self.scene.macs)
        if many > 1:
            self.learn(net, peer, "s", many)
        if self.scene.senders > 1:
            self.learn(net, peer, "g", self.scene.senders)

    def learn(self, net, peer, end, count):
        """All addresses speak behind q (end s), or all senders behind p (end g), again and again,
        while that makes more of them known: a slow path takes a few of many at a time."""
        side, tags = ("q", self.tags_behind_q()) if end == "s" else ("p", self.tags_behind_p())
        words = ["learn", end, count] + (["senders"] if end == "g" else [])
        known, before = 0, -1
        there = peer.learned(count, side) if end == "g" and peer.counts_all else 0
        while known < count and known > before:
            net.run(net.lab.tools.need("bench"), *tags, "-r", peer.learn_rate, *words)
            time.sleep(peer.settle_s)
            before, known = known, peer.learned(count, side) - there
        if known < count * 0.95:
            raise Cannot(f"learned only {known} of {count} addresses")

    def tags_behind_q(self):
        tagged = self.scene.tagging and self.scene.vlan_out.mode != "access"
        return ["-V", f"8100/{self.scene.vlan}"] if tagged else []

    def tags_behind_p(self):
        return ["-V", self.scene.tags] if self.scene.tags else []

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
        options += ["-B", self.scene.batch] if self.scene.batch else []
        options += self.senders(peer)
        many = [self.scene.macs] if self.scene.macs > 1 else []
        return json.loads(peer.net.run(peer.net.lab.tools.need("bench"), *options, "pps", *devices,
                                       peer.bare, peer.sink, seconds, *many))

    def senders(self, peer):
        """Options of bench.c: who sends, and to how many groups."""
        scene = self.scene
        options = ["-g", scene.group_percent] if scene.group_percent else []
        if scene.senders > 1:
            options += ["-S", scene.senders, "-n", scene.new_per_s, "-f", peer.first_sender]
        return options

    def check(self, run):
        """What is measured is what was asked for, or nothing is measured."""
        if not run["received"]:
            raise Cannot("no frame arrived")
        expected = self.scene.expected()
        got = run["received_bytes"] / run["received"]
        if expected and abs(got - expected) > 0.5:
            raise Cannot(f"frames of {expected} bytes should arrive, not of {got:.1f}")

    def measure(self, peer, seconds):
        with Watch(peer) as watch:
            run = self.generate(peer, seconds)
        peer.first_sender = run.get("first_sender", 0)
        return dict(self.told(run), lost=watch.places)

    def told(self, run):
        """What a measurement says. A frame that is flooded counts as its copies where the load is
        a flood, elsewhere as one frame, of which each copy is a part."""
        expected = self.scene.copies(run)
        part = 1 if self.scene.flood else run["sent"] / expected
        return {"value": run["received_in_time"] * part / run["seconds"],
                "per_cpu": run["received_in_time"] * part / max(run["machine_cpu_s"], cpu.TICK_S),
                "offered": run["sent"] / run["seconds"], "sent": run["sent"],
                "expected": expected, "received": run["received"],
                "cpus_busy": run["machine_cpu_s"] / run["seconds"],
                "new_senders": run["new_senders"]}


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
               ("sent", "received_in_time", "received", "received_bytes", "to_groups",
                "new_senders")}
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
        Frames("both-10000", "60-byte frames from 10000 to 10000 addresses", macs=10000,
               senders=10000),
        Frames("both-100000", "60-byte frames from 100000 to 100000 addresses", macs=100000,
               senders=100000),
        Frames("mix", "10000 flows, IMIX, 1 % new ones a second, 5 % to groups, policed", **MIX),
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
                     outs=n, flood=True, batch=FLOOD_BATCH) for n in (2, 8, 32)]
    for size in (10, 1000, 100000, 1000000):
        loads.append(Frames(f"table-{size}", f"one flow, FDB of {size} addresses", table=size))
        loads.append(Frames(f"fdb-{size}", f"frames to all of {size} addresses", macs=size))
    loads.append(Learning("learn", "new source addresses", 100000))
    return {load.name: load for load in loads}
