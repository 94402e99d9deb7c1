"""Bounds around a forecast from the model's errors on the validation days.

Errors are divided by the model's spread, or by the series' past deviation if it has no spread, and
pooled over series by horizon; the bounds are their quantiles: split conformal bounds (Lei et al.
2018, doi:10.1080/01621459.2017.1307116). Beyond LONGEST rows ahead the last ones are used; for
errors over the past deviation, which does not grow, times the square root of time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import UsageError

LONGEST = 20
MOST_RESULTS = 1000  # of quantiles that bounds have been asked for
GRID = np.arange(1, 200) / 200  # probabilities stored: every half percent


@dataclass(frozen=True)
class Bounds:
    """Quantiles of scaled errors: one row per horizon (up to 20), at the probabilities of GRID.

    `unit`: "log" for errors log(actual/forecast), "absolute" for actual - forecast where prices
    may be zero or less. `counts`: the errors behind each row; `first`, `last`: the dates of the
    cutoffs of the errors. `divided_by`: the series' "past" deviation, or the "model"'s spread.
    By row ahead, for a model with a distribution (see `shrinkage`): `weights`, how far errors
    correct its quantiles; `shifts`, by how much, in its spreads; () for no correction.
    """

    unit: str
    quantiles: tuple[tuple[float, ...], ...]
    counts: tuple[int, ...]
    first: str | None
    last: str | None
    divided_by: str = "past"
    weights: tuple[float, ...] = ()
    shifts: tuple[tuple[float, ...], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the model file."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Bounds":
        """The inverse of `as_dict` after a round trip through JSON."""
        return cls(
            unit=plain["unit"],
            quantiles=tuple(tuple(row) for row in plain["quantiles"]),
            counts=tuple(plain["counts"]),
            first=plain["first"],
            last=plain["last"],
            divided_by=plain["divided_by"],
            weights=tuple(plain["weights"]),
            shifts=tuple(tuple(row) for row in plain["shifts"]),
        )

    def rounded(self) -> "Bounds":
        """With six digits of quantiles and shifts: a model file is mostly made of these."""
        return replace(self, quantiles=_six_digits(self.quantiles), shifts=_six_digits(self.shifts))

    def scaled_errors(self, probability: float, horizon: int) -> Float64Array:
        """Quantile of the scaled error for each ahead 1 to `horizon`; NaN: too few errors.

        A lower quantile is never above zero and an upper one never below: the forecast stays
        inside its bounds.
        """
        return self._once("errors", self._scaled_errors, probability, horizon)

    def _scaled_errors(self, probability: float, horizon: int) -> Float64Array:
        errors = np.full(horizon, np.nan)
        for ahead in range(1, horizon + 1):
            row = min(ahead, len(self.quantiles)) - 1
            if row < 0 or not _enough(self.counts[row], probability):
                continue
            value = float(np.interp(probability, GRID, self.quantiles[row]))
            value = min(value, 0.0) if probability < 0.5 else max(value, 0.0)
            grown = np.sqrt(ahead / (row + 1)) if self.divided_by == "past" else 1.0
            errors[ahead - 1] = value * grown
        return errors

    def correction(self, probability: float, horizon: int) -> Float64Array:
        """The correction of a model's quantile for each ahead 1 to `horizon`, in its spreads.

        Beyond the range of the errors it is that of their last quantile.
        """
        return self._once("correction", self._correction, probability, horizon)

    @cached_property
    def _results(self) -> dict[tuple[str, float, int], Float64Array]:
        """A cached result: a command asks for the same few quantiles again and again."""
        return {}

    def _once(
        self, what: str, find: Callable[[float, int], Float64Array], probability: float,
        horizon: int,
    ) -> Float64Array:  # fmt: skip
        key = (what, probability, horizon)
        if key not in self._results:
            if len(self._results) >= MOST_RESULTS:
                self._results.clear()
            self._results[key] = find(probability, horizon)
            self._results[key].flags.writeable = False
        return self._results[key]

    def _correction(self, probability: float, horizon: int) -> Float64Array:
        corrections = np.zeros(horizon)
        for ahead in range(horizon):
            row = min(ahead, len(self.shifts) - 1)
            if row >= 0 and self.shifts[row]:
                least = max(float(GRID[0]), 1 / self.counts[row])
                reached = min(max(probability, least), 1 - least)
                corrections[ahead] = np.interp(reached, GRID, self.shifts[row])
        return corrections

    def apply(
        self, forecasts: Float64Array, deviations: Float64Array, probability: float | Float64Array
    ) -> Float64Array:
        """Bound (n, h) of forecasts (n, h) that may be off by deviations (n) or (n, h).

        At one probability, or at one for each forecast (n).
        """
        each, place = np.unique(probability, return_inverse=True)
        scaled = np.array([self.scaled_errors(p, forecasts.shape[1]) for p in each.tolist()])
        with np.errstate(invalid="ignore"):
            return apply_error(
                forecasts, scaled[place.reshape(-1)] * columns(deviations), self.unit
            )


def _six_digits(rows: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    numbers = np.array([number for row in rows for number in row])
    size = np.where(numbers == 0, 1, np.abs(numbers))
    unit = 10.0 ** (5 - np.floor(np.log10(size)))
    rounded = iter((np.rint(numbers * unit) / unit).tolist())
    return tuple(tuple(islice(rounded, len(row))) for row in rows)


def apply_error(forecasts: Float64Array, away: Float64Array, unit: str) -> Float64Array:
    """Prices so far away from forecasts, both (n, h), in a unit of errors."""
    with np.errstate(invalid="ignore", over="ignore"):
        if unit == "absolute":
            return forecasts + away
        return np.where(forecasts > 0, forecasts * np.exp(away), np.nan)


def error_of(prices: Float64Array, forecasts: Float64Array, unit: str) -> Float64Array:
    """How far prices are from forecasts: the inverse of `apply_error`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.log(prices / forecasts) if unit == "log" else prices - forecasts


def check_levels(levels: Sequence[float], option: str = "level") -> None:
    """Raise UsageError for a level that is not a percentage, or is given twice."""
    for level in levels:
        if not 0 < level < 100:
            raise UsageError(
                "a level is a percentage above 0 and below 100", option=option,
                value=f"{level:g}", remedy="use 80, 95 or 99.9",
            )  # fmt: skip
        if level < 1:  # nobody wants bounds that nearly all prices are outside of
            raise UsageError(
                "a level is a percentage", option=option, value=level,
                remedy=f"for {100 * level:g} % write {100 * level:g}",
            )  # fmt: skip
    if len(set(levels)) != len(levels):
        raise UsageError("the same level twice", option=option)


def tails_of(level: float) -> tuple[float, float]:
    """Probabilities below the lower and below the upper bound of a level in percent."""
    tail = (1 - level / 100) / 2
    return tail, 1 - tail


def level_name(level: float) -> str:
    """A level as it is in names of columns: with every digit, so that names are distinct."""
    return repr(float(level)).removesuffix(".0")


def _enough(count: int, probability: float) -> bool:
    """Whether at least one of `count` errors lies beyond the quantile, and the grid reaches it."""
    tail = min(probability, 1 - probability)
    return GRID[0] <= tail + 1e-12 and count * tail >= 1 - 1e-9


def fit_bounds(
    unit: str, errors: Float64Array, deviations: Float64Array,
    dates: tuple[str | None, str | None], divided_by: str = "past",
) -> Bounds:  # fmt: skip
    """Bounds from errors (n, h), NaN if unknown, and their divisors, (n) or (n, h).

    The quantiles count one more error, the next one (Lei et al. 2018).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = errors / columns(deviations)
    rows, counts = [], []
    for column in scaled.T:
        known = column[np.isfinite(column)]
        if len(known) == 0:
            break
        rows.append(tuple(_quantiles(known).tolist()))
        counts.append(len(known))
    return Bounds(unit, tuple(rows), tuple(counts), *dates, divided_by)


def columns(deviations: Float64Array) -> Float64Array:
    """One column, if a deviation applies to every row ahead."""
    return deviations[:, None] if deviations.ndim == 1 else deviations


def _quantiles(known: Float64Array) -> Float64Array:
    """Quantiles at GRID that the next error exceeds as often as stated: at p (n + 1).

    Those of numpy.quantile by the method "weibull", in a fifth of its time.
    """
    ordered, last = np.sort(known), len(known) - 1
    place = np.clip(len(known) * GRID + GRID - 1, 0, last)
    below = place.astype(np.int64)
    low, high, share = ordered[below], ordered[np.minimum(below + 1, last)], place - below
    away = high - low
    quantiles: Float64Array = np.where(share >= 0.5, high - away * (1 - share), low + away * share)
    return quantiles
