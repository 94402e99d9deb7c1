"""Forecasts of very many series, made in groups, and the data kept of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.errors import DataError, RnncliError
from rnncli.forecasting.forecast import Forecast, NoForecastError
from rnncli.forecasting.per_symbol import SymbolModel, load_symbol_model, predict_each
from rnncli.forecasting.predict import predict
from rnncli.ledger.writer import ROWS_AT_CUTOFF, Source
from rnncli.models.prior import fed, limited_inputs
from rnncli.models.provenance import last_fitted_date
from rnncli.nightly.current_models import CurrentModel
from rnncli.nightly.run_state import JobRun
from rnncli.prices.series import Prices
from rnncli.training.per_symbol import Failed
from rnncli.transforms.market_medians import unknown_market

SERIES = 512  # forecast at a time, at most
ROWS = 1 << 18  # of them, of more than FEWEST series: their inputs then stay in the cache
FEWEST = 32


@dataclass(frozen=True)
class ForecastBatch:
    """Forecasts of groups of series, each with its model; `failed`: symbol -> why it failed.

    Of the prices behind a forecast, only the rows that the ledger records are kept.
    """

    parts: tuple[tuple[Source, Forecast], ...] = ()
    failed: dict[str, str] = field(default_factory=dict)

    def subset(self, symbols: Iterable[str]) -> "ForecastBatch":
        """The forecasts and failures of some of the symbols."""
        wanted = set(symbols)
        parts = []
        for source, forecast in self.parts:
            numbers = [i for i, symbol in enumerate(forecast.symbols) if symbol in wanted]
            if len(numbers) == len(forecast.symbols):
                parts.append((source, forecast))
            elif numbers:
                parts.append((source, forecast.subset(numbers)))
        failed = {symbol: why for symbol, why in self.failed.items() if symbol in wanted}
        return ForecastBatch(tuple(parts), failed)

    @property
    def forecasts(self) -> list[Forecast]:
        """The forecasts of each group."""
        return [forecast for _, forecast in self.parts]

    @property
    def symbols(self) -> int:
        """How many symbols have forecasts."""
        return sum(len(forecast.symbols) for forecast in self.forecasts)

    @property
    def count(self) -> int:
        """How many forecasts there are: one for each symbol and row ahead."""
        return sum(forecast.forecasts.size for forecast in self.forecasts)


def join_batches(batches: Sequence[ForecastBatch]) -> ForecastBatch:
    """The forecasts of several batches, in their order."""
    return ForecastBatch(
        tuple(part for batch in batches for part in batch.parts),
        {symbol: why for batch in batches for symbol, why in batch.failed.items()},
    )


def forecast_prices(
    run: JobRun, prices: Prices, shared: CurrentModel | None, broken: Mapping[str, Failed]
) -> ForecastBatch:
    """Forecast series by the model that they share; with None, each by its own.

    `broken`: symbols that have no model, and why.
    """
    if shared is None:
        return _forecast_each(run, prices, broken)
    assert shared.model is not None
    source = source_of(run, shared)
    if shared.market:
        prices = shared.market(prices)
        if unknown := unknown_market(prices):
            run.events.warn(unknown)
    parts: list[tuple[Source, Forecast]] = []
    failed: dict[str, str] = {}
    for group in _groups(prices):
        try:
            forecast = predict(
                shared.model, fed(group, shared.model, run.job.predicting.inputs),
                run.job.predicting, run.threads, run.events.stage,
            )  # fmt: skip
        except NoForecastError as fault:
            failed |= fault.failed
        else:
            failed |= forecast.failed
            parts.append((source, _without_past(forecast)))
    return ForecastBatch(tuple(parts), failed)


def source_of(run: JobRun, shared: CurrentModel) -> Source:
    """The model that all symbols share, as the ledger records it."""
    assert shared.model is not None
    limited = limited_inputs(shared.model, run.job.predicting.inputs)
    seen = last_fitted_date(shared.model.record)
    return Source(shared.digest, shared.path, run.reading.column, limited, seen)


def _forecast_each(run: JobRun, prices: Prices, broken: Mapping[str, Failed]) -> ForecastBatch:
    """Forecast each series by its own model, loaded one by one."""
    column = run.reading.column

    def load(symbol: str) -> SymbolModel:
        if symbol in broken:
            raise DataError(broken[symbol].fault)
        return load_symbol_model(run.job.model, column, prices, symbol)

    parts: list[tuple[Source, Forecast]] = []
    failed: dict[str, str] = {}
    for symbol, outcome in predict_each(
        prices, load, run.job.predicting, run.threads, run.events.stage
    ):
        if isinstance(outcome, RnncliError):
            failed[symbol] = str(outcome)
        else:
            model, forecast = outcome
            source = Source(model.digest, model.path, column, seen=model.seen)
            parts.append((source, _without_past(forecast)))
    return ForecastBatch(tuple(parts), failed)


def _without_past(forecast: Forecast) -> Forecast:
    """A forecast with only those rows of its prices that the ledger records."""
    prices = forecast.prices
    last = prices.later(np.maximum(prices.lengths - ROWS_AT_CUTOFF, 0))
    return replace(forecast, prices=replace(last, files=()), failed={})


def _groups(prices: Prices) -> Iterator[Prices]:
    """Series in groups of at most SERIES, in their order, and of about ROWS rows."""
    count, start = len(prices.symbols), 0
    while start < count:
        end = int(np.searchsorted(prices.offsets, prices.offsets[start] + ROWS, side="right")) - 1
        end = min(max(end, start + FEWEST), start + SERIES, count)
        yield prices if end - start == count else prices.subset(range(start, end))
        start = end
