# SPDX-License-Identifier: GPL-2.0
"""Loads of the control plane: how long ports take to add, many of them to configure, and what
an upgrade costs in frames."""
import json
import threading
import time

from .frames import Frames, Load
from .lab import Cannot
from .scene import Scene

PORTS = 256


class PortAdd(Load):
    """One port more, by one command."""
    unit, more = "s", False

    def refuses(self, peer):
        return None if "ports" in peer.can else "is not asked for ports one by one"

    def up(self, net, peer):
        net.pair("g", "p")
        net.pair("s", "q")
        peer.up(net, Scene())
        peer.added = 0

    def measure(self, peer, seconds):
        taken, end = [], time.monotonic() + seconds
        while len(taken) < 3 or (time.monotonic() < end and len(taken) < 30):
            peer.added += 1
            peer.net.pair(f"a{peer.added}", f"b{peer.added}")
            start = time.monotonic()
            peer.add_ports(peer.net, [f"a{peer.added}"])
            taken.append(time.monotonic() - start)
        return {"value": sorted(taken)[len(taken) // 2], "added": len(taken)}


class ConfigApply(Load):
    """A switch of many ports, from nothing: xsw by `config apply`, others by one batch."""
    unit, more = "s", False

    def __init__(self, name, title, ports):
        super().__init__(name, title)
        self.ports = ports

    def refuses(self, peer):
        return None if "ports" in peer.can else "has no such ports"

    def up(self, net, peer):
        peer.net = net
        peer.devices = [f"a{i}" for i in range(1, self.ports + 1)]
        net.links([f"link add a{i} type veth peer name b{i}\nlink set a{i} up\nlink set b{i} up"
                   for i in range(1, self.ports + 1)])
        if "config" in peer.can:
            peer.attach(net, peer.devices)
            net.file = f"{net.lab.folder}/{net.name}.yaml"
            with open(net.file, "w", encoding="utf-8") as out:
                out.write(peer.xsw("config", "dump"))
            peer.detach()

    def measure(self, peer, seconds):
        net = peer.net
        start = time.monotonic()
        if "config" in peer.can:
            peer.xsw("config", "apply", net.file)
        else:
            peer.attach(net, peer.devices)
        taken = time.monotonic() - start
        peer.detach()
        return {"value": taken, "ports": self.ports}


class Upgrade(Frames):
    """Frames that get lost while new programs take over, again and again, under load."""
    unit, more = "frames", False
    extras = ()
    RATE = 200000

    def refuses(self, peer):
        return None if "upgrade" in peer.can else "knows no upgrade while frames flow"

    def measure(self, peer, seconds):
        failed, stop = [], threading.Event()
        done = [0]

        def upgrade():
            while not stop.wait(0.1):
                try:
                    peer.xsw("switch", "upgrade", "sw0")
                    done[0] += 1
                except Cannot as reason:
                    failed.append(reason)
                    return
        worker = threading.Thread(target=upgrade)
        worker.start()
        try:
            run = self.generate(peer, max(seconds, 1.0), self.RATE)
        finally:
            stop.set()
            worker.join()
        if failed or not done[0]:
            raise Cannot(str(failed[0]) if failed else "no upgrade took place")
        return {"value": run["sent"] - run["received"], "sent": run["sent"], "upgrades": done[0],
                "drops": self.drops(peer)}

    @staticmethod
    def drops(peer):
        """By reason, to tell loss in the switch from loss at the ends."""
        shown = json.loads(peer.xsw("-j", "stats", "show"))
        return {reason: count for port in shown for reason, count in port["drops"].items() if count}


def scale_loads():
    """Name -> Load."""
    loads = [PortAdd("port-add", "one port added"),
             ConfigApply("ports-256", f"{PORTS} ports from nothing", PORTS),
             Upgrade("upgrade", "frames lost by upgrades under load")]
    return {load.name: load for load in loads}
