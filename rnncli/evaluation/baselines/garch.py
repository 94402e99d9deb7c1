"""GARCH(1,1) with Student's t, and what the variances of all its family have in common.

    e_t = x_t - mu,   v_t = omega + (alpha + gamma [e_{t-1} < 0]) e_{t-1}^2 + beta v_{t-1}
    e_t / sqrt(v_t)   Student's t of variance 1

gamma 0: Bollerslev 1987, doi:10.2307/1925546; else Glosten, Jagannathan & Runkle 1993,
doi:10.1111/j.1540-6261.1993.tb05128.x. The parameters stay as they were fitted, and the variance
follows every row up to the cutoff.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.arrays import Float64Array, IntArray

DECAY = 0.94
BACKCAST = 75  # changes whose weighted squares are the variance before the first
SLACK = 1e-6  # of a constraint that an optimiser keeps


class VarianceModel(Protocol):
    """Parameters of one series, in units of its past deviation `unit`."""

    @property
    def unit(self) -> float:
        """What changes are divided by."""

    @property
    def mu(self) -> float:
        """Mean change."""

    @property
    def dof(self) -> float:
        """Degrees of freedom of the changes."""

    def stationary(self) -> bool:
        """Whether the variance is finite and not negative for these parameters."""

    def sums_ahead(self, steps: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
        """Variance of the sum of the next 1 to `horizon` changes: (rows, horizon).

        After the first `rows` of the changes, 75 or all of them at least, in squares of the unit.
        """


@dataclass(frozen=True)
class Residuals:
    """What every model of the family has; `centre`: the mean of the changes it was fitted on.

    The variance before the first change is that of the first changes around `centre`, as arch has
    it: there it is set before mu is fitted, and stays.
    """

    unit: float
    mu: float = 0.0
    dof: float = 8.0
    centre: float = 0.0

    def residuals(self, steps: Float64Array) -> Float64Array:
        """Changes around mu, in the unit."""
        return steps / self.unit - self.mu

    def backcast(self, steps: Float64Array) -> float:
        """The variance before the first change; 1 without any."""
        first = steps[:BACKCAST] / self.unit - self.centre
        weights = DECAY ** np.arange(len(first))
        return float(weights @ first**2 / weights.sum()) if len(first) else 1.0


@dataclass(frozen=True)
class Garch(Residuals):
    """Without parameters that of RiskMetrics: no mean, no long run."""

    omega: float = 0.0
    alpha: float = 1 - DECAY
    beta: float = DECAY
    gamma: float = 0.0

    @property
    def persistence(self) -> float:
        """How much of a variance is left in the next."""
        return self.alpha + self.gamma / 2 + self.beta

    def stationary(self) -> bool:
        """Whether variances are not negative and do not grow without shocks."""
        least = min(self.omega, self.alpha, self.alpha + self.gamma, self.beta)
        return least >= -SLACK and self.persistence <= 1 + SLACK

    def variances(self, steps: Float64Array) -> Float64Array:
        """Variance of each change (n) given those before, and of the next: (n + 1)."""
        residuals = self.residuals(steps)
        weights = np.where(residuals < 0, self.alpha + self.gamma, self.alpha)
        result = [self.omega + self.persistence * self.backcast(steps)]
        for shock in (weights * residuals**2).tolist():
            result.append(self.omega + shock + self.beta * result[-1])
        return np.array(result)

    def ahead(self, variance: float, horizon: int) -> Float64Array:
        """Variance of the sum of the next 1 to `horizon` changes, the next having `variance`."""
        each = [variance]
        while len(each) < horizon:
            each.append(self.omega + self.persistence * each[-1])
        return np.cumsum(each)

    def sums_ahead(self, steps: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
        """The same after each of `rows` changes."""
        each = [self.ahead(v, horizon) for v in self.variances(steps)[rows].tolist()]
        return np.array(each).reshape(len(rows), horizon)
