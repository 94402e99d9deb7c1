"""What people paste, draw, join and mistype: cases of a few rows, and what a reader is reported.

`MEANT` are the three days of the corpus. `WALK` are forty quiet ones, in which a price that does
not belong shows.
"""

import re
from typing import Any

from corpus import DAYS, MEANT, PRICES, Series, meant, named, refused, rows

PLAIN = "date,close\n" + rows("{d},{p}")
WALK = [
    (f"2024-{1 + i // 20:02d}-{1 + i % 20:02d}", round(100 + 2 * ((7 * i) % 11 - 5) / 5, 2))
    for i in range(40)
]
TWO: Series = {"A": [(DAYS[0], 1.0), (DAYS[1], 2.0)], "B": [(DAYS[0], 10.0), (DAYS[1], 20.0)]}


def strayed(name: str, changed: dict[int, float], why: str) -> None:
    """Add forty quiet days of which some have another price, and what is said of them."""
    pairs = [(day, changed.get(i, price)) for i, (day, price) in enumerate(WALK)]
    text = "date,close\n" + "".join(f"{day},{price}\n" for day, price in pairs)
    meant(f"stray_{name}", text, {"x": pairs}, warned=why)


# --- prices that do not belong --------------------------------------------------------------------
_FAR = r"suspicious price jumps \(first x on line "
strayed(
    "first",
    {0: 10_000.0},
    _FAR + r"3: from 10000 to .*; see --repair, which needs more rows before\): 1",
)
strayed("last", {39: 3700.0}, _FAR + r"41: from .* to 3700; see --repair\): 1")
strayed("last_a_hundredth", {39: 1.0}, _FAR + r"41: from .* to 1; see --repair\): 1")
strayed("two_side_by_side", {20: 4.5, 21: 4.6}, _FAR + r"22: from .* to 4.5; see --repair\): 2")
strayed("for_a_day", {20: 1000.0}, _FAR + r"22: from .* to 1000; see --repair\): 2")
strayed("twice_as_high_for_a_day", {20: 200.0}, _FAR + r"22: from .* to 200; see --repair\): 2")
strayed("another_series_from_here", {i: 4.5 + i / 400 for i in range(30, 40)}, _FAR + "32.*: 1")
for _name, _factor, _said in (
    ("crash_of_two_fifths", 0.58, ""),
    (
        "as_by_three_for_two",
        0.66,
        r"jumps like a split \(first x 3:2 on .*; see --adjust-splits\): 1",
    ),
):
    _fallen = [(day, round(p * (_factor if i > 20 else 1), 2)) for i, (day, p) in enumerate(WALK)]
    _text = "date,close\n" + "".join(f"{day},{price:.2f}\n" for day, price in _fallen)
    meant(_name, _text, {"x": _fallen}, warned=_said)
_PENNY = [(day, (0.01, 0.02, 0.05, 0.02)[i % 4]) for i, (day, _) in enumerate(WALK)]
meant("penny_stock", "date,close\n" + "".join(f"{d},{p}\n" for d, p in _PENNY), {"x": _PENNY})
meant(
    "year_mistyped_at_the_end",
    PLAIN + "2025-01-18,100.5\n",
    {"x": [*MEANT["x"], ("2025-01-18", 100.5)]},
    warned=r"years without a price \(first x between 2024-01-17 and 2025-01-18\): 1",
)

# --- columns that change places -------------------------------------------------------------------
_OHLC = "Date,Open,High,Low,Close\n" + rows("{d},{p},9999,1,{p}")
meant(
    "columns_in_another_order_below",
    _OHLC + rows("{d},50,60,9999,55", days=("2024-01-18", "2024-01-19", "2024-01-22")),
    named("x", (*DAYS, "2024-01-18", "2024-01-19", "2024-01-22"), (*PRICES, 55.0, 55.0, 55.0)),
    warned=r"closes outside low to high \(first on line 5\): 3",
)
refused(
    "second_header_in_another_order",
    _OHLC + "Date,Close,Open,High,Low\n2024-01-18,50,50,60,40\n",
    "line 5, column Close: another header in the midst of the rows; split the file there",
)
refused(
    "second_table_of_another_width",
    PLAIN + "Date,Open,Close\n2024-01-18,1,2\n2024-01-19,1,2\n",
    "line 5: 3 cells where the header has 2 .*another table begins there; split the file",
)

# --- two listings of one symbol -------------------------------------------------------------------
_LISTED = "date,symbol,exchange,close\n" + "".join(
    f"{day},VOD,{on},{price * factor}\n"
    for day, price in MEANT["x"]
    for on, factor in (("LSE", 1), ("NYSE", 10))
)
refused(
    "two_listings",
    _LISTED,
    "lines 2 and 3: 'VOD' has several prices on 2024-01-15, of exchange LSE and NYSE; .*'symbol,exchange'",
)
meant(
    "two_listings_named_apart",
    _LISTED,
    named("VOD LSE") | named("VOD NYSE", prices=[10 * price for price in PRICES]),
    settings={"symbol_column": "symbol,exchange"},
)
meant(
    "listing_that_moves",
    "date,symbol,exchange,close\n2024-01-15,A,X,1\n2024-01-16,A,Y,2\n2024-01-15,B,X,10\n"
    "2024-01-16,B,X,20\n",
    TWO,
    warned=r"symbols with more than one exchange \(first A: X and Y\): 1",
)
refused(
    "options_of_a_day",
    "date,symbol,strike,type,close\n"
    + "".join(f"{d},A,{k},{t},{k / 10}\n" for d in DAYS for k in (150, 160) for t in "CP"),
    "--symbol-column 'symbol,strike,type'",
)

# --- what is wrapped round cells and lines --------------------------------------------------------
meant("single_quotes", "'date','close'\n" + rows("'{d}','{p}'"))
meant("curly_quotes", "“date”;“close”\n" + rows("“{d}”;“{p}”"))
meant("lines_quoted", "".join(f'"{line}"\n' for line in PLAIN.splitlines()))
meant("rows_quoted", "date,close\n" + rows('"{d},{p}"'))
meant("lines_quoted_with_quotes", '"date,""close"""\n' + rows('"{d},""{p}"""'))
meant("thousands_in_quotes_are_no_rows", 'close\n"1,102.25"\n"1,103.5"\n',
      {"x": [(None, 1102.25), (None, 1103.5)]})  # fmt: skip
for _name, _rule in (("markdown", "|---|---:|"), ("markdown_short", "|:-|-:|"), ("org", "|--+--|")):
    meant(_name, f"| Date | Close |\n{_rule}\n" + rows("| {d} | {p} |"))
meant("markdown_without_ends", "Date | Close\n--- | ---\n" + rows("{d} | {p}"))
_LINE = "+------------+---------+\n"
meant("mysql", f"{_LINE}| date | close |\n{_LINE}" + rows("| {d} | {p} |") + _LINE)
meant("psql", " date | close \n------+-------\n" + rows(" {d} | {p}"))
refused("rules_of_a_table_only", _LINE, "no rows|no header row")
meant("formulas", "date,close\n" + rows('="{d}",="{p}"'))
meant("apostrophes", "date,close\n" + rows("'{d},'{p}"))
meant("marks_of_direction", "\u200edate,close\n" + rows("\u200e{d},\u202a{p}\u202c"))
_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789."}
meant("digits_of_double_width", "日付,終値\n" + rows("{d},{p}").translate(_WIDE))
_NAMED = "".join(f'"{i}","{d}",{p}\n' for i, (d, p) in enumerate(MEANT["x"], 1))
meant("rows_with_names", f'"date","close"\n{_NAMED}')

refused("symbol_in_cp1252", b"date,symbol,close\n" +
        rows("{d},Société,{p}").encode("cp1252"), "line 2.*--encoding, such as cp1252")  # fmt: skip

# --- dates ----------------------------------------------------------------------------------------
YEARS = ("2022-01-01", "2023-01-01", "2024-01-01")
MONTHS = ("2023-11-01", "2023-12-01", "2024-01-01")
for _name, _written, _days in (
    ("fiscal_years", ("FY2022", "FY2023", "FY2024"), YEARS),
    ("fiscal_years_apart", ("FY 2022", "FY 2023", "FY 2024"), YEARS),
    ("months_of_databases", ("2023M11", "2023M12", "2024M01"), MONTHS),
    ("months_of_databases_apart", ("2023-M11", "2023-M12", "2024-M01"), MONTHS),
    ("halves", ("2023-S1", "2023H2", "2024-H1"), ("2023-01-01", "2023-07-01", "2024-01-01")),
    ("with_a_decimal", ("20240115.0", "20240116.0", "20240117.0"), DAYS),
    ("of_a_clock", ("Mon Jan 15 00:00:00 2024", "Tue Jan 16 00:00:00 EST 2024",
                    "Wed Jan 17 00:00:00 2024"), DAYS),
    ("of_a_browser", ("Mon Jan 15 2024 00:00:00 GMT+0000", "Tue Jan 16 2024 00:00:00 GMT+0000",
                      "Wed Jan 17 2024 00:00:00 GMT+0000"), DAYS),
    ("month_first_with_dashes", ("Jan-15-2024", "Jan-16-2024", "Jan-17-2024"), DAYS),
):  # fmt: skip
    meant(f"dates_{_name}", "period;close\n" + rows("{d};{p}", days=_written), named("x", _days))
refused("dates_of_fiscal_quarters", "date,close\nFY2023Q1,1\nFY2023Q2,2\n",
        "line 2.*'FY2023Q1' is not a date; write dates as 2024-01-31")  # fmt: skip

# --- vendors --------------------------------------------------------------------------------------
meant("adjusted_close_only", "Date,Adj Close\n" + rows("{d},{p}"))
meant(
    "compustat",
    "gvkey,iid,datadate,tic,conm,cshtrd,prccd,prchd,prcld,prcod\n"
    "001690,01,20240115,A,APPLE,9,1.0,9,0.5,1\n001690,01,20240116,A,APPLE,9,2.0,9,0.5,1\n"
    "012141,01,20240115,B,MSFT,9,10.0,99,0.5,1\n012141,01,20240116,B,MSFT,9,20.0,99,0.5,1\n",
    TWO,
)
meant(
    "crsp",
    "PERMNO,date,TICKER,PRC,VOL,RET\n14593,20240115,A,1.0,9,0.1\n14593,20240116,A,-2.0,9,0.1\n"
    "10107,20240115,B,10.0,9,0.1\n10107,20240116,B,20.0,9,0.1\n",
    TWO,
    warned="means of bid and ask, written below zero: 1",
)
meant("crsp_without_a_ticker", "PERMNO,date,PRC\n" + rows("14593,{d},{p}"), named("14593"))
refused("number_of_a_company", "CIK,date,mid\n" + rows("320193,{d},{p}"),
        "'CIK' is the same whole number throughout, not a price; choose a column with --column")  # fmt: skip
refused("number_among_symbols", "gv,date,A\n" + rows("1690,{d},{p}"),
        "'gv' holds a few whole numbers .*--symbol-column")  # fmt: skip
meant(
    "scheme_list",
    "Scheme Code;ISIN Growth;ISIN Reinvestment;Scheme Name;Net Asset Value;Date\n\n"
    "Open Ended Schemes(Debt Scheme)\n\nFirst House\n\n"
    "1;INF1;-;A;1.0;15-Jan-2024\n1;INF1;-;A;2.0;16-Jan-2024\n\nSecond House\n\n"
    "2;INF2;-;B;10.0;15-Jan-2024\n2;INF2;-;B;20.0;16-Jan-2024\n",
    TWO,
    warned="headings between the rows: 3",
)
refused("headings_without_symbols",
        "date,close\n\nAAPL\n\n2024-01-15,1\n\nMSFT\n\n2024-01-16,2\n",
        "headings between the rows, which may name symbols; split the file")  # fmt: skip
meant(
    "pasted_from_a_page",
    "Date\tOpen\tClose\tVolume\nJan 17, 2024\t1\t99.75\t54,630,500\nJan 16, 2024\t0.24 Dividend\n"
    "Jan 16, 2024\t1\t1,102.25\t45,155,200\nJan 15, 2024\t2:1 Stock Splits\n"
    "Jan 15, 2024\t1\t101.50\t40,962,000\n",
    warned="dividend and split rows: 2",
)
_MIXED = "2024-01-15,10,A\n2024-01-16,20,E\n2024-01-17,11,A\n2024-01-18,21,E\n"
for _name in ("Status", "Flag", "Quality"):
    meant(f"beside_{_name.lower()}", f"Date,Close,{_name}\n" + _MIXED,
          named("x", (*DAYS, "2024-01-18"), (10.0, 20.0, 11.0, 21.0)))  # fmt: skip
meant("strikes_as_symbols", "date,-5,10\n" + rows("{d},{p},2.5"),
      named("-5") | named("10", prices=(2.5, 2.5, 2.5)))  # fmt: skip
meant("isin_in_front_without_header", rows("US0378331005;{d};{p}"), named("US0378331005"))
refused("copy_that_pandas_renamed", "Date,Close,Close.1\n" + rows("{d},{p},1"),
        "'Close' and 'Close.1' are columns of one name; choose with --column")  # fmt: skip
for _name in ("Close Change", "Days to Close", "Log Close", "Close_diff", "close_norm", "Price Target",
              "Predicted Close", "Close_lag1"):  # fmt: skip
    refused(f"made_of_closes_{_name}", f"Date,{_name}\n" + rows("{d},{p}"), "no price column among")
meant("close_beside_a_forecast", "Date,Predicted Close,Actual Close\n" + rows("{d},1.5,{p}"))
meant("price_in_dollars", "time,PriceUSD,CapMrktCurUSD\n" + rows("{d},{p},9e9"))
refused(
    "quotes_and_sizes", "ts,bid_px,bid_sz,ask_px,ask_sz\n" + rows("{d},{p},10,1.5,20"), "--column"
)
refused("sum_among_symbols", "Date,A,B,Total\n" + rows("{d},{p},1.5,3"),
        "or take out Total, or say --layout wide")  # fmt: skip
meant("comma_by_steps", "date;close\n" + rows("{d};{p}", prices=("997", "1,002", "999")),
      named("x", prices=(997.0, 1002.0, 999.0)))  # fmt: skip
meant("comma_behind_four_digits", "date;close\n" + rows("{d};{p}", prices=("1234,567",) * 3),
      named("x", prices=(1234.567,) * 3))  # fmt: skip
meant("every_price_marked", "date,close\n" + rows("{d},{p}*"), warned="mark of a footnote.*: 3")
refused(
    "every_price_in_words",
    "date,close\n" + rows("{d},about {p}"),
    "line 2.*write numbers as 1234.5",
)


def by_format(name: str, head: str, days: tuple[str, ...], date_format: str, **more: Any) -> None:
    """Add a file whose dates an option names."""
    meant(f"format_{name}", f"{head}\n" + rows("{d};{p}", days=days), more.get("series"),
          settings={"date_format": date_format})  # fmt: skip


by_format("of_months", "Month;Close", ("11-23", "12-23", "01-24"), "%m-%y",
          series=named("x", MONTHS))  # fmt: skip
by_format("of_digits", "Month;Close", ("202311", "202312", "202401"), "%Y%m",
          series=named("x", MONTHS))  # fmt: skip
by_format("under_an_unknown_name", "Sitzung;Schluss", ("2024~15~01", "2024~16~01", "2024~17~01"),
          "%Y~%d~%m")  # fmt: skip


# --- brackets, units with marks, and last rows of words -------------------------------------------
def with_cell(cell: str, row: int = 20) -> str:
    """Forty quiet days with decimal commas, and one other cell."""
    cells = [cell if i == row else str(p).replace(".", ",") for i, (_, p) in enumerate(WALK)]
    return "Date;Close\n" + "".join(f"{d};{c}\n" for (d, _), c in zip(WALK, cells, strict=True))


refused(
    "bracket_of_an_estimate", with_cell("(99,98)"), "may be below zero or an estimate; write it"
)
meant(
    "bracket_below_zero",
    with_cell("(37,63)"),
    {"x": [(day, -37.63 if i == 20 else price) for i, (day, price) in enumerate(WALK)]},
    warned="prices below zero: 1",
)
meant(
    "mark_behind_a_unit",
    "Date;Close\n" + "".join(f"{d};{p} € {'r' * (p > 101.5)}\n" for d, p in WALK),
    {"x": WALK},
    warned=r"mark of a footnote, read without it \(first '[0-9.]+ € r' on line",
)
refused(
    "today_as_a_date", PLAIN + "Today,100.5\n", "'Today' .*; write the date, or remove that line"
)
meant("mean_for_a_price", PLAIN + "2024,mean\n", warned="lines below the last row: 1")
refused(
    "three_zeros", "date,close\n2024-01-15,100.000\n", "'100.000' may have a decimal mark or one"
)
refused(
    "year_month_day",
    "Year,Month,Day,Close\n2024,1,15,1.5\n2024,1,16,2.5\n",
    "join them in one column 'date', as in 2024-01-31$",
)
_HIJRI = "date,close\n14450601,1.5\n14450602,2.5\n14450603,3.5\n"
refused(
    "hijri_of_eight_digits", _HIJRI, "in the year 1445, of another calendar; say --date-format hij"
)
meant(
    "hijri_of_eight_digits_as_told",
    _HIJRI,
    named("x", ("2023-12-14", "2023-12-15", "2023-12-16"), (1.5, 2.5, 3.5)),
    settings={"date_format": "hijri"},
)

# --- a text among numbers ------------------------------------------------------------------------
_MISTYPED = "".join(
    f"2024-03-{day:02},{10 + day % 3}.25,{20 + day % 4}.5\n" for day in range(1, 29)
)
for _name, _head, _text, _line in (
    ("in_a_symbol", "date,AAA,BBB\n", _MISTYPED.replace("11.25", "1l.25", 1), 2),
    ("in_a_price_without_a_name", "date,AAA\n", re.sub(r",[0-9.]*\n", "\n", _MISTYPED).replace(
        "12.25", "x", 1), 3),
):  # fmt: skip
    refused(
        f"mistyped_{_name}", _head + _text,
        f"line {_line}, column AAA: '(1l.25|x)' is not a number, as others of the column are; mend",
    )  # fmt: skip
