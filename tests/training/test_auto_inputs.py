"""`--inputs auto`: what most symbols have, of a network that forecasts every row at once."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of
from states import grown

from rnncli.settings import NetworkSettings, PrepareSettings
from rnncli.training.auto_inputs import (
    CLOSE,
    RANGES,
    RANGES_AND_VOLUME,
    RETURNS,
    WITH_OPEN,
    with_inputs_of,
)
from rnncli.transforms.inputs.table import MARKET

DIRECT = NetworkSettings(mode="direct")
PRICES = grown()
WHOLE = {
    "high": PRICES.values * 1.01, "low": PRICES.values * 0.99,
    "volume": np.full(len(PRICES.values), 1e5),
}  # fmt: skip
OPENED = WHOLE | {"open": PRICES.values * 1.005}
BEFORE = np.concatenate([PRICES.values[:1], PRICES.values[:-1]])  # as the open: no gap


def chosen(fields, shape=DIRECT, inputs="auto"):
    prices = replace(PRICES, fields=fields)
    return with_inputs_of(prices, PrepareSettings(inputs=inputs), shape).inputs


def spoilt(name, value, share=0.2, series=2):
    """A column with a value in the first rows of one series."""
    column = WHOLE[name].copy()
    start, stop = PRICES.offsets[series], PRICES.offsets[series + 1]
    column[start : start + int(np.ceil(share * (stop - start)))] = value
    return WHOLE | {name: column}


@pytest.mark.parametrize(
    ("fields", "inputs"),
    [
        (WHOLE, RANGES_AND_VOLUME), ({}, RETURNS),
        ({"high": WHOLE["high"], "low": WHOLE["low"]}, RANGES),
        ({"volume": WHOLE["volume"]}, RETURNS),
        (spoilt("volume", np.nan), RANGES), (spoilt("volume", 0.0, share=0.6), RANGES),
        (spoilt("high", np.nan), RETURNS), (spoilt("low", WHOLE["high"].max(), share=0.6), RETURNS),
        (spoilt("volume", np.nan, share=0.05), RANGES_AND_VOLUME),
        (OPENED, RANGES_AND_VOLUME + "".join(WITH_OPEN)),
        ({name: OPENED[name] for name in ("open", "high", "low")}, RANGES + WITH_OPEN[0]),
        ({name: OPENED[name] for name in ("open", "volume")}, RETURNS),
        (WHOLE | {"open": BEFORE}, RANGES_AND_VOLUME),
        (WHOLE | {"open": 2 * PRICES.values}, RANGES_AND_VOLUME),
    ],
)  # fmt: skip
def test_columns_are_used_that_most_symbols_have_on_most_rows(fields, inputs):
    assert chosen(fields) == inputs


def test_what_is_chosen_stays():
    assert chosen(WHOLE, inputs="close,volume") == "close,volume"


@pytest.mark.parametrize("mode", ["seq2seq", "seq2vec", "encoder-decoder"])
def test_what_feeds_its_forecasts_back_has_the_close_alone(mode):
    assert chosen(WHOLE, NetworkSettings(mode=mode)) == CLOSE


def test_one_young_listing_of_many_does_not_count():
    """With a share of fewer than 1 in 20; what it lacks is the mean of the others."""
    many = prices_of({f"s{i}": [1.0 + day for day in range(130)] for i in range(40)})
    volume = np.full(len(many.values), 1e5)
    volume[:130] = np.nan
    fields = {"high": many.values * 1.01, "low": many.values * 0.99, "volume": volume}
    prices = replace(many, fields=fields)
    assert (
        with_inputs_of(prices, PrepareSettings(), DIRECT).inputs == f"{RANGES_AND_VOLUME},{MARKET}"
    )
    few = prices.subset(range(1, 20))
    assert with_inputs_of(few, PrepareSettings(), DIRECT).inputs == RANGES_AND_VOLUME
