# SPDX-License-Identifier: GPL-2.0
"""The record of a throughput test as test reports have it: what was set up how, and a line
for each way and length. What a reader has to fill in by hand is left as `___`."""
from . import table

WAYS = (("throughput-60", "P2P", "60"), ("throughput-1514", "P2P", "1514"),
        ("throughput-imix", "P2P", "IMIX"), ("pvp", "PVP", "60"), ("pv", "PV", "60"),
        ("vp", "VP", "60"))


def generator_of(load):
    if load.startswith("throughput"):
        return "bench (BPF_PROG_RUN, live frames)"
    return "xsw-pktgen"


def head(env):
    cpu, device, versions = env["cpu"], env["device"], env["versions"]
    known = ", ".join(version if name in version.lower() else f"{name} {version}"
                      for name, version in versions.items() if version)
    weak = [name for name, state in cpu["mitigations"].items() if "Mitigation" in (state or "")]
    return [("Date", env["date"]), ("Machine", "___"),
            ("CPU", f"{cpu['model']}, {cpu['cpus']} CPUs, governor {cpu['governor']}"
             + (", virtual" if cpu["hypervisor"] else "")),
            ("Mitigations", ", ".join(weak) or "none"),
            ("Kernel", f"{env['kernel']['release']}, {env['kernel']['command_line']}"),
            ("NIC", f"{device['driver']}, {device['rx_queues']} rx and {device['tx_queues']} tx "
             f"queues, MTU {device['mtu']}"),
            ("Offloads", ", ".join(device["offloads"])), ("Versions", known),
            ("Load before", env["load_before"]),
            ("Trials", f"{env['rounds']} rounds of {env['seconds']:g} s"),
            ("Acceptable loss", f"{env['acceptable_loss_percent']:g} %")]


def record(out):
    """The text, or None if no load of it was run."""
    by_name = {result["load"]: result for result in out["loads"]}
    rows = [("forwarder", "way", "bytes", "Mpps", "min - max", "Gbit/s", "loss %", "generator")]
    for load, way, length in WAYS:
        for row in by_name.get(load, {}).get("results", []):
            low, mid, high = (row[key] / 1e6 for key in ("min", "median", "max"))
            size = 357.8 if length == "IMIX" else int(length)
            rows.append((row["title"], way, length, f"{mid:.3f}", f"{low:.3f} - {high:.3f}",
                         f"{mid * (size + 24) * 8 / 1e3:.2f}", f"{100 * row.get('loss', 0):.3f}",
                         generator_of(load)))
    if len(rows) == 1:
        return None
    lines = [f"{name + ':':<17} {value}" for name, value in head(out["environment"])]
    return "\n".join(lines) + "\n\n" + table.columns(rows) + (
        "\n\nMpps: frames that arrive; pvp: round trips. Gbit/s: on a wire, with FCS, preamble and"
        " gap.\nP: a port of the host, here a veth; V: a VM, here a tap.\n")
