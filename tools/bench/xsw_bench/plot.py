# SPDX-License-Identifier: GPL-2.0
"""Plots by gnuplot, each as SVG and as PNG."""
import subprocess

TERMINALS = {"svg": "svg size 900,520 background 'white' font 'sans,12'",
             "png": "pngcairo size 900,520 font 'sans,10'"}


def quoted(text):
    """A string of gnuplot's, without its markup."""
    return "'" + str(text).replace("'", "''") + "'"


def block(name, rows):
    """A named data block; a row is a sequence of numbers and quoted words."""
    lines = [" ".join(str(cell) for cell in row) for row in rows]
    return f"${name} << EOD\n" + "\n".join(lines) + "\nEOD\n"


def draw(folder, name, script):
    """Write name.gp, name.svg and name.png; the names written, or Cannot by the caller."""
    written = []
    folder.write(f"{name}.gp", script)
    for kind, terminal in TERMINALS.items():
        head = f"set terminal {terminal}\nset output {quoted(folder.file(f'{name}.{kind}'))}\n"
        done = subprocess.run(["gnuplot", "-"], input=head + script, text=True,
                              capture_output=True, check=False, timeout=60)
        if done.returncode:
            raise RuntimeError(f"gnuplot: {done.stderr.strip().splitlines()[-1]}")
        written.append(f"{name}.{kind}")
    return written


def bars(title, ylabel, rows):
    """rows: (label, median, min, max). Bars with whiskers from the least to the most."""
    numbered = [(i, '"' + label.replace('"', "") + '"', *values)
                for i, (label, *values) in enumerate(rows)]
    return (block("bars", numbered) +
            f"set title {quoted(title)} noenhanced\nset ylabel {quoted(ylabel)} noenhanced\n"
            "set style fill solid 0.6\nset boxwidth 0.6\nset yrange [0:*]\nset grid y\n"
            "set xtics rotate by -25 noenhanced\nunset key\nset rmargin 16\n"
            "plot $bars using 1:3:xtic(2) with boxes, "
            "$bars using 1:3:4:5 with yerrorbars linecolor 'black' pointtype 0\n")


def curves(title, xlabel, ylabel, series, log=""):
    """series: [(name, [(x, y), ...])]"""
    text = "".join(block(f"curve{i}", points) for i, (_, points) in enumerate(series))
    text += (f"set title {quoted(title)} noenhanced\nset xlabel {quoted(xlabel)} noenhanced\n"
             f"set ylabel {quoted(ylabel)} noenhanced\nset grid\nset key outside right noenhanced\n")
    text += f"set logscale {log}\n" if log else ""
    parts = [f"$curve{i} using 1:2 with linespoints title {quoted(label)}"
             for i, (label, _) in enumerate(series)]
    return text + "plot " + ", \\\n ".join(parts) + "\n"
