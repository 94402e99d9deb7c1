"""`rnncli evaluate` as a script meets it: what it prints, what it requires, how it ends."""

import json
from dataclasses import replace

import pytest
from hand_made import hand_made_model

from rnncli.models.model import save_model

SHORT = ("--horizon", 2, "--folds", 12, "--stride", 1)


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    """The model made by hand, as if it had seen January alone."""
    path = tmp_path_factory.mktemp("early") / "early.model"
    model = hand_made_model()
    save_model(str(path), replace(model, record={**model.record, "last_date": "2024-01-31"}))
    return path


def test_scores_in_machine_forms_are_strict(call, early, prices):
    """JSON without NaN in a pipe; CSV and JSON lines hold a row a method and ahead."""
    done = call("evaluate", early, prices, *SHORT)
    assert (done.returncode, done.stderr) == (0, b"")

    def refuse(_):
        pytest.fail("a constant that is no JSON")

    document = json.loads(done.stdout, parse_constant=refuse)
    assert len(document["cutoffs"]) == 12
    assert document["trained_again"] is False
    assert {row["method"] for row in document["scores"]} == {
        "model", "naive", "drift", "ewma", "ewma-t", "har-t", "naive-conformal",
    }  # fmt: skip
    naive = next(row for row in document["scores"] if row["method"] == "naive")
    assert naive["crps"] is None
    lines = call("evaluate", early, prices, *SHORT, "--format", "jsonl").stdout.decode()
    assert [json.loads(line)["ahead"] for line in lines.splitlines()] == [1, 2] * 7
    table = call("evaluate", early, prices, *SHORT, "--format", "csv").stdout.decode()
    assert table.splitlines()[0].startswith("method,ahead,forecasts,mae,rmse,smape,mase,crps")
    assert len(table.splitlines()) == 15


def test_the_best_baseline_is_reported_and_may_be_required(call, early, prices):
    """By each loss, in JSON and in the verdict; status 4 names the one that was not beaten."""
    done = call("evaluate", early, prices, *SHORT, "--require-skill", "best")
    document = json.loads(done.stdout)
    best = {one["loss"]: one for one in document["best_baselines"]}
    ranged = {row["method"]: row["crps"] for row in document["overall"] if row["crps"]}
    del ranged["model"]
    assert best["crps"]["against"] == min(ranged, key=ranged.get)
    assert best["log_score"]["change"] is None
    assert f"{best['crps']['against']}, the best baseline" in document["verdict"]
    assert document["stand_ins"] == []
    assert (done.returncode, document["checks"][0]["met"]) == (4, False)
    said = f"error: --require-skill best: {best['crps']['against']}, the best baseline: mean CRPS "
    assert done.stderr.decode().startswith(said)


@pytest.mark.slow(each_version=True)
def test_what_stands_in_for_a_baseline_is_reported(call, early, prices):
    """How many symbols, by what; each of them in JSON."""
    pytest.importorskip("arch")
    options = (*SHORT, "--baselines", "naive,garch-t")
    document = json.loads(call("evaluate", early, prices, *options).stdout)
    (one,) = document["stand_ins"]
    assert (one["method"], one["by"]) == ("garch-t", "RiskMetrics")
    assert len(one["symbols"]) == document["symbols"]
    shown = call("evaluate", early, prices, *options, "--format", "table").stdout.decode()
    said = f"garch-t: {len(one['symbols'])} symbols by RiskMetrics in its place"
    assert said in " ".join(shown.split())


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
def test_scores_on_a_terminal(width, screen, early, prices, golden):
    """Tables, histograms and the verdict."""
    shown = screen(width, "evaluate", early, prices, *SHORT, "-q", TERM="dumb")
    golden(f"evaluate_{width}.txt", shown)


def test_what_is_required_and_does_not_hold_is_status_4(call, early, prices):
    """Each with a line that says by how much; what holds says nothing."""
    done = call("evaluate", early, prices, *SHORT, "--require-coverage", "80:0-100")
    assert (done.returncode, done.stderr) == (0, b"")
    done = call(
        "evaluate", early, prices, *SHORT,
        "--require-coverage", "80:0-1", "--require-skill", "naive", "--require-skill", "ewma",
    )  # fmt: skip
    said = done.stderr.decode().splitlines()
    assert done.returncode == 4
    assert len(said) == 3
    assert said[0].startswith("error: --require-coverage 80:0-1: the 80 % interval covers ")
    assert said[0].endswith(" points too high")
    assert said[1].startswith("error: --require-skill naive: mean MAE ")
    assert json.loads(done.stdout)["checks"][0]["met"] is False


def test_a_series_that_fails_wins_over_a_check(call, model, prices, tmp_path):
    """Status 1, whatever else does not hold."""
    rows = prices.read_text(encoding="ascii").replace(",BBB,", ",BBB,-")
    path = tmp_path / "below.csv"
    path.write_text(rows, encoding="ascii")
    done = call(
        "evaluate", model, path, "--folds", 3, "--horizon", 1, "--require-coverage", "80:0-0"
    )
    assert done.returncode == 1
    assert b"BBB has 30 values <= 0" in done.stderr


def test_a_model_that_saw_it_all_is_trained_again_or_refused(call, model, prices, screen):
    """The output says so; --refit none names the date to train until."""
    done = call("evaluate", model, prices, "--folds", 3, "--horizon", 1)
    assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(done.stdout)
    assert document["trained_again"] is True
    assert max(one["last_date"] for one in document["seen"]) == document["cutoffs"][0]
    shown = screen(100, "evaluate", model, prices, "--folds", 3, "--horizon", 1, "-q")
    assert (
        f"trained again, with the same settings, on these prices up to {document['cutoffs'][0]}"
        in shown
    )
    done = call("evaluate", model, prices, "--folds", 3, "--horizon", 1, "--refit", "none")
    assert done.returncode == 2
    assert done.stderr.decode().endswith("make it with rnncli train --until 2024-02-19\n")


def test_what_the_model_saw_is_reported(call, early, model, prices):
    """With -v, part by part."""
    done = call("evaluate", early, prices, *SHORT, "-v")
    assert b"detail: first cutoff 2024-02-06: all of it saw 2024-01-01 to 2024-01-31" in done.stderr
    done = call("evaluate", model, prices, "--folds", 3, "--horizon", 1, "-v")
    assert b"first cutoff 2024-02-20: early stop saw " in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--baselines", "luck"), "no 'luck'; there are naive"),
        (("--refit", "maybe"), "use none, once or every-K"),
        (("--require-coverage", "80"), "write level:least-most"),
        (("--require-skill", "drift"), "use naive, ewma or best"),
        (("--require-skill", "best", "--baselines", ""), "there is no baseline to beat"),
        (("--baselines", "harx-t"), "needs high and low, or volume"),
        (("--level", "100"), "a level is a percentage"),
        (("--folds", "100"), "use fewer --folds"),
        (("--alpha", "0.1"), "--alpha: does nothing without --require-skill or --placebo"),
        (("--placebo", "1", "--refit", "once"), "--refit: does nothing with --placebo"),
    ],
)
def test_options_that_mean_nothing_are_wrong_usage(options, said, call, early, prices):
    """Status 2 and one line."""
    done = call("evaluate", early, prices, *options)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_placebo_counts_false_claims(call, model, prices):
    """A row a kind of prices and claim, instead of scores."""
    done = call("evaluate", model, prices, "--horizon", 1, "--folds", 12, "--placebo", 2)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = json.loads(done.stdout)["placebo"]
    assert [row["trials"] for row in rows] == [2, 2, 2, 2]
    assert {row["alpha"] for row in rows} == {0.05}
    shown = call(
        "evaluate",
        model,
        prices,
        "--horizon",
        1,
        "--folds",
        12,
        "--placebo",
        1,
        "--format",
        "table",
    )
    assert "Placebo test: claims of skill" in shown.stdout.decode()


def test_coverage_is_drawn_below_the_table(call, early, prices):
    """By row ahead, beside its nominal line; never into a pipe for programs."""
    shown = call("evaluate", early, prices, *SHORT, "--chart", "--format", "table")
    assert (shown.returncode, shown.stderr) == (0, b"")
    text = shown.stdout.decode()
    assert "Coverage by horizon" in text
    parts = ("Prediction intervals", "Coverage by horizon", "Point forecast:")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    done = call("evaluate", early, prices, *SHORT, "--chart")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"add --format table" in done.stderr


@pytest.mark.slow(each_version=True)
def test_coverage_is_drawn_into_a_file(call, early, prices, tmp_path):
    """Beside the same result; not with --placebo, whose result is another."""
    path = tmp_path / "coverage.svg"
    plain = call("evaluate", early, prices, *SHORT)
    drawn = call("evaluate", early, prices, *SHORT, "--plot", path)
    assert (drawn.returncode, drawn.stdout, drawn.stderr) == (0, plain.stdout, b"")
    assert b"95 % bounds" in path.read_bytes()
    done = call("evaluate", early, prices, "--placebo", 1, "--plot", path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--plot: does nothing with --placebo" in done.stderr


def test_scores_by_symbol_and_month_are_added(call, early, prices):
    """In JSON and tables beside the others; CSV has a row a group."""
    options = (*SHORT, "--by", "symbol", "--by", "month")
    plain = json.loads(call("evaluate", early, prices, *SHORT).stdout)
    document = json.loads(call("evaluate", early, prices, *options).stdout)
    assert document["by"] == ["symbol", "month"]
    assert [(row["symbol"], row["month"]) for row in document["groups"]] == [
        ("AAA", "2024-02"), ("BBB", "2024-02"), ("CC", "2024-02"),
    ]  # fmt: skip
    assert {**document, "by": [], "groups": []} == plain
    model = next(row for row in plain["overall"] if row["method"] == "model")
    total = sum(row["forecasts"] * row["mae"] for row in document["groups"])
    assert total / sum(row["forecasts"] for row in document["groups"]) == pytest.approx(
        model["mae"]
    )
    rows = call("evaluate", early, prices, *options, "--format", "csv").stdout.decode()
    assert rows.startswith("symbol,month,forecasts,mae,mae_naive")
    assert len(rows.splitlines()) == 4
    table = call("evaluate", early, prices, *options, "--format", "table").stdout.decode()
    assert table.startswith("The intervals were too narrow (")
    assert "Scores of the model by symbol and month" in table


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--by", "model"), "--by model: no such group; use ahead, symbol, month"),
        (("--by", "month", "--joint"), "--by: has no effect with --joint"),
    ],
)
def test_groups_that_are_not_to_be_had_are_refused(options, said, call, early):
    """Before anything is read."""
    done = call("evaluate", early, "no such file", *options)
    assert (done.returncode, done.stderr.decode()) == (2, f"error: {said}\n")
