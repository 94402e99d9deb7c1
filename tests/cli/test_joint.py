"""`predict --paths --joint` and `evaluate --joint` from the command line."""

import csv
import io
import json

import numpy as np
import pytest

DAYS = 260


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Two symbols that move together and a third, younger one that does not."""
    rng = np.random.default_rng(3)
    days = np.busday_offset("2023-01-02", np.arange(DAYS), roll="forward")
    common, own = rng.standard_normal(DAYS), rng.standard_normal((3, DAYS))
    lines = ["date,symbol,close"]
    for symbol, weight, noise in zip(("AAA", "BBB", "CCC"), (0.95, 0.95, 0), own, strict=True):
        steps = 0.02 * (weight * common + np.sqrt(1 - weight**2) * noise)
        for k, (day, close) in enumerate(zip(days, 50 * np.exp(np.cumsum(steps)), strict=True)):
            if symbol != "CCC" or k > 150:
                lines.append(f"{day},{symbol},{close:.4f}")
    path = tmp_path_factory.mktemp("joint") / "market.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def paths_of(done):
    """Prices by symbol (horizon, paths) of the CSV of a run."""
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    names = [name for name in rows[0] if name.startswith("price_")]
    symbols = dict.fromkeys(row["symbol"] for row in rows)
    return {
        symbol: [[row[name] for row in rows if row["symbol"] == symbol] for name in names]
        for symbol in symbols
    }


def test_joint_paths_are_the_same_prices_in_another_order(market, call):
    """On each row those of each symbol, to the last digit; symbols then move together."""
    options = ("predict", market, "--paths", "400", "--horizon", "3", "--format", "csv")
    apart, joint = (paths_of(call(*options, *more)) for more in ((), ("--joint",)))
    for symbol, rows in joint.items():
        assert rows != apart[symbol]
        assert list(map(sorted, rows)) == list(map(sorted, apart[symbol]))
    together = {s: np.log(np.array(rows, float)) for s, rows in joint.items()}
    for row in range(3):
        ranks = np.corrcoef([together[s][row] for s in ("AAA", "BBB", "CCC")])
        assert ranks[0, 1] > 0.8
        assert abs(ranks[0, 2]) < 0.3


def test_joint_paths_are_the_same_for_any_threads(market, call):
    """The same bytes."""
    options = ("predict", market, "--paths", "50", "--joint", "--format", "csv")
    one, two = (call(*options, "--threads", count).stdout for count in ("1", "2"))
    assert one == two


def test_joint_without_paths_is_refused(market, call):
    """It would do nothing."""
    done = call("predict", market, "--joint")
    assert (done.returncode, done.stderr) == (
        2, b"error: --joint: ties paths together; add --paths 1000\n"
    )  # fmt: skip


@pytest.mark.slow
def test_joint_forecasts_are_better_than_independent_ones(market, call):
    """Of symbols that move together, by both scores."""
    done = call("evaluate", market, "--joint", "--horizon", "1", "--folds", "60")
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    document = json.loads(done.stdout)
    scores = {row["method"]: row for row in document["scores"]}
    assert set(scores) == {"joint", "independence", "historical simulation"}
    for score in ("energy", "variogram"):
        assert scores["joint"][score] < scores["independence"][score]
        assert scores["independence"][f"p_{score}"] < 0.05
    assert "better by the energy score" in document["verdict"]
    assert len(document["cutoffs"]) == 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--symbols", "AAA"], b"--joint: needs two symbols or more; there is one"),
        (["--baselines", "naive"], b"--baselines: has no effect with --joint"),
    ],
)
def test_what_joint_scores_cannot_be_of(market, call, options, message):
    """One line, status 2."""
    done = call("evaluate", market, "--joint", *options)
    assert done.returncode == 2
    assert message in done.stderr
