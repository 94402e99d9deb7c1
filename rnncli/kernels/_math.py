"""Elementary functions for kernels: plain arithmetic in float32, libm's in float64.

A call of libm is scalar; polynomials and one division let the compiler fill whole registers.
"""

import math
from typing import Any

import numpy as np

from rnncli.kernels._inline import precise

# tanh(x) = x P(x²) / Q(x²) for |x| < 7.9, a minimax fit with a relative error of 6e-9; beyond it
# the value at the edge. Rounded in float32 the whole is within 8 units in the last place.
EDGE = np.float32(7.9)
P1, P2 = np.float32(0.13450682), np.float32(0.0035790661)
P3, P4 = np.float32(2.202448e-05), np.float32(1.5429729e-08)
Q1, Q2 = np.float32(0.4678401), np.float32(0.02619252)
Q3, Q4 = np.float32(0.00034237723), np.float32(8.599488e-07)
ZERO, HALF, ONE, TWO = (np.float32(x) for x in (0, 0.5, 1, 2))
# the same of x / 2, with a half of P
EDGE2, S0 = TWO * EDGE, HALF * HALF
S1, S2, S3, S4 = (p * S0 ** np.float32(k) for k, p in enumerate((P1, P2, P3, P4), start=2))
T1, T2, T3, T4 = (q * S0 ** np.float32(k) for k, q in enumerate((Q1, Q2, Q3, Q4), start=1))

# exp(r) = 1 + r + r² (E2 + E3 r + …) for |r| <= ln(2) / 2
EXP_HIGH, EXP_LOW, INFINITE = np.float32(88.0), np.float32(-87.0), np.float32(np.inf)
LOG2E, LN2 = np.float32(1.442695041), np.float32(0.69314718056)
E2, E3, E4 = np.float32(0.50000000135), np.float32(0.16666576872), np.float32(0.041666464672)
E5, E6 = np.float32(0.0083631973769), np.float32(0.0013933676842)
# artanh(s) = s (1 + s² (L1 + L2 s² + …)) for |s| < 0.1716
ROOT_HALF, LARGE = np.int32(0x3F3504F3), np.float32(3e38)  # the bits of √½ in float32
L1, L2, L3 = np.float32(0.33333339756), np.float32(0.19995443867), np.float32(0.14744855215)


def _tanh32(x: Any) -> Any:
    """Hyperbolic tangent in float32; NaN stays NaN."""
    x = max(min(x, EDGE), -EDGE)  # an instruction each
    u = x * x
    p = ONE + u * (P1 + u * (P2 + u * (P3 + u * P4)))
    q = ONE + u * (Q1 + u * (Q2 + u * (Q3 + u * Q4)))
    return x * p / q


def _tanh64(x: Any) -> Any:
    return math.tanh(x)


@precise(_tanh32, _tanh64)
def tanh(x: Any) -> Any:
    """Hyperbolic tangent in the precision of `x`."""


def _sigmoid32(x: Any) -> Any:
    """1 / (1 + exp(-x)) in float32, within 2e-7 of it (absolute).

    (1 + tanh(x / 2)) / 2 to the bit: powers of two in the coefficients round nothing.
    """
    x = max(min(x, EDGE2), -EDGE2)
    u = x * x
    p = S0 + u * (S1 + u * (S2 + u * (S3 + u * S4)))
    q = ONE + u * (T1 + u * (T2 + u * (T3 + u * T4)))
    return HALF + x * p / q


def _sigmoid64(x: Any) -> Any:
    if x < 0:  # so that exp never overflows
        e = math.exp(x)
        return e / (1 + e)
    return 1 / (1 + math.exp(-x))


@precise(_sigmoid32, _sigmoid64)
def sigmoid(x: Any) -> Any:
    """Logistic function in the precision of `x`."""


def _exp32(x: Any) -> Any:
    """Exponential in float32, 2^k times a polynomial within ±ln(2)/2: within 5e-7 (relative).

    Where the processor has no fused multiply-add, within 5e-7 + 5e-8 |x|. Infinite beyond 88,
    where float32 ends; at least exp(-87), its smallest normal number.
    """
    held = x
    if held > EXP_HIGH:
        held = EXP_HIGH
    elif held < EXP_LOW:
        held = EXP_LOW
    turns = (held if held == held else ZERO) * LOG2E  # noqa: PLR0124 - NaN is no integer
    k = np.int32(turns + HALF if turns > 0 else turns - HALF)
    r = held - np.float32(k) * LN2
    p = E2 + r * (E3 + r * (E4 + r * (E5 + r * E6)))
    power = np.int32((k + np.int32(127)) << np.int32(23)).view(np.float32)
    return INFINITE if x > EXP_HIGH else power * (ONE + r * (ONE + r * p))


def _exp64(x: Any) -> Any:
    return math.exp(x) if x < 700 or x != x else x * math.inf  # noqa: PLR0124


@precise(_exp32, _exp64)
def exp(x: Any) -> Any:
    """Exponential in the precision of `x`."""


def _log1p32(x: Any) -> Any:
    """log(1 + x) of x >= 0 in float32, within 3e-7 (relative).

    1 + x = 2^k (1 + f) with |f| < 0.42, and log(1 + f) = 2 artanh(f / (2 + f)).
    """
    bits = np.float32(ONE + x).view(np.int32)
    k = (bits - ROOT_HALF) >> np.int32(23)
    f = np.int32(bits - (k << np.int32(23))).view(np.float32) - ONE
    if k == 0:
        f = x  # which 1 + x has rounded
    s = f / (f + TWO)
    w = s * s
    log = TWO * s * (ONE + w * (L1 + w * (L2 + w * L3))) + np.float32(k) * LN2
    return log if x < LARGE else x


def _log1p64(x: Any) -> Any:
    return math.log1p(x)


@precise(_log1p32, _log1p64)
def log1p(x: Any) -> Any:
    """log(1 + x) of x >= 0, in the precision of `x`."""
