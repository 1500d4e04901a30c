# SPDX-License-Identifier: GPL-2.0
"""`xsw-bench peers`: all forwarders side by side, round by round in turn."""
from . import losses, plot, record, table, template
from .forecast import BOOT_S, Forecast, spoken
from .frames import frame_loads
from .hosts import host_loads
from .lab import Cannot
from .ovs import Ovs, OvsKernel
from .peer import BareTc, BareXdp, Bridge, Wire, Xsw, XswPeer
from .result import merged, ratios
from .rfc2544 import rfc2544_loads
from .scale import scale_loads
from .slowpath import MODES, Slowpath
from .targets import text_of_verdicts, verdicts
from .testpmd import Testpmd

DEFAULT_LOADS = ("mix", "pps-60", "pps-1514", "imix", "macs-10000", "flood-8", "vlan-push")
REFERENCES = ("bridge", "bare-xdp")


def all_peers(tools):
    """Every Peer, in the order in which they are shown."""
    return [Wire(tools), BareXdp(tools), Xsw(tools, "xdp"), BareTc(tools), Xsw(tools, "skb"),
            XswPeer(tools), Bridge(tools)] + [Slowpath(tools, mode) for mode in MODES] + [
                OvsKernel(tools), Ovs(tools), Testpmd(tools, "af_xdp"), Testpmd(tools, "af_packet")]


def all_loads():
    """Name -> Load."""
    return {**frame_loads(), **host_loads(), **rfc2544_loads(), **scale_loads()}


def why_not(load, peer):
    """Why a peer takes no part in a load, or None."""
    return peer.missing() or peer.refuses(load) or load.refuses(peer)


def rounds_of(load, options):
    return 1 if load.once else options.rounds


def peers_of(tools, options):
    return [peer for peer in all_peers(tools) if not options.peer or peer.name in options.peer]


def forecast(tools, options, emulated):
    """How long it will take."""
    out = Forecast(emulated, options.seconds)
    loads = all_loads()
    for load in (loads[name] for name in options.load):
        for peer in peers_of(tools, options):
            if not why_not(load, peer):
                out.expect(rounds_of(load, options) * load.trials)
    return out


def foretell(tools, options, progress):
    """Say so before a virtual machine boots, which is emulated as a rule."""
    seconds = BOOT_S + forecast(tools, options, True).left_s()
    progress.tell(f"{len(options.load)} loads, {options.rounds} rounds: about {spoken(seconds)}, on an "
                  "emulated machine")


class Turn:
    """One load, all peers: who takes part, what each got in every round."""

    def __init__(self, lab, load, number, progress):
        self.lab, self.load, self.number, self.progress = lab, load, number, progress
        self.peers, self.runs, self.skipped, self.devices = [], {}, [], {}

    @property
    def forecast(self):
        return self.progress.forecast

    def leave_out(self, peer, reason):
        self.skipped.append({"peer": peer.name, "title": peer.title, "reason": str(reason)})

    def add(self, peer):
        """Bring it up, or note why not; what it left half done is taken down."""
        reason = why_not(self.load, peer)
        if reason:
            self.leave_out(peer, reason)
            return
        self.progress.say(f"{self.load.name}: {peer.title} comes up")
        have = len(self.lab.namespaces), len(self.lab.processes)
        try:
            net = self.lab.namespace(peer.name)
            peer.net = net
            self.load.up(net, peer)
            peer.pause()
        except Cannot as reason:
            self.lab.take_down(*have)
            self.leave_out(peer, reason)
            self.forecast.up()
            self.forecast.gone(self.number * self.load.trials)
            return
        self.forecast.up()
        self.peers.append(peer)
        self.runs[peer.name] = []

    def rounds(self, seconds):
        for number in range(1, self.number + 1):
            for peer in list(self.peers):
                self.progress.say(f"{self.load.name}: round {number} of {self.number}, {peer.title}")
                peer.resume()
                try:
                    self.runs[peer.name].append(peer.checked(self.load.measure, peer, seconds))
                except Cannot as reason:
                    self.peers.remove(peer)
                    self.leave_out(peer, reason)
                    self.forecast.gone((self.number - number) * self.load.trials)
                peer.pause()
                self.forecast.measured(self.load.trials)

    def result(self):
        rows = [dict(peer=peer.name, title=peer.title, cpus=peer.cpus,
                     **merged(self.runs[peer.name])) for peer in self.peers]
        for reference in REFERENCES:
            ratios(rows, reference)
        return {"load": self.load.name, "title": self.load.title, "unit": self.load.unit,
                "better": "more" if self.load.more else "less",
                "extras": [list(extra) for extra in self.load.extras], "results": rows,
                "skipped": self.skipped}


def measure_load(lab, load, peers, options, progress):
    """All rounds of one load; everything made for it is gone afterwards."""
    turn = Turn(lab, load, rounds_of(load, options), progress)
    have = len(lab.namespaces), len(lab.processes)
    try:
        for peer in peers:
            turn.add(peer)
        turn.rounds(options.seconds)
        return turn.result()
    finally:
        lab.take_down(*have)


def text_of(result):
    """The table of one load."""
    name = table.scaled(result["unit"])[0]
    counted = any("expected" in row for row in result["results"])
    rows = [(result["title"], name, "min - max", "x bridge", "x bare XDP",
             *(heading for _, heading in result["extras"]), *(["lost %"] if counted else []))]
    for row in result["results"]:
        ratio = row.get("ratio", {})
        rows.append((row["title"], table.shown(row["median"], result["unit"]),
                     f"{table.shown(row['min'], result['unit'])} - "
                     f"{table.shown(row['max'], result['unit'])}",
                     *(f"{ratio[r]:.2f}" if r in ratio else "-" for r in REFERENCES),
                     *(table.shown(row[key], result["unit"]) for key, _ in result["extras"]),
                     *([f"{100 * row.get('loss', 0):.2f}"] if counted else [])))
    lines = [table.columns(rows)]
    lines += [line for line in map(losses.told, result["results"]) if line]
    reasons = {}
    for skip in result["skipped"]:
        reasons.setdefault(skip["reason"], []).append(skip["peer"])
    lines += [f"  left out: {', '.join(names)}: {reason}" for reason, names in reasons.items()]
    return "\n".join(lines)


def draw(folder, result):
    """Bars of a load; where each peer has a curve of its own, these too."""
    curves = [(row["title"], [(p["offered_pps"], 100 * p["loss"]) for p in row["curve"]])
              for row in result["results"] if "curve" in row]
    if curves:
        return plot.draw(folder, f"peers-{result['load']}", plot.curves(
            result["title"], "frames offered per second", "lost, %", curves))
    unit, factor, _ = table.scaled(result["unit"])
    rows = [(row["title"], *(row[key] * factor for key in ("median", "min", "max")))
            for row in result["results"]]
    if not rows:
        return []
    return plot.draw(folder, f"peers-{result['load']}", plot.bars(result["title"], unit, rows))


def run(lab, tools, options, folder, progress):
    """Everything that was asked for; returns (object for JSON, text)."""
    env = record.environment(tools, options.seconds, options.rounds)
    peers = peers_of(tools, options)
    loads = all_loads()
    progress.forecast = forecast(tools, options, env["cpu"]["emulated"])
    net = lab.namespace("record")
    net.pair("g", "p")
    env["device"] = record.device(net, "p")
    env["acceptable_loss_percent"] = options.loss
    out = {"kind": "peers", "environment": env, "loads": [], "plots": []}
    for name in options.load:
        loads[name].acceptable = options.loss / 100
        result = measure_load(lab, loads[name], peers, options, progress)
        out["loads"].append(result)
        folder.write_json("peers.json", out)  # what there is, should a later load go wrong
    out["targets"] = verdicts(out["loads"], env["cpu"]["emulated"])
    text = "\n\n".join(text_of(result) for result in out["loads"])
    text += f"\n\n{options.rounds} rounds of {options.seconds:g} s, in turn; medians." + record.note(env)
    text += text_of_verdicts(out["targets"])
    if template.record(out):
        folder.write("peers-record.txt", template.record(out))
    return out, text


def plots(folder, out):
    return [name for result in out["loads"] for name in draw(folder, result)]
