# SPDX-License-Identifier: GPL-2.0
"""What xsw wants to reach, beside its peers and by itself, and how far it is from that."""

# (load, peer, what it is compared to: a load and a peer, ratio wanted). Where less is better
# the ratio is a most. None to compare to: a most in the unit of the load.
TARGETS = [
    ("pps-60", "xsw-xdp", ("pps-60", "bare-xdp"), 0.90),
    ("pps-60", "xsw-xdp", ("pps-60", "bridge"), 3),
    ("pps-60", "xsw-xdp", ("pps-60", "ovs-afxdp"), 5),
    ("pps-60", "xsw-xdp", ("pps-60", "testpmd-xdp"), 6),
    ("pps-60-both", "xsw-xdp", ("pps-60-both", "ovs-afxdp"), 5),
    ("pps-60-both", "xsw-xdp", ("pps-60-both", "testpmd-xdp"), 6),
    ("pps-60", "xsw-skb", ("pps-60", "bridge"), 1.1),
    ("pps-60", "xsw-afxdp-spin", ("pps-60", "ovs-afxdp"), 1.5),
    ("flood-32", "xsw-xdp", ("flood-32", "bridge"), 2),
    ("table-1000000", "xsw-xdp", ("table-10", "xsw-xdp"), 0.9),
    ("tcp-vm", "xsw-skb", ("tcp-vm", "bridge"), 1.05),
    ("tcp-vm", "xsw-skb", ("tcp-vm", "ovs-afxdp"), 5),
    ("tcp-container", "xsw-skb", ("tcp-container", "bridge"), 1.1),
    ("tcp-rr", "xsw-skb", ("tcp-rr", "bridge"), 1),
    ("udp-rr", "xsw-skb", ("udp-rr", "bridge"), 1),
    ("tcp-rr-vm", "xsw-skb", ("tcp-rr-vm", "bridge"), 1),
    ("udp-rr-vm", "xsw-skb", ("udp-rr-vm", "bridge"), 1),
    ("ports-256", "xsw-xdp", None, 3),
    ("upgrade", "xsw-xdp", None, 0),
]


def median(loads, load, peer):
    """(median, whether more is better), or None."""
    for result in loads:
        for row in result["results"] if result["load"] == load else []:
            if row["peer"] == peer:
                return row["median"], result["better"] == "more"
    return None


def verdicts(loads):
    """The targets of which all figures are there."""
    out = []
    for load, peer, other, wanted in TARGETS:
        mine = median(loads, load, peer)
        theirs = median(loads, *other) if other else (1, None)
        if not mine or not theirs or not theirs[0]:
            continue
        reached, more = mine[0] / theirs[0], mine[1]
        text = f"{load}: {peer}"
        if other:
            text += " / " + (other[1] if other[0] == load else " ".join(other))
        out.append({"target": text, "wanted": wanted, "sign": ">=" if more else "<=",
                    "reached": round(reached, 4),
                    "met": reached >= wanted if more else reached <= wanted})
    return out
