# SPDX-License-Identifier: GPL-2.0
"""What xsw wants to reach, beside its peers and by itself, and how far it is from that."""
from statistics import median

from . import table

# (load, peer, what it is compared to: a load and a peer, ratio wanted). Where less is better
# the ratio is a most. None to compare to: a most in the unit of the load.
TARGETS = [
    ("mix", "xsw-xdp", ("mix", "bridge"), 2.5),
    ("mix", "xsw-skb", ("mix", "bridge"), 1.15),
    ("macs-10000", "xsw-xdp", ("macs-10000", "bridge"), 3.3),
    ("macs-10000", "xsw-xdp", ("pps-60", "xsw-xdp"), 0.75),
    ("fdb-100000", "xsw-xdp", ("fdb-100000", "bridge"), 3),
    ("fdb-1000000", "xsw-xdp", ("fdb-1000000", "bridge"), 2.8),
    ("both-10000", "xsw-xdp", ("both-10000", "bridge"), 3.3),
    ("both-100000", "xsw-xdp", ("both-100000", "bridge"), 3),
    ("macs-10000", "xsw-skb", ("macs-10000", "bridge"), 1.25),
    ("fdb-100000", "xsw-skb", ("fdb-100000", "bridge"), 1.25),
    ("fdb-1000000", "xsw-skb", ("fdb-1000000", "bridge"), 1.25),
    ("pps-60", "xsw-xdp", ("pps-60", "bare-xdp"), 0.93),
    ("pps-60", "xsw-xdp", ("pps-60", "bridge"), 3.9),
    ("pps-60", "xsw-xdp", ("pps-60", "ovs-afxdp"), 5),
    ("pps-60", "xsw-xdp", ("pps-60", "testpmd-xdp"), 6),
    ("pps-60-both", "xsw-xdp", ("pps-60-both", "ovs-afxdp"), 5),
    ("pps-60-both", "xsw-xdp", ("pps-60-both", "testpmd-xdp"), 6),
    ("pps-60", "xsw-skb", ("pps-60", "bridge"), 1.2),
    ("pps-60", "xsw-afxdp-spin", ("pps-60", "ovs-afxdp"), 1.5),
    ("flood-32", "xsw-xdp", ("flood-32", "bridge"), 1.2),
    ("flood-32", "xsw-skb", ("flood-32", "bridge"), 1.2),
    ("table-1000000", "xsw-xdp", ("table-10", "xsw-xdp"), 0.9),
    ("tcp-vm", "xsw-skb", ("tcp-vm", "bridge"), 1.05),
    ("tcp-vm", "xsw-skb", ("tcp-vm", "ovs-afxdp"), 5),
    ("tcp-container", "xsw-skb", ("tcp-container", "bridge"), 1.1),
    ("tcp-container", "xsw-skb-peer", ("tcp-container", "bridge"), 1.1),
    ("tcp-rr", "xsw-skb", ("tcp-rr", "bridge"), 1),
    ("tcp-rr", "xsw-skb-peer", ("tcp-rr", "bridge"), 1),
    ("udp-rr", "xsw-skb", ("udp-rr", "bridge"), 1),
    ("udp-rr", "xsw-skb-peer", ("udp-rr", "bridge"), 1),
    ("tcp-rr-vm", "xsw-skb", ("tcp-rr-vm", "bridge"), 1),
    ("udp-rr-vm", "xsw-skb", ("udp-rr-vm", "bridge"), 1),
    ("ports-256", "xsw-xdp", None, 3),
    ("upgrade", "xsw-xdp", None, 0),
]


def row_of(loads, load, peer):
    """(samples, whether more is better), or None."""
    for result in loads:
        for row in result["results"] if result["load"] == load else []:
            if row["peer"] == peer:
                return row["samples"], result["better"] == "more"
    return None


def noise(mine, theirs):
    """Least and most of the ratio: of the same round, if both were measured in turn."""
    rounds = [a / b for a, b in zip(mine, theirs) if b]
    return {"least": round(min(rounds), 4), "most": round(max(rounds), 4)} if rounds else {}


def verdict(mine, theirs, more, wanted):
    """How far it is: the ratio of medians, and its noise."""
    reached = median(mine) / median(theirs)
    return {"wanted": wanted, "sign": ">=" if more else "<=", "reached": round(reached, 4),
            **noise(mine, theirs), "met": reached >= wanted if more else reached <= wanted}


def verdicts(loads, emulated=False):
    """The targets of which all figures are there. Emulated, only ratios are judged."""
    out = []
    for load, peer, other, wanted in TARGETS:
        if emulated and not other:
            continue
        mine = row_of(loads, load, peer)
        theirs = row_of(loads, *other) if other else ([1] * len(mine[0]) if mine else [], None)
        text = f"{load}: {peer}"
        if other:
            text += " / " + (other[1] if other[0] == load else " ".join(other))
        if mine and theirs and median(theirs[0]):
            out.append({"target": text, **verdict(mine[0], theirs[0], mine[1], wanted)})
    return out


def p99_of(row):
    """Load -> samples of one row of modes; `one at a time` stands for a request that waits for
    the answer to the one before."""
    out = {f"{point['rate']}/s": point["p99"] for point in row["points"] if "p99" in point}
    if "p99" in row["idle"]:
        out["one at a time"] = row["idle"]["p99"]
    return {load: p99["samples"] for load, p99 in out.items()}


def mode_verdicts(rows, emulated=False):
    """What the modes of the slow path want to reach, where a device can do them: busy polling
    answers sooner than interrupts, and who sleeps takes no CPU; that is not judged when
    emulated, as a timer costs many times as much there."""
    out = []
    by_name = {(row["form"], row["mode"]): row for row in rows if row["possible"] and row["mode"]}
    for (form, mode), row in by_name.items():
        if mode == "interrupt" and "process" in row["idle"] and not emulated:
            idle = [100 * part for part in row["idle"]["process"]["samples"]]
            out.append({"target": f"{form}: CPU of the idle switch, {mode}, %",
                        **verdict(idle, [1] * len(idle), False, 0.1)})
        if mode == "busy-poll" and (form, "interrupt") in by_name:
            theirs = p99_of(by_name[form, "interrupt"])
            out += [{"target": f"{form}: p99 {mode} / interrupt, {load}",
                     **verdict(mine, theirs[load], False, 1)}
                    for load, mine in p99_of(row).items() if load in theirs]
    return out


def text_of_verdicts(targets):
    """What was wanted beside what came out; nothing, if all figures of none are there."""
    if not targets:
        return ""
    return "\n\n" + table.columns([("target", "wanted", "median", "min - max", "")] + [
        (t["target"], f"{t['sign']} {t['wanted']:g}", f"{t['reached']:.2f}",
         f"{t['least']:.2f} - {t['most']:.2f}", "reached" if t["met"] else "not reached")
        for t in targets])
