"""Elementary functions for kernels: plain arithmetic in float32, libm's in float64.

A call of libm is scalar; polynomials and one division let the compiler fill whole registers.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from rnncli.cells._jit import OPTIONS

# tanh(x) = x P(x²) / Q(x²) for |x| < 7.9, a minimax fit with a relative error of 6e-9; beyond it
# the value at the edge. Rounded in float32 the whole is within 8 units in the last place.
EDGE = np.float32(7.9)
P1, P2 = np.float32(0.13450682), np.float32(0.0035790661)
P3, P4 = np.float32(2.202448e-05), np.float32(1.5429729e-08)
Q1, Q2 = np.float32(0.4678401), np.float32(0.02619252)
Q3, Q4 = np.float32(0.00034237723), np.float32(8.599488e-07)
ONE, HALF = np.float32(1.0), np.float32(0.5)
INLINED: Any = {"forceinline": True, **OPTIONS}


def _tanh32(x: Any) -> Any:
    """Hyperbolic tangent in float32; NaN stays NaN, since neither comparison holds for it."""
    if x > EDGE:
        x = EDGE
    elif x < -EDGE:
        x = -EDGE
    u = x * x
    p = ONE + u * (P1 + u * (P2 + u * (P3 + u * P4)))
    q = ONE + u * (Q1 + u * (Q2 + u * (Q3 + u * Q4)))
    return x * p / q


def _tanh64(x: Any) -> Any:
    return math.tanh(x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent in the precision of `x`."""
    return _tanh32(x) if isinstance(x, np.float32) else _tanh64(x)


@overload(tanh, jit_options=INLINED)
def _tanh_by_type(x: Any) -> Any:
    return _tanh32 if x == types.float32 else _tanh64


def _sigmoid32(x: Any) -> Any:
    """1 / (1 + exp(-x)) in float32, within 2e-7 of it (absolute)."""
    return HALF + HALF * tanh(HALF * x)


def _sigmoid64(x: Any) -> Any:
    if x < 0:  # so that exp never overflows
        e = math.exp(x)
        return e / (1 + e)
    return 1 / (1 + math.exp(-x))


def sigmoid(x: Any) -> Any:
    """Logistic function in the precision of `x`."""
    return _sigmoid32(x) if isinstance(x, np.float32) else _sigmoid64(x)


@overload(sigmoid, jit_options=INLINED)
def _sigmoid_by_type(x: Any) -> Any:
    return _sigmoid32 if x == types.float32 else _sigmoid64
