"""The market as an input, from the shell: what all symbols of a day have in common."""

import csv
import io
import json

import numpy as np
import pytest
from builders import random_walk, weekdays

from rnncli import load, read_prices, train
from rnncli.training.auto_inputs import with_inputs_of

DAYS, SYMBOLS = 130, 21
TRAIN = ("--hidden-size", 2, "--epochs", 1)
NEXT = 60  # rows that a first night has


@pytest.fixture(scope="module")
def lines():
    """Rows of symbols that share their volatility, day by day."""
    rng = np.random.default_rng(4)
    days = weekdays("2023-01-02", DAYS).astype("datetime64[D]")
    walks = [random_walk(rng, DAYS, 0.02) for _ in range(SYMBOLS)]
    return [
        f"{day},S{i:02},{walk[row]:.4f}"
        for row, day in enumerate(days)
        for i, walk in enumerate(walks)
    ]


@pytest.fixture
def prices(lines, tmp_path):
    return written(tmp_path / "prices.csv", lines)


@pytest.fixture(scope="module")
def model(lines, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    trained = train(read_prices(written(folder / "prices.csv", lines)), hidden_size=2, epochs=1)
    assert trained.preparation.inputs[-1] == "market"
    trained.save(folder / "m")
    return folder / "m"


def written(path, lines):
    path.write_text("\n".join(["date,symbol,close", *lines]) + "\n", encoding="ascii")
    return path


def forecasts(done):
    """The rows of a forecast by symbol."""
    assert done.returncode == 0, done.stderr
    by_symbol = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode())):
        by_symbol.setdefault(row["symbol"], []).append(row)
    return by_symbol


def test_a_symbol_has_the_same_forecast_alone_and_among_others(call, model, prices):
    whole = forecasts(call("predict", model, prices))
    done = call("predict", model, prices, "--symbols", "S03,S20")
    assert forecasts(done) == {name: whole[name] for name in ("S03", "S20")}
    assert not done.stderr
    assert len(whole) == SYMBOLS


def test_too_few_symbols_are_warned_of_and_forecast(call, model, lines, tmp_path):
    few = written(tmp_path / "few.csv", [line for line in lines if ",S0" in line])
    done = call("predict", model, few)
    assert len(forecasts(done)) == 10
    assert done.stderr.count(b"\n") == 1
    assert (
        b"warning: fewer than 20 symbols with 22 rows before have prices on the last date of S00"
        in done.stderr
    )


def test_symbols_that_are_not_there_fail_alone(call, model, prices):
    done = call("predict", model, prices, "--symbols", "S03,NONE")
    assert done.returncode == 1
    assert b"no symbol NONE in the input" in done.stderr
    assert done.stdout.count(b"S03") == 5


def test_other_symbols_may_be_unusable_or_end_before(call, model, lines, tmp_path):
    """What only others have is no fault of a forecast; what has no rows then is left out."""
    late = [line.replace(",S03,", ",LATE,") for line in lines[NEXT * SYMBOLS :] if ",S03," in line]
    twice = [line.replace(",S04,", ",TWICE,") for line in lines if ",S04," in line]
    odd = [f"{line[:-1]}9" for line in twice]
    prices = written(tmp_path / "p.csv", [*lines, *late, *twice, *odd])
    until = lines[NEXT * SYMBOLS - 1].split(",")[0]
    done = call("predict", model, prices, "--symbols", "S03,LATE", "--until", until)
    assert forecasts(done).keys() == {"S03"}
    gone = call("predict", model, prices, "--symbols", "LATE", "--until", until)
    assert gone.returncode == 65
    assert b"no rows are left of LATE; change --since or --until" in gone.stderr


def test_a_kept_state_gives_what_all_rows_give(call, model, lines, tmp_path):
    state, first = tmp_path / "s.state", written(tmp_path / "a.csv", lines[: NEXT * SYMBOLS])
    call("predict", model, first, "--state", state)
    whole = written(tmp_path / "b.csv", lines)
    resumed = call("predict", model, whole, "--state", state)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout == call("predict", model, whole).stdout


def test_a_stream_is_refused(call, model, prices):
    done = call("predict", model, "-", "--follow", stdin=prices.read_bytes())
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"this model is fed market" in done.stderr


def test_its_share_of_an_interval_is_explained(call, model, prices):
    done = call("explain", model, prices, "--symbols", "S03", "--format", "csv")
    assert b"market" in done.stdout


def test_inspection_shows_all_that_a_model_is_fed(call, model):
    shown = call("inspect", model, "--format", "table").stdout.decode()
    assert "level, leverage, rhythm, market" in shown


@pytest.mark.slow
def test_a_refit_of_some_symbols_has_the_market_of_all(call, model, prices, monkeypatch):
    """As the model itself, whose settings it has."""
    chosen = []

    def noted(*given):
        chosen.append(with_inputs_of(*given).inputs)
        return with_inputs_of(*given)

    monkeypatch.setattr("rnncli.training.fit.with_inputs_of", noted)
    words = ("--refit", "once", "--folds", 2, "--horizon", 1, "--symbols", "S03,S05")
    done = call("evaluate", model, prices, *words)
    assert done.returncode in (0, 1), done.stderr
    assert [inputs.rpartition(",")[2] for inputs in chosen] == ["market"]


def test_gradients_of_few_symbols_are_warned_of(call, model, lines, tmp_path):
    few = written(tmp_path / "few.csv", [line for line in lines if ",S0" in line])
    done = call("gradients", model, few, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert b"a usual market is taken there" in done.stderr


def test_python_gives_the_forecasts_of_the_shell(call, model, prices):
    """Of some symbols of a file, with the market of all of them."""
    some = read_prices(prices, symbols="S03,S20")
    frame = load(model).predict(some).to_frame()
    shell = forecasts(call("predict", model, prices, "--symbols", "S03,S20"))
    rows = [row for name in ("S03", "S20") for row in shell[name]]
    assert frame["upper_95"].tolist() == [float(row["upper_95"]) for row in rows]


def test_too_few_days_are_no_market(call, lines, tmp_path):
    """Nothing is learnt of them, and nothing refused."""
    short = written(tmp_path / "short.csv", lines[: 25 * SYMBOLS])
    done = call("train", short, "-o", tmp_path / "m", *TRAIN, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "market" not in json.loads(done.stdout)["inputs"]


@pytest.mark.slow
def test_many_symbols_alone_have_no_market(call, prices, tmp_path):
    """One model a symbol learns from that symbol alone; so does one without a linear path."""
    one, folder = tmp_path / "one", tmp_path / "models"
    few = ("--symbols", "S01,S02")
    for arguments in ((one, "--no-linear"), (folder, "--per-series", *few)):
        assert call("train", prices, "-o", *arguments, *TRAIN).returncode == 0
    for path in (one, folder / "S01.model"):
        assert b'"market"' not in call("inspect", path, "--format", "json").stdout
    assert b'"market"' in call("train", prices, "-o", one, *TRAIN, "--format", "json").stdout
