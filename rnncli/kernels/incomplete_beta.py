"""The continued fraction of the incomplete beta function, compiled; bit-identical to `student_t`.

Only sums, products and quotients in a fixed order, so that the result does not depend on where it
is computed.
"""

from collections.abc import Callable
from typing import Any

Array = Any

FRACTION = "void(float64[::1],float64[::1],float64[::1],float64[::1])"  # a, b, x, out (n)
TINY = 1e-300
CLOSE = 1e-15
MOST_STEPS = 100_000


def make_fraction() -> Callable[..., None]:
    """Kernel that fills `out` by Lentz's method (DLMF 8.17.22), see `student_t`."""

    def fraction(a: Array, b: Array, x: Array, out: Array) -> None:
        for k in range(a.shape[0]):
            p, q, at = a[k], b[k], x[k]
            below = 1 - (p + q) * at / (p + 1)
            d = 1 / (TINY if abs(below) < TINY else below)
            c, value = 1.0, d
            for m in range(1, MOST_STEPS + 1):
                top = p + 2 * m
                step = m * (q - m) * at / ((top - 1) * top)
                below = 1 + step * d
                d = 1 / (TINY if abs(below) < TINY else below)
                below = 1 + step / c
                c = TINY if abs(below) < TINY else below
                even = c * d
                step = -(p + m) * (p + q + m) * at / (top * (top + 1))
                below = 1 + step * d
                d = 1 / (TINY if abs(below) < TINY else below)
                below = 1 + step / c
                c = TINY if abs(below) < TINY else below
                odd = c * d
                value = value * even * odd
                if not abs(odd - 1) > CLOSE:
                    break
            out[k] = value

    return fraction
