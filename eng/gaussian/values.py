#!/usr/bin/env python3
"""Writes test/FanIn.Tests/Activations/activation-values.tsv: f and f' at points near 0, in the bulk and far out."""
from pathlib import Path

from activations import mp, mpf, parse, spellings

SIZES = [1e-300, 1e-30, 1e-9, 1e-4, 0.0078125, 0.0625, 0.1, 0.3, 0.44, 0.7, 0.99, 1.01, 1.2784, 1.5, 1.99, 2.01, 2.7]
SIZES += [2.99, 3.01, 4.2, 5.3, 5.9, 6.1, 7.7, 8.1, 10.0, 12.9, 17.3, 22.5, 26.1, 31.4, 37.4, 40.0, 100.0, 354.9]
SIZES += [700.0, 709.9, 744.3, 1e4, 1e9, 6381956970095103.0 * 2.0**797, 1e100, 1e150, 1e300]


def show(value):
    # What no double holds
    if abs(value) > mpf(2) ** 1024:
        return "inf" if value > 0 else "-inf"
    return mp.nstr(value, 25) if abs(value) > mpf(10) ** -330 else "0"


def main():
    rows = []
    for spelling in spellings():
        f, derivative, _ = parse(spelling)
        for size in SIZES:
            for x in (-size, size):
                # Enough digits for 1 - e^-x, x - tanh x and the reduction of large angles.
                mp.dps = 1000 if size > 1e3 or size < 1e-8 else 400
                values = [show(g(mpf(x))) if not far(spelling, size) else limit(spelling, g, x) for g in (f, derivative)]
                rows.append("\t".join([spelling, repr(x), *values]))
    target = Path(__file__).parents[2] / "test/FanIn.Tests/Activations/activation-values.tsv"
    target.write_text("\n".join(["activation\tx\tvalue\tderivative", *rows]) + "\n")


def far(spelling, size):
    """Where mpmath's own exponent would take all memory."""
    return size > 1e5 and spelling.split("(")[0] not in ("sin", "cos", "atan", "softsign", "identity", "square")


def limit(spelling, g, x):
    # The same tail, at a point that exp can still be told of; linear tails follow x.
    near = g(mpf(5000) if x > 0 else mpf(-5000))
    if abs(near) < mpf(10) ** -330:
        return "0"
    slope = (g(mpf(6000) if x > 0 else mpf(-6000)) - near) / 1000 * (1 if x > 0 else -1)
    if spelling == "squared_relu":
        return show(g(mpf(x)))
    return show(near + slope * (mpf(x) - (5000 if x > 0 else -5000)))


if __name__ == "__main__":
    main()
