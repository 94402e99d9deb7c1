"""Medians over all symbols of a day, as fields of their prices: what `inputs.market` is made from.

A median, since a few wrong prices do not move it. Of symbols that are read together: a forecast of
one symbol needs the others' prices, though it is not about them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import setting
from rnncli.prices.series import Prices
from rnncli.settings.option import AUTO
from rnncli.transforms.features import features, parse_inputs
from rnncli.transforms.inputs.level import Level
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.inputs.table import MARKET

FEWEST = 20  # symbols of a day: a median of fewer says more of them than of a market
MOST = 5000  # symbols that are read together by default: prices of more need not fit in memory
MOST_ROWS = 0.9  # that must have a median, for it to be an input by default
YOUNG = 22  # first rows of a symbol, whose deviations are hardly known
DAILY = 2.0  # percent: a usual deviation, which only young symbols depend on
PARTS = ("level", "leverage")
_LEVEL = Level(0)
COLUMNS = (  # of these, in the order of MARKET_FIELDS
    1 + _LEVEL.spans.index(2), 1 + _LEVEL.spans.index(66), _LEVEL.size, _LEVEL.size + 1,
)  # fmt: skip


def with_market(prices: Prices) -> Prices:
    """Prices with the medians, NaN on days of fewer than FEWEST symbols; as they are if there."""
    if all(name in prices.fields for name in MARKET_FIELDS):
        return prices
    medians = np.full((len(prices.values), len(COLUMNS)), np.nan)
    days, day = np.unique(prices.dates, return_inverse=True)
    dated = ~np.isnat(prices.dates)
    columns = _columns(prices)
    counted = np.isfinite(columns).all(axis=1) & dated
    enough = np.bincount(day[counted], minlength=len(days)) >= FEWEST
    rows = np.flatnonzero(counted & enough[day])
    of_days = np.full((len(days), len(COLUMNS)), np.nan)
    for column in range(len(COLUMNS)):
        of_days[enough, column] = medians_by(columns[rows, column], day[rows])
    medians[dated] = of_days[day[dated]]
    fields = dict(zip(MARKET_FIELDS, np.ascontiguousarray(medians.T), strict=True))
    return replace(prices, fields=prices.fields | fields)


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
    """Whether nearly all rows have a date that enough symbols have, and these are not too many."""
    if not FEWEST <= len(prices.symbols) <= MOST:
        return False
    _, day, counts = np.unique(prices.dates, return_inverse=True, return_counts=True)
    there = (counts[day] >= FEWEST) & ~np.isnat(prices.dates)
    return bool(np.mean(there) >= MOST_ROWS)


def unknown_market(prices: Prices) -> str | None:
    """A warning of the symbols whose last row has no medians; None if all have them."""
    last = prices.fields[MARKET_FIELDS[0]][prices.offsets[1:] - 1]
    lacking = int(np.count_nonzero(np.isnan(last)))
    if not lacking:
        return None
    whose = "their last dates" if lacking == len(last) else f"the last dates of {lacking} symbols"
    return (
        f"fewer than {FEWEST} symbols have prices on {whose}: a usual market is taken for them;"
        f" name more prices, or train with {setting('inputs')} without {MARKET}"
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
    """What the medians are of, on every row (rows, columns); NaN for the first rows of a symbol."""
    columns = np.full((len(prices.values), len(COLUMNS)), np.nan)
    for i in range(len(prices.symbols)):
        begin, end = int(prices.offsets[i]) + YOUNG, int(prices.offsets[i + 1])
        if end > begin and np.all(prices.series(i) > 0):
            columns[begin:end] = features(prices, i, PARTS, DAILY)[YOUNG:, list(COLUMNS)]
    return columns
