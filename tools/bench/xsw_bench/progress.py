# SPDX-License-Identifier: GPL-2.0
"""What a person sees while it runs: one line on a terminal, lines with -v, else nothing."""
import sys


class Progress:
    def __init__(self, verbose):
        self.verbose = verbose
        self.terminal = sys.stderr.isatty()
        self.shown = False
        self.forecast = None  # what is left, if somebody has thought about it

    def tell(self, text):
        """Before it begins, to everybody."""
        print(f"xsw-bench: {text}", file=sys.stderr, flush=True)

    def say(self, text):
        if self.forecast:
            text = f"{self.forecast.text()}: {text}"
        if self.verbose:
            print(f"xsw-bench: {text}", file=sys.stderr, flush=True)
        elif self.terminal:
            print(f"\r\033[K{text[:78]}", end="", file=sys.stderr, flush=True)
            self.shown = True

    def done(self):
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self.shown = False
