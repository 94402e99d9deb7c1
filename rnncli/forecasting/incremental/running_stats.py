"""Running statistics of a series: with the network's states, all that its next row needs.

One more row updates a few sums, to the same bits as when the whole series is gone through.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import nan

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.forecasting.incremental.row_hash import with_row
from rnncli.inference.forecast import OriginStates
from rnncli.inference.range_evidence import ScoredRows, evidence_after, no_evidence
from rnncli.inference.range_shrinkage import shrunk
from rnncli.inference.rollout import NetworkStates
from rnncli.models.model import Model
from rnncli.prices.date_history import DateHistory
from rnncli.prices.series import Prices
from rnncli.transforms.features import (
    fields_of,
    fill_in_forecasts,
    memory_after,
    next_features,
    next_standardised,
    of_returns,
    start_memory,
)
from rnncli.transforms.inputs.days import DECAY, Days, Row
from rnncli.transforms.inverse import InverseTransform
from rnncli.transforms.volatility import START, changes, deviation, next_variance, running_variances

UNDATED = int(np.datetime64("NaT", "s").astype(np.int64))


@dataclass
class RunningStats:
    """A series of `rows` rows so far.

    `last`: its last prices, a season of them; `first`, `total`, `squares`: its first change, and
    sums of how far the others are from that; `variance`: exponentially weighted, of its returns;
    `span`: the same for its inputs, on any scale; `memory`: the state of those (see
    `transforms.inputs`), empty before the first row; `evidence`: see `inference.range_evidence`,
    empty of other models; `row_hash`: see `row_hash`; `dates`: what the dates ahead depend on.
    """

    rows: int = 0
    last: list[float] = field(default_factory=list)
    first: float = nan
    total: float = 0.0
    squares: float = 0.0
    variance: float = START
    span: float = START
    memory: list[float] = field(default_factory=list)
    evidence: list[float] = field(default_factory=list)
    row_hash: int = 0
    dates: DateHistory = field(default_factory=DateHistory)


class StatsUpdater:
    """Updates running statistics with rows; returns the network's inputs for each."""

    def __init__(self, model: Model) -> None:
        self._transform, self._unit = model.preparation, model.bounds.unit
        p = self._transform
        self.fields = fields_of(p.inputs)
        self._logs = p.scale == "log-return"
        self._of_returns = of_returns(p.inputs)
        self._logs_wanted = self._logs or self._unit == "log" or self._of_returns
        self._start = start_memory(p.inputs)
        self._by_symbol: dict[str, Float64Array] = {}  # coefficients of a season
        self._bins = p.bins and (list(p.bins.edges), len(p.bins.labels) - 1)

    def knows_scale(self, symbol: str) -> bool:
        """Whether the scale of a symbol is known row by row; else it follows from all its rows."""
        return not self._transform.needs_pair(symbol)

    @property
    def shrinks(self) -> bool:
        """Whether the range of each symbol is shrunk, by evidence of its past."""
        return self._transform.shrinks_range

    def start(self) -> RunningStats:
        """The statistics of a series before its first row."""
        return RunningStats(evidence=no_evidence(1)[0].tolist() if self.shrinks else [])

    def step(self, stats: RunningStats) -> float:
        """What a value of 1 is of the next change."""
        p = self._transform
        return p.step * (deviation(stats.variance) if p.decay else 1.0)

    def begins(self, stats: RunningStats) -> bool:
        """Whether the last row is the first one that the network is fed.

        A lone price is fed as a return of zero, which the first true return takes the place of.
        """
        p = self._transform
        return stats.rows == 1 or (p.is_of_changes and stats.rows == p.season + 1)

    def add_row(
        self,
        stats: RunningStats,
        symbol: str,
        second: int | None,
        price: float,
        values: list[float],
    ) -> list[float]:
        """Take in a row, dated `second`; return what the network is fed of it (I).

        `values`: those of `fields`. Its date is not added to `dates`, which series may share.
        """
        p, season = self._transform, self._transform.season
        logs = [_log(price), *(_log(one) for one in stats.last[-1:])] if self._logs_wanted else []
        fed = price
        if p.is_of_changes:
            value = self._change(stats, symbol, price, logs)
            fed = value / deviation(stats.variance) if p.decay else value
            if p.decay and stats.rows >= season:
                stats.variance = next_variance(
                    stats.variance, value, stats.rows - season, p.decay, p.start_weight
                )
        elif p.scale != "none":
            shift, size = p.fitted[symbol]
            fed = (price - shift) / size
        if p.input_limit:
            fed = max(min(fed, p.input_limit), -p.input_limit)
        if self._bins:
            fed = bisect_right(self._bins[0], fed) / self._bins[1]
        further = self._further(stats, symbol, second, logs, values)
        if stats.rows:
            change = logs[0] - logs[1] if self._unit == "log" else price - stats.last[-1]
            self._add_change(stats, change)
        stats.row_hash = with_row(
            stats.row_hash, stats.rows, UNDATED if second is None else second, [price, *values]
        )
        stats.rows += 1
        stats.last.append(price)
        del stats.last[:-season]
        return [fed, *further]

    def _change(self, stats: RunningStats, symbol: str, price: float, logs: list[float]) -> float:
        """The change to a row, unscaled by the deviation; of a series' first price, zero."""
        p, season = self._transform, self._transform.season
        if not self._logs:
            return (price - (stats.last or [price])[-1]) / p.fitted[symbol][1]
        over = _log(stats.last[0]) if season > 1 and len(stats.last) == season else logs[-1]
        return 100 * (logs[0] - over) / p.divisor

    @staticmethod
    def _add_change(stats: RunningStats, step: float) -> None:
        """Take in a change of the price."""
        if stats.rows == 1:
            stats.first = step
        centred = step - stats.first
        stats.total += centred
        stats.squares += centred * centred

    def _further(
        self, stats: RunningStats, symbol: str, second: int | None, logs: list[float],
        values: list[float],
    ) -> list[float]:  # fmt: skip
        """What else is fed of a row, see `features`."""
        p = self._transform
        if not p.inputs:
            return []
        before, change = deviation(stats.span), 0.0
        if self._of_returns and stats.rows:
            change = 100 * (logs[0] - logs[1]) / p.divisor
            stats.span = next_variance(stats.span, change, stats.rows - 1, DECAY, p.start_weight)
        row = Row(
            stats.rows, logs[0] if logs else nan, change, before, deviation(stats.span),
            second or 0, p.divisor,
            dict(zip(self.fields, values, strict=True)),
        )  # fmt: skip
        stats.memory = stats.memory or list(self._start)
        features = next_features(p.inputs, stats.memory, row)
        fed = next_standardised(features, p.spread, p.inputs)
        if p.season_functions is None:
            return fed
        if symbol not in self._by_symbol:
            self._by_symbol[symbol] = p.season_functions.of_symbol(symbol)
        columns = np.array([fed])
        fill_in_forecasts(columns, p.inputs, self._by_symbol[symbol])
        filled: list[float] = columns[0].tolist()
        return filled

    def deviation(self, stats: RunningStats) -> float:
        """Standard deviation of the changes; NaN with fewer than two."""
        count = stats.rows - 1
        if count < 2:
            return nan
        mean = stats.total / count
        variance = stats.squares / count - mean * mean
        return math.sqrt(max(variance, 0.0)) if variance == variance else nan  # noqa: PLR0124

    def states(
        self, symbols: Sequence[str], of_series: Sequence[RunningStats], after: NetworkStates,
        inputs: Float64Array, pairs: dict[str, tuple[float, float]] | None = None,
    ) -> OriginStates:  # fmt: skip
        """The states of series that were fed these `inputs` (n, I) last.

        `after`: of the network; `pairs`: shift and size of symbols that the model was not trained
        on.
        """
        p, count = self._transform, len(symbols)
        steps, scales = [1.0] * count, [(0.0, 1.0)] * count
        if p.is_of_changes:
            steps = [self.step(stats) for stats in of_series]
        if p.scale not in ("log-return", "none"):
            pair_of = {**p.fitted, **pairs} if pairs else p.fitted
            scales = [pair_of[symbol] for symbol in symbols]
        inverse = InverseTransform(
            p, tuple(symbols), np.array([stats.rows - 1 for stats in of_series]),
            np.array([stats.last for stats in of_series]), np.array(steps),
            np.array([shift for shift, _ in scales]), np.array([size for _, size in scales]),
        )  # fmt: skip
        deviations = np.array([self.deviation(stats) for stats in of_series])
        if self.shrinks:
            evidence = evidence_of(of_series)
            outputs = shrunk(after.outputs, evidence, inverse.steps, inverse.rows)
            after = replace(after, outputs=outputs)
        return OriginStates(inverse, after, inputs, deviations)


def evidence_of(of_series: Sequence[RunningStats]) -> Float64Array:
    """What is known of the range of n series: (n, MEMORY)."""
    return np.array([stats.evidence for stats in of_series])


def learn_of_ranges(
    of_series: Sequence[RunningStats], rows: ScoredRows, counts: Sequence[int]
) -> None:
    """Add rows of n series to their evidence; `counts`: of the rows that were scored before."""
    after = evidence_after(evidence_of(of_series), np.array(counts, np.int64), rows)[-1]
    for stats, evidence in zip(of_series, after.tolist(), strict=True):
        stats.evidence = evidence


def running_stats_of(
    model: Model, prices: Prices, i: int, row_hash: int, dates: DateHistory
) -> RunningStats:
    """The statistics of series i, gone through at once; its hash and dates are given."""
    p, series = model.preparation, prices.series(i)
    last = series[-p.season :].tolist()
    stats = RunningStats(len(series), last, row_hash=row_hash, dates=dates)
    steps = changes(series, model.bounds.unit)
    if len(steps):
        centred = steps - steps[0]
        stats.first = float(steps[0])
        stats.total, stats.squares = (
            float(np.cumsum(terms)[-1]) for terms in (centred, centred**2)
        )
    if p.decay and len(series) > p.season:
        returns = p.changes(prices.symbols[i], series)
        stats.variance = float(running_variances(returns, p.decay, p.start_weight)[-1])
    days = Days(prices, i, p.divisor, p.start_weight)
    if of_returns(p.inputs):
        stats.span = days.last_variance
    stats.memory = memory_after(p.inputs, days)
    return stats


def _log(value: float) -> float:
    """The logarithm as NumPy has it of an array, whose last bit may not be that of `math`."""
    if value > 0:
        return float(np.log(value))
    return nan if value else -math.inf
