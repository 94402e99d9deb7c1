"""Open, high, low and volume are carried beside the price: row by row, or refused in one line."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ways_to_cut import cut_by

from rnncli.errors import DataError
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

NAN = float("nan")
DAYS = ("2024-01-15", "2024-01-16", "2024-01-17")


@dataclass(frozen=True)
class Case:
    """One file, the fields asked for, and what must be carried, or why it is refused."""

    name: str
    text: str
    wanted: str
    meant: list[list[float]] = field(default_factory=list)  # (fields, rows)
    refused: str = ""
    warned: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


def table(header: str, *rows: str, days: tuple[str, ...] = DAYS) -> str:
    """A file of three days below a header."""
    return "".join(f"{line}\n" for line in (header, *map("".join, zip(days, rows, strict=True))))


V = [[10.0, 20.0, 30.0]]
CASES = [
    Case("plain", table("date,close,volume", ",1,10", ",2,20", ",3,30"), "volume", V),
    Case("newest_first", table("date,close,volume", ",3,30", ",2,20", ",1,10", days=DAYS[::-1]),
         "volume", V),
    Case("metatrader",
         "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
         "2024.01.15\t01:00:00\t1\t4\t0.5\t2\t10\t0\t3\n2024.01.15\t02:00:00\t2\t5\t1\t2\t20\t0\t3\n",
         "open,high,low,volume", [[1, 2], [4, 5], [0.5, 1], [10, 20]]),
    Case("high_of_a_year", table("Date,Close,52W High,High", ",2,9,3", ",2,9,3", ",2,9,3"),
         "high", [[3, 3, 3]]),
    Case("high_of_a_year_only", table("Date,Close,52W High", ",2,9", ",2,9", ",2,9"), "high",
         refused="no column of high"),
    Case("volume_in_hundred", table("Date,Close,Volume %", ",2,9", ",2,9", ",2,9"), "volume",
         refused="no column of volume"),
    Case("volume_of_percents", table("Date,Close,Volume", ",2,9%", ",2,8%", ",2,9%"), "volume",
         refused="no column of volume"),
    Case("close_above_the_high", table("Date,High,Low,Close", ",3,1,2", ",3,1,4", ",3,1,3"),
         "high,low", [[3, 3, 3], [1, 1, 1]],
         warned=r"closes outside low to high \(first on line 3\): 1"),
    Case("suffixes", table("Date,Price,Open,High,Low,Vol.,Change %", ",2,1,3,1,980,0.5%",
                           ",2,1,3,1,1.5K,0.5%", ",2,1,3,1,2.25M,0.5%"),
         "volume", [[980, 1500, 2_250_000]]),
    Case("billions", table("Date,Price,Vol.", ",2,1.5B", ",2,-", ",2,900.00M"), "volume",
         [[1.5e9, NAN, 9e8]], warned="rows without a volume: 1"),
    Case("german", table("Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen",
                         ";98,50;99,50;97,25;98,75;1.234.567;121.914.000",
                         ";98,50;99,50;97,25;98,75;34.567;3.414.000",
                         ";98,50;99,50;97,25;98,75;567;55.991"),
         "open,volume", [[98.5] * 3, [1_234_567, 34_567, 567]]),
    Case("japanese", table("日付,終値,始値,高値,安値,出来高", ",2,1,3,1,10", ",2,1,3,1,20",
                           ",2,1,3,1,30"), "high,volume", [[3, 3, 3], *V]),
    Case("russian", table("Дата;Цена;Откр.;Макс.;Мин.;Объём", ";2;1;3;1;10", ";2;1;3;1;20",
                          ";2;1;3;1;30"), "low,volume", [[1, 1, 1], *V]),
    Case("short_names", table("t,o,h,l,c,v", ",1,3,1,2,10", ",1,3,1,2,20", ",1,3,1,2,30"),
         "open,volume", [[1, 1, 1], *V]),
    Case("symbol_in_names", table("Date,AAPL.Open,AAPL.Close,AAPL.Volume", ",1,2,10", ",1,2,20",
                                  ",1,2,30"), "volume", V),
    Case("volume_first", table("date,volume,close", ",10,1", ",20,2", ",30,3"), "volume", V),
    Case("empty_cells", table("date,close,volume", ",1,10", ",2,", ",3,N/A"), "volume",
         [[10, NAN, NAN]], warned="rows without a volume: 2"),
    Case("price_missing", table("date,close,volume", ",1,10", ",,20", ",3,30"), "volume",
         [[10, 30]], warned="rows without a price: 1"),
    Case("long", "symbol,date,close,volume\nB,2024-01-16,2,20\nA,2024-01-15,5,50\n"
         "B,2024-01-15,1,10\nA,2024-01-16,6,60\n", "volume", [[10, 20, 50, 60]]),
    Case("wide_by_names", "Date,A_close,A_volume,B_volume,B_close\n2024-01-15,1,10,30,2\n"
         "2024-01-16,1,20,,2\n", "volume", [[10, 20, 30, NAN]], warned="without a volume: 1"),
    Case("wide_beside_symbols", "Date,A,A_vol,B,B_vol\n2024-01-15,1.5,10,10.5,30\n"
         "2024-01-16,2.5,20,20.5,\n", "volume", [[10, 20, 30, NAN]],
         warned="rows without a volume: 1"),
    Case("two_header_rows", "Price,Close,Close,High,High,Volume,Volume\nTicker,A,B,A,B,A,B\n"
         "Date,,,,,,\n2024-01-15,1,2,3,4,10,30\n2024-01-16,1,2,5,6,20,40\n",
         "high,volume", [[3, 5, 4, 6], [10, 20, 30, 40]]),
    Case("one_ticker", "Price,Close,High,Low,Open,Volume\nTicker,A,A,A,A,A\nDate,,,,,\n"
         "2024-01-15,1,3,1,2,10\n", "open,volume", [[2], [10]]),
    Case("adjusted_beside_adjusted",
         table("date,close,open,adjClose,adjOpen,volume,adjVolume", ",8,6,4,3,5,10",
               ",8,6,4,3,10,20", ",8,6,4,3,15,30"), "open,volume", [[3, 3, 3], *V],
         settings={"column": "adjclose"}),
    Case("plain_beside_plain",
         table("date,close,open,adjClose,adjOpen,volume,adjVolume", ",8,6,4,3,10,5",
               ",8,6,4,3,20,5", ",8,6,4,3,30,5"), "open,volume", [[6, 6, 6], *V]),
    Case("open_not_adjusted", table("Date,Open,Close,Adj Close", ",6,8,4", ",6,8,4", ",6,8,4"),
         "open", [[6, 6, 6]], settings={"column": "Adj Close"}, warned="opens not adjusted .*: 3"),
    Case("high_below_low", table("date,close,high,low", ",2,3,1", ",2,1,3", ",2,2,2"), "high,low",
         [[3, NAN, 2], [1, NAN, 2]],
         warned=r"high below low, both taken as missing \(first stdin on line 3\): 1"),
    Case("not_above_zero", table("date,close,open,high,volume", ",2,0,3,0", ",2,1,-3,-1",
                                 ",2,2,3,5"),
         "open,high,volume", [[NAN, 1, 2], [3, NAN, 3], [0, NAN, 5]],
         warned="open not above zero.*high not above zero.*volume below zero"),
    Case("repeated_rows", table("date,close,volume", ",1,10", ",1,10", ",2,20",
                                days=(DAYS[0], DAYS[0], DAYS[1])),
         "volume", [[10, 20]], warned="repeated rows: 1"),
    Case("repeated_with_one_known", table("date,close,volume", ",1,", ",1,10", ",2,20",
                                          days=(DAYS[0], DAYS[0], DAYS[1])),
         "volume", [[10, 20]], warned="repeated rows: 1"),
    Case("repeated_last", table("date,close,volume", ",1,10", ",1,15", ",2,20",
                                days=(DAYS[0], DAYS[0], DAYS[1])),
         "volume", [[15, 20]], settings={"duplicates": "last"},
         warned="rows with the same price that another contradicts beside it: 1$"),
    Case("contradiction", table("date,close,volume", ",1,10", ",1,15", ",2,20",
                                days=(DAYS[0], DAYS[0], DAYS[1])),
         "volume", refused=r"lines 2 and 3: stdin has two volumes on 2024-01-15, 10.0 and 15.0"),
    Case("since", table("date,close,volume", ",1,10", ",2,20", ",3,30"), "volume", [[20, 30]],
         settings={"since": "2024-01-16"}),
    Case("symbols", "symbol,date,close,volume\nA,2024-01-15,5,50\nB,2024-01-15,1,10\n", "volume",
         [[10]], settings={"symbols": "B"}),
    Case("none", table("date,close,open", ",1,1", ",2,2", ",3,3"), "volume",
         refused="^stdin, line 1: no column of volume; there are date, close, open; rename the one"
         " that holds it to 'volume', or leave volume out of the inputs$"),
    Case("none_for_one", "Date,A_close,A_volume,B_close,B_open\n2024-01-15,1,10,30,2\n", "volume",
         refused="no column of volume for 'B'"),
    Case("wide", "Date,A,B\n2024-01-15,1,10\n2024-01-16,1,10\n", "high",
         refused="no column of high for 'A'; there are Date, A, B"),
    Case("two", table("Date,Close,Volume,volume", ",1,10,1", ",2,20,1", ",3,30,1"), "volume",
         refused=r"two columns are called 'Volume' and 'volume' \(3 and 4\); rename or remove"),
    Case("headless", "2024-01-15,1,3,1,2,10\n2024-01-16,1,3,1,2,10\n2024-01-17,2,3,1,2,10\n",
         "volume", refused="no header row, so no column of volume; add a header row such as"),
    Case("text", table("date,close,volume", ",1,10", ",2,20 pieces", ",3,30"), "volume",
         refused="line 3, column volume: '20 pieces' is not a volume"),
    Case("infinite", table("date,close,volume", ",1,10", ",2,inf", ",3,30"), "volume",
         refused="line 3, column volume: 'inf' is not a volume"),
    Case("clock_is_no_high", table("date,close,timeHigh,low", ",2,10:30,1", ",2,11:30,1",
                                   ",2,9:30,1"), "high", refused="no column of high"),
]  # fmt: skip


def read(case: Case) -> Prices:
    stream = io.BytesIO(case.text.encode())
    fields = case.wanted.split(",")
    return read_prices(["-"], ReadSettings(**case.settings), stream, fields=fields)


@pytest.mark.parametrize("way", ["rows", "pandas", "kernel"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fields_are_carried_as_meant_or_refused(case, way, monkeypatch):
    """Every field has a number for each price, NaN where there is none; or the file is refused."""
    cut_by(way, monkeypatch)
    if case.refused:
        with pytest.raises(DataError, match=case.refused):
            read(case)
        return
    prices = read(case)
    got = np.array([prices.fields[name] for name in case.wanted.split(",")])
    assert got.shape[1] == prices.values.size
    np.testing.assert_array_equal(got, np.array(case.meant, dtype=float))
    warned = " ".join(prices.warnings())
    assert bool(warned) == bool(case.warned), warned
    assert re.search(case.warned, warned)


def test_no_field_is_carried_unasked():
    """Without fields there are none, and the prices are the same as with them."""
    text = table("date,close,volume", ",1,10", ",2,x", ",3,30").encode()
    assert read_prices(["-"], ReadSettings(), io.BytesIO(text)).fields == {}


@pytest.mark.parametrize("way", ["rows", "pandas", "kernel"])
def test_an_open_that_is_not_adjusted_is_left_out_beside_an_adjusted_price(way, monkeypatch):
    """Where a file may lack it; an adjusted open is carried, and any beside a raw price."""
    cut_by(way, monkeypatch)
    rows = (",9,10,5,4", ",9,10,5,4", ",9,10,5,4")
    for header, column, carried in (
        ("date,open,close,adj close,adj open", "adj close", 4.0),
        ("date,open,close,adj close,high", "adj close", NAN),
        ("date,open,close,adj close,high", "close", 9.0),
    ):
        stream, fields = io.BytesIO(table(header, *rows).encode()), ("open",)
        settings = ReadSettings(column=column)
        prices = read_prices(["-"], settings, stream, fields=fields, optional=fields)
        np.testing.assert_array_equal(prices.fields["open"], [carried] * 3)


def test_files_of_one_symbol_are_joined_with_their_fields(tmp_path):
    """Rows of two files come in order of date, and their volumes with them."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("symbol,date,close,volume\nA,2024-01-03,2,20\nB,2024-01-03,5,50\n")
    two.write_text("symbol,Volume,date,close\nA,10,2024-01-02,1\nA,20,2024-01-03,2\n")
    prices = read_prices([str(one), str(two)], ReadSettings(), fields=("volume",))
    assert prices.fields["volume"].tolist() == [10, 20, 50]
    assert prices.subset([1, 0]).fields["volume"].tolist() == [50, 10, 20]


def test_undone_splits_go_through_all_fields():
    """Opens, highs and lows are divided like the price, and volumes multiplied."""
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]").astype(str)
    rng = np.random.default_rng(0)
    prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.005, days.size)))
    prices[30:] /= 4
    rows = "".join(
        f"{day},{p:.6f},{p:.6f},{p + 1:.6f},{p - 1:.6f},{1000 if i < 30 else 4000}\n"
        for i, (day, p) in enumerate(zip(days, prices, strict=True))
    )
    text = f"date,open,close,high,low,volume\n{rows}".encode()
    fields = ("open", "high", "low", "volume")
    settings = ReadSettings(adjust_splits=True)
    got = read_prices(["-"], settings, io.BytesIO(text), fields=fields)
    assert got.fields["open"] == pytest.approx(got.values)
    assert got.fields["high"][:30] == pytest.approx(got.values[:30] + 0.25)
    assert got.fields["low"][30:] == pytest.approx(got.values[30:] - 1)
    assert got.fields["volume"].tolist() == [4000.0] * days.size


def test_the_first_mended_cell_is_named_by_symbol_and_line():
    """Of a long file by its line, of a frame by its row."""
    text = "date,symbol,close,volume\n" + "".join(
        f"{day},{symbol},2,{volume}\n"
        for symbol, volume in (("A", 5), ("B", -1)) for day in DAYS
    )  # fmt: skip
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(text.encode()), fields=("volume",))
    said = "volume below zero, taken as missing (first B on line 5): 3"
    assert said in prices.warnings()[0]
    (fault,) = prices.faults()
    assert (fault.kind, fault.first) == ("volume below zero, taken as missing", "B on line 5")
    frame = Prices.from_frame(pd.read_csv(io.StringIO(text)), symbol="symbol", price="close")
    assert "taken as missing (first B, row 3): 3" in frame.warnings()[0]
