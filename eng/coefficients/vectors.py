"""Writes test/FanIn.Tests/Random/Float64Vectors.cs: what the real-number formulas of docs/random-streams.md give for
float64, to about 32 digits (a double and its remainder), by mpmath with 60 digits. Run: python3 vectors.py [count]
"""

import pathlib
import random
import sys

from fit import upper_quantile
from mpmath import cos, erfc, inf, log, mp, mpf, pi, sin, sqrt

mp.dps = 60
TOP = 2**64
ROOT_HALF = 0xB504F333F9DE6484
CUTS = [(-2, 2), (-1, 1), (0, inf), (-inf, -3), (2, 3), (5, 6), (30, 31), (-0.1, 0.05), (-inf, inf), (-1, 5), (37, inf), (-1e-3, 12)]
EDGES = [0, 1, 2**32 - 1, 2**32, 2**53, 2**62 - 1, 2**62, ROOT_HALF - 1, ROOT_HALF, 2**63 - 1, 2**63, 2**63 + 1, 3 * 2**62, TOP - 2, TOP - 1]


def upper_tail(x):
    return mpf(0) if x == inf else mpf(1) if x == -inf else erfc(mpf(x) / sqrt(2)) / 2


def split(x):
    high = float(x)
    return f"{high!r} {float(x - mpf(high))!r}"


def normals(first, second):
    radius = sqrt(-2 * log((mpf(first) + 0.5) / TOP))
    angle = 2 * pi * mpf(second) / TOP
    # sin(pi) is 0 and not what 60 digits of pi make of it.
    clean = lambda v: mpf(0) if abs(v) < mpf(10) ** -50 else v
    return split(radius * clean(cos(angle))), split(radius * clean(sin(angle)))


def truncated(low, high, word):
    mp.dps = 400 if abs(low) > 20 and abs(low) != inf else 60
    below, above = upper_tail(-low), upper_tail(high)
    mass = upper_tail(low) - above if low >= 0 else upper_tail(-high) - below if high <= 0 else 1 - below - above
    t = (mpf(word) + 0.5) / TOP
    lower = below + t * mass
    z = -upper_quantile(lower) if lower < 0.5 else upper_quantile(above + (1 - t) * mass)
    mp.dps = 60
    return split(z)


def end(x):
    return "Infinity" if x == inf else "-Infinity" if x == -inf else repr(float(x))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    source = random.Random(1)
    pairs = [(a, b) for a in EDGES for b in (0, 2**61, 2**62 + 1, 2**63, TOP - 1, source.getrandbits(64))]
    pairs += [(source.getrandbits(64), source.getrandbits(64)) for _ in range(count)]
    lines = [f"{a:016x} {b:016x} {' '.join(normals(a, b))}" for a, b in pairs]
    cut_lines = []
    for low, high in CUTS:
        for word in EDGES + [source.getrandbits(64) for _ in range(count // 6)]:
            cut_lines.append(f"{end(low)} {end(high)} {word:016x} {truncated(low, high, word)}")
    newline = "\n            "
    path = pathlib.Path(__file__).parents[2] / "test/FanIn.Tests/Random/Float64Vectors.cs"
    path.write_text(
        f'''namespace FanIn.Tests;

/// <summary>Values of the real-number formulas, made by eng/coefficients/vectors.py with 60 digits.</summary>
internal static class Float64Vectors
{{
    /// <summary>First and second word; cosine and sine normal, each a double and its remainder.</summary>
    public const string Normal = """
            {newline.join(lines)}
            """;

    /// <summary>The cut's ends, the word; z, a double and its remainder.</summary>
    public const string Truncated = """
            {newline.join(cut_lines)}
            """;
}}
'''
    )
