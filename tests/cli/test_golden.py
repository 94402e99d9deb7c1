"""What the user sees, word for word; renew with `pytest --update-golden` and read the diff.

Tables on a terminal are taken with -q: a note that kernels are compiled comes with a cold cache.
"""

import json

import pytest
import typer
from rounding import rounded

COMMANDS = (
    "train",
    "predict",
    "report",
    "evaluate",
    "risk",
    "score",
    "batch",
    "explain",
    "gradients",
    "unroll",
    "inspect",
    "statland",
    "simulate",
    "warmup",
    "doctor",
    "help",
)
UNROLLED = {
    "two_days": ("--values", "0,0.5"),
    "exploding": ("--w2", "2", "--values", "1", "--days", "51"),
    "vanishing": ("--w2", "0.5", "--values", "1", "--days", "51"),
}
typer_of_the_goldens = pytest.mark.skipif(
    not typer.__version__.startswith("0.29."), reason="other versions of Typer set help otherwise"
)


@typer_of_the_goldens
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_what_a_command_and_each_option_does(command, rnncli, golden):
    """Help is complete, plain text, and changes only on purpose."""
    done = rnncli(*command.split(), "--help", COLUMNS="100", NO_COLOR="1")
    assert (done.returncode, done.stderr) == (0, b"")
    golden(f"help_{command or 'rnncli'}.txt", done.stdout.decode())


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("case", UNROLLED)
def test_unroll_shows_every_number(case, form, call, golden):
    """The unrolled network is printed copy by copy, with its loop factors and a verdict."""
    done = call("unroll", *UNROLLED[case], "--format", form)
    assert (done.returncode, done.stderr) == (0, b"")
    golden(f"unroll_{case}.{form}", done.stdout.decode())


def test_unroll_on_a_terminal_of_80_columns(screen, golden):
    """A table wider than the terminal is split, and no number is cut."""
    golden("unroll_exploding_80.txt", screen(80, "unroll", *UNROLLED["exploding"], TERM="dumb"))


def test_statland_without_noise_follows_its_rules(call, golden):
    """The toy market is the same in every run."""
    done = call("statland", "--companies", 3, "--noise", 0)
    golden("statland.csv", done.stdout.decode())


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_inspect_prices(form, call, golden, prices, monkeypatch):
    """Inspect says what a price file was taken for and lists its series."""
    monkeypatch.chdir(prices.parent)
    golden(f"inspect_prices.{form}", call("inspect", prices.name, "--format", form).stdout.decode())


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_inspect_model(form, call, golden, hand_made, monkeypatch):
    """Inspect says what a model is made of and where it came from."""
    monkeypatch.chdir(hand_made.parent)
    done = call("inspect", hand_made.name, "--format", form)
    golden(f"inspect_model.{form}", done.stdout.decode())


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_predict_for_programs(form, call, golden, hand_made, prices):
    """Machine formats hold every digit, and null or nothing where a bound is not known."""
    done = call("predict", hand_made, prices, "--horizon", 2, "--format", form)
    assert (done.returncode, done.stderr) == (0, b"")
    golden(f"predict.{form}", done.stdout.decode())


@pytest.mark.parametrize("width", [80, 120])
def test_predict_on_a_terminal(width, screen, golden, hand_made, prices):
    """On a terminal predict shows a table that fits its width."""
    shown = screen(width, "predict", hand_made, prices, "--horizon", "2", "-q", TERM="dumb")
    assert max(map(len, shown.splitlines())) <= width
    golden(f"predict_{width}.txt", shown)


def test_predict_on_a_terminal_too_narrow(screen, golden, hand_made, prices):
    """On 40 columns the forecasts stand in parts, symbol and date in each."""
    golden("predict_40.txt", screen(40, "predict", hand_made, prices, "-q", TERM="dumb"))


@pytest.mark.parametrize("width", [80, 120])
def test_charts_on_a_terminal(width, screen, golden, hand_made, prices):
    """Below the table stands a chart of each symbol that fits the width; shades need no colour."""
    options = ("--symbols", "AAA,CC", "--horizon", 4, "--chart", "-q")
    shown = screen(width, "predict", hand_made, prices, *options, TERM="dumb", LC_ALL=None)
    assert max(map(len, shown.splitlines())) <= width
    golden(f"chart_{width}.txt", shown)


@pytest.mark.slow
def test_charts_in_ascii(terminal, golden, hand_made, prices):
    """Where the locale knows ASCII only, so does the chart."""
    options = ("--symbols", "AAA", "--horizon", 4, "--chart", "-q")
    shown = terminal(80, "predict", hand_made, prices, *options, LC_ALL="C", NO_COLOR="1")
    chart = shown[shown.index("AAA: ") :]
    assert chart.replace("\x1b[1m", "").replace("\x1b[0m", "").isascii()
    golden("chart_ascii.txt", shown)


def test_gradients_on_a_terminal(screen, golden, hand_made, prices):
    """The gradients report shows norms by parameter and lag, bars, a verdict and a remedy."""
    golden("gradients_80.txt", screen(80, "gradients", hand_made, prices, "-q", TERM="dumb"))


def test_gradients_for_programs(call, golden, hand_made, prices):
    """The JSON of gradients has every name that the contract lists."""
    done = call("gradients", hand_made, prices)
    assert (done.returncode, done.stderr) == (0, b"")
    golden("gradients.json", json.dumps(rounded(json.loads(done.stdout)), indent=1) + "\n")


@pytest.mark.slow(each_version=True)
@pytest.mark.parametrize("width", [80, 120])
def test_explain_on_a_terminal(width, screen, golden, prices):
    """What moved it by input and by row, sentences below, then the chart by lag."""
    options = ("--symbols", "AAA", "--chart", "-q")
    shown = screen(width, "explain", "prior", prices, *options, TERM="dumb", LC_ALL=None)
    assert max(map(len, shown.splitlines())) <= width
    golden(f"explain_{width}.txt", shown)


def test_explain_of_points_on_a_terminal(screen, golden, hand_made, prices):
    """A model of points has no range: it is the forecast that was moved."""
    options = ("--symbols", "AAA,CC", "--rows", "6", "-q")
    golden("explain_points.txt", screen(80, "explain", hand_made, prices, *options, TERM="dumb"))


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_explain_for_programs(form, call, golden, prices):
    """A row a symbol, row and input; the JSON has sums by input, and each row once."""
    done = call("explain", prices, "--symbols", "CC", "--rows", 4, "--format", form)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    if form == "csv":
        lines = [line.split(",") for line in text.splitlines()]
        text = "\n".join(",".join(map(short, line)) for line in lines) + "\n"
    else:
        documents = [rounded(json.loads(line)) for line in text.splitlines()]
        text = "\n".join(json.dumps(one, indent=1) for one in documents) + "\n"
    golden(f"explain.{form}", text)


def short(text):
    """A number of a cell with as many digits as those of other golden files have."""
    try:
        return str(rounded(float(text)))
    except ValueError:
        return text


def test_train_table(terminal, prices, tmp_path):
    """Training shows its epochs, the validation error beside naive's, and the next command."""
    path = tmp_path / "a model"
    options = ("--hidden-size", 4, "--epochs", 3, "-o", path)
    shown = terminal(80, "train", prices, *options, TERM="dumb", NO_COLOR="1")
    lines = shown.replace("\r", "\n").splitlines()
    head = " epoch  train loss  validation loss  gradient norm  largest  clipped  rate"
    assert [line for line in lines if line.split() == head.split()]
    assert "Training: 3 series, 82 rows, 654 parameters" in lines
    assert any(line.startswith("Validation, one day ahead, ") for line in lines)
    assert f"next: rnncli predict '{path}' {prices}" in shown
    table = [line for line in lines if "note:" not in line]
    assert max(map(len, table)) <= 80


def test_train_for_programs(call, prices, tmp_path):
    """The JSON of training is short; CSV and JSON lines hold every epoch, and so does the model."""
    options = ("train", prices, "-o", tmp_path / "m", "--hidden-size", 2, "--epochs", 2)
    document = json.loads(call(*options).stdout)
    assert list(document) == [
        "schema", "model", "series", "rows", "inputs", "parameters", "units", "epochs",
        "best_epoch", "stopped_early", "out_of_time", "steps", "clip_rate", "validation",
        "location_kept", "pool", "went_on_from", "prior_weight",
    ]  # fmt: skip
    assert list(document["validation"]) == ["unit", "model", "naive", "days"]
    lines = call(*options, "--format", "csv").stdout.decode().splitlines()
    assert lines[0] == (
        "epoch,train_loss,validation_loss,gradient_norm,largest_norm,clip_rate,steps,learning_rate,"
        "update_ratio,dead_units,saturated_units"
    )
    assert len(lines) == 1 + 2
    assert document["epochs"] == 2
    rows = call(*options, "--format", "jsonl").stdout.splitlines()
    kept = json.loads(call("inspect", tmp_path / "m").stdout)["training"]["epochs"]
    assert [json.loads(row) for row in rows] == kept


def test_train_prints_nothing_with_q(call, prices, tmp_path):
    """Not on standard output either, unless a form is asked for; of one model, and of many."""
    tiny = ("train", prices, "--hidden-size", 2, "--epochs", 1, "-q", "-o")
    for more in ((tmp_path / "m",), (tmp_path / "models", "--per-series", "--jobs", 1)):
        done = call(*tiny, *more)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert call(*tiny, tmp_path / "m", "--format", "json").stdout.count(b"\n") == 1
