# SPDX-License-Identifier: GPL-2.0
"""Loads of whole hosts: TCP in bulk, request and response, between two containers or two
VMs (xsw-guest plays the hypervisor's part) in namespaces of their own."""
import json
import math
import os

from .frames import Load
from .lab import Cannot, wait_for

RR_PORT = 5300
ADDRESS = "192.0.2.{}"


class Hosts(Load):
    """Two hosts h1 and h2, at t1 and t2 of the forwarder."""
    cpu = None  # to which both are bound, with what emulates them; None: as the kernel likes

    def __init__(self, name, title, vms):
        super().__init__(name, title)
        self.vms, self.containers = vms, not vms

    def refuses(self, peer):
        if "tcp" not in peer.can:
            return "does not carry TCP"
        if self.vms and peer.name == "veth":
            return "VMs have no wire between them"
        return None

    def up(self, net, peer):
        peer.hosts = [net.lab.namespace(f"h{i}") for i in (1, 2)]
        if peer.name == "veth":
            net.links(["link add wire1 type veth peer name wire2"] +
                      [f"link set wire{i} netns {host.name} name eth0"
                       for i, host in enumerate(peer.hosts, 1)])
        for i, host in enumerate(peer.hosts, 1):
            if peer.name != "veth":
                self.device(net, peer, i, host)
            host.links([f"address add {ADDRESS.format(i)}/24 dev eth0", "link set eth0 up"])
            if peer.tcp_limits:
                host.run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off")
        if peer.name not in ("veth", "bare-tc"):
            for dev in ("t1", "t2"):
                net.napi(dev)
                if peer.tcp_limits:  # nothing may merge what cannot be handed on
                    net.run("ethtool", "-K", dev, "gro", "off")
            peer.attach(net, ["t1", "t2"])
        self.serve(peer.hosts[1])
        if peer.name != "bare-tc":
            wait_for(lambda: "1 received" in peer.hosts[0].run(
                "ping", "-qc1", "-W1", ADDRESS.format(2), check=False), "an answer to ping")

    def device(self, net, peer, number, host):
        """t1 or t2, whose other end is the host's eth0."""
        port = f"t{number}"
        if not self.vms:
            net.links([f"link add {port} type veth peer name eth0 netns {host.name}"])
        else:
            guest = net.start(net.lab.tools.need("xsw-guest"), "-o",
                              "off" if peer.tcp_limits else "on", port, host.name, "eth0",
                              cpu=self.cpu)
            guest.says("ready")
        net.links([f"link set {port} up"])

    def serve(self, host):
        raise NotImplementedError

    def at_first(self, peer, *argv, seconds):
        """Run a client on h1; bare TC redirects live as long as the command they get."""
        limit = seconds + 20
        if peer.name != "bare-tc":
            return peer.hosts[0].run(*argv, timeout=limit)
        return peer.net.run(peer.net.lab.tools.need("bench"), "redirect", "t1", "t2",
                            *peer.hosts[0].prefix, *argv, timeout=limit)

    @staticmethod
    def offloads(peer):
        return f"off: {peer.tcp_limits}" if peer.tcp_limits else "on"


class Tcp(Hosts):
    """One stream by iperf3, both ends on the CPU that generators of frames have. On two CPUs it
    matters more where the kernel puts them than who forwards: figures/containers.md."""
    unit = "bit/s"
    cpu = (os.cpu_count() or 1) - 1

    def refuses(self, peer):
        return super().refuses(peer) or peer.tools.missing("iperf3")

    def serve(self, host):
        host.start("iperf3", "-s", cpu=self.cpu)
        wait_for(lambda: "LISTEN" in host.run("ss", "-ltn", "sport = 5201"), "iperf3 to listen")

    def measure(self, peer, seconds):
        seconds = math.ceil(seconds)
        out = json.loads(self.at_first(peer, "iperf3", "-c", ADDRESS.format(2), "-t", seconds, "-J",
                                       "-A", self.cpu, "--connect-timeout", "3000",
                                       seconds=seconds))
        end = out.get("end", {})
        if "sum_received" not in end:
            raise Cannot(f"iperf3: {out.get('error', 'no result')}")
        cpu = end["cpu_utilization_percent"]
        return {"value": end["sum_received"]["bits_per_second"],
                "retransmits": end["sum_sent"].get("retransmits", 0),
                "cpus_busy": (cpu["host_total"] + cpu["remote_total"]) / 100,
                "offloads": self.offloads(peer)}


class RequestResponse(Hosts):
    """A byte there and back, by rr.c: the median, and percentiles beside it."""
    unit, more = "ns", False
    extras = (("p90", "p90"), ("p99", "p99"))

    def __init__(self, name, title, vms, protocol):
        super().__init__(name, title, vms)
        self.protocol = protocol

    def serve(self, host):
        host.start(host.lab.tools.need("rr"), "serve", RR_PORT)
        wait_for(lambda: "LISTEN" in host.run("ss", "-ltn", f"sport = {RR_PORT}"), "rr to listen")

    def measure(self, peer, seconds):
        out = self.at_first(peer, peer.net.lab.tools.need("rr"), self.protocol, ADDRESS.format(2),
                            RR_PORT, seconds, seconds=seconds).split()
        rate, p50, p90, p99 = (float(word) for word in out)
        return {"value": p50 * 1e3, "p90": p90 * 1e3, "p99": p99 * 1e3, "transactions_per_s": rate,
                "offloads": self.offloads(peer)}


def host_loads():
    loads = [Tcp("tcp-container", "TCP, container to container", False),
             Tcp("tcp-vm", "TCP, VM to VM", True)]
    for vms, who, tail in ((False, "containers", ""), (True, "VMs", "-vm")):
        for protocol in ("tcp", "udp"):
            loads.append(RequestResponse(f"{protocol}-rr{tail}", f"{protocol.upper()} round trip, "
                                         f"{who}, median", vms, protocol))
    return {load.name: load for load in loads}
