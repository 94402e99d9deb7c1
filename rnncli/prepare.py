"""What the network sees of a price, fitted on the past only, and the way back to a price."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.bins import Bins, fit_bins
from rnncli.errors import DataError
from rnncli.features import (
    features,
    names_of_columns,
    parse_inputs,
    refuse_without,
    spread_of,
    standardised,
)
from rnncli.prices import Prices
from rnncli.scalers import Scaling, fit_series, least_rows, refuse_nonpositive, refuse_short
from rnncli.settings import PrepareSettings
from rnncli.volatility import own_deviations

NEGLIGIBLE = 1e-9  # of the largest return: a deviation below is rounding


@dataclass(frozen=True)
class Preparation:
    """The fitted transform: kept in the model, applied to any series, inverted for forecasts.

    log-return: 100 log(p_t / p_{t-season}) / divisor, one divisor for all, so any symbol works;
    with `decay`, over the deviation of the series' own returns before (see `volatility`) as well.
    minmax, standard: (p - shift) / size, one pair a symbol; an unseen one is fitted on its own
    rows. none: the price. `bins` then cuts what that yields. `inputs`: what else is fed of a
    day (see `features`); `spread`: mean and deviation of each of its columns.
    """

    scale: str
    divisor: float
    fitted: dict[str, tuple[float, float]]
    bins: Bins | None
    decay: float = 0.0
    inputs: tuple[str, ...] = ()
    spread: tuple[tuple[float, float], ...] = ()
    season: int = 1

    def shift_and_size(self, symbol: str, prices: Float64Array) -> tuple[float, float]:
        """Of minmax and standard: the pair of a symbol, fitted on `prices` if it is new."""
        if symbol in self.fitted:
            return self.fitted[symbol]
        return fit_series(symbol, self.scale, prices)

    def scaled(self, symbol: str, prices: Float64Array) -> Float64Array:
        """Scaled values of one series; log returns are one fewer (a single price: one zero)."""
        if self.scale == "none":
            return prices.copy()
        if self.scale == "log-return":
            refuse_nonpositive(symbol, prices)
            if len(prices) == self.season == 1:
                return np.zeros(1)
            refuse_short(symbol, prices, self.season)
            returns = self._returns(prices)
            return returns / self._deviations(returns)[:-1] if self.decay else returns
        shift, size = self.shift_and_size(symbol, prices)
        return (prices - shift) / size

    def _returns(self, prices: Float64Array) -> Float64Array:
        logs = np.log(prices)
        found: Float64Array = 100 * (logs[self.season :] - logs[: -self.season]) / self.divisor
        return found

    def _deviations(self, returns: Float64Array) -> Float64Array:
        return own_deviations(returns, self.decay)

    def log_steps(self, prices: Float64Array, rows: IntArray) -> Float64Array:
        """Of log-return: the change of the log price that a value of 1 after `rows` means, (n)."""
        if not self.decay:
            return np.full(len(rows), self.divisor / 100)
        return self.divisor / 100 * self._deviations(self._returns(prices))[rows - self.season + 1]

    def fed(self, symbol: str, prices: Float64Array) -> Float64Array:
        """What the network is fed of the prices of one series: scaled values, or their codes."""
        values = self.scaled(symbol, prices)
        return values if self.bins is None else self.bins.encode(values)

    def forecasts(
        self, symbol: str, prices: Float64Array, cutoffs: IntArray, outputs: FloatArray
    ) -> Float64Array:
        """Prices (n, horizon) that outputs (n, horizon) stand for, after the rows `cutoffs` (n).

        What leaves the floats is infinite.
        """
        last, steps, pair = np.zeros((len(cutoffs), 0)), np.zeros(0), (np.zeros(1), np.ones(1))
        if self.scale == "log-return":
            last = prices[cutoffs[:, None] - np.arange(self.season)[::-1]]
            steps = self.log_steps(prices, cutoffs)
        elif self.scale != "none":
            shift, size = self.shift_and_size(symbol, prices)
            pair = np.array([shift]), np.array([size])
        return self.priced(outputs, last, steps, pair)

    def priced(
        self, outputs: FloatArray, last: Float64Array, steps: Float64Array,
        pair: tuple[Float64Array, Float64Array],
    ) -> Float64Array:  # fmt: skip
        """Prices (n, horizon) that outputs (n, horizon) stand for.

        `last` (n, season), `steps` (n) and the `pair` of shift and size, both (n) or (1): see
        `footing`.
        """
        values = outputs.astype(np.float64)
        if self.bins is not None:
            values = self.bins.decode(values)
        if self.scale == "none":
            return values
        with np.errstate(over="ignore"):
            if self.scale == "log-return":
                path = self.added_up(values) * steps[:, None]
                before = last[:, np.arange(path.shape[1]) % self.season]
                grown: Float64Array = before * np.exp(path)
                return grown
            shift, size = pair
            return values * size[:, None] + shift[:, None]

    def added_up(self, values: Float64Array) -> Float64Array:
        """Changes (n, horizon) since the last known price a whole number of seasons before."""
        path = values.copy()
        for ahead in range(self.season, path.shape[1]):
            path[:, ahead] += path[:, ahead - self.season]
        return path

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the model file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Preparation":
        """The inverse of `as_dict` after a round trip through JSON."""
        bins = plain["bins"]
        return cls(
            scale=plain["scale"],
            divisor=float(plain["divisor"]),
            fitted={symbol: (pair[0], pair[1]) for symbol, pair in plain["fitted"].items()},
            bins=bins and Bins(tuple(bins["edges"]), tuple(bins["labels"]), tuple(bins["centers"])),
            decay=float(plain["decay"]),
            inputs=tuple(plain["inputs"]),
            spread=tuple((mean, deviation) for mean, deviation in plain["spread"]),
            season=int(plain["season"]),
        )


@dataclass(frozen=True)
class Prepared:
    """Series as the network sees them, end to end: values (rows), offsets (series + 1).

    The day t of a series is its value t, whose target is value t + 1. `training` (series): how
    many of its first values the fit may see; the days from training - 1 on are validation.
    `further` (rows, columns): what else is known at the close of each day.
    """

    symbols: tuple[str, ...]
    values: Float64Array
    offsets: IntArray
    training: IntArray
    preparation: Preparation
    further: Float64Array | None = None

    @property
    def lengths(self) -> IntArray:
        """Values of each series."""
        return np.diff(self.offsets)

    @property
    def validation_days(self) -> IntArray:
        """Days of each series whose target is held back from the fit."""
        return self.lengths - self.training

    @property
    def days(self) -> IntArray:
        """Days with a target, of each series."""
        return np.maximum(self.lengths - 1, 0)

    @cached_property
    def inputs(self) -> Float64Array:
        """What the network is fed (rows, I): the values, then what else is known of their days."""
        values = self.values[:, None]
        return values if self.further is None else np.hstack([values, self.further])

    def series(self, i: int) -> Float64Array:
        """Values of series i, a view."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]


def training_prices(rows: int, scaling: Scaling, validation: float) -> int:
    """How many of a series' first prices belong to training: the rest are validation targets."""
    with_target = rows + 1 - least_rows(scaling)
    return rows - int(np.floor(validation * max(with_target, 0)))


def fit(prices: Prices, settings: PrepareSettings, validation: float) -> Preparation:
    """Fit the transform on the training part of every series, and on nothing after it."""
    parts = [
        (
            symbol,
            prices.series(i)[: training_prices(len(prices.series(i)), settings, validation)],
        )
        for i, symbol in enumerate(prices.symbols)
    ]
    fitted, divisor = {}, 1.0
    if settings.scale in ("minmax", "standard"):
        fitted = {symbol: fit_series(symbol, settings.scale, part) for symbol, part in parts}
    elif settings.scale == "log-return":
        divisor = _pooled_deviation(parts, settings.season)
    decay = settings.volatility_decay or 0.0
    season = settings.season
    preparation = Preparation(settings.scale, divisor, fitted, None, decay, season=season)
    if settings.bins is not None:
        pooled = np.concatenate([preparation.scaled(symbol, part) for symbol, part in parts])
        bins = fit_bins(pooled, settings.bins, settings.scale, settings.labels, settings.edges)
        preparation = replace(preparation, bins=bins)
    inputs = parse_inputs(settings.inputs)
    if not inputs:
        return preparation
    further = [
        features(prices, i, inputs, divisor)[: len(part)] for i, (_, part) in enumerate(parts)
    ]
    empty = np.all(np.isnan(np.concatenate(further)), axis=0)
    if empty.any():
        name = names_of_columns(inputs)[int(np.argmax(empty))]
        raise DataError(f"{prices.sources[0]}: no row has a {name}; leave it out of --inputs")
    return replace(preparation, inputs=inputs, spread=spread_of(further))


def _pooled_deviation(parts: list[tuple[str, Float64Array]], season: int) -> float:
    """Standard deviation of all training returns in percent; 1 where they are all the same.

    Growth by the same factor every day leaves what prices are rounded to, which is no deviation.
    """
    unscaled = Preparation("log-return", 1.0, {}, None, season=season)
    found = [unscaled.scaled(symbol, part) for symbol, part in parts if len(part) > season]
    if not found:
        return 1.0
    returns = np.concatenate(found)
    deviation = float(np.std(returns))
    return deviation if deviation > NEGLIGIBLE * np.max(np.abs(returns)) else 1.0


def prepare(prices: Prices, preparation: Preparation, validation: float) -> Prepared:
    """Apply the fitted transform to every series.

    Raises DataError for the first series it does not fit; `faults` lists them all.
    """
    series = [preparation.fed(symbol, prices.series(i)) for i, symbol in enumerate(prices.symbols)]
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    held = np.floor(validation * np.maximum(lengths - 1, 0)).astype(np.int64)
    return Prepared(
        symbols=prices.symbols,
        values=np.concatenate(series) if series else np.zeros(0),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        training=lengths - held,
        preparation=preparation,
        further=_further(prices, preparation, lengths) if preparation.inputs else None,
    )


def _further(prices: Prices, preparation: Preparation, lengths: IntArray) -> Float64Array:
    """The further inputs of the days that have a value, scaled: (rows, columns)."""
    parts = [
        features(prices, i, preparation.inputs, preparation.divisor)[-length:]
        for i, length in enumerate(lengths.tolist())
    ]
    return standardised(np.concatenate(parts), preparation.spread)


def unfit(
    prices: Prices, settings: PrepareSettings, validation: float
) -> Iterator[tuple[int, str]]:
    """The series that the transform cannot be fitted on or applied to, and why."""
    inputs = parse_inputs(settings.inputs)
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        try:
            if settings.scale in ("minmax", "standard"):
                part = series[: training_prices(len(series), settings, validation)]
                fit_series(symbol, settings.scale, part)
            elif settings.scale == "log-return":
                refuse_nonpositive(symbol, series)
                refuse_short(symbol, series, settings.season)
            refuse_without(prices, i, inputs)
        except DataError as fault:
            yield i, f"{prices.sources[i]}: {fault}"


def faults(prices: Prices, preparation: Preparation) -> Iterator[tuple[int, str]]:
    """The series that the fitted transform does not fit, and why."""
    for i in _doubtful(prices, preparation):
        try:
            preparation.fed(prices.symbols[i], prices.series(i))
            refuse_without(prices, i, preparation.inputs)
        except DataError as fault:
            yield i, f"{prices.sources[i]}: {fault}"


def _doubtful(prices: Prices, preparation: Preparation) -> list[int]:
    """Series that the fitted transform might not fit; of thousands, that is hardly any."""
    if preparation.inputs:
        return list(range(len(prices.symbols)))
    if preparation.scale == "none":
        return []
    if preparation.scale == "log-return":
        lowest = np.minimum.reduceat(prices.values, prices.offsets[:-1])
        short = (preparation.season > 1) & (prices.lengths <= preparation.season)
        return np.flatnonzero(~(lowest > 0) | short).tolist()
    return [i for i, symbol in enumerate(prices.symbols) if symbol not in preparation.fitted]
