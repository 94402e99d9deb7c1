"""Training that continues from a model: its settings and preparation, weights and record."""

import json
from dataclasses import replace

import numpy as np
import pytest
from builders import ignore, prices_of, random_walk
from states import first_rows
from trained import ONE

from rnncli.errors import DataError, UsageError
from rnncli.models.model import load_model, save_model
from rnncli.models.provenance import refuse_leakage
from rnncli.settings import NetworkSettings, PrepareSettings, ReadSettings, TrainSettings
from rnncli.training.fit import fit_model
from rnncli.training.warm_start import recipe_of

RNG = np.random.default_rng(11)
PRICES = prices_of({"A": random_walk(RNG, 400), "B": random_walk(RNG, 300)})
EARLY = first_rows(PRICES, {"A": 250, "B": 250})
SHAPE = NetworkSettings(hidden_size=3, mode="seq2seq")
PREPARE, TRAIN = PrepareSettings(), TrainSettings()
TRAINING = TrainSettings(epochs=3, bptt=40, pool="none")


def fitted(prices, preparing=PREPARE, shape=SHAPE, training=TRAINING, **more):
    return fit_model(
        prices, ReadSettings(), preparing, shape, training, ONE, more.pop("warn", ignore), ignore,
        ignore, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A model of the early rows."""
    file = tmp_path_factory.mktemp("warm") / "early.model"
    save_model(str(file), fitted(EARLY, PrepareSettings(scale="difference")).model)
    return str(file)


def go_on(path, prices=PRICES, preparing=PREPARE, training=TRAIN, **more):
    return fitted(prices, preparing, NetworkSettings(init=path), training, **more)


def test_the_weights_settings_and_preparation_are_the_start(path):
    """With a tiny learning rate, the result is the model that training started from."""
    before, after = load_model(path), go_on(path, training=TrainSettings(learning_rate=1e-12)).model
    kept = json.loads(json.dumps(after.settings))
    for name in ("prepare", "network"):
        assert kept[name] == before.settings[name]
    assert kept["train"] == {**before.settings["train"], "learning_rate": 1e-12}
    assert after.preparation == before.preparation
    weights, start = after.network.parameters, before.network.parameters
    for name in ("weight_ih_l0", "weight_hh_l0"):
        np.testing.assert_allclose(weights[name], start[name], atol=1e-6)


@pytest.mark.slow
def test_the_learning_rate_is_a_tenth_however_often(path, tmp_path):
    """Of that of the recipe, which trains anew too; one that is given holds."""
    once = go_on(path)
    assert once.run.epochs[0].learning_rate == pytest.approx(0.002)
    again = str(tmp_path / "once.model")
    save_model(again, once.model)
    twice = go_on(again)
    assert twice.run.epochs[0].learning_rate == pytest.approx(0.002)
    assert recipe_of(twice.model)["train"]["learning_rate"] == 0.02
    assert twice.model.record["went_on_from"]["digest"] == load_model(again).digest
    given = go_on(path, training=TrainSettings(), given={"learning_rate"})
    assert given.run.epochs[0].learning_rate == 0.02


def test_a_symbol_that_is_new_has_a_scale_of_its_training_part(path):
    """And later prices change nothing; the known ones keep theirs."""
    new = prices_of({"A": PRICES.series(0), "C": random_walk(RNG, 200) - 90})
    later = replace(new, values=new.values.copy())
    later.values[-20:] += 1000
    before = load_model(path).preparation
    for prices in (new, later):
        transform = go_on(path, prices).model.preparation
        assert transform.fitted["A"] == before.fitted["A"]
        changes = np.diff(new.series(1)[: 200 - int(0.2 * 198)])
        assert transform.fitted["C"][1] == pytest.approx(np.sqrt(np.mean(changes**2)), rel=1e-12)


@pytest.mark.parametrize(
    ("preparing", "shape", "training", "given", "said"),
    [
        (PrepareSettings(scale="standard"), {}, TrainSettings(), (), "scale.*difference"),
        (PrepareSettings(), {"hidden_size": 5}, TrainSettings(), (), "hidden_size 5.*which is 3"),
        (PrepareSettings(), {}, TrainSettings(), ("hidden_size",), "hidden_size 32.*which is 3"),
        (PrepareSettings(), {"cell": "gru"}, TrainSettings(), (), "cell.*which is rnn"),
        (PrepareSettings(), {}, TrainSettings(loss="gaussian"), (), "loss.*which is student-t"),
        (PrepareSettings(), {}, TrainSettings(start="prior"), (), "start"),
        (PrepareSettings(inputs="close,volume"), {}, TrainSettings(), (), "inputs"),
    ],
)
def test_what_the_weights_depend_on_is_refused(path, preparing, shape, training, given, said):
    """Where it differs, by name; a default counts where it was chosen."""
    with pytest.raises(UsageError, match=said):
        fitted(PRICES, preparing, NetworkSettings(init=path, **shape), training, given=given)


@pytest.mark.parametrize("init", ["prior", "orthogonl", "no/such.model"])
def test_what_is_not_a_model_is_refused(init):
    with pytest.raises(UsageError, match="init"):
        go_on(init)


def test_what_either_saw_is_refused_as_a_cutoff(path):
    """The record holds the days of both; a warning where old training days are held back now."""
    warnings = []
    old = replace(first_rows(PRICES, {"A": 120, "B": 120}))
    model = go_on(path, old, warn=warnings.append).model
    seen, before = model.record["seen"], load_model(path).record["seen"]
    for part in ("weights", "early stop", "scaler and bins"):
        assert seen[part][1] == before[part][1]
    assert model.record["last_date"] < before["weights"][1]
    with pytest.raises(DataError, match="saw"):
        refuse_leakage(model.record, np.datetime64(model.record["last_date"], "s"))
    assert any("held back" in line for line in warnings)
    assert not any("held back" in line for line in _warnings_of(path))


def _warnings_of(path):
    warnings = []
    go_on(path, warn=warnings.append)
    return warnings


def test_the_same_bytes_again(path, tmp_path):
    """Of the same model and rows, as for every training."""
    for name in ("one", "two"):
        save_model(str(tmp_path / name), go_on(path).model)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
