"""The user's own columns and events as inputs: by their definitions, and from the past alone."""

from dataclasses import replace

import numpy as np
import pytest
from states import first_rows, grown, rows_of

from rnncli.errors import DataError, UsageError
from rnncli.prices.beside.events import Events
from rnncli.settings import PrepareSettings, ReadSettings
from rnncli.transforms.custom_inputs import custom_inputs, with_fields_of, with_files
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.features import (
    custom_of,
    features,
    fields_of,
    inputs_of,
    memory_after,
    next_features,
    spread_of,
    start_memory,
)
from rnncli.transforms.inputs.custom import DAYS_SINCE, DAYS_TO, all_bounded, bounded
from rnncli.transforms.inputs.days import Days
from rnncli.transforms.inputs.table import input_of

DIVISOR = 1.7
NAMES = (
    "x:level", "x:log", "x:change", "x:log-change", "x:level:lag-1", "x:log-change:lag-3",
    "x:change:lag-900", "earnings:event",
)  # fmt: skip


def with_column(prices):
    """Prices with a column x that lacks its first values and every fifth, and with events."""
    rng = np.random.default_rng(5)
    x = np.exp(np.cumsum(rng.normal(0, 0.1, len(prices.values))))
    x[::5] = x[:3] = np.nan
    days = prices.dates_of(0).astype("datetime64[D]")[20::63]
    events = Events("events.csv", {"earnings": {"": days}})
    pairs = [
        events.distances("earnings", symbol, prices.dates_of(i))
        for i, symbol in enumerate(prices.symbols)
    ]
    to, since = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    further = {"x": x, "earnings:event:to": to, "earnings:event:since": since}
    return replace(prices, fields=prices.fields | further)


PRICES = with_column(grown())


@pytest.mark.parametrize("name", NAMES)
def test_row_by_row_it_is_the_same_to_the_last_bit(name):
    for i in range(len(PRICES.symbols)):
        whole = features(PRICES, i, (name,), DIVISOR)
        memory = start_memory((name,))
        rows = [next_features((name,), memory, row) for row in rows_of(PRICES, i, DIVISOR)]
        assert np.array_equal(whole, np.array(rows), equal_nan=True)
        after = memory_after((name,), Days(PRICES, i, DIVISOR))
        assert np.array_equal(memory, after, equal_nan=True)
        assert (whole.shape[1], len(memory)) == (input_of(name).size, input_of(name).memory)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_after_a_day_changes_what_is_fed_of_it(name):
    """Not a value of the column: of events, whose days are known in advance, not a later price."""
    whole = features(PRICES, 0, (name,), DIVISOR)
    for days in (1, 2, 60, 300):
        cut = first_rows(PRICES, {PRICES.symbols[0]: days})
        assert np.array_equal(features(cut, 0, (name,), DIVISOR), whole[:days], equal_nan=True)
        fields = dict(PRICES.fields)
        for field in {"x"} & set(fields_of((name,))):
            fields[field] = PRICES.fields[field].copy()
            fields[field][days:] = 99.0
        after = features(replace(PRICES, fields=fields), 0, (name,), DIVISOR)
        assert np.array_equal(after[:days], whole[:days], equal_nan=True)


def test_what_is_fed_is_standardised_on_the_days_of_training_alone():
    settings = PrepareSettings(inputs="close", feature=("x",))
    later = PRICES.fields["x"].copy()
    later[PRICES.offsets[1] - 5 : PRICES.offsets[1]] = 1e3
    changed = replace(PRICES, fields=PRICES.fields | {"x": later})
    assert fit(PRICES, settings, 0.2) == fit(changed, settings, 0.2)
    assert fit(PRICES, settings, 0.0) != fit(changed, settings, 0.0)


def test_a_missing_value_is_the_last_known_one_and_the_mean_before_the_first():
    prices = replace(PRICES, fields={"x": PRICES.fields["x"].copy()})
    prices.fields["x"][:8] = [np.nan, np.nan, 2.0, np.nan, np.nan, 3.0, np.nan, 8.0]
    fed = features(prices, 0, ("x:level",), DIVISOR)[:8, 0]
    assert fed[2:].tolist() == [2, 2, 2, 3, 3, 8]
    assert np.isnan(fed[:2]).all()
    changes = features(prices, 0, ("x:change",), DIVISOR)[:8, 0]
    assert changes[3:].tolist() == [0, 0, 1, 0, 5]
    transform = fit(prices, PrepareSettings(inputs="close", feature=("x",)), 0.2)
    # of log returns the first row has none, so that the day 0 is the row 1
    assert prepare(prices, transform, 0.2).further[0, 0] == 0.0


def test_what_is_published_late_is_fed_as_many_rows_later():
    now, late = (features(PRICES, 0, (name,), DIVISOR)[:, 0] for name in ("x:log", "x:log:lag-4"))
    assert np.array_equal(late[4:], now[:-4], equal_nan=True)
    assert np.isnan(late[:4]).all()


def test_each_day_is_in_one_span_before_an_event_and_in_one_after_it():
    fed = features(PRICES, 0, ("earnings:event",), DIVISOR)
    to, since = PRICES.fields["earnings:event:to"], PRICES.fields["earnings:event:since"]
    for day in range(20, 160):
        before, after = fed[day, : len(DAYS_TO)], fed[day, len(DAYS_TO) :]
        assert before.tolist() == [low <= to[day] <= high for low, high in DAYS_TO]
        assert after.tolist() == [low <= since[day] <= high for low, high in DAYS_SINCE]
        assert before.sum() == (to[day] <= 22)
        assert after.sum() == (since[day] <= 22)
    assert fed[19].argmax() == 0  # the day before
    assert fed[20, len(DAYS_TO)] == 1  # the day itself


def test_options_are_names_of_inputs():
    settings = PrepareSettings(
        inputs="close,level", feature=("vix@vix:log-change", "Volume", "a:b:change", "split:event"),
        feature_lag=2,
    )  # fmt: skip
    assert inputs_of(settings) == (
        "level", "vix@vix:log-change:lag-2", "volume:level:lag-2", "a:b:change:lag-2",
        "split:event",
    )  # fmt: skip
    assert custom_of(inputs_of(settings)) == inputs_of(settings)[1:]
    assert fields_of(custom_inputs(settings))[:3] == ("vix@vix", "volume", "a:b")


@pytest.mark.parametrize("text", ["vix:logs", ":level", "vix:"])
def test_a_transform_that_there_is_not_is_refused(text):
    with pytest.raises(UsageError, match="there are level, log, change, log-change"):
        custom_inputs(PrepareSettings(feature=(text,)))


def test_a_feature_named_twice_is_refused():
    with pytest.raises(UsageError, match="named twice"):
        custom_inputs(PrepareSettings(feature=("x", "x:level")))


def test_columns_of_files_are_found_by_either_name(tmp_path):
    (tmp_path / "vix.csv").write_text("date,vix,skew\n2024-01-02,1,2\n2024-01-03,2,3\n")
    (tmp_path / "rates.csv").write_text("date,short\n2024-01-02,1\n2024-01-03,2\n")
    reading = ReadSettings(feature_file=(str(tmp_path / "vix.csv"), str(tmp_path / "rates.csv")))
    every = with_files(PrepareSettings(), reading).feature
    assert every == ("vix@vix:level", "skew@vix:level", "short@rates:level")
    some = with_files(PrepareSettings(feature=("vix:log", "short@rates.csv")), reading).feature
    assert some == ("vix@vix:log", "short@rates:level")
    with pytest.raises(UsageError, match="there are vix@vix, skew@vix, short@rates"):
        with_files(PrepareSettings(feature=("gold@vix.csv",)), reading)


def test_a_column_in_two_files_must_be_named_with_its_file():
    prices = replace(PRICES, fields={"x@a": PRICES.fields["x"], "x@b": PRICES.fields["x"]})
    with pytest.raises(UsageError, match="in several files: x@a, x@b"):
        with_fields_of(PrepareSettings(feature=("x",)), prices)
    assert with_fields_of(PrepareSettings(feature=("x@b",)), prices).feature == ("x@b:level",)


def test_a_lag_of_nothing_is_refused():
    with pytest.raises(UsageError, match="feature_lag"):
        with_fields_of(PrepareSettings(feature_lag=1), PRICES)


def test_a_log_of_what_is_not_positive_is_refused():
    low = replace(PRICES, fields={"x": PRICES.fields["x"] - 100})
    with pytest.raises(DataError, match=r"x has \d+ values <= 0, .*; use x:level or x:change"):
        features(low, 0, ("x:log-change",), DIVISOR)


@pytest.mark.parametrize(
    ("name", "option"), [("nothing:level", "feature"), ("nothing:event", "events")]
)
def test_what_no_row_has_is_refused(name, option):
    lacking = np.full(len(PRICES.values), np.nan)
    empty = replace(PRICES, fields=dict.fromkeys(fields_of((name,)), lacking))
    with pytest.raises(DataError, match=f"no row has {name}; leave it out of {option}"):
        fit(empty, PrepareSettings(inputs="close", feature=(name,)), 0.2)


def test_a_standardised_column_is_bounded_smoothly():
    """As it is up to three deviations, then ever more slowly; alone and among others alike."""
    near, far = np.linspace(-3, 3, 101), np.geomspace(3, 1e300, 500)
    assert all_bounded(near).tolist() == near.tolist()
    limited = all_bounded(far)
    assert np.all(np.diff(limited) >= 0)
    assert limited.min() >= 3
    assert limited.max() <= 5
    steps = np.diff(all_bounded(np.linspace(2.9, 3.1, 201))) / 0.001
    assert np.all((steps > 0.9) & (steps < 1.001))
    every = np.concatenate([near, far, -far, [np.inf, -np.inf, np.nan, 0.0]])
    one_by_one = [bounded(x) for x in every.tolist()]
    assert np.array_equal(all_bounded(every), one_by_one, equal_nan=True)


def test_a_leap_is_fed_as_five_deviations_in_float32_too():
    """Of millions of deviations, and of numbers whose squares overflow."""
    leap, longest = PRICES.fields["x"].copy(), int(np.argmax(PRICES.lengths))
    last = slice(PRICES.offsets[longest + 1] - 3, PRICES.offsets[longest + 1])
    leap[last] = 1e12, 1e300, -1e300
    prices = replace(PRICES, fields=PRICES.fields | {"x": leap})
    settings = PrepareSettings(inputs="close", feature=("x:level", "x:change"))
    preparation = fit(prices, settings, 0.2)
    prepared = prepare(prices, preparation, 0.2)
    end = prepared.offsets[longest + 1]
    further = prepared.further.astype(np.float32)
    assert np.isfinite(further).all()
    assert np.abs(further).max() <= 5
    assert np.abs(further[end - 3 : end]).min() > 4.9


def test_numbers_whose_squares_overflow_have_a_spread():
    ((mean, deviation),) = spread_of([np.array([[1e300], [3e300], [np.nan]])])
    assert (mean, deviation) == (pytest.approx(2e300), pytest.approx(1e300))
