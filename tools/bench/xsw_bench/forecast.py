# SPDX-License-Identifier: GPL-2.0
"""How long a run will take: supposed before it begins, then by what its steps have taken."""
import math
import time

UP_S = {False: 0.8, True: 8}      # until a peer is up; in an emulated machine
AROUND_S = {False: 0.4, True: 2}  # a measurement takes longer than it measures
BOOT_S = 40


class Steps:
    """Those of one kind."""

    def __init__(self, supposed_s):
        self.supposed_s = supposed_s
        self.left, self.done, self.taken_s = 0, 0, 0.0

    def take(self, number, seconds):
        self.left -= number
        self.done += number
        self.taken_s += seconds

    def left_s(self):
        return self.left * (self.taken_s / self.done if self.done else self.supposed_s)


class Forecast:
    def __init__(self, emulated, seconds):
        self.ups, self.trials = Steps(UP_S[emulated]), Steps(AROUND_S[emulated] + seconds)
        self.begun = time.monotonic()

    def expect(self, trials):
        """A peer that takes part in a load, with so many measurements."""
        self.ups.left += 1
        self.trials.left += trials

    def up(self):
        """Call it when a peer has come up, or will not."""
        self.step(self.ups, 1)

    def measured(self, trials):
        self.step(self.trials, trials)

    def gone(self, trials):
        """A peer takes part no longer: what is not measured."""
        self.trials.left -= trials

    def step(self, steps, number):
        now = time.monotonic()
        steps.take(number, now - self.begun)
        self.begun = now

    def left_s(self):
        return self.ups.left_s() + self.trials.left_s()

    def text(self):
        return f"{spoken(self.left_s())} left"


def spoken(seconds):
    """45 s, 17 min: no more exact than it is."""
    return f"{math.ceil(seconds)} s" if seconds < 100 else f"{math.ceil(seconds / 60)} min"
