"""Prices are checked when they are made: no series is ever forecast from the wrong end."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError
from rnncli.prices.series import Prices

PRICES = prices_of({"A": [1.0, 2.0, 3.0], "B": [4.0, 5.0]})
NAT = np.datetime64("NaT", "s")


def changed(name, row, value):
    """The prices with one entry of an array changed."""
    array = getattr(PRICES, name).copy()
    array[row] = value
    return replace(PRICES, **{name: array})


def test_newest_first_rows_are_refused():
    """A series whose dates descend is never taken for one that ends with its oldest row."""
    fault = r"B, row 1: 2024-01-01 comes after 2024-01-02; sort the rows by date, oldest first"
    with pytest.raises(DataError, match=fault):
        replace(PRICES, dates=np.concatenate([PRICES.dates[:3], PRICES.dates[3:][::-1]]))


def test_dates_that_are_there_twice_are_refused():
    """The symbol, its row and the date are named."""
    with pytest.raises(DataError, match="A, row 2: 2024-01-02 is there twice; remove one"):
        changed("dates", 2, PRICES.dates[1])


@pytest.mark.parametrize("row", [0, 1, 2])
def test_dates_of_some_rows_alone_are_refused(row):
    """A series has dates for all of its rows or for none."""
    with pytest.raises(DataError, match=r"A, row .: some rows have a date and others have none"):
        changed("dates", row, NAT)


def test_series_without_dates_stand_beside_others():
    """All rows of a series are without a date, whatever the next one has."""
    dates = PRICES.dates.copy()
    dates[:3] = NAT
    assert [replace(PRICES, dates=dates).has_dates(i) for i in (0, 1)] == [False, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_prices_that_are_not_finite_are_refused(value):
    """The symbol and its row are named."""
    with pytest.raises(DataError, match=f"B, row 1: price {value} is not finite"):
        changed("values", 4, value)


def test_offsets_that_do_not_cover_all_rows_are_refused():
    """No row is left out, and none is invented."""
    for last in (4, 6):
        with pytest.raises(DataError, match=f"offsets go from 0 to {last}, and rows from 0 to 5"):
            changed("offsets", 2, last)
    with pytest.raises(DataError, match="offsets go from 1"):
        changed("offsets", 0, 1)


def test_series_without_rows_are_refused():
    """Every series has a row, and none goes backwards."""
    with pytest.raises(DataError, match="A: begins at row 0 and ends before row 0; every series"):
        changed("offsets", 1, 0)
    with pytest.raises(DataError, match="B: begins at row 6"):
        changed("offsets", 1, 6)
    with pytest.raises(DataError, match=r"offsets are of shape \(2,\), and 2 symbols need 3"):
        replace(PRICES, offsets=PRICES.offsets[1:] * [0, 1])


def test_shapes_and_types_are_checked():
    """Each array is of the one type that the stages compute with."""
    with pytest.raises(DataError, match=r"dates are of shape \(4,\), values of \(5,\)"):
        replace(PRICES, dates=PRICES.dates[:4])
    with pytest.raises(DataError, match="values are float32; give an array of float64"):
        replace(PRICES, values=PRICES.values.astype(np.float32))
    with pytest.raises(DataError, match=r"dates are datetime64\[D\]; give an array of"):
        replace(PRICES, dates=PRICES.dates.astype("datetime64[D]"))
    with pytest.raises(DataError, match="values are list; give an array of float64"):
        replace(PRICES, values=[1.0, 2.0])


def test_a_symbol_is_of_one_series():
    """A name that is there twice could not be forecast apart."""
    with pytest.raises(DataError, match="A: is the name of two series"):
        replace(PRICES, symbols=("A", "A"))


def test_fields_may_lack_numbers_and_have_none_that_is_infinite():
    """NaN is a day on which a volume is not known."""
    volume = np.array([1.0, np.nan, 3.0, 4.0, 5.0])
    assert np.isnan(replace(PRICES, fields={"volume": volume}).fields["volume"][1])
    volume[4] = np.inf
    with pytest.raises(DataError, match="B, row 1: volume inf is not finite"):
        replace(PRICES, fields={"volume": volume})


def test_sources_need_not_be_given():
    """Arrays alone have no files."""
    made = Prices(PRICES.symbols, PRICES.values, PRICES.offsets, PRICES.dates)
    assert (made.sources, made.warnings()) == (("prices", "prices"), [])
