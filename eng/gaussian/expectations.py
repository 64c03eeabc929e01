#!/usr/bin/env python3
"""Writes test/FanIn.Tests/Activations/gaussian-expectations.tsv: E f, E f^2, Var f, E f'^2 for a normal input.

By mpmath's Gauss-Legendre quadrature at 60 digits between the kinks, against which nothing of the C# code is shared.
Takes python3-mpmath (eng/install-oracles.sh) and some minutes. With --closed-forms it holds its own results against
closed forms instead.
"""
import sys
from multiprocessing import Pool
from pathlib import Path

from activations import GATED, ELEMENTWISE, mp, mpf, parse, phi, spellings

EXTRA = [f"leaky_relu({a})" for a in ("0.1", "0.2", "0.25", "0.3", "0.5", "-0.5", "0", "1")]
EXTRA += ["elu(0.5)", "elu(3)", "celu(2)", "celu(0.5)", "celu(0.01)", "prelu(0.1)"]
EXTRA += ["softshrink(0.1)", "softshrink(3)", "softshrink(0)", "hardshrink(0.1)", "hardshrink(1)", "hardshrink(3)"]
EXTRA += ["softshrink(12)", "hardshrink(12)"]
OTHER_VARIANCES = ["1e-6", "0.01", "0.5", "3", "100", "10000"]
# Not at every variance: one of each kind of growth, kink and tail.
SCALED = ["relu", "tanh", "sigmoid", "gelu", "silu", "softplus", "softsign", "hardtanh", "sin", "mish", "elu(1)"]
SCALED += ["hardshrink(0.5)", "selu", "atan", "gaussian", "tanhshrink", "hardswish"]


def expectation(g, breaks):
    ends = sorted({mpf(z) for z in breaks if abs(z) < 60} | {mpf(z) for z in range(-60, 61, 2)})
    return mp.fsum(mp.quad(lambda z: g(z) * phi(z), [a, b], method="gauss-legendre") for a, b in zip(ends, ends[1:]))


def moments(spelling, variance):
    f, derivative, kinks = parse(spelling)
    s = mp.sqrt(mpf(float(variance)))
    # A steep input has its features close to 0.
    breaks = [k / s for k in kinks] + [sign * mpf(2) ** e / s for sign in (-1, 1) for e in range(-1, 12)] + [0]
    mean = expectation(lambda z: f(s * z), breaks)
    second = expectation(lambda z: f(s * z) ** 2, breaks)
    spread = expectation(lambda z: (f(s * z) - mean) ** 2, breaks)
    slope = expectation(lambda z: derivative(s * z) ** 2, breaks)
    return mean, second, spread, slope


def row(job):
    spelling, variance = job
    if spelling in GATED:
        _, second, _, slope = moments(GATED[spelling], variance)
        q = mpf(float(variance))
        values = (mpf(0), q * second, q * second, q * slope + second)
    else:
        values = moments(spelling, variance)
    return "\t".join([spelling, variance, *(mp.nstr(v if abs(v) > mpf(10) ** -50 else mpf(0), 34) for v in values)])


def check_closed_forms():
    sqrt, pi, atan = mp.sqrt, mp.pi, mp.atan
    known = {
        "relu": (1 / sqrt(2 * pi), mpf(1) / 2, (pi - 1) / (2 * pi), mpf(1) / 2),
        "gelu": (1 / (2 * sqrt(pi)), mpf(1) / 3 + 1 / (2 * pi * sqrt(3)), None, None),
        "erf": (0, 2 / pi * mp.asin(mpf(2) / 3), None, 4 / pi / sqrt(5)),
        "sin": (0, (1 - mp.exp(-2)) / 2, None, (1 + mp.exp(-2)) / 2),
        "gaussian": (1 / sqrt(3), 1 / sqrt(5), None, 4 / (5 * sqrt(5))),
        "square": (1, 3, 2, 4),
        "squared_relu": (mpf(1) / 2, mpf(3) / 2, mpf(5) / 4, 2),
    }
    for name, expected in known.items():
        for got, want in zip(moments(name, "1"), expected):
            assert want is None or abs(got - want) < mpf(10) ** -40, (name, got, want)
    print("closed forms agree to 40 digits")


def main():
    if "--closed-forms" in sys.argv:
        check_closed_forms()
        return
    jobs = [(s, "1") for s in [*spellings(), *EXTRA, *GATED]]
    jobs += [(s, q) for s in SCALED for q in OTHER_VARIANCES] + [("swiglu", "3")]
    with Pool() as pool:
        rows = pool.map(row, jobs, chunksize=1)
    target = Path(__file__).parents[2] / "test/FanIn.Tests/Activations/gaussian-expectations.tsv"
    header = "activation\tinputVariance\tmean\tsecondMoment\tvariance\tderivativeSecondMoment"
    target.write_text("\n".join([header, *rows]) + "\n")


if __name__ == "__main__":
    main()
