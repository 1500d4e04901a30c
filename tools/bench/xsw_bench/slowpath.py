# SPDX-License-Identifier: GPL-2.0
"""xsw with ports of path afxdp, served by xsw-slowpath in one of its modes."""
import json

from .lab import Cannot, last_line, wait_for
from .peer import Xsw

MODES = ("interrupt", "adaptive", "busy-poll", "spin")


class Slowpath(Xsw):
    can = Xsw.can - {"ports", "config", "upgrade", "tcp"}
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

    def serve(self, net):
        process = net.start(self.tools.need("xsw-slowpath"), "sw0", "-m", self.mode, "-a", "0")
        self.processes = [process]

        def served():
            if not process.alive():
                raise Cannot(last_line(process.output()))
            ports = json.loads(self.xsw("-j", "port", "show"))
            return all(port["path_in_use"] == "afxdp" for port in ports)
        wait_for(served, "xsw-slowpath to serve its ports")
