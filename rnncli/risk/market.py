"""Scenarios of all symbols of a file together: each one's forecast, tied by their copula."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, UsageError
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.predict import fitting_series, predict
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.risk.copula import Copula
from rnncli.risk.joint_paths import deal, walk_of
from rnncli.risk.margins import Bands, bands_of, levels_for
from rnncli.risk.past_places import copula_of
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings, RiskSettings

MOST_ROWS = 250  # ahead


@dataclass(frozen=True)
class Market:
    """Forecasts of n symbols on some rows ahead, and the copula that ties them, if asked for."""

    forecast: Forecast
    aheads: tuple[int, ...]
    copula: Copula | None
    draws: int
    seed: int

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are forecast."""
        return self.forecast.symbols

    @property
    def last(self) -> Float64Array:
        """Last prices (n)."""
        return self.forecast.naive

    @cached_property
    def bands(self) -> Bands:
        """The distributions of the forecasts."""
        return bands_of(self.forecast)

    def alone(self, ahead: int) -> Float64Array:
        """Prices (n, draws) of each symbol by itself, ascending."""
        return self.bands.scenarios(ahead, self.draws)

    def together(self) -> Iterator[tuple[int, Float64Array]]:
        """Each of `aheads` with joint prices (n, draws): a column is one scenario."""
        assert self.copula is not None
        rows = [ahead - 1 for ahead in self.aheads]
        walks = walk_of(self.copula, self.bands.growth(), self.draws, self.seed, rows)
        for ahead, walk in zip(sorted(self.aheads), walks, strict=True):
            ordered = self.alone(ahead)
            tied = np.empty_like(ordered)
            deal(ordered, walk, tied)
            yield ahead, tied


def open_market(
    model: Model, prices: Prices, settings: RiskSettings, threads: Threads,
    stage: Stage = untimed, tied: bool = True,
) -> Market:  # fmt: skip
    """Forecast every symbol that the model fits, and fit their copula where they are to be `tied`.

    Raises UsageError for invalid confidence levels or rows ahead, and the errors of `predict`.
    """
    check_confidences(settings.confidence)
    aheads = parse_aheads(settings.horizons)
    predicting = PredictSettings(
        horizon=max(aheads), level=levels_for(settings.confidence), calendar=settings.calendar
    )
    forecast = predict(model, prices, predicting, threads, stage)
    copula = None
    if tied:
        with stage("copula"):
            fitting, _ = fitting_series(model, prices)
            positions = [fitting.symbols.index(symbol) for symbol in forecast.symbols]
            copula = copula_of(model, fitting.subset(positions), threads)
    return Market(forecast, aheads, copula, settings.draws, settings.seed)


def check_confidences(confidences: Sequence[float]) -> None:
    """Raise UsageError for a confidence level that is repeated or not between 50 and 100."""
    for confidence in confidences:
        if not 50 < confidence < 100:
            fraction = 0.5 < confidence < 1
            raise UsageError(
                "a confidence level is a percentage above 50 and below 100", option="confidence",
                value=confidence, remedy=f"use {100 * confidence:g}" if fraction else None,
            )  # fmt: skip
    if len(set(confidences)) != len(confidences):
        raise UsageError("has the same level twice", option="confidence")


def parse_aheads(text: str) -> tuple[int, ...]:
    """Rows ahead of a list, ascending. Raises UsageError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= MOST_ROWS for part in parts):
        raise UsageError(
            f"is not a list of rows from 1 to {MOST_ROWS}", option="horizons", value=text,
            remedy="use 1,5,10",
        )  # fmt: skip
    return tuple(sorted({int(part) for part in parts}))


def without_intervals(market: Market) -> tuple[Market, dict[str, str]]:
    """The symbols whose forecasts have intervals, and why the others are left out.

    Raises DataError where no symbol has any.
    """
    has_intervals = np.isfinite(market.alone(max(market.aheads))[:, 0])
    if has_intervals.all():
        return market, {}
    lacking = {
        symbol: f"{symbol}: too few errors of the model are known for a value at risk; train with"
        " more validation, or use the prior"
        for symbol, has_some in zip(market.symbols, has_intervals.tolist(), strict=True)
        if not has_some
    }
    if not has_intervals.any():
        raise DataError(next(iter(lacking.values())))
    positions = np.flatnonzero(has_intervals)
    copula = market.copula and market.copula.subset(positions)
    forecast = market.forecast.subset(positions.tolist())
    return replace(market, forecast=forecast, copula=copula), lacking
