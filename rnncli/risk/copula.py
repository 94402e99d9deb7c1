"""The dependence between symbols: a t copula of their past places.

A place is the probability integral transform of an actual price. The copula is that of a
multivariate Student's t (Demarta & McNeil 2005, doi:10.1111/j.1751-5823.2005.tb00254.x): extreme
days are shared more often than with a Gaussian one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.distributions.student_t import golden_section_minimum
from rnncli.risk.correlation import (
    LEAST_DAYS,
    mean_correlation,
    shrunk_correlation,
    with_mean,
)
from rnncli.risk.scores import pairs_of
from rnncli.runtime.blas import one_blas_thread
from rnncli.runtime.random_numbers import RISK_PATHS, generator

SMALLEST_DOF, LARGEST_DOF = 2.5, 100.0
NO_DOF = LARGEST_DOF  # with too few days to estimate them
PAIRS = 100  # of symbols that the degrees of freedom are fitted on
STEPS = 14  # of the search for them
# Days. How much all symbols move together changes faster than which of them do. Chosen by the log
# score of the next day's places of 55 stocks, 2014 to 2017; tests/benchmarks/half_lives.py
# prints the table.
HALF_LIFE_OF_PAIRS, HALF_LIFE_OF_MEAN = 250.0, 60.0
EXTREME = 5e-4  # limit of places: a single poor forecast must not decide
SCORES = np.linspace(-4, 4, 161)  # normal scores at which quantiles are known; linear between


@dataclass(frozen=True)
class Copula:
    """A t copula of n symbols: `correlation` (n, n), `dof`; `days`: that it was fitted on."""

    correlation: Float64Array
    dof: float
    days: int

    def subset(self, positions: IntArray) -> "Copula":
        """The copula of the symbols at these positions."""
        return Copula(self.correlation[np.ix_(positions, positions)], self.dof, self.days)

    def shocks(self, paths: int, seed: int) -> Iterator[Float64Array]:
        """Draws (n, paths) of variance 1, a new array for each row ahead."""
        rng = generator(seed, paths, len(self.correlation), RISK_PATHS)
        with one_blas_thread():
            root = np.linalg.cholesky(self.correlation)
        while True:
            draws = rng.standard_normal((len(root), paths))
            with one_blas_thread():
                normal = root @ draws
            common = rng.chisquare(self.dof, paths) / (self.dof - 2)
            yield normal / np.sqrt(common)


def independent(count: int) -> Copula:
    """The copula of independent symbols."""
    return Copula(np.eye(count), 1e9, 0)


def fit_copula(places: Float64Array, weighted: bool = True) -> Copula:
    """The copula of places (days, n), 0 to 1, oldest first; NaN where a symbol has no row.

    `weighted`: recent days have more weight, since correlations change.
    """
    scores = normal_scores(places)
    with one_blas_thread():
        correlation = shrunk_correlation(scores, HALF_LIFE_OF_PAIRS if weighted else None)
        if weighted:
            recent = shrunk_correlation(scores, HALF_LIFE_OF_MEAN)
            correlation = with_mean(correlation, mean_correlation(recent))
    days = int(np.count_nonzero(np.isfinite(scores).sum(axis=1) > 1))
    return Copula(correlation, _fit_dof(scores, correlation), days)


def normal_scores(places: Float64Array, extreme: float = EXTREME) -> Float64Array:
    """Standard normal quantiles of places, limited to `extreme` on both sides; NaN stays."""
    grid = [NormalDist().cdf(score) for score in SCORES.tolist()]
    scores: Float64Array = np.interp(np.clip(places, extreme, 1 - extreme), grid, SCORES)
    return np.where(np.isnan(places), np.nan, scores)


def _fit_dof(scores: Float64Array, correlation: Float64Array) -> float:
    """Degrees of freedom by the likelihood of pairs of symbols (composite: Varin et al. 2011)."""
    first, second = pairs_of(len(correlation), PAIRS)
    x, y = scores[:, first].ravel(), scores[:, second].ravel()
    rho = np.tile(correlation[first, second], len(scores))
    both = np.isfinite(x) & np.isfinite(y)
    x, y, rho = x[both], y[both], np.clip(rho[both], -0.999, 0.999)
    if len(x) < LEAST_DAYS:
        return NO_DOF

    def loss(inverse: float) -> float:
        return -float(np.mean(_log_density(x, y, rho, 1 / inverse)))

    return 1 / golden_section_minimum(loss, 1 / LARGEST_DOF, 1 / SMALLEST_DOF, STEPS)


def _log_density(
    x: Float64Array, y: Float64Array, rho: Float64Array, dof: float
) -> Float64Array:  # fmt: skip
    """Log density (k) of the t copula of pairs at normal scores x and y (k)."""
    probabilities = tuple(NormalDist().cdf(score) for score in SCORES.tolist())
    quantiles = student_t.quantiles(probabilities, np.array(dof))
    a, b = np.interp(x, SCORES, quantiles), np.interp(y, SCORES, quantiles)
    square = (a**2 + b**2 - 2 * rho * a * b) / (dof * (1 - rho**2))
    joint = -math.log(2 * math.pi) - np.log1p(-(rho**2)) / 2 - (dof + 2) / 2 * np.log1p(square)
    at_zero = float(student_t.log_density(np.zeros(1), np.array([dof]))[0])
    single = 2 * at_zero - (dof + 1) / 2 * (np.log1p(a**2 / dof) + np.log1p(b**2 / dof))
    density: Float64Array = joint - single
    return density
