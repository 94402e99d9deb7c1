"""What a series leaves behind but for the network's states: all that its next row is held against.

A row more is taken in by a few sums, to the same bits as when the whole series is gone through.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.forecasting.incremental.row_hash import with_row
from rnncli.forecasting.raw_forecast import SeriesState
from rnncli.inference.rollout import NetworkStates
from rnncli.models.model import Model
from rnncli.prices.date_history import DAY, DateHistory, weekday
from rnncli.prices.series import Prices
from rnncli.transforms.features import DECAY, LIMIT, WEEKDAYS, fields_of, next_mean
from rnncli.transforms.inverse import InverseContext
from rnncli.transforms.volatility import START, changes, deviation, next_variance, own_variances

UNDATED = int(np.datetime64("NaT", "s").astype(np.int64))
FED_OF_DAYS = WEEKDAYS.T.tolist()


@dataclass
class RunningStats:
    """A series of `rows` rows so far.

    `last`: its last prices, a season of them; `first`, `total`, `squares`: its first change, and
    sums of how far the others are from that; `variance`: of late, of its returns; `volume`:
    running mean of its logarithm; `span`: variance of late that a day's range is held against;
    `number`: see `fingerprint`.
    """

    rows: int = 0
    last: list[float] = field(default_factory=list)
    first: float = nan
    total: float = 0.0
    squares: float = 0.0
    variance: float = START
    volume: float = nan
    span: float = START
    number: int = 0
    trail: DateHistory = field(default_factory=DateHistory)


class Tallying:
    """Takes rows into tallies, as a model wants it; tells what its network is fed of each."""

    def __init__(self, model: Model) -> None:
        self._preparation, self._unit = model.preparation, model.bounds.unit
        p = self._preparation
        self.fields = fields_of(p.inputs)
        self._logs = p.scale == "log-return"
        self._logs_wanted = self._logs or self._unit == "log" or "high-low" in p.inputs
        self._bins = p.bins and (list(p.bins.edges), len(p.bins.labels) - 1)

    def takes(self, symbol: str) -> bool:
        """Whether it can tell the scale of a symbol row by row; else all rows must be known."""
        p = self._preparation
        return p.scale not in ("minmax", "standard") or symbol in p.fitted

    def begins(self, tally: RunningStats) -> bool:
        """Whether the last row is the first that the network is fed of, as it now stands.

        A lone price is fed as a return of zero, which the first true return takes the place of.
        """
        return tally.rows == 1 or (self._logs and tally.rows == self._preparation.season + 1)

    def push(
        self,
        tally: RunningStats,
        symbol: str,
        second: int | None,
        price: float,
        beside: list[float],
    ) -> list[float]:
        """Take in a row, dated `second`; return what the network is fed of it (I).

        But for its trail, which series may share. `beside`: the values of `fields`.
        """
        p, season = self._preparation, self._preparation.season
        logs = [_log(price), *(_log(one) for one in tally.last[-1:])] if self._logs_wanted else []
        fed = price
        if self._logs:
            over = _log(tally.last[0]) if season > 1 and len(tally.last) == season else logs[-1]
            value = 100 * (logs[0] - over) / p.divisor
            fed = value / deviation(tally.variance) if p.decay else value
            if p.decay and tally.rows >= season:
                tally.variance = next_variance(tally.variance, value, tally.rows - season, p.decay)
        elif p.scale != "none":
            shift, size = p.fitted[symbol]
            fed = (price - shift) / size
        if self._bins:
            fed = bisect_right(self._bins[0], fed) / self._bins[1]
        further = self._further(tally, second, logs, beside)
        if tally.rows:
            self._add(tally, logs[0] - logs[1] if self._unit == "log" else price - tally.last[-1])
        tally.number = with_row(
            tally.number, tally.rows, UNDATED if second is None else second, [price, *beside]
        )
        tally.rows += 1
        tally.last.append(price)
        del tally.last[:-season]
        return [fed, *further]

    @staticmethod
    def _add(tally: RunningStats, step: float) -> None:
        """Take in a change."""
        if tally.rows == 1:
            tally.first = step
        centred = step - tally.first
        tally.total += centred
        tally.squares += centred * centred

    def _further(
        self, tally: RunningStats, second: int | None, logs: list[float], beside: list[float]
    ) -> list[float]:
        """What else is fed of a row, see `features`."""
        p, found = self._preparation, list[float]()
        known = dict(zip(self.fields, beside, strict=True))
        for name in p.inputs:
            if name == "volume":
                found.append(_volume(tally, known["volume"]))
            elif name == "high-low":
                found.append(_range(tally, known["high"], known["low"], p.divisor))
                if tally.rows:
                    change = 100 * (logs[0] - logs[1]) / p.divisor
                    tally.span = next_variance(tally.span, change, tally.rows - 1, DECAY)
            else:
                found += FED_OF_DAYS[weekday((second or 0) // DAY)]
        scaled = [(x - mean) / size for x, (mean, size) in zip(found, p.spread, strict=True)]
        return [0.0 if math.isnan(x) else x for x in scaled]

    def deviation(self, tally: RunningStats) -> float:
        """Standard deviation of the changes; NaN with fewer than two."""
        count = tally.rows - 1
        if count < 2:
            return nan
        mean = tally.total / count
        variance = tally.squares / count - mean * mean
        return math.sqrt(max(variance, 0.0)) if variance == variance else nan  # noqa: PLR0124

    def stand(
        self, symbols: Sequence[str], tallies: Sequence[RunningStats], left: NetworkStates,
        inputs: Float64Array, pairs: dict[str, tuple[float, float]] | None = None,
    ) -> SeriesState:  # fmt: skip
        """Where series stand that have left the network so, these `inputs` (n, I) fed last.

        `pairs`: shift and size of symbols that the model was not trained on.
        """
        p, each = self._preparation, range(len(symbols))
        steps, own = [1.0 for _ in each], [(0.0, 1.0) for _ in each]
        if self._logs:
            late = [deviation(tally.variance) if p.decay else 1.0 for tally in tallies]
            steps = [p.divisor / 100 * one for one in late]
        elif p.scale != "none":
            known = {**p.fitted, **pairs} if pairs else p.fitted
            own = [known[symbol] for symbol in symbols]
        under = InverseContext(
            tuple(symbols), np.array([tally.rows - 1 for tally in tallies]),
            np.array([tally.last for tally in tallies]), np.array(steps),
            np.array([shift for shift, _ in own]), np.array([size for _, size in own]),
        )  # fmt: skip
        return SeriesState(
            under, left, inputs, np.array([self.deviation(tally) for tally in tallies])
        )


def running_stats_of(
    model: Model, prices: Prices, i: int, number: int, past: DateHistory
) -> RunningStats:
    """The tally of series i, gone through at once; its number and trail are given."""
    p, series = model.preparation, prices.series(i)
    logs = np.zeros(0)
    if p.scale == "log-return" or "high-low" in p.inputs:
        logs = np.log(series)
    found = RunningStats(len(series), series[-p.season :].tolist(), number=number, trail=past)
    steps = changes(series, model.bounds.unit)
    if len(steps):
        centred = steps - steps[0]
        found.first = float(steps[0])
        found.total, found.squares = (float(np.cumsum(each)[-1]) for each in (centred, centred**2))
    if p.decay and len(series) > p.season:
        returns = 100 * (logs[p.season :] - logs[: -p.season]) / p.divisor
        found.variance = own_variances(returns, p.decay)[-1]
    if "high-low" in p.inputs:
        found.span = own_variances(100 * np.diff(logs) / p.divisor, DECAY)[-1]
    if "volume" in p.inputs:
        own = prices.fields["volume"][prices.offsets[i] : prices.offsets[i + 1]]
        for one in np.log1p(own[own >= 0]).tolist():
            found.volume = _next_mean(found.volume, one)
    return found


def _log(value: float) -> float:
    """The logarithm as NumPy has it of an array, whose last bit may not be that of `math`."""
    if value > 0:
        return float(np.log(value))
    return nan if value else -math.inf


def _next_mean(mean: float, log: float) -> float:
    return log if math.isnan(mean) else next_mean(mean, log)


def _volume(tally: RunningStats, volume: float) -> float:
    if not volume >= 0:
        return nan
    log = float(np.log1p(volume))
    found = 0.0 if math.isnan(tally.volume) else log - tally.volume
    tally.volume = _next_mean(tally.volume, log)
    return max(min(found, LIMIT), -LIMIT)


def _range(tally: RunningStats, high: float, low: float, divisor: float) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        span = 100 * np.log(np.float64(high) / low) / divisor
        found = float(np.log(span / deviation(tally.span)))
    return nan if math.isnan(found) else max(min(found, LIMIT), -LIMIT)
