"""Whether numbers are made of others, row by row: their changes, logarithms, means, and so on."""

from collections.abc import Iterator

import numpy as np

from rnncli.arrays import Float64Array

_ENOUGH = 8  # rows that must agree
_AGREE = 0.97  # the share of rows that must
_FINE = 10  # times its rounding that a number must vary
_BASES = (1.0, 100.0, 1000.0)  # at which a normalised price begins


def is_made_of(
    values: Float64Array, decimals: int, source: Float64Array, source_decimals: int
) -> bool:
    """Whether `values` are, to their last digit, what is usually made of the `source`.

    Both have the shape (rows,), oldest or newest first. A price that only has the same steps or a
    fixed ratio, as in another currency, is not made of it.
    """
    given = ~np.isnan(source)
    if np.count_nonzero(given) < _ENOUGH or np.any(source[given] <= 0):
        return False
    if not (_varies(source) and _varies(values)):
        return False  # numbers that are counted up are made of any others
    rounding = 0.51 * 10.0**-decimals
    finest = 0.51 * 10.0**-source_decimals
    for step in (1, -1):
        ours, theirs = values[::step], source[::step]
        for made, slack in _made(ours, theirs, finest):
            if _agrees(ours, made, rounding + slack):
                return True
        if _is_mean(ours, theirs, rounding, finest):
            return True
    return False


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
    return bool(np.unique(np.round(steps, 9)).size > _ENOUGH // 2)


def _agrees(values: Float64Array, made: Float64Array, slack: Float64Array) -> bool:
    """Whether most rows are the same but for rounding, and vary by much more than that."""
    rows = ~(np.isnan(values) | np.isnan(made))
    if np.count_nonzero(rows) < _ENOUGH:
        return False
    near = np.abs(values[rows] - made[rows]) <= slack[rows]
    spread = float(np.std(made[rows]))
    return bool(near.mean() >= _AGREE and spread > _FINE * float(np.median(slack[rows])))


def _is_mean(values: Float64Array, source: Float64Array, rounding: float, finest: float) -> bool:
    """Whether numbers are a moving mean, of equal weights or of falling ones."""
    slack = np.full(values.size, rounding + finest)
    if not np.any(np.isnan(source)):
        sums = np.append(0.0, np.cumsum(source))
        for window in range(2, source.size // 2 + 1):
            mean = np.full(source.size, np.nan)
            mean[window - 1 :] = (sums[window:] - sums[:-window]) / window
            if _agrees(values, mean, slack):
                return True
    before = np.append(np.nan, values[:-1])
    gaps = source - before
    usable = np.abs(gaps) > _FINE * slack
    if np.count_nonzero(usable) < _ENOUGH:
        return False
    weight = float(np.median(((values - before) / np.where(usable, gaps, np.nan))[usable]))
    return 0.005 < weight < 0.9 and _agrees(values, before + weight * gaps, 2 * slack)
