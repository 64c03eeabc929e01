#!/usr/bin/env python3
"""Version 1 of FanIn's random streams, as random-streams.md defines it, in NumPy alone. Coefficients come from that page.

    python3 random-streams.py            recomputes every vector of random-streams.json; exit code 0 if all are the same
    python3 random-streams.py --write    writes what it computed
"""
import decimal
import functools
import hashlib
import json
import math
import pathlib
import re
import sys
from fractions import Fraction

import numpy as np

F, D, U, L = np.float32, np.float64, np.uint32, np.uint64
HERE = pathlib.Path(__file__).parent
PAGE = (HERE / "random-streams.md").read_text(encoding="utf-8")


# ---- IEEE arithmetic that NumPy lacks


def two_sum(x, y):
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)


def sum_to_odd(x, y):
    """x + y in float64, an inexact sum to the odd one of its neighbours: rounding again is harmless (Boldo, Melquiond)."""
    total, rest = two_sum(x, y)
    even = total.view(np.int64) & 1 == 0
    return np.where((rest != 0) & even, np.nextafter(total, np.copysign(np.inf, rest)), total)


def fma(x, y, z):
    """xy + z rounded once, in z's type; in float64 for numbers, products and sums of 1e-280 to 1e290 in size, and 0."""
    single = np.asarray(z).dtype == F
    x, y, z = (np.asarray(v, D) for v in (x, y, z))
    high = x * y
    if single:
        return sum_to_odd(high, z).astype(F)
    (a, b), (c, d) = halves(x), halves(y)
    low = (a * c - high + a * d + b * c) + b * d
    upper, lower = two_sum(z, low)
    total, rest = two_sum(high, upper)
    return total + sum_to_odd(rest, lower)


def halves(x):
    big = x * D(2**27 + 1)
    high = big - (big - x)
    return high, x - high


DIGITS = {"float64": (53, -1074), "float32": (24, -149), "bfloat16": (8, -133), "float16": (11, -24)}


def at_least(kind, x):
    """The least number of an element type that is not below the rational x."""
    digits, smallest = DIGITS[kind]
    size = abs(x)
    largest = (2 - Fraction(2) ** (1 - digits)) * 2 ** (15 if kind == "float16" else 1023 if kind == "float64" else 127)
    if size > largest:
        return float(math.copysign(1, x) * largest)
    e = size.numerator.bit_length() - size.denominator.bit_length() if x else smallest
    e -= size < Fraction(2) ** e
    unit = Fraction(2) ** max(e - digits + 1, smallest)
    return float(math.ceil(x / unit) * unit)


def rounded(kind, x):
    """float32 numbers as those of a 16-bit type, to nearest even; others as they are. As bits for bfloat16."""
    if kind == "bfloat16":
        bits = x.view(U)
        return (bits + U(0x7FFF) + (bits >> U(16) & U(1)) >> U(16)).astype(np.uint16)
    return x.astype(np.float16) if kind == "float16" else x


# ---- words, logarithm, polynomials


def words(t, seed, key, first, count):
    """Words, or long words for float64, of indices first .. first + count - 1."""
    per = 4 if t == F else 2
    b = np.arange((first + count + per - 1) // per - first // per, dtype=L) + L(first // per)
    stream = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    low = L(2**32 - 1)
    c = [b & low, b >> L(32), np.full_like(b, stream % 2**32), np.full_like(b, stream >> 32)]
    k = [seed % 2**32, (seed >> 32) % 2**32]
    for _ in range(10):
        p0, p1 = L(0xD2511F53) * c[0], L(0xCD9E8D57) * c[2]
        c = [p1 >> L(32) ^ c[1] ^ L(k[0]), p1 & low, p0 >> L(32) ^ c[3] ^ L(k[1]), p0 & low]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    w = np.stack(c, -1).ravel()
    w = w.astype(U) if t == F else w[::2] << L(32) | w[1::2]
    return w[first % per :][:count]


def signed(w):
    return w.view(f"i{w.itemsize}")


def half(w):
    """w + 1/2 rounded to the float of the word's size, and the remainder (long words)."""
    i = w.dtype.type
    if w.itemsize == 4:
        return fma((w >> i(16)).astype(F), F(65536), (w & i(0xFFFF)).astype(F) + F(0.5)), F(0)
    high, low = (w >> i(32)).astype(D) * D(2**32), (w & i(2**32 - 1)).astype(D) + D(0.5)
    return high + low, low - (high + low - high)


def table(t, name, part=""):
    name += ("32" if t == F else "64") + part
    text = re.search(rf"^    {name} +((?:.*\n)(?:         .*\n)*)", PAGE, re.M).group(1)
    return [t(float.fromhex(c)) for c in text.split()]


def horner(c, x):
    total = c[-1]
    for a in c[-2::-1]:
        total = fma(total, x, a)
    return total


def split(x):
    root, shift = (0x3F3504F3, 23) if x.dtype == F else (0x3FE6A09E667F3BCD, 52)
    bits = x.view(f"i{x.itemsize}")
    e = bits - root >> shift
    return e, (bits - (e << shift)).view(x.dtype) - x.dtype.type(1)


def log(e, f):
    if f.dtype == F:
        q, f2 = table(F, "L"), f * f
        q01, q23, q45, q67 = (fma(q[i + 1], f, q[i]) for i in (0, 2, 4, 6))
        rest = fma(fma(q67, f2, q45), f2 * f2, fma(q23, f2, q01))
        return fma(e, F(float.fromhex("0x1.62e430p-1")), fma(f2, rest, f))
    s = f / (D(2) + f)
    r = s * s * horner(table(D, "L"), s * s)
    low, high = (D(float.fromhex(c)) for c in ("0x1.abc9e3b39803fp-56", "0x1.62e42fefa39efp-1"))
    return fma(e, high, fma(e, low, fma(-s, f - r, f)))


# ---- distributions: elements first .. first + count - 1


def uniform(kind, seed, key, first, count, low=0.0, high=1.0):
    t = arithmetic(kind)
    w = words(t, seed, key, first, count)
    x = (w >> w.dtype.type(8 if t == F else 11)).astype(t) * t(2.0 ** (-24 if t == F else -53))
    # The number before high is the one before anything that is barely less.
    ends = at_least(kind, Fraction(low)), -at_least(kind, Fraction(1, 2**1200) - Fraction(high))
    return clamp(kind, fma(x, t(high) - t(low), t(low)), ends, t(low))


def arithmetic(kind):
    return D if kind == "float64" else F


def clamp(kind, x, ends, otherwise):
    lowest, highest = (x.dtype.type(end) for end in ends)
    lowest, highest = (lowest, highest) if lowest <= highest else (otherwise, otherwise)
    x = np.where(x < lowest, lowest, x)
    return rounded(kind, np.where(x > highest, highest, x))


def normal(kind, seed, key, first, count, mean=0.0, std=1.0):
    t = arithmetic(kind)
    w = words(t, seed, key, first & -2, count + 2 & -2)
    n, i = 8 * w.itemsize, w.dtype.type
    w1, w2 = w[::2], w[1::2]
    near = w1 >= i(0xB504F334 if t == F else 0xB504F333F9DE6484)
    u, _ = half(np.where(near, ~w1, w1))
    e, f = split(u)
    r = np.sqrt(t(-2) * log(np.where(near, 0, e - n).astype(t), np.where(near, u * t(-(2.0**-n)), f)))
    j = w2 + i(1 << n - 3) >> i(n - 2)
    g = signed(w2 - (j << i(n - 2))).astype(t) * t(2.0 ** (2 - n))
    g2 = g * g
    if t == F:
        (s0, s1, s2), (c0, c1, c2, c3) = table(F, "S"), table(F, "C")
        high, low = (F(float.fromhex(c)) for c in ("0x1.921fb6p+0", "-0x1.777a5cp-25"))
        sin = fma(g, high, g * fma(fma(s2, g2 * g2, fma(s1, g2, s0)), g2, low))
        cos = fma(fma(fma(c3, g2, c2), g2 * g2, fma(c1, g2, c0)), g2, F(1))
    else:
        sin, cos = g * horner(table(D, "S"), g2), fma(horner(table(D, "C"), g2), g2, D(1))
    x, y = np.where(j & i(1), sin, cos), np.where(j & i(1), cos, sin)
    z = np.stack((r * np.where(j + i(1) & i(2), -x, x), r * np.where(j & i(2), -y, y)), -1).ravel()
    return rounded(kind, fma(z[first & 1 :][:count], t(std), t(mean)))


@functools.cache
def area(x):
    """exp(-x^2 / 2) (x + x^3 / 3 + x^5 / (3 5) + ...), which is Phi(x) - 1/2 but for a factor."""
    term = total = x
    n = 3
    while abs(term) > decimal.Decimal(10) ** -800:
        term *= x * x / n
        total, n = total + term, n + 2
    return total * (-x * x / 2).exp()


@functools.cache
def tail(x):
    """1 - Phi(x), to 400 digits."""
    with decimal.localcontext(decimal.Context(prec=1200)):
        if abs(x) >= 50:
            return Fraction(int(x < 0))  # but for less than any float64
        return Fraction((1 - area(decimal.Decimal(x)) / area(decimal.Decimal(50))) / 2)


def truncated_normal(kind, seed, key, first, count, mean=0.0, std=1.0, low=-2.0, high=2.0):
    t = arithmetic(kind)
    w = words(t, seed, key, first, count)
    below, above, mass = tail(-low), tail(high), tail(low) - tail(high)
    reach = D(min(below, above)) + D(mass / 2**33) if t == F else 0
    form = middle32 if reach >= 2**-6 else quantile32 if reach >= 2**-34 else quantile64
    z = form(w, below, above, mass).astype(t)

    def end(sign, x):
        if std and abs(x) == np.inf:
            return sign * x
        inside = at_least(kind, sign * (Fraction(mean) + (Fraction(x) * Fraction(std) if std else 0)))
        return at_least(kind, Fraction(inside) + Fraction(1, 2**1200)) if 0 < abs(x * std) < 1e-290 else inside

    return clamp(kind, fma(z, t(std), t(mean)), (end(1, low), -end(-1, high)), t(mean + (low * std if std else 0.0)))


def pair(t, x):
    """x as float64 and its remainder, or as float32 (by way of float64) and its remainder."""
    high = t(D(x))
    return high, t(F(D(x - Fraction(float(high)))))


def middle32(w, below, above, mass):
    (sh, sl), h = pair(F, mass / 2**31), mass / 2**32
    b, a, c = (F(D(x + h)) for x in (below, above, below - above))
    k = signed(w ^ U(2**31)).astype(F)
    y = fma(k, sh, fma(k, sl, c))
    q = fma((np.where(y < 0, w, ~w) >> U(1)).astype(F), sh, np.where(y < 0, b, a))
    x = fma(-q, q, q)
    pivot, there = (F(float.fromhex(c)) for c in ("0x1.f3b654p-4", "0x1.7ef15ep+0"))
    r = (pivot - x) * horner(table(F, "N"), x) / horner(table(F, "D"), x)
    return fma(y, r, y * there)


def quantile32(w, below, above, mass):
    (sh, sl), (mh, ml) = pair(F, mass / 2**31), pair(F, mass / 2**32)
    below, above, centre = (F(D(x)) for x in (below, above, below - above))
    k, _ = half(signed(w ^ U(2**31)))
    y = fma(k, sh, fma(k, sl, centre))
    n, _ = half(np.where(y < 0, w, ~w))
    q = fma(n, mh, fma(n, ml, np.where(y < 0, below, above)))
    y = np.where(q < F(0.125), np.copysign(fma(F(-2), q, F(1)), y), y)
    x = -log(*split(F(4) * q * (F(1) - q)))
    return y * np.where(x < F(5), estrin(table(F, "P"), x - F(2.5)), estrin(table(F, "R"), np.sqrt(x) - F(3.5)))


def estrin(c, v):
    v2 = v * v
    v4 = v2 * v2
    c12, c34, c56, c78, c90 = (fma(c[i + 1], v, c[i]) for i in (1, 3, 5, 7, 9))
    return fma(fma(fma(c90, v4, fma(c78, v2, c56)), v4, fma(c34, v2, c12)), v, c[0])


def quantile64(w, below, above, mass):
    s = 512 if mass < Fraction(1e-154) else 0
    n, i = 8 * w.itemsize, w.dtype.type
    below, above, mass, centre = (pair(D, x) for x in (below * 2**s, above * 2**s, mass * 2**s, below - above))
    m, slope = ([x * D(2.0**-n) for x in mass], [x * D(2.0 ** (1 - n - s)) for x in mass])
    exact = half if n == 64 else lambda w: (w.astype(D) + D(0.5), D(0))
    y = line(exact(signed(w ^ i(1 << n - 1))), slope, centre)
    lower = y < 0
    q = line(exact(np.where(lower, w, ~w)), m, [np.where(lower, b, a) for b, a in zip(below, above)])
    e, f = split(D(4) * q * fma(-q, D(2.0**-s), D(1)))
    x = -log((e - s).astype(D), f)
    root = np.sqrt(x)
    parts = [("-4", 3.125), ("-7", 5.5), ("-14", 10.5), ("-28", 21.25)]
    by_root = [horner(table(D, "R", part), root - D(centre)) for part, centre in parts]
    centre = horner(table(D, "P"), x - D(2.75))
    return y * np.select([x < 5.5, root < 4, root < 7, root < 14], [centre, *by_root[:3]], by_root[3])


def line(k, m, c):
    p = k[0] * m[0]
    error = fma(k[0], m[0], -p) + fma(k[1], m[0], k[0] * m[1])
    total, rest = two_sum(p, c[0])
    return total + (rest + (error + c[1]))


# ---- integers, matrices


def integers(seed, key, below):
    """Integers below each of the given numbers, one after the other."""
    next_word = (int(words(D, seed, key, i, 1)[0]) for i in range(2**62))
    for n in below:
        product = next(next_word) * n
        while product % 2**64 < 2**64 % n:
            product = next(next_word) * n
        yield product >> 64


def permutation(seed, key, n):
    order = list(range(n))
    for i, j in zip(range(n - 1, 0, -1), integers(seed, key + "#permutation", range(n, 1, -1))):
        order[i], order[j] = order[j], order[i]
    return order


def orthogonal(kind, seed, key, rows, columns, gain):
    t = arithmetic(kind)
    n, m = max(rows, columns), min(rows, columns)
    x = normal("float64" if t == D else "float32", seed, key, 0, n * m - m * (m - 1) // 2)
    v, q, tau = np.zeros((m, n), t), np.zeros((n, m), t), np.zeros(m)
    for k in range(m):
        v[k, k:], x = x[: n - k], x[n - k :]
        s = -1.0 if v[k, k] < 0 else 1.0
        q[k, k] = -s if k < n - 1 else s
        if k == n - 1:
            v[k, k] = 0
            continue
        rest, sums = v[k, k + 1 :].astype(D), np.zeros(4)
        whole = len(rest) // 4 * 4
        for part in rest[:whole].reshape(-1, 4):
            sums = fma(part, part, sums)
        for last in rest[whole:]:
            sums[0] = fma(last, last, sums[0])
        rest, first = (sums[0] + sums[1]) + (sums[2] + sums[3]), D(v[k, k])
        v[k, k] = t(first + s * np.sqrt(fma(first, first, rest)))
        first = D(v[k, k])
        tau[k] = 2 / fma(first, first, rest)
    for top in range((m - 1) // 48 * 48, -1, -48):
        b = v[top : top + 48, top:]
        count = len(b)
        gram = chain(np.zeros((count, count), t), b.T, b.T)
        triangle = np.diag(tau[top : top + 48])
        for j in range(1, count):
            above = chain(np.zeros((j, 1)), triangle[:j, :j].T, gram[:j, j : j + 1].astype(D))
            triangle[:j, j] = -tau[top + j] * above[:, 0]
        w = chain(np.zeros((count, m - top), t), b.T, q[top:, top:])
        y = chain(np.zeros((count, m - top), t), -triangle.T.astype(t), w)
        q[top:, top:] = chain(q[top:, top:], b, y)
    return rounded(kind, np.ascontiguousarray(q if rows >= columns else q.T) * t(gain))


def chain(start, x, y):
    """start[r, c] + x[0, r] y[0, c] + x[1, r] y[1, c] + ..., a multiply-add after the other."""
    for row, other in zip(x, y):
        start = fma(row[:, None], other[None, :], start)
    return start


# ---- tensors


def initializer(v):
    """The tensor of a text form such as he_normal(mode=fan_out), in its stored order."""
    name, arguments = re.fullmatch(r"(\w+)(?:\((.*)\))?", v["init"]).groups()
    given = dict(a.split("=") for a in (arguments or "").split(",") if a)
    number = lambda name, default: float(given.get(name, default))
    groups, count = v["groups"], v["out"] * v["in"] // v["groups"] * v["taps"]
    fan_in, fan_out = (D(v[side] // groups * v["taps"]) for side in ("in", "out"))
    fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2, "fan_geo_avg": np.sqrt(fan_in * fan_out)}
    fan = fans[given.get("mode", "fan_in")]
    rule, _, distribution = name.rpartition("_")
    std = {
        "he": lambda: number("gain", 2**0.5) / np.sqrt(fan),
        "xavier": lambda: number("gain", 1) * np.sqrt(1 / fans["fan_avg"]),
        "lecun": lambda: 1 / np.sqrt(fan_in),
        "standard": lambda: float.fromhex("0x1.279a74590331cp-1") / np.sqrt(fan_in),
        "variance": lambda: np.sqrt(number("scale", 1) / fan),
        "truncated": lambda: number("std", 1),
        "": lambda: number("std", 1),
    }[rule]()
    distribution = given.get("distribution", "normal") if rule == "variance" else distribution
    stream = (v["type"], int(v["seed"]), v["key"], 0, count)
    if name == "orthogonal":
        canonical = orthogonal(*stream[:3], v["out"], count // v["out"], number("gain", 1))
    elif name == "uniform":
        canonical = uniform(*stream, number("a", 0), number("b", 1))
    elif distribution == "uniform":
        canonical = uniform(*stream, -np.sqrt(3) * std, np.sqrt(3) * std)
    elif name == "truncated_normal":
        canonical = truncated_normal(*stream, number("mean", 0), std, number("a", -2), number("b", 2))
    elif distribution == "truncated_normal":
        canonical = truncated_normal(*stream, 0.0, std / float.fromhex("0x1.c25e4b6dba981p-1"))
    else:
        canonical = normal(*stream, number("mean", 0), std)
    axes = {"torch": "goit", "torch_transposed": "giot", "keras": "tigo", "keras_transposed": "tgoi"}[v["layout"]]
    canonical = canonical.reshape(groups, v["out"] // groups, v["in"] // groups, v["taps"])
    return canonical.transpose(["goit".index(axis) for axis in axes])


# ---- the vectors

def compute(v):
    seed, key = int(v["seed"]), v["key"]
    first, count = int(v.get("offset", 0)), v.get("count")
    numbers = {name: float(v[name]) for name in ("mean", "std", "low", "high") if name in v}
    fill, kind = v["fill"], v.get("type")
    if fill == "words":
        return words(F, seed, key, first, count)
    if fill == "integers":
        return np.array(list(integers(seed, key + "#integers", [int(v["below"])] * count)), np.int64)
    if fill == "permutation":
        return np.array(permutation(seed, key, count), np.int64)
    if fill == "bernoulli":
        return (uniform("float64", seed, key, first, count) < float(v["probability"])).astype(np.int64)
    if fill == "orthogonal":
        return orthogonal(kind, seed, key, v["rows"], v["columns"], float(v["gain"]))
    if fill == "initializer":
        return initializer(v)
    return {"uniform": uniform, "normal": normal, "truncated_normal": truncated_normal}[fill](kind, seed, key, first, count, **numbers)


def text(values):
    """Up to 16 values: integers in decimal, others as their bits; more: the SHA-256 of their little-endian bytes."""
    values = np.ascontiguousarray(values).ravel()
    if values.size > 16:
        return "sha256 " + hashlib.sha256(values.astype(values.dtype.newbyteorder("<")).tobytes()).hexdigest()
    if values.dtype == np.int64:
        return " ".join(map(str, values))
    return " ".join(f"{int(x):0{2 * x.itemsize}x}" for x in values.view(f"u{values.itemsize}"))


def main():
    path = HERE / "random-streams.json"
    vectors = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    values = [text(compute(v)) for v in vectors]
    if "--write" in sys.argv:
        lines = ",\n".join("    " + json.dumps(v | {"values": x}) for v, x in zip(vectors, values))
        path.write_text(f'{{\n  "version": 1,\n  "vectors": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
        return 0
    wrong = [f"{v}\n    computed: {x}" for v, x in zip(vectors, values) if v["values"] != x]
    print(*wrong, f"{len(vectors) - len(wrong)} vectors have the same bits, {len(wrong)} other ones.", sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
