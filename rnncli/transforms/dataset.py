"""The transform fitted on the past only, and all series as the network sees them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, setting
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.settings import PrepareSettings
from rnncli.transforms.binning import fit_bins
from rnncli.transforms.features import (
    custom_of,
    features,
    fields_of,
    fill_in_forecasts,
    inputs_of,
    names_of_columns,
    of_returns,
    optional,
    refuse_without,
    spread_of,
    standardised,
)
from rnncli.transforms.inputs.table import INPUTS, is_event
from rnncli.transforms.market_medians import market_for
from rnncli.transforms.season_fit import fit_functions
from rnncli.transforms.target_transform import (
    LOG_RETURNS,
    Scaling,
    TargetTransform,
    fit_series,
    least_rows,
    refuse_nonpositive,
    refuse_short,
)

NEGLIGIBLE = 1e-9  # of the largest return: a deviation below is rounding


@dataclass(frozen=True)
class Dataset:
    """Series as the network sees them, end to end: values (rows), offsets (series + 1).

    The day t of a series is its value t, whose target is value t + 1. `first_rows` (series): the
    row of its prices that the value 0 belongs to, since log returns begin later than prices.
    `training` (series): how many of its first values the fit may see; the days from training - 1
    on are validation. `further` (rows, columns): what else is known at the close of each day;
    `ahead` (rows, K): the returns of K numbers of rows after each, NaN where not known, over the
    deviation then and the root of their number.
    """

    symbols: tuple[str, ...]
    values: Float64Array
    offsets: IntArray
    first_rows: IntArray
    training: IntArray
    preparation: TargetTransform
    further: Float64Array | None = None
    ahead: Float64Array | None = None

    @property
    def lengths(self) -> IntArray:
        """Values of each series."""
        return np.diff(self.offsets)

    @property
    def validation_days(self) -> IntArray:
        """Validation days of each series: those whose target the fit does not see."""
        return self.lengths - self.training

    @property
    def days(self) -> IntArray:
        """Days with a target, of each series."""
        return np.maximum(self.lengths - 1, 0)

    @cached_property
    def inputs(self) -> Float64Array:
        """What the network is fed (rows, I): the values, then what else is known of their days."""
        values = self.preparation.limited(self.values)[:, None]
        return values if self.further is None else np.hstack([values, self.further])

    def days_of(self, origins: Origins) -> IntArray:
        """The day (n) of each origin within its series."""
        days: IntArray = origins.row - self.first_rows[origins.series]
        return days

    def places_of(self, origins: Origins) -> IntArray:
        """The place (n) of the value of each origin in `values`."""
        places: IntArray = self.offsets[origins.series] + self.days_of(origins)
        return places

    def series(self, i: int) -> Float64Array:
        """Values of series i, a view."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]


def training_prices(rows: int, scaling: Scaling, validation: float) -> int:
    """How many of a series' first prices belong to training: the rest are validation targets."""
    with_target = rows + 1 - least_rows(scaling)
    return rows - int(np.floor(validation * max(with_target, 0)))


def fit(prices: Prices, settings: PrepareSettings, validation: float) -> TargetTransform:
    """Fit the transform on the training part of every series, and on nothing after it."""
    parts = [
        (
            symbol,
            prices.series(i)[: training_prices(len(prices.series(i)), settings, validation)],
        )
        for i, symbol in enumerate(prices.symbols)
    ]
    fitted, divisor = {}, 1.0
    if settings.scale not in ("log-return", "none"):
        fitted = {symbol: fit_series(symbol, settings.scale, part) for symbol, part in parts}
    elif settings.scale == "log-return":
        divisor = _pooled_deviation(parts, settings.season)
    decay = settings.volatility_decay or 0.0
    season = settings.season
    preparation = TargetTransform(settings.scale, divisor, fitted, None, decay, season=season)
    if settings.bins is not None:
        pooled = np.concatenate([preparation.scaled(symbol, part) for symbol, part in parts])
        bins = fit_bins(pooled, settings.bins, settings.scale, settings.labels, settings.edges)
        preparation = replace(preparation, bins=bins)
    inputs = inputs_of(settings)
    if not inputs:
        return preparation
    prices = _with_market(prices, inputs)
    further = [
        features(prices, i, inputs, divisor)[: len(part)] for i, (_, part) in enumerate(parts)
    ]
    _refuse_empty(prices, inputs, np.concatenate(further))
    preparation = replace(preparation, inputs=inputs, spread=spread_of(further))
    return replace(preparation, season_functions=fit_functions(preparation, parts, further))


def _refuse_empty(prices: Prices, inputs: tuple[str, ...], further: Float64Array) -> None:
    """Raise DataError for an input that no row of training has."""
    empty = np.all(np.isnan(further), axis=0)
    names = [n for n, lacks in zip(names_of_columns(inputs), empty, strict=True) if lacks]
    names += [
        name
        for name in inputs
        if is_event(name) and np.all([np.isnan(prices.fields[f]) for f in fields_of((name,))])
    ]
    for name in names:
        if name not in INPUTS:
            raise DataError(
                f"no row has {name}", place=prices.sources[0],
                remedy=f"leave it out of {setting('events' if is_event(name) else 'feature')}",
            )  # fmt: skip
        if not optional(inputs):
            raise DataError(
                f"no row has a {name}", place=prices.sources[0],
                remedy=f"leave it out of {setting('inputs')}",
            )  # fmt: skip


def _pooled_deviation(parts: list[tuple[str, Float64Array]], season: int) -> float:
    """Standard deviation of all training returns in percent; 1 if they are all the same.

    After growth by a constant factor only rounding errors remain, which do not count.
    """
    unscaled = TargetTransform("log-return", 1.0, {}, None, season=season)
    returns_of = [unscaled.scaled(symbol, part) for symbol, part in parts if len(part) > season]
    if not returns_of:
        return 1.0
    returns = np.concatenate(returns_of)
    deviation = float(np.std(returns))
    return deviation if deviation > NEGLIGIBLE * np.max(np.abs(returns)) else 1.0


def prepare(
    prices: Prices, preparation: TargetTransform, validation: float,
    rows_ahead: Sequence[int] = (),
) -> Dataset:  # fmt: skip
    """Apply the fitted transform to every series; `rows_ahead` (K): of the returns of `ahead`.

    Raises DataError for the first series it does not fit; `faults` lists them all.
    """
    prices = _with_market(prices, preparation.inputs)
    series = [preparation.fed(symbol, prices.series(i)) for i, symbol in enumerate(prices.symbols)]
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    held = np.floor(validation * np.maximum(lengths - 1, 0)).astype(np.int64)
    return Dataset(
        symbols=prices.symbols,
        values=np.concatenate(series) if series else np.zeros(0),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        first_rows=prices.lengths - lengths,
        training=lengths - held,
        preparation=preparation,
        further=_further(prices, preparation, lengths) if preparation.inputs else None,
        ahead=_ahead(prices, preparation, rows_ahead) if rows_ahead else None,
    )


def _with_market(prices: Prices, inputs: tuple[str, ...]) -> Prices:
    """Prices with the medians over their symbols, where these are an input."""
    market = market_for(inputs)
    return prices if market is None else market(prices)


def _ahead(prices: Prices, preparation: TargetTransform, rows: Sequence[int]) -> Float64Array:
    series = (prices.series(i) for i in range(len(prices.symbols)))
    return np.concatenate([preparation.returns_ahead(one, rows) for one in series])


def _further(prices: Prices, preparation: TargetTransform, lengths: IntArray) -> Float64Array:
    """The further inputs of the days that have a value, scaled: (rows, columns)."""
    inputs, stops = preparation.inputs, np.cumsum(lengths)
    functions = preparation.season_functions
    further = np.empty((int(lengths.sum()), len(preparation.spread)))
    for i, (length, stop) in enumerate(zip(lengths.tolist(), stops.tolist(), strict=True)):
        of_days = features(prices, i, inputs, preparation.divisor, preparation.start_weight)
        part = further[stop - length : stop]  # scaled while it is in the cache
        part[:] = standardised(of_days[len(of_days) - length :], preparation.spread, inputs)
        if functions is not None:
            fill_in_forecasts(part, inputs, functions.of_symbol(prices.symbols[i]))
    return further


def unfit(
    prices: Prices, settings: PrepareSettings, validation: float
) -> Iterator[tuple[int, str]]:
    """The series that the transform cannot be fitted on or applied to, and why."""
    inputs = inputs_of(settings)
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        try:
            if settings.scale not in ("log-return", "none"):
                part = series[: training_prices(len(series), settings, validation)]
                fit_series(symbol, settings.scale, part)
            elif settings.scale == "log-return":
                refuse_nonpositive(symbol, series, prices.dates_of(i))
                refuse_short(symbol, series, settings.season)
            refuse_without(prices, i, inputs)
        except DataError as fault:
            yield i, f"{prices.sources[i]}: {fault}"


def faults(
    prices: Prices, preparation: TargetTransform, needing: str = LOG_RETURNS
) -> Iterator[tuple[int, str]]:
    """The series that the fitted transform does not fit, and why; `needing` positive prices."""
    for i in _doubtful(prices, preparation):
        try:
            if preparation.scale == "log-return":
                refuse_nonpositive(prices.symbols[i], prices.series(i), prices.dates_of(i), needing)
            preparation.fed(prices.symbols[i], prices.series(i))
            refuse_without(prices, i, preparation.inputs)
        except DataError as fault:
            yield i, f"{prices.sources[i]}: {fault}"


def _doubtful(prices: Prices, preparation: TargetTransform) -> list[int]:
    """Series that the fitted transform might not fit; of thousands, that is hardly any."""
    by_themselves = "weekday" in preparation.inputs or bool(custom_of(preparation.inputs))
    if by_themselves or (of_returns(preparation.inputs) and preparation.scale != "log-return"):
        return list(range(len(prices.symbols)))
    if preparation.scale == "none":
        return []
    if preparation.scale == "log-return":
        lowest = np.minimum.reduceat(prices.values, prices.offsets[:-1])
        short = (preparation.season > 1) & (prices.lengths <= preparation.season)
        return np.flatnonzero(~(lowest > 0) | short).tolist()
    return [i for i, symbol in enumerate(prices.symbols) if symbol not in preparation.fitted]
