"""Ticker changes: whose the rows under a name are, before a change and after it."""

import io
from dataclasses import replace

import numpy as np
import pytest

from rnncli.errors import DataError, UsageError
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.prices.reader import read_prices
from rnncli.prices.stream import refuse_whole
from rnncli.settings import ReadSettings

DAYS = [f"2022-06-{day:02}" for day in range(1, 11)]
CHANGE = "FB,META,2022-06-06"


@pytest.fixture
def changes(tmp_path):
    """Writes a file of changes and returns the settings that name it."""

    def written(*lines):
        path = tmp_path / "changes.csv"
        path.write_text("\n".join(["old,new,date", *lines]) + "\n", encoding="ascii")
        return ReadSettings(tickers=str(path))

    return written


def table(**series):
    """Rows of symbols: each a first price and the days it has, `DAYS[first:last]`."""
    lines = ["date,symbol,close"]
    for symbol, spans in series.items():
        for first, last, price in spans:
            lines += [f"{DAYS[k]},{symbol},{price + k}" for k in range(first, last)]
    return "\n".join(lines).encode()


def read(reading, text, on_fault=None):
    return read_prices(["-"], reading, io.BytesIO(text), on_fault)


def as_dict(prices):
    return {symbol: prices.series(i).tolist() for i, symbol in enumerate(prices.symbols)}


def test_a_renamed_series_goes_on_under_its_new_name(changes):
    """In the place of the old one, with all of its rows; others stay."""
    text = table(FB=[(0, 5, 100)], KO=[(0, 10, 50)], META=[(5, 10, 100)])
    prices = read(changes(CHANGE), text)
    assert prices.symbols == ("META", "KO")
    assert as_dict(prices)["META"] == [100.0 + k for k in range(10)]
    assert prices.warnings() == []
    assert [note.partition("changes.csv: ")[2] for note in prices.notes()] == [
        "rows of FB as META: 5"
    ]


def test_rows_under_the_old_name_belong_to_the_new_one_from_the_date_on(changes):
    prices = read(changes(CHANGE), table(FB=[(0, 10, 100)]))
    assert as_dict(prices) == {"META": [100.0 + k for k in range(10)]}


def test_a_history_that_a_vendor_has_renamed_stays_whole(changes):
    prices = read(changes(CHANGE), table(META=[(0, 10, 100)]))
    assert as_dict(prices) == {"META": [100.0 + k for k in range(10)]}
    twice = read(changes(CHANGE), table(META=[(0, 10, 100)], FB=[(0, 4, 100)]))
    assert as_dict(twice) == as_dict(prices)


def test_a_ticker_that_is_given_to_another_company_loses_its_history(changes):
    """Cut at the date; or kept under another name, where a line says which."""
    text = table(META=[(0, 3, 7), (5, 10, 100)], FB=[(0, 5, 100)])
    whole = [100.0 + k for k in range(10)]
    prices = read(changes(CHANGE, ",META,2022-06-06"), text)
    assert as_dict(prices) == {"META": whole}
    assert "rows of META before 2022-06-06, of another company: 3" in prices.notes()[0]
    prices = read(changes(CHANGE, "META,METV,2022-06-04"), text)
    assert as_dict(prices) == {"METV": [7.0, 8.0, 9.0], "META": whole}


def test_an_old_name_may_be_used_again(changes):
    text = table(FB=[(0, 5, 100), (8, 10, 20)], META=[(5, 10, 100)])
    with pytest.raises(DataError) as fault:
        read(changes(CHANGE), text)
    assert str(fault.value).endswith(
        "line 2: FB and META have different prices on 2022-06-09, after the change; if FB was"
        " another company's from then, add the line ,FB,2022-06-09"
    )
    prices = read(changes(CHANGE, ",FB,2022-06-09"), text)
    assert as_dict(prices) == {"META": [100.0 + k for k in range(10)], "FB": [28.0, 29.0]}


def test_two_companies_may_change_names_and_change_back(changes):
    swap = ("A,B,2022-06-06", "B,A,2022-06-06")
    prices = read(changes(*swap), table(A=[(0, 5, 10), (5, 10, 50)], B=[(0, 5, 50), (5, 10, 10)]))
    assert as_dict(prices) == {
        "B": [10.0 + k for k in range(10)],
        "A": [50.0 + k for k in range(10)],
    }
    back = read(
        changes("A,B,2022-06-04", "B,A,2022-06-08"),
        table(A=[(0, 3, 10), (7, 10, 10)], B=[(3, 7, 10)]),
    )
    assert as_dict(back) == {"A": [10.0 + k for k in range(10)]}


def test_a_series_follows_all_of_its_names(changes):
    lines = ("A,B,2022-06-04", "B,C,2022-06-08")
    prices = read(changes(*lines), table(A=[(0, 3, 10)], B=[(3, 7, 10)], C=[(7, 10, 10)]))
    assert as_dict(prices) == {"C": [10.0 + k for k in range(10)]}


def test_a_change_that_is_announced_renames_nothing_yet(changes):
    """Up to a day, rows are the same whatever the file says of later days."""
    text = table(FB=[(0, 10, 100)])
    prices = read(changes("FB,META,2022-07-01"), text)
    assert prices.symbols == ("FB",)
    assert prices.notes()[0].endswith("after the last of them: 1")


def test_symbols_are_chosen_by_either_name(changes):
    reading = changes(CHANGE)
    text = table(FB=[(0, 5, 100)], KO=[(0, 10, 50)], META=[(5, 10, 100)])
    for name in ("FB", "META"):
        assert read(replace(reading, symbols=name), text).symbols == ("META",)


def test_rows_before_a_change_that_contradict_it_are_refused(changes):
    """The remedy works when it is added to the file."""
    text = table(FB=[(0, 5, 100)], META=[(2, 10, 7)])
    with pytest.raises(DataError) as fault:
        read(changes(CHANGE), text)
    said = str(fault.value)
    assert (
        "line 2: FB and META both have rows before 2022-06-06 (the latter from 2022-06-03)" in said
    )
    added = said.rpartition("add the line ")[2]
    assert read(changes(CHANGE, added), text).symbols == ("META",)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["FB,FB,2022-06-06"], "line 2: FB is its own new name"),
        (["FB,,2022-06-06"], "line 2: names no new symbol"),
        (["X,Y,2022-06-06"], "none of its symbols (X, Y) is in the input; there are FB, KO"),
        (["FB,META,2022-06-06", "KO,PEP,2022-13-45"], "line 3, column date: '2022-13-45'"),
        (["FB,META,2022-06-06", "FB,X,2022-06-08"], "line 3: FB becomes X, and is META since"),
        (["FB,X,2022-06-06", "KO,X,2022-06-06"], "FB and KO both become X on 2022-06-06"),
        ([], "and no rows"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_a_line(changes, lines, said):
    with pytest.raises(DataError) as fault:
        read(changes(*lines), table(FB=[(0, 5, 100)], KO=[(0, 10, 50)]))
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("before,after,date\nFB,META,2022-06-06\n", encoding="ascii")
    with pytest.raises(DataError, match=r"no column 'old'; .*; its columns are old,new,date"):
        read(ReadSettings(tickers=str(path)), table(FB=[(0, 5, 100)]))


def test_lines_without_a_date_are_reported(changes):
    prices = read(changes(CHANGE, "KO,PEP,"), table(FB=[(0, 10, 100)]))
    assert "changes.csv: left out lines below the last row: 1" in prices.warnings()[0]


def test_a_series_without_dates_fails_alone(changes):
    reading = replace(changes("a,b,2022-06-06"), column="close")
    with pytest.raises(DataError, match="a has no dates, by which --tickers says"):
        read_prices(["-"], reading, io.BytesIO(b"symbol,close\na,1\na,2\n"))


def test_rows_that_come_one_by_one_are_not_renamed():
    with pytest.raises(UsageError, match="tickers: is for whole files"):
        refuse_whole(ReadSettings(tickers="c.csv"))


def test_names_at_days(changes):
    known = read_ticker_changes(changes(CHANGE, ",META,2022-06-06"))
    days = np.array(["2022-06-05", "2022-06-06"], "datetime64[s]")
    assert known.names_at("FB", days) == ["META", "META"]
    assert known.names_at("META", days) == [None, "META"]
    assert known.names_at("KO", days) == ["KO", "KO"]
    assert known.former(["META", "KO"]) == {"FB"}
    assert known.current("FB") == "META"


def test_symbols_are_excluded_by_either_name(changes):
    """A series goes as a whole, under whichever of its names a row is."""
    reading = changes(CHANGE)
    text = table(FB=[(0, 5, 100)], KO=[(0, 10, 50)], META=[(5, 10, 100)])
    for name in ("FB", "META"):
        assert read(replace(reading, exclude=name), text).symbols == ("KO",)
    assert read(replace(reading, exclude="KO"), text).symbols == ("META",)
    with pytest.raises(DataError, match="every symbol is excluded"):
        read(replace(reading, exclude="KO,FB"), text)


def test_events_are_those_of_a_symbol_under_all_of_its_names(changes, tmp_path):
    """Those of another company that had the name before are not."""
    path = tmp_path / "events.csv"
    lines = ["FB,2022-06-03", "META,2022-06-02", "META,2022-06-08", "FB,2022-06-20"]
    path.write_text("\n".join(["symbol,date", *lines]) + "\n", encoding="ascii")
    reading = replace(changes(CHANGE, ",META,2022-06-06"), events=str(path))
    text = table(FB=[(0, 5, 100)], META=[(5, 10, 100)])
    fields = ("event:event:to", "event:event:since")
    prices = read_prices(["-"], reading, io.BytesIO(text), None, fields)
    to, since = (prices.fields[name] for name in fields)
    known = dict(zip(prices.dates.astype("datetime64[D]").astype(str), to, strict=True))
    assert known["2022-06-01"] == 2
    assert known["2022-06-06"] == 2
    assert known["2022-06-08"] == 12  # a week has seven days here
    assert np.isnan(since[:2]).all()
