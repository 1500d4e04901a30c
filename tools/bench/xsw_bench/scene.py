# SPDX-License-Identifier: GPL-2.0
"""What a load of frames asks of a peer: ports, VLANs, addresses, rates."""
from dataclasses import dataclass, field

DST = "02:10:00:00:00:00"  # where the generator's frames go, see frame.h
SRC = "02:00:00:00:00:00"


@dataclass
class Vlan:
    """How a port stands to VLANs: the words of xsw(8) and Open vSwitch."""
    mode: str = "trunk"
    tag: int = 0
    ethtype: str = "802.1ad"


@dataclass
class Scene:
    """Frames from g to p, through the peer, from q to s (q2 and s2, ... for a flood)."""
    length: str = "60"
    tags: str = ""       # of the generated frames, as bench.c reads them
    longer: int = 0      # bytes that the peer adds (tags), or takes away
    outs: int = 1
    flood: bool = False  # nobody knows the destination
    macs: int = 1        # addresses that frames go to, at random
    senders: int = 1     # addresses that they come from, at random
    new_per_s: int = 0   # senders that fall silent in a second, new ones in their place
    group_percent: float = 0  # of the frames, which go to groups, so to all ports
    batch: int = 0       # frames that leave one after the other; 0: as many as bench.c likes
    table: int = 0       # addresses known behind q besides
    vlan_in: Vlan = field(default_factory=Vlan)
    vlan_out: Vlan = field(default_factory=Vlan)
    vlan_more: Vlan = None  # of q2 and so on, if not that of q
    policed: bool = False   # p at its ingress; q2 and so on, which are guests, both ways
    plain: bool = False     # a peer may do it without VLANs and policers, which is told
    ports: tuple = ("p", "q")

    @property
    def out_ports(self):
        """q, and q2 and so on for a flood."""
        return [self.ports[1]] + [f"{self.ports[1]}{i}" for i in range(2, self.outs + 1)]

    def vlan_of(self, dev):
        """How the port of that name stands to VLANs."""
        if dev == self.ports[0]:
            return self.vlan_in
        return self.vlan_out if dev == self.ports[1] or not self.vlan_more else self.vlan_more

    @property
    def addresses(self):
        """That a table has to hold, and some more for those that begin while it is measured."""
        return max(self.table, self.macs) + self.senders + 100 * self.new_per_s

    @property
    def vlan(self):
        """The VLAN inside the switch."""
        return self.vlan_in.tag or self.vlan_out.tag

    @property
    def tagging(self):
        return bool(self.vlan)

    @property
    def needs(self):
        """What a peer must be able to do."""
        needs = set()
        if self.flood or self.group_percent:
            needs.add("flood")
        if self.tagging:
            modes = {self.vlan_in.mode, self.vlan_out.mode}
            needs.add("qinq" if "dot1q-tunnel" in modes else "vlan")
        if self.macs > 1 or self.senders > 1 or self.table:
            needs.add("fdb")
        if self.policed:
            needs.add("police")
        return needs

    def copies(self, run):
        """Frames that should arrive, of those that a generator has sent."""
        return run["sent"] * self.outs if self.flood else (
            run["sent"] + run["to_groups"] * (self.outs - 1))

    def expected(self):
        """Bytes of a frame that arrives; None for a mix."""
        return None if self.length == "imix" else int(self.length) + self.longer
