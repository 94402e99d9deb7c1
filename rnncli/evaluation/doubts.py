"""Reasons to be careful with the forecast of a symbol, from its prices and from a back-test."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.forecasting.forecast import Forecast
from rnncli.prices.row_names import ROW
from rnncli.prices.summary import STALE_DAYS

FEW_ROWS = 60  # of a symbol: less than a quarter of a year of trading days
JUMP = 8.0  # deviations of the day before the cutoff that call for a second look


@dataclass(frozen=True)
class Doubt:
    """A reason to be careful in a word or two and in whole; `serious`: not to be relied on."""

    serious: bool
    label: str
    reason: str


def usual_widths(evaluation: Evaluation, level: float) -> dict[str, Float64Array]:
    """Symbol -> mean width (horizon) of its past intervals of a level, in units of scores.

    Empty where the evaluation has no such interval.
    """
    width = evaluation.scores[MODEL].get(f"width_{level_name(level)}")
    if width is None:
        return {}
    with np.errstate(invalid="ignore"):
        return {
            evaluation.symbols[i]: np.nansum(width[at], axis=0)
            / np.sum(np.isfinite(width[at]), axis=0)
            for i, at, _ in evaluation.origins.by_series()
        }


def doubts(forecast: Forecast, scores: SymbolScores | None, row: str = ROW) -> list[list[Doubt]]:
    """The doubts about each symbol of a forecast, serious ones first.

    `scores`: of the back-test, None without one; `row`: what a row of prices is called.
    """
    newest = np.nanmax(forecast.cutoffs) if not np.isnat(forecast.cutoffs).all() else None
    return [
        sorted(
            (*_of_prices(forecast, i, newest, row), *_of_scores(forecast.symbols[i], scores)),
            key=lambda doubt: not doubt.serious,
        )
        for i in range(len(forecast.symbols))
    ]


def _of_prices(
    forecast: Forecast, i: int, newest: np.datetime64 | None, row: str
) -> Iterator[Doubt]:
    """Old or few rows, intervals that nothing tested, a jump on the last day."""
    cutoff, rows = forecast.cutoffs[i], forecast.rows[i]
    if newest is not None and not np.isnat(cutoff):
        days = int((newest - cutoff) / np.timedelta64(1, "D"))
        if days > STALE_DAYS:
            yield Doubt(
                True, "old", f"its prices end on {format_date(cutoff)}, {days} days before others"
            )
    if rows < FEW_ROWS:
        yield Doubt(True, "few rows", f"it has prices of only {rows} {row}s")
    if forecast.untested[i]:
        yield Doubt(True, "untested", "too few days were held out in training to test its range")
    jump = _last_jump(forecast.prices.series(i))
    if jump > JUMP:
        yield Doubt(
            True,
            "jump",
            f"its last price moved {jump:.0f} times as far as usual in one step: news, or a split"
            " that prices are not adjusted for",
        )


def _last_jump(prices: Float64Array) -> float:
    """The last change over the mean absolute change before it; 0 where there is none."""
    changes = np.abs(np.diff(prices[-252:]))
    usual = float(changes[:-1].mean()) if len(changes) > 1 else 0.0
    return float(changes[-1]) / usual if usual > 0 else 0.0


def _of_scores(symbol: str, scores: SymbolScores | None) -> Iterator[Doubt]:
    """How often its past ranges held, where chance does not explain it among all symbols."""
    if scores is None:
        return
    row = scores.rows.get(symbol)
    if row is None:
        yield Doubt(
            True, "untested", "it could not be back-tested: too few rows, or none after a cutoff"
        )
        return
    for level in scores.levels:
        if symbol in scores.named[level]:
            yield _of_coverage(row, level_name(level))


def _of_coverage(row: Row, name: str) -> Doubt:
    """The doubt about a range that was too narrow, which is serious, or too wide."""
    share, low, high = (row[f"{kind}_{name}"] for kind in ("coverage", "band_low", "band_high"))
    label = "too narrow" if share < low else "too wide"
    return Doubt(
        share < low,
        label,
        f"its {name} % range was {label}: it held {100 * share:.1f} %, not {name} %; by chance"
        f" {100 * low:.1f} to {100 * high:.1f} %",
    )
