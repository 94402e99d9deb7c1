"""Faults of price files: biased ranges, changes of source, splits, missing columns.

A network trained without these faults makes bad forecasts for weeks after meeting one.
"""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.simulation.bars import Bars
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws

NO_VOLUME, FLAT_RANGE, CLOSE_ONLY = 1, 2, 3  # of `missing_columns`


def add_faults(parameters: ProcessParameters, draws: Draws, bars: Bars) -> Bars:
    """Bars as a vendor shows them; `draws` has a day for each row."""
    changed = _after_change(parameters, draws)
    bars = _with_vendor_ranges(parameters, draws, bars, changed)
    bars = replace(bars, volume=bars.volume + parameters.volume_change * changed)
    return bars.shifted(_splits(parameters, draws))


def _after_change(p: ProcessParameters, draws: Draws) -> BoolArray:
    """Rows after a symbol's source changed."""
    place = draws.once() * draws.days
    rows = np.arange(draws.days)[:, np.newaxis]
    after: BoolArray = (p.source_change > 0) & (rows > place)
    return after


def _with_vendor_ranges(p: ProcessParameters, draws: Draws, bars: Bars, changed: BoolArray) -> Bars:
    """Ranges that are too wide or too narrow all the time, since a change, or from row to row."""
    log_factor = p.range_bias + p.range_noise * draws.normal() + p.range_change * changed
    middle, half = (bars.high + bars.low) / 2, (bars.high - bars.low) / 2 * np.exp(log_factor)
    return bars.with_range(middle + half, middle - half)


def _splits(p: ProcessParameters, draws: Draws) -> Float64Array:
    """Log of the factor of all splits, spin-offs and consolidations up to each row."""
    sizes = p.split_size * np.exp(0.5 * draws.normal())
    signs = np.where(draws.uniform() < 0.5, -1, 1)
    return np.cumsum(draws.happens(p.split_probability) * signs * sizes, axis=0)


@dataclass(frozen=True)
class Gaps:
    """Cells of a file that are empty or without information, (symbols,) and (rows, symbols)."""

    no_volume: BoolArray
    no_range: BoolArray
    flat_range: BoolArray
    zero_volume: BoolArray


def draw_gaps(parameters: ProcessParameters, draws: Draws) -> Gaps:
    """Columns that a symbol lacks, and days whose volume is zero although they were traded."""
    lacking = parameters.missing_columns
    return Gaps(
        (lacking == NO_VOLUME) | (lacking == CLOSE_ONLY),
        lacking == CLOSE_ONLY,
        lacking == FLAT_RANGE,
        draws.happens(parameters.zero_volume),
    )
