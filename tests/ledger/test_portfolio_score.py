"""Recorded risks of portfolios against the prices that followed: gains and hits by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of
from ledgers import SOURCE, night_of

from rnncli.ledger.portfolio_score import portfolio_checks, portfolio_sentences, score_portfolios
from rnncli.ledger.reader import read_portfolios
from rnncli.ledger.writer import record
from rnncli.prices.series import Prices

DAYS, FIRST = 60, 5  # rows, and the last row of the first night
RNG = np.random.default_rng(1)
A, B = 50 + np.cumsum(RNG.integers(-2, 3, DAYS)), 80.0 + np.cumsum(RNG.integers(-2, 3, DAYS))
RATE = 1.1 + 0.01 * np.sin(np.arange(DAYS))
MARKET = {"A": A, "B": B, "EUR": RATE}


def upto(rows, market=MARKET):
    """The prices of the first rows."""
    return prices_of({symbol: values[:rows] for symbol, values in market.items()}, "2024-01-01")


def nights(path, held, rows=range(FIRST, DAYS - 1), source=SOURCE, **given):
    """Record a night after each row; `held`: quantities, or a function of the row."""
    at = held if callable(held) else lambda _: held
    record(path, [], [(source, night_of(upto(row + 1), at(row), **given)) for row in rows])


def scored(path, prices=None):
    """The score of a ledger, and what it warned of."""
    warned = []
    score = score_portfolios(read_portfolios(path), prices or upto(DAYS), warned.append)
    return score, warned


def level(score, confidence):
    """The only tests at a confidence level."""
    (one,) = (one.tests for one in score.tested if one.tests.confidence == confidence)
    return one


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "l.db")


def test_hits_are_those_that_a_hand_counts(path):
    """Of 3 A, in euros, less 2 B: every gain, hit and statistic is computed here again."""
    nights(path, {"A": 3.0, "B": -2.0}, rates={"A": "EUR"}, loss=4.0)
    score, warned = scored(path)
    gains = [
        3 * (A[t + 1] * RATE[t + 1] - A[t] * RATE[t]) - 2 * (B[t + 1] - B[t])
        for t in range(FIRST, DAYS - 1)
    ]
    assert [one.gain for one in score.outcomes] == pytest.approx(gains, abs=1e-11)
    assert (score.count("came"), warned) == (len(gains), [])
    for confidence, value_at_risk in ((95.0, 4.0), (99.0, 8.0)):
        one, n = level(score, confidence), len(gains)
        hits = sum(-gain >= value_at_risk for gain in gains)
        assert (one.hits, one.rows) == (hits, n)
        p, share = 1 - confidence / 100, hits / n
        ratio = 2 * (hits * math.log(share / p) + (n - hits) * math.log((1 - share) / (1 - p)))
        assert one.kupiec_p == pytest.approx(math.erfc(math.sqrt(ratio / 2)), abs=1e-9)
        sizes = [3 * A[t] * RATE[t] + 2 * B[t] for t in range(FIRST, DAYS - 1)]
        losses = []
        for gain, size in zip(gains, sizes, strict=True):
            r, v, e = (100 * x / size for x in (gain, -value_at_risk, -1.25 * value_at_risk))
            losses.append(-max(v - r, 0) / (p * e) + v / e + math.log(-e) - 1)
        assert one.fz0 == pytest.approx(np.mean(losses), abs=1e-9)
        beyond = sum(-gain / (1.25 * value_at_risk) for gain in gains if -gain >= value_at_risk)
        assert one.shortfall_z == pytest.approx(1 - beyond / (n * p), abs=1e-9)
        assert 0 < one.shortfall_p < 1


def test_a_loss_as_large_as_the_value_at_risk_is_beyond_it(path):
    """As of the backtest: at or beyond; a cent less is not."""
    held = {"A": 1.0}
    fall = next(t for t in range(FIRST, DAYS - 1) if A[t + 1] - A[t] == -2)
    nights(path, held, [fall], loss=2.0)
    nights(path, held, [fall], loss=2.0 + 1e-9, name="more")
    score, _ = scored(path)
    assert {one.tests.line: one.tests.hits for one in score.tested
            if one.tests.confidence == 95.0} == {"main": 1, "more": 0}  # fmt: skip


def test_doubled_holdings_double_gains_and_change_no_test(path, tmp_path):
    """With values at risk that double too."""
    doubled = str(tmp_path / "doubled.db")
    nights(path, {"A": 3.0, "B": -2.0}, loss=5.0)
    nights(doubled, {"A": 6.0, "B": -4.0}, loss=10.0)
    (one, _), (two, _) = scored(path), scored(doubled)
    gains = np.array([outcome.gain for outcome in one.outcomes])
    np.testing.assert_allclose([outcome.gain for outcome in two.outcomes], 2 * gains, atol=1e-9)
    first, second = level(one, 95.0), level(two, 95.0)
    assert second.fz0 == pytest.approx(first.fz0)
    assert replace(second, fz0=first.fz0, quantile_loss=0) == replace(first, quantile_loss=0)


def test_holdings_of_the_night_count_when_they_change(path):
    """From row 30 on 10 B in place of 1 A; a later night does not change what an earlier held."""
    nights(path, lambda row: {"A": 1.0} if row < 30 else {"B": 10.0}, loss=3.0)
    score, _ = scored(path)
    expected = [
        A[t + 1] - A[t] if t < 30 else 10 * (B[t + 1] - B[t]) for t in range(FIRST, DAYS - 1)
    ]
    assert [one.gain for one in score.outcomes] == pytest.approx(expected)
    assert level(score, 95.0).rows == len(expected)


def test_a_portfolio_worth_nothing_is_scored_by_its_sizes(path):
    """Long and short of the same value: percentages are of 200, not of 0."""
    t = 20
    nights(path, {"A": 100 / A[t], "B": -100 / B[t]}, [t], loss=4.0)
    score, _ = scored(path)
    (outcome,) = score.outcomes
    assert outcome.record.risk.values.sum() == pytest.approx(0, abs=1e-12)
    assert outcome.exposure == pytest.approx(200)
    gain = 100 * (A[t + 1] / A[t] - 1) - 100 * (B[t + 1] / B[t] - 1)
    assert outcome.gain == pytest.approx(gain)
    assert math.isfinite(level(score, 95.0).fz0)


def test_two_portfolios_are_tested_apart(path):
    """Each by its name; a check says which one fails."""
    nights(path, {"A": 1.0}, loss=0.5, name="wild")
    nights(path, {"A": 1.0}, loss=100.0, name="calm")
    score, _ = scored(path)
    counts = {one.tests.line: (one.tests.rows, one.tests.hits)
              for one in score.tested if one.tests.confidence == 95.0}  # fmt: skip
    falls = sum(A[t + 1] < A[t] for t in range(FIRST, DAYS - 1))
    assert counts == {"calm": (54, 0), "wild": (54, falls)}
    checks = portfolio_checks(score.tested, ["green"], 0.05)
    assert [(check.met, check.said.split(":")[0]) for check in checks] == [
        (True, "calm, 1 row ahead"), (False, "wild, 1 row ahead"),
    ]  # fmt: skip
    said = list(portfolio_sentences(score.tested, 0.05))
    assert said[0].startswith("Portfolio calm, next row, 95 %: 0 of 54 losses beyond")
    assert f"{falls} of 54 losses beyond the value at risk, 2.7 expected (red)" in said[2]


def test_a_night_waits_for_all_of_its_prices(path):
    """Pending while one lacks; absent, with its loss unknown, once a symbol has long ended."""
    nights(path, {"A": 1.0, "B": 1.0}, [30])
    states = {}
    for last in (31, 32, 36, 45):
        market = {"A": A[:last], "B": B[:31], "EUR": RATE[:last]}
        score, _ = scored(path, prices_of(market, "2024-01-01"))
        states[last] = score.outcomes[0].state
        assert score.tested == []
    assert states == {31: "pending", 32: "pending", 36: "pending", 45: "absent"}
    score, _ = scored(path, prices_of({"A": A}, "2024-01-01"))
    assert (score.outcomes[0].state, score.count("absent")) == ("absent", 1)
    checks = portfolio_checks(score.tested, ["kupiec"], 0.05)
    assert [(check.met, "no recorded risk" in check.said) for check in checks] == [(False, True)]


def test_a_split_moves_the_past_and_no_gain(path):
    """Prices of A halved before and after, or from a dividend on: the same gain in money."""
    nights(path, {"A": 3.0, "B": -2.0}, loss=5.0)
    plain, _ = scored(path)
    split, warned = scored(path, upto(DAYS, MARKET | {"A": A / 2}))
    gains = [one.gain for one in plain.outcomes]
    assert [one.gain for one in split.outcomes] == pytest.approx(gains)
    assert "A: 54 positions were made before the past was adjusted" in warned[0]


def test_a_rewritten_price_leaves_a_night_out(path):
    """Neither the night nor a hit counts, and a warning names the symbol."""
    nights(path, {"A": 1.0, "B": 1.0})
    changed = A.copy()
    changed[30] += 40
    score, warned = scored(path, upto(DAYS, MARKET | {"A": changed}))
    assert (score.count("rewritten"), level(score, 95.0).rows) == (1, 53)
    assert "A: left out 1 positions, since the price at their cutoff is another one" in warned[-1]


def test_a_later_price_that_is_revised_is_what_counts(path):
    """The last row is only the actual of a night, so it may change until it is a cutoff."""
    nights(path, {"A": 1.0}, [30])
    revised = A.copy()
    revised[31] = A[30] - 9
    score, _ = scored(path, upto(32, MARKET | {"A": revised}))
    assert (score.outcomes[0].gain, level(score, 95.0).hits) == (-9.0, 1)


def test_nights_that_overlap_are_tested_once(path):
    """Of five rows ahead every fifth; the next rows are all tested."""
    nights(path, {"A": 1.0}, aheads=(1, 5), loss=3.0)
    score, _ = scored(path)
    rows = {one.ahead: one.tests.rows for one in score.tested}
    assert rows == {1: 54, 5: 10}
    assert (score.count("overlapping"), score.count("pending")) == (40, 4)
    firsts = [one for one in score.outcomes if one.ahead == 5 and one.state == "came"]
    expected = [A[t + 5] - A[t] for t in range(FIRST, DAYS - 5, 5)]
    assert [one.gain for one in firsts] == pytest.approx(expected)


def test_a_weekend_of_one_symbol_is_not_tested_three_times(path):
    """A coin trades on all days, a share until Friday: its Monday is the next row of all three."""
    all_days = np.datetime64("2024-01-01") + np.arange(21)
    shares = all_days[np.isin(np.arange(21) % 7, range(5))]
    coin = 100.0 + np.arange(21)

    def seen(day):
        some = shares[shares <= day]
        dates = np.concatenate([all_days[all_days <= day], some])
        values = np.concatenate([coin[: np.sum(all_days <= day)], 10.0 + np.arange(len(some))])
        lengths = [0, len(dates) - len(some), len(dates)]
        return Prices(("C", "S"), values, np.array(lengths), dates.astype("datetime64[s]"))

    held = {"C": 1.0, "S": 1.0}
    record(path, [], [(SOURCE, night_of(seen(day), held)) for day in all_days[7:20]])
    score, _ = scored(path, seen(all_days[-1]))
    by_cutoff = {one.record.risk.cutoff[-2:]: one.state for one in score.outcomes}
    overlapping = [day for day, state in by_cutoff.items() if state == "overlapping"]
    assert overlapping == ["13", "14"]  # Saturday and Sunday after Friday the 12th
    assert by_cutoff["19"] == by_cutoff["20"] == "pending"


def test_a_model_that_saw_the_day_is_not_scored(path):
    """Its night is in-sample."""
    nights(path, {"A": 1.0}, [20], source=replace(SOURCE, seen="2024-03-01"))
    score, _ = scored(path)
    assert [one.state for one in score.outcomes] == ["in_sample"]


def test_prices_without_dates_are_matched_by_row(path):
    """The number of the row is the cutoff."""

    def rows(count):
        return prices_of({"A": A[:count], "B": B[:count]}, None)

    for count in (10, 11):
        record(path, [], [(SOURCE, night_of(rows(count), {"A": 1.0, "B": 1.0}))])
    score, _ = scored(path, rows(12))
    expected = [A[t + 1] - A[t] + B[t + 1] - B[t] for t in (9, 10)]
    assert [one.gain for one in score.outcomes] == pytest.approx(expected)
