"""What a refusal of the corpus tells a user to do, done: the option typed, or the file mended.

Each names the case, the words of the remedy, and what is then read: by default the three days.
"""

from dataclasses import dataclass, field
from typing import Any

from corpus import DAYS, MEANT, PRICES, Series, named
from corpus_bars import CLOSES, THIS_YEAR, WEEK
from corpus_beside import LONG, LOW_FIRST, LOW_FIRST_DAYS, PERSIAN, WALK
from corpus_headers import SHOPS, THIRD, three

from rnncli.dates import today


@dataclass(frozen=True)
class Remedy:
    """One refusal, its remedy, and the result of following it."""

    case: str
    words: str  # a part of the message
    settings: dict[str, Any] = field(default_factory=dict)
    edits: tuple[tuple[str, str], ...] = ()  # (old, new) in the text
    meant: Series = field(default_factory=lambda: MEANT)


def typed(case: str, meant: Series = MEANT, **settings: Any) -> Remedy:
    """Return a remedy that is an option, by whose name the message must call it."""
    words = f"--{next(iter(settings)).replace('_', '-')}"
    return Remedy(case, words, settings, meant=meant)


def edited(case: str, words: str, *edits: tuple[str, str], meant: Series = MEANT) -> Remedy:
    """Return a remedy that changes the file."""
    return Remedy(case, words, {}, edits, meant)


def both(one: str, other: str, first: Any = PRICES, second: Any = PRICES) -> Series:
    return named(one, prices=first) | named(other, prices=second)


FEBRUARY = ("2024-02-01", "2024-03-02", "2024-04-03")
THOUSANDS = (16500.0, 16513.0, 16526.0)
REMEDIES = (
    typed("mark_open_point", named("x", DAYS[:2], (126.135, 126.913)), decimal="."),
    typed("mark_open_point", named("x", DAYS[:2], (126135.0, 126913.0)), decimal=","),
    typed("mark_open_comma", named("x", prices=(1.015, 1.102, 9.975)), decimal=","),
    typed("points_iso_days", named("x", prices=THOUSANDS), decimal=","),
    typed("thirty_seconds", named("x", prices=(110160.0, 110165.0, 110170.0)), decimal="."),
    typed("date_open", named("x", FEBRUARY), date_format="%d/%m/%Y"),
    typed("date_open", named("x", ("2024-01-02", "2024-02-03", "2024-03-04")),
          date_format="%m/%d/%Y"),
    typed("date_open_short", named("x", DAYS), date_format="%d-%m-%y"),
    typed("short_year_or_day", named("x", ("2002-01-01", "2003-01-01", "2004-01-01")),
          date_format="%d-%b-%y"),
    typed("dates_of_months", named("x", ("2023-11-01", "2023-12-01", "2024-01-01"), PRICES[::-1]),
          date_format="%m.%Y"),
    typed("dates_of_years", named("x", ("2021-01-01", "2022-01-01", "2023-01-01"), PRICES[::-1]),
          date_format="%Y"),
    edited("date_mixed", "mend that line", ("2024-01-16", "16/01/2024")),
    edited("dates_of_fiscal_quarters", "write dates as 2024-01-31", ("FY2023Q1", DAYS[0]),
           ("FY2023Q2", DAYS[1]), meant=named("x", DAYS[:2], (1.0, 2.0))),
    typed("hijri_without_a_sign", date_format="hijri"),
    edited("thai_or_gregorian_short_years", "write the years with four digits",
           *((f"{day} ม.ค. 24", f"{day} ม.ค. 2567") for day in (15, 16, 17))),
    typed("sixties_or_thailand", named("x", [f"{today().year}-01-{d}" for d in (15, 16, 17)]),
          date_format="buddhist"),
    typed("sixties_or_thailand", named("x", [f"19{THIS_YEAR}-01-{d}" for d in (15, 16, 17)]),
          date_format="%d/%m/%y"),
    edited("no_date_and_no_total", "write the date, or remove that line", (",100.99\n", ""),
           meant=named("x", WEEK, CLOSES)),
    edited("no_date_and_no_total", "write the date", (",100.99", "2024-01-23,100.99"),
           meant=named("x", (*WEEK, "2024-01-23"), (*CLOSES, 100.99))),
    typed("prices_in_Pounds_then_Pence",
          named("Pounds", WEEK[:3], CLOSES[:3])
          | named("Pence", WEEK[3:], [100 * price for price in CLOSES[3:]]),
          symbol_column="currency"),
    typed("symbol_in_cp1251", named("Газпром"), encoding="cp1251"),
    typed("symbol_in_gbk", named("中国银行"), encoding="gbk"),
    typed("symbol_in_cp1252", named("Société"), encoding="cp1252"),
    typed("no_price", named("x", prices=(1.0, 1.0, 1.0)), column="open"),
    typed("several_prices", column="spot"),
    typed("hidden_candles", named("x", prices=(10.0, 10.0, 10.0)), column="Ferme"),
    typed("hidden_candles", {n: [(d, p) for d in DAYS] for n, p in
                             (("Ouvre", 10.0), ("Sommet", 11.0), ("Fond", 9.0), ("Ferme", 10.0))},
          layout="wide"),
    typed("fxcm", named("x", prices=(2.0, 2.0, 2.0)), column="bidclose"),
    typed("quotes_candle", named("x", prices=(200.0, 200.0, 200.0)), column="mid.c"),
    typed("no_close_value_is_turnover", named("x", prices=(1e6, 1e6, 1e6)), column="value"),
    typed("nav_among_symbols", column="AAPL"),
    typed("symbols_beside_NAV", three("AAPL", "MSFT", "NAV"), layout="wide"),
    typed("symbols_beside_PRICE", three("AAPL", "MSFT", "PRICE"), layout="wide"),
    typed("symbols_beside_LAST", named("x", LONG, THIRD), column="LAST"),
    typed("ids_of_whole_numbers", SHOPS, symbol_column="store_id"),
    typed("number_of_a_company", column="mid"),
    typed("copy_that_pandas_renamed", column="Close"),
    typed("copy_that_pandas_renamed", named("x", prices=(1.0, 1.0, 1.0)), column="Close.1"),
    typed("number_among_symbols", named("1690"), symbol_column="gv"),
    typed("sum_among_symbols", both("A", "B", second=(1.5,) * 3) |
          named("Total", prices=(3.0,) * 3), layout="wide"),
    edited("sum_among_symbols", "take out Total", (",Total", ""), (",3\n", "\n"),
           meant=both("A", "B", second=(1.5, 1.5, 1.5))),
    typed("percents", both("A", "B", (1.5,) * 3, (2.5,) * 3), layout="wide"),
    typed("code_among_symbols", both("A", "B", second=(2.5,) * 3) |
          named("Regime", prices=(1.0,) * 3), layout="wide"),
    edited("symbol_without_a_field", "rename it to 'VIX_last'", ("VIX", "VIX_last"),
           meant=both("SPX", "NDX", second=(98.4,) * 3) | named("VIX", prices=(13.4,) * 3)),
    typed("two_symbols_under_an_unknown_name",
          {"PKO": [(DAYS[0], 10.0), (DAYS[2], 11.0)],
           "LPP": [(DAYS[1], 20.0), ("2024-01-18", 21.0)]}, symbol_column="Papier"),
    typed("two_symbols_under_an_unknown_name",
          named("x", (*DAYS, "2024-01-18"), (10.0, 20.0, 11.0, 21.0)), layout="single"),
    typed("two_listings", both("VOD LSE", "VOD NYSE", second=[10 * p for p in PRICES]),
          symbol_column="symbol,exchange"),
    typed("two_listings", named("VOD"), symbol_column="symbol", duplicates="first"),
    typed("two_prices_on_a_day", duplicates="first"),
    typed("two_prices_on_a_day", named("x", prices=(101.5, 5.0, 99.75)), duplicates="last"),
    typed("currency_that_changes", {"USD": [(DAYS[0], 1.5), (DAYS[1], 1.6)],
                                    "EUR": [(DAYS[2], 1.7)]}, symbol_column="currency"),
    edited("no_header_no_doubt_left", "add a header row such as date,...,close",
           ("2024-01-15,1", "date,close,a,b\n2024-01-15,1"),
           meant=named("x", DAYS[:2], (1.0, 1.0))),
    edited("no_header_close_first", "add a header row such as date,open,high,low,close",
           ("2024-01-15,184", "date,open,high,low,close\n2024-01-15,184"),
           meant=named("x", prices=(185.0, 184.0, 186.0))),
    edited("short_row", "mend or remove that line", ("2024-01-18\n", ""),
           meant=named("x", (*DAYS, "2024-01-19"), (*PRICES, 1.0))),
    edited("second_header_in_another_order", "split the file there",
           ("Date,Close,Open,High,Low\n2024-01-18,50,50,60,40\n", "")),
    edited("two_closes", "rename one", ("date,close", "date,a_close")),
    edited("melted", "keep the rows of close only",
           *((f"{d},A,open,1\n", "") for d in DAYS),
           *((f"{d},A,volume,1000\n", "") for d in DAYS), meant=named("A")),
    typed("prices_in_two_currencies_brackets", column="Close (USD)"),
    typed("turnover_under_an_unknown_name", column="Kapa"),
    typed("prices_in_parts_of_a_billionth", named("A", prices=(185640000000.0,) * 3),
          column="close"),
    typed("no_symbol_called_RSI", named("A") | named("B", prices=(2.5,) * 3) |
          named("RSI", prices=(14.5,) * 3), layout="wide"),
    typed("clock_column_and_open_dates",
          named("x", ("2024-01-02T09:30:00", "2024-02-03T09:30:00", "2024-03-04T09:30:00")),
          date_format="%m/%d/%Y"),
    typed("clock_of_am_and_pm_and_open_dates",
          named("x", ("2024-01-02T09:30:00", "2024-02-03T09:30:00", "2024-03-04T09:30:00")),
          date_format="%m/%d/%Y %I:%M %p"),
    typed("unnamed_symbols", {"A": [(DAYS[0], 1.5), (DAYS[1], 1.6)],
                              "B": [(DAYS[2], 9.0), ("2024-01-18", 9.1)]}, symbol_column="2"),
    typed("parted_by_carets", delimiter="^"),
    typed("long_table_without_a_known_name", column="Värde"),
    typed("symbols_in_a_column_called_series", {"A": [(DAYS[0], 1.0), (DAYS[1], 2.0)],
          "B": [(DAYS[2], 9.0), ("2024-01-18", 8.0)]}, symbol_column="series"),
    edited("hours_in_a_column", "join them in one column", ("Date,Hour", "Date"),
           *((f"{d},{h}", f"{d} {h:02}:00") for d in DAYS for h in range(3)),
           meant=named("x", tuple(f"{d}{t}" for d in DAYS for t in ("", "T01:00:00", "T02:00:00")),
                       tuple(p for p in PRICES for _ in range(3)))),
    edited("one_point_among_commas", "mend that line", ("99.75", "99,75"),
           meant=named("x", (*DAYS, "2024-01-18"), (101.5, 102.25, 99.75, 99.5))),
    edited("no_header_between_blanks", "such as 'date ... close', with a name for each column",
           ("15.01.2024   1,5", "date close a b\n15.01.2024   1,5"),
           meant=named("x", prices=(1.5, 1.6, 1.7))),
    typed("sides_Buy", column="Buy"),
    typed("sides_Buy", named("Sell", prices=(99.5,) * 3) | named("Buy"), layout="wide"),
    typed("sides_美元买入价", column="美元买入价"),
    typed("pandas_second", column="AAPL"),
    typed("pandas_second", named("x", prices=(99.5,) * 3), column="AAPL.1"),
    typed("price_and_total_return", column="Price Return"),
    typed("index_of_three_kinds", column="MSCI EM (Price)"),
    typed("index_and_total_return", column="S&P 500 PR"),
    typed("closes_adjusted_and_not", column="Raw Close"),
    typed("a_company_without_a_close", column="Apple Close"),
    typed("former_currencies", {"DEM": [("1998-12-30", 100.5), ("1998-12-31", 101.0)],
                                "EUR": [("1999-01-04", 51.7)]}, symbol_column="Currency"),
    edited("short_years_of_persia", "write the years with four digits",
           *((f"02/10/{d}", f"1402/10/{d}") for d in (12, 13, 14)),
           meant=named("x", ("2024-01-02", "2024-01-03", "2024-01-04"))),
    typed("years_of_persia", named("x", PERSIAN), date_format="persian"),
    typed("years_of_thailand", date_format="buddhist"),
    typed("taiwan_or_the_nineties", named("x", ("2010-12-29", "2010-12-30", "2010-12-31"),
          (1.0, 2.0, 3.0)), date_format="minguo"),
    typed("taiwan_or_the_nineties", named("x", ("1999-12-29", "1999-12-30", "1999-12-31"),
          (1.0, 2.0, 3.0)), date_format="%y/%m/%d"),
    typed("broker_statement", named("AAPL"), column="T. Price"),
    edited("low_first_without_header", "add the header row date,low,high,open,close,volume",
           (LOW_FIRST[:20], f"date,low,high,open,close,volume\n{LOW_FIRST[:20]}"),
           meant=named("x", LOW_FIRST_DAYS, WALK[1:])),
    edited("years_and_quarters", "in one column 'date', as in 2024-01, 2024-Q1",
           ("Year,Quarter", "date"), ("2022,", "2022-Q"), ("2023,", "2023-Q"),
           meant=named("x", ("2022-01-01", "2022-04-01", "2023-01-01"), (100.0, 101.0, 102.0))),
    edited("dates_across", "write a row for each date, with a column for each symbol",
           ("Symbol,2024-01-15,2024-01-16", "date,AAPL,MSFT"), ("AAPL,185.64,184.25", ""),
           ("MSFT,370.87,370.60", "2024-01-15,185.64,370.87\n2024-01-16,184.25,370.60"),
           meant=named("AAPL", DAYS[:2], (185.64, 184.25)) |
           named("MSFT", DAYS[:2], (370.87, 370.6))),
    edited("a_row_of_transforms", "mend or remove that line", ("Transform:,5\n", "")),
    edited("days_of_year_zero", "write dates as 2024-01-31", ("739266", DAYS[0]),
           ("739267", DAYS[1]), ("739268", DAYS[2])),
    typed("limits", limits=1.0),
    typed("strict", strict=False),
)  # fmt: skip
