"""Commands without a model use the prior, and say so where it matters."""

import json

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from rnncli.cli.schema import schema_of
from rnncli.models.model import encode
from rnncli.models.prior import load_prior

HEAD = "date,symbol,open,high,low,close,volume"


@pytest.fixture(scope="module")
def bars(tmp_path_factory):
    """A file of two symbols with all columns, and one with the close alone."""
    rng = np.random.default_rng(2)
    rows, closes = [HEAD], ["date,symbol,close"]
    dates = np.arange("2023-01-02", "2023-06-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)]
    for symbol in ("AAA", "BBB"):
        close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, len(dates))))
        for date, price in zip(dates, close, strict=True):
            low, high = (
                price * (1 - abs(rng.normal(0, 0.01))),
                price * (1 + abs(rng.normal(0, 0.01))),
            )
            rows.append(
                f"{date},{symbol},{price:.2f},{high:.2f},{low:.2f},{price:.2f},{1000 + len(rows)}"
            )
            closes.append(f"{date},{symbol},{price:.2f}")
    folder = tmp_path_factory.mktemp("bars")
    (folder / "bars.csv").write_text("\n".join(rows) + "\n")
    (folder / "close.csv").write_text("\n".join(closes) + "\n")
    return folder


def rows_of(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_predict_needs_no_model(bars, call):
    """The word prior, and none: the same forecast, around the last price."""
    bare = call("predict", bars / "bars.csv", "--format", "jsonl")
    named = call("predict", "prior", bars / "bars.csv", "--format", "jsonl")
    assert bare.stdout == named.stdout
    assert bare.stderr == b""
    rows = rows_of(bare)
    assert len(rows) == 10
    for row in rows:
        assert row["forecast"] == pytest.approx(row["naive"])
        assert row["lower_95"] < row["lower_80"] < row["naive"] < row["upper_80"] < row["upper_95"]


def test_what_the_files_have_is_used_or_left(bars, call):
    """All columns by default; `--inputs close` is the forecast of a file with the close alone."""
    wide = rows_of(call("predict", bars / "bars.csv", "--format", "jsonl"))
    close = rows_of(call("predict", bars / "bars.csv", "--inputs", "close", "--format", "jsonl"))
    alone = rows_of(call("predict", bars / "close.csv", "--format", "jsonl"))
    assert close == alone
    assert wide != close


@pytest.mark.slow
def test_the_ledger_tells_limited_inputs_apart(bars, call, tmp_path):
    """Each choice of inputs is a separate model in it, in any order; all inputs are the default."""

    def recorded(*options):
        done = call("predict", bars / "bars.csv", "--ledger", tmp_path / "l.db", *options)
        assert (done.returncode, done.stderr) == (0, b"")
        rows = rows_of(call("score", tmp_path / "l.db", bars / "bars.csv", "--export", "jsonl"))
        return [row["model"].partition(" ")[2] for row in rows[::10]]

    assert recorded() == [""]
    assert recorded("--inputs", "close") == ["", "close"]
    assert recorded("--inputs", "volume,close") == ["", "close", "close,volume"]
    assert recorded("--inputs", "close,volume") == ["", "close", "close,volume"]
    assert recorded("--inputs", "close,volume,high-low") == ["", "close", "close,volume"]
    document = json.loads(call("score", tmp_path / "l.db", bars / "bars.csv").stdout)
    assert [one["inputs"] for one in document["models"]] == [None, "close", "close,volume"]


def test_a_column_that_holds_no_numbers_is_left_out(bars, tmp_path, call):
    """The prior may have it, and need not."""
    text = (bars / "bars.csv").read_text().replace(",1001\n", ",many\n")
    (tmp_path / "odd.csv").write_text(text)
    assert len(rows_of(call("predict", tmp_path / "odd.csv", "--format", "jsonl"))) == 10


@pytest.mark.slow
def test_row_by_row_is_all_at_once(bars, call):
    """--follow and --state forecast what whole files do, to the last bit."""
    text = (bars / "bars.csv").read_text()
    whole = rows_of(
        call("predict", "prior", bars / "bars.csv", "--horizon", "3", "--format", "jsonl")
    )
    followed = call("predict", "prior", "-", "--follow", "--horizon", "3", stdin=text.encode())
    last = {}
    for line in followed.stdout.splitlines():
        row = json.loads(line)
        last[row["symbol"], row["ahead"]] = row
    for row in whole:
        other = last[row["symbol"], row["ahead"]]
        assert {name: other[name] for name in row} == row


def test_a_state_is_gone_on_from(bars, tmp_path, call):
    lines = (bars / "bars.csv").read_text().splitlines()
    (tmp_path / "first.csv").write_text("\n".join(lines[:80]) + "\n")
    (tmp_path / "more.csv").write_text("\n".join(lines[:100]) + "\n")
    state = tmp_path / "s.state"
    assert call("predict", tmp_path / "first.csv", "--state", state).returncode == 0
    resumed = call("predict", tmp_path / "more.csv", "--state", state)
    assert resumed.stdout == call("predict", tmp_path / "more.csv").stdout


def test_evaluate_needs_no_model(bars, call):
    """Any cutoff will do, since no price was seen; it is never trained again."""
    result = call(
        "evaluate", bars / "bars.csv", "--folds", "15", "--horizon", "2", "--format", "json"
    )
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["trained_again"] is False
    assert len(document["cutoffs"]) == 15
    again = call("evaluate", bars / "bars.csv", "--folds", "5", "--refit", "once")
    assert again.returncode == 2
    assert again.stderr == b"error: --refit once: the prior is not trained on prices\n"


@pytest.mark.slow
def test_placebo_finds_no_skill_in_direction(bars, call):
    """There is no opinion that could be called skill."""
    result = call(
        "evaluate", bars / "bars.csv", "--placebo", "3", "--folds", "12", "--format", "json"
    )
    assert result.returncode == 0, result.stderr
    rows = json.loads(result.stdout)["placebo"]
    points = [row for row in rows if row["claim"].startswith("point")]
    assert len(points) == 2
    assert all(row["false_claims"] == 0 for row in points)


def test_gradients_and_inspect_know_the_prior(bars, call):
    report = json.loads(call("gradients", bars / "bars.csv").stdout)
    assert report["lags"][0]["relative"] == 1
    about = json.loads(call("inspect", "prior").stdout)
    assert about["training"]["prior"]["made_by"].startswith("python -m rnncli.training.prior")


@pytest.mark.slow(each_version=True)
def test_explain_needs_no_model(bars, call):
    """The word prior, and none: the same; of the inputs that the files have."""
    bare = call("explain", bars / "bars.csv")
    assert bare.stdout == call("explain", "prior", bars / "bars.csv").stdout
    assert (bare.returncode, bare.stderr) == (0, b"")
    first = json.loads(bare.stdout)["symbols"][0]
    assert [row["input"] for row in first["inputs"]] == ["close", "high-low", "volume"]
    assert sum(row["range_share"] for row in first["inputs"]) == pytest.approx(1)
    moved = sum(row["range"] for row in first["inputs"])
    assert moved == pytest.approx(first["log_width"] - first["log_width_before"], abs=1e-4)
    close = json.loads(call("explain", bars / "bars.csv", "--inputs", "close").stdout)
    assert [row["input"] for row in close["symbols"][0]["inputs"]] == ["close"]


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--rows", 0), 2, "--rows"),
        (("--ahead", 21), 2, "--ahead 21: this direct model was made for 20; --ahead 20 is"),
        (
            ("--range-level", 0.95),
            2,
            "--range-level 0.95: a level is a percentage; for 95 % write 95",
        ),
        (("--symbols", "ZZZ"), 65, "no symbol ZZZ in the input; there are AAA, BBB"),
        (("--inputs", "close,weekday"), 2, "--inputs close,weekday: the prior is not fed weekday"),
        (("--chart", "--format", "csv"), 2, "--chart: is drawn below a table"),
        (("--plot", "a.gif"), 2, "--plot a.gif: name a file that ends in .png or .svg"),
    ],
)
def test_explain_refuses_what_cannot_be(bars, call, options, status, message):
    """In one line, with the remedy."""
    done = call("explain", bars / "bars.csv", *options)
    assert (done.returncode, done.stdout) == (status, b"")
    assert message in done.stderr.decode()


@pytest.mark.slow
def test_explain_draws_a_figure(bars, call, tmp_path):
    """Stacked by input, a panel a symbol; the same bytes at every run."""
    pytest.importorskip("matplotlib")
    figures = [tmp_path / name for name in ("a.svg", "b.svg")]
    for figure in figures:
        assert call("explain", bars / "bars.csv", "--plot", figure).returncode == 0
    one, other = (figure.read_bytes() for figure in figures)
    assert one == other
    assert b"<svg" in one


def test_explain_of_one_row(call, tmp_path):
    """A series that has not moved fails alone, and with an error where it is the only one."""
    (tmp_path / "p.csv").write_text("date,symbol,close\n2024-01-02,A,5\n", encoding="ascii")
    done = call("explain", tmp_path / "p.csv")
    assert done.returncode == 65
    assert done.stderr.endswith(b"A has one row, which nothing led to; read earlier rows too\n")


def test_a_nightly_job_without_a_model(bars, tmp_path, call):
    (tmp_path / "job.toml").write_text(
        f'[prices]\npaths = ["{bars / "bars.csv"}"]\n[output]\nfile = "o.csv"\n'
    )
    assert call("batch", tmp_path / "job.toml").returncode == 0
    assert (tmp_path / "o.csv").read_bytes() == call("predict", bars / "bars.csv").stdout
    (tmp_path / "job.toml").write_text(
        f'[prices]\npaths = ["{bars / "bars.csv"}"]\n[output]\nfile = "o.csv"\n'
        '[model]\nfile = "prior"\n[train]\nevery = "7d"\n'
    )
    refused = call("batch", tmp_path / "job.toml")
    assert refused.returncode == 2
    assert b"is not trained" in refused.stderr


def test_only_prices_that_are_there(bars, call):
    """A model that is missing is said to be; so is a price file."""
    assert call("predict", "no.model", bars / "bars.csv").returncode == 66
    assert call("predict", "no.csv").returncode == 66
    bare = call("predict", "prior").stderr
    assert bare == b"error: PRICES: is missing; name price files after the model\n"


def test_a_prior_in_a_folder_of_models(tmp_path, call):
    """It has no record of a training; the table has dashes there, and the document null."""
    (tmp_path / "A.model").write_bytes(encode(load_prior()))
    document = json.loads(call("inspect", tmp_path).stdout)
    Draft202012Validator(schema_of("models")).validate(document)
    (row,) = document["series"]
    assert (row["symbol"], row["best_epoch"], row["clip_rate"]) == ("A", None, None)
    table = call("inspect", tmp_path, "--format", "table")
    assert (table.returncode, b" - " in table.stdout) == (0, True)


def test_a_cell_that_is_not_a_number_is_reported(bars, tmp_path, call):
    """The column is left out with a warning; --strict refuses the file."""
    text = (bars / "bars.csv").read_text(encoding="ascii").replace(",1001\n", ",many\n")
    (tmp_path / "odd.csv").write_text(text, encoding="ascii")
    assert b"a cell of volume is not a number" in call("predict", tmp_path / "odd.csv").stderr
    assert call("predict", tmp_path / "odd.csv", "--strict").returncode == 65


def test_bounds_of_the_prior_adapt(bars, call):
    """To how often they failed recently, as those of other models."""
    plain, adapted = (
        call("predict", bars / "bars.csv", *options) for options in ((), ("--adaptive",))
    )
    assert adapted.returncode == 0
    assert adapted.stdout != plain.stdout


def test_a_job_that_starts_from_the_prior_trains_once(bars, tmp_path, call):
    """Its settings are the prior's, and the same the next night; a ledger alone will do."""
    (tmp_path / "job.toml").write_text(
        f'[prices]\npaths = ["{bars / "bars.csv"}"]\n[model]\nfile = "m.model"\n[train]\n'
        'start = "prior"\ncell = "rnn"\nepochs = 1\n[ledger]\nfile = "l.db"\n',
        encoding="ascii",
    )
    first = json.loads(call("batch", tmp_path / "job.toml", "--format", "json").stdout)
    again = json.loads(call("batch", tmp_path / "job.toml", "--format", "json").stdout)
    assert first["trained"]
    assert not again["trained"]
