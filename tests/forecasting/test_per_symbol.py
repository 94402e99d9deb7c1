"""Forecasts of each symbol by its own model, joined: what each model says of its symbol alone."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of, random_walk

from rnncli.errors import (
    DataError,
    MissingInputError,
    ModelFileError,
    RnncliError,
    UsageError,
)
from rnncli.forecasting.forecast import joined
from rnncli.forecasting.per_symbol import load_symbol_model, predict_each
from rnncli.forecasting.predict import predict
from rnncli.models.model import load_model, save_model
from rnncli.models.model_folder import model_path, settings_of
from rnncli.runtime.task_pool import local
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    TrainSettings,
)
from rnncli.training.per_symbol import Recipe, train_each

WALKS = {name: random_walk(np.random.default_rng(i), 40 + i) for i, name in enumerate("ABC")}
PRICES = prices_of(WALKS)
TWO = PredictSettings(horizon=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Models of three symbols."""
    place = tmp_path_factory.mktemp("models")
    filled(place, PRICES)
    return str(place)


SMALL = NetworkSettings(hidden_size=2)
AS_EVER = PrepareSettings()


def filled(place, prices, shape=SMALL, preparing=AS_EVER, **train):
    training = TrainSettings(**({"epochs": 1, "loss": "mse"} | train))
    recipe = Recipe(ReadSettings(), preparing, shape, training)
    train_each(prices, recipe, str(place), local(1), False, ignore)


def forecast(folder, prices=PRICES, settings=TWO, column=None):
    find = partial(load_symbol_model, folder, column, prices)
    results = dict(predict_each(prices, find, settings, ALONE))
    failed = {symbol: one for symbol, one in results.items() if isinstance(one, RnncliError)}
    parts = [results[symbol][1] for symbol in results if symbol not in failed]
    return joined(prices, parts, failed)


def test_each_is_what_its_own_model_says(folder):
    """All numbers of the joined forecast are those of the symbol's model and prices alone."""
    whole = forecast(folder)
    assert whole.symbols == tuple("ABC")
    for i, symbol in enumerate("ABC"):
        own = predict(load_model(model_path(folder, symbol)), PRICES.subset([i]), TWO, ALONE)
        for name in ("cutoffs", "dates", "forecasts", "naive"):
            np.testing.assert_array_equal(getattr(whole, name)[i], getattr(own, name)[0])
        for level in (80.0, 95.0):
            np.testing.assert_array_equal(whole.lower[level][i], own.lower[level][0])
            np.testing.assert_array_equal(whole.upper[level][i], own.upper[level][0])
        assert whole.rows[i] == own.rows[0]
        np.testing.assert_array_equal(whole.prices.series(i), own.prices.series(0))


def test_models_differ(folder):
    """Each symbol has its own: another one's says something else of it."""
    models = [load_model(model_path(folder, symbol)) for symbol in "AB"]
    said = [predict(model, PRICES.subset([0]), TWO, ALONE).forecasts for model in models]
    assert not np.array_equal(*said)


def test_a_symbol_without_a_model_fails_alone(folder):
    """One line with the remedy; where none has one, that is the fault."""
    strangers = prices_of({"X": WALKS["A"], **WALKS})
    whole = forecast(folder, strangers)
    assert whole.symbols == tuple("ABC")
    assert list(whole.failed) == ["X"]
    assert (
        f"has no model of X; make it with rnncli train --per-series --resume -o {folder}"
        in (whole.failed["X"])
    )
    np.testing.assert_array_equal(whole.forecasts, forecast(folder).forecasts)
    with pytest.raises(MissingInputError, match="no model of X"):
        forecast(folder, prices_of({"X": WALKS["A"]}))


def test_a_model_that_is_fed_other_columns_is_refused(tmp_path):
    """What it learnt from must have been read."""
    filled(tmp_path, PRICES)
    learnt = load_symbol_model(str(tmp_path), None, PRICES, "A").model
    learnt.settings["read"]["column"] = "open"
    save_model(model_path(str(tmp_path), "A"), learnt)
    with pytest.raises(DataError, match="learnt from column open, not close; give column"):
        load_symbol_model(str(tmp_path), "close", PRICES, "A")
    ranged = prices_of({"A": WALKS["A"]})
    ranged.fields.update(volume=np.arange(1.0, 41.0))
    filled(tmp_path, ranged, preparing=PrepareSettings(inputs="close,volume"))
    with pytest.raises(DataError, match="is fed volume too, unlike others"):
        load_symbol_model(str(tmp_path), None, PRICES, "A")


def test_models_for_different_horizons_need_one(tmp_path):
    """Where each says how far it sees, they must agree."""
    filled(tmp_path, prices_of({"A": WALKS["A"]}), NetworkSettings(hidden_size=2, mode="seq2vec"))
    longer = NetworkSettings(hidden_size=2, mode="seq2vec", horizon=3)
    filled(tmp_path, prices_of({"B": WALKS["B"]}), longer)
    both = prices_of({name: WALKS[name] for name in "AB"})
    with pytest.raises(UsageError, match="made for different ones; give one"):
        forecast(str(tmp_path), both, PredictSettings())
    assert forecast(str(tmp_path), both, TWO).forecasts.shape == (2, 2)


@pytest.mark.thorough
def test_classes_stand_beside_none(tmp_path):
    """A model with classes beside one without: no label and no probability for the latter."""
    classes = PrepareSettings(bins=2, labels="low,high")
    filled(tmp_path, prices_of({"A": WALKS["A"]}), preparing=classes, loss="cross-entropy")
    filled(tmp_path, prices_of({"B": WALKS["B"]}))
    whole = forecast(str(tmp_path), prices_of({name: WALKS[name] for name in "AB"}))
    assert whole.labels[1] == ["", ""]
    assert set(whole.labels[0]) <= {"low", "high"}
    assert np.all(np.isnan(whole.shares["low"][1]))
    np.testing.assert_allclose((whole.shares["low"] + whole.shares["high"])[0], 1)


@pytest.mark.parametrize("spoilt", ["A", "C"])
def test_a_damaged_model_fails_alone_wherever_it_stands(tmp_path, spoilt):
    """The settings are those of a model that is whole."""
    filled(tmp_path, PRICES)
    path = Path(model_path(str(tmp_path), spoilt))
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert settings_of(str(tmp_path))["read"]["symbols"] in set("ABC") - {spoilt}
    found = forecast(str(tmp_path))
    assert list(found.failed) == [spoilt]
    for symbol in "ABC":
        Path(model_path(str(tmp_path), symbol)).write_bytes(whole[:-10])
    with pytest.raises(ModelFileError, match="damaged"):
        settings_of(str(tmp_path))


def test_a_model_under_another_name_is_refused(tmp_path):
    """A copy of another symbol's model forecasts nothing."""
    filled(tmp_path, PRICES)
    shutil.copy(model_path(str(tmp_path), "B"), model_path(str(tmp_path), "A"))
    found = forecast(str(tmp_path))
    assert found.symbols == ("B", "C")
    assert "was trained on B; train A anew" in found.failed["A"]


def test_a_symbol_without_a_column_of_its_model_has_no_forecast(tmp_path):
    """Its model would be fed the mean of the column, and others have theirs."""
    columns = {"high": PRICES.values * 1.01, "low": PRICES.values * 0.99}
    whole = replace(PRICES, fields=columns)
    filled(tmp_path, whole, preparing=PrepareSettings(inputs="close,high-low"))
    of_b = slice(PRICES.offsets[1], PRICES.offsets[2])
    lacking = columns["low"].copy()
    lacking[of_b] = np.nan
    prices = replace(whole, fields=columns | {"low": lacking})
    one = PredictSettings(horizon=1)
    find = partial(load_symbol_model, str(tmp_path), None, prices)
    results = dict(predict_each(prices, find, one, ALONE))
    fault = results.pop("B")
    assert isinstance(fault, DataError)
    assert "B has no low, which" in str(fault)
    assert not [one for one in results.values() if isinstance(one, RnncliError)]
