"""Forecasts that continue from a state."""

import dataclasses
from dataclasses import replace

import numpy as np
from builders import ALONE
from states import with_fields

from rnncli.forecasting.incremental.resume import ResumableState
from rnncli.forecasting.incremental.state_file import encode
from rnncli.forecasting.predict import predict
from rnncli.settings import PredictSettings

SETTINGS = PredictSettings(horizon=4, max_jump=0)
DIGEST = "f" * 64


def forecast(model, prices, before=None):
    """A forecast, from a state or without, and what it keeps: the bytes of a file."""
    horizon = 1 if model.preparation.inputs else 4
    warm = ResumableState(model, before)
    result = predict(
        model, with_fields(prices, model), replace(SETTINGS, horizon=horizon), ALONE,
        states_of=lambda known: warm.states_of(known, ALONE),
    )  # fmt: skip
    return result, warm, encode(warm.after, DIGEST)


def assert_same(ref, comp):
    """All numbers of two forecasts."""
    assert ref.symbols == comp.symbols
    for one in dataclasses.fields(ref):
        mine, other = getattr(ref, one.name), getattr(comp, one.name)
        if isinstance(mine, dict) and one.name != "failed":
            assert mine.keys() == other.keys()
            mine, other = list(mine.values()), list(other.values())
        if one.name not in ("prices", "divisors"):  # which a followed row has none of
            np.testing.assert_array_equal(np.array(mine), np.array(other), err_msg=one.name)
