"""Forecasts of very many series, some at a time, and all that need be kept of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.errors import DataError, RnncliError
from rnncli.forecasting.forecast import Forecast, NoForecastError
from rnncli.forecasting.per_symbol import SymbolModel, load_symbol_model, predict_each
from rnncli.forecasting.predict import predict
from rnncli.ledger.writer import Source
from rnncli.nightly.config import ALL
from rnncli.nightly.run import JobRun
from rnncli.prices.series import Prices

SERIES = 512  # forecast at a time
BEHIND = 2  # rows of each series that the ledger knows a cutoff by


@dataclass
class ForecastBatch:
    """Forecasts of groups of series, by whom, with their last rows alone; why others have none."""

    parts: list[tuple[Source, Forecast]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, source: Source, forecast: Forecast) -> None:
        """Keep a forecast without what came long before it."""
        last = forecast.prices.later(np.maximum(forecast.prices.lengths - BEHIND, 0))
        own = replace(forecast, prices=replace(last, files=()), failed={})
        self.parts.append((source, own))

    def of(self, symbols: Iterable[str]) -> "ForecastBatch":
        """What there is of some of the symbols."""
        wanted = set(symbols)
        kept = [
            (source, part, [i for i, symbol in enumerate(part.symbols) if symbol in wanted])
            for source, part in self.parts
        ]
        parts = [
            (source, part if len(own) == len(part.symbols) else part.subset(own))
            for source, part, own in kept
            if own
        ]
        failed = {symbol: why for symbol, why in self.failed.items() if symbol in wanted}
        return ForecastBatch(parts, failed)

    @property
    def forecasts(self) -> list[Forecast]:
        """Those of each group."""
        return [part for _, part in self.parts]

    @property
    def symbols(self) -> int:
        """How many have forecasts."""
        return sum(len(part.symbols) for part in self.forecasts)

    @property
    def count(self) -> int:
        """How many there are, of all rows ahead."""
        return sum(part.forecasts.size for part in self.forecasts)


def forecast_batch(run: JobRun, swept: ForecastBatch, prices: Prices) -> None:
    """Forecast series, each by its model."""
    if run.job.per_series:
        _sweep_each(run, swept, prices)
        return
    held, column = run.held[ALL], run.reading.column
    assert held.model is not None
    source = Source(held.digest, held.path, column)
    for part in in_parts(prices):
        try:
            forecast = predict(held.model, part, run.job.predicting, run.pool, run.talk.stage)
        except NoForecastError as fault:
            swept.failed |= fault.failed
        else:
            swept.failed |= forecast.failed
            swept.add(source, forecast)


def _sweep_each(run: JobRun, swept: ForecastBatch, prices: Prices) -> None:
    """Forecast each series by its own model, which is forgotten then."""
    column = run.reading.column

    def find(symbol: str) -> SymbolModel:
        if symbol in run.broken:
            raise DataError(run.broken[symbol].fault)
        return load_symbol_model(run.job.model, column, prices, symbol)

    settings, stage = run.job.predicting, run.talk.stage
    for symbol, found in predict_each(prices, find, settings, run.pool, stage):
        if isinstance(found, RnncliError):
            swept.failed[symbol] = str(found)
        else:
            own, forecast = found
            swept.add(Source(own.digest, own.path, column), forecast)


def in_parts(prices: Prices) -> Iterator[Prices]:
    """Groups of series, in their order."""
    count = len(prices.symbols)
    for start in range(0, count, SERIES):
        part = range(start, min(start + SERIES, count))
        yield prices if len(part) == count else prices.subset(part)
