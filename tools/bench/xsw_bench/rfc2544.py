# SPDX-License-Identifier: GPL-2.0
"""Tests as RFC 2544 has them: throughput at an acceptable loss by bisection (26.1), latency
(26.2), frame loss at rates from much to little (26.3), and a guest between or at an end of
the way (PVP, PV, VP: P a physical port, here an uplink by veth; V a VM, here a tap)."""
from . import probe
from .frames import Frames, Load
from .lab import Cannot
from .losses import Watch
from .scene import Scene

PRECISION = 0.02  # of the rate that is sought
TRIALS = 12
REFLECTED_MOST = 250000  # a second; more than any guest reflects
STEPS = (0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2)


def lost(run):
    return max(0.0, 1 - run["received"] / max(1, run["sent"]))


def achieved(run):
    return run["sent"] / run["seconds"]


def trial(offered, received, loss):
    """What one rate came to, per second."""
    return {"offered": offered, "received": received, "loss": loss}


def throughput(try_rate, acceptable):
    """The highest rate that loses no more than is acceptable, sought between none and what the
    peer passes on when more is offered. try_rate(None: as much as can be) returns a trial()."""
    run = try_rate(None)
    most = run["received"]
    if run["loss"] <= acceptable:
        return {"value": run["offered"], "loss": run["loss"], "trials": 1, "most": most}
    good, bad, best = 0.0, most * 1.1, None
    for trials in range(2, TRIALS + 2):
        rate = (good + bad) / 2
        run = try_rate(rate)
        if run["loss"] <= acceptable:
            good, best = rate, run
        else:
            bad = rate
        if bad - good < PRECISION * bad:
            break
    if not best:
        raise Cannot(f"loses more than {100 * acceptable:g} % even at {bad:.0f} a second")
    return {"value": min(best["offered"], good), "loss": best["loss"], "trials": trials,
            "most": most}


class Throughput(Frames):
    """By the generator in the kernel. A forwarder on the generator's own CPU slows that down
    instead of losing."""
    acceptable = 0.0
    trials = TRIALS
    extras = ()

    def measure(self, peer, seconds):
        def try_rate(rate):
            run = self.generate(peer, seconds, rate or 0)
            return trial(achieved(run), run["received_in_time"] / run["seconds"], lost(run))
        return throughput(try_rate, self.acceptable)


class LossCurve(Frames):
    """Loss at parts of what the peer passes on at most; the value is the loss at 1.0 of it."""
    unit, more = "%", False
    extras = ()
    once = True
    trials = 1 + len(STEPS)

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
    macs = 1  # addresses that frames go to

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
        peer.up(net, Scene(ports=tuple(ports), macs=self.macs))

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


class Guests(Way):
    """From one VM to another, as much as can be, to one address or to many in turn. Who receives
    has the first CPU, who sends the last one."""

    def __init__(self, name, title, ends, macs=1):
        super().__init__(name, title, ends)
        self.macs = macs

    def refuses(self, peer):
        if self.macs > 1 and "fdb" not in peer.can:
            return "does not do this (fdb)"
        return super().refuses(peer)

    def measure(self, peer, seconds):
        with Watch(peer) as watch:
            out = probe.to_many(peer.net, *self.ends(), seconds, self.macs,
                                lambda: peer.learned(self.macs), peer.learn_rate)
        return dict(out, value=out["received_pps"], lost=watch.places)


class Reflected(Way):
    """In at an uplink, to a VM that sends it back, out at the uplink: round trips per second
    when more is offered than can be, the loss told."""

    def measure(self, peer, seconds):
        out = probe.ping(peer.net, *self.ends(), seconds, REFLECTED_MOST)
        return dict(out, value=out["replies_pps"])


class WayThroughput(Way):
    """The highest rate without loss where a VM is at an end, or between (round trips)."""
    acceptable = 0.0
    trials = TRIALS

    def __init__(self, name, title, ends, reflected=False):
        super().__init__(name, title, ends)
        self.reflected = reflected

    def measure(self, peer, seconds):
        def try_rate(rate):
            if self.reflected:
                out = probe.ping(peer.net, *self.ends(), seconds, rate or REFLECTED_MOST)
                return trial(out["offered_pps"], out["replies_pps"], out["loss"])
            out = probe.stream(peer.net, *self.ends(), seconds, rate or 0)
            return trial(out["offered_pps"], out["received_pps"], out["loss"])
        return throughput(try_rate, self.acceptable)


def rfc2544_loads():
    """Name -> Load."""
    loads = [Throughput("throughput-60", "60-byte frames at no loss"),
             Throughput("throughput-1514", "1514-byte frames at no loss", length="1514"),
             Throughput("throughput-imix", "IMIX at no loss", length="imix"),
             LossCurve("loss-60", "60-byte frames, loss at the highest rate"),
             Latency("latency-1k", "round trip at 1000/s, median", "PP", 1000),
             Latency("latency-50k", "round trip at 50000/s, median", "PP", 50000),
             Reflected("pvp", "uplink, VM, uplink: round trips", "PV"),
             Stream("pv", "uplink to VM", "PV"), Stream("vp", "VM to uplink", "VP"),
             Guests("pps-vm", "VM to VM, UDP of 64 bytes with FCS", "VV"),
             Guests("macs-10000-vm", "VM to VM, UDP to 10000 addresses", "VV", macs=10000),
             WayThroughput("throughput-pvp", "uplink, VM, uplink at no loss", "PV", True),
             WayThroughput("throughput-pv", "uplink to VM at no loss", "PV"),
             WayThroughput("throughput-vp", "VM to uplink at no loss", "VP")]
    return {load.name: load for load in loads}
