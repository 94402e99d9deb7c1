"""The standard Student-t distribution in NumPy alone: density, distribution function, quantile.

    f(t) = gamma_ratio(v/2) / sqrt(v pi) * (1 + t^2/v)^(-(v+1)/2)
    P(T > t) = I_x(v/2, 1/2) / 2,  x = v/(v + t^2),  t >= 0        (DLMF 8.17)

`dof` v >= 1; arrays of any shapes that broadcast; NaN in, NaN out.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.normal import normal_quantile
from rnncli.kernels import fraction_kernel

Fraction = Callable[[Float64Array, Float64Array, Float64Array], Float64Array]

SHIFT = 20  # arguments from here on need five terms of the asymptotic series for 1e-15
TERMS = (1 / 8, -1 / 192, 1 / 640, -17 / 14336, 31 / 18432)
MANY = 5000  # numbers that a kernel, which has to be loaded, is worth it for
FEW = 64  # numbers for which calls cost more than what they do
TINY = 1e-300
CLOSE = 1e-15
MOST_STEPS = 100_000
NEWTON_STEPS = 12
LAST_STEP = 1e-8  # relative: what a step leaves is about its square
LARGEST_DOF = 200.0  # from here on a t is a normal to the eye
MOST_VALUES = 100_000  # that the dof are fitted on; more change them little and cost time
GOLDEN = (math.sqrt(5) - 1) / 2


def golden_section_minimum(
    loss: Callable[[float], float], low: float, high: float, steps: int = 40
) -> float:
    """Where a function with one valley between `low` and `high` is lowest: golden section."""
    inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    values = [loss(inner[0]), loss(inner[1])]
    for _ in range(steps):
        if values[0] < values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - GOLDEN * (high - low)
            values[0] = loss(inner[0])
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + GOLDEN * (high - low)
            values[1] = loss(inner[1])
    return (low + high) / 2


def fit_dof_of_unit_variance(standardised: Float64Array) -> float:
    """Degrees of freedom, 2 to 200, of a Student t of variance 1, by maximum likelihood.

    By golden section in 1/dof, from 0.005 for all but normal to 1/2 for no variance.
    """
    finite = standardised[np.isfinite(standardised)]
    finite = finite[:: max(1, len(finite) // MOST_VALUES)]
    if len(finite) == 0:
        return LARGEST_DOF

    def loss(inverse: float) -> float:
        dof = 1 / inverse
        scale = np.sqrt((dof - 2) / dof)
        return -float(np.mean(log_density(finite / scale, np.array(dof)) - np.log(scale)))

    return 1 / golden_section_minimum(loss, 1 / LARGEST_DOF, 0.499)


def gamma_ratio(a: Float64Array) -> Float64Array:
    """Gamma(a + 1/2) / Gamma(a) for a > 0, with a relative error of some 1e-15.

    The difference of two log gammas loses nine digits at a = 1e6; this is the recurrence up to
    a + 20 and the asymptotic series there (Tricomi & Erdelyi 1951).
    """
    a = np.asarray(a, np.float64)
    if a.size <= FEW:  # the same products, in fewer calls
        each = a[..., None] + np.arange(float(SHIFT))
        product = np.multiply.accumulate(each / (each + 0.5), axis=-1)[..., -1]
    else:
        product = np.ones_like(a)
        for k in range(SHIFT):
            product *= (a + k) / (a + k + 0.5)
    far = a + SHIFT
    series = sum(term / far ** (2 * k + 1) for k, term in enumerate(TERMS))
    ratio: Float64Array = product * np.sqrt(far) * np.exp(-series)
    return ratio


def log_density(t: Float64Array, dof: Float64Array) -> Float64Array:
    """Logarithm of the density."""
    return _log_density(t, dof, gamma_ratio(dof / 2))


def _log_density(t: Float64Array, dof: Float64Array, ratio: Float64Array) -> Float64Array:
    densities: Float64Array = (
        np.log(ratio) - np.log(dof * math.pi) / 2 - (dof + 1) / 2 * np.log1p(t**2 / dof)
    )
    return densities


def upper_tail(t: Float64Array, dof: Float64Array) -> Float64Array:
    """P(T > t) for t >= 0, with full relative precision far out."""
    t, dof = np.broadcast_arrays(np.asarray(t, np.float64), np.asarray(dof, np.float64))
    ratio = gamma_ratio(dof / 2)
    fraction = by_fraction if t.size <= MANY else compiled_fraction
    probabilities = _upper_tail(t.reshape(-1), dof.reshape(-1), ratio.reshape(-1), fraction)
    return probabilities.reshape(t.shape)


def _upper_tail(
    t: Float64Array, dof: Float64Array, ratio: Float64Array, fraction: Fraction
) -> Float64Array:
    """The same, gamma_ratio(dof / 2) being known."""
    a, square = dof / 2, t**2
    # x^a (1-x)^(1/2) / B(a, 1/2), with neither x nor 1 - x rounded first
    front = np.exp(-a * np.log1p(square / dof)) * np.sqrt(square / (dof + square))
    front = front * ratio / math.sqrt(math.pi)
    share = square / (dof + square)
    near = share < 1.5 / (a + 2.5)  # where the fraction of 1 - x converges fast
    first, second = np.where(near, 0.5, a), np.where(near, a, 0.5)
    inner = front * fraction(first, second, np.where(near, share, dof / (dof + square)))
    probabilities: Float64Array = np.where(near, 0.5 - inner / 0.5 / 2, inner / a / 2)
    return probabilities


def cdf(t: Float64Array, dof: Float64Array) -> Float64Array:
    """P(T <= t)."""
    tail = upper_tail(np.abs(t), dof)
    return np.where(t < 0, tail, 1 - tail)


def quantile(probability: float, dof: Float64Array) -> Float64Array:
    """The t with P(T <= t) = `probability`, 0 < probability < 1, for each dof."""
    return quantiles((probability,), dof)[..., 0]


def quantiles(
    probabilities: Sequence[float], dof: Float64Array, fraction: Fraction | None = None
) -> Float64Array:
    """The same at several probabilities (k): (..., k). `fraction`: a faster `by_fraction`.

    Start: Hill 1970, algorithm 396, Communications of the ACM 13(10); then Newton's steps, far
    out on the logarithm of the tail by log t, which is nearly straight there.
    """
    dof = np.asarray(dof, np.float64)
    each, place = np.unique(dof, return_inverse=True)
    table = np.zeros((len(each), len(probabilities)))
    table[np.isnan(each)] = np.nan
    outer = [k for k, p in enumerate(probabilities) if p != 0.5]
    if outer and dof.size:
        tails = [min(probabilities[k], 1 - probabilities[k]) for k in outer]
        signs = np.sign(np.array([probabilities[k] for k in outer]) - 0.5)
        table[:, outer] = signs * _outer(tails, each, fraction or by_fraction)
    return table.take(place.reshape(dof.shape), axis=0)


def _outer(tails: list[float], each: Float64Array, fraction: Fraction) -> Float64Array:
    """The t > 0 with those upper tails (k), for each dof (n): (n, k)."""
    dof, tail = np.repeat(each, len(tails)), np.tile(tails, len(each))
    ratio = np.repeat(gamma_ratio(each / 2), len(tails))
    t = _start(tails, dof)
    there = np.zeros(t.shape, bool)
    for _ in range(NEWTON_STEPS):
        before = t
        moved = _newton(before, tail, dof, ratio, fraction)
        t = np.where(there, before, moved)  # each by itself, to the last bit
        there |= ~(np.abs(t - before) > LAST_STEP * t)
        if there.all():
            break
    return t.reshape(len(each), len(tails))


def _newton(
    t: Float64Array, tail: Float64Array, dof: Float64Array, ratio: Float64Array,
    fraction: Fraction,
) -> Float64Array:  # fmt: skip
    """A step towards the t > 0 with that upper tail: of log tail by log t from 1 on."""
    reached = _upper_tail(t, dof, ratio, fraction)
    density = np.exp(_log_density(t, dof, ratio))
    away = np.log(reached / tail) * reached / (t * density)
    far = t * np.exp(np.minimum(np.maximum(away, -1), 1))
    return np.where(t < 1, np.abs(t + (reached - tail) / density), far)


def _start(tails: list[float], dof: Float64Array) -> Float64Array:
    """Hill's approximation of the quantiles for upper tails (k) below 1/2, dof (n x k)."""
    twice, x, squared = np.tile(_normals(tuple(tails)), len(dof) // len(tails))
    a = 1 / (dof - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * np.sqrt(a * math.pi / 2) * dof
    y = (d * twice) ** (2 / dof)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        corrected = np.where(dof < 5, c + 0.3 * (dof - 4.5) * (x + 0.6), c)
        middle = _from_normal(x, squared, corrected, a, b, d)
        third = ((dof + 6) / (dof * y) - 0.089 * d - 0.822) * (dof + 2) * 3
        outer = ((1 / third + 0.5 / (dof + 4)) * y - 1) * (dof + 1) / (dof + 2) + 1 / y
        square = dof * np.where(y > 0.05 + a, middle, outer)
    fallback = np.abs(x) * np.sqrt(1 + 1 / dof)
    return np.where(square > 0, np.sqrt(np.maximum(square, TINY)), fallback)


@cache
def _normals(tails: tuple[float, ...]) -> Float64Array:
    """Twice each tail (k), the normal quantile below which it lies, and that squared: (3, k)."""
    normal = [normal_quantile(tail) for tail in tails]
    return np.array([[2 * tail for tail in tails], normal, [z**2 for z in normal]])


def _from_normal(
    x: Float64Array, square: Float64Array, c: Float64Array, a: Float64Array, b: Float64Array,
    d: Float64Array,
) -> Float64Array:  # fmt: skip
    """Hill's branch near the normal: t^2 / dof."""
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    top = ((0.4 * square + 6.3) * square + 36) * square + 94.5
    squares: Float64Array = np.expm1(a * (((top / c - square - 3) / b + 1) * x) ** 2)
    return squares


def compiled_fraction(a: Float64Array, b: Float64Array, x: Float64Array) -> Float64Array:
    """`by_fraction`, compiled: the same bits in a fraction of the time."""
    values = np.empty_like(x)
    fraction_kernel()(a, b, x, values)
    return values


def by_fraction(a: Float64Array, b: Float64Array, x: Float64Array) -> Float64Array:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method.

    Elements (n) leave the loop as they converge: a dof of a million takes hundreds of steps,
    most take ten.
    """
    fractions, active = np.ones_like(x), np.arange(len(x))
    c, d = np.ones_like(x), 1 / _away(1 - (a + b) * x / (a + 1))
    value, m = d, 0
    while len(active):
        m += 1
        top = a + 2 * m
        c, d, even = _lentz(c, d, m * (b - m) * x / ((top - 1) * top))
        c, d, odd = _lentz(c, d, -(a + m) * (a + b + m) * x / (top * (top + 1)))
        value = value * even * odd
        fractions[active] = value
        going = np.abs(odd - 1) > CLOSE
        if m == MOST_STEPS:
            break
        if not going.all():
            active = active[going]
            a, b, x, c, d, value = (each[going] for each in (a, b, x, c, d, value))
    return fractions


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
