"""Data frames as prices: columns by name, rows sorted, every fault named by symbol and row."""

import datetime
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rnncli.errors import DataError, UsageError
from rnncli.prices.series import Prices

DAYS = ["2024-01-02", "2024-01-03", "2024-01-04"]
LONG = {
    "symbol": ["A", "B", "A", "B", "A"],
    "date": [DAYS[2], DAYS[1], DAYS[1], DAYS[0], DAYS[0]],
    "close": [3.0, 5.0, 2.0, 4.0, 1.0],
}
both = pytest.mark.parametrize("library", [pd, pl])


def series_of(prices):
    """Symbol -> date -> price."""
    return {
        symbol: dict(zip(prices.dates_of(i).astype(str), prices.series(i).tolist(), strict=True))
        for i, symbol in enumerate(prices.symbols)
    }


def dated(frame, library):
    """The frame with dates in place of their texts."""
    if library is pd:
        return frame.assign(date=pd.to_datetime(frame["date"]))
    return frame.with_columns(pl.col("date").str.to_date())


@both
@pytest.mark.parametrize("texts", [True, False])
def test_newest_first_rows_are_sorted(library, texts):
    """A frame is never forecast from the wrong end, whatever its order."""
    frame = library.DataFrame(LONG)
    prices = Prices.from_frame(frame if texts else dated(frame, library))
    assert prices.symbols == ("A", "B")
    assert prices.values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert prices.dates.dtype == "datetime64[s]"
    assert [str(day)[:10] for day in prices.dates] == DAYS + DAYS[:2]


@both
@pytest.mark.parametrize(
    "names",
    [("unique_id", "ds", "y"), ("ticker", "timestamp", "price"), ("Symbol", "Date", "Close")],
)
def test_columns_are_known_by_their_names(library, names):
    """Those of Nixtla, and those of vendors, in any case."""
    renamed = library.DataFrame(dict(zip(names, LONG.values(), strict=True)))
    assert series_of(Prices.from_frame(renamed)) == series_of(
        Prices.from_frame(library.DataFrame(LONG))
    )


@both
def test_columns_are_named_by_keyword(library):
    """A name that is given counts, and one that is not there is reported with those that are."""
    frame = library.DataFrame({"who": ["A"], "when": DAYS[:1], "adj": [2.0], "close": [9.0]})
    prices = Prices.from_frame(frame, symbol="who", date="when", price="adj")
    assert (series_of(prices), prices.column) == ({"A": {"2024-01-02T00:00:00": 2.0}}, "adj")
    said = "price last: is not a column; there are who, when, adj, close"
    with pytest.raises(UsageError, match=said) as caught:
        Prices.from_frame(frame, price="last")
    assert (caught.value.option, caught.value.value) == ("price", "last")
    with pytest.raises(UsageError, match="price: the frame has columns when; name the one"):
        Prices.from_frame(frame[["when"]])


@both
def test_rows_without_a_price_are_left_out_and_counted(library):
    """Days not traded are never filled; a symbol without any is left out."""
    frame = library.DataFrame(
        {"symbol": ["A", "A", "B"], "date": DAYS, "close": [1.0, None, float("nan")]}
    )
    prices = Prices.from_frame(frame)
    assert series_of(prices) == {"A": {"2024-01-02T00:00:00": 1.0}}
    assert prices.warnings() == ["data frame: left out rows without a price: 2"]
    assert prices.files[0].dropped_by_symbol == {"A": 1, "B": 1}
    with pytest.raises(DataError, match="no row has a price"):
        Prices.from_frame(frame[1:])


@both
def test_dates_that_are_there_twice_are_refused(library):
    """Both rows are named, by the symbol and where they are in the frame."""
    frame = library.DataFrame({**LONG, "date": [DAYS[2], *DAYS[1:2], DAYS[2], DAYS[0], DAYS[0]]})
    said = "A, row 2: 2024-01-04 is there twice, in row 0 too; remove one of the rows"
    with pytest.raises(DataError, match=said):
        Prices.from_frame(frame)


@both
def test_infinite_prices_and_missing_dates_are_refused(library):
    """The symbol and the row of the frame are named."""
    with pytest.raises(DataError, match="B, row 3: price inf is not finite"):
        Prices.from_frame(library.DataFrame({**LONG, "close": [3.0, 5.0, 2.0, np.inf, 1.0]}))
    with pytest.raises(DataError, match="B, row 1: has no date"):
        Prices.from_frame(library.DataFrame({**LONG, "date": [DAYS[2], None, *LONG["date"][2:]]}))


@both
def test_what_is_no_number_date_or_symbol_is_refused(library):
    """Nothing is guessed from texts."""
    for name, values, said in (
        ("close", list("12345"), "column close holds no numbers but"),
        ("date", [20240102, 3, 4, 5, 6], "column date holds no dates but"),
        (
            "date",
            ["01/02/2024", *LONG["date"][1:]],
            "data frame, row 0: '01/02/2024' is not a date",
        ),
        ("symbol", ["A", None, "A", "B", "A"], "data frame, row 1: None is not a symbol"),
    ):
        with pytest.raises(DataError, match=said):
            Prices.from_frame(library.DataFrame({**LONG, name: values}))


@both
def test_frames_without_symbols_or_dates(library):
    """One series named after its price, its rows in their order."""
    prices = Prices.from_frame(library.DataFrame({"close": [3, 1, 2]}))
    assert (prices.symbols, prices.values.tolist()) == (("close",), [3.0, 1.0, 2.0])
    assert not prices.has_dates(0)


@both
def test_wide_frames(library):
    """A column for each symbol; the days that one did not trade are left out of it alone."""
    frame = library.DataFrame({"date": DAYS[::-1], "A": [3.0, 2.0, 1.0], "B": [5.0, None, 4.0]})
    prices = Prices.from_frame(frame, layout="wide")
    assert series_of(prices)["B"] == {"2024-01-02T00:00:00": 4.0, "2024-01-04T00:00:00": 5.0}
    assert series_of(prices)["A"] == dict(
        zip([f"{day}T00:00:00" for day in DAYS], [1.0, 2.0, 3.0], strict=True)
    )
    with pytest.raises(UsageError, match="price A: is of a long frame; each column of a wide one"):
        Prices.from_frame(frame, layout="wide", price="A")
    with pytest.raises(UsageError, match="layout tall: must be long or wide"):
        Prices.from_frame(frame, layout="tall")


@both
def test_further_columns_are_kept_beside_the_price(library):
    """In the order of the rows; what no volume can be is missing."""
    frame = library.DataFrame({**LONG, "Volume": [30.0, 50.0, 20.0, -1.0, 10.0]})
    assert Prices.from_frame(frame).fields["volume"].tolist()[:3] == [10.0, 20.0, 30.0]
    assert np.isnan(Prices.from_frame(frame).fields["volume"][3])


def test_clocks_of_time_zones_count():
    """Midnight in New York is the day that its people wrote."""
    moments = pd.to_datetime(pd.Series(DAYS)).dt.tz_localize("America/New_York")
    for frame in (
        pd.DataFrame({"date": moments, "close": [1.0, 2.0, 3.0]}),
        pl.DataFrame({"date": pl.Series(DAYS).str.to_datetime(), "close": [1.0, 2.0, 3.0]})
        .with_columns(pl.col("date").dt.replace_time_zone("America/New_York")),
    ):  # fmt: skip
        assert [str(day)[:10] for day in Prices.from_frame(frame).dates] == DAYS


def test_the_index_of_pandas_counts_as_columns():
    """As yfinance gives dates, with or without a name; and symbols beside them."""
    frame = pd.DataFrame({"Close": [1.0, 2.0, 3.0]}, index=pd.to_datetime(DAYS))
    for index in (frame.index, frame.index.rename("Date")):
        prices = Prices.from_frame(frame.set_axis(index))
        assert (len(prices.dates), prices.has_dates(0)) == (3, True)
    both_named = pd.DataFrame(LONG).set_index(["symbol", "date"])
    assert series_of(Prices.from_frame(both_named)) == series_of(
        Prices.from_frame(pd.DataFrame(LONG))
    )


def test_other_types_of_numbers_dates_and_symbols():
    """Decimals, dates of Python, categories and whole numbers are what they say."""
    frame = pd.DataFrame(
        {
            "symbol": pd.Categorical(["A", "A"]),
            "date": [datetime.date(2024, 1, 3), datetime.date(2024, 1, 2)],
            "close": [Decimal("2.5"), Decimal("1.5")],
        }
    )
    assert Prices.from_frame(frame).values.tolist() == [1.5, 2.5]
    numbered = pd.DataFrame({"symbol": [7, 8], "close": pd.array([1, None], "Int64")})
    assert Prices.from_frame(numbered).symbols == ("7",)


NEWEST_FIRST = pd.DataFrame(
    {"date": pd.date_range("2024-01-01", periods=5)[::-1], "close": np.arange(5.0, 0, -1)}
)


@pytest.mark.parametrize(
    "frame",
    [
        NEWEST_FIRST.rename(columns={"date": "Datum"}),
        NEWEST_FIRST.assign(time=NEWEST_FIRST.date.astype(str)).drop(columns="date"),
        NEWEST_FIRST.assign(when=NEWEST_FIRST.date.dt.date).drop(columns="date"),
        NEWEST_FIRST.set_index("date").rename_axis("Datum"),
        NEWEST_FIRST.set_index(NEWEST_FIRST.date.astype(str).values)[["close"]],
        NEWEST_FIRST.set_index(pd.PeriodIndex(NEWEST_FIRST.date.values, freq="D"))[["close"]],
        pl.DataFrame({"Datum": [date(2024, 1, 2), date(2024, 1, 1)], "close": [1.0, 2.0]}),
    ],
)
def test_dates_under_an_unknown_name_are_refused(frame):
    """They are never passed over: rows without dates count as oldest first."""
    with pytest.raises(UsageError, match=r"may hold the dates|index without names"):
        Prices.from_frame(frame)


def test_dates_under_an_unknown_name_can_be_named():
    frame = NEWEST_FIRST.rename(columns={"date": "Datum"})
    prices = Prices.from_frame(frame, date="Datum")
    assert prices.values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_an_index_of_dates_beside_their_column_is_left_out():
    """Under the name of the column, and without one."""
    for frame in (
        NEWEST_FIRST.set_index("date", drop=False),
        NEWEST_FIRST.set_index(NEWEST_FIRST.date.values),
    ):
        assert Prices.from_frame(frame).values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_levels_without_names_are_refused():
    """Symbols in them would otherwise run into one another."""
    both = pd.concat({"A": NEWEST_FIRST, "B": NEWEST_FIRST})
    with pytest.raises(UsageError, match="index without names; name it"):
        Prices.from_frame(both)


def test_a_count_of_rows_is_not_a_symbol_of_a_wide_frame():
    frame = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, 4.0]}, pd.RangeIndex(2, name="i"))
    assert Prices.from_frame(frame, layout="wide").symbols == ("A", "B")


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (None, "frame: is a NoneType; give a data frame"),
        ({"close": [1.0]}, "frame: is a dict"),
        (pl.LazyFrame({"close": [1.0]}), r"frame: is not collected; call its method collect\(\)"),
        (pd.DataFrame([[1.0, 2.0]], columns=["close", "close"]), "has two columns close"),
        (pd.DataFrame({"a": [1.0]}), "name the one to use, or pass .*wide"),
    ],
)
def test_what_is_not_a_frame_of_prices_is_refused(frame, fault):
    with pytest.raises(UsageError, match=fault):
        Prices.from_frame(frame)


def test_numbers_among_dates_are_refused():
    """They would be taken for seconds since 1970."""
    frame = pd.DataFrame({"date": pd.Series([20240101, 20240102], dtype=object), "close": [1, 2]})
    with pytest.raises(DataError, match="row 0: 20240101 is not a date"):
        Prices.from_frame(frame)
    frame = pd.DataFrame({"date": pd.Series([date(2024, 1, 1), pd.NaT]), "close": [1, 2]})
    with pytest.raises(DataError, match="has no date"):
        Prices.from_frame(frame.astype({"date": object}))
