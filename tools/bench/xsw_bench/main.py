# SPDX-License-Identifier: GPL-2.0
"""The command line of xsw-bench."""
import argparse
import json
import os
import re
import signal
import sys

from . import modes, peers, vm
from .lab import Cannot, Lab
from .progress import Progress
from .result import Folder
from .tools import Tools

DONE, USAGE, CANNOT = 0, 1, 2
ROUNDS_MOST, SECONDS_MOST, RATE_MOST, CPUS_MOST = 10000, 86400, 1e9, 256


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"xsw-bench: {message}\nTry 'xsw-bench -h'.", file=sys.stderr)
        sys.exit(USAGE)


class Stopped(BaseException):
    """A signal asked to end."""


def words(known, what):
    """For argparse: NAME,NAME,... of those known, or `all`."""
    def read(text):
        names = list(known) if text == "all" else text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no such {what}: '{name}'; there are: "
                                                 f"{', '.join(known)}")
            if names.count(name) > 1:
                raise argparse.ArgumentTypeError(f"{what} '{name}' is named twice")
        return names
    return read


def number(least, kind=float, most=float("inf")):
    def read(text):
        try:
            value = kind(text) if re.fullmatch(r"[0-9.eE+-]+", text) else least - 1
        except ValueError:
            value = least - 1
        if value < least or value != value:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number of at least {least}")
        if value > most:
            raise argparse.ArgumentTypeError(f"'{text}' is more than {most:g}")
        return value
    return read


def rates(text):
    """Frames per second, suffixes k and m."""
    def one(word):
        factor = {"k": 1000, "m": 1000000}.get(word[-1:].lower(), 1)
        return int(number(0, most=RATE_MOST)(word[:-1] if factor > 1 else word) * factor)
    return sorted({one(word) for word in text.split(",")}, key=lambda rate: rate or float("inf"))


def parser():
    top = Parser(prog="xsw-bench", description="Measure xsw beside its peers, and its paths "
                 "beside each other. See xsw-bench(8).", allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="peers | modes | list")
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--quick", action="store_true", help="3 rounds of 0.4 s")
    common.add_argument("--rounds", type=number(1, int, ROUNDS_MOST), metavar="N",
                        help="default 7")
    common.add_argument("--seconds", type=number(0.05, most=SECONDS_MOST), metavar="S",
                        help="of each measurement, default 1")
    common.add_argument("-o", "--output", default="xsw-bench-results", metavar="DIR",
                        help="where results go, default xsw-bench-results")
    common.add_argument("-j", "--json", action="store_true", help="print JSON, not a table")
    common.add_argument("-v", "--verbose", action="store_true", help="a line for each step")
    common.add_argument("--no-plots", action="store_true")
    common.add_argument("--vm", metavar="KERNEL", help="in a virtual machine with this kernel, "
                        "as vmtests/run takes it: 6.12")
    common.add_argument("--vm-cpus", type=number(2, int, CPUS_MOST), metavar="N", default=2,
                        help="of that machine, default 2")
    side = commands.add_parser("peers", parents=[common], allow_abbrev=False,
                               help="xsw beside other forwarders")
    side.add_argument("--load", metavar="NAME,...", default=list(peers.DEFAULT_LOADS),
                      type=words(peers.all_loads(), "load"), help="or all; see xsw-bench list")
    side.add_argument("--peer", metavar="NAME,...", help="only these",
                      type=words([p.name for p in peers.all_peers(None)], "peer"))
    side.add_argument("--loss", type=number(0, most=100), default=0.0, metavar="PERCENT",
                      help="acceptable in loads throughput-*, default 0")
    side.set_defaults(module=peers)
    paths = commands.add_parser("modes", parents=[common], allow_abbrev=False,
                                help="XDP, skb and AF_XDP in each mode, from idle to saturated")
    paths.add_argument("--form", metavar="NAME,...", default=list(modes.FORMS),
                       type=words(modes.FORMS, "form"), help=f"of {', '.join(modes.FORMS)}")
    paths.add_argument("--path", metavar="NAME,...", help="only these",
                       type=words([p.name for p in modes.all_paths(None)], "path"))
    paths.add_argument("--rates", metavar="N,...", default=list(modes.RATES), type=rates,
                       help="frames per second to offer; 0: as many as can be")
    paths.set_defaults(module=modes)
    commands.add_parser("list", help="the names there are, and what is missing here")
    return top


def show_list(tools):
    print("loads:")
    for load in peers.all_loads().values():
        print(f"  {load.name:<18} {load.title}")
    print("peers:")
    for peer in peers.all_peers(tools):
        reason = peer.missing()
        print(f"  {peer.name:<22} {peer.title}" + (f" - not here: {reason}" if reason else ""))
    print("paths:")
    for path in modes.all_paths(tools):
        print(f"  {path.name:<22} {path.title}")
    print("forms:")
    for name, title in modes.FORMS.items():
        print(f"  {name:<22} {title}")
    return DONE


def stop(number, _):
    raise Stopped(number)


def plot_all(module, folder, out, tools):
    """Plots, or a word why there are none."""
    reason = tools.missing("gnuplot")
    try:
        out["plots"] = [] if reason else module.plots(folder, out)
    except RuntimeError as error:
        reason = str(error)
    if reason:
        out["plots_skipped"] = reason
        print(f"xsw-bench: no plots: {reason}", file=sys.stderr)


def run(options, tools, argv, folder, progress):
    """(object for JSON, text), measured here or in a virtual machine."""
    if options.vm:
        if options.module is peers:
            peers.foretell(tools, options, progress)
        return vm.run(tools, options, argv, progress)
    with Lab(tools) as lab:
        return options.module.run(lab, tools, options, folder, progress)


def measure(options, tools, argv, progress):
    folder = Folder(options.output)
    out, text = run(options, tools, argv, folder, progress)
    progress.done()
    if not options.no_plots:
        plot_all(options.module, folder, out, tools)
    kind = out["kind"]
    folder.write_json(f"{kind}.json", out)
    folder.write(f"{kind}.txt", text + "\n")
    print(json.dumps(out, indent=1) if options.json else text)
    print(f"xsw-bench: written to {folder.path}", file=sys.stderr)


def command(argv):
    """Exit status of what the user asked for."""
    options = parser().parse_args(argv)
    tools = Tools()
    if options.command == "list":
        return show_list(tools)
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.seconds = options.seconds or (0.4 if options.quick else 1.0)
    progress = Progress(options.verbose)
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, stop)
    try:
        measure(options, tools, argv, progress)
    except BrokenPipeError:  # of our own output: nobody is there to be told
        raise
    except (Cannot, OSError) as error:
        progress.done()
        print(f"xsw-bench: {error}", file=sys.stderr)
        return CANNOT
    except Stopped as stopped:
        progress.done()
        return 128 + stopped.args[0]
    return DONE


def unread():
    """Standard output or error was closed by who read it: say nothing more."""
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(null, descriptor)
    return 128 + signal.SIGPIPE


def main(argv):
    """Exit status, also when what is printed is read to its first lines only."""
    try:
        try:
            status = command(argv)
        except SystemExit as ended:  # by the parser of the command line
            status = ended.code
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return unread()
