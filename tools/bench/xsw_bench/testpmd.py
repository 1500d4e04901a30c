# SPDX-License-Identifier: GPL-2.0
"""DPDK's testpmd in mode io, which hands every frame from one port to the other and looks
at nothing: less than a switch does, with a core of its own."""
from .peer import Peer


class Testpmd(Peer):
    can = frozenset(("tcp", "search"))
    cpus = "a core of its own, polling; generator and sink on another"
    tcp_limits = "testpmd hands on neither partial checksums nor long segments"

    def __init__(self, tools, driver):
        super().__init__(tools)
        self.driver = driver
        self.name, self.title = f"testpmd-{driver[3:]}", f"DPDK testpmd, net_{driver}"

    def missing(self):
        return self.tools.missing("dpdk-testpmd")

    def up(self, net, scene):
        self.attach(net, scene.ports)

    def attach(self, net, devices):
        self.net = net
        vdevs = [f"--vdev=net_{self.driver}{i},iface={dev}" for i, dev in enumerate(devices)]
        folder = net.lab.folder
        process = net.start(
            self.tools.need("dpdk-testpmd"), "-l", "0,1", "--main-lcore", "1", "--no-pci",
            "--no-huge", "-m", "1024", "--no-telemetry", f"--file-prefix={net.name}", *vdevs, "--",
            "--total-num-mbufs=65536", "--forward-mode=io", "--auto-start", "--no-lsc-interrupt",
            "--stats-period", "1000",
            env={"XDG_RUNTIME_DIR": folder, "RUNTIME_DIRECTORY": folder})
        self.processes = [process]
        process.says("packets/burst")
