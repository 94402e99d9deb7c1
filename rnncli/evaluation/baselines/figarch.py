"""FIGARCH(1,d,1) with Student's t: a variance whose memory fades as a power, not exponentially.

    v_t = omega/(1 - beta) + sum over k of weights_k e_{t-k}^2,   k = 1 ... 1000

Baillie, Bollerslev & Mikkelsen 1996, doi:10.1016/S0304-4076(95)01749-6; squares before the first
change are the backcast.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.baselines.garch import SLACK, Residuals

LAGS = 1000  # of the sum, as arch has it


@dataclass(frozen=True, kw_only=True)
class Figarch(Residuals):
    """Its parameters: d is the fraction that is integrated."""

    omega: float
    phi: float
    d: float
    beta: float

    def stationary(self) -> bool:
        """Whether no weight is negative, and they leave the variance finite."""
        if not (0 <= self.d < 1 and -SLACK <= self.beta < 1 and self.omega >= -SLACK):
            return False
        return bool(self.weights.min() >= -SLACK and self.weights.sum() <= 1 + SLACK)

    @cached_property
    def weights(self) -> Float64Array:
        """Of the square 1 to 1000 rows before: (1000)."""
        steps = np.arange(1, LAGS)
        expansion = self.d * np.cumprod(np.concatenate([[1.0], (steps - self.d) / (steps + 1)]))
        result = [self.phi - self.beta + self.d]
        for add in (expansion[1:] - self.phi * expansion[:-1]).tolist():
            result.append(self.beta * result[-1] + add)
        return np.array(result)

    @property
    def intercept(self) -> float:
        """The part of a variance that does not depend on past squares."""
        return self.omega / (1 - self.beta)

    def variances(self, steps: Float64Array) -> Float64Array:
        """Variance of each change (n) given those before, and of the next: (n + 1)."""
        squares = self.residuals(steps) ** 2
        reach = np.concatenate([np.cumsum(self.weights[::-1])[::-1], [0.0]])  # from each lag on
        before = reach[np.minimum(np.arange(len(squares) + 1), LAGS)] * self.backcast(steps)
        after = np.convolve(squares, self.weights)[: len(squares)] if len(squares) else squares
        result: Float64Array = self.intercept + before + np.concatenate([[0.0], after])
        return result

    def sums_ahead(self, steps: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
        """Future squares are replaced by their variance."""
        squares = self.residuals(steps) ** 2
        known = np.concatenate([np.full(LAGS, self.backcast(steps)), squares])
        latest = np.lib.stride_tricks.sliding_window_view(known, LAGS)[rows]  # oldest first
        path = np.concatenate([latest, np.empty((len(rows), horizon))], axis=1)
        oldest_first = self.weights[::-1]
        for k in range(horizon):
            path[:, LAGS + k] = self.intercept + path[:, k : LAGS + k] @ oldest_first
        return np.cumsum(path[:, LAGS:], axis=1)
