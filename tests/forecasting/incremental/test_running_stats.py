"""A series taken in row by row leaves behind what it does all at once, to the last bit."""

import dataclasses

import numpy as np
import pytest
from states import KINDS, first_rows, grown, model_of, with_fields

from rnncli.forecasting.incremental.row_hash import RowHashes
from rnncli.forecasting.incremental.running_stats import (
    StatsUpdater,
    running_stats_of,
)
from rnncli.forecasting.incremental.state_file import SUMS
from rnncli.inference.rollout import at_start
from rnncli.prices.date_history import trail
from rnncli.prices.origins import Origins
from rnncli.transforms.dataset import prepare
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.volatility import last_deviations

PRICES = grown()


def pushed(model, prices, i):
    """The statistics of a series taken in row by row, and what was fed of its rows."""
    updater = StatsUpdater(model)
    stats, fed = updater.start(), []
    fields = [prices.fields[name] for name in updater.fields]
    seconds = prices.dates.astype(np.int64).tolist()
    for row in range(prices.offsets[i], prices.offsets[i + 1]):
        values = [float(field[row]) for field in fields]
        inputs = updater.add_row(stats, prices.symbols[i], seconds[row], prices.values[row], values)
        stats.dates.push(seconds[row])
        if updater.begins(stats):
            fed.clear()
        fed.append(inputs)
    return updater, stats, fed


@pytest.mark.slow_shapes
@pytest.mark.parametrize("kind", KINDS)
def test_row_by_row_is_as_all_at_once(kind):
    """The statistics, what the network is fed, the deviation, and the inverse transform."""
    model = model_of(kind, PRICES)
    for rows in (*range(1, 9), 31, 90, 340):
        if rows <= model.preparation.season > 1:
            continue
        some = {"AAA": max(rows, 2), "BBB": min(rows, 90)}
        prices = with_fields(first_rows(PRICES, some), model)
        i = 0 if rows > 90 else 1
        prepared = prepare(prices, model.preparation, 0.0)
        row_hash = int(RowHashes(prices).at(prices.lengths)[i])
        ref = running_stats_of(model, prices, i, row_hash, trail(prices.dates_of(i)))
        updater, comp, fed = pushed(model, prices, i)
        for name in ("rows", "last", "row_hash", "dates", *SUMS):
            np.testing.assert_array_equal(getattr(comp, name), getattr(ref, name), err_msg=name)
        own = slice(prepared.offsets[i], prepared.offsets[i + 1])
        np.testing.assert_array_equal(np.array(fed), prepared.inputs[own])
        after = at_start(model.network, 1)
        states = updater.states([prices.symbols[i]], [comp], after, fed[-1:])
        deviation = last_deviations(prices, model.bounds.unit)[[i]]
        np.testing.assert_array_equal(states.deviations, deviation)
        last = Origins(np.array([i]), prices.lengths[[i]] - 1)
        inverse = inverse_transform(model.preparation, prices, last)
        for one in dataclasses.fields(inverse):
            ours, theirs = getattr(states.inverse, one.name), getattr(inverse, one.name)
            np.testing.assert_array_equal(ours, theirs, err_msg=one.name)
