"""The last values of a series as functions of its own moves, and the way back for derivatives.

A return that is fed over the deviation of those before it changes all later inputs as well, and
what a value of 1 means in price: whoever asks what a move did has to ask through all of these.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.transforms.target_transform import TargetTransform
from rnncli.transforms.volatility import FLOOR, own_variances, weights_of_changes


class ScaledPath(Protocol):
    """T rows in L lanes, from the moves of a series, in whatever unit, to what is fed of them."""

    @property
    def moves(self) -> Float64Array:
        """Those of the series (T)."""

    def fed(self, moves: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that are fed (T, L), and the log of what a value of 1 is after them (L)."""

    def back(
        self, moves: Float64Array, dfed: Float64Array, dlog_step: Float64Array
    ) -> Float64Array:
        """Derivative (T, L) by the moves, from those by what `fed` gives."""


def scaled_path(
    transform: TargetTransform, symbol: str, prices: Float64Array, rows: int
) -> ScaledPath:
    """The path of the last `rows` values of a series of prices that the transform fits."""
    if not transform.decay:
        return AsFed(transform.limited(transform.scaled(symbol, prices)[-rows:]))
    returns = replace(transform, decay=0.0).scaled(symbol, prices)
    variances = own_variances(returns, transform.decay, transform.start_weight)
    weights = weights_of_changes(len(returns), transform.decay, transform.start_weight)
    return OverDeviation(
        returns[-rows:], variances[len(returns) - rows], weights[-rows:],
        transform.divisor / 100, transform.input_limit or np.inf,
    )  # fmt: skip


@dataclass(frozen=True)
class AsFed:
    """Moves (T) that are fed as they are; a value of 1 is always the same."""

    moves: Float64Array

    def fed(self, moves: Float64Array) -> tuple[Float64Array, Float64Array]:
        """The moves themselves, and log 1."""
        return moves, np.zeros(moves.shape[1])

    def back(
        self, _moves: Float64Array, dfed: Float64Array, _dlog_step: Float64Array
    ) -> Float64Array:
        """The derivative by what is fed."""
        return dfed


@dataclass(frozen=True)
class OverDeviation:
    """Log returns `moves` (T), each fed over the deviation before it and limited.

    `variance`: before the first; weights (T): of each square in the variance after it; a value of
    1 is `unit` times the deviation in the log price.
    """

    moves: Float64Array
    variance: float
    weights: Float64Array
    unit: float
    limit: float

    def fed(self, moves: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Moves over their deviations, and the log of that after them in the log price."""
        deviations = np.maximum(np.sqrt(self._variances(moves)), FLOOR)
        fed = np.clip(moves / deviations[:-1], -self.limit, self.limit)
        return fed, np.log(self.unit * deviations[-1])

    def back(
        self, moves: Float64Array, dfed: Float64Array, dlog_step: Float64Array
    ) -> Float64Array:
        """Through each value, and through all variances after a move."""
        variances = self._variances(moves)
        deviations = np.maximum(np.sqrt(variances), FLOOR)
        by_variance = np.where(deviations > FLOOR, 0.5 / deviations, 0.0)  # of a deviation
        dvalue = np.where(np.abs(moves) < self.limit * deviations[:-1], dfed, 0.0)
        dmoves = dvalue / deviations[:-1]
        dvariance = dlog_step * by_variance[-1] / deviations[-1]
        for t in range(len(moves) - 1, -1, -1):
            dmoves[t] += dvariance * 2 * self.weights[t] * moves[t]
            through_value = dvalue[t] * moves[t] / deviations[t] ** 2
            dvariance = dvariance * (1 - self.weights[t]) - through_value * by_variance[t]
        return dmoves

    def _variances(self, moves: Float64Array) -> Float64Array:
        """Variances (T + 1, L) before each move and after the last."""
        variances = np.empty((len(moves) + 1, moves.shape[1]))
        variances[0] = self.variance
        for t, weight in enumerate(self.weights):
            variances[t + 1] = variances[t] + weight * (moves[t] ** 2 - variances[t])
        return variances
