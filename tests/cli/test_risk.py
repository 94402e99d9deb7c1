"""`rnncli risk` from the command line: numbers that fit those of predict, portfolios, faults."""

import json

import numpy as np
import pytest

DAYS = 300
SYMBOLS = ("AAA", "BBB", "CCC")


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Three symbols that move together, the last one younger and with days missing."""
    rng = np.random.default_rng(2)
    days = np.busday_offset("2023-01-02", np.arange(DAYS), roll="forward")
    common = rng.standard_t(5, DAYS)
    lines = ["date,symbol,close"]
    for number, symbol in enumerate(SYMBOLS):
        steps = 0.008 * (number + 1) * (0.8 * common + 0.6 * rng.standard_normal(DAYS))
        closes = 40 * np.exp(np.cumsum(steps))
        for k, (day, close) in enumerate(zip(days, closes, strict=True)):
            if symbol != "CCC" or (k > 100 and k % 7) or k == DAYS - 1:
                lines.append(f"{day},{symbol},{close:.4f}")
    path = tmp_path_factory.mktemp("risk") / "market.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


@pytest.fixture
def holdings(tmp_path):
    """The path of a file of this text."""

    def write(text):
        path = tmp_path / "holdings.csv"
        path.write_text(text, encoding="ascii")
        return path

    return write


@pytest.fixture
def rows(call):
    """Rows of a run that goes well."""

    def run(*arguments):
        done = call("risk", *arguments, "--format", "jsonl")
        assert (done.returncode, done.stderr) == (0, b""), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_value_at_risk_is_the_lower_bound_of_predict(market, rows, call):
    """Of 95 % that of the 90 % interval, for each symbol and horizon."""
    found = rows(market, "--confidence", "95", "--confidence", "97.5", "--horizons", "1,3")
    levels = ("--level", "90", "--level", "95", "--horizon", "3", "--format", "jsonl")
    lines = call("predict", market, *levels).stdout.splitlines()
    bounds = {(row["symbol"], row["ahead"]): row for row in map(json.loads, lines)}
    assert len(found) == len(SYMBOLS) * 2 * 2
    for row in found:
        of = bounds[row["symbol"], row["ahead"]]
        level = {95: "lower_90", 97.5: "lower_95"}[row["confidence"]]
        assert row["var"] == pytest.approx(of["naive"] - of[level], rel=2e-4)
        assert row["es"] > row["var"] > 0
        assert row["date"] == of["date"]
        assert row["var_percent"] == pytest.approx(100 * row["var"] / row["exposure"])


def of_portfolio(found, name="portfolio"):
    """Rows of a line by row ahead and confidence."""
    return {(r["ahead"], r["confidence"]): r for r in found if r["symbol"] == name}


def test_contributions_add_up(market, rows, holdings):
    """To 1e-9 at every horizon and level; the portfolio loses less than its parts alone."""
    path = holdings("symbol,quantity\nAAA,10\nBBB,5\nCCC,-3\ncash,100\n")
    found = rows(market, "--holdings", path, "--draws", "4000")
    whole = of_portfolio(found)
    parts = [of_portfolio(found, symbol) for symbol in SYMBOLS]
    assert len(whole) == 9
    for key, row in whole.items():
        for measure in ("var", "es"):
            total = sum(part[key][f"{measure}_contribution"] for part in parts)
            assert total == pytest.approx(row[measure], rel=1e-9)
        assert row["es"] < sum(part[key]["es"] for part in parts)
        assert row["exposure"] == pytest.approx(100 + sum(p[key]["exposure"] for p in parts))
        assert parts[2][key]["es_contribution"] < 0  # short among longs that move with it


def test_doubling_doubles_and_a_hedge_cancels(market, rows, holdings):
    """Whatever the symbols."""
    options = (market, "--draws", "2000", "--horizons", "1", "--holdings")
    once = of_portfolio(rows(*options, holdings("symbol,quantity\nAAA,10\nBBB,5\n")))
    twice = of_portfolio(rows(*options, holdings("symbol,quantity\nAAA,20\nBBB,10\n")))
    hedged = of_portfolio(rows(*options, holdings("symbol,quantity\nAAA,20\nAAA,-20\n")))
    for key, row in once.items():
        assert twice[key]["es"] == pytest.approx(2 * row["es"], rel=1e-9)
        assert twice[key]["var"] == pytest.approx(2 * row["var"], rel=1e-9)
        assert (hedged[key]["var"], hedged[key]["es"]) == (0, 0)


def test_one_position_is_its_symbol(market, rows, holdings):
    """A portfolio of one share loses what a share does."""
    alone = of_portfolio(rows(market, "--symbols", "AAA"), "AAA")
    held = of_portfolio(rows(market, "--holdings", holdings("symbol,quantity\nAAA,1\n")))
    for key, row in alone.items():
        assert held[key]["var"] == pytest.approx(row["var"], rel=1e-9)
        assert held[key]["es"] == pytest.approx(row["es"], rel=1e-9)


def test_document_says_what_ties_the_symbols(market, call, holdings):
    """Degrees of freedom, days and mean correlation, with the portfolio's value."""
    path = holdings("symbol,value\nAAA,100\nBBB,-40\ncash,15\n")
    done = call("risk", market, "--holdings", path, "--draws", "1000", "--format", "json")
    document = json.loads(done.stdout)
    assert document["schema"] == "rnncli/risk/1"
    assert document["portfolio"] == pytest.approx(
        {"value": 75, "long": 100, "short": -40, "cash": 15, "positions": 2}
    )
    assert 0.3 < document["copula"]["mean_correlation"] < 0.9
    assert document["copula"]["days"] > 250


def test_the_same_for_any_threads_and_order(market, call, holdings):
    """The same bytes."""
    path = holdings("symbol,quantity\nAAA,10\nBBB,5\nCCC,-3\n")
    options = ("risk", market, "--holdings", path, "--draws", "2000", "--format", "csv")
    assert call(*options, "--threads", "1").stdout == call(*options, "--threads", "2").stdout


def test_probabilities_beyond_marks(market, rows, holdings):
    """They fit the value at risk, and above and below make one."""
    var = of_portfolio(rows(market, "--symbols", "AAA", "--horizons", "1"), "AAA")[1, 95.0]
    level = var["exposure"] - var["var"]
    marks = (f"--below=AAA={level!r}", f"--above=AAA={level!r}", "--below=-1%")
    found = rows(market, "--symbols", "AAA", "--horizons", "1,5", *marks)
    assert [row["side"] for row in found[:3]] == ["above", "below", "below"]
    assert found[1]["probability"] == pytest.approx(0.05, abs=1e-4)
    assert found[0]["probability"] == pytest.approx(0.95, abs=1e-4)
    assert found[2]["change_percent"] == pytest.approx(-1)
    assert len(found) == 6
    path = holdings("symbol,quantity\nAAA,1\ncash,1000\n")
    (of_all,) = rows(market, "--holdings", path, "--below", "portfolio=-10%", "--horizons", "1")
    assert of_all["probability"] == 0


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--confidence", "0.95"], 2, b"--confidence 0.95: a confidence level is a percentage"),
        (["--confidence", "99", "--confidence", "99"], 2, b"has the same level twice"),
        (["--horizons", "1,x"], 2, b"--horizons 1,x: is not a list of rows"),
        (["--above", "ten"], 2, b"--above ten: is not a mark"),
        (["--above", "10"], 2, b"needs a symbol; use AAA=10"),
        (["--below", "ZZZ=10"], 2, b"no symbol ZZZ; there are AAA, BBB, CCC"),
        (["--holdings", "nowhere.csv"], 66, b"nowhere.csv"),
    ],
)
def test_faults(market, call, options, status, message):
    """Each is one line that says what to do."""
    done = call("risk", market, *options)
    assert done.returncode == status
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == b""


def test_points_without_intervals_have_no_risk(call, tmp_path):
    """Symbols whose bounds are not known are refused with a remedy."""
    lines = ["date,close", *(f"2024-01-{k + 1:02},{10 + k % 3}" for k in range(20))]
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n")
    train = ("--loss", "mse", "--epochs", "1", "--hidden-size", "2", "--validation", "0")
    done = call("train", tmp_path / "p.csv", "-o", tmp_path / "m", "--pool", "none", *train)
    assert done.returncode == 0, done.stderr
    done = call("risk", tmp_path / "m", tmp_path / "p.csv")
    assert done.returncode == 65
    assert b"too few errors" in done.stderr


def test_tables_on_a_terminal(market, screen, holdings):
    """Of symbols and of a portfolio, on 80 columns."""
    path = holdings("symbol,quantity\nAAA,10\nBBB,-5\n")
    shown = screen(80, "risk", market, "--holdings", path, "--draws", "1000", "-q", TERM="dumb")
    assert "Risk of the portfolio, worth" in shown
    assert "The parts add up to" in shown
    shown = screen(80, "risk", market, "--chart", "-q", TERM="dumb")
    assert "Risk of 3 symbols" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.slow(each_version=True)
def test_backtest_says_whether_the_values_at_risk_hold(market, call, holdings):
    """Of a portfolio beside its past; gates end with status 4 where they do not hold."""
    path = holdings("symbol,quantity\nAAA,10\nBBB,-2\n")
    options = ("--backtest", "--folds", "60", "--against", "history-100", "--draws", "1000")
    gates = ("--require-test", "kupiec", "--require-better", "history-100")
    done = call("risk", market, "--holdings", path, *options, *gates, "--format", "json")
    assert done.returncode in (0, 4), done.stderr
    document = json.loads(done.stdout)
    assert [row["method"] for row in document["tests"]] == ["model", "history-100"] * 3
    assert all(row["rows"] == 60 for row in document["tests"])
    assert "expected" in document["verdict"]
    assert [check["required"] for check in document["checks"]] == [
        "test kupiec", "better than history-100"
    ]  # fmt: skip
    assert (done.returncode == 4) == (not all(one["met"] for one in document["checks"]))


def test_backtest_of_symbols(market, rows):
    """Each by itself, younger ones from fewer cutoffs."""
    found = rows(market, "--backtest", "--folds", "40", "--confidence", "95")
    assert [row["symbol"] for row in found if row["method"] == "model"] == list(SYMBOLS)
    counts = {row["symbol"]: row["rows"] for row in found if row["method"] == "model"}
    assert counts["AAA"] == 40 > counts["CCC"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--folds", "10"], b"--folds: has no effect without --backtest"),
        (["--backtest", "--horizons", "1"], b"--horizons: has no effect with --backtest"),
        (["--backtest", "--against", "x"], b"--against x: no such rival"),
        (["--backtest", "--folds", "9999"], b"--folds 9999"),
        (["--backtest", "--require-test", "x"], b"--require-test x: no such test"),
    ],
)
def test_faults_of_a_backtest(market, call, options, message):
    """Status 2, one line."""
    done = call("risk", market, *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_stress_from_the_command_line(market, rows, holdings, tmp_path):
    """Shocks move the others along; files of scenarios and the worst days, with gains."""
    found = {row["symbol"]: row for row in rows(market, "--shock", "AAA=-5%", "--horizons", "1")}
    assert found["AAA"]["change_percent"] == pytest.approx(-5)
    assert found["BBB"]["change_percent"] < -2
    assert found["BBB"]["gain"] is None
    path = holdings("symbol,quantity\nBBB,10\n")
    (tmp_path / "s.csv").write_text("scenario,symbol,change\nfall,AAA,-5%\n")
    options = ("--holdings", path, "--scenarios", tmp_path / "s.csv", "--replay", "2")
    found = rows(market, *options, "--horizons", "1")
    assert len({row["scenario"] for row in found}) == 3
    whole = [row for row in found if row["symbol"] == "portfolio"]
    assert all(row["gain"] < 0 for row in whole)
    assert found[0]["scenario"] == "fall"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shock", "ZZZ=-5%"], b"no symbol ZZZ; there are AAA"),
        (["--shock", "AAA"], b"--shock AAA: is not a mark"),
        (["--shock", "AAA=1%", "--below", "1%"], b"--shock: has no effect with"),
    ],
)
def test_faults_of_stress(market, call, options, message):
    """Status 2, one line."""
    done = call("risk", market, *options)
    assert done.returncode == 2
    assert message in done.stderr
