"""Rows of weeks and months: what each is made of, which are not whole, and the dates ahead."""

import datetime
from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk
from resumed import assert_same
from states import first_rows
from trained import ONE

from rnncli.errors import DataError, SeriesError, UsageError
from rnncli.forecasting.incremental.resume import ResumableState
from rnncli.forecasting.incremental.state_file import decode, encode
from rnncli.forecasting.predict import predict
from rnncli.models.model import as_trained
from rnncli.prices.future_dates import dates_ahead
from rnncli.prices.reader import read_prices
from rnncli.prices.resample import resampled
from rnncli.prices.stream import refuse_whole
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model


def daily(rows=400, first="2022-01-03"):
    """Two series from Monday to Friday, with high, low and volume; some cells are missing."""
    rng = np.random.default_rng(8)
    prices = prices_of({"A": random_walk(rng, rows), "B": random_walk(rng, rows - 150)})
    days = np.busday_offset(first, np.arange(rows)).astype("datetime64[s]")
    dates = np.concatenate([days, days[150:]])
    spread = np.abs(rng.normal(0, 0.01, (2, len(prices.values))))
    high, low = prices.values * (1 + spread[0]), prices.values * (1 - spread[1])
    volume = rng.integers(1, 1000, len(prices.values)).astype(float)
    high[3], low[7], volume[10:15] = np.nan, np.nan, np.nan
    fields = {"open": prices.values - 0.01, "high": high, "low": low, "volume": volume}
    return replace(prices, dates=dates, fields=fields)


def key_of(date, period):
    day = date.astype("datetime64[D]").astype(datetime.date)
    return day.isocalendar()[:2] if period == "W" else (day.year, day.month)


@pytest.mark.parametrize("period", ["W", "M"])
def test_each_row_is_made_of_those_of_its_period(period):
    """Last close and date, first open, max high, min low, summed volume, by a plain loop."""
    prices = daily()
    made = resampled(prices, period, pytest.fail)
    for i, symbol in enumerate(prices.symbols):
        groups = {}
        for row in range(prices.offsets[i], prices.offsets[i + 1]):
            groups.setdefault(key_of(prices.dates[row], period), []).append(row)
        k = made.symbols.index(symbol)
        assert made.lengths[k] == len(groups)
        for row, of in zip(
            range(made.offsets[k], made.offsets[k + 1]), groups.values(), strict=True
        ):
            assert made.values[row] == prices.values[of[-1]]
            assert made.dates[row] == prices.dates[of[-1]]
            assert made.fields["open"][row] == prices.fields["open"][of[0]]
            for name, of_all in (("high", max), ("low", min), ("volume", sum)):
                known = [v for v in prices.fields[name][of].tolist() if not np.isnan(v)]
                expected = of_all(known) if known else np.nan
                np.testing.assert_equal(made.fields[name][row], expected)


@pytest.mark.parametrize("period", ["W", "M"])
def test_later_rows_change_no_period_before(period):
    """A row of a day leaves all periods but its own as they were, to the last bit."""
    prices = daily()
    for rows in (201, 202, 210):
        early = resampled(first_rows(prices, {"A": rows}), period, pytest.fail)
        whole = resampled(prices.subset([0]), period, pytest.fail)
        before = len(early.values) - 1
        for name in ("high", "low", "volume"):
            np.testing.assert_array_equal(early.fields[name][:before], whole.fields[name][:before])
        np.testing.assert_array_equal(early.values[:before], whole.values[:before])
        np.testing.assert_array_equal(early.dates[:before], whole.dates[:before])


def test_rows_of_weeks_are_weeks_already():
    made = resampled(daily(), "W", pytest.fail)
    again = resampled(made, "W", pytest.fail)
    for name in ("values", "offsets", "dates"):
        np.testing.assert_array_equal(getattr(again, name), getattr(made, name))


def write(path, first, rows, skip=()):
    days = [
        day for day in np.busday_offset(first, np.arange(rows)).tolist() if str(day) not in skip
    ]
    text = "".join(f"{day},{10 + k % 7},{5 * k}\n" for k, day in enumerate(days))
    path.write_text(f"date,close,volume\n{text}", encoding="ascii")
    return str(path)


@pytest.mark.parametrize(
    ("first", "rows", "period", "said"),
    [
        ("2024-01-01", 40, "W", []),  # Monday to Friday
        ("2024-01-03", 38, "W", ["first weeks"]),
        ("2024-01-01", 38, "W", ["last weeks"]),
        ("2024-01-10", 41, "W", ["first weeks", "last weeks"]),
        ("2024-01-01", 44, "M", []),  # to 29 February
        ("2024-01-08", 39, "M", ["first months"]),
        ("2024-01-01", 60, "M", ["last months"]),
    ],
)
def test_periods_that_are_not_whole_are_reported_and_kept(first, rows, period, said, tmp_path):
    """And with --drop-running the last one is left out."""
    path = write(tmp_path / "p.csv", first, rows)
    prices = read_prices([path], ReadSettings(resample=period))
    warning = " ".join(prices.warnings())
    for text in ("first weeks", "last weeks", "first months", "last months"):
        assert (text in warning) == (text in said)
    assert prices.resample == period
    without = read_prices([path], ReadSettings(resample=period, drop_running=True))
    running = any(text.startswith("last") for text in said)
    assert len(without.values) == len(prices.values) - running


@pytest.mark.parametrize(
    ("period", "last", "ahead"),
    [
        ("W", "2023-06-30", ["2023-07-07", "2023-07-14", "2023-07-21"]),  # a Friday
        ("W", "2023-06-28", ["2023-07-07", "2023-07-14", "2023-07-21"]),  # its week runs
        ("M", "2023-06-30", ["2023-07-31", "2023-08-31", "2023-09-29"]),
        ("M", "2023-06-13", ["2023-07-31", "2023-08-31", "2023-09-29"]),  # its month runs
    ],
)
def test_dates_ahead_are_those_of_later_periods(period, last, ahead):
    """On the last trading day of each, whatever day the last one is known to."""
    prices = daily(600)
    known = int(np.searchsorted(prices.dates_of(0), np.datetime64(last, "s"), side="right"))
    made = resampled(first_rows(prices, {"A": known}), period, pytest.fail)
    comp = dates_ahead(made.dates_of(0), 3).astype("datetime64[D]").astype(str).tolist()
    assert comp == ahead


def test_a_market_that_never_closes_has_weeks_to_sunday_and_months_to_their_end():
    days = np.arange("2023-01-01", "2023-10-01", dtype="datetime64[D]").astype("datetime64[s]")
    prices = replace(prices_of({"C": np.arange(1.0, len(days) + 1)}), dates=days)
    for period, ahead in (
        ("W", ["2023-10-08", "2023-10-15"]),
        ("M", ["2023-10-31", "2023-11-30"]),
    ):
        made = resampled(prices, period, pytest.fail)
        comp = dates_ahead(made.dates_of(0), 2).astype("datetime64[D]").astype(str).tolist()
        assert comp == ahead


def test_a_series_without_dates_fails_alone():
    prices = daily()
    some = replace(prices, dates=prices.dates.copy())
    some.dates[prices.offsets[1] :] = np.datetime64("NaT", "s")
    faults = []
    assert resampled(some, "W", faults.append).symbols == ("A",)
    assert "B has no dates" in str(faults[0])
    assert isinstance(faults[0], SeriesError)
    with pytest.raises(DataError, match="no dates"):
        resampled(some.subset([1]), "W", pytest.fail)


def test_a_model_holds_its_period_and_reads_by_it(tmp_path):
    """Unless another is named; rows one by one are no whole period."""
    reading = ReadSettings(resample="W")
    path = write(tmp_path / "p.csv", "2020-01-06", 700)
    model = fit_model(
        read_prices([path], reading), reading, PrepareSettings(),
        NetworkSettings(hidden_size=2, mode="seq2seq"), TrainSettings(epochs=1, pool="none"), ONE,
    ).model  # fmt: skip
    assert as_trained(ReadSettings(), model.settings) == reading
    assert as_trained(ReadSettings(resample="M"), model.settings).resample == "M"
    assert as_trained(ReadSettings(), {"read": {"column": None}}) == ReadSettings()
    with pytest.raises(UsageError, match="resample"):
        refuse_whole(as_trained(ReadSettings(), model.settings))


def test_a_state_goes_on_with_whole_weeks_and_with_one_that_ran(tmp_path):
    """To the same bits as from the start; a week that has grown is gone through again."""
    reading, settings = ReadSettings(resample="W"), PredictSettings(horizon=3, max_jump=0)
    paths = [write(tmp_path / f"{rows}.csv", "2020-01-06", rows) for rows in (500, 505, 507, 510)]
    known = [replace(read_prices([path], reading), symbols=("P",)) for path in paths]
    model = fit_model(
        known[0], reading, PrepareSettings(), NetworkSettings(hidden_size=2, mode="seq2seq"),
        TrainSettings(epochs=1, pool="none"), ONE,
    ).model  # fmt: skip
    state, resumed = None, []
    for prices in known:
        warm = ResumableState(model, state)
        comp = predict(
            model, prices, settings, ALONE, states_of=lambda p, w=warm: w.states_of(p, ALONE)
        )
        assert_same(predict(model, prices, settings, ALONE), comp)
        state = decode(encode(warm.after, "f" * 64), model, "f" * 64)
        resumed.append(warm.resumed)
    assert resumed == [0, 1, 1, 0]
