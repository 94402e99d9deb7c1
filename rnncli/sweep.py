"""Forecasts of very many series, some at a time, and all that need be kept of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.modelfile import Model
from rnncli.predict import Forecast, attempt
from rnncli.prices import Prices
from rnncli.settings import PredictSettings
from rnncli.stages import Stage
from rnncli.threads import Threads

SERIES = 512  # forecast at a time
BEHIND = 2  # rows of each series that the ledger knows a cutoff by


@dataclass
class Swept:
    """Forecasts of groups of series, each with its last rows alone; why others have none."""

    parts: list[Forecast] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def add(
        self, model: Model, prices: Prices, settings: PredictSettings, threads: Threads,
        stage: Stage,
    ) -> None:  # fmt: skip
        """Forecast the series of a group."""
        for part in in_parts(prices):
            forecast, failed = attempt(model, part, settings, threads, stage)
            self.failed |= failed
            if forecast is not None:
                last = forecast.prices.later(np.maximum(forecast.prices.lengths - BEHIND, 0))
                self.parts.append(replace(forecast, prices=replace(last, files=()), failed={}))

    def of(self, symbols: Iterable[str]) -> "Swept":
        """What there is of some of the symbols."""
        wanted = set(symbols)
        kept = [
            (part, [i for i, symbol in enumerate(part.symbols) if symbol in wanted])
            for part in self.parts
        ]
        parts = [part if len(own) == len(part.symbols) else _taken(part, own) for part, own in kept]
        failed = {symbol: why for symbol, why in self.failed.items() if symbol in wanted}
        return Swept([part for part in parts if part.symbols], failed)

    @property
    def symbols(self) -> int:
        """How many have forecasts."""
        return sum(len(part.symbols) for part in self.parts)

    @property
    def forecasts(self) -> int:
        """How many there are, of all rows ahead."""
        return sum(part.forecasts.size for part in self.parts)


def in_parts(prices: Prices) -> Iterator[Prices]:
    """Groups of series, in their order."""
    count = len(prices.symbols)
    for start in range(0, count, SERIES):
        part = range(start, min(start + SERIES, count))
        yield prices if len(part) == count else prices.subset(part)


def _taken(forecast: Forecast, own: Sequence[int]) -> Forecast:
    """The forecasts of some of the symbols."""
    if not own:
        return replace(forecast, symbols=())
    return replace(
        forecast,
        symbols=tuple(forecast.symbols[i] for i in own),
        cutoffs=forecast.cutoffs[own],
        rows=tuple(forecast.rows[i] for i in own),
        dates=forecast.dates[own],
        forecasts=forecast.forecasts[own],
        lower={level: values[own] for level, values in forecast.lower.items()},
        upper={level: values[own] for level, values in forecast.upper.items()},
        naive=forecast.naive[own],
        labels=forecast.labels and [forecast.labels[i] for i in own],
        shares={label: share[own] for label, share in forecast.shares.items()},
        prices=forecast.prices.subset(own),
        divisors=forecast.divisors[own],
    )
