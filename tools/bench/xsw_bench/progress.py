# SPDX-License-Identifier: GPL-2.0
"""What a person sees while it runs: one line on a terminal, lines with -v, else nothing."""
import sys


class Progress:
    def __init__(self, verbose):
        self.verbose = verbose
        self.terminal = sys.stderr.isatty()
        self.shown = False

    def say(self, text):
        if self.verbose:
            print(f"xsw-bench: {text}", file=sys.stderr, flush=True)
        elif self.terminal:
            print(f"\r\033[K{text[:78]}", end="", file=sys.stderr, flush=True)
            self.shown = True

    def done(self):
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self.shown = False
