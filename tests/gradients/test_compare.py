"""Gradients compared: untrained cells of one seed on the user's prices, and several models."""

import csv
import io
import json
import shutil

import numpy as np
import pytest
from builders import ALONE, one_unit, prepared_of, prices_of, random_walk
from pages import data_of

from rnncli.gradients.compare import subjects_from_cells, subjects_from_models
from rnncli.gradients.report import gradient_by_lag
from rnncli.kernels import CELLS
from rnncli.models.model import load_model
from rnncli.network.from_settings import start_network
from rnncli.settings import CompareSettings, NetworkSettings

LAG = 49


def silent(message):
    raise AssertionError(message)


def at_lag_49(cell, **given):
    """Relative norms at lag 49 of untrained networks of five seeds, on simulated prices."""
    rng = np.random.default_rng(0)
    prices = prices_of({f"S{i}": random_walk(rng, 120) for i in range(12)})
    found = []
    for seed in range(5):
        settings = CompareSettings(compare=cell, seed=seed, **given)
        subject = subjects_from_cells(settings, prices, silent, silent)[cell]
        found.append(subject.report(ALONE).lags.relative[LAG])
    return float(np.median(found))


@pytest.mark.thorough
def test_at_lag_49_a_halving_loop_is_dead_and_an_open_lstm_alive():
    """0.5^49 is nothing; a forget bias of 3 keeps a twentieth or more, the default of 1 does not.

    Measured: 1.8e-15, 0.43 and 0.031.
    """
    loop = gradient_by_lag(
        one_unit(1.0, 0.5, 1.0), prepared_of([[1.0] + [0.0] * 50 + [1.0]]), "mse", ALONE
    )
    assert loop.relative[LAG] == pytest.approx(0.5**49, rel=1e-12)
    opened = at_lag_49("lstm", hidden_size=16, forget_bias=3.0)
    default = at_lag_49("lstm", hidden_size=16)
    assert opened >= 0.05 > default


def test_cells_start_as_train_would_start_them():
    """Same seed, same weights, same view of the prices as `train` with these options."""
    prices = prices_of({"A": random_walk(np.random.default_rng(0), 60)})
    settings = CompareSettings(compare="gru,lstm", hidden_size=5, layers=2, seed=3, init="uniform")
    found = subjects_from_cells(settings, prices, silent, silent)
    for cell in ("gru", "lstm"):
        shape = NetworkSettings(cell=cell, hidden_size=5, layers=2, init="uniform")
        assert found[cell].network.flat.tobytes() == start_network(shape, 3).flat.tobytes()
        assert found[cell].clip_rate is None
    assert found["gru"].prepared.preparation.scale == "log-return"


def test_an_activation_is_for_the_cells_that_have_it():
    """relu beside a gated cell, which has tanh alone."""
    prices = prices_of({"A": random_walk(np.random.default_rng(0), 60)})
    settings = CompareSettings(compare="rnn,gru", activation="relu", init="identity")
    found = subjects_from_cells(settings, prices, silent, silent)
    chosen = {cell: subject.network.architecture.activation for cell, subject in found.items()}
    assert chosen == {"rnn": "relu", "gru": "tanh"}


def test_a_model_at_init_is_the_start_of_its_seed(model):
    """--at init reports on the untrained network, which has clipped nothing."""
    prices = prices_of({"A": random_walk(np.random.default_rng(0), 60)})
    loaded = load_model(str(model))
    init, final = (
        subjects_from_models({"m": loaded}, at, prices, silent, silent)["m"]
        for at in ("init", None)
    )
    assert final.network is loaded.network
    assert final.clip_rate == loaded.record["clip_rate"]
    assert init.network.flat.tobytes() == final.start.flat.tobytes()
    report = init.report(ALONE)
    assert report.lags.memory == report.memory_at_start == final.report(ALONE).memory_at_start
    assert report.clip_rate is None


@pytest.mark.thorough
def test_cells_side_by_side_for_programs(call, prices):
    """JSON holds a whole report a cell, CSV and JSON lines a row a cell and lag."""
    command = ("gradients", "--compare", "rnn,gru,lstm", "--hidden-size", 4, prices)
    document = json.loads(call(*command).stdout)
    assert [one["network"] for one in document["networks"]] == ["rnn", "gru", "lstm"]
    for one in document["networks"]:
        assert one["memory"] == one["memory_at_start"]
        assert one["clip_rate"] is None
        assert {"lags", "parameters", "half_life", "verdict", "reason", "remedy"} <= set(one)
    rows = list(csv.DictReader(io.StringIO(call(*command, "--format", "csv").stdout.decode())))
    assert list(rows[0]) == ["network", "lag", "norm", "relative", "series"]
    lags = [
        (one["network"], str(lag["lag"])) for one in document["networks"] for lag in one["lags"]
    ]
    assert [(row["network"], row["lag"]) for row in rows] == lags
    lines = call(*command, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["relative"] for line in lines] == [float(r["relative"]) for r in rows]


@pytest.mark.thorough
def test_cells_side_by_side_on_a_terminal(screen, golden, prices):
    """A column a cell with bars, and memory, half-life and verdict of each, on 80 columns."""
    command = ("gradients", "--compare", "rnn,gru,lstm", "--hidden-size", 4, prices, "-q")
    shown = screen(80, *command, TERM="dumb", NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 80
    golden("compare_80.txt", shown)


@pytest.mark.thorough
def test_several_models_are_compared(call, hand_made, model, prices):
    """Models are known by their first bytes, wherever they stand among the price files."""
    done = call("gradients", prices, hand_made, model)
    assert (done.returncode, done.stderr) == (0, b"")
    both = json.loads(done.stdout)["networks"]
    assert [one["network"] for one in both] == [hand_made.name, model.name]
    alone = json.loads(call("gradients", hand_made, prices).stdout)
    assert alone.pop("schema") == "rnncli/gradients/1"
    assert {name: both[0][name] for name in alone} == alone


def test_a_series_that_fails_every_model_is_reported_once(call, model, prices, tmp_path):
    """One line on stderr for it, status 1, and the reports on the others."""
    other, bad = tmp_path / "other.model", tmp_path / "oil.csv"
    shutil.copy(model, other)
    bad.write_text("date,close\n2024-01-01,1\n2024-01-02,-3\n2024-01-03,2\n", encoding="ascii")
    done = call("gradients", model, other, prices, bad)
    assert (done.returncode, done.stderr.count(b"error: ")) == (1, 1)
    assert len(json.loads(done.stdout)["networks"]) == 2


def test_models_of_one_name_are_distinguished_by_their_folders(call, model, prices, tmp_path):
    """The whole path is shown where the name of the file is not enough."""
    copy = tmp_path / model.name
    shutil.copy(model, copy)
    shown = json.loads(call("gradients", model, copy, prices).stdout)["networks"]
    assert [one["network"] for one in shown] == [str(model), str(copy)]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--compare", "rnn,gnu"), "no 'gnu'; did you mean gru?"),
        (("--compare", "rnn,xyz"), f"no 'xyz'; there are {', '.join(CELLS)}"),
        (("--compare", "rnn,rnn"), "named twice"),
        (("--compare", ""), "--compare has no value"),
        (("--compare", "rnn", "--at", "final"), "trains nothing"),
        (("--compare", "gru", "--activation", "relu"), "is for rnn"),
        (("--compare", "rnn", "MODEL"), "leave out the models"),
        (("MODEL", "--hidden-size", 8), "--hidden-size: a model has its own"),
        (("MODEL", "--seed", 0), "--seed: a model has its own"),
        (("MODEL", "--at", "epoch:3"), "has no checkpoints; train it with --checkpoint-every"),
        (("MODEL", "--at", "epoch:0"), "--at epoch:0: names no weights; use init, final, epochs"),
        (("MODEL", "--at", "best"), "--at best: names no weights"),
        (("--compare", "rnn", "--at", "epoch:3"), "--at epoch:3: --compare trains nothing"),
        (("--compare", "rnn,gru", "--forget-bias", 2), "is for lstm"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(options, named, call, model, prices):
    """Status 2 and one line that says why."""
    words = [str(model) if word == "MODEL" else word for word in options]
    done = call("gradients", *words, prices)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert named in done.stderr.decode()


@pytest.mark.thorough
def test_the_environment_of_comparisons_leaves_models_alone(call, model, prices, monkeypatch):
    """What it says of the cells to start is ignored for a model; typed, it is refused."""
    plain = call("gradients", model, prices)
    settings = {
        "COMPARE": "rnn,gru", "HIDDEN_SIZE": "7", "SEED": "3", "SCALE": "none", "LAYERS": "2",
        "INIT": "uniform", "ACTIVATION": "relu", "FORGET_BIAS": "2",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"RNNCLI_GRADIENTS_{name}", value)
    assert call("gradients", model, prices).stdout == plain.stdout
    assert call("gradients", model, prices, "--seed", 3).returncode == 2
    assert call("gradients", model, prices, "--compare", "rnn").returncode == 2
    cells = json.loads(call("gradients", prices).stdout)["networks"]
    assert [cell["network"] for cell in cells] == ["rnn", "gru"]
    assert cells[0]["parameters"][0]["shape"] == [7, 1]


@pytest.mark.thorough
def test_the_report_of_an_epoch_is_on_the_weights_it_left(call, prices, tmp_path):
    """--at epoch:N of a kept checkpoint; the clip rate is of the epochs up to it."""
    path = tmp_path / "m"
    options = ("--hidden-size", 3, "--epochs", 6, "--patience", 99, "--checkpoint-every", 2)
    trained = call("train", prices, "-o", path, *options, "--keep-checkpoints", "--format", "jsonl")
    epochs = [json.loads(line) for line in trained.stdout.splitlines()]
    assert call("gradients", path, prices, "--at", "final").returncode == 0
    init, second, last = (
        json.loads(call("gradients", path, prices, "--at", at).stdout)
        for at in ("init", "epoch:2", "epoch:6")
    )
    norms = [report["parameters"][1]["weight_norm"] for report in (init, second, last)]
    assert len(set(norms)) == 3
    assert second["memory_at_start"] == init["memory"]
    counts = [(epoch["clip_rate"] * epoch["steps"], epoch["steps"]) for epoch in epochs[:2]]
    clipped, steps = map(sum, zip(*counts, strict=True))
    assert second["clip_rate"] == pytest.approx(clipped / steps, rel=1e-12)
    refused = call("gradients", path, prices, "--at", "epoch:3")
    assert (refused.returncode, refused.stderr.count(b"\n")) == (2, 1)
    assert b"has checkpoints of epochs 2, 4, 6" in refused.stderr


@pytest.mark.slow
def test_all_kept_epochs_are_networks_of_one_report(call, prices, tmp_path):
    """--at epochs: the same numbers as of each alone; a map as a figure; of one model only."""
    path, drawn = tmp_path / "m", tmp_path / "epochs.svg"
    options = ("--hidden-size", 3, "--epochs", 4, "--patience", 99, "--checkpoint-every", 2)
    assert call("train", prices, "-o", path, *options, "--keep-checkpoints").returncode == 0
    done = call("gradients", path, prices, "--at", "epochs", "--plot", drawn)
    assert (done.returncode, done.stderr) == (0, b"")
    networks = json.loads(done.stdout)["networks"]
    assert [network["network"] for network in networks] == ["epoch 2", "epoch 4"]
    alone = json.loads(call("gradients", path, prices, "--at", "epoch:2").stdout)
    assert {**networks[0], "schema": alone["schema"]} == {**alone, "network": "epoch 2"}
    assert drawn.read_bytes().count(b"<!-- epoch -->") == 1
    table = call("gradients", path, prices, "--at", "epochs", "--format", "table").stdout.decode()
    assert "Gradient by lag, relative to lag 0, epoch by epoch" in table
    done = call("gradients", path, prices, "--at", "epochs", "--html", tmp_path / "h.html")
    assert (done.returncode, done.stderr) == (0, b"")
    charts = data_of((tmp_path / "h.html").read_bytes())["charts"]
    relative = [lag["relative"] for lag in networks[1]["lags"]]
    assert charts["epochs-0"]["rows"] == [2, 4]
    assert charts["epochs-0"]["z"][1][:2] == pytest.approx(relative[:2], rel=0.01)
    assert charts["lags-0"]["marks"][0]["y"] == pytest.approx(
        [max(value, 1e-12) for value in relative], rel=1e-4
    )
    cells = call("gradients", "--compare", "rnn,gru", prices, "--plot", drawn)
    assert (cells.returncode, cells.stderr) == (0, b"")
    assert drawn.read_bytes().count(b"<!-- lag (rows back) -->") == 2  # a panel for each cell
    bare = call("gradients", "prior", prices, "--at", "epochs")
    assert (bare.returncode, b"prior has no checkpoints" in bare.stderr) == (2, True)


def test_prices_must_be_named(call, model):
    """A model alone, or --compare alone, has nothing to run on."""
    assert b"name price files" in call("gradients", model).stderr
    assert call("gradients", model).returncode == 2
    assert call("gradients", "--compare", "rnn").returncode == 2


def test_models_of_different_columns_need_one_named(call, tmp_path):
    """Two columns of one file: which of them to send back must be said."""
    path = tmp_path / "two.csv"
    rows = "".join(f"2024-01-{d:02d},{d % 3 + 1},{d % 5 + 50}\n" for d in range(1, 29))
    path.write_text("date,close,vwap\n" + rows, encoding="ascii")
    names = [tmp_path / column for column in ("close", "vwap")]
    for name in names:
        tiny = ("--hidden-size", 2, "--epochs", 1)
        assert call("train", path, "-o", name, "--column", name.name, *tiny).returncode == 0
    done = call("gradients", *names, path)
    assert (done.returncode, b"--column" in done.stderr) == (2, True)
    assert call("gradients", *names, path, "--column", "close").returncode == 0
