# SPDX-License-Identifier: GPL-2.0
"""Figures of several rounds, their median and ratios, and the files they go to."""
import json
import os
import statistics


def summary(samples):
    """Median, least and most of a list of numbers."""
    return {"median": statistics.median(samples), "min": min(samples), "max": max(samples),
            "samples": samples}


SUMS = ("sent", "expected", "received")  # of all rounds; the rest of a row are medians


def added(dictionaries):
    """Dictionaries of numbers, added up."""
    out = {}
    for dictionary in dictionaries:
        for name, count in dictionary.items():
            out[name] = out.get(name, 0) + count
    return out


def merged_value(key, values):
    """One figure of several rounds."""
    if all(isinstance(value, dict) for value in values):
        return added(values)
    if not all(isinstance(value, (int, float)) for value in values):
        return values[-1]
    return sum(values) if key in SUMS else statistics.median(values)


def merged(runs):
    """Rounds (dictionaries of numbers) as one row: `value` summed up, frames and losses added up,
    the rest as medians."""
    row = summary([run["value"] for run in runs])
    row.update({key: merged_value(key, [run.get(key) for run in runs])
                for key in runs[0] if key != "value"})
    if row.get("expected"):
        row["loss"] = max(0.0, 1 - row["received"] / row["expected"])
    return row


def ratios(rows, reference):
    """Every row learns how it compares to the row of that name."""
    by_name = {row["peer"]: row for row in rows}
    base = by_name.get(reference, {}).get("median")
    for row in rows:
        if base and row.get("median") is not None:
            row.setdefault("ratio", {})[reference] = round(row["median"] / base, 4)


class Folder:
    """Where results are written; a file appears whole or not at all."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        with open(self.file(name + ".tmp"), "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(self.file(name + ".tmp"), self.file(name))

    def write_json(self, name, value):
        self.write(name, json.dumps(value, indent=1) + "\n")
