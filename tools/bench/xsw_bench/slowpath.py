# SPDX-License-Identifier: GPL-2.0
"""xsw with ports of path afxdp, served by xsw-slowpath in one of its modes."""
import json

from .lab import Impossible, last_line, wait_for
from .peer import Xsw

MODES = ("interrupt", "adaptive", "busy-poll", "spin")


class Slowpath(Xsw):
    can = Xsw.can - {"ports", "config", "upgrade"}
    learn_rate = 50000
    tcp_limits = "AF_XDP hands on neither partial checksums nor long segments"

    def __init__(self, tools, mode):
        super().__init__(tools, "afxdp")
        self.mode = mode
        self.name, self.title = f"xsw-afxdp-{mode}", f"xsw, path afxdp, {mode}"
        self.sink = "tc"
        self.cpus = "a core of its own; generator and sink on another"

    def missing(self):
        return super().missing() or self.tools.missing("xsw-slowpath")

    def up(self, net, scene):
        super().up(net, scene)
        self.serve(net)

    def attach(self, net, devices):
        super().attach(net, devices)
        self.serve(net)

    def serve(self, net):
        process = net.start(self.tools.need("xsw-slowpath"), "sw0", "-m", self.mode, "-a", "0")
        self.processes, self.said = [process], 0
        wait_for(self.served, "xsw-slowpath to serve its ports")
        self.said = len(process.output())

    def complaint(self):
        """What it has said since it served; remedies stand on lines of their own."""
        said = self.processes[0].output()[self.said:]
        lines = [line for line in said.splitlines() if line.startswith("xsw-slowpath:")]
        return lines[-1].removeprefix("xsw-slowpath: ") if lines else last_line(said)

    def served(self):
        if not self.processes[0].alive():
            raise Impossible(self.complaint())
        ports = json.loads(self.xsw("-j", "port", "show"))
        return all(port["path_in_use"] == "afxdp" for port in ports)

    def check(self):
        """Without sockets the kernel forwards: nothing that this mode would be measured by. A
        device may refuse busy polling not before the first frame has come."""
        if not self.served():
            raise Impossible(f"its ports fell back to the kernel's path: {self.complaint()}")
