"""Every row is as wide as the header, or the file is refused at that line."""

import pytest

from rnncli.errors import DataError
from rnncli.prices.parsing.grid.fast_split import find_delimiter, read_grid
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import decode


def grid(text: str):
    return read_grid(decode(text.encode(), "x.csv"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_every_delimiter_is_found(delimiter, quote):
    """Comma, semicolon, tab and pipe are distinguished, with quotes and without."""
    rows = [["date", "close"], ["2024-01-02", "1.5"], ["2024-01-03", "2"]]
    text = "\n".join(delimiter.join(quote + cell + quote for cell in row) for row in rows)
    found = grid(text)
    assert (found.delimiter, found.header) == (delimiter, ("date", "close"))
    assert found.sample == rows[1:]


def test_decimal_commas_do_not_hide_the_delimiter():
    """A semicolon wins over commas that stand within the numbers."""
    assert find_delimiter(b"date;close\n2024-01-02;1,5\n2024-01-03;1,6\n")[0] == ";"
    assert find_delimiter(b"2024-01-02;1,5\n2024-01-03;1,6\n")[0] == ";"


def test_plain_and_quoted_rows_have_the_same_lines():
    """Blank lines are skipped and every row knows the line it stands on."""
    plain = grid("\ndate,close\n\n2024-01-02,1\n\n2024-01-03,2\n")
    quoted = grid('\n"date",close\n\n2024-01-02,1\n  \n2024-01-03,2\n')
    assert plain.lines.tolist() == quoted.lines.tolist() == [4, 6]
    assert plain.rows == quoted.rows == [["2024-01-02", "1"], ["2024-01-03", "2"]]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2024-01-04,1", "line 4: 2 cells where the header has 3 (mend"),
        ("2024-01-04,1,2,3", "line 4: 4 cells where the header has 3 (mend"),
        ("2024-01-04,1,2,", "line 4: 4 cells where the header has 3 (mend"),
        ("2024-01-04;1;2", "line 4: 1 cell where the header has 3 (mend"),
    ],
)
def test_a_row_of_another_width_is_refused(row, message, quote):
    """A short, long or foreign row is refused with its line, never shifted."""
    text = f"{quote}date{quote},close,volume\n2024-01-02,1,2\n2024-01-03,1,2\n{row}\n2024-01-05,1,2"
    with pytest.raises(DataError) as caught:
        grid(text)
    assert message in str(caught.value)


def test_a_torn_last_row_is_a_cut_off_file():
    """A download that stopped within a row is refused as cut off."""
    with pytest.raises(DataError, match=r"line 3: 1 cell where the header has 3 \(the file looks"):
        grid("date,close,volume\n2024-01-02,1,2\n2024-01-")


def test_a_delimiter_at_the_end_of_every_row_is_taken_off():
    """Trailing delimiters in the rows alone, or in the header alone, shift nothing."""
    rows = grid("date,close\n2024-01-02,1,\n2024-01-03,2,\n")
    header = grid("date,close,\n2024-01-02,1\n2024-01-03,2\n")
    assert (rows.header, rows.width) == (header.header, header.width) == (("date", "close"), 2)


def test_a_row_name_without_header_is_refused_unless_it_counts():
    """A first column without a header shifts the names, so it is refused unless it counts rows."""
    with pytest.raises(DataError, match="3 cells where the header has 2"):
        grid("date,close\n7,2024-01-02,1\n9,2024-01-03,2\n")
    found = grid("date,close\n1,2024-01-02,1\n2,2024-01-03,2\n")
    assert found.header == ("", "date", "close")


def test_text_around_the_rows_is_left_out():
    """A preface, comments, repeated headers and footnotes are no rows, and are counted."""
    found = grid(
        "Data of a vendor\nfree to use\n\ndate,close\n2024-01-02,1\n# a comment\n"
        "date,close\n2024-01-03,2\nSource: the exchange\n"
    )
    assert found.rows == [["2024-01-02", "1"], ["2024-01-03", "2"]]
    assert found.dropped == {
        "lines above the header": 2,
        "repeated headers": 1,
        "comment lines": 1,
        "lines below the last row": 1,
    }


def test_a_sentence_between_rows_is_refused():
    """Text in the middle of the rows may stand for lost data."""
    with pytest.raises(DataError, match="line 3: 1 cell"):
        grid("date,close\n2024-01-02,1\nconnection lost\n2024-01-03,2\n")


@pytest.mark.parametrize("text", ['a,b\n"1,2\n3,4\n', 'a,b\n"1"x,2\n', '"' + "x" * 200_000])
def test_broken_quotes_are_refused(text):
    """A quote that never ends, or an endless cell, is refused with its line."""
    with pytest.raises(DataError, match=r"line \d: broken quotes|no rows"):
        grid(text)


def test_a_header_without_rows_is_refused():
    """A header alone holds no prices."""
    for text in ("date,close\n", '"date","close"\n', '"",""\n'):
        with pytest.raises(DataError, match=r"no rows|no values"):
            grid(text)


def test_too_many_columns_are_refused():
    """A hundred thousand columns are a mistake, found at once."""
    line = ",".join(["1"] * (Limits().columns + 1))
    with pytest.raises(DataError, match="columns"):
        grid(line + "\n" + line)


def test_two_header_rows_are_fields_and_tickers():
    """Fields over tickers, either way round, with or without a third row, are one header."""
    for text in (
        "Price,Close,Volume\nTicker,A,A\nDate,,\n2024-01-02,1,2\n",
        "Ticker,A,A\nPrice,Close,Volume\nDate,,\n2024-01-02,1,2\n",
        ",Close,Volume\n,A,A\nDate,,\n2024-01-02,1,2\n",
        ",Close,Volume\n,A,A\n2024-01-02,1,2\n",
    ):
        found = grid(text)
        assert (found.header, found.tickers[1:]) == (("Date", "Close", "Volume"), ("A", "A"))
        assert found.rows == [["2024-01-02", "1", "2"]]


def test_an_endless_line_is_refused():
    """A line of megabytes is no row of prices."""
    for text in ("9" * 2_000_000 + ",1", "2024-01-02," + "9" * 2_000_000):
        with pytest.raises(DataError, match="line 2: more than 1024 KiB"):
            grid(f"date,close\n{text}\n2024-01-03,1\n")
