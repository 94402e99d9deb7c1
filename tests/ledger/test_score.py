"""Live scores against their definitions, forecast by forecast."""

import math

import numpy as np
import pytest
from builders import prices_of, random_walk
from ledgers import forecast_of, record_by, rising

from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.evaluation.group_scores import row_columns, score_groups
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.score_tables import compare
from rnncli.ledger.evaluation import evaluate_recorded, score_matrix
from rnncli.ledger.matching import match_forecasts
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.score import ledger_keys
from rnncli.ledger.writer import Source

DAYS, FIRST, HORIZON = 60, 20, 3


@pytest.fixture(scope="module")
def walks():
    """Two random walks over three months."""
    rng = np.random.default_rng(5)
    return prices_of({s: random_walk(rng, DAYS) for s in "AB"})


def until(prices, day):
    """What was known on a day."""
    return prices_of({s: prices.series(i)[: day + 1] for i, s in enumerate(prices.symbols)})


def kept(path, prices, days):
    """Forecasts of every day, by two models in turn."""
    for day in days:
        source = Source("ab"[day % 2] * 64, "m", None)
        record_by(str(path), source, forecast_of(until(prices, day), 0.3, 1.1, HORIZON))
    return read_ledger(str(path))


@pytest.fixture(scope="module")
def ledger(walks, tmp_path_factory):
    """A ledger of forty days."""
    return kept(tmp_path_factory.mktemp("ledger") / "l.db", walks, range(FIRST, DAYS))


def scored(ledger, prices, by, alpha=0.01):
    """Rows of a ledger scored with prices."""
    matched = match_forecasts(ledger, prices)
    matrix = score_matrix(ledger, matched)
    found = evaluate_recorded(ledger, matched, prices, matrix)
    return score_groups(found, ledger_keys(ledger, matched, matrix, by), alpha)


def by_hand(prices, key, wanted):
    """Scores of the forecasts whose `key` (of symbol, day, ahead) is wanted, one by one."""
    errors, naive, inside, width, charge, mase = [], [], [], [], [], []
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        for day in range(FIRST, DAYS):
            for ahead in range(1, HORIZON + 1):
                if day + ahead >= DAYS or key(symbol, day, ahead) != wanted:
                    continue
                last, came = series[day], series[day + ahead]
                said = last + 0.3 * ahead
                y = 100 * math.log(came / last)
                low, high = (100 * math.log((said + side) / last) for side in (-1.1, 1.1))
                errors.append(100 * math.log(said / last) - y)
                naive.append(abs(y))
                inside.append(low <= y <= high)
                width.append(high - low)
                charge.append(high - low + 10 * max(low - y, y - high, 0))
                mase.append(abs(said - came) / np.mean(np.abs(np.diff(series[: day + 1]))))
    return {
        "forecasts": len(errors),
        "mae": np.mean(np.abs(errors)),
        "mae_naive": np.mean(naive),
        "rmse": np.sqrt(np.mean(np.square(errors))),
        "mase": np.mean(mase),
        "coverage_80": np.mean(inside),
        "width_80": np.mean(width),
        "interval_score_80": np.mean(charge),
    }


@pytest.mark.parametrize("by", ["ahead", "symbol", "month", "model"])
def test_every_score_is_its_definition(by, ledger, walks):
    """Group by group; months are those of the day that came."""
    rows = scored(ledger, walks, [by])

    def key(symbol, day, ahead):
        model, month = "ab"[day % 2] * 12, str(walks.dates[day + ahead])[:7]
        return {"ahead": ahead, "symbol": symbol, "model": model, "month": month}[by]

    wanted = {"ahead": [1, 2, 3], "symbol": ["A", "B"], "model": ["a" * 12, "b" * 12],
              "month": ["2024-01", "2024-02", "2024-03"]}  # fmt: skip
    assert [row[by] for row in rows] == wanted[by]
    for row in rows:
        for name, value in by_hand(walks, key, row[by]).items():
            assert row[name] == pytest.approx(value, rel=1e-12), name
    assert set(rows[0]) == set(row_columns([by], [80.0]))


def test_groups_are_crossed_in_the_order_asked_for(ledger, walks):
    """Every combination that occurs, and each forecast in one of them."""
    rows = scored(ledger, walks, ["symbol", "ahead"])
    assert [(row["symbol"], row["ahead"]) for row in rows] == [
        (s, k) for s in "AB" for k in (1, 2, 3)
    ]
    assert sum(row["forecasts"] for row in rows) == len(walks.symbols) * sum(
        DAYS - FIRST - k for k in (1, 2, 3)
    )


def test_drift_is_coverage_outside_its_band(ledger, walks):
    """The band has the level in it, and is wider the rarer alarms may be; few cutoffs have none."""
    (row,) = scored(ledger, until(walks, FIRST + 3), ["model"], 0.01)[:1]
    assert math.isnan(row["band_low_80"])
    assert not row["drift_80"]
    (row,) = scored(ledger, walks, ["model"], 0.01)[:1]
    assert row["band_low_80"] <= 0.8 <= row["band_high_80"]
    wide = scored(ledger, walks, ["ahead"], 0.5)
    tight = scored(ledger, walks, ["ahead"], 1e-9)
    for a, b in zip(wide, tight, strict=True):
        assert b["band_low_80"] < a["band_low_80"] <= a["band_high_80"] < b["band_high_80"]
        inside = a["band_low_80"] <= a["coverage_80"] <= a["band_high_80"]
        assert a["drift_80"] == (not inside)


def test_the_test_of_skill_counts_cutoffs_not_symbols(ledger, walks):
    """The mean over symbols at each, with the autocovariances of overlapping forecasts."""
    matched = match_forecasts(ledger, walks)
    found = evaluate_recorded(ledger, matched, walks, score_matrix(ledger, matched))
    assert (found.plan.stride, found.plan.horizon, len(found.cutoffs)) == (1, HORIZON, 39)
    own, naive = (found.scores[name]["absolute"] for name in (MODEL, "naive"))
    means = [np.nanmean((own - naive)[found.origins.fold == t]) for t in range(39)]
    # the mean over cells at a cutoff is one over symbols and aheads together
    assert compare(found, "mae", "naive").p == pytest.approx(
        diebold_mariano(np.array(means), HORIZON - 1).p
    )


def test_cutoffs_far_apart_do_not_overlap(walks, tmp_path):
    """A forecast every third day, three rows ahead: no autocovariances."""
    found = kept(tmp_path / "l.db", walks, range(FIRST, DAYS, 3))
    matched = match_forecasts(found, walks)
    assert evaluate_recorded(found, matched, walks, score_matrix(found, matched)).plan.stride == 3


def test_scores_of_moved_forecasts_are_those_before(ledger, walks):
    """A split that was adjusted since changes no relative error, no coverage, no MASE."""
    halved = prices_of({s: walks.series(i) / 2 for i, s in enumerate(walks.symbols)})
    before, after = (scored(ledger, prices, ["ahead"]) for prices in (walks, halved))
    for one, other in zip(before, after, strict=True):
        assert one == pytest.approx(other, rel=1e-9)


def test_where_a_price_is_not_above_zero_errors_are_over_changes(tmp_path):
    """One unit for all: mean absolute one-step changes up to the cutoff."""
    prices = prices_of({"A": [-2.0, -1, 0, 1, 2]})
    record_by(str(tmp_path / "l.db"), Source("a", "m", None), forecast_of(until(prices, 2), 3.0))
    found = read_ledger(str(tmp_path / "l.db"))
    rows = scored(found, prices, ["ahead"])
    assert [row["mae"] for row in rows] == [2, 4]
    assert [row["mae_naive"] for row in rows] == [1, 2]
    assert [row["width_80"] for row in rows] == [4, 4]


def test_rows_without_dates_have_no_month(tmp_path):
    """And are matched by their number."""
    record_by(str(tmp_path / "l.db"), Source("a", "m", None), forecast_of(rising(9, "A", None)))
    (row,) = scored(read_ledger(str(tmp_path / "l.db")), rising(12, "A", None), ["month"])
    assert (row["month"], row["forecasts"], row["mae"]) == ("", 2, 0)


def test_bounds_that_nobody_gave_cover_nothing(tmp_path):
    """A level of later runs is not known of earlier ones."""
    path = str(tmp_path / "l.db")
    record_by(path, Source("a", "m", None), forecast_of(rising(4), levels=()))
    record_by(path, Source("b", "m", None), forecast_of(rising(4), levels=(80.0,)))
    first, second = scored(read_ledger(path), rising(6), ["model"])
    assert math.isnan(first["coverage_80"])
    assert math.isnan(first["band_low_80"])
    assert first["drift_80"] is False
    assert (second["coverage_80"], second["forecasts"]) == (1, 4)
