# SPDX-License-Identifier: GPL-2.0
"""`xsw-bench modes`: the same frames by kernel XDP, by kernel skb, and by AF_XDP in each of
its modes, from an idle switch to a saturated one."""
import time

from . import cpu, plot, probe, record, table
from .frames import Frames
from .lab import Cannot, Impossible
from .peer import Wire, Xsw
from .result import summary
from .scene import Scene
from .slowpath import MODES, Slowpath
from .targets import mode_verdicts, text_of_verdicts

FORMS = {"wire": "one veth to another, frames of the generator in the kernel",
         "uplink": "cross-host: an uplink (veth) to a VM (tap)",
         "vm": "in-host: a VM to a VM (taps)"}
ENDS = {"wire": ("g", "s"), "uplink": ("g", "tap:v2"), "vm": ("tap:v1", "tap:v2")}
PORTS = {"wire": ("p", "q"), "uplink": ("p", "v2"), "vm": ("v1", "v2")}
RATES = (1000, 10000, 50000, 100000, 200000, 500000, 1000000, 0)  # 0: as many as can be
PING_MOST = 300000  # beyond, xsw-pktgen is what is measured
PERCENTILES = ("p50", "p90", "p99", "p99_9")
FIGURES = ("offered_pps", "throughput_pps", "loss", "cpu_ns_per_frame", "machine_ns_per_frame",
           "process_ns_per_frame", "ping_offered_pps", "ping_loss") + PERCENTILES


def all_paths(tools):
    return [Xsw(tools, "xdp"), Xsw(tools, "skb")] + [Slowpath(tools, mode) for mode in MODES]


class Row:
    """A path in a form: how it comes up, and one point of its curves."""

    def __init__(self, lab, form, path):
        self.lab, self.form, self.path = lab, form, path
        self.points = {}  # rate -> figure -> samples
        self.idle = {}
        self.reason = self.possible = None

    @property
    def name(self):
        return self.path.name

    def up(self):
        self.net = self.lab.namespace(self.name)
        self.path.net = self.net
        if self.name == "veth":
            self.net.pair("g", "s")
            return
        for outer, port in zip(("g", "s"), PORTS[self.form]):
            if port.startswith("v"):
                probe.tap(self.net, port)
            else:
                self.net.pair(outer, port)
        self.path.up(self.net, Scene(ports=PORTS[self.form]))
        self.path.pause()

    def fails(self, reason):
        """Nothing is told of it but why."""
        self.reason, self.possible = str(reason), False if isinstance(reason, Impossible) else None

    def process_s(self):
        return sum(process.cpu_s() for process in self.path.processes)

    def rest(self, seconds):
        """One request at a time; then an idle switch: a process that busy polls does not before
        the first frame, which tells it what to poll."""
        out = probe.ping(self.net, *ENDS[self.form], seconds)
        self.keep(self.idle, {name: out[name] for name in PERCENTILES})
        before = self.process_s()
        with cpu.Window() as window:
            time.sleep(seconds)
        self.keep(self.idle, {"busy": window.busy_s / window.seconds,
                              "process": (self.process_s() - before) / window.seconds})

    def generated(self, seconds, rate):
        """The generator's frames, or those of xsw-pktgen where a tap is an end; their CPU time
        is that of all who took part."""
        if self.form != "wire":
            return probe.stream(self.net, *ENDS[self.form], seconds, rate)
        run = Frames("flow", "").generate(self.path, seconds, rate)
        return {"offered_pps": run["sent"] / run["seconds"], "cpu_s": run["cpu_s"],
                "received_pps": run["received_in_time"] / run["seconds"],
                "loss": max(0.0, 1 - run["received"] / max(1, run["sent"])),
                "frames": run["received"], "machine_cpu_s": run["machine_cpu_s"]}

    def flow(self, seconds, rate):
        """Throughput, loss, CPU time of a frame."""
        process, softirqd = self.process_s(), cpu.softirqd_s()
        run = self.generated(seconds, rate)
        process, softirqd = self.process_s() - process, cpu.softirqd_s() - softirqd
        frames = max(1, run["frames"])
        point = {"offered_pps": run["offered_pps"], "throughput_pps": run["received_pps"],
                 "loss": run["loss"],
                 "cpu_ns_per_frame": (run["cpu_s"] + process + softirqd) * 1e9 / frames}
        if "machine_cpu_s" in run:
            point["machine_ns_per_frame"] = run["machine_cpu_s"] * 1e9 / frames
        if self.path.processes:
            point["process_ns_per_frame"] = process * 1e9 / frames
        return point

    @staticmethod
    def keep(kept, point):
        for name, value in point.items():
            kept.setdefault(name, []).append(value)

    def measure(self, seconds, rate):
        """At a rate; None: idle."""
        if rate is None:
            self.rest(seconds)
            return
        kept = self.points.setdefault(rate, {})
        self.keep(kept, self.flow(seconds, rate))
        if 0 < rate <= PING_MOST:
            out = probe.ping(self.net, *ENDS[self.form], seconds, rate)
            self.keep(kept, {name: out[name] for name in PERCENTILES})
            self.keep(kept, {"ping_offered_pps": out["offered_pps"], "ping_loss": out["loss"]})

    def result(self):
        mode = getattr(self.path, "mode", None)
        out = {"form": self.form, "path": self.name, "title": self.path.title, "mode": mode}
        if self.reason:
            return dict(out, possible=self.possible, reason=self.reason)
        out["idle"] = {name: summary(values) for name, values in self.idle.items()}
        out["points"] = [{"rate": rate or "max", **{name: summary(point[name])
                                                    for name in FIGURES if name in point}}
                         for rate, point in sorted(self.points.items(), key=order)]
        return dict(out, possible=True)


def order(item):
    """Rates ascend, and `as many as can be` is last."""
    return item[0] or float("inf")


def come_up(lab, form, paths, progress):
    rows = []
    for path in paths:
        row = Row(lab, form, path)
        rows.append(row)
        progress.say(f"{form}: {path.title} comes up")
        have = len(lab.namespaces), len(lab.processes)
        row.reason = path.missing()
        if row.reason:
            continue
        try:
            row.up()
        except Cannot as reason:
            lab.take_down(*have)
            row.fails(reason)
    return rows


def measure_form(lab, form, paths, options, progress):
    """All rounds of one form; [result of each row]"""
    have = len(lab.namespaces), len(lab.processes)
    try:
        rows = come_up(lab, form, paths, progress)
        for number in range(1, options.rounds + 1):
            for row in rows:
                row.path.resume()
                for rate in [None] + options.rates:
                    if row.reason:
                        break
                    progress.say(f"{form}: round {number} of {options.rounds}, {row.path.title}, "
                                 f"{'idle' if rate is None else rate or 'most'}")
                    try:
                        row.path.checked(row.measure, options.seconds, rate)
                    except Cannot as reason:
                        row.fails(reason)
                row.path.pause()
        return [row.result() for row in rows]
    finally:
        lab.take_down(*have)


def subtract_ends(rows):
    """What the switch itself costs: a frame's CPU time less that of both ends alone."""
    ends = next((row for row in rows if row["path"] == "veth" and row["possible"]), None)
    alone = {point["rate"]: point["cpu_ns_per_frame"]["median"]
             for point in (ends or {}).get("points", [])}
    for row in rows:
        for point in row.get("points", []):
            if point["rate"] in alone and row is not ends:
                point["switch_ns_per_frame"] = (point["cpu_ns_per_frame"]["median"]
                                                - alone[point["rate"]])


def figure(point, name, factor=1.0, digits=1):
    if name not in point:
        return "-"
    value = point[name]
    value = value["median"] if isinstance(value, dict) else value
    return f"{value * factor:.{digits}f}"


COLUMNS = (("offered, k/s", "offered_pps", 1e-3, 1), ("Mpps", "throughput_pps", 1e-6, 3),
           ("loss %", "loss", 100, 2), ("p50 us", "p50", 1e-3, 1), ("p90", "p90", 1e-3, 1),
           ("p99", "p99", 1e-3, 1), ("p99.9", "p99_9", 1e-3, 1),
           ("CPU ns/frame", "cpu_ns_per_frame", 1, 0), ("switch's", "switch_ns_per_frame", 1, 0),
           ("process's", "process_ns_per_frame", 1, 0),
           ("machine's", "machine_ns_per_frame", 1, 0))


def text_of(form, rows):
    lines = [tuple(heading for heading, *_ in COLUMNS)]
    notes = []
    for row in rows:
        if not row["possible"]:
            word = "left out" if row["possible"] is None else "not possible on this device"
            notes.append(f"  {row['title']}: {word}: {row['reason']}")
            continue
        idle = row["idle"]
        lines.append((f"{row['title']}: idle {figure(idle, 'process', 100, 3)} % of a CPU "
                      f"(machine {figure(idle, 'busy', 100)} %), then a round trip "
                      f"{figure(idle, 'p50', 1e-3)} us, p99 {figure(idle, 'p99', 1e-3)}",))
        lines += [tuple(figure(point, name, factor, digits)
                        for _, name, factor, digits in COLUMNS) for point in row["points"]]
    return f"{FORMS[form]}\n" + "\n".join([table.columns(lines)] + notes)


def draw(folder, form, rows):
    """Latency, CPU and throughput against the load."""
    def series(name, factor=1.0):
        out = []
        for row in rows:
            points = [(p["offered_pps"]["median"], p[name]["median"] * factor)
                      for p in row.get("points", []) if name in p and p[name]["median"] > 0]
            if points:
                out.append((row["title"], sorted(points)))
        return out

    written = []
    for name, key, factor, label in (
            ("latency", "p99", 1e-3, "round trip, 99th percentile, us"),
            ("latency-p50", "p50", 1e-3, "round trip, median, us"),
            ("cpu", "cpu_ns_per_frame", 1.0, "CPU time per frame, both ends included, ns"),
            ("throughput", "throughput_pps", 1.0, "frames that arrive per second")):
        lines = series(key, factor)
        if lines:
            script = plot.curves(FORMS[form], "frames offered per second", label, lines, "xy")
            written += plot.draw(folder, f"modes-{form}-{name}", script)
    return written


def run(lab, tools, options, folder, progress):
    """Everything that was asked for; returns (object for JSON, text)."""
    env = record.environment(tools, options.seconds, options.rounds)
    net = lab.namespace("record")
    net.pair("g", "p")
    env["device"] = record.device(net, "p")
    out = {"kind": "modes", "environment": env, "forms": FORMS, "rows": [], "plots": []}
    texts = []
    for form in options.form:
        paths = [path for path in all_paths(tools)
                 if not options.path or path.name in options.path]
        if form == "wire":
            paths.insert(0, Wire(tools))
        rows = measure_form(lab, form, paths, options, progress)
        subtract_ends(rows)
        out["rows"] += rows
        texts.append(text_of(form, rows))
        folder.write_json("modes.json", out)
    out["targets"] = mode_verdicts(out["rows"], env["cpu"]["emulated"])
    texts.append(f"{options.rounds} rounds of {options.seconds:g} s, in turn; medians."
                 + record.note(env))
    return out, "\n\n".join(texts) + text_of_verdicts(out["targets"])


def plots(folder, out):
    written = []
    for form in FORMS:
        rows = [row for row in out["rows"] if row["form"] == form]
        written += draw(folder, form, rows) if rows else []
    return written
