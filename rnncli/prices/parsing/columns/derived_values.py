"""Whether numbers are made of others, row by row: their changes, logarithms, means, and so on."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.parsing.columns.agreement import ENOUGH, FINE, agree, enough
from rnncli.prices.parsing.columns.rolling_values import (
    Windows,
    is_exact_extreme,
    is_extreme,
    is_oscillator,
    is_rolling,
)

_BASES = (1.0, 100.0, 1000.0)  # at which a normalised price begins


class Source:
    """A column of prices that others may be made of, oldest or newest first."""

    def __init__(self, values: Float64Array, decimals: int):
        self.values = values
        self.finest = 0.51 * 10.0**-decimals

    @cached_property
    def is_usable(self) -> bool:
        """Whether there are enough numbers, all above zero, whose steps differ."""
        rows = ~np.isnan(self.values)
        return bool(enough(rows) and self.values[rows].min() > 0 and _varies(self.values))

    @cached_property
    def windows(self) -> tuple[Windows, Windows]:
        """The moving windows, with time and against it."""
        return Windows(self.values, self.finest), Windows(self.values[::-1], self.finest)


def is_made_of(values: Float64Array, decimals: int, source: Source) -> bool:
    """Whether `values` are, to their last digit, what is usually made of the `source`.

    Shape (rows,). A price that only has the same steps or a fixed ratio, as in another currency, is
    not made of it.
    """
    if any(is_exact_extreme(values[::step], source.values[::step]) for step in (1, -1)):
        return True
    if not source.is_usable:
        return False
    rounding = 0.51 * 10.0**-decimals
    both = np.full(values.size, rounding + source.finest)
    if not _varies(values):  # numbers that are counted up are made of any others
        ways = ((values[::step], source.values[::step]) for step in (1, -1))
        return any(is_extreme(ours, theirs, both) for ours, theirs in ways)
    for step, windows in zip((1, -1), source.windows, strict=True):
        ours, theirs = values[::step], windows.source
        usual = _made(ours, theirs, source.finest)
        if any(agree(ours, made, rounding + slack) for made, slack in usual):
            return True
        if is_rolling(ours, windows, rounding) or _is_smoothed(
            ours, theirs, rounding, source.finest
        ):
            return True
    return is_oscillator(values, source.values)


def _made(
    values: Float64Array, source: Float64Array, finest: float
) -> Iterator[tuple[Float64Array, Float64Array]]:
    """Yield what may be made of prices, and how far their rounding may take each number of it."""
    before = np.append(np.nan, source[:-1])
    share = 2 * finest / before
    everywhere = np.full(source.size, finest)
    for made in (source / before - 1, np.log(source / before)):
        yield made, 1.1 * share
        yield 100 * made, 110 * share
    fallen = source / np.fmax.accumulate(source) - 1
    yield fallen, 2 * everywhere / source
    yield 100 * fallen, 200 * everywhere / source
    yield source - before, 2 * everywhere
    yield before, everywhere
    for made in (np.log(source), np.log10(source), np.log2(source), np.log1p(source)):
        yield made, 1.5 * everywhere / source
    yield source**2, 4 * everywhere * source
    yield np.sqrt(source), everywhere / np.sqrt(source)
    start = int(np.flatnonzero(~np.isnan(source))[0])
    if values[start] in _BASES and source[start] not in _BASES:
        ratio = values[start] / source[start]
        yield source * ratio, 2 * everywhere * ratio


def _varies(numbers: Float64Array) -> bool:
    """Whether the steps differ, as they do not in numbers counted up."""
    steps = np.diff(numbers[~np.isnan(numbers)])
    return bool(np.unique(np.round(steps, 9)).size > ENOUGH // 2)


def _is_smoothed(
    values: Float64Array, source: Float64Array, rounding: float, finest: float
) -> bool:
    """Whether numbers are a moving mean of falling weights."""
    slack = np.full(values.size, rounding + finest)
    before = np.append(np.nan, values[:-1])
    gaps = source - before
    usable = np.abs(gaps) > FINE * slack
    if not enough(usable):
        return False
    weight = float(np.median(((values - before) / np.where(usable, gaps, np.nan))[usable]))
    return 0.005 < weight < 0.9 and agree(values, before + weight * gaps, 2 * slack)
