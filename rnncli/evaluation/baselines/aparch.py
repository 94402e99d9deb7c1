"""Asymmetric power ARCH(1,1,1) with Student's t: the power of the deviation is fitted as well.

    s_t = omega + alpha (|e_{t-1}| - gamma e_{t-1})^delta + beta s_{t-1},   v_t = s_t^(2/delta)

Ding, Granger & Engle 1993, doi:10.1016/0927-5398(93)90006-D.
"""

import math
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.baselines.garch import SLACK, Residuals


@dataclass(frozen=True, kw_only=True)
class Aparch(Residuals):
    """Its parameters; s is a deviation to the power delta."""

    omega: float
    alpha: float
    gamma: float
    beta: float
    delta: float

    def stationary(self) -> bool:
        """Whether a shock has a mean to the power delta, and s does not grow by itself."""
        if self.delta >= self.dof or min(self.omega, self.alpha, self.beta) < -SLACK:
            return False
        return self.alpha * self._moment(1) + self.beta <= 1 + SLACK and abs(self.gamma) <= 1

    def powers(self, steps: Float64Array) -> Float64Array:
        """That of each change (n) given those before, and of the next: (n + 1)."""
        residuals, before = self.residuals(steps), self.backcast(steps) ** (self.delta / 2)
        shocks = (np.abs(residuals) - self.gamma * residuals) ** self.delta
        result = [self.omega + (self.alpha + self.beta) * before]
        for shock in (self.alpha * shocks).tolist():
            result.append(self.omega + shock + self.beta * result[-1])
        return np.array(result)

    def variances(self, steps: Float64Array) -> Float64Array:
        """Variance of each change (n) given those before, and of the next: (n + 1)."""
        result: Float64Array = self.powers(steps) ** (2 / self.delta)
        return result

    def sums_ahead(self, steps: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
        """Of the first two moments of s, which are exact, by those of a log-normal s.

        So the mean variance is exact for delta 1 and 2. Where a shock to the power 2 delta has no
        mean, s counts as certain.
        """
        mean = self.powers(steps)[rows]
        square, grown = mean**2, 2 / self.delta
        once, twice = self._growth()
        each = []
        for _ in range(horizon):
            spread = np.log(np.maximum(square / mean**2, 1)) if twice else 0.0
            each.append(mean**grown * np.exp(grown * (grown - 1) / 2 * spread))
            square = self.omega**2 + 2 * self.omega * once * mean + twice * square
            mean = self.omega + once * mean
        return np.cumsum(each, axis=0).T

    def _growth(self) -> tuple[float, float]:
        """Mean of the growth factor of s, and of its square: 0 if that is infinite."""
        first = self._moment(1)
        once = self.alpha * first + self.beta
        if 2 * self.delta >= self.dof:
            return once, 0.0
        second = self.alpha**2 * self._moment(2)
        return once, second + 2 * self.alpha * self.beta * first + self.beta**2

    def _moment(self, times: int) -> float:
        """Mean of (|z| - gamma z)^(times delta), z Student's t of variance 1."""
        power = times * self.delta
        log_moment = (
            power / 2 * math.log(self.dof - 2) + math.lgamma((power + 1) / 2)
            + math.lgamma((self.dof - power) / 2) - math.lgamma(self.dof / 2)
        )  # fmt: skip
        sides = ((1 - self.gamma) ** power + (1 + self.gamma) ** power) / 2
        return float(sides * math.exp(log_moment) / math.sqrt(math.pi))
