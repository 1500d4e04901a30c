# SPDX-License-Identifier: GPL-2.0
"""Figures as text."""

SCALES = {"frames/s": ("Mpps", 1e-6, 3), "copies/s": ("M/s", 1e-6, 3), "bit/s": ("Gbit/s", 1e-9, 2),
          "addresses/s": ("M/s", 1e-6, 3), "s": ("ms", 1e3, 1), "ns": ("us", 1e-3, 1),
          "transactions/s": ("k/s", 1e-3, 2)}


def scaled(unit):
    """(unit to show, factor, digits behind the point)"""
    return SCALES.get(unit, (unit, 1, 2))


def shown(value, unit):
    _, factor, digits = scaled(unit)
    return f"{value * factor:.{digits}f}"


def columns(rows):
    """Rows of strings, aligned: the first column to the left, the others to the right. A row
    of one string is a heading of what follows."""
    full = [row for row in rows if len(row) > 1]
    widths = [max(len(row[i]) for row in full) for i in range(len(full[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0] if len(row) > 1 else 0)]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
