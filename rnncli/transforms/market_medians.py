"""Medians over all symbols of a day, as fields of their prices: what `inputs.market` is made from.

A median, since a few wrong prices do not move it. Of symbols that are read together: a forecast of
one symbol needs the others' prices, though it is not about them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.errors import name_some, setting
from rnncli.prices.series import Prices
from rnncli.settings.option import AUTO
from rnncli.transforms.features import features, parse_inputs
from rnncli.transforms.inputs.level import Level
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.inputs.table import MARKET

FEWEST = 20  # symbols of a day: a median of fewer says more of them than of a market
MOST = 5000  # symbols that are read together by default: prices of more need not fit in memory
YOUNG = 22  # first rows of a symbol, whose deviations are hardly known
LEAST_DAYS = 100  # with medians, and
LEAST_ROWS = 0.9  # of the rows with a part in them, for it to be an input by default
DAILY = 2.0  # percent: a usual deviation, which only young symbols depend on
PARTS = ("level", "leverage")
_LEVEL = Level(0)
COLUMNS = (  # of these, in the order of MARKET_FIELDS
    1 + _LEVEL.spans.index(2), 1 + _LEVEL.spans.index(66), _LEVEL.size, _LEVEL.size + 1,
)  # fmt: skip
MONDAY = np.datetime64("1970-01-05")
LEAST_KNOWN = 0.5  # of the rows, without a warning
NAMED = 5  # symbols in one


def with_market(prices: Prices) -> Prices:
    """Prices with the medians, NaN on days of fewer than FEWEST symbols; as they are if there."""
    if has_market(prices):
        return prices
    columns = _columns(prices)
    counted: BoolArray = np.isfinite(columns).all(axis=1) & ~np.isnat(prices.dates)
    day, enough = _days(prices, counted)
    rows = np.flatnonzero(counted & enough[day])
    of_days = np.full((len(enough), len(COLUMNS)), np.nan)
    for column in range(len(COLUMNS)):
        of_days[enough, column] = medians_by(columns[rows, column], day[rows])
    fields = dict(zip(MARKET_FIELDS, np.ascontiguousarray(of_days[day].T), strict=True))
    return replace(prices, fields=prices.fields | fields)


def has_market(prices: Prices) -> bool:
    """Whether the medians are among the fields."""
    return all(name in prices.fields for name in MARKET_FIELDS)


def _days(prices: Prices, counted: BoolArray) -> tuple[IntArray, BoolArray]:
    """The number of the day of each row, and which days have enough rows that are counted.

    Days are weeks or months of prices that were resampled, and moments of prices within a day.
    """
    days, day = np.unique(_periods(prices), return_inverse=True)
    return day, np.bincount(day[counted], minlength=len(days)) >= FEWEST


def _periods(prices: Prices) -> DateArray:
    """The day, week or month of each row; its moment where a symbol has several a day."""
    if prices.resample == "M":
        return prices.dates.astype("datetime64[M]").astype("datetime64[s]")
    days = prices.dates.astype("datetime64[D]")
    if prices.resample == "W":
        from_monday = (days - MONDAY) % np.timedelta64(7, "D")
        return (days - from_monday).astype("datetime64[s]")
    same = days[1:] == days[:-1]
    same[prices.offsets[1:-1] - 1] = False
    return prices.dates if same.any() else days.astype("datetime64[s]")


def without_market(prices: Prices) -> Prices:
    """Prices without the medians."""
    if not any(name in prices.fields for name in MARKET_FIELDS):
        return prices
    return replace(
        prices, fields={k: v for k, v in prices.fields.items() if k not in MARKET_FIELDS}
    )


def market_for(inputs: tuple[str, ...]) -> Callable[[Prices], Prices] | None:
    """What all symbols that are read must go through together for inputs; None for nothing."""
    return with_market if MARKET in inputs else None


def market_to_train(inputs: str) -> Callable[[Prices], Prices] | None:
    """The same for inputs by name, or those that are chosen automatically."""
    if inputs == AUTO:
        return lambda prices: with_market(prices) if is_market(prices) else prices
    return market_for(parse_inputs(inputs))


def is_market(prices: Prices) -> bool:
    """Whether enough days have medians to learn from, and nearly all rows, but for the first ones.

    Of the fields if they are there, else by the number of symbols, which must not be too many.
    """
    old = (_numbers(prices) >= YOUNG) & ~np.isnat(prices.dates)
    if has_market(prices):
        there = np.isfinite(prices.fields[MARKET_FIELDS[0]])
    elif FEWEST <= len(prices.symbols) <= MOST:
        day, enough = _days(prices, old)
        there = enough[day]
    else:
        return False
    known = _periods(prices)[there & old]
    return len(np.unique(known)) >= LEAST_DAYS and len(known) >= LEAST_ROWS * int(np.sum(old))


def unknown_market(prices: Prices) -> str | None:
    """A warning of symbols whose last row has no medians, or most of whose rows; None without.

    Nor of prices that no medians were added to, since nothing is fed them.
    """
    if not has_market(prices):
        return None
    there = np.isfinite(prices.fields[MARKET_FIELDS[0]])
    on_last = there[prices.offsets[1:] - 1]
    if not on_last.all():
        names = [name for name, known in zip(prices.symbols, on_last, strict=True) if not known]
        whose = f"the last date of {name_some(names, NAMED)}"
    elif np.mean(there) < LEAST_KNOWN:
        whose = "most dates"
    else:
        return None
    return (
        f"fewer than {FEWEST} symbols with {YOUNG} rows before have prices on {whose}: a usual"
        f" market is taken there; name more prices, or train with {setting('inputs')} without"
        f" {MARKET}"
    )


def medians_by(values: Float64Array, groups: IntArray) -> Float64Array:
    """The median of the values (n) of each group (n), in ascending order of the groups."""
    counts = np.bincount(groups)
    numbers = groups.astype(np.min_scalar_type(len(counts)))  # of 16 bits they are sorted by radix
    rising = np.argsort(values)  # several times as fast as a lexsort of both
    ordered = values[rising[np.argsort(numbers[rising], kind="stable")]]
    counts = counts[counts > 0]
    begins = np.cumsum(counts) - counts
    lower, upper = ordered[begins + (counts - 1) // 2], ordered[begins + counts // 2]
    medians: Float64Array = (lower + upper) / 2
    return medians


def _columns(prices: Prices) -> Float64Array:
    """What the medians are of, on every row (rows, columns).

    NaN for the first rows of a symbol, and from a price on that is not positive.
    """
    columns = np.full((len(prices.values), len(COLUMNS)), np.nan)
    for i in range(len(prices.symbols)):
        begin, series = int(prices.offsets[i]), prices.series(i)
        rows = len(series) if np.all(series > 0) else int(np.argmax(~(series > 0)))
        if rows > YOUNG:
            one = _first_rows(prices, i, rows)
            known = features(one, 0, PARTS, DAILY)[YOUNG:, list(COLUMNS)]
            columns[begin + YOUNG : begin + rows] = known
    return columns


def _first_rows(prices: Prices, i: int, rows: int) -> Prices:
    """The first rows of series i, without further fields."""
    part = slice(prices.offsets[i], prices.offsets[i] + rows)
    return replace(
        prices, symbols=(prices.symbols[i],), sources=(prices.sources[i],), fields={},
        values=prices.values[part], dates=prices.dates[part], offsets=np.array([0, rows]),
    )  # fmt: skip


def _numbers(prices: Prices) -> IntArray:
    """The number of each row within its series."""
    numbers: IntArray = np.arange(len(prices.values)) - np.repeat(
        prices.offsets[:-1], prices.lengths
    )
    return numbers
