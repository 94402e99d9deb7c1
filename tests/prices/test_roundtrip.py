"""Any table, written in any supported dialect, reads back equal; and as pandas reads it."""

import csv
import io
from datetime import date, timedelta

import corpus_bars  # noqa: F401 - adds its cases
import corpus_beside  # noqa: F401 - adds its cases
import corpus_headers  # noqa: F401 - adds its cases
import corpus_pasted  # noqa: F401 - adds its cases
import corpus_vendors  # noqa: F401 - adds its cases
import numpy as np
import pandas as pd
import pytest
from corpus import CASES
from hypothesis import given
from hypothesis import strategies as st

from rnncli.errors import DataError
from rnncli.prices.parsing.grid import fast_split
from rnncli.prices.parsing.grid.header import is_field, is_ratio
from rnncli.prices.parsing.values.numbers import is_missing
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

DELIMITERS = [",", ";", "\t", "|"]
FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d-%b-%Y", "%b %d, %Y", "%Y-%m-%d 16:00"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]
STYLES = [".", ",", ",.", ".,", "$", "%"]  # thousands before the decimal mark, or a unit

prices_lists = st.lists(
    st.integers(1, 10**9).map(lambda cents: cents / 100), min_size=1, max_size=40
)


def written(price: float, style: str) -> str:
    """The price with two digits, in a style."""
    text = f"{price:,.2f}" if len(style) > 1 else f"{price:.2f}"
    if style in {"$", "%"}:
        return f"${text}" if style == "$" else f"{text}%"
    return (
        text.translate(str.maketrans(",.", style)) if len(style) > 1 else text.replace(".", style)
    )


def read(data: bytes, **settings) -> Prices:
    return read_prices(["-"], ReadSettings(**settings), io.BytesIO(data))


@pytest.mark.slow(each_version=True)
@given(
    prices=prices_lists,
    first=st.dates(date(1971, 1, 1), date(2020, 1, 1)),
    date_format=st.sampled_from(FORMATS),
    delimiter=st.sampled_from(DELIMITERS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(ENCODINGS),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    style=st.sampled_from(STYLES),
    newest_first=st.booleans(),
    small=st.sampled_from([0, 1 << 20]),
)
def test_a_table_in_any_dialect_reads_back_equal(
    prices, first, date_format, delimiter, quoting, encoding, end, style, newest_first, small
):
    """Whatever the dialect, prices and days come back, or the file is refused as open."""
    days = [first + timedelta(days=i) for i in range(len(prices))]
    rows = [
        (day.strftime(date_format), written(p, style)) for day, p in zip(days, prices, strict=True)
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([("date", "close"), *(rows[::-1] if newest_first else rows)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_split, "SMALL", small)
        try:
            found = read(stream.getvalue().encode(encoding))
        except DataError as error:
            assert "--date-format" in str(error)  # noqa: PT017 - the only refusal there may be
            assert "d" in date_format.split("%")[1]
            return
    assert found.series(0).tolist() == prices
    assert found.dates.astype("datetime64[D]").tolist() == days
    assert found.files[0].dropped == {}


symbols = st.from_regex(r"[A-Z^][A-Z0-9.=-]{0,5}", fullmatch=True).filter(
    lambda symbol: not (is_field(symbol) or is_ratio(symbol) or is_missing(symbol))
)


@pytest.mark.slow
@given(
    table=st.dictionaries(
        symbols, st.lists(st.integers(1, 10**6), min_size=1, max_size=9), min_size=2
    ),
    wide=st.booleans(),
    delimiter=st.sampled_from(DELIMITERS),
)
def test_long_and_wide_tables_read_back_equal(table, wide, delimiter):
    """Series of unequal length, a row for each price or a column for each symbol."""
    days = [f"2024-01-{day:02d}" for day in range(1, 10)]
    if wide:
        lines = [["date", *table]]
        lines += [
            [day, *(str(own[i]) if i < len(own) else "" for own in table.values())]
            for i, day in enumerate(days)
        ]
    else:
        lines = [["date", "symbol", "close"]]
        lines += [
            [day, symbol, str(price)]
            for symbol, own in table.items()
            for day, price in zip(days, own, strict=False)
        ]
    text = "".join(f"{delimiter.join(line)}\n" for line in lines)
    try:
        found = read(text.encode())
    except DataError as error:
        assert "look like open, high" in str(error)  # noqa: PT017 - as prices may do
        return
    assert {s: found.series(i).tolist() for i, s in enumerate(found.symbols)} == table


PLAIN = [case for case in CASES if case.meant and not case.settings and not case.warned]


def read_by_pandas(case, report):
    """Its numbers of a case, in the dialect that was found; None: beyond a generic reader."""
    unwrapped = "lines unwrapped" in report.evidence
    if report.layout != "single" or report.date_column is None or unwrapped:
        return None
    try:
        frame = pd.read_csv(
            io.BytesIO(case.data), sep=report.delimiter, decimal=report.decimal,
            thousands="." if report.decimal == "," else ",", index_col=False,
            encoding=report.encoding.removesuffix(" with BOM"), skipinitialspace=True,
        )  # fmt: skip
        column = frame[report.price_column].to_numpy(dtype=np.float64)
    except (KeyError, ValueError, UnicodeError, pd.errors.ParserWarning):
        return None
    return column[~np.isnan(column)]


@pytest.mark.slow(each_version=True)
def test_pandas_reads_the_same_numbers_where_it_can():
    """Given the dialect that was found, pandas agrees to the last bit on what it can read."""
    compared = 0
    for case in PLAIN:
        found = read(case.data)
        ref = read_by_pandas(case, found.files[0])
        if ref is not None:
            assert np.array_equal(np.sort(ref), np.sort(found.values)), case.name
            compared += 1
    assert compared > 50
