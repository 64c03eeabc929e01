"""The activations of FanIn's catalogue in mpmath, from their definitions: what the C# implementation is held against.

Written for clarity, not for speed: at 60 digits no form needs care. Parameters are read as the doubles that C# has.
"""
from mpmath import mp, mpf

mp.dps = 60

SELU_ALPHA = mpf("1.6732632423543772848170429916717")
SELU_LAMBDA = mpf("1.0507009873554804934193349852946")
LECUN_SCALE = mpf("1.7159")
QUICK = mpf("1.702")
CUBIC = mpf("0.044715")


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def dsigmoid(x):
    return sigmoid(x) * sigmoid(-x)


def sech2(x):
    return 1 / mp.cosh(x) ** 2


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def softplus(x):
    return mp.log1p(mp.exp(x))


def between(low, high):
    """1 inside (low, high)."""
    return lambda x: mpf(1) if low < x < high else mpf(0)


def tail_tanh_argument(x):
    return mp.sqrt(2 / mp.pi) * (x + CUBIC * x**3)


def gelu_tanh(x):
    # x (1 + tanh u) / 2, in a form that doesn't cancel
    return x * sigmoid(2 * tail_tanh_argument(x))


def dgelu_tanh(x):
    u = tail_tanh_argument(x)
    return sigmoid(2 * u) + x * 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * CUBIC * x * x) * dsigmoid(2 * u)


def mish(x):
    return x * mp.tanh(softplus(x))


def dmish(x):
    s = softplus(x)
    return mp.tanh(s) + x * sech2(s) * sigmoid(x)


def celu(a):
    return (
        lambda x: x if x > 0 else a * mp.expm1(x / a),
        lambda x: mpf(1) if x > 0 else mp.exp(x / a),
        [0],
    )


def elu(a):
    return lambda x: x if x > 0 else a * mp.expm1(x), lambda x: mpf(1) if x > 0 else a * mp.exp(x), [0]


def leaky(a):
    return lambda x: x if x > 0 else a * x, lambda x: mpf(1) if x > 0 else a, [0]


def softshrink(t):
    return (
        lambda x: mp.sign(x) * max(abs(x) - t, mpf(0)),
        lambda x: mpf(1) if abs(x) > t else mpf(0),
        [-t, t],
    )


def hardshrink(t):
    return lambda x: x if abs(x) > t else mpf(0), lambda x: mpf(1) if abs(x) > t else mpf(0), [-t, t]


def plain(f, derivative, kinks=()):
    return lambda _: (f, derivative, list(kinks))


# name: parameter -> (value, derivative, points where either isn't smooth)
ELEMENTWISE = {
    "identity": plain(lambda x: x, lambda x: mpf(1)),
    "relu": plain(lambda x: max(x, mpf(0)), lambda x: mpf(1) if x > 0 else mpf(0), [0]),
    "leaky_relu": leaky,
    "prelu": leaky,
    "abs": plain(abs, mp.sign, [0]),
    "elu": elu,
    "selu": plain(
        lambda x: SELU_LAMBDA * (x if x > 0 else SELU_ALPHA * mp.expm1(x)),
        lambda x: SELU_LAMBDA * (mpf(1) if x > 0 else SELU_ALPHA * mp.exp(x)),
        [0],
    ),
    "celu": celu,
    "gelu": plain(lambda x: x * cdf(x), lambda x: cdf(x) + x * phi(x)),
    "gelu_tanh": plain(gelu_tanh, dgelu_tanh),
    "quick_gelu": plain(
        lambda x: x * sigmoid(QUICK * x), lambda x: sigmoid(QUICK * x) + x * QUICK * dsigmoid(QUICK * x)
    ),
    "silu": plain(lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * dsigmoid(x)),
    "mish": plain(mish, dmish),
    "softplus": plain(softplus, sigmoid),
    "softsign": plain(lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, [0]),
    "tanh": plain(mp.tanh, sech2),
    "lecun_tanh": plain(
        lambda x: LECUN_SCALE * mp.tanh(2 * x / 3), lambda x: LECUN_SCALE * 2 / 3 * sech2(2 * x / 3)
    ),
    "sigmoid": plain(sigmoid, dsigmoid),
    "hard_sigmoid": plain(
        lambda x: min(max((x + 3) / 6, mpf(0)), mpf(1)), lambda x: between(-3, 3)(x) / 6, [-3, 3]
    ),
    "hardswish": plain(
        lambda x: x * min(max((x + 3) / 6, mpf(0)), mpf(1)),
        lambda x: mpf(0) if x <= -3 else mpf(1) if x >= 3 else (2 * x + 3) / 6,
        [-3, 3],
    ),
    "hardtanh": plain(lambda x: min(max(x, mpf(-1)), mpf(1)), between(-1, 1), [-1, 1]),
    "relu6": plain(lambda x: min(max(x, mpf(0)), mpf(6)), between(0, 6), [0, 6]),
    "erf": plain(mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "sin": plain(mp.sin, mp.cos),
    "cos": plain(mp.cos, lambda x: -mp.sin(x)),
    "atan": plain(mp.atan, lambda x: 1 / (1 + x * x)),
    "squared_relu": plain(lambda x: max(x, mpf(0)) ** 2, lambda x: 2 * max(x, mpf(0)), [0]),
    "square": plain(lambda x: x * x, lambda x: 2 * x),
    "log_sigmoid": plain(lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "tanhshrink": plain(lambda x: x - mp.tanh(x), lambda x: mp.tanh(x) ** 2),
    "softshrink": softshrink,
    "hardshrink": hardshrink,
    "gaussian": plain(lambda x: mp.exp(-x * x), lambda x: -2 * x * mp.exp(-x * x)),
}

# f of f(a) b
GATED = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu", "bilinear": "identity"}

DEFAULTS = {"leaky_relu": "0.01", "prelu": "0.25", "elu": "1", "celu": "1", "softshrink": "0.5", "hardshrink": "0.5"}


def spellings():
    return [f"{name}({DEFAULTS[name]})" if name in DEFAULTS else name for name in ELEMENTWISE]


def parse(text):
    """A spelling as (value, derivative, kinks)."""
    name, _, rest = text.partition("(")
    return ELEMENTWISE[name](mpf(float(rest[:-1])) if rest else None)
