"""A training that was broken off goes on, and ends in the bytes of one that was not."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace

import numpy as np
import pytest
from builders import ignore, prepared_of, prices_of, random_walk
from processes import AT_ONCE, LIMIT, Started

from rnncli import __version__
from rnncli.errors import CannotCreateError, MissingInputError, UsageError
from rnncli.models.model import encode, load_model, save_model
from rnncli.network.network import Network
from rnncli.settings import (
    CheckpointSettings,
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.storage.tensor_file import seal, unseal
from rnncli.training import checkpoints as checkpoint_module
from rnncli.training.checkpoints import (
    Checkpoints,
    at_epoch,
    digest,
    path_of,
    path_of_epoch,
    read,
    remove,
)
from rnncli.training.fit import Fitted, fit_model

pytestmark = pytest.mark.thorough

WALKS = {f"S{i}": random_walk(np.random.default_rng(i), 50 + i) for i in range(3)}
UNEQUAL = {
    f"S{i}": random_walk(np.random.default_rng(i), int(3000 * 0.93**i)) for i in range(70)
}  # which follow one another in lanes
EPOCHS = 9


class BrokenOffError(Exception):
    """Ends a training, as a kill would."""


def fitted(
    model, shape=None, keeping=None, prices=WALKS, on_epoch=ignore, late=lambda: False, note=ignore,
    scale="log-return", warn=ignore, inputs="close",
    **training,
) -> Fitted:  # fmt: skip
    """A training of a few epochs, with decays of the learning rate on its way."""
    defaults = {
        "epochs": EPOCHS, "bptt": 8, "patience": 1, "patience_steps": 0, "decays": 99,
        "batch_size": 32,
    }  # fmt: skip
    settings = CheckpointSettings(**({"checkpoint_every": 1} | (keeping or {})))
    return fit_model(
        prices_of(prices),
        ReadSettings(),
        PrepareSettings(scale=scale, inputs=inputs),
        NetworkSettings(**({"hidden_size": 3} | (shape or {}))),
        TrainSettings(**(defaults | {"loss": "mse"} | training)),
        RunSettings(1),
        ignore,
        ignore,
        on_epoch,
        checkpoints=Checkpoints(str(model), settings, note, warn, late),
    )


def broken_off(model, epoch, where, monkeypatch, **options):
    """Break a training off in an epoch: before its checkpoint is written, or right after."""

    def on_epoch(done):
        if where == "before the checkpoint" and done.epoch == epoch:
            raise BrokenOffError

    written = []

    def write(path, content):
        write_for_good(path, content)
        written.append(path)
        if where == "after the checkpoint" and len(written) == epoch:
            raise BrokenOffError

    write_for_good = checkpoint_module.write_atomically
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_module, "write_atomically", write)
        with pytest.raises(BrokenOffError):
            fitted(model, on_epoch=on_epoch, **options)


TRAININGS = {
    "defaults": {},
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
    "dropout": {"shape": {"layers": 2}, "dropout": 0.3},
    "no validation": {"validation": 0.0},
    "no average": {"average": 0.0, "learning_rate": 0.3},
    "lstm": {"shape": {"cell": "lstm"}},
    "encoder-decoder": {"shape": {"mode": "encoder-decoder", "horizon": 3}},
    "encoder-decoder, sgd, dropout": {
        "shape": {"mode": "encoder-decoder", "horizon": 3, "layers": 2, "cell": "gru"},
        "optimizer": "sgd", "dropout": 0.3,
    },
    "seq2vec": {"shape": {"mode": "seq2vec", "horizon": 3}},
    "unequal lengths": {"prices": UNEQUAL, "batch_size": 70, "bptt": 64},
}  # fmt: skip


@pytest.mark.slow_shapes
@pytest.mark.parametrize("training", TRAININGS)
def test_a_training_that_goes_on_ends_in_the_same_bytes(training, tmp_path, monkeypatch):
    """Broken off again and again, at several places and with another interval each time."""
    options, model = TRAININGS[training], tmp_path / "m"
    straight = fitted(tmp_path / "other", keeping={"checkpoint_every": 0}, **options)
    for epoch, where, every in ((2, "after", 1), (6, "before", 2), (1, "after", 3)):
        keeping = {"resume": True, "checkpoint_every": every}
        broken_off(model, epoch, f"{where} the checkpoint", monkeypatch, keeping=keeping, **options)
    seen = []
    last = fitted(model, keeping={"resume": True}, on_epoch=seen.append, **options)
    assert [epoch.epoch for epoch in seen] == list(range(7, EPOCHS + 1))
    assert encode(last.model) == encode(straight.model)


def test_decays_are_gone_through(tmp_path):
    """The trainings above do what they are to survive: a decay goes back to the best weights."""
    rates = [epoch.learning_rate for epoch in fitted(tmp_path / "m").run.epochs]
    assert len(set(rates)) > 1


def test_checkpoints_change_no_byte(tmp_path):
    """With, without, or with kept ones: the same model."""
    ways = ({"checkpoint_every": 0}, {}, {"checkpoint_every": 4, "keep_checkpoints": True})
    assert len({encode(fitted(tmp_path / "m", keeping=way).model) for way in ways}) == 1


def test_a_training_may_go_on_for_more_epochs_than_were_asked_for(tmp_path):
    """--epochs says when to stop, and nothing else; fewer than were done are retrained."""
    fitted(tmp_path / "m", epochs=4)
    longer = fitted(tmp_path / "m", keeping={"resume": True})
    assert encode(longer.model) == encode(fitted(tmp_path / "other").model)
    said = []
    few = fitted(tmp_path / "m", keeping={"resume": True}, epochs=4, warn=said.append)
    assert encode(few.model) == encode(fitted(tmp_path / "other", epochs=4).model)
    assert said == [
        f"{tmp_path / 'm'}.checkpoint: has 9 epochs already, more than epochs=4; training starts"
        " anew"
    ]


def test_without_a_checkpoint_training_starts_again(tmp_path):
    """A nightly job says --resume always; a note tells that there was nothing."""
    said = []
    found = fitted(tmp_path / "m", keeping={"resume": True}, note=said.append)
    assert len(found.run.epochs) == EPOCHS
    assert said == [f"there is no {tmp_path / 'm.checkpoint'}, so training starts anew"]


def starts_anew(model, said, **options):
    """Training passes a checkpoint over with one warning, and replaces it by its own."""
    told = []
    found = fitted(model, keeping={"resume": True}, warn=told.append, **options)
    assert told == [f"{model}.checkpoint: {said}; training starts anew"]
    assert len(found.run.epochs) == EPOCHS == _epochs(model)
    straight = fitted(model.with_name("other"), keeping={"checkpoint_every": 0}, **options)
    assert encode(found.model) == encode(straight.model)


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 1}, "was begun with seed 0, not 1"),
        ({"shape": {"hidden_size": 4}}, "was begun with hidden_size 3, not 4"),
        ({"shape": {"cell": "gru"}}, "was begun with cell rnn, not gru"),
        ({"prices": WALKS | {"S0": WALKS["S1"]}}, "was begun with other prices"),
        ({"prices": {"S0": WALKS["S0"]}}, "was begun with other prices"),
        ({"scale": "standard"}, "was begun with scale log-return, not standard"),
        ({"validation": 0.3}, "was begun with validation 0.2, not 0.3"),
    ],
)
def test_a_checkpoint_of_something_else_is_passed_over(change, said, tmp_path):
    """Prices are others every night: none needs a person to clean up."""
    fitted(tmp_path / "m", epochs=3)
    starts_anew(tmp_path / "m", said, **change)


def test_inputs_that_nobody_typed_are_not_blamed_alone(tmp_path):
    """They follow from the columns of the prices, which are others."""
    direct = {"shape": {"mode": "direct"}, "loss": "student-t"}
    fitted(tmp_path / "m", epochs=3, inputs="close,level", **direct)
    auto = "close,level,leverage,rhythm"
    said = f"was begun with other prices, or with inputs close,level, not {auto}"
    starts_anew(tmp_path / "m", said, prices={"S0": WALKS["S0"]}, inputs="auto", **direct)
    fitted(tmp_path / "n", epochs=3, inputs="close,level", **direct)
    starts_anew(
        tmp_path / "n", "was begun with inputs close,level, not close", inputs="close", **direct
    )


STAGES = (PrepareSettings, NetworkSettings, TrainSettings)
NAMES = [field.name for stage in STAGES for field in fields(stage) if field.name != "epochs"]


@pytest.mark.slow_shapes
@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_of_any_other_setting_is_passed_over(name, tmp_path):
    """Each shapes the model in the end, --patience as well; none but --epochs may be another."""
    model, told = tmp_path / "m", []
    fitted(model, epochs=2)

    def other(content, _):
        content["settings"][name] = "other"

    forged(tmp_path / "m.checkpoint", other)
    fitted(model, epochs=2, keeping={"resume": True}, warn=told.append)
    said = f"{model}.checkpoint: was begun with {name} other, not "
    assert [line[: len(said)] for line in told] == [said]
    assert told[0].endswith("; training starts anew")


def test_a_training_goes_on_only_with_the_patience_it_was_begun_with(call, prices, tmp_path):
    """One that is asked to stop later is another training, and says so; its model is that one's."""
    path, other = tmp_path / "m", tmp_path / "other"
    words = ("--hidden-size", 3, "--checkpoint-every", 1, "--resume")
    call("train", prices, "-o", path, *words, "--epochs", 4, "--patience", 2)
    begun = ("--epochs", 10**6, "--patience", 10**6, "--time-budget", "0")
    assert call("train", prices, "-o", path, *words, *begun).returncode == 0
    assert _epochs(path) == 1
    changed = ("--epochs", 6, "--patience", 7)
    done = call("train", prices, "-o", path, *words, *changed)
    said = f"{path}.checkpoint: was begun with --patience {10**6}, not 7; training starts anew"
    assert (done.returncode, said in done.stderr.decode()) == (0, True)
    call("train", prices, "-o", other, "--hidden-size", 3, *changed)
    assert path.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("kind", ["cut", "cut short", "flipped", "empty", "zeros"])
def test_a_damaged_checkpoint_is_passed_over(kind, tmp_path):
    """Any changed byte is noticed, and what a crash of the machine may leave."""
    fitted(tmp_path / "m", epochs=3)
    path = tmp_path / "m.checkpoint"
    data = path.read_bytes()
    path.write_bytes({
        "cut": data[:-1], "cut short": data[:60], "empty": b"", "zeros": bytes(len(data)),
        "flipped": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    }[kind])  # fmt: skip
    starts_anew(tmp_path / "m", "is damaged")


@pytest.mark.parametrize("keeping", [{"checkpoint_every": 1}, {"resume": True}])
@pytest.mark.parametrize("kind", ["text", "model"])
def test_what_never_was_a_checkpoint_is_refused(kind, keeping, tmp_path, hand_made):
    """Nothing else is overwritten or removed, with --resume or without."""
    path = tmp_path / "m.checkpoint"
    path.write_bytes(b"date,close\n" if kind == "text" else hand_made.read_bytes())
    before = path.read_bytes()
    with pytest.raises(CannotCreateError, match=r"m\.checkpoint: exists and is not a checkpoint"):
        fitted(tmp_path / "m", keeping={"checkpoint_every": 0, **keeping})
    remove(str(tmp_path / "m"))
    assert path.read_bytes() == before


def forged(path, change):
    """A checkpoint that says something else, under a digest that fits."""
    content, tensors = unseal(path.read_bytes())
    change(content, tensors)
    path.write_bytes(seal(tensors, content))


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "change",
    [
        lambda _, tensors: tensors.pop("weights"),
        lambda _, tensors: tensors.update(weights=tensors["weights"][:1]),
        lambda _, tensors: tensors.update({"optimizer.mean": np.zeros(1)}),
        lambda _, tensors: tensors.update(best=tensors["best"].astype(np.float64)),
        lambda content, _: content["values"].pop("best_epoch"),
        lambda content, _: content["values"].pop("schedule.rate"),
        lambda content, _: content["values"].update({"average.count": "many"}),
        lambda content, _: content["values"].update(rng={"bit_generator": "MT19937"}),
        lambda content, _: content["values"].update(epochs=[{"loss": 1}]),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_passed_over(change, tmp_path):
    """No array of another shape reaches a kernel, no other value the training."""
    fitted(tmp_path / "m", epochs=3)
    forged(tmp_path / "m.checkpoint", change)
    starts_anew(tmp_path / "m", "does not fit this training")


def test_a_checkpoint_of_another_version_is_passed_over(tmp_path, monkeypatch):
    """Kernels may have changed since, and the bytes with them."""
    with monkeypatch.context() as patch:
        patch.setattr("rnncli.storage.tensor_file.__version__", "0.0.1")
        fitted(tmp_path / "m", epochs=3)
    starts_anew(tmp_path / "m", f"is of rnncli 0.0.1, not {__version__}")


def test_a_place_that_cannot_be_read_is_reported(tmp_path):
    """A folder where the checkpoint should be."""
    (tmp_path / "m.checkpoint").mkdir()
    with pytest.raises(MissingInputError, match=r"m\.checkpoint: "):
        read(path_of(str(tmp_path / "m")))


def test_time_that_is_up_ends_training_at_the_best_weights(tmp_path):
    """In the middle of an epoch, which does not count; the first one is finished in any case."""
    asked = []

    def late():
        asked.append(None)
        return len(asked) > 10

    found = fitted(tmp_path / "m", late=late).run
    whole = fitted(tmp_path / "other").run
    assert found.out_of_time
    assert not whole.out_of_time
    assert found.epochs == whole.epochs[: len(found.epochs)]
    assert 1 < len(found.epochs) < EPOCHS
    best = min(found.epochs, key=lambda epoch: epoch.validation_loss)
    assert found.best_epoch == best.epoch
    hurried = fitted(tmp_path / "m", late=lambda: True).run
    assert (len(hurried.epochs), hurried.best_epoch, hurried.out_of_time) == (1, 1, True)


def test_what_had_no_time_can_go_on(tmp_path):
    """A training cut short by its budget leaves the checkpoint; the next one takes it further."""
    asked = []
    said = []

    def late():
        asked.append(None)
        return len(asked) > 10

    found = fitted(tmp_path / "m", late=late)
    settings = CheckpointSettings(checkpoint_every=1)
    Checkpoints(str(tmp_path / "m"), settings, said.append, ignore, late).end(found.run)
    assert said == [f"time was up after epoch {len(found.run.epochs)}; resume goes on"]
    whole = fitted(tmp_path / "m", keeping={"resume": True})
    assert encode(whole.model) == encode(fitted(tmp_path / "other").model)


def test_the_digest_is_of_every_array():
    """One value, the ends of the series, or the part that is held back: another digest."""
    one = [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0]]
    other = [[1.0, 2.0, 3.0, 4.5], [5.0, 6.0, 7.0]]
    moved = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]
    found = {digest(prepared_of(series, 0.4)) for series in (one, other, moved)}
    found |= {digest(prepared_of(one, 0.0))}
    assert len(found) == 4
    assert digest(prepared_of(one, 0.4)) in found


def test_the_digest_is_not_of_the_rows_that_prices_begin_with():
    """Which a training does not see: older checkpoints can be resumed."""
    prepared = prepared_of([[1.0, 2.0, 3.0]], 0.4)
    assert digest(replace(prepared, first_rows=prepared.first_rows + 1)) == digest(prepared)


def kept(tmp_path, every=2, **options):
    """A model with its kept checkpoints."""
    keeping = {"checkpoint_every": every, "keep_checkpoints": True}
    found = fitted(tmp_path / "m", keeping=keeping, **options)
    save_model(str(tmp_path / "m"), found.model)
    return load_model(str(tmp_path / "m"))


def but_location(network):
    """The weights but for those of the location, of which a model has what is supported."""
    copy = Network(network.architecture, network.flat.copy())
    for name in ("head.weight", "head.bias"):
        copy.parameters[name][0] = 0
    return copy.flat.tobytes()


def test_kept_checkpoints_hold_the_weights_of_their_epochs(tmp_path):
    """At the best epoch they are those of the model, though a decay comes after some."""
    model = kept(tmp_path, every=1)
    best = model.record["best_epoch"]
    found = at_epoch(str(tmp_path / "m"), model, best)
    assert but_location(found) == but_location(model.network)
    assert sorted(os.listdir(tmp_path / "m.checkpoints")) == [f"epoch-{n}" for n in range(1, 10)]


def test_those_of_an_earlier_training_go_with_the_first_of_a_new_one(tmp_path, monkeypatch):
    """Not with one that is gone on from; and nothing goes that is not ours."""
    folder = tmp_path / "m.checkpoints"
    kept(tmp_path, every=2)
    (folder / "epoch-99").write_text("mine", encoding="ascii")
    (folder / "epoch-x").write_bytes((folder / "epoch-2").read_bytes())
    others = ["epoch-99", "epoch-x"]
    keeping = {"keep_checkpoints": True, "checkpoint_every": 3}
    broken_off(tmp_path / "m", 3, "before the checkpoint", monkeypatch, keeping=keeping, seed=1)
    assert sorted(os.listdir(folder)) == [*(f"epoch-{n}" for n in (2, 4, 6, 8)), *others]
    broken_off(tmp_path / "m", 4, "before the checkpoint", monkeypatch, keeping=keeping, seed=1)
    assert sorted(os.listdir(folder)) == ["epoch-3", *others]
    going = {"resume": True, "keep_checkpoints": True, "checkpoint_every": 1}
    fitted(tmp_path / "m", keeping=going, seed=1, epochs=5)
    assert sorted(os.listdir(folder)) == ["epoch-3", "epoch-4", "epoch-5", *others]
    fitted(tmp_path / "m", keeping=going, seed=2, epochs=1)
    assert sorted(os.listdir(folder)) == ["epoch-1", *others]


def test_a_kept_checkpoint_is_as_a_shorter_training_ends(tmp_path):
    """Without validation days the last weights are the ones of the model."""
    model = kept(tmp_path, every=1, validation=0.0)
    for epochs in (1, 5):
        shorter = fitted(tmp_path / "other", epochs=epochs, validation=0.0).run.network
        longer = at_epoch(str(tmp_path / "m"), model, epochs)
        assert but_location(longer) == but_location(shorter)


def test_an_epoch_that_was_not_kept_is_reported_with_those_that_were(tmp_path):
    """And where none was kept, how to; a kept one of another training is none."""
    model = kept(tmp_path)
    with pytest.raises(UsageError, match=r"^at epoch:3: .*m has checkpoints of epochs 2, 4, 6, 8"):
        at_epoch(str(tmp_path / "m"), model, 3)
    os.replace(path_of_epoch(str(tmp_path / "m"), 4), path_of_epoch(str(tmp_path / "m"), 3))
    (tmp_path / "m.checkpoints" / "epoch-6").write_bytes(b"torn")
    with pytest.raises(UsageError, match=r"has checkpoints of epochs 2, 8$"):
        at_epoch(str(tmp_path / "m"), model, 3)
    kept(tmp_path, seed=1)
    with pytest.raises(UsageError, match="has no checkpoints; train it with checkpoint_every=1"):
        at_epoch(str(tmp_path / "m"), model, 2)


TINY = ("--hidden-size", 3, "--epochs", 12, "--patience", 99)


def test_the_checkpoint_goes_once_the_model_is_there(call, prices, tmp_path):
    """A training that ended leaves the model alone."""
    path = tmp_path / "m"
    done = call("train", prices, "-o", path, *TINY, "--checkpoint-every", 5, "--resume")
    assert (done.returncode, done.stderr) == (0, b"")
    assert os.listdir(tmp_path) == ["m"]
    assert json.loads(done.stdout)["out_of_time"] is False


@pytest.mark.slow
def test_a_killed_training_goes_on(rnncli, prices, tmp_path):
    """SIGINT, SIGTERM and SIGKILL leave a checkpoint that holds, and the end is the same."""
    options = ("--hidden-size", 16, "--epochs", 4000, "--patience", 10**6)
    keeping = ("--checkpoint-every", 1, "--resume")
    path = tmp_path / "m"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        words = map(str, ("train", prices, "-o", path, *options, *keeping))
        with Started(
            [sys.executable, "-m", "rnncli", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            _until((tmp_path / "m.checkpoint").exists)
            before = _epochs(path)
            _until(lambda before=before: _epochs(path) > before)
            sent = time.monotonic()
            process.send_signal(number)
            out, err = process.communicate()
            assert time.monotonic() - sent < AT_ONCE
        assert (process.returncode, out, err) == (-number, b"", b"")
        assert _epochs(path) > before
    done = _epochs(path)
    straight = rnncli("train", prices, "-o", tmp_path / "s", *options, "--epochs", done + 3)
    more = rnncli("train", prices, "-o", path, *options, *keeping, "--epochs", done + 3)
    assert (straight.returncode, more.returncode, more.stderr) == (0, 0, b"")
    assert path.read_bytes() == (tmp_path / "s").read_bytes()


def _epochs(model):
    return len(read(path_of(str(model))).snapshot.values["epochs"])


def _until(true):
    give_up = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.mark.slow
def test_a_time_budget_ends_a_run_in_time_with_a_model(rnncli, prices, tmp_path):
    """Status 0, the best weights so far, and the report says why it ended."""
    path = tmp_path / "m"
    options = ("--epochs", 10**6, "--patience", 10**6, "--checkpoint-every", 1)
    done = rnncli("train", prices, "-o", path, *options, "--time-budget", "2s")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["out_of_time"] is True
    assert load_model(str(path)).record["out_of_time"] is True
    assert _epochs(path) == found["epochs"]
    table = rnncli("train", prices, "-o", path, *options, "--time-budget", "1", "--format", "table")
    assert b"The time budget ended after epoch " in table.stdout


@pytest.mark.parametrize(
    ("options", "status", "named"),
    [
        (("--keep-checkpoints",), 2, "add --checkpoint-every"),
        (("--time-budget", "soon"), 2, "--time-budget soon: is not a duration; use 60s, 5m or 2h"),
        (("--time-budget", "-1"), 2, "is not a duration"),
        (("--time-budget", "1e3"), 2, "is not a duration"),
        (("--checkpoint-every", -1), 2, "--checkpoint-every"),
        (("--checkpoint-every", 1, "-o", "FOREIGN"), 73, "exists and is not a checkpoint"),
        (("--resume", "-o", "FOREIGN"), 73, "exists and is not a checkpoint"),
        (("--checkpoint-every", 1, "--keep-checkpoints", "-o", "BLOCKED"), 73, "is not a folder"),
        (("--checkpoint-every", 1, "-o", "n" * 250), 73, "File name too long"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(options, status, named, call, tmp_path):
    """One line and the right status; the prices are not even looked for."""
    (tmp_path / "FOREIGN.checkpoint").write_text("mine", encoding="ascii")
    (tmp_path / "BLOCKED.checkpoints").write_text("mine", encoding="ascii")
    words = [tmp_path / o if options[max(i - 1, 0)] == "-o" else o for i, o in enumerate(options)]
    output = () if "-o" in options else ("-o", tmp_path / "m")
    done = call("train", tmp_path / "none.csv", *output, *words)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (status, b"", 1)
    assert named in done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "seconds"), [("60", 60), ("60s", 60), ("1.5m", 90), ("2h", 7200), ("0", 0)]
)
def test_times_are_in_seconds_minutes_or_hours(text, seconds):
    """A plain number is seconds."""
    assert CheckpointSettings(time_budget=text).seconds == seconds


def test_a_checkpoint_is_not_a_model(call, prices, tmp_path):
    """Named as one it is told from a damaged model."""
    path = tmp_path / "m"
    options = ("--checkpoint-every", 1, "--keep-checkpoints")
    assert call("train", prices, "-o", path, *TINY, *options).returncode == 0
    done = call("predict", tmp_path / "m.checkpoints" / "epoch-2", prices)
    assert (done.returncode, done.stderr.count(b"\n")) == (65, 1)
    assert b"is a checkpoint, not a model" in done.stderr
