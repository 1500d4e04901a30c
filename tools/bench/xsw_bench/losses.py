# SPDX-License-Identifier: GPL-2.0
"""Where frames of a load got lost, as those tell who counted them: the queue of a CPU that waits
for softirq, the devices between generator and sink, the switch. The kernel may count one frame
twice, at a device and for the switch."""
import json

BACKLOG = "backlog of a CPU"


def backlog():
    """Frames that found net.core.netdev_max_backlog others before them, on all CPUs."""
    with open("/proc/net/softnet_stat", encoding="ascii") as stat:
        return sum(int(line.split()[1], 16) for line in stat)


def of_device(link):
    """Frames that a device has dropped, of what `ip -j -s link show` says."""
    return sum(link["stats64"][way].get(key, 0) for way in ("rx", "tx")
               for key in ("dropped", "over_errors"))


def counted(peer):
    """Place -> frames lost there since it exists."""
    links = json.loads(peer.net.run("ip", "-j", "-s", "link", "show"))
    out = {f"device {link['ifname']}": of_device(link) for link in links if "stats64" in link}
    out[BACKLOG] = backlog()
    out.update({f"switch: {reason}": count for reason, count in peer.drops().items()})
    return out


def since(before, after):
    """Place -> frames lost meanwhile, where there were some."""
    return {place: count - before.get(place, 0) for place, count in after.items()
            if count > before.get(place, 0)}


class Watch:
    """with Watch(peer) as watch: ...; then watch.places"""

    def __init__(self, peer):
        self.peer, self.places = peer, {}

    def __enter__(self):
        self.before = counted(self.peer)
        return self

    def __exit__(self, *_):
        self.places = since(self.before, counted(self.peer))


def told(row):
    """A line for one row of results, or nothing: what was lost of how much, and where."""
    lost = row.get("expected", 0) - row.get("received", 0)
    if lost <= 0:
        return ""
    places = sorted(row.get("lost", {}).items(), key=lambda item: -item[1])
    where = ", ".join(f"{place} {count}" for place, count in places) or "nobody says where"
    return f"  {row['title']}: {lost} of {row['expected']} lost: {where}"
