"""The standard Student-t distribution in NumPy alone: density, distribution function, quantile.

    f(t) = gamma_ratio(v/2) / sqrt(v pi) * (1 + t^2/v)^(-(v+1)/2)
    P(T > t) = I_x(v/2, 1/2) / 2,  x = v/(v + t^2),  t >= 0        (DLMF 8.17)

`dof` v >= 1; arrays of any shapes that broadcast; NaN in, NaN out.
"""

import math
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array

SHIFT = 20  # arguments from here on need five terms of the asymptotic series for 1e-15
TERMS = (1 / 8, -1 / 192, 1 / 640, -17 / 14336, 31 / 18432)
TINY = 1e-300
CLOSE = 1e-15
MOST_STEPS = 100_000
NEWTON_STEPS = 12
LAST_STEP = 1e-8  # relative: what a step leaves is about its square


def gamma_ratio(a: Float64Array) -> Float64Array:
    """Gamma(a + 1/2) / Gamma(a) for a > 0, to some 1e-15 whatever its size.

    The difference of two log gammas loses nine digits at a = 1e6; this is the recurrence up to
    a + 20 and the asymptotic series there (Tricomi & Erdelyi 1951).
    """
    a = np.asarray(a, np.float64)
    product = np.ones_like(a)
    for k in range(SHIFT):
        product *= (a + k) / (a + k + 0.5)
    far = a + SHIFT
    series = sum(term / far ** (2 * k + 1) for k, term in enumerate(TERMS))
    ratio: Float64Array = product * np.sqrt(far) * np.exp(-series)
    return ratio


def log_density(t: Float64Array, dof: Float64Array) -> Float64Array:
    """Logarithm of the density."""
    found: Float64Array = (
        np.log(gamma_ratio(dof / 2))
        - np.log(dof * math.pi) / 2
        - (dof + 1) / 2 * np.log1p(t**2 / dof)
    )
    return found


def upper_tail(t: Float64Array, dof: Float64Array) -> Float64Array:
    """P(T > t) for t >= 0, with full relative precision far out."""
    t, dof = np.broadcast_arrays(np.asarray(t, np.float64), np.asarray(dof, np.float64))
    a, square = dof / 2, t**2
    # x^a (1-x)^(1/2) / B(a, 1/2), with neither x nor 1 - x rounded first
    front = np.exp(-a * np.log1p(square / dof)) * np.sqrt(square / (dof + square))
    front = front * gamma_ratio(a) / math.sqrt(math.pi)
    near = square / (dof + square) < 1.5 / (a + 2.5)  # where the fraction of 1 - x converges fast
    found = np.full(t.shape, np.nan)
    rest = ~near & ~np.isnan(t) & ~np.isnan(dof)
    x = dof / (dof + square)
    found[rest] = front[rest] * _fraction(a[rest], np.full(rest.sum(), 0.5), x[rest]) / a[rest] / 2
    y = square / (dof + square)
    inner = front[near] * _fraction(np.full(near.sum(), 0.5), a[near], y[near]) / 0.5
    found[near] = 0.5 - inner / 2
    return found


def cdf(t: Float64Array, dof: Float64Array) -> Float64Array:
    """P(T <= t)."""
    tail = upper_tail(np.abs(t), dof)
    return np.where(t < 0, tail, 1 - tail)


def quantile(probability: float, dof: Float64Array) -> Float64Array:
    """The t with P(T <= t) = `probability`, 0 < probability < 1, for each dof.

    Start: Hill 1970, algorithm 396, Communications of the ACM 13(10); then Newton's steps, far
    out on the logarithm of the tail by log t, which is nearly straight there.
    """
    dof = np.asarray(dof, np.float64)
    if probability == 0.5:
        return np.where(np.isnan(dof), np.nan, 0.0)
    tail = min(probability, 1 - probability)
    each, place = np.unique(dof, return_inverse=True)
    t, there = _start(tail, each), np.zeros(each.shape, bool)
    for _ in range(NEWTON_STEPS):
        before = t
        t = np.where(there, before, _newton(before, tail, each))  # each by itself, to the last bit
        there |= ~(np.abs(t - before) > LAST_STEP * t)
        if there.all():
            break
    found = np.sign(probability - 0.5) * t[place].reshape(dof.shape)
    return np.asarray(found, np.float64)


def _newton(t: Float64Array, tail: float, dof: Float64Array) -> Float64Array:
    """A step towards the t > 0 with that upper tail: of log tail by log t from 1 on."""
    reached, density = upper_tail(t, dof), np.exp(log_density(t, dof))
    far = t * np.exp(np.clip(np.log(reached / tail) * reached / (t * density), -1, 1))
    return np.where(t < 1, np.abs(t + (reached - tail) / density), far)


def _start(tail: float, dof: Float64Array) -> Float64Array:
    """Hill's approximation of the quantile for an upper tail below 1/2."""
    twice = 2 * tail
    a = 1 / (dof - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * np.sqrt(a * math.pi / 2) * dof
    y = (d * twice) ** (2 / dof)
    x = NormalDist().inv_cdf(tail)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        middle = _from_normal(x, np.where(dof < 5, c + 0.3 * (dof - 4.5) * (x + 0.6), c), a, b, d)
        third = ((dof + 6) / (dof * y) - 0.089 * d - 0.822) * (dof + 2) * 3
        outer = ((1 / third + 0.5 / (dof + 4)) * y - 1) * (dof + 1) / (dof + 2) + 1 / y
        square = dof * np.where(y > 0.05 + a, middle, outer)
    fallback = abs(x) * np.sqrt(1 + 1 / dof)
    return np.where(square > 0, np.sqrt(np.maximum(square, TINY)), fallback)


def _from_normal(
    x: float, c: Float64Array, a: Float64Array, b: Float64Array, d: Float64Array
) -> Float64Array:
    """Hill's branch near the normal: t^2 / dof."""
    square = x**2
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    top = ((0.4 * square + 6.3) * square + 36) * square + 94.5
    found: Float64Array = np.expm1(a * (((top / c - square - 3) / b + 1) * x) ** 2)
    return found


def _fraction(a: Float64Array, b: Float64Array, x: Float64Array) -> Float64Array:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method.

    Elements (n) leave the loop as they converge: a dof of a million takes hundreds of steps,
    most take ten.
    """
    found, active = np.ones_like(x), np.arange(len(x))
    c, d = np.ones_like(x), 1 / _away(1 - (a + b) * x / (a + 1))
    value, m = d, 0
    while len(active):
        m += 1
        top = a + 2 * m
        c, d, even = _lentz(c, d, m * (b - m) * x / ((top - 1) * top))
        c, d, odd = _lentz(c, d, -(a + m) * (a + b + m) * x / (top * (top + 1)))
        value = value * even * odd
        found[active] = value
        going = np.abs(odd - 1) > CLOSE
        if m == MOST_STEPS:
            break
        if not going.all():
            active = active[going]
            a, b, x, c, d, value = (each[going] for each in (a, b, x, c, d, value))
    return found


def _lentz(
    c: Float64Array, d: Float64Array, coefficient: Float64Array
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """One step of the fraction: the new c and d, and the factor on its value."""
    d = 1 / _away(1 + coefficient * d)
    c = _away(1 + coefficient / c)
    return c, d, c * d


def _away(denominator: Float64Array) -> Float64Array:
    """No denominator of zero."""
    return np.where(np.abs(denominator) < TINY, TINY, denominator)
