"""A separate model for each symbol: the same from any process, with any other symbols."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from builders import ignore, prices_of, random_walk

from rnncli.errors import ExitStatus, LostWorkerError, ModelFileError
from rnncli.models.model import encode
from rnncli.models.model_folder import model_path
from rnncli.runtime.task_pool import Workers, local
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model
from rnncli.training.per_symbol import Failed, Recipe, Trained, load_models, train_each

pytestmark = pytest.mark.thorough
TWO = pytest.param(2, marks=pytest.mark.slow)

WALKS = {name: random_walk(np.random.default_rng(i), 40 + i) for i, name in enumerate("ABCD")}
RECIPE = Recipe(
    ReadSettings(),
    PrepareSettings(),
    NetworkSettings(hidden_size=2),
    TrainSettings(epochs=2, loss="mse"),
)


def fleet(folder, walks=WALKS, recipe=RECIPE, jobs=1, resume=False, on_outcome=ignore):
    """Outcomes of a training into a folder, which is there."""
    folder.mkdir(exist_ok=True)
    return train_each(
        prices_of(walks), recipe, str(folder), local(jobs), resume, on_outcome
    )  # fmt: skip


def contents(folder):
    """Bytes of every file by its name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def alone(symbol, threads=1):
    """The bytes of a training of one symbol without any other."""
    return encode(
        fit_model(
            prices_of({symbol: WALKS[symbol]}), ReadSettings(symbols=symbol), RECIPE.preparing,
            RECIPE.shape, RECIPE.training, RunSettings(threads), ignore, ignore, ignore,
        ).model
    )  # fmt: skip


@pytest.mark.parametrize("jobs", [1, TWO])
def test_a_model_is_that_of_its_symbol_alone(jobs, tmp_path):
    """The same bytes for any number of processes and threads, and in any company."""
    fleet(tmp_path / "all", jobs=jobs)
    whole = contents(tmp_path / "all")
    assert whole == {f"{symbol}.model": alone(symbol, threads=jobs) for symbol in WALKS}
    fleet(tmp_path / "some", {symbol: WALKS[symbol] for symbol in "DB"}, jobs=jobs)
    assert contents(tmp_path / "some") == {name: whole[name] for name in ("B.model", "D.model")}


@pytest.mark.slow
def test_outcomes_are_in_the_order_of_the_symbols(tmp_path):
    """Each is reported as it comes, and how many there are."""
    told = []
    outcomes = fleet(tmp_path, jobs=2, on_outcome=lambda one, done: told.append((one.symbol, done)))
    assert [one.symbol for one in outcomes] == list("ABCD")
    assert sorted(symbol for symbol, _ in told) == list("ABCD")
    assert [done for _, done in told] == [1, 2, 3, 4]


@pytest.mark.parametrize("jobs", [1, TWO])
def test_a_symbol_that_fails_fails_alone(jobs, tmp_path):
    """One line each, naming the symbol; the others have the bytes that they have without it."""
    walks = {"bad": [8.0, 0.0, 9.0], **WALKS, "single": [8.0]}
    outcomes = fleet(tmp_path, walks, jobs=jobs)
    failed = [one for one in outcomes if isinstance(one, Failed)]
    assert [(one.symbol, one.status) for one in failed] == [
        ("bad", ExitStatus.BAD_DATA), ("single", ExitStatus.BAD_DATA),
    ]  # fmt: skip
    assert "bad has 1 value" in failed[0].fault
    assert failed[1].fault.startswith("single: ")
    assert contents(tmp_path) == {f"{symbol}.model": alone(symbol) for symbol in WALKS}


def test_a_training_that_diverges_fails_alone(tmp_path):
    """With the status that it would have alone."""
    wild = replace(RECIPE, training=replace(RECIPE.training, learning_rate=1e30, clip_norm=0.0))
    outcomes = fleet(tmp_path, {"A": WALKS["A"]}, recipe=wild)
    assert [one.status for one in outcomes] == [ExitStatus.DIVERGED]
    assert outcomes[0].fault.startswith("A: training diverged at ")


@pytest.mark.slow
def test_a_worker_that_is_lost_costs_one_symbol(tmp_path):
    """Its line names the symbol."""

    class Losing(Workers):
        def results(self, task, items):
            for number, result in super().results(task, items):
                yield number, LostWorkerError("died") if number == 1 else result

    tmp_path.mkdir(exist_ok=True)
    losing = Losing(lambda: local(1)._start(), 1)
    outcomes = train_each(prices_of(WALKS), RECIPE, str(tmp_path), losing, False, ignore)
    assert [isinstance(one, Trained) for one in outcomes] == [True, False, True, True]
    assert (outcomes[1].fault, outcomes[1].status) == ("B: died", ExitStatus.BUG)


def resumed(folder, **changes):
    """Which symbols a resumed training of a folder that has all of them trains again."""
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    outcomes = fleet(folder, resume=True, **changes)
    assert [one.symbol for one in outcomes] == list(changes.get("walks", WALKS))
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    return "".join(sorted(name[0] for name in after if after[name] != before.get(name)))


@pytest.mark.slow
def test_what_is_there_is_not_trained_again(tmp_path):
    """Whole, of the same settings and prices: left as it is. Anything else is made anew."""
    first = fleet(tmp_path)
    whole = contents(tmp_path)
    assert resumed(tmp_path) == ""
    assert fleet(tmp_path, resume=True) == first
    (tmp_path / "A.model").unlink()
    (tmp_path / "B.model").write_bytes(whole["B.model"][:-1])
    (tmp_path / "C.model").write_bytes(whole["D.model"])
    assert resumed(tmp_path) == "ABC"
    assert contents(tmp_path) == whole
    longer = {**WALKS, "A": [*WALKS["A"], 100.0]}
    assert resumed(tmp_path, walks=longer) == "A"
    other = replace(RECIPE, training=replace(RECIPE.training, seed=1))
    assert resumed(tmp_path, walks=longer, recipe=other) == "ABCD"
    assert fleet(tmp_path, longer, other, resume=False) == fleet(tmp_path, longer, other)


def test_a_model_of_another_version_is_rebuilt(tmp_path, monkeypatch):
    """The same bytes are promised for the same version only."""
    fleet(tmp_path)
    monkeypatch.setattr("rnncli.models.model_folder.__version__", "9.9")
    assert resumed(tmp_path) == "ABCD"


def test_settings_are_compared_as_a_model_keeps_them():
    """What is left open is settled first, and lists are lists."""
    open_ended = replace(RECIPE, training=TrainSettings())
    settings = open_ended.of("A").as_stored()
    assert settings["read"]["symbols"] == "A"
    assert settings["train"]["loss"] == "student-t"
    assert settings["train"]["level"] == [80.0, 95.0]
    assert settings["network"] == asdict(replace(RECIPE.shape, mode="direct"))


def test_a_folder_lists_its_models(tmp_path):
    """The damaged ones are reported; where none is whole that is the fault."""
    outcomes = fleet(tmp_path)
    assert load_models(str(tmp_path), ignore) == outcomes
    (tmp_path / "B.model").write_bytes(contents(tmp_path)["B.model"] + b"x")
    told = []
    assert load_models(str(tmp_path), told.append) == [one for one in outcomes if one.symbol != "B"]
    assert len(told) == 1
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ModelFileError):
        load_models(str(tmp_path), ignore)


def test_long_names_have_folders_of_their_own(tmp_path):
    """A symbol too long for a file name is trained like others."""
    name = "long" * 100
    outcomes = fleet(tmp_path, {name: WALKS["A"]})
    assert outcomes[0].path == model_path(str(tmp_path), name)
    assert load_models(str(tmp_path), ignore) == outcomes
