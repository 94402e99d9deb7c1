"""Cells become symbols, dates and prices exactly, or the first bad one is named."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.text import decode
from rnncli.prices.parsing.table.table import read_table


def table(text: str, column: str | None = None, decimal: str | None = None):
    grid = read_grid(decode(text.encode(), "x.csv"))
    return read_table(grid, find_columns(grid, RequestedColumns(price=column)), None, "x", decimal)


ODD = ["NA", "TRUE", "NULL", "nan", "0700", "1E5", "-", "1.0", "None", "inf", "N/A", "1_0", "Ünï"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_symbols_are_text_whatever_they_look_like(quote):
    """NA, TRUE, 0700 and 1E5 are symbols, not values."""
    rows = "\n".join(f"{quote}{symbol}{quote},{i}" for i, symbol in enumerate(ODD))
    found = table(f"symbol,close\n{rows}\n")
    assert found.symbols == tuple(ODD)
    assert found.values.tolist() == list(range(len(ODD)))


PLAIN = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text[0] != "\ufeff")  # at a line's start: a BOM


@pytest.mark.slow(each_version=True)
@given(st.lists(PLAIN, min_size=1, max_size=8, unique=True))
def test_any_symbol_is_read_as_it_was_written(symbols):
    """Every text comes back as the same text, formula signs guarded as our own output does."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["symbol", "date", "close"])
    for symbol in symbols:
        guarded = f"'{symbol}" if symbol[0] in "=+-@\t" else symbol
        if not symbol.startswith(("'=", "'+", "'-", "'@")):
            writer.writerow([guarded, "2024-01-02", "1.5"])
    wanted = [s for s in symbols if not s.startswith(("'=", "'+", "'-", "'@"))]
    if wanted:
        assert list(table(stream.getvalue()).symbols) == wanted


def test_blanks_around_symbols_are_not_part_of_them():
    """Padded symbols are the same symbol."""
    found = table("symbol,close\n A,1\nA ,2\nB,3\n")
    assert (found.symbols, found.codes.tolist()) == (("A", "B"), [0, 0, 1])


def test_an_empty_symbol_is_refused():
    """A price that belongs to nobody is refused with its line."""
    with pytest.raises(DataError, match=r"x.csv, line 3, column symbol: the symbol is empty"):
        table("symbol,date,close\nA,2024-01-02,1\n,2024-01-03,2\n")


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e400", "abc", "TRUE", "1_000", "1.2.3"])
def test_a_bad_price_is_refused_with_its_place(cell):
    """File, line, column and the cell itself are named."""
    with pytest.raises(DataError, match=r"x.csv, line 3, column close: .* is not a price"):
        table(f"date,close\n2024-01-02,1\n2024-01-03,{cell}\n")


@pytest.mark.parametrize("cell", ["", " ", "null", "NULL", "NaN", "nan", "N/A", "#N/A", "-", "."])
def test_rows_without_a_price_are_counted(cell):
    """A missing price is dropped and counted, with its symbol."""
    found = table(f"symbol,date,close\nA,2024-01-02,1\nA,2024-01-03,{cell}\nB,2024-01-03,2\n")
    assert found.values.tolist() == [1.0, 2.0]
    assert found.dropped == {"rows without a price": 1}
    assert found.missing.tolist() == [1, 0]


def test_prices_below_zero_are_kept():
    """The caller decides what prices at or below zero mean."""
    assert table("date,close\n2020-04-20,-37.63\n2020-04-21,0\n").values.tolist() == [-37.63, 0.0]


def test_all_prices_missing_is_refused():
    """A file without a single price is refused."""
    for text in ("date,close\n2024-01-02,\n", "date,A,B\n2024-01-02,,\n"):
        with pytest.raises(DataError, match="missing"):
            table(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('date,close\n"Feb 23, 2018","2,747.30"\n"Feb 22, 2018","$2,703"\n', [2747.3, 2703.0]),
        ("date;close\n31.01.2024;1.234,56\n30.01.2024;12,5\n", [1234.56, 12.5]),
        ("date;close;vol\n31.01.2024;126.135;10,24B\n30.01.2024;126.9;1,5B\n", [126.135, 126.9]),
        ("date;close;vol\n31.01.2024;126.135;10,24B\n30.01.2024;126.913;1,5B\n", [126135, 126913]),
        ("date;close\n31.01.2024;126.135\n30.01.2024;126.913\n", None),
        ("date,close\n31.01.2024,126.135\n30.01.2024,126.913\n", None),
        ("date;close\n2024-01-31;126.135\n2024-02-01;126.913\n", None),
        ("date;close;vol\n31.01.2024;126.135;12345\n30.01.2024;1.913;1\n", None),
        ("date,close,vol\n31.01.2024,126.135,12345\n30.01.2024,1.913,1\n", [126.135, 1.913]),
        ("date;close\n31.01.2024;1,234\n30.01.2024;1,235\n", None),
        ("date,close\n31.01.2024,$1.5\n30.01.2024,$2\n", [1.5, 2.0]),
    ],
)
def test_decimal_commas_are_read_as_meant_or_refused(text, values):
    """A comma is a decimal mark only where the file proves it."""
    if values is None:
        with pytest.raises(DataError, match=r"say which with --decimal|not a price"):
            table(text)
    else:
        assert table(text).values.tolist() == values


@pytest.mark.slow(each_version=True)
def test_a_late_point_between_thousands_is_seen():
    """However large the file, all of a column is looked at where its points stay open."""
    low = "".join(f"{900 + i % 90}\n" for i in range(400_000))
    assert table(f"Kurs\n{low}999\n1.050\n").values[-1] == 1050.0
    assert table(f"Kurs\n{low}999\n999.125\n").values[-1] == 999.125


def test_floats_are_read_to_the_last_bit():
    """Prices are the nearest doubles, on the fast path and the slow."""
    prices = np.random.default_rng(0).random(2000) * 1e3
    rows = "\n".join(f"{float(price)!r}" for price in prices)
    assert np.array_equal(table(f"close\n{rows}\n").values, prices)
    assert np.array_equal(table(f'"close"\n{rows}\n').values, prices)


def test_empty_cells_of_a_wide_file_are_days_without_trade():
    """Each column keeps its own days, and nothing is filled or counted as dropped."""
    found = table("date,A,B,C\n2024-01-02,1,,\n2024-01-03,,2,\n2024-01-04,3,4,\n")
    assert found.symbols == ("A", "B")
    assert found.codes.tolist() == [0, 0, 1, 1]
    assert found.values.tolist() == [1, 3, 2, 4]
    assert [str(d)[8:10] for d in found.dates] == ["02", "04", "03", "04"]
    assert found.dropped == {"columns without a price": 1}


def test_a_bad_date_is_refused_with_its_place():
    """The first date that does not fit names its line."""
    with pytest.raises(DataError, match=r"x.csv, line 4, column date: 'soon' is not written like"):
        table("date,close\n2024-01-02,1\n\nsoon,2\n")
    with pytest.raises(DataError, match=r"x.csv, line 2, column date: dates can be read as"):
        table("date,close\n01/02/2024,1\n")


def test_the_order_within_each_series_settles_the_format():
    """Days that rise within every symbol decide between day first and month first."""
    days = ("10/01/2024", "11/01/2024", "01/02/2024")
    rows = "".join(f"A,{day},1\nB,{day},1\n" for day in days)
    found = table(f"symbol,date,close\n{rows}")
    assert str(found.dates[4]) == "2024-02-01T00:00:00"
    assert found.date_format == "%d/%m/%Y"


def test_date_and_time_columns_are_joined():
    """A time of day in its own column is part of the date."""
    found = table("<DATE>;<TIME>;<CLOSE>\n20240102;093000;1\n20240102;093500;2\n")
    assert [str(d)[11:] for d in found.dates] == ["09:30:00", "09:35:00"]
    found = table("<TICKER>,<DATE>,<TIME>,<CLOSE>\nA,20240102,000000,1\nA,20240103,000000,2\n")
    assert str(found.dates[1]) == "2024-01-03T00:00:00"
