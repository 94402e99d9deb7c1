"""What the network sees of a price, and the way back to one: a fitted transform of a series."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError, setting
from rnncli.settings.option import OF_CHANGES
from rnncli.transforms.binning import Bins
from rnncli.transforms.season_functions import SeasonFunctions
from rnncli.transforms.volatility import ONE_CHANGE, running_deviations


class Scaling(Protocol):
    """Properties of a scale, common to settings and the fitted transform."""

    @property
    def scale(self) -> str:
        """Its name."""

    @property
    def season(self) -> int:
        """Rows between the prices of a log return."""


LOG_RETURNS = "log returns need"  # what cannot do with a price of zero


def least_rows(scaling: Scaling) -> int:
    """The fewest rows of a series with a day whose next one is known, as the network sees them."""
    return 2 + scaling.season if scaling.scale in OF_CHANGES else 2


def fit_series(symbol: str, scale: str, prices: Float64Array) -> tuple[float, float]:
    """Shift and size of minmax, standard or difference; refuses a constant series.

    And one so large or small that they are not finite and positive. The size of differences is
    the root of their mean square.
    """
    if len(prices) == 0:
        needs = f"{setting('scale', scale)} needs two distinct prices"
        raise DataError(f"{needs}, and there are none", place=symbol)
    low, high = float(prices.min()), float(prices.max())
    if low == high:
        needs = f"{setting('scale', scale)} needs two distinct prices"
        raise DataError(f"{needs}, and there is only {low:g}", place=symbol)
    with np.errstate(over="ignore", invalid="ignore"):
        if scale == "difference":
            shift, size = 0.0, np.sqrt(np.mean(np.diff(prices) ** 2))
        else:
            shift, size = (low, high - low) if scale == "minmax" else (prices.mean(), prices.std())
    if not (np.isfinite(shift) and 0 < size < np.inf):
        raise DataError(
            f"{setting('scale', scale)} leaves the floating-point numbers for prices from {low:g}"
            f" to {high:g}", place=symbol, remedy="give prices in another unit",
        )  # fmt: skip
    return float(shift), float(size)


def refuse_short(symbol: str, prices: Float64Array, season: int) -> None:
    """Raise DataError for a series without a row a season before another one."""
    if season > 1 and len(prices) <= season:
        rows = "row" if len(prices) == 1 else "rows"
        needed = f"{setting('season', season)} needs {season + 1}"
        raise DataError(
            f"{symbol} has {len(prices)} {rows}, and {needed}",
            remedy="leave it out or take a shorter season",
        )


FEW_BAD = 0.1  # fraction of prices not positive that may be mistakes


def refuse_nonpositive(
    name: str, prices: Float64Array, dates: DateArray | None = None, needing: str = LOG_RETURNS
) -> None:
    """Raise DataError for the series called `name` if its log returns do not exist.

    `dates` (rows): of its rows; `needing` positive prices: both for the message.
    """
    bad = np.flatnonzero(prices <= 0)
    if not bad.size:
        return
    values = "value" if bad.size == 1 else "values"
    raise DataError(
        f"{name} has {bad.size} {values} <= 0{_first_of(bad, prices, dates)}, and {needing}"
        " positive prices",
        remedy=_remedy_of(prices[bad], prices.size),
    )


def _first_of(bad: IntArray, prices: Float64Array, dates: DateArray | None) -> str:
    """The first of some prices, and its date."""
    row = int(bad[0])
    if dates is None or np.isnat(dates[row]):
        return ""
    first = "first " if bad.size > 1 else ""
    return f" ({first}{prices[row]:g} on {format_date(dates[row])})"


def _remedy_of(bad: Float64Array, rows: int) -> str:
    """Zeros mostly mean a missing price; many prices below zero mean a spread."""
    scale = f"train a model with {setting('scale', 'difference')}"
    leave_out = f"leave {'that row' if bad.size == 1 else 'those rows'} out"
    if not np.any(bad):
        return leave_out if 2 * bad.size <= rows else f"name another {setting('column')}"
    return scale if bad.size > max(1, FEW_BAD * rows) else f"{leave_out}, or {scale}"


@dataclass(frozen=True)
class TargetTransform:
    """The fitted transform: stored in the model, applied to any series, inverted for forecasts.

    log-return: 100 log(p_t / p_{t-season}) / divisor, one divisor for all, so any symbol works;
    with `decay`, over the deviation of the series' own returns before (see `volatility`) as well.
    difference: (p_t - p_{t-1}) / size, also over that deviation with `decay`; minmax,
    standard: (p - shift) / size; one pair a symbol, an unseen one is fitted on its own rows. none:
    the price. `bins` then discretises the result. `inputs`: further inputs of a day (see
    `features`); `spread`: mean and deviation of each of their columns; `start_weight`: of the
    pooled deviation in those of a young series; `input_limit`: bound of the scaled inputs, 0 for
    no bound; `shrinks_range`: whether the range of each symbol is drawn to its mean by its past
    (see `inference.range_shrinkage`); `season_functions`: by which a season's inputs forecast the
    rows ahead, or None.
    """

    scale: str
    divisor: float
    fitted: dict[str, tuple[float, float]]
    bins: Bins | None
    decay: float = 0.0
    inputs: tuple[str, ...] = ()
    spread: tuple[tuple[float, float], ...] = ()
    season: int = 1
    start_weight: float = ONE_CHANGE
    input_limit: float = 0.0
    shrinks_range: bool = False
    season_functions: SeasonFunctions | None = None

    @property
    def is_of_changes(self) -> bool:
        """Whether its values are log returns or differences."""
        return self.scale in OF_CHANGES

    @property
    def no_change_is_zero(self) -> bool:
        """Whether its values are changes over one row, so that zero is no change."""
        return self.is_of_changes and self.bins is None and self.season == 1

    @property
    def is_of_returns(self) -> bool:
        """Whether its values are log returns over one row."""
        return self.scale == "log-return" and self.no_change_is_zero

    def needs_pair(self, symbol: str) -> bool:
        """Whether a shift and size of the symbol must be fitted on its rows."""
        return self.scale not in ("log-return", "none") and symbol not in self.fitted

    def shift_and_size(self, symbol: str, prices: Float64Array) -> tuple[float, float]:
        """The pair of a symbol, fitted on `prices` if it is new."""
        if symbol in self.fitted:
            return self.fitted[symbol]
        return fit_series(symbol, self.scale, prices)

    def scaled(self, symbol: str, prices: Float64Array) -> Float64Array:
        """Scaled values of one series; changes are one fewer (a single price: one zero)."""
        if self.scale == "none":
            return prices.copy()
        if self.scale == "log-return":
            refuse_nonpositive(symbol, prices)
        elif self.needs_pair(symbol):
            self.shift_and_size(symbol, prices)  # a single price has neither, and no forecast
        if self.is_of_changes:
            if len(prices) == self.season == 1:
                return np.zeros(1)
            refuse_short(symbol, prices, self.season)
            changes = self.changes(symbol, prices)
            return changes / self._deviations(changes)[:-1] if self.decay else changes
        shift, size = self.shift_and_size(symbol, prices)
        return (prices - shift) / size

    def changes(self, symbol: str, prices: Float64Array) -> Float64Array:
        """Returns over the divisor, or differences over the size, of a series: (rows - season)."""
        if self.scale == "log-return":
            return self._returns(prices)
        differences: Float64Array = np.diff(prices) / self.shift_and_size(symbol, prices)[1]
        return differences

    def _returns(self, prices: Float64Array) -> Float64Array:
        logs = np.log(prices)
        returns: Float64Array = 100 * (logs[self.season :] - logs[: -self.season]) / self.divisor
        return returns

    def _deviations(self, returns: Float64Array) -> Float64Array:
        return running_deviations(returns, self.decay, self.start_weight)

    @property
    def step(self) -> float:
        """What a change of 1 is: of a log price; of differences, which are over a size, one."""
        return self.divisor / 100 if self.scale == "log-return" else 1.0

    def steps(self, symbol: str, prices: Float64Array, rows: IntArray) -> Float64Array:
        """What a value of 1 is after each of `rows`, (n): of a log price, or in sizes."""
        if not self.decay:
            return np.full(len(rows), self.step)
        return self.step * self._deviations(self.changes(symbol, prices))[rows - self.season + 1]

    def deviations_of(self, steps: Float64Array) -> Float64Array:
        """The deviations that steps (n) were made of."""
        return steps * 100 / self.divisor if self.scale == "log-return" else steps

    def points(self, prices: Float64Array) -> Float64Array:
        """What changes are added to: logs of prices, or prices."""
        return np.log(prices) if self.scale == "log-return" else prices

    def prices_at(self, points: Float64Array) -> Float64Array:
        """The inverse of `points`."""
        return np.exp(points) if self.scale == "log-return" else points

    def fed(self, symbol: str, prices: Float64Array) -> Float64Array:
        """What the network is fed of the prices of one series: scaled values, or their codes."""
        values = self.scaled(symbol, prices)
        return values if self.bins is None else self.bins.encode(values)

    def returns_ahead(self, prices: Float64Array, rows: Sequence[int]) -> Float64Array:
        """Scaled log returns over each of `rows` after each value, over the root of that number.

        (values, K), NaN where they are not known; of log-return without a season alone.
        """
        returns = self._returns(prices)
        after = self._deviations(returns)[1:] if self.decay else np.ones(len(returns))
        reached = np.concatenate([[0], np.cumsum(returns)])[1:]
        ahead = np.full((max(len(returns), 1), len(rows)), np.nan)
        for k, row in enumerate(rows):
            moved = reached[row:] - reached[: max(len(reached) - row, 0)]
            ahead[: len(moved), k] = moved / after[: len(moved)] / np.sqrt(row)
        return ahead

    def limited(self, values: Float64Array) -> Float64Array:
        """Scaled values as inputs: clipped to the limit, if there is one."""
        limit = self.input_limit or np.inf
        return np.clip(values, -limit, limit)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the model file; functions of a season only where there are any."""
        plain = asdict(self)
        if self.season_functions is None:
            del plain["season_functions"]
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "TargetTransform":
        """The inverse of `as_dict` after a round trip through JSON."""
        bins = plain["bins"]
        if "shares" in plain:
            raise ValueError("a season that is no longer used so")
        return cls(
            scale=plain["scale"],
            divisor=float(plain["divisor"]),
            fitted={symbol: (pair[0], pair[1]) for symbol, pair in plain["fitted"].items()},
            bins=bins and Bins(tuple(bins["edges"]), tuple(bins["labels"]), tuple(bins["centers"])),
            decay=float(plain["decay"]),
            inputs=tuple(plain["inputs"]),
            spread=tuple((mean, deviation) for mean, deviation in plain["spread"]),
            season=int(plain["season"]),
            start_weight=float(plain["start_weight"]),
            input_limit=float(plain["input_limit"]),
            shrinks_range=bool(plain["shrinks_range"]),
            season_functions=SeasonFunctions.from_dict(plain["season_functions"])
            if "season_functions" in plain
            else None,
        )
