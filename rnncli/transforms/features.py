"""Input features other than the price: those of a list, for all days of a series.

Only what is known at the close of day t goes into the prediction of t + 1. For each input see
`inputs`.
"""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.errors import DataError, UsageError
from rnncli.prices.series import Prices
from rnncli.settings import PrepareSettings
from rnncli.settings.option import AUTO, parse_list
from rnncli.transforms.custom_inputs import custom_inputs
from rnncli.transforms.inputs.bar import LIMIT
from rnncli.transforms.inputs.custom import Feature, all_bounded, bounded
from rnncli.transforms.inputs.days import Days, Row
from rnncli.transforms.inputs.season import Season
from rnncli.transforms.inputs.table import CLOSE, INPUTS, PRESENCE, input_of, period_of
from rnncli.transforms.season_functions import season_forecasts
from rnncli.transforms.target_transform import refuse_nonpositive
from rnncli.transforms.volatility import ONE_CHANGE

HUGE = 1e100  # a number whose square is near the largest that there is


def parse_inputs(text: str) -> tuple[str, ...]:
    """The further inputs that a list such as `close,volume` names, in its order.

    Empty for auto, which is resolved when prices are known.
    """
    if text == AUTO:
        return ()
    seasons = [name for name in map(str.strip, text.split(",")) if period_of(name)]
    names = parse_list("inputs", text, (CLOSE, *INPUTS, *seasons))
    if CLOSE not in names:
        raise UsageError(
            "close is missing, which is forecast", option="inputs", value=text,
            remedy=f"write {','.join((CLOSE, *names))}",
        )  # fmt: skip
    return tuple(name for name in names if name != CLOSE)


def inputs_of(preparing: PrepareSettings) -> tuple[str, ...]:
    """The further inputs that settings name, the user's columns and events last."""
    return (*parse_inputs(preparing.inputs), *custom_inputs(preparing))


def custom_of(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the inputs that are the user's columns and events."""
    return tuple(name for name in inputs if name not in INPUTS and not period_of(name))


def fields_of(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a price file that inputs are made from."""
    return tuple(dict.fromkeys(field for name in inputs for field in input_of(name).fields))


def input_size(inputs: tuple[str, ...]) -> int:
    """Numbers a day, with the value itself."""
    return 1 + sum(input_of(name).size for name in inputs)


def memory_size(inputs: tuple[str, ...]) -> int:
    """Numbers that are remembered of a series for the inputs of its next row."""
    return sum(input_of(name).memory for name in inputs)


def names_of_columns(inputs: tuple[str, ...]) -> list[str]:
    """The input that each number of a day, but for the value itself, is of."""
    return [name for name in inputs for _ in range(input_of(name).size)]


def of_returns(inputs: tuple[str, ...]) -> bool:
    """Whether some need log returns, and so positive prices."""
    return any(input_of(name).of_returns for name in inputs)


def usual_of_columns(inputs: tuple[str, ...]) -> list[str]:
    """Of each number of a day, but for the value itself, what it usually is: see `Input`."""
    return [input_of(name).usual for name in names_of_columns(inputs)]


def over_deviation(inputs: tuple[str, ...], columns: Float64Array) -> BoolArray:
    """Which unscaled numbers (rows, columns) are logs over the deviation of the returns before."""
    of_columns = np.array([input_of(name).over_deviation for name in names_of_columns(inputs)])
    over: BoolArray = of_columns & (np.abs(columns) < LIMIT)
    return over


def optional(inputs: tuple[str, ...]) -> bool:
    """Whether columns of inputs may be missing, of a series or of all of them."""
    return PRESENCE in inputs


def optional_fields(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a price file that may be missing."""
    named = tuple(name for name in inputs if name in INPUTS)
    return fields_of(named) if optional(inputs) else ()


def refuse_without(prices: Prices, i: int, inputs: tuple[str, ...]) -> None:
    """Raise DataError where series i cannot have one of the inputs."""
    if of_returns(inputs):
        refuse_nonpositive(prices.symbols[i], prices.series(i), prices.dates_of(i))
    if "weekday" in inputs and not prices.has_dates(i):
        raise DataError(f"{prices.symbols[i]} has no dates, and so no weekday; leave it out")
    for name in inputs:
        one = input_of(name)
        if isinstance(one, Feature) and one.of_log:
            _refuse_without_log(Days(prices, i, 1.0).field(one.fields[0]), name)


def _refuse_without_log(values: Float64Array, name: str) -> None:
    """Raise DataError for a column that has no logarithm somewhere."""
    count = int(np.count_nonzero(values <= 0))
    if count:
        column = input_of(name).fields[0]
        counted = "1 value" if count == 1 else f"{count} values"
        raise DataError(
            f"{column} has {counted} <= 0, which has no logarithm",
            remedy=f"use {column}:level or {column}:change",
        )


@cache
def columns_of_season(inputs: tuple[str, ...]) -> tuple[slice, slice] | None:
    """The columns of a season and those of the forecasts by them, of the first that has these."""
    place = 0
    for one in map(input_of, inputs):
        if isinstance(one, Season) and one.ahead:
            middle = place + one.size - one.ahead
            return slice(place, middle), slice(middle, place + one.size)
        place += one.size
    return None


def are_of_season(inputs: tuple[str, ...]) -> BoolArray:
    """Which numbers of a day, but for the value itself, are of a season."""
    return np.array([period_of(name) > 0 for name in names_of_columns(inputs)], dtype=np.bool_)


def fill_in_forecasts(columns: Float64Array, inputs: tuple[str, ...], by: Float64Array) -> None:
    """Put the forecasts of a season's rows ahead into columns (rows, columns), in place.

    `by`: the coefficients of their symbol, see `season_functions`.
    """
    places = columns_of_season(inputs)
    assert places is not None
    columns[:, places[1]] = season_forecasts(columns[:, places[0]], by)


def constant_columns(prices: Prices, inputs: tuple[str, ...]) -> list[tuple[str, float]]:
    """Columns of the user's own that have one value on all rows, and that value."""
    names = [input_of(name).fields[0] for name in inputs if isinstance(input_of(name), Feature)]
    return [
        (name, float(np.nanmin(prices.fields[name])))
        for name in dict.fromkeys(names)
        if np.nanmin(prices.fields[name]) == np.nanmax(prices.fields[name])
    ]


def features(
    prices: Prices, i: int, inputs: tuple[str, ...], divisor: float,
    start_weight: float = ONE_CHANGE,
) -> Float64Array:  # fmt: skip
    """The further inputs of every row of series i, unscaled: (rows, columns), NaN where missing.

    `divisor`: of returns in percent; `start_weight`: see `running_variances`. Raises DataError if a
    series has no such column.
    """
    refuse_without(prices, i, inputs)
    days = Days(prices, i, divisor, start_weight)
    return np.hstack([input_of(name).of_days(days) for name in inputs])


def memory_after(inputs: tuple[str, ...], days: Days) -> list[float]:
    """What is remembered of a series after all its days, for the inputs of its next row."""
    return [number for name in inputs for number in input_of(name).memory_after(days)]


def start_memory(inputs: tuple[str, ...]) -> list[float]:
    """What is remembered of a series before its first row."""
    return [number for name in inputs for number in input_of(name).start()]


def next_features(inputs: tuple[str, ...], memory: list[float], row: Row) -> list[float]:
    """The further inputs of one more row, unscaled, NaN where missing; updates the memory."""
    numbers, place = list[float](), 0
    for name in inputs:
        one = input_of(name)
        part = memory[place : place + one.memory]
        numbers += one.step(part, row)
        memory[place : place + one.memory] = part
        place += one.memory
    return numbers


def spread_of(parts: Sequence[Float64Array]) -> tuple[tuple[float, float], ...]:
    """Mean and deviation of each column over all parts (rows, columns); of nothing, 0 and 1."""
    pooled = np.concatenate(parts)
    spreads = []
    for column in pooled.T:
        present = column[np.isfinite(column)]
        largest = float(np.max(np.abs(present), initial=0.0))
        unit = largest if largest > HUGE else 1.0  # so that no square overflows
        deviation = unit * float(np.std(present / unit)) if len(present) else 0.0
        mean = unit * float(np.mean(present / unit)) if len(present) else 0.0
        spreads.append((mean, deviation or 1.0))
    return tuple(spreads)


def standardised(
    columns: Float64Array, spread: tuple[tuple[float, float], ...], inputs: tuple[str, ...]
) -> Float64Array:
    """Columns (rows, columns) less their means, over their deviations; 0 where missing.

    Those of inputs that are bounded are.
    """
    mean, deviation = np.array(spread).T
    scaled: Float64Array = (columns - mean) / deviation
    limited = _are_bounded(inputs)
    if limited.any():
        scaled[:, limited] = all_bounded(scaled[:, limited])
    return np.nan_to_num(scaled, nan=0.0)


def next_standardised(
    numbers: Sequence[float], spread: tuple[tuple[float, float], ...], inputs: tuple[str, ...]
) -> list[float]:
    """The same of one row (columns)."""
    scaled = [(x - mean) / size for x, (mean, size) in zip(numbers, spread, strict=True)]
    are_bounded = _are_bounded(inputs).tolist()
    limited = [bounded(x) if limit else x for x, limit in zip(scaled, are_bounded, strict=True)]
    return [0.0 if math.isnan(x) else x for x in limited]


@cache
def are_linear(inputs: tuple[str, ...]) -> BoolArray:
    """Which numbers of a day, but for the value itself, the linear path alone is fed."""
    return np.array([input_of(name).linear for name in names_of_columns(inputs)], dtype=np.bool_)


@cache
def _are_bounded(inputs: tuple[str, ...]) -> BoolArray:
    """Which numbers of a day, but for the value itself, are bounded."""
    return np.array([input_of(name).bounded for name in names_of_columns(inputs)], dtype=np.bool_)
