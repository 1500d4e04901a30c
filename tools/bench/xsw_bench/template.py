# SPDX-License-Identifier: GPL-2.0
"""The record of a throughput test as test reports have it: what was set up how, and a line
for each way and length. What a reader has to fill in by hand is left as `___`."""
from . import table
from .rfc2544 import PRECISION, TRIALS

WAYS = (("throughput-60", "P2P", "60"), ("throughput-1514", "P2P", "1514"),
        ("throughput-imix", "P2P", "IMIX"), ("throughput-pvp", "PVP", "60"),
        ("throughput-pv", "PV", "60"), ("throughput-vp", "VP", "60"),
        ("pvp", "PVP, most", "60"), ("pv", "PV, most", "60"), ("vp", "VP, most", "60"))
LATENCIES = (("latency-1k", "1000"), ("latency-50k", "50000"))
KERNEL_GENERATOR, GUEST_GENERATOR = "bench (BPF_PROG_RUN, live frames)", "xsw-pktgen"


def generator_of(load):
    """Who can stand at the ends of a way: in the kernel only where both are devices."""
    return KERNEL_GENERATOR if load in [name for name, way, _ in WAYS if way == "P2P"] \
        else GUEST_GENERATOR


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
            ("Generators", f"{KERNEL_GENERATOR}; {GUEST_GENERATOR}; both of {versions['xsw']}"),
            ("Trials", f"of {env['seconds']:g} s, {env['rounds']} rounds; a rate sought by at most "
             f"{TRIALS} of them to {100 * PRECISION:g} %"),
            ("Acceptable loss", f"{env['acceptable_loss_percent']:g} %")]


def rates(by_name):
    """Throughput, a line for each way and length."""
    rows = [("forwarder", "way", "bytes", "Mpps", "min - max", "Gbit/s", "loss %", "generator")]
    for load, way, length in WAYS:
        for row in by_name.get(load, {}).get("results", []):
            low, mid, high = (row[key] / 1e6 for key in ("min", "median", "max"))
            size = 357.8 if length == "IMIX" else int(length)
            rows.append((row["title"], way, length, f"{mid:.3f}", f"{low:.3f} - {high:.3f}",
                         f"{mid * (size + 24) * 8 / 1e3:.2f}", f"{100 * row.get('loss', 0):.3f}",
                         generator_of(load)))
    return rows


def latencies(by_name):
    """Round trips, a line for each rate."""
    rows = [("forwarder", "way", "offered/s", "p50 us", "p90", "p99", "p99.9", "loss %")]
    for load, rate in LATENCIES:
        for row in by_name.get(load, {}).get("results", []):
            rows.append((row["title"], "P2P", rate, *(f"{row[key] / 1e3:.1f}" for key in (
                "p50", "p90", "p99", "p99_9")), f"{100 * row['loss']:.3f}"))
    return rows


def losses(by_name):
    """Loss in percent, a column for each part of the most that is passed on."""
    results = by_name.get("loss-60", {}).get("results", [])
    parts = [point["part"] for point in results[0]["curve"]] if results else []
    return [("forwarder", "most, Mpps", *(f"at {100 * part:.0f} %" for part in parts))] + [
        (row["title"], f"{row['most'] / 1e6:.3f}",
         *(f"{100 * point['loss']:.3f}" for point in row["curve"])) for row in results]


def record(out):
    """The text, or None if no load of it was run."""
    by_name = {result["load"]: result for result in out["loads"]}
    parts = (("Throughput (RFC 2544, 26.1)", rates(by_name)),
             ("Latency (26.2), 60 bytes, there and back", latencies(by_name)),
             ("Frame loss (26.3), 60 bytes, %", losses(by_name)))
    tables = [f"{heading}\n\n{table.columns(rows)}" for heading, rows in parts if len(rows) > 1]
    if not tables:
        return None
    lines = [f"{name + ':':<17} {value}" for name, value in head(out["environment"])]
    return "\n\n".join(["\n".join(lines), *tables]) + (
        "\n\nMpps: frames that arrive; PVP: round trips. Gbit/s: on a wire, with FCS, preamble and"
        " gap.\n\"Most\": when as much as can be is offered, whatever is lost.\n"
        "P: a port of the host, here a veth; V: a VM, here a tap.\n")
