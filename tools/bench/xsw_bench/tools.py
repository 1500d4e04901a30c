# SPDX-License-Identifier: GPL-2.0
"""The programs that measurements need, and where they are: in the build tree that this
file belongs to, or where `make install` put them."""
import os
import shutil

from .lab import Cannot

SBINDIR = "../../../sbin"  # from here, so that an installed tree may be moved as a whole
OWN = {"bench": "bench/bench", "rr": "bench/rr", "xsw": "xsw", "xsw-pktgen": "xsw-pktgen",
       "xsw-guest": "xsw-guest", "xsw-slowpath": "xsw-slowpath"}
PACKAGES = {"gnuplot": "gnuplot-nox", "ovs-vswitchd": "openvswitch-switch",
            "ovsdb-server": "openvswitch-switch", "dpdk-testpmd": "dpdk-dev",
            "iperf3": "iperf3", "ethtool": "ethtool", "tc": "iproute2"}


class Tools:
    """Name -> path."""

    def __init__(self, build=None):
        here = os.path.dirname(os.path.realpath(__file__))
        sbin = os.path.normpath(os.path.join(here, SBINDIR))
        source = os.path.join(here, "../../../build")
        build = build or os.environ.get("BUILD")
        if not build and os.path.exists(os.path.join(here, "../bench.c")):
            build = source
        self.folders = [build] if build else [os.path.join(here, ".."), sbin]
        self.path = os.environ.get("PATH", "") + f":{sbin}:/usr/sbin:/sbin"
        os.environ["PATH"] = self.path

    def get(self, name):
        """The path, or None."""
        if name == "xsw" and os.environ.get("XSW"):
            return shutil.which(os.environ["XSW"])
        for folder in self.folders:
            for tail in (OWN.get(name, name), name):
                path = os.path.abspath(os.path.join(folder, tail))
                if name in OWN and os.access(path, os.X_OK) and os.path.isfile(path):
                    return path
        return shutil.which(name, path=self.path)

    def missing(self, name):
        """Why it cannot be used, or None."""
        if self.get(name):
            return None
        if name in PACKAGES:
            return f"{name} is not installed (package {PACKAGES[name]})"
        return f"{name} is not there"

    def need(self, name):
        """The path, or Cannot."""
        reason = self.missing(name)
        if reason:
            raise Cannot(reason)
        return self.get(name)
