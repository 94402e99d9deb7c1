"""`score --portfolios` as a script meets it: what is printed, and what can be required."""

import csv
import json

import pytest
from builders import prices_of
from ledgers import SOURCE, forecast_of, night_of
from nights import lay, market

from rnncli.ledger.writer import record

DAYS = 60
MARKET = market(days=DAYS)
pytestmark = pytest.mark.usefixtures("place")
WORDS = ("score", "ledger.db", "prices.csv", "--portfolios")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A ledger of 50 nights of two portfolios, one of which loses more than it says."""
    lay(tmp_path, MARKET)
    monkeypatch.chdir(tmp_path)
    seen = [prices_of({name: cents[:rows] / 100 for name, cents in MARKET.items()})
            for rows in range(10, DAYS + 1)]  # fmt: skip
    nights = [
        (SOURCE, night_of(prices, {"S1": 2.0, "S2": -1.0}, name, loss))
        for prices in seen for name, loss in (("calm", 50.0), ("=wild", 0.1))
    ]  # fmt: skip
    record("ledger.db", [(SOURCE, forecast_of(prices)) for prices in seen], nights)
    return tmp_path


def test_a_table_says_which_portfolio_fails(call):
    """Its tests, a sentence a confidence level, and the night that waits."""
    shown = call(*WORDS, "--format", "table").stdout.decode()
    assert "calm: values at risk one row ahead, 2024-01-12 to 2024-03-21" in shown
    assert "Portfolio calm, next row, 95 %: 0 of 50 losses beyond the value at risk" in shown
    assert "that is too many (Kupiec" in shown
    assert "102 nights of portfolios recorded, 100 tested; 2 whose prices are not there" in shown
    of_all = call("score", "ledger.db", "prices.csv", "--format", "table").stdout.decode()
    assert "Portfolio calm, next row, 95 %: 0 of 50 losses beyond the value at risk" in of_all


def test_rows_for_programs(call):
    """The same in CSV and JSON; a name that begins like a formula is not one."""
    rows = list(csv.DictReader(call(*WORDS, "--format", "csv").stdout.decode().splitlines()))
    assert [(row["portfolio"], row["confidence"], row["rows"]) for row in rows] == [
        ("'=wild", "95.0", "50"), ("'=wild", "99.0", "50"),
        ("calm", "95.0", "50"), ("calm", "99.0", "50"),
    ]  # fmt: skip
    document = json.loads(call(*WORDS, "--format", "json").stdout)
    assert (document["nights"], document["came"], document["pending"]) == (102, 100, 2)
    assert [row["zone"] for row in document["tests"]] == ["red", "red", "green", "green"]
    both = json.loads(call("score", "ledger.db", "prices.csv", "--format", "json").stdout)
    assert both["portfolios"] == document["tests"]


def test_every_night_is_exported(call):
    """With its gain, which is that of the quantities between two prices."""
    rows = list(csv.DictReader(call(*WORDS, "--export", "csv").stdout.decode().splitlines()))
    assert len(rows) == 204
    first = next(row for row in rows if row["portfolio"] == "calm")
    one, two = MARKET["S1"] / 100, MARKET["S2"] / 100
    assert float(first["gain"]) == pytest.approx(2 * (one[10] - one[9]) - (two[10] - two[9]))
    assert float(first["value"]) == pytest.approx(2 * one[9] - two[9])
    assert float(first["exposure"]) == pytest.approx(2 * one[9] + two[9])
    assert (first["var"], first["es"], first["beyond"]) == ("50.0", "62.5", "false")
    assert rows[-1] | {"at": "", "run": ""} == rows[-1] | {
        "at": "", "run": "", "state": "pending", "gain": "", "beyond": "", "came": "",
    }  # fmt: skip


def test_requirements_end_with_status_4(call):
    """With and without --portfolios; a test that rejects neither portfolio is met."""
    for words in (WORDS, WORDS[:3]):
        done = call(*words, "--require-test", "green")
        assert done.returncode == 4
        assert b"--require-test green: =wild, 1 row ahead: rejects at 95 %, 99 %" in done.stderr
        assert b"calm" not in done.stderr
    assert call(*WORDS, "--require-test", "duration", "--alpha", 0).returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--require-test", "kupic"), "--require-test kupic: no such test; use kupiec"),
        (("--by", "symbol"), "--by: does nothing with --portfolios"),
        (("--require-skill", "naive"), "--require-skill: does nothing with --portfolios"),
        (("--alpha", "0.1"), "--alpha: does nothing without --require-skill or --require-test"),
    ],
)
def test_what_has_no_effect_is_refused(call, words, said):
    """Before anything is read."""
    done = call(*WORDS, *words)
    assert (done.returncode, said in done.stderr.decode()) == (2, True)


def test_a_page_of_the_nights(call, place):
    """With --portfolios alone, without it beside the record; what is printed stays."""
    for words, titles in ((WORDS, ["Portfolios"]), (WORDS[:3], ["The record", "Portfolios"])):
        done = call(*words, "--html", "p.html", "--format", "json")
        assert (done.returncode, done.stdout) == (0, call(*words, "--format", "json").stdout)
        page = (place / "p.html").read_text("utf-8")
        sections = [part.partition(">")[2].partition("<")[0] for part in page.split("<h2 id=")[1:]]
        assert sections == ["Summary", *titles, "Definitions"]
        assert "No, too many: " in page


def test_a_ledger_without_portfolios_says_how_to_record_them(call):
    """One of forecasts alone; a gate on it is not met."""
    record("other.db", [(SOURCE, forecast_of(prices_of({"S1": [1, 2, 3]})))])
    done = call("score", "other.db", "prices.csv", "--portfolios")
    assert (done.returncode, b"[risk] table of a nightly job" in done.stderr) == (65, True)
    done = call("score", "other.db", "prices.csv", "--require-test", "kupiec")
    assert (done.returncode, b"no recorded risk of a portfolio" in done.stderr) == (4, True)
