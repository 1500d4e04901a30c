# SPDX-License-Identifier: GPL-2.0
"""Open vSwitch, netdev datapath with ports of type afxdp, or the kernel's datapath: a database
and a daemon of our own in a folder of our own, whatever else may run on the machine."""
import os
import subprocess
import tempfile

from . import record
from .lab import Cannot, wait_for
from .peer import AGEING_S, Peer
from .scene import DST

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


class Ovs(Peer):
    name, title = "ovs-afxdp", "OVS netdev, AF_XDP"
    can = frozenset(("flood", "vlan", "fdb", "tcp", "search", "learn", "ports"))
    cpus = "a core of its own, polling; generator and sink on another"
    tcp_limits = "AF_XDP hands on neither partial checksums nor long segments"
    settle_s = 0.5
    learn_rate = 50000
    datapath, port_words = "netdev", ["type=afxdp", "options:n_rxq=1"]

    def missing(self):
        for name in ("ovs-vswitchd", "ovsdb-server", "ovs-vsctl", "ovsdb-tool", "ovs-appctl"):
            if self.tools.missing(name):
                return self.tools.missing("ovs-vswitchd") or self.tools.missing(name)
        if not os.path.exists(SCHEMA):
            return f"{SCHEMA} is not there"
        return "needs two CPUs" if (os.cpu_count() or 1) < 2 else None

    def vsctl(self, *words):
        return self.net.run("ovs-vsctl", f"--db=unix:{self.folder}/db.sock", "-t", 60, *words)

    def appctl(self, *words, **options):
        return self.net.run("ovs-appctl", "-t", f"{self.folder}/v.ctl", *words, **options)

    def daemons(self, net):
        self.net = net
        self.folder = tempfile.mkdtemp(dir=net.lab.folder)
        env = {name: self.folder for name in ("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR")}
        net.env.update(env)
        net.run("ovsdb-tool", "create", f"{self.folder}/conf.db", SCHEMA)
        server = net.start("ovsdb-server", f"{self.folder}/conf.db", "--no-chdir",
                           f"--remote=punix:{self.folder}/db.sock",
                           f"--unixctl={self.folder}/db.ctl", f"--pidfile={self.folder}/db.pid")
        wait_for(lambda: os.path.exists(f"{self.folder}/db.sock"), "the database of OVS")
        self.vsctl("--no-wait", "init")
        self.vsctl("--no-wait", "set", "open", ".", "other_config:pmd-cpu-mask=0x1",
                   "other_config:flow-limit=2000000")
        switch = net.start("ovs-vswitchd", f"unix:{self.folder}/db.sock", "--no-chdir",
                           f"--unixctl={self.folder}/v.ctl", f"--pidfile={self.folder}/v.pid")
        self.processes = [server, switch]
        wait_for(lambda: os.path.exists(f"{self.folder}/v.ctl"), "ovs-vswitchd")
        self.vsctl("add-br", "br0", "--", "set", "bridge", "br0",
                   f"datapath_type={self.datapath}",
                   "other-config:mac-table-size=1000000",
                   f"other-config:mac-aging-time={AGEING_S}")

    def vlan_words(self, vlan):
        words = [f"vlan_mode={vlan.mode}"] if vlan.mode != "trunk" or vlan.tag else []
        return words + ([f"tag={vlan.tag}"] if vlan.tag else [])

    def add_ports(self, net, devices, settings=None):
        words = []
        for dev in devices:
            words += ["--", "add-port", "br0", dev] + (settings or {}).get(dev, [])
            if self.port_words:
                words += ["--", "set", "interface", dev] + self.port_words
        self.vsctl(*words)
        for dev in devices:
            error = self.vsctl("get", "interface", dev, "error").strip()
            if error != "[]":
                raise Cannot(f"OVS refuses port {dev}: {error}")

    def up(self, net, scene):
        self.daemons(net)
        devices = ["p"] + scene.out_ports
        self.add_ports(net, devices, {dev: self.vlan_words(scene.vlan_of(dev)) for dev in devices})
        if not scene.flood:
            self.appctl("fdb/add", "br0", "q", scene.vlan, DST)

    def attach(self, net, devices):
        """With a new daemon and an empty database."""
        self.daemons(net)
        self.add_ports(net, devices)

    def learned(self, count, side="q"):
        shown = self.appctl("fdb/stats-show", "br0")
        return int(shown.split("Current/maximum MAC entries in the table:")[1].split("/")[0])

    def forget(self):
        self.appctl("fdb/flush", "br0")


class OvsKernel(Ovs):
    """The datapath of the kernel's module, which asks the daemon once a flow."""
    name, title = "ovs-kernel", "OVS, kernel datapath"
    cpus = "one core, shared with generator and sink"
    tcp_limits = None
    datapath, port_words = "system", []

    def missing(self):
        return super().missing() or self.module_missing()

    @staticmethod
    def module_missing():
        """By the program that the kernel itself would load the module with."""
        modprobe = record.read("/proc/sys/kernel/modprobe") or "modprobe"
        try:
            found = subprocess.run([modprobe, "-nq", "openvswitch"], check=False)
        except OSError:
            return "no modprobe to load the module openvswitch"
        return f"no module openvswitch for kernel {os.uname().release}" if found.returncode else None

    def detach(self):
        """Its ports outlive the daemon."""
        self.vsctl("del-br", "br0")
        super().detach()
