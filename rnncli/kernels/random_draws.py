"""Draw from the normal distribution and from Student's t, compiled: two uniform numbers a draw.

Box & Muller (1958), and the polar method of Bailey (1994) with its angle drawn: a point at the
squared radius 2 L, or d (exp(2 L/d) - 1), where L = -log(1 - u); its first coordinate.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import precise
from rnncli.kernels._math import HALF, ONE, TWO, exp, log1p
from rnncli.kernels.likelihoods import FEWEST, FLOOR, SPREAD

Array = Any

# out (O, n), uniforms (2, n) from 0 to below 1, drawn (n)
DRAW = "void({0}[:,::1],float64[:,::1],float64[::1])"
# sin(πw) = w (W1 + w² (W2 + …)) for |w| <= ½, within 2e-7
W1, W2, W3 = np.float32(3.14159264), np.float32(-5.16771008), np.float32(2.55007752)
W4, W5 = np.float32(-0.598291286), np.float32(0.0776576603)
THIRD, QUARTER, NEAR = np.float32(1 / 3), np.float32(0.25), np.float32(0.02)


def _cosine32(v: Any) -> Any:
    """cos(2πv) of 0 <= v < 1, which is 2 sin²(π(v - ½)) - 1, within 5e-7."""
    w = v - HALF
    x = w * w
    sine = w * (W1 + x * (W2 + x * (W3 + x * (W4 + x * W5))))
    return TWO * sine * sine - ONE


def _cosine64(v: Any) -> Any:
    return math.cos(2 * math.pi * v)


@precise(_cosine32, _cosine64)
def cosine(v: Any) -> Any:
    """Cosine of `v` full turns, 0 <= v < 1, in the precision of `v`."""


def _growth32(x: Any) -> Any:
    """exp(x) - 1 of x >= 0, within 1e-6 (relative): by its series where exp(x) has fewer digits."""
    small = x * (ONE + HALF * x * (ONE + THIRD * x * (ONE + QUARTER * x)))
    return small if x < NEAR else exp(x) - ONE


def _growth64(x: Any) -> Any:
    return math.expm1(x)


@precise(_growth32, _growth64)
def growth(x: Any) -> Any:
    """exp(x) - 1 of x >= 0, in the precision of `x`."""


def make_draw(student: bool) -> Callable[..., None]:
    """Kernel that fills `drawn` from locations, log scales and, of Student's t, raw dof."""

    def draw(out: Array, uniforms: Array, drawn: Array) -> None:
        real = out.dtype.type
        two, floor, fewest, spread = real(2), real(FLOOR), real(FEWEST), real(SPREAD)
        outs, us, n = out.reshape(-1), uniforms.reshape(-1), drawn.shape[0]
        for k in range(n):
            length = two * log1p(real(us[k] / (1.0 - us[k])))
            if student:
                dof = fewest + spread * exp(outs[2 * n + k])
                length = dof * growth(length / dof)
            raw = outs[n + k]
            scale = exp(max(raw, floor))
            drawn[k] = outs[k] + scale * np.sqrt(length) * cosine(real(us[n + k]))

    return draw
