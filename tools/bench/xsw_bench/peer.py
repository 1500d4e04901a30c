# SPDX-License-Identifier: GPL-2.0
"""What forwards frames, and how each is brought up between p and q: peers that live in
the kernel. Those that are processes: ovs.py, testpmd.py, slowpath.py."""
import json
import random

from .lab import Cannot
from .result import added
from .scene import DST

# What was learned before the first round is known in the last one.
AGEING_S = 3600
# Rate of a policer that lets everything pass: what is measured is what it costs.
POLICER_RATE = "100gbit"


class Peer:
    """One forwarder in a namespace of its own: up(), then measurements, between pause() and
    resume() if somebody else's turn is on, down() with the namespace."""
    name = title = None
    can = frozenset()
    sink = "tc"    # how frames arrive at s: as skbs, or as XDP frames
    bare = "none"  # what bench.c itself attaches
    cpus = "one core, shared with generator and sink"
    settle_s = 0.0     # until what was seen is learned
    tcp_limits = None  # why guests' offloads have to be off, if so
    counts_all = True  # learned() tells the entries of the table, whatever is asked for
    learn_rate = 0     # addresses a second, where not all of a burst are learned; 0: any

    def __init__(self, tools):
        self.tools = tools
        self.net = None
        self.processes = []

    def missing(self):
        """Why it cannot run here, or None."""
        return None

    def up(self, net, scene):
        """The devices are there; bring the forwarder up between them."""
        self.net = net

    def attach(self, net, devices):
        """Forward between these devices, whoever is behind them."""
        self.net = net

    def detach(self):
        """Take down what attach() made; the devices stay."""
        for process in reversed(self.processes):
            process.stop()
        self.processes = []

    def refuses(self, load):
        """Why it takes no part in this load, or None."""

    def drops(self):
        """Reason -> frames that it says it has dropped since it is up."""
        return {}

    def check(self):
        """It was this peer that forwarded, up to now. Impossible, if it was not."""

    def checked(self, measure, *args):
        """What measure(*args) returns, if it was this peer that forwarded meanwhile."""
        try:
            result = measure(*args)
        except Cannot:
            self.check()  # may know better why
            raise
        self.check()
        return result

    def pause(self):
        for process in self.processes:
            process.pause()

    def resume(self):
        for process in self.processes:
            process.resume()


class Wire(Peer):
    """No switch: g's other end is the sink."""
    name, title = "veth", "veth, no switch"
    can = frozenset(("tcp",))
    sink = "xdp"


class BareXdp(Peer):
    name, title = "bare-xdp", "bare XDP redirect"
    sink = "xdp"
    bare = "bare-xdp"
    can = frozenset(("search",))


class BareTc(Peer):
    name, title = "bare-tc", "bare TC redirect"
    bare = "bare-tc"
    can = frozenset(("tcp", "search"))


def vlan_words(vlan):
    """Settings of `xsw port add` for a Vlan."""
    if vlan.mode == "access":
        return f"vlan_mode access tag {vlan.tag}"
    if vlan.mode == "dot1q-tunnel":
        return f"vlan_mode dot1q-tunnel tag {vlan.tag} qinq_ethtype {vlan.ethtype}"
    return f"vlan_mode {vlan.mode}" + (f" tag {vlan.tag}" if vlan.tag else "")


def policed(scene):
    """(device, way) of each policer: p at its ingress, the guests q2 and so on both ways."""
    return [(scene.ports[0], "ingress")] + [(dev, way) for dev in scene.out_ports[1:]
                                            for way in ("ingress", "egress")]


class Xsw(Peer):
    """The switch, all ports on one path."""
    can = frozenset(("flood", "vlan", "qinq", "fdb", "police", "tcp", "search", "learn",
                     "ports", "config", "upgrade"))
    port_words = ""  # to `port add`, for hosts

    def __init__(self, tools, path):
        super().__init__(tools)
        self.path = path
        self.name, self.title = f"xsw-{path}", f"xsw, path {path}"
        self.sink = "xdp" if path == "xdp" else "tc"

    def missing(self):
        return self.tools.missing("xsw")

    def xsw(self, *words, **options):
        return self.net.run(self.tools.need("xsw"), *words, **options)

    def batch(self, lines):
        self.xsw("-b", "-", stdin="\n".join(lines) + "\n")

    def up(self, net, scene):
        super().up(net, scene)
        into, out = scene.ports
        lines = [f"switch add sw0 ageing_time {AGEING_S} "
                 f"fdb_max {max(16384, 2 * scene.addresses)}"]
        lines += [f"port add {dev} switch sw0 path {self.path} {vlan_words(scene.vlan_of(dev))}"
                  for dev in [into] + scene.out_ports]
        if not scene.flood:
            lines.append(f"fdb add {DST} dev {out} vlan {scene.vlan} static")
        if scene.policed:
            lines += [f"policer set {dev} {way} rate {POLICER_RATE} burst 1gb"
                      for dev, way in policed(scene)]
        self.batch(lines)
        if self.path == "skb":
            for dev in scene.ports:
                net.napi(dev)

    def learned(self, count, side="q"):
        """Entries that the table holds."""
        return json.loads(self.xsw("-j", "switch", "show", "sw0"))[0]["fdb_entries"]

    def drops(self):
        shown = json.loads(self.xsw("-j", "stats", "show"))
        return added(port["drops"] for port in shown)

    def forget(self):
        self.xsw("fdb", "flush", "switch", "sw0")

    def attach(self, net, devices):
        self.net = net
        self.batch(["switch add sw0"] +
                   [f"port add {dev} switch sw0 path {self.path} {self.port_words}"
                    for dev in devices])

    def detach(self):
        self.xsw("switch", "del", "sw0")
        super().detach()

    def add_ports(self, net, devices):
        self.net = net
        self.batch([f"port add {dev} switch sw0 path {self.path}" for dev in devices])


class XswPeer(Xsw):
    """The switch with bpf_redirect_peer(), which saves a container a queue for each frame."""
    can = frozenset(("tcp",))
    port_words = "peer_redirect on"

    def __init__(self, tools):
        super().__init__(tools, "skb")
        self.name, self.title = "xsw-skb-peer", "xsw, path skb, peer_redirect"

    def refuses(self, load):
        return None if load.containers else "peer_redirect is for containers"


class Bridge(Peer):
    name, title = "bridge", "Linux bridge"
    counts_all = False
    can = frozenset(("flood", "vlan", "fdb", "police", "tcp", "search", "learn", "ports"))

    def missing(self):
        return self.tools.missing("tc")

    def up(self, net, scene):
        super().up(net, scene)
        self.lacks = []
        self.attach(net, ["p"] + scene.out_ports, f"ageing_time {100 * AGEING_S}")
        if scene.tagging:
            self.unless_plain(scene, "VLANs", self.vlans)
        if scene.policed:
            self.unless_plain(scene, "policers", self.police)
        self.title = ", no ".join([Bridge.title] + self.lacks)
        self.vlan_words = ["vlan", str(scene.vlan)] if scene.vlan and not self.lacks else []
        if not scene.flood:
            net.run("bridge", "fdb", "add", DST, "dev", "q", "master", "static", *self.vlan_words)

    def unless_plain(self, scene, what, do):
        """do(scene), or without what this kernel lacks where the load allows it: less work."""
        try:
            do(scene)
        except Cannot:
            if not scene.plain:
                raise
            self.lacks.append(what)

    def vlans(self, scene):
        self.net.run("ip", "link", "set", "br0", "type", "bridge", "vlan_filtering", "1")
        for dev in ["p"] + scene.out_ports:
            self.vlan(dev, scene.vlan_of(dev), scene.vlan)

    def police(self, scene):
        for dev, way in policed(scene):
            self.net.run("tc", "qdisc", "replace", "dev", dev, "clsact")
            self.net.run("tc", "filter", "add", "dev", dev, way, "matchall", "action", "police",
                         "rate", "30gbit", "burst", "250mb", "conform-exceed", "drop/continue")

    def vlan(self, dev, vlan, number):
        flags = ["pvid", "untagged"] if vlan.mode == "access" else []
        self.net.run("bridge", "vlan", "add", "dev", dev, "vid", number, *flags)

    def attach(self, net, devices, options=""):
        self.net = net
        net.links([f"link add br0 type bridge {options}", "link set br0 up"])
        self.add_ports(net, devices)

    def detach(self):
        self.net.run("ip", "link", "del", "br0")

    def add_ports(self, net, devices):
        net.links([f"link set {dev} master br0" for dev in devices])

    def learned(self, count, side="q"):
        """Of so many addresses, by a sample: all of a large table take a minute to list."""
        prefix = "02:10:00:" if side == "q" else "02:00:00:"
        sample = random.Random(1).sample(range(count), min(count, 500))
        macs = [prefix + ":".join(f"{n:06x}"[i:i + 2] for i in (0, 2, 4)) for n in sample]
        words = " ".join(self.vlan_words)
        found = self.net.run("bridge", "-force", "-batch", "-", check=False,
                             stdin="".join(f"fdb get {mac} br br0 {words}\n" for mac in macs))
        return round(found.count(f"dev {side}") / len(sample) * count)

    def forget(self):
        self.net.run("ip", "link", "set", "q", "type", "bridge_slave", "fdb_flush")
