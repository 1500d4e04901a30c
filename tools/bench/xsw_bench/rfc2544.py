# SPDX-License-Identifier: GPL-2.0
"""Tests as RFC 2544 has them: throughput at an acceptable loss by bisection (26.1), latency
(26.2), frame loss at rates from much to little (26.3), and a guest between or at an end of
the way (PVP, PV, VP: P a physical port, here an uplink by veth; V a VM, here a tap)."""
from . import probe
from .frames import Frames, Load
from .lab import Cannot
from .scene import Scene

PRECISION = 0.02  # of the rate that is sought
TRIALS = 12
STEPS = (0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2)


def lost(run):
    return max(0.0, 1 - run["received"] / max(1, run["sent"]))


def achieved(run):
    return run["sent"] / run["seconds"]


class Throughput(Frames):
    """The highest rate without loss, sought between none and what the peer passes on when more
    is offered. A forwarder on the generator's own CPU slows that down instead of losing."""
    acceptable = 0.0
    extras = ()

    def measure(self, peer, seconds):
        run = self.generate(peer, seconds)
        most = run["received_in_time"] / run["seconds"]
        if lost(run) <= self.acceptable:
            return {"value": achieved(run), "loss": lost(run), "trials": 1, "most": most}
        good, bad, best = 0.0, most * 1.1, None
        for trials in range(2, TRIALS + 2):
            rate = (good + bad) / 2
            run = self.generate(peer, seconds, rate)
            if lost(run) <= self.acceptable:
                good, best = rate, run
            else:
                bad = rate
            if bad - good < PRECISION * bad:
                break
        if not best:
            raise Cannot(f"loses more than {100 * self.acceptable:g} % even at {bad:.0f} a second")
        return {"value": min(achieved(best), good), "loss": lost(best), "trials": trials,
                "most": most}


class LossCurve(Frames):
    """Loss at parts of what the peer passes on at most; the value is the loss at 1.0 of it."""
    unit, more = "%", False
    extras = ()
    once = True

    def measure(self, peer, seconds):
        run = self.generate(peer, seconds)
        most = run["received_in_time"] / run["seconds"]
        points = []
        for step in STEPS:
            run = self.generate(peer, seconds, most * step)
            points.append({"part": step, "offered_pps": achieved(run), "loss": lost(run)})
        at = next(point for point in points if point["part"] == 1.0)
        return {"value": 100 * at["loss"], "most": most, "curve": points}


class Way(Load):
    """Between two ends, by xsw-pktgen: a veth's end, or a VM behind a tap."""

    def __init__(self, name, title, ends):
        super().__init__(name, title)
        self.taps = [end == "V" for end in ends]

    def refuses(self, peer):
        if peer.name == "veth":
            return "VMs have no wire between them" if any(self.taps) else None
        return None if peer.bare == "none" else "lives in the generator, which is not used here"

    def up(self, net, peer):
        self.near, self.far = ("g", "s")
        if peer.name == "veth":
            net.pair("g", "s")
            return
        ports = ["p", "q"]
        for i, (outer, is_tap) in enumerate(zip(("g", "s"), self.taps)):
            if is_tap:
                probe.tap(net, ports[i])
            else:
                net.pair(outer, ports[i])
        peer.up(net, Scene(ports=tuple(ports)))

    def ends(self):
        return [f"tap:{port}" if is_tap else outer
                for outer, port, is_tap in zip("gs", "pq", self.taps)]


class Latency(Way):
    """Round trips at a rate."""
    unit, more = "ns", False
    extras = (("p90", "p90"), ("p99", "p99"), ("p99_9", "p99.9"))

    def __init__(self, name, title, ends, rate):
        super().__init__(name, title, ends)
        self.rate = rate

    def measure(self, peer, seconds):
        out = probe.ping(peer.net, *self.ends(), seconds, self.rate)
        return dict(out, value=out["p50"], rate=self.rate)


class Stream(Way):
    """One way, as much as can be."""

    def measure(self, peer, seconds):
        out = probe.stream(peer.net, *self.ends(), seconds)
        return dict(out, value=out["received_pps"])


class Reflected(Way):
    """In at an uplink, to a VM that sends it back, out at the uplink: round trips per second
    when more is offered than can be, the loss told."""

    def measure(self, peer, seconds):
        out = probe.ping(peer.net, *self.ends(), seconds, 250000)
        return dict(out, value=out["replies_pps"])


def rfc2544_loads():
    """Name -> Load."""
    loads = [Throughput("throughput-60", "60-byte frames at no loss"),
             Throughput("throughput-1514", "1514-byte frames at no loss", length="1514"),
             Throughput("throughput-imix", "IMIX at no loss", length="imix"),
             LossCurve("loss-60", "60-byte frames, loss at the highest rate"),
             Latency("latency-1k", "round trip at 1000/s, median", "PP", 1000),
             Latency("latency-50k", "round trip at 50000/s, median", "PP", 50000),
             Reflected("pvp", "uplink, VM, uplink: round trips", "PV"),
             Stream("pv", "uplink to VM", "PV"), Stream("vp", "VM to uplink", "VP")]
    return {load.name: load for load in loads}
