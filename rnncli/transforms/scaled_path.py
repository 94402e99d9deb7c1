"""The inputs of the last rows as a function of the returns of the series, and its derivatives.

A return is divided by the deviation of those before it. So it also changes all later inputs, the
price unit of a value of 1, and the ranges of later days, which are divided by such a deviation too:
its effect includes all of these.
"""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.transforms.features import over_deviation
from rnncli.transforms.inputs.days import DECAY
from rnncli.transforms.target_transform import TargetTransform
from rnncli.transforms.volatility import FLOOR, deviation, running_variances, weights_of_changes


@dataclass(frozen=True)
class RunningDeviation:
    """The deviation before each of T moves and after the last, as a function of the moves.

    `variance`: before the first; weights (T): of each square in the variance after it.
    """

    variance: float
    weights: Float64Array

    @property
    def before(self) -> float:
        """The deviation before the first move."""
        return deviation(self.variance)

    def of(self, moves: Float64Array) -> Float64Array:
        """Deviations (T + 1, L) of moves (T, L)."""
        variances = np.empty((len(moves) + 1, moves.shape[1]))
        variances[0] = self.variance
        for t, weight in enumerate(self.weights):
            variances[t + 1] = variances[t] + weight * (moves[t] ** 2 - variances[t])
        deviations: Float64Array = np.maximum(np.sqrt(variances), FLOOR)
        return deviations

    def back(self, moves: Float64Array, dlogs: Float64Array) -> Float64Array:
        """Derivative (T, L) by the moves, from that by the logs of the deviations (T + 1, L)."""
        deviations = self.of(moves)
        by_variance = np.where(deviations > FLOOR, 0.5 / deviations**2, 0.0) * dlogs
        dmoves, flow = np.empty(moves.shape), by_variance[-1]
        for t in range(len(moves) - 1, -1, -1):
            dmoves[t] = flow * 2 * self.weights[t] * moves[t]
            flow = flow * (1 - self.weights[t]) + by_variance[t]
        return dmoves


def running_deviation(
    returns: Float64Array, rows: int, decay: float, start_weight: float
) -> RunningDeviation:
    """That of the last `rows` of returns."""
    variances = running_variances(returns, decay, start_weight)
    weights = weights_of_changes(len(returns), decay, start_weight)
    return RunningDeviation(float(variances[len(returns) - rows]), weights[-rows:])


@dataclass(frozen=True)
class ScaledPath:
    """T rows in L lanes: points, which are returns and further variables, and their inputs.

    moves (T): returns of the series, divided by `deviation`, if given, and limited; a value of 1 is
    `unit` times that deviation. over (T, K): by how much each further input falls with the log of
    `ranges`, which is a part of what its variable is not.
    """

    moves: Float64Array
    deviation: RunningDeviation | None
    unit: float
    limit: float
    ranges: RunningDeviation | None
    over: Float64Array

    def point(self, moves: Float64Array, further: Float64Array) -> Float64Array:
        """The point (T, 1 + K) of further inputs (T, K) and moves (T)."""
        point = np.column_stack([moves, further])
        if self.ranges is not None:
            point[:, 1:] += self.over * np.log(self.ranges.of(moves[:, None])[:-1])
        return point

    def fed(self, points: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Inputs (T, 1 + K, L) at points, and the log of what a value of 1 is after them (L)."""
        fed, moves, log_steps = points.copy(), points[:, 0], np.full(points.shape[2], self.unit)
        if self.deviation is not None:
            deviations = self.deviation.of(moves)
            fed[:, 0], log_steps = moves / deviations[:-1], self.unit * deviations[-1]
        fed[:, 0] = np.clip(fed[:, 0], -self.limit, self.limit)
        if self.ranges is not None:
            fed[:, 1:] -= self.over[..., None] * np.log(self.ranges.of(moves)[:-1])[:, None]
        return fed, np.log(log_steps)

    def back(
        self, points: Float64Array, dfed: Float64Array, dlog_steps: Float64Array
    ) -> Float64Array:
        """Derivative by the points, from those by what `fed` gives."""
        moves, dpoints = points[:, 0], dfed.copy()
        deviations = 1.0 if self.deviation is None else self.deviation.of(moves)[:-1]
        inside = np.abs(moves) < self.limit * deviations
        dpoints[:, 0] = np.where(inside, dfed[:, 0], 0.0) / deviations
        direct = dpoints[:, 0] * moves  # by minus the log of the deviation
        if self.deviation is not None:
            dpoints[:, 0] += self.deviation.back(moves, np.concatenate([-direct, dlog_steps[None]]))
        if self.ranges is not None:
            dlogs = -np.einsum("tk,tkl->tl", self.over, dfed[:, 1:])
            nothing = np.zeros((1, moves.shape[1]))
            dpoints[:, 0] += self.ranges.back(moves, np.concatenate([dlogs, nothing]))
        return dpoints


def scaled_path(
    transform: TargetTransform, symbol: str, prices: Float64Array, fed: Float64Array
) -> ScaledPath:
    """The path of the last T values of a series of prices; fed (T, 1 + K): what is fed of them."""
    rows, over = len(fed), np.zeros(fed[:, 1:].shape)
    if not transform.is_of_changes:
        return ScaledPath(fed[:, 0], None, 1.0, np.inf, None, over)
    moves = replace(transform, decay=0.0).scaled(symbol, prices)
    deviation = ranges = None
    if transform.decay:
        deviation = running_deviation(moves, rows, transform.decay, transform.start_weight)
    if transform.is_of_returns and transform.inputs:
        over = _over(transform, fed[:, 1:])
        ranges = running_deviation(moves, rows, DECAY, transform.start_weight)
    limit = transform.input_limit or np.inf
    return ScaledPath(
        moves[-rows:], deviation, transform.step, limit, ranges if over.any() else None, over
    )


def _over(transform: TargetTransform, further: Float64Array) -> Float64Array:
    """By how much further inputs (T, K) fall with the log of the deviation; 0 where they do not."""
    mean, spread = np.array(transform.spread).T
    of_columns: BoolArray = over_deviation(transform.inputs, further * spread + mean)
    over: Float64Array = np.where(of_columns & (further != 0), 1 / spread, 0.0)
    return over
