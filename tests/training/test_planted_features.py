"""What is planted is found: a column that knows the volatility to come, and the days of events."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of
from states import first_rows

from rnncli.library.model import train
from rnncli.prices.beside.events import Events
from rnncli.transforms.inputs.custom import DAYS_TO

DAYS, EVERY, MOVES, SYMBOLS = 700, 63, 3.0, 24
SETTINGS = {"hidden_size": 4, "epochs": 8, "threads": 1}


@pytest.fixture(scope="module")
def volatile():
    """Prices whose volatility is drawn anew each day; `knows` has that of the next, `late` not."""
    rng = np.random.default_rng(2)
    logs = rng.normal(0, 0.8, (4, DAYS))
    returns = 0.01 * np.exp(logs) * rng.standard_t(6, (4, DAYS))
    walks = {f"S{i}": 50 * np.exp(np.cumsum(row)) for i, row in enumerate(returns)}
    knows = np.hstack([logs[:, 1:], np.zeros((4, 1))])
    return replace(prices_of(walks), fields={"knows": knows.ravel(), "late": logs.ravel()})


def log_score(prices, *feature):
    """Log score of a network over the validation days, lower is better."""
    return train(prices, feature=feature, **SETTINGS).record["pool"]["network"]


@pytest.mark.slow
def test_a_column_that_knows_the_volatility_to_come_is_used_and_a_day_late_it_is_not(volatile):
    """The volatility told is worth half of its variance: 0.8² / 2 for a normal distribution."""
    alone = log_score(volatile)
    assert alone - log_score(volatile, "knows") > 0.15
    assert abs(alone - log_score(volatile, "late")) < 0.03


def test_an_explanation_names_the_column_that_knows(volatile):
    """What it adds to the logarithm of the range is nearly the logarithm that was planted."""
    model = train(volatile, feature="knows", **SETTINGS)
    early = first_rows(volatile, dict.fromkeys(volatile.symbols, 640))
    for i, one in enumerate(model.explain(early, rows=5, threads=1).symbols):
        known = early.fields["knows"][early.offsets[i + 1] - 1]
        effect = one.width.by_row[:, one.inputs.index("knows:level")].sum()
        assert effect == pytest.approx(known, abs=0.1 + 0.2 * abs(known))


def test_a_lag_of_a_row_makes_a_column_that_knows_one_that_does_not(volatile):
    late = train(volatile, feature="knows", feature_lag=1, **SETTINGS)
    assert late.preparation.inputs[-1] == "knows:level:lag-1"
    assert abs(late.record["pool"]["network"] - log_score(volatile)) < 0.03


@pytest.fixture(scope="module")
def eventful():
    """Prices that move threefold every 63 days, each symbol on days of its own."""
    rng = np.random.default_rng(4)
    moves = 0.01 * rng.standard_t(6, (SYMBOLS, DAYS))
    on = (np.arange(DAYS) - 5 * np.arange(SYMBOLS)[:, None]) % EVERY == 0
    events = int(on.sum())  # whose moves are quantiles, so that a few hundred are as meant
    drawn = np.quantile(0.01 * rng.standard_t(6, 100_000), (np.arange(events) + 0.5) / events)
    moves[on] = rng.permutation(drawn)
    walks = {
        f"S{i}": 50 * np.exp(np.cumsum(row))
        for i, row in enumerate(np.where(on, MOVES * moves, moves))
    }
    prices = prices_of(walks)
    pairs = []
    for i, symbol in enumerate(prices.symbols):
        days = prices.dates_of(i)[on[i]].astype("datetime64[D]")
        events = Events("events.csv", {"earnings": {symbol: days}})
        pairs.append(events.distances("earnings", symbol, prices.dates_of(i)))
    fields = {f"earnings:event:{end}": np.concatenate([p[k] for p in pairs])
              for k, end in enumerate(("to", "since"))}  # fmt: skip
    return replace(prices, fields=fields), on


@pytest.mark.slow
def test_events_widen_the_range_of_their_days_alone(eventful):
    prices, on = eventful
    model = train(prices, feature="earnings:event", hidden_size=2, epochs=3, threads=1)
    assert model.preparation.inputs[-1] == "earnings:event"
    evaluation = model.evaluate(prices, horizon=1, folds=66, stride=1, baselines="naive")
    scores, origins = evaluation.scores["model"], evaluation.origins
    at = on[origins.series, origins.row + 1]
    width, coverage = scores["width_95"][:, 0], scores["coverage_95"][:, 0]
    ratio = np.mean(width[at]) / np.mean(width[~at])
    assert MOVES * 0.75 < ratio < MOVES * 1.25
    assert coverage[~at].mean() == pytest.approx(0.95, abs=0.02)
    moves = np.abs(np.random.default_rng(0).standard_t(6, 100_000))  # in percent, as drawn
    for level in ("80", "95"):  # what the intervals would cover of days without end
        half = scores[f"width_{level}"][:, 0] / 2 / np.where(at, MOVES, 1.0)
        covered = np.searchsorted(np.sort(moves), half) / len(moves)
        assert covered[at].mean() == pytest.approx(covered[~at].mean(), abs=0.02)
    eve = on[origins.series, np.minimum(origins.row + 2, DAYS - 1)]
    assert np.mean(width[eve & ~at]) < 1.2 * np.mean(width[~at])


def test_the_first_span_before_an_event_is_the_day_before_it():
    """A range of one row ahead needs to know it exactly."""
    assert DAYS_TO[:5] == ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5))
