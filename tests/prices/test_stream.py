"""Streamed rows equal those that the reader of files returns, or are reported with the reason."""

import io
import itertools

import pytest

from rnncli.errors import DataError, UsageError
from rnncli.prices.reader import read_prices
from rnncli.prices.stream import TRIES, RowStream
from rnncli.prices.stream_rows import BadRowError
from rnncli.settings import ReadSettings

FIELDS = ("high", "low", "volume")


def read(text, fields=(), **settings):
    """Everything that a stream yields."""
    stream = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return list(RowStream(stream, ReadSettings(**settings), fields))


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("date,symbol,close\n2024-01-02,AAA,8.5\n2024-01-03,AAA,1e2\n\n2024-01-03,BBB,.5\n", {}),
        ("date;ticker;last\n2024-01-02 09:30;AAA;$8.50\n2024-01-02 09:31;AAA;8\n", {}),
        ("day\tclose\n02/01/2024\t1.234,5\n03/01/2024\t8,5\n",
         {"date_format": "%d/%m/%Y", "decimal": ","}),
        ("date,exchange,symbol,close\n2024-01-02,X,A,8\n2024-01-03,Y,A,9\n",
         {"symbol_column": "symbol,exchange"}),
        ("20240102,AAA,8.5\n20240103,AAA,8.75\n", {}),
        ("date,time,symbol,close\n2024-01-02,09:30:00,A,8\n2024-01-02,09:31:30,A,9\n", {}),
        ('date,symbol,close\n2024-01-02,"\'=A","8"\r\n2024-01-03,\'=A,9', {}),
        ("date,symbol,high,low,close,volume\n2024-01-02,A,9,7,8,1000\n2024-01-03,A,7,9,8,-5\n"
         "2024-01-04,A,9,,8,0\n", {"fields": FIELDS}),
    ],
)  # fmt: skip
def test_rows_are_those_of_the_reader_of_files(text, settings):
    """Symbols, dates, prices and what stands beside them."""
    fields = settings.pop("fields", ())
    rows = read(text, fields, **settings)
    ref = read_prices(["-"], ReadSettings(**settings), io.BytesIO(text.encode()), fields=fields)
    comp = sorted(
        (ref.symbols.index(row.symbol), row.second, row.price, *map(str, row.beside))
        for row in rows
    )
    beside = zip(*ref.fields.values(), strict=True) if fields else [()] * len(ref.values)
    expected = [
        (i, int(date.astype(int)), price, *map(str, map(float, more)))
        for i, date, price, more in zip(
            [i for i, n in enumerate(ref.lengths.tolist()) for _ in range(n)],
            ref.dates, ref.values.tolist(), beside, strict=True,
        )
    ]  # fmt: skip
    assert comp == expected


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2024-01-02,AAA,1,5", "4 cells where there should be 3"),
        ("01/02/2024,AAA,8", "say which with --date-format"),
        ("2024-01-02,AAA,n/a", "AAA: no price"),
        ("2024-01-02,AAA,8\0", "a NUL byte"),
        (b"2024-01-02,\xff,8", "is not utf-8 text"),
        ("2024-01-02,AAA,1496.", "cut off in a price"),
        ("1066-10-14,AAA,8", "in the year 1066"),
    ],
)
def test_what_is_not_a_row_is_reported(row, said):
    """With its line, and the rows after it are read."""
    row = row if isinstance(row, bytes) else row.encode()
    (good, bad) = read(b"date,symbol,close\n2024-01-01,AAA,8\n" + row)
    assert (good.line, good.price) == (2, 8.0)
    assert isinstance(bad, BadRowError)
    assert str(bad).startswith("stdin, line 3: ")
    assert said in str(bad)


def test_first_lines_that_are_not_rows_are_skipped():
    """Up to some; then the stream is refused."""
    found = read("date,symbol,close\nx\n2024-01-01,AAA,8\n2024-01-02,AAA,9\n")
    assert [type(one).__name__ for one in found] == ["BadRowError", "PriceRow", "PriceRow"]
    with pytest.raises(DataError):
        read("date,symbol,close\n" + "x\n" * (TRIES + 1))


def test_a_line_that_is_too_long_is_passed_over():
    """Not kept, and the row after it is read."""
    row = "2024-01-02,AAA,8\n"
    text = f"date,symbol,close\n2024-01-01,AAA,8\n2024-01-02,{'x' * 200_000},8\n{row}"
    good, bad, last = read(text, limits=1e-2)
    assert "stdin, line 3: longer than" in str(bad)
    assert (good.line, last.line) == (2, 4)


def test_a_decimal_mark_is_that_of_the_first_number_that_shows_one():
    """What can be read in one way settles it for all after it, as of a whole file."""
    head = "date;symbol;close\n2024-01-01;A;8\n"
    rows = "2024-01-02;A;1,048\n2024-01-03;A;48,83\n2024-01-04;A;1,048\n2024-01-05;A;8.25\n"
    found = read(head + rows)
    assert [getattr(one, "price", None) for one in found] == [8, None, 48.83, 1.048, None]
    found = read(head + "2024-01-02;A;1.048\n2024-01-03;A;1.048,5\n2024-01-04;A;1.048\n")
    assert [getattr(one, "price", None) for one in found] == [8, None, 1048.5, 1048]
    found = read(head + "2024-01-02;A;1,048.25\n2024-01-03;A;1,048\n2024-01-04;A;48,83\n")
    assert [getattr(one, "price", None) for one in found] == [8, 1048.25, 1048, None]


def test_a_note_above_the_header_is_not_a_header():
    """And each line is reported by one number, its own."""
    first, bad, last = read("# of the vendor\ndate,symbol,close\n2024-01-01,A,8\nx\n2024-01-02,A,9")
    assert (first.line, last.line) == (3, 5)
    assert str(bad).startswith("stdin, line 4: ")
    bad, first = read("date,symbol,close\n2024-01-01,\0A,8\n2024-01-02,A,9\n")
    assert str(bad).startswith("stdin, line 2: a NUL byte")


def test_symbols_that_are_not_asked_for_are_left_out():
    """Without a word, as in files."""
    text = "date,symbol,close\n2024-01-01,A,8\n2024-01-01,B,9\n2024-01-02,A,9\n"
    assert [row.line for row in read(text, symbols="A,C")] == [2, 4]
    text += '2024-01-03,"A,C",9\n'
    assert [row.line for row in read(text, symbols="A,C")] == [2, 4, 5]


def test_what_cannot_be_followed_is_refused():
    """A column per symbol, an endless line, settings for whole files, nothing at all."""
    with pytest.raises(UsageError, match="a column per symbol"):
        read("date,A,B\n2024-01-01,1,2\n")
    with pytest.raises(DataError, match="line 2: longer than"):
        read("date,symbol,close\n" + "x" * 1_100_000, limits=1e-2)
    with pytest.raises(UsageError, match="--duplicates: is for whole files"):
        read("", duplicates="last")
    with pytest.raises(DataError, match="is empty"):
        read("\n \n")


def test_the_hour_that_occurs_twice_goes_on_by_the_clock_before():
    """Four rows an hour apart, though the clock of the last two is behind."""
    rows = read(
        "date,symbol,close\n2023-10-29 01:00:00+02:00,A,10\n2023-10-29 02:00:00+02:00,A,11\n"
        "2023-10-29 02:00:00+01:00,A,12\n2023-10-29T03:00:00+0100,A,13\n"
    )
    seconds = [row.second for row in rows]
    assert [b - a for a, b in itertools.pairwise(seconds)] == [3600] * 3


def test_sessions_keep_their_clock_through_the_year():
    """09:30 stays 09:30 where the offset changes and the clock never goes back."""
    rows = read(
        "date,symbol,close\n2024-03-08 09:30:00-05:00,A,1\n2024-03-11 09:30:00-04:00,A,2\n"
        "2024-03-12 00:00:00-04:00,A,3\n"
    )
    assert [row.second % 86_400 for row in rows] == [34_200, 34_200, 0]
