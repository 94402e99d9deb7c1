"""Which column is the date, the symbol and the price."""

import pytest

from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.grid.header import is_header, is_note
from rnncli.prices.parsing.source.text import decode
from rnncli.prices.parsing.vocabulary.column_names import bare_name


def roles(header: str, *rows: str, column: str | None = None):
    """The layout and the names of the date, time, symbol and price columns."""
    grid = read_grid(decode("\n".join([header, *rows]).encode(), "x.csv"))
    found = find_columns(grid, RequestedColumns(price=column))
    names = [None if i is None else header.split(",")[i] for i in (found.date, found.time)]
    symbol = None if found.symbol is None else header.split(",")[found.symbol]
    return found.layout, *names, symbol, found.price_names


@pytest.mark.parametrize(
    ("header", "row", "price"),
    [
        ("date,open,high,low,close,volume", "2024-01-02,1,2,0,1,9", "close"),
        ("Date, Open, Close ,Adj Close", "2024-01-02,1,2,3", "Close"),
        ("<DATE>,<OPEN>,<CLOSE>", "20240102,1,2", "<CLOSE>"),
        ("Date,Close/Last,Open", "2024-01-02,1,2", "Close/Last"),
        ("Date,Open,Price", "2024-01-02,1,2", "Price"),
        ("Date,Last,Close", "2024-01-02,1,2", "Close"),
        ("Date,Open,Last", "2024-01-02,1,2", "Last"),
        ("Date,Value", "2024-01-02,1", "Value"),
        ("observation_date,DGS10", "2024-01-02,1", "DGS10"),
        ("Date,Exchange rate,Volume", "2024-01-02,1,2", "Exchange rate"),
        ("Date,X.Open,X.Close,mavg", "2024-01-02,1,2,3", "X.Close"),
        ("Date,Close*,Adj Close**", "2024-01-02,1,2", "Close*"),
        ("Data,Otwarcie,Zamkniecie", "2024-01-02,1,2", "Zamkniecie"),
    ],
)
def test_the_price_column_of_a_single_series(header, row, price):
    """The close under its usual names, else the only column that can be a price."""
    layout, date, _, symbol, prices = roles(header, row)
    assert (layout, symbol, prices) == ("single", None, (price.strip(),))
    assert date == header.split(",")[0]


@pytest.mark.parametrize(
    "name",
    ["symbol", "Name", "TICKER", "unique_id", "Stock", "code", "instrument", "ts_code", "<TICKER>"],
)
def test_the_symbol_column_of_a_long_file(name):
    """A column of symbols makes a long file, with dates and without."""
    assert roles(f"{name},date,close", "A,2024-01-02,1")[:4:3] == ("long", name)
    assert roles(f"{name},close", "A,1")[:4:3] == ("long", name)


def test_symbol_wins_over_name():
    """Where both are there, the symbol is the short one."""
    assert roles("name,symbol,date,close", "Acme Inc,A,2024-01-02,1")[3] == "symbol"


def test_a_wide_file_has_a_symbol_per_column():
    """Columns under unknown names are symbols, also where a symbol is called LOW."""
    assert roles("date,A,B", "2024-01-02,1,2") == ("wide", "date", None, None, ("A", "B"))
    assert roles("A,B,Date", "1,2,2024-01-02")[4] == ("A", "B")
    assert roles("date,0700,0005", "2024-01-02,1,2")[4] == ("0700", "0005")
    assert roles(",600519,000001", "2024-01-02,1,2")[4] == ("600519", "000001")
    assert roles("date,HD,LOW,OPEN,COST", "2024-01-02,1,2,3,4")[4] == ("HD", "LOW", "OPEN", "COST")
    assert roles("A,B", "1,2")[:2] == ("wide", None)
    assert roles("Unnamed: 0,date,A,B", "0,2024-01-02,1,2")[4] == ("A", "B")


def test_fields_in_the_names_of_a_wide_file():
    """Of Close_A, Close_B, Open_A the closes are the prices."""
    found = roles("date,Close_A,Open_A,Close_B,Open_B", "2024-01-02,1,2,3,4")
    assert found[4] == ("A", "B")
    assert roles("date,A.Close,A.Volume,B.Close", "2024-01-02,1,2,3")[4] == ("A", "B")


def test_the_date_column_under_its_many_names():
    """Usual names, an unnamed first column, or an unknown name over dates."""
    for name in ("timestamp", "Datetime", "trade_date", "snapped_at", "day", "", "Kalendertag"):
        assert roles(f"{name},close", "2024-01-02,1")[1] == name
    assert roles("unix,date,close", "1502928000,2017-08-17,1")[1] == "date"
    assert roles("time,open,close", "1502928000,1,2")[1] == "time"
    assert roles("year,close", "1999,1")[1] == "year"


def test_a_second_column_holds_the_time_of_day():
    """Date and time of day in two columns belong together."""
    assert roles("Date,Time,Close", "2024-01-02,09:30:00,1")[1:3] == ("Date", "Time")
    assert roles("<DATE>,<TIME>,<CLOSE>", "20240102,093000,1")[1:3] == ("<DATE>", "<TIME>")


def test_a_column_is_chosen_without_regard_to_case():
    """--column takes any column, by its header."""
    header = "Date,Open,Close,Adj Close"
    assert roles(header, "2024-01-02,1,2,3", column="adj close")[4] == ("Adj Close",)
    assert roles(header, "2024-01-02,1,2,3", column="adjclose")[4] == ("Adj Close",)
    with pytest.raises(UsageError, match="there are Date, Open, Close, Adj Close"):
        roles(header, "2024-01-02,1,2,3", column="settle")


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("date,close,Close", "2024-01-02,1,2", "two columns are called"),
        ("date,date,close", "2024-01-02,2024-01-03,1", "two columns are called"),
        ("date,A,A", "2024-01-02,1,2", "two price columns are called 'A'"),
        ("date,open,high,low", "2024-01-02,1,2,3", "no price column among date, open, high, low"),
        ("date,SP500,Dividend,CPI", "2024-01-02,1,2,3", "choose one with --column"),
        ("symbol,date,A,B", "x,2024-01-02,1,2", "no price column"),
        ("date,A,B,C", "2024-01-02,1,2,x", "no price column"),
        ("year,month,day,close", "2024,1,2,5", "split over columns"),
        ("first,second,close", "2024-01-02,2024-01-03,1", "'first' and 'second' hold dates"),
        ("1,2,3", "4,5,6", "no header row; add a header row such as date,...,close"),
        ("a,1", "b,2", "no header row"),
        ("2024-01-02,1,2,3,4", "2024-01-03,1,2,3,4", "no open, high, low, close"),
    ],
)
def test_open_roles_are_refused(header, row, message):
    """What cannot be told from names and cells is not guessed."""
    with pytest.raises(DataError, match=message):
        roles(header, row)


@pytest.mark.parametrize(
    ("row", "layout", "price"),
    [
        ("1.5", "single", 0),
        ("2024-01-02,1.5", "single", 1),
        ("A,2024-01-02,1.5", "long", 2),
        ("1381017600,2,3,0.5,2,10", "single", 4),
        ("2005.08.10,00:00,2,3,0.5,2,10", "single", 5),
    ],
)
def test_files_without_a_header_that_leave_no_doubt(row, layout, price):
    """One column, a date and a price, or open, high, low and close are reported by their cells."""
    found = find_columns(read_grid(decode(f"{row}\n{row}\n".encode(), "x.csv")))
    assert (found.layout, found.prices) == (layout, (price,))


def test_no_column_to_choose_without_a_header():
    """--column needs a header."""
    with pytest.raises(UsageError, match="no header row"):
        find_columns(read_grid(decode(b"1\n2\n", "x.csv")), RequestedColumns(price="close"))


def test_two_header_rows_choose_one_field():
    """Under fields and tickers, --column names the field."""
    grid = read_grid(decode(b",Close,Close,Open\n,A,B,A\nDate,,,\n2024-01-02,1,2,3\n", "x.csv"))
    assert find_columns(grid).price_names == ("A", "B")
    assert find_columns(grid, RequestedColumns(price="open")).prices == (3,)
    with pytest.raises(UsageError, match="there are Close, Open"):
        find_columns(grid, RequestedColumns(price="volume"))


def test_headers_rows_and_notes_are_distinguished():
    """A header has names, a row has values, a note has words."""
    assert is_header(["date", "close"])
    assert not is_header(["DAY", "2024-01-02", "1.5"])
    assert not is_header(["DAY", "1.5"])
    assert not is_header(["", ""])
    assert is_note(["Highest: 5", ""])
    assert not is_note(["2024-01-02"])
    assert bare_name(" <Adj. Close*> ") == "adjclose"
