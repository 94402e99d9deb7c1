"""A forecast after every row is that of all rows up to it, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE
from resumed import DIGEST, assert_same, forecast
from states import KINDS, first_rows, grown, model_of, with_fields

from rnncli.errors import UsageError
from rnncli.forecasting.incremental.follow import Follower, rehearse
from rnncli.forecasting.incremental.state_file import decode, encode
from rnncli.forecasting.predict import predict
from rnncli.prices.stream_rows import BadRowError, PriceRow
from rnncli.settings import PredictSettings

ROWS = {"AAA": 40, "BBB": 25, "CC": 12}
PRICES = grown(ROWS)
SETTINGS = PredictSettings(max_jump=0)


def rows_of(prices, fields, after=None):
    """Every row by date, then symbol, with how many of each symbol have come by then."""
    seconds = prices.dates.astype(np.int64)
    series = np.repeat(np.arange(len(prices.symbols)), prices.lengths)
    counts = dict(after or {})
    for line, at in enumerate(np.lexsort((series, seconds)).tolist(), start=2):
        symbol = prices.symbols[series[at]]
        if at - prices.offsets[series[at]] < (after or {}).get(symbol, 0):
            continue
        counts[symbol] = counts.get(symbol, 0) + 1
        beside = [float(prices.fields[name][at]) for name in fields]
        row = PriceRow(line, symbol, int(seconds[at]), float(prices.values[at]), beside)
        yield row, dict(counts)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("kind", KINDS)
def test_each_forecast_is_that_of_the_rows_so_far(kind):
    """Of every cell, scale, head and form; and what is kept at the end is what predict keeps."""
    model = model_of(kind, PRICES)
    follower = Follower(model, SETTINGS, None)
    for row, counts in rows_of(PRICES, follower.fields):
        if counts[row.symbol] <= model.preparation.season > 1:
            with pytest.raises(BadRowError, match="season"):
                follower.take(row)
            continue
        comp = follower.take(row)
        if counts[row.symbol] < 10 or counts[row.symbol] % 7 == 0:
            past = with_fields(first_rows(PRICES, {row.symbol: counts[row.symbol]}), model)
            horizon = model.network.architecture.most_rows or 1
            assert_same(predict(model, past, replace(SETTINGS, horizon=horizon), ALONE), comp)
    _, _, ref = forecast(model, PRICES)
    assert encode(follower.state(), DIGEST) == ref


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "kind", ["student-t", "difference", "quantile", "lstm", "none", "classes", "season", "direct"]
)
def test_paths_are_drawn_after_every_row(kind):
    """Of more than one row ahead the sampled ones are those of the batch forecast too."""
    model, settings = model_of(kind, PRICES), replace(SETTINGS, horizon=3)
    follower = Follower(model, settings, None)
    for row, counts in rows_of(first_rows(PRICES, {"AAA": 13}), follower.fields):
        if counts["AAA"] > 5:
            past = with_fields(first_rows(PRICES, counts), model)
            ref = predict(model, past, settings, ALONE)
            assert_same(ref, follower.take(row))
        elif kind != "season":
            follower.take(row)
        else:
            with pytest.raises(BadRowError):
                follower.take(row)


@pytest.mark.parametrize(
    "kind", ["lstm", "difference", "inputs", "season", "encoder-decoder", "minmax"]
)
def test_it_goes_on_from_a_kept_state(kind):
    """From what predict kept, and what is kept then is what predict keeps of all rows."""
    model = model_of(kind, PRICES)
    before = {"AAA": 30, "CC": 12}
    _, _, kept = forecast(model, first_rows(PRICES, before))
    follower = Follower(model, SETTINGS, decode(kept, model, DIGEST))
    some = {**ROWS, "CC": 12}
    for row, counts in rows_of(first_rows(PRICES, some), follower.fields, before):
        if counts[row.symbol] <= model.preparation.season > 1:
            with pytest.raises(BadRowError):
                follower.take(row)
            continue
        comp = follower.take(row)
    past = with_fields(first_rows(PRICES, {row.symbol: counts[row.symbol]}), model)
    horizon = model.network.architecture.most_rows or 1
    assert_same(predict(model, past, replace(SETTINGS, horizon=horizon), ALONE), comp)
    _, _, ref = forecast(model, PRICES)
    assert encode(follower.state(), DIGEST) == ref


def test_a_bad_row_changes_nothing():
    """It is reported, with its line, and the next forecast is that of the good rows."""
    model = model_of("student-t", PRICES)
    follower, ref = Follower(model, SETTINGS, None), Follower(model, SETTINGS, None)
    rows = [row for row, _ in rows_of(first_rows(PRICES, {"AAA": 6}), ())]
    for row in rows[:5]:
        follower.take(row)
        ref.take(row)
    for bad, said in (
        (replace(rows[3], line=9), "stdin, line 9: AAA: 2024-01-04 is before 2024-01-05"),
        (rows[4], "2024-01-05 is there already"),
        (
            replace(rows[5], price=0.0),
            "close 0, and log returns need positive prices; the row is left out$",
        ),
        (replace(rows[5], price=-1.0), "positive prices; the row is left out; train a model with"),
        (replace(rows[5], second=None), "rows with a date and rows without"),
    ):
        with pytest.raises(BadRowError, match=said):
            follower.take(bad)
    assert_same(ref.take(rows[5]), follower.take(rows[5]))


def test_a_symbol_scaled_by_its_own_rows_is_refused():
    """Which change with every row; one that the model was trained on is followed."""
    model = model_of("standard", first_rows(PRICES, {"AAA": 40}))
    follower = Follower(model, SETTINGS, None)
    for row, _ in rows_of(first_rows(PRICES, {"AAA": 1, "BBB": 1}), ()):
        if row.symbol == "AAA":
            follower.take(row)
        else:
            with pytest.raises(BadRowError, match="BBB: is not in the model"):
                follower.take(row)


def test_a_row_without_a_date_has_no_weekday():
    """Where the model is fed that."""
    follower = Follower(model_of("inputs", PRICES), SETTINGS, None)
    row, _ = next(rows_of(PRICES, follower.fields))
    with pytest.raises(BadRowError, match="has no date, and so no weekday"):
        follower.take(replace(row, second=None))


@pytest.mark.parametrize("kind", KINDS)
def test_a_rehearsal_is_heard_by_nobody(kind, monkeypatch, capfd):
    """Whatever the model: a forecast was made, and no fault of it is the user's."""
    made, take = [], Follower.take
    monkeypatch.setattr(Follower, "take", lambda self, row: made.append(take(self, row)))
    rehearse(model_of(kind, PRICES), SETTINGS)
    assert made
    assert capfd.readouterr() == ("", "")


def test_a_forecast_that_jumps_is_no_forecast():
    """The row stays part of the past all the same."""
    model = model_of("point", PRICES)
    follower = Follower(model, replace(SETTINGS, max_jump=1e-9), None)
    rows = [row for row, _ in rows_of(first_rows(PRICES, {"AAA": 4}), ())]
    for row in rows[:2]:
        follower.take(row)
    for row in rows[2:]:
        with pytest.raises(BadRowError, match=f"line {row.line}: AAA: the forecast jumps"):
            follower.take(row)
    assert follower.state().stats[0].rows == 4


@pytest.mark.parametrize(
    "given", [{"adaptive": True}, {"paths": 3}, {"max_age": 3}, {"calendar": "XNYS"}]
)
def test_what_needs_whole_files_is_refused(given):
    """In one line that names it."""
    model = model_of("point", PRICES)
    with pytest.raises(UsageError, match=f"^{next(iter(given))}: "):
        Follower(model, replace(SETTINGS, **given), None)
