# SPDX-License-Identifier: GPL-2.0
"""What xsw wants to reach beside its peers, and how far it is from that."""

# (load, peer, the peer it is compared to, least ratio; None and a most: less is better)
TARGETS = [
    ("pps-60", "xsw-xdp", "bare-xdp", 0.90),
    ("pps-60", "xsw-xdp", "bridge", 3),
    ("pps-60", "xsw-xdp", "ovs-afxdp", 5),
    ("pps-60", "xsw-xdp", "testpmd-xdp", 6),
    ("pps-60", "xsw-skb", "bridge", 1.1),
    ("pps-60", "xsw-afxdp-spin", "ovs-afxdp", 1.5),
    ("flood-32", "xsw-xdp", "bridge", 2),
    ("tcp-vm", "xsw-skb", "bridge", 1.05),
    ("tcp-vm", "xsw-skb", "ovs-afxdp", 5),
    ("tcp-container", "xsw-skb", "bridge", 1.1),
    ("tcp-rr", "xsw-skb", "bridge", 1),
    ("udp-rr", "xsw-skb", "bridge", 1),
]


def median(loads, load, peer):
    for result in loads:
        if result["load"] == load:
            for row in result["results"]:
                if row["peer"] == peer:
                    return row["median"], result["better"] == "more"
    return None, None


def verdicts(loads):
    """The targets of which both figures are there."""
    out = []
    for load, peer, other, wanted in TARGETS:
        mine, more = median(loads, load, peer)
        theirs, _ = median(loads, load, other)
        if not mine or not theirs:
            continue
        reached = mine / theirs
        out.append({"target": f"{load}: {peer} / {other}", "wanted": wanted,
                    "sign": ">=" if more else "<=", "reached": round(reached, 4),
                    "met": reached >= wanted if more else reached <= wanted})
    return out
