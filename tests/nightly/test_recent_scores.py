"""Scores of the last nights are those of `score`, however few symbols are looked at at a time."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of, random_walk, weekdays
from ledgers import forecast_of, record_by
from nights import job

from rnncli.cli.nightly_config import read_job
from rnncli.errors import DataError
from rnncli.ledger.reader import last_pairs, read_ledger, read_part
from rnncli.ledger.score import score_ledger
from rnncli.ledger.writer import Source
from rnncli.nightly import recent_scores as module
from rnncli.nightly.lookback import recorded_pairs, rows_to_keep
from rnncli.nightly.recent_scores import score_recent
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

DAYS = 40
OLD, NEW = Source("a" * 64, "a", None), Source("b" * 64, "b", None)
REQUIRED = ("80:70-90", "95:96-100")


def market(days=DAYS, first="2024-01-01"):
    """Seven walks, each a day shorter at its start; one wild."""
    rng = np.random.default_rng(1)
    walks = {f"S{k}": random_walk(rng, DAYS, 0.05 if k == 3 else 0.01)[k:days] for k in range(7)}
    prices = prices_of(walks, first)
    if first:
        prices.dates[:] = np.concatenate([weekdays(first, DAYS)[k:days] for k in range(7)])
    return prices


@pytest.fixture
def told(tmp_path):
    """A job whose ledger has the nights of days 25 to 39, by two models."""
    found = read_job(str(job(tmp_path, score=f"require-coverage = {list(REQUIRED)}")))
    record_nights(found, market)
    return found


def record_nights(told, market):
    for days in range(25, DAYS):
        prices = market(days)
        made = forecast_of(prices, ahead=0.0, horizon=3, levels=(80.0, 95.0))
        for level, width in ((80.0, 0.5), (95.0, 1.0)):
            made.lower[level], made.upper[level] = made.forecasts - width, made.forecasts + width
        record_by(told.ledger, NEW if days > 26 else OLD, made)


def looked(told, prices, digest="b" * 64, warn=pytest.fail, remark=pytest.fail):
    pairs = recorded_pairs(told)
    return score_recent(told, pairs, rows_to_keep(prices, pairs), {digest}, warn, remark)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("first", ["2024-01-01", None])
@pytest.mark.parametrize("symbols", [1, 3, 250])
def test_it_is_what_score_finds(tmp_path, monkeypatch, symbols, first):
    """Coverage, checks and drift, over all rows of the prices at once."""
    told = read_job(str(job(tmp_path, score=f"require-coverage = {list(REQUIRED)}\ncutoffs = 0")))
    record_nights(told, lambda days: market(days, first))
    monkeypatch.setattr(module, "SYMBOLS", symbols)
    found = looked(told, market(DAYS, first))
    settings = ScoreSettings(by=("model", "ahead"), require_coverage=REQUIRED)
    ref = score_ledger(read_ledger(told.ledger), market(DAYS, first), settings, pytest.fail)
    assert found.scored == ref.matched.count("came") == 7 * (15 + 14 + 13)
    assert found.checks == ref.checks
    (own,) = [row for row in ref.rows if row["model"] == "b" * 12 and row["ahead"] == 1]
    drift = [name for name in ("80", "95") if own[f"drift_{name}"]]
    assert [said[:2] for said in found.drifted["b" * 64]] == drift
    assert drift


def test_each_model_drifts_by_itself(tmp_path):
    """Where each symbol has its own, the wild one's is reported, with the levels that it left."""
    told = read_job(str(job(tmp_path)))
    for days in range(25, DAYS):
        prices = market(days)
        for i, symbol in enumerate(prices.symbols):
            made = forecast_of(prices.subset([i]), ahead=0.0, horizon=1, levels=(80.0,))
            made.lower[80.0] = made.forecasts * 0.985
            made.upper[80.0] = made.forecasts * 1.015
            record_by(told.ledger, Source(symbol * 32, symbol, None), made)
    pairs = recorded_pairs(told)
    digests = {f"S{k}" * 32 for k in range(1, 7)}
    found = score_recent(
        told, pairs, rows_to_keep(market(), pairs), digests, pytest.fail, pytest.fail
    )
    assert list(found.drifted) == ["S3" * 32]
    (said,) = found.drifted["S3" * 32]
    assert said.startswith("80 % interval covered ")


def test_a_past_that_changed_is_reported_once(told, monkeypatch):
    """Of all symbols in one line each, as `score` says it."""
    monkeypatch.setattr(module, "SYMBOLS", 2)
    prices, lines, ref = market(), [], []
    prices.series(1)[:] *= 0.5
    prices.series(5)[30] += 1
    prices.series(6)[:] *= 0.5
    assert looked(told, prices, remark=lines.append).left_out == int(lines[-1].split()[3])
    score_ledger(read_ledger(told.ledger), prices, ScoreSettings(), ref.append)
    assert lines == ref
    assert len(lines) == 2


def test_the_last_cutoffs_count_and_not_this_night(told):
    """The same before and after this night was recorded."""
    few = replace(told, window=replace(told.window, cutoffs=4))
    before = looked(few, market())
    assert before.scored == 7 * (3 + 3 + 2 + 1)
    made = forecast_of(market(), ahead=0.0, horizon=3, levels=(80.0, 95.0))
    record_by(told.ledger, NEW, made)
    assert looked(few, market()) == before
    assert len(last_pairs(told.ledger, 4)) == 4
    assert len(last_pairs(told.ledger, 0)) == DAYS + 1 - 25
    assert looked(few, market(25)) is None


def test_a_part_is_the_rows_of_the_whole(told):
    """By model, cutoff and symbol."""
    whole = read_ledger(told.ledger)
    pairs = last_pairs(told.ledger, 3)
    part = read_part(told.ledger, pairs, "S1", "S3")
    own = [
        i
        for i, symbol in enumerate(whole.symbols)
        if (whole.models[i], whole.cutoffs[i]) in pairs and "S1" <= symbol <= "S3"
    ]
    assert len(own) == 3 * 3 * 3
    assert part.symbols == [whole.symbols[i] for i in own]
    assert np.array_equal(part.forecasts, whole.forecasts[own])
    assert np.array_equal(part.upper[95.0], whole.upper[95.0][own])


def test_prices_below_zero_in_one_group_are_no_reason_to_stop(told, monkeypatch):
    """Then all groups are scored in the unit that fits all."""
    monkeypatch.setattr(module, "SYMBOLS", 3)
    prices = market()
    prices.series(6)[-2:] = -1.0
    required = replace(told.scoring, require_skill=("naive", "best"))
    found = looked(replace(told, scoring=required), prices, remark=lambda _: None)
    ref = score_ledger(read_ledger(told.ledger), prices, required, lambda _: None)
    assert [check.said for check in found.checks] == [check.said for check in ref.checks]


def test_series_some_of_which_have_no_dates_are_not_scored(told):
    """A warning; where something is required: an error."""
    dated, without = market(), prices_of({"X": [1.0, 2.0]}, None)
    mixed = Prices.joined([dated, without])
    with pytest.raises(DataError, match="has no dates"):
        looked(told, mixed)
    lines = []
    free = replace(told, scoring=ScoreSettings())
    assert looked(free, mixed, warn=lines.append) is None
    assert "nothing was scored" in lines[0]
