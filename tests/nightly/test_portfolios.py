"""The risk of portfolios, night after night: recorded once, tested, and what befalls it."""

import csv
import json

import pytest
from in_process import here
from nights import HEAD, dates, job, lay, left_in, market

from rnncli.ledger.reader import read_portfolios
from rnncli.nightly import deliver
from rnncli.prices import batches

MARKET = market(days=90)
HOLDINGS = "symbol,quantity,rate\nS0,3,S3\nS1,-2,1\ncash,1000,1\n"


def write(place, name="main", text=HOLDINGS):
    (place / f"{name}.csv").write_text(text, encoding="ascii")


def prior_job(place, **tables):
    """A job without training."""
    risk = {"risk": 'holdings = "main.csv"\ndraws = 1000'} | tables
    return job(place, model="-", train="-", output="-", **risk)


@pytest.fixture
def place(tmp_path):
    """A folder before its first night, of 80 days."""
    lay(tmp_path, MARKET, 80)
    write(tmp_path)
    prior_job(tmp_path)
    return tmp_path


def recorded(place):
    """The recorded risks of a folder."""
    return [one.risk for one in read_portfolios(str(place / "ledger.db")).risks]


def test_a_night_records_what_risk_measures(place, night, call):
    """The same numbers to the last digit, with the positions and prices that they are of."""
    found = night()
    assert (found["recorded_portfolios"], found["unmeasured_portfolios"]) == (1, [])
    words = ("risk", place / "prices.csv", "--holdings", place / "main.csv", "--horizons", 1)
    done = call(*words, "--draws", 1000, "--format", "csv").stdout.decode()
    whole = [row for row in csv.DictReader(done.splitlines()) if row["symbol"] == "portfolio"]
    (risk,) = recorded(place)
    for row, loss, shown in zip(whole, risk.losses, found["portfolios"], strict=True):
        assert float(row["confidence"]) == loss.confidence == shown["confidence"]
        assert loss.value_at_risk == pytest.approx(float(row["var"]), rel=1e-12)
        assert loss.shortfall == pytest.approx(float(row["es"]), rel=1e-12)
        assert loss.shortfall == pytest.approx(sum(loss.tail) / len(loss.tail), rel=1e-12)
        assert min(loss.tail) >= loss.value_at_risk * 0.98
        assert float(row["exposure"]) == pytest.approx(shown["value"])
    held = {one.symbol: (one.quantity, one.rate, one.currency) for one in risk.positions}
    assert held == {"S0": (3.0, None, "S3"), "S1": (-2.0, 1.0, None), "S3": (0.0, 1.0, None)}
    assert {one.symbol: one.price for one in risk.positions} == {
        name: MARKET[name][79] / 100 for name in ("S0", "S1", "S3")
    }
    assert (risk.cash, risk.cutoff) == (1000.0, dates(80)[-1])


def test_the_next_night_tests_the_last_by_what_was_held(place, night, call):
    """Holdings change before it; the gain is that of the old ones. The same again adds nothing."""
    night()
    lay(place, MARKET, 81)
    write(place, text="symbol,quantity\nS2,1\n")
    found = night()
    assert found["recorded_portfolios"] == 1
    assert [row["rows"] for row in found["tested_portfolios"]] == [1, 1, 1]
    before = left_in(place)
    assert (night()["done"], left_in(place)) == ("nothing", before)
    words = ("score", place / "ledger.db", place / "prices.csv", "--portfolios", "--export", "json")
    rows = json.loads(call(*words).stdout)["rows"]
    s0, s1, s3 = (MARKET[name] / 100 for name in ("S0", "S1", "S3"))
    gain = 3 * (s0[80] * s3[80] - s0[79] * s3[79]) - 2 * (s1[80] - s1[79])
    assert rows[0]["gain"] == pytest.approx(gain)
    assert [row["state"] for row in rows] == ["came"] * 3 + ["pending"] * 3


def test_a_night_that_dies_after_recording_is_done_once(place, night, monkeypatch):
    """The page or the output fails: forecasts and risks are recorded, and not again."""
    job(place, model="-", train="-", risk='holdings = "main.csv"\ndraws = 1000')
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "write_atomically", _fail)
        assert here("batch", place / "nightly.toml").returncode == 70
    (before,) = recorded(place)
    found = night()
    assert (found["recorded"], found["recorded_portfolios"], found["wrote"]) == (0, 0, True)
    assert recorded(place) == [before]


def _fail(*_):
    raise RuntimeError("the process dies")


def test_a_night_that_dies_before_recording_leaves_neither(place, night, monkeypatch):
    """Nothing is recorded of a transaction that does not end; the next run does it all."""
    with monkeypatch.context() as patch:
        patch.setattr("rnncli.ledger.writer.add_risks", _fail)
        assert here("batch", place / "nightly.toml").returncode == 70
    found = night()
    assert (found["recorded"], found["recorded_portfolios"]) == (8, 1)


def test_holdings_that_change_after_the_night_do_not_replace_it(place, night, call):
    """A warning says that the first stays."""
    night()
    (before,) = recorded(place)
    write(place, text="symbol,quantity\nS0,6\n")
    done = call("batch", place / "nightly.toml")
    assert b"1 portfolios were recorded for this date before, with other holdings" in done.stderr
    assert recorded(place) == [before]


def test_a_portfolio_that_cannot_be_measured_does_not_stop_the_others(place, night):
    """A symbol or a currency without prices: status 1, until its file is mended."""
    write(place, "away", "symbol,quantity\nGONE,1\n")
    write(place, "foreign", "symbol,quantity,rate\nS0,1,EURUSD\n")
    write(place, "flat", "symbol,quantity\nS0,1\nS0,-1\n")
    names = '["main.csv", "away.csv", "foreign.csv", "flat.csv"]'
    prior_job(place, risk=f"holdings = {names}\ndraws = 1000")
    found = night(status=1)
    assert (found["recorded"], found["recorded_portfolios"], found["done"]) == (8, 1, "some")
    assert found["unmeasured_portfolios"] == ["away", "flat", "foreign"]
    said = " ".join(found["faults"])
    assert "portfolio away: " in said
    assert "away.csv, line 2: no symbol GONE in the prices" in said
    assert "foreign.csv, line 2: no symbol EURUSD in the prices" in said
    assert "every position has the quantity 0" in said
    for name in ("away", "foreign", "flat"):
        write(place, name, "symbol,quantity\nS1,1\n")
    found = night()
    assert (found["recorded"], found["recorded_portfolios"]) == (0, 3)


def test_a_symbol_that_has_ended_is_no_silent_risk(place, night):
    """It is said by name, with the line of the holdings; its last night is not tested."""
    night()
    lay(place, MARKET | {"S0": MARKET["S0"][:80]}, 90)
    found = night(status=1)
    assert "main.csv, line 2: the prices of S0 end more than 7 days before" in found["faults"][0]
    assert (found["recorded"], found["tested_portfolios"]) == (6, [])


def test_files_in_groups_give_the_same_risk(place, night, monkeypatch):
    """Many files are read one group after the other; what is held is put together."""
    night()
    (before,) = recorded(place)
    (place / "ledger.db").unlink()
    (place / "prices.csv").unlink()
    (place / "some").mkdir()
    for name, cents in MARKET.items():
        days = zip(dates(80), cents, strict=False)
        lines = [HEAD, *(f"{day},{name},{price / 100:.2f}" for day, price in days)]
        (place / "some" / f"{name}.csv").write_text("\n".join(lines), encoding="ascii")
    prior_job(place, prices='paths = ["some"]')
    monkeypatch.setattr(batches, "FILES", 2)
    assert night()["recorded_portfolios"] == 1
    assert recorded(place) == [before]


def test_a_dry_run_counts_and_records_nothing(place, night):
    """Nor does --check, which finds what a run would fail over."""
    for option in ("--dry-run", "--check"):
        found = night(option)
        assert (found["recorded_portfolios"], found["done"]) == (1, "would")
        assert not (place / "ledger.db").exists()
    write(place, text="symbol,quantity\nGONE,1\n")
    assert "no symbol GONE" in night("--check", status=1)["faults"][0]


def test_a_gate_fails_a_night_once_there_is_something_to_judge(place, night):
    """The first night is not judged; a fall by half is beyond every value at risk."""
    prior_job(place, score='require-test = ["kupiec", "duration"]')
    assert night()["checks"] == []
    fallen = {name: cents.copy() for name, cents in MARKET.items()}
    for cents in fallen.values():
        cents[80:] *= 0.5
    write(place, text="symbol,quantity\nS0,1\n")
    lay(place, fallen | {"S1": MARKET["S1"], "S3": MARKET["S3"]}, 81)
    kupiec, duration = night(status=4)["checks"]
    assert (kupiec["met"], duration["met"]) == (False, True)
    assert kupiec["said"] == "main, 1 row ahead: rejects at 95 %, 97.5 %, 99 %"


def test_metrics_have_the_risk_of_each_portfolio(place, night):
    """By name, row and confidence; names are escaped."""
    write(place, 'a"b')
    risk = "holdings = ['main.csv', 'a\"b.csv']\ndraws = 1000"
    prior_job(place, risk=risk, monitor='metrics = "m.prom"')
    night()
    lay(place, MARKET, 81)
    found = night()
    lines = (place / "m.prom").read_text(encoding="utf-8").splitlines()
    labels = f'{{job="{place}/nightly.toml",portfolio="main",ahead="1",confidence="99"}}'
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values[f"rnncli_portfolio_value_at_risk{labels}"]) == found["portfolios"][2]["var"]
    assert float(values[f"rnncli_portfolio_tested_nights{labels}"]) == 1
    assert any('portfolio="a\\"b"' in line for line in lines)


@pytest.mark.parametrize(
    ("tables", "said", "status"),
    [
        ({"ledger": "-", "output": 'file = "f.csv"'}, "[risk]: is recorded in a ledger", 2),
        ({"risk": "draws = 1000"}, "[risk] names no holdings", 2),
        ({"risk": 'holdings = ["main.csv", "x/main.csv"]'}, "names two portfolios main", 2),
        ({"risk": 'holdings = "none.csv"'}, "none.csv: a file of holdings does not exist", 66),
        ({"risk": 'holdings = "main.csv"\nconfidence = 0.95'}, "use 95", 2),
        ({"risk": 'holdings = "main.csv"\nhorizons = "0"'}, "is not a list of rows", 2),
        ({"risk": 'holdings = "bad.csv"'}, "bad.csv: has no column symbol", 65),
        ({"prices": 'paths = ["."]'}, "main.csv: lies among the prices", 2),
        ({"score": 'require-test = "kupic"'}, "[score] require-test kupic: no such test", 2),
        ({"output": 'file = "main.csv"'}, "main.csv: is a file of holdings", 2),
        ({"risk": "holdings = 5"}, "5 is not a file name", 2),
    ],
)
def test_a_job_that_cannot_record_a_risk_is_refused(place, call, tables, said, status):
    """In one line, before prices are read."""
    (place / "bad.csv").write_text("a,b\n1,2\n", encoding="ascii")
    prior_job(place, **tables) if "output" not in tables else job(
        place, **({"model": "-", "train": "-", "risk": 'holdings = "main.csv"'} | tables)
    )
    done = call("batch", place / "nightly.toml", "--check")
    assert (done.returncode, done.stderr.count(b"\n")) == (status, 1), done.stderr
    assert said in done.stderr.decode()


def test_one_model_each_has_no_joint_risk(place, call):
    """A model of each symbol says nothing of how they move together."""
    job(place, train="per-series = true\nepochs = 1", risk='holdings = "main.csv"')
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, b"needs a model of all symbols" in done.stderr) == (2, True)
