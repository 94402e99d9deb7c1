"""Columns beside the prices that are no symbols, and instants, calendars and marks in cells.

Further cases of the corpus; importing this module adds them.
"""

import io
import itertools
import math
import re
import tarfile

from corpus import DAYS, meant, named, refused, rows

WALK = (
    188.51,
    191.79,
    191.94,
    190.18,
    187.69,
    187.76,
    190.32,
    195.08,
    192.55,
    193.58,
    190.8,
    191.4,
)
OTHER = (
    472.65,
    468.79,
    467.28,
    467.92,
    474.6,
    473.88,
    476.35,
    476.15,
    476.49,
    474.93,
    472.1,
    476.7,
)
LONG = tuple(f"2024-01-{day:02}" for day in (2, 3, 4, 5, 8, 9, 10, 11, 12, 16, 17, 18))
ALONE = named("AAPL", LONG, WALK)
BOTH = named("AAPL", LONG, WALK) | named("SPY", LONG, OTHER)


def beside(name: str, values: object) -> str:
    """A file of AAPL and a column beside it."""
    cells = "".join(f"{d},{p},{v}\n" for d, p, v in zip(LONG, WALK, values, strict=True))  # type: ignore[call-overload]
    return f"Date,AAPL,{name}\n{cells}"


def changes(digits: int, percent: int = 1) -> list[str]:
    steps = [percent * (b / a - 1) for a, b in itertools.pairwise(WALK)]
    return ["", *(f"{step:.{digits}f}" for step in steps)]


def means(window: int) -> list[str]:
    full = range(window, len(WALK) + 1)
    return [""] * (window - 1) + [f"{sum(WALK[i - window : i]) / window:.2f}" for i in full]


LOGS = [f"{math.log(price):.4f}" for price in WALK]
LAGS = ["", *map(str, WALK[:-1])]
DIFFS = ["0", *(f"{b - a:.2f}" for a, b in itertools.pairwise(WALK))]
SMOOTH = [WALK[0]]
for _price in WALK[1:]:
    SMOOTH.append(round(SMOOTH[-1] + 0.25 * (_price - SMOOTH[-1]), 4))
NORMAL = [f"{100 * price / WALK[0]:.3f}" for price in WALK]
GAP = [f"{b - a:.2f}" for a, b in zip(WALK, OTHER, strict=True)]
TAKEN_OUT = "left out columns that are not prices, or are derived from prices"

# --- by their names, and by their numbers whatever they are called --------------------------------
for _name, _values in (
    ("daily_return", changes(5)),
    ("Rendite", changes(3)),
    ("diff", DIFFS),
    ("log_AAPL", LOGS),
    ("20-Day Moving Average", [f"{0.98 * price:.2f}" for price in WALK]),
    ("volatility", [0.12] * 12),
    ("AAPL lag 1", LAGS),
    ("moyenne mobile", means(3)),
    ("波动率", [0.2] * 12),
    ("sentiment", DIFFS),
    ("x1", changes(6)),
    ("x2", changes(4, 100)),
    ("x3", LOGS),
    ("x4", LAGS),
    ("x5", means(4)),
    ("x6", SMOOTH),
    ("x7", DIFFS),
    ("x8", NORMAL),
    ("x9", [0, 0, 0, 1.5, 0, 0, 0, 0, 0, 0.25, 0, 0]),
    ("MA", means(5)),
    ("LAG", LAGS),
    ("LOG", LOGS),
    ("DIFF", DIFFS),
):
    meant(
        f"beside_{_name}",
        beside(_name, _values),
        ALONE,
        warned=f"{TAKEN_OUT} .{re.escape(_name)}[; ]",
    )
meant(
    "returns_of_each_beside",
    "Date,AAPL,SPY,AAPL_return,SPY_return\n"
    + "".join(f"{d},{a},{b},0.01,-0.01\n" for d, a, b in zip(LONG, WALK, OTHER, strict=True)),
    BOTH,
    warned=f"{TAKEN_OUT} .AAPL_return, SPY_return; .*: 2",
)
for _name in ("MA", "LAG", "LOG", "DIFF", "RSI", "ROC", "TGT"):
    meant(
        f"symbol_{_name}",
        beside(_name, OTHER),
        named("AAPL", LONG, WALK) | named(_name, LONG, OTHER),
        warned="" if _name == "TGT" else f"called like an indicator .{_name}.: 1",
    )
for _name in ("RET", "VOL", "RSI", "UP"):
    meant(
        f"third_symbol_{_name}",
        f"Date,AAPL,SPY,{_name}\n"
        + "".join(f"{d},{a},{b},{a}\n" for d, a, b in zip(LONG, WALK, OTHER, strict=True)),
        BOTH | named(_name, LONG, WALK),
        warned="prices of another one .UP.: 1"
        if _name == "UP"
        else f"called like an indicator .{_name}.: 1",
    )
NEARLY = tuple(round(price * 1.0003 + 0.01 * (i % 3), 2) for i, price in enumerate(WALK))
meant(
    "nearly_equal_funds",
    beside("IVV", NEARLY),
    named("AAPL", LONG, WALK) | named("IVV", LONG, NEARLY),
)

RATES = ("-0.5", "-0.4", "-0.1", "0.1", "0.2", "0.3", "0.2", "0.1", "-0.1", "-0.2", "-0.3", "-0.2")
meant(
    "yields_below_zero",
    beside("DE10Y", RATES),
    named("AAPL", LONG, WALK) | named("DE10Y", LONG, tuple(map(float, RATES))),
    warned="prices below zero: 7",
)
GREED = (68, 20, 55, 12, 71, 33, 80, 25, 60, 18, 75, 40)
meant("leaps_beside", beside("Mood", GREED), ALONE, warned=f"{TAKEN_OUT} .Mood; ")
for _name in ("AAPL Momentum", "Low Volatility Index"):
    meant(
        f"index_called_{_name}",
        beside(_name, OTHER),
        named("AAPL", LONG, WALK) | named(_name, LONG, OTHER),
    )
SHARES = tuple(float(round(price) * 1000) for price in WALK)
meant(
    "a_share_of_a_thousand_others",
    beside("BRK.A", SHARES),
    named("AAPL", LONG, WALK) | named("BRK.A", LONG, SHARES),
)

for _name in ("5日均线", "w_AAPL", "AAPL_pred", "Put/Call", "CI lower", "Basis"):
    _values = WALK if _name[0] == "5" else [0.5 + 0.01 * (i % 3) for i in range(len(WALK))]
    meant(
        f"beside_{_name}",
        beside(_name, _values),
        ALONE,
        warned=f"{TAKEN_OUT} .{re.escape(_name)}[; ]",
    )
meant("squares_beside", beside("y", [f"{price**2:.2f}" for price in WALK]), ALONE, warned=TAKEN_OUT)
LINEAR = tuple(200 + 0.5 * i for i in range(len(LONG)))
OTHER_LINE = tuple(300 + 0.75 * i for i in range(len(LONG)))
meant(
    "lines_of_one_ratio",
    "Date,Rome,Oslo\n"
    + "".join(f"{d},{a},{b}\n" for d, a, b in zip(LONG, LINEAR, OTHER_LINE, strict=True)),
    named("Rome", LONG, LINEAR) | named("Oslo", LONG, OTHER_LINE),
)
POWER = (146.2, 180.1, -12.5, 160.3, 175.0, -20.1, 130.5, 190.2, -5.5, 164.1, 120.2, 188.8)
meant(
    "power_below_zero",
    beside("FR", POWER).replace("AAPL", "DE"),
    named("DE", LONG, WALK) | named("FR", LONG, POWER),
    warned="prices below zero: 3",
)
meant(
    "returns_beside_closes",
    "Date,close_AAPL,ret_AAPL,close_SPY,ret_SPY\n"
    + "".join(f"{d},{a},0.01,{b},-0.01\n" for d, a, b in zip(LONG, WALK, OTHER, strict=True)),
    BOTH,
    warned=f"{TAKEN_OUT} .ret_AAPL, ret_SPY; .*: 2",
)

# --- sides, fields, kinds, copies, ids ------------------------------------------------------------
for _bid, _ask in (
    ("Buy", "Sell"),
    ("Geld", "Brief"),
    ("Compra", "Venta"),
    ("Achat", "Vente"),
    ("USD Покупка", "USD Продажа"),
    ("买入价", "卖出价"),
    ("Kupno", "Sprzedaż"),
    ("美元买入价", "美元卖出价"),
):
    refused(f"sides_{_bid}", f"Date,{_bid},{_ask}\n" + rows("{d},{p},99.5"), "two sides.*--column")
refused(
    "pandas_second", "Date,AAPL,AAPL.1\n" + rows("{d},{p},99.5"), "columns of one name.*--column"
)
refused(
    "price_and_total_return",
    "Date,Price Return,Total Return\n" + rows("{d},{p},9999.5"),
    "are one price, counted in two ways; choose with --column",
)
refused(
    "closes_adjusted_and_not",
    "Date,Raw Close,Split Adjusted Close\n" + rows("{d},{p},9.5"),
    "'Raw Close' and 'Split Adjusted Close' are one price, counted in two ways.*--column",
)
refused(
    "index_of_three_kinds",
    "Date,MSCI EM (Price),MSCI EM (Net),MSCI EM (Gross)\n" + rows("{d},{p},9999.5,9.5"),
    "are one price, counted in two ways; choose with --column",
)
refused(
    "index_and_total_return",
    "Date,S&P 500 PR,S&P 500 TR\n" + rows("{d},{p},9999.5"),
    "are one price, counted in two ways; choose with --column",
)
meant(
    "fields_of_companies",
    "Date,Apple Open,Apple Close,Apple Volume,Micro Soft Open,Micro Soft Close\n"
    + rows("{d},1.5,{p},900,2.5,7.5"),
    named("Apple") | named("Micro Soft", prices=(7.5,) * 3),
)
meant("fields_of_a_company", "date,apple close,apple open\n" + rows("{d},{p},1.5"), named("apple"))
for _open, _close in (("开盘价", "收盘价"), ("始値", "終値"), ("시가", "종가")):
    meant(
        f"fields_of_a_company_{_close}",
        f"date,茅台{_open},茅台{_close}\n" + rows("{d},1.5,{p}"),
        named("茅台"),
    )
meant(
    "fields_of_companies_in_german",
    "Datum;SAP Eröffnung;SAP Schluss;BMW Eröffnung;BMW Schluss\n" + rows("{d};1,5;2,5;3,5;4,5"),
    named("SAP", prices=(2.5,) * 3) | named("BMW", prices=(4.5,) * 3),
)
meant(
    "companies_called_like_fields",
    "Date,Open Text,Close Brothers\n" + rows("{d},{p},7.5"),
    named("Open Text") | named("Close Brothers", prices=(7.5,) * 3),
)
refused(
    "a_company_without_a_close",
    "Date,Apple Open,Apple Close,Microsoft Open\n" + rows("{d},1.5,{p},2.5"),
    "'Microsoft Open' is a price of a company or a field without a close.*--column",
)
meant("modal_price", "Arrival_Date,Min Price,Max Price,Modal Price\n" + rows("{d},1.5,9999,{p}"))
meant("ids_of_rows", "id,date,price\n9f1c,{},101.5\n77ab,{},1102.25\n0c1d,{},99.75\n".format(*DAYS))
refused(
    "former_currencies",
    "Date,Currency,Close\n1998-12-30,DEM,100.5\n1998-12-31,DEM,101\n1999-01-04,EUR,51.7\n",
    "prices in EUR after some in DEM",
)

# --- instants -------------------------------------------------------------------------------------
HOURS = tuple(f"2023-10-{day}" for day in ("28T23:00:00", "29", "29T01:00:00", "29T02:00:00"))
meant(
    "an_hour_that_occurs_twice",
    "date,close\n2023-10-29 01:00:00+02:00,10\n2023-10-29 02:00:00+02:00,11\n"
    "2023-10-29 02:00:00+01:00,12\n2023-10-29 03:00:00+01:00,13\n",
    named("x", HOURS, (10.0, 11.0, 12.0, 13.0)),
)
meant(
    "an_hour_of_two_zones",
    "date,close\n2023-10-29 01:00 CEST,10\n2023-10-29 02:00 CEST,11\n"
    "2023-10-29 02:00 CET,12\n2023-10-29 03:00 CET,13\n",
    named("x", HOURS, (10.0, 11.0, 12.0, 13.0)),
)
meant(
    "a_stamp_of_another_offset",
    "Date,Close\n2024-01-02 15:00:00+00:00,100\n2024-01-02 15:30:00-05:00,105\n"
    "2024-01-02 16:00:00+00:00,101\n",
    named(
        "x",
        ("2024-01-02T15:00:00", "2024-01-02T16:00:00", "2024-01-02T20:30:00"),
        (100.0, 101.0, 105.0),
    ),
    warned="times of day out of order",
)
meant(
    "days_of_two_offsets",
    "Date,Close\n2024-03-08 00:00:00-05:00,1\n2024-03-11 00:00:00-04:00,2\n",
    named("x", ("2024-03-08", "2024-03-11"), (1.0, 2.0)),
)
meant(
    "sessions_of_two_offsets",
    "Date,Close\n2024-03-08 09:30:00-05:00,1\n2024-03-11 09:30:00-04:00,2\n",
    named("x", ("2024-03-08T09:30:00", "2024-03-11T09:30:00"), (1.0, 2.0)),
)
meant(
    "digits_of_hours",
    "Date,Close\n2024010200,100\n2024010201,101\n2024010202,102\n",
    named("x", ("2024-01-02", "2024-01-02T01:00:00", "2024-01-02T02:00:00"), (100.0, 101.0, 102.0)),
)
meant(
    "digits_of_minutes",
    "Date,Close\n2401020930,100\n2401020931,101\n2401020932,102\n",
    named("x", tuple(f"2024-01-02T09:{m}:00" for m in (30, 31, 32)), (100.0, 101.0, 102.0)),
)
meant(
    "seconds_since_1970",
    "Date,Close\n1701020940,100\n1701021000,101\n1701021060,102\n",
    named("x", tuple(f"2023-11-26T17:{m}:00" for m in (49, 50, 51)), (100.0, 101.0, 102.0)),
)

# --- calendars ------------------------------------------------------------------------------------
PERSIAN = ("2023-12-22", "2023-12-23", "2023-12-24")
for _name, _text in (
    ("header", "تاریخ,close\n1402/10/01,101.5\n1402/10/02,1102.25\n1402/10/03,99.75\n"),
    ("digits", "date,close\n۱۴۰۲/۱۰/۰۱,101.5\n۱۴۰۲/۱۰/۰۲,1102.25\n۱۴۰۲/۱۰/۰۳,99.75\n"),
    ("prices", "date,close\n۱۴۰۲/۱۰/۰۱,۱۰۱٫۵\n۱۴۰۲/۱۰/۰۲,۱۱۰۲٫۲۵\n۱۴۰۲/۱۰/۰۳,۹۹٫۷۵\n"),
):
    meant(f"persian_{_name}", _text, named("x", PERSIAN))
refused(
    "years_of_persia",
    "Date,Close\n1402/10/01,101.5\n1402/10/02,1102.25\n1402/10/03,99.75\n",
    "year 1402, of another calendar; say --date-format persian if it is",
)
refused(
    "years_of_persia_by_a_format",
    "Date,Close\n1402/10/01,101.5\n1402/10/02,1102.25\n",
    "year 1402",
    date_format="%Y/%m/%d",
)
THAI = tuple(f"{day[8:]}/01/2567" for day in DAYS)
meant("thai_header", "วันที่,close\n" + rows("{d},{p}", days=THAI))
meant("thai_months", "date,close\n" + rows("{d},{p}", days=[f"{d[8:]} ม.ค. 2567" for d in DAYS]))
refused(
    "years_of_the_hijra",
    "Date,close\n1445/06/20,1\n1445/06/21,2\n",
    "of another calendar; say --date-format hijri if it is that one; or write dates as 2024-01-31$",
)
refused(
    "short_years_of_persia",
    "تاریخ,close\n02/10/12,101.5\n02/10/13,1102.25\n02/10/14,99.75\n",
    "may be of the Persian calendar.*; write the years with four digits",
)
meant(
    "thai_years_before_english_months",
    "วันที่,close\n" + rows("{d},{p}", days=[f"{d[8:]} Jan 2567" for d in DAYS]),
)
refused("years_of_thailand", "Date,close\n" + rows("{d},{p}", days=THAI), "--date-format buddhist")
TAIWAN = ("2010-12-30", "2010-12-31", "2011-01-03")
ROC = ("99/12/30", "99/12/31", "100/01/03")
meant("taiwan_header", "日期,收盤價\n" + rows("{d},{p}", days=ROC), named("x", TAIWAN))
meant("taiwan_years", "date,close\n" + rows("{d},{p}", days=ROC), named("x", TAIWAN))
meant("taiwan_digits", "日期,收盤價\n" + rows("{d},{p}", days=("1130115", "1130116", "1130117")))
meant(
    "taiwan_named",
    "日期,收盤價\n" + rows("民國{d}日,{p}", days=("113年1月15", "113年1月16", "113年1月17")),
)
refused(
    "taiwan_or_the_nineties",
    "日期,收盤價\n99/12/29,1\n99/12/30,2\n99/12/31,3\n",
    "may count years from 1911.*--date-format minguo or --date-format %y/%m/%d",
)

# --- footnotes, decimals, volumes -----------------------------------------------------------------
refused("note_within", f"Date,Close\n{DAYS[0]},10¹1.5\n{DAYS[1]},1102.25\n", "is not a price")
meant(
    "three_decimals_cut_by_commas",
    "date,close\n" + rows("{d},{p}", prices=("149.123", "148.201", "150.007")),
    named("x", prices=(149.123, 148.201, 150.007)),
)
meant(
    "half_without_volume",
    "Date,Close,Volume\n"
    + rows("{d},{p}", days=DAYS[:1], prices=("101.5",))
    + rows("{d},{p},58414500", days=DAYS[1:], prices=("110.25", "99.75")),
    named("x", prices=(101.5, 110.25, 99.75)),
    warned="mended rows without a volume: 1",
)
meant(
    "half_without_volume_in_german",
    "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n15.01.2024;101,5;101,9;101,1;101,5\n"
    "16.01.2024;102,5;103,0;101,0;102,25;9000\n17.01.2024;99,5;99,9;99,5;99,75\n",
    named("x", prices=(101.5, 102.25, 99.75)),
    warned="mended rows without a volume: 2",
)


# --- archives -----------------------------------------------------------------------------------
def _tar(mode: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        data = b"date,close\n2024-01-15,101.5\n"
        member = tarfile.TarInfo("a.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


for _mode in ("w", "w:gz", "w:bz2", "w:xz"):
    refused(f"tar_{_mode}", _tar(_mode), "a tar archive; unpack it into a folder")

# --- what to do -----------------------------------------------------------------------------------
refused(
    "dates_across",
    "Symbol,2024-01-15,2024-01-16\nAAPL,185.64,184.25\nMSFT,370.87,370.60\n",
    "dates go across, from '2024-01-15' to '2024-01-16'; write a row for each date",
)
refused(
    "years_across",
    "Country Name,Country Code,2019,2020\nAa,X,1.5,2.5\nBb,Y,3.5,4.5\n",
    "dates go across, from '2019' to '2020'",
)
refused(
    "years_and_periods",
    "series_id,year,period,value\nA,2024,M01,1.5\nA,2024,M02,2.5\nA,2024,M03,2.75\n",
    "split over columns, 'year' and 'period'",
)
refused(
    "years_and_quarters",
    "Year,Quarter,Close\n2022,1,100\n2022,2,101\n2023,1,102\n",
    "the date is split over columns, 'Year' and 'Quarter'; join them",
)
refused(
    "a_row_of_transforms",
    "Date,Close\nTransform:,5\n" + rows("{d},{p}"),
    "line 2, column Date: 'Transform:' is not a date; mend or remove that line",
)
refused(
    "days_of_year_zero",
    "Date,Close\n739266,101.5\n739267,1102.25\n739268,99.75\n",
    "count days from the year 0, as MATLAB does; write dates as",
)
LOW_FIRST = "".join(
    f"{1707696000 - 86400 * i},{min(a, b) - 1:.2f},{max(a, b) + 1:.2f},{a},{b},1000.5\n"
    for i, (b, a) in enumerate(zip(WALK[::-1], WALK[-2::-1], strict=False))
)
LOW_FIRST_DAYS = tuple(f"2024-02-{day:02}" for day in range(2, 13))
refused(
    "low_first_without_header",
    LOW_FIRST,
    "add the header row date,low,high,open,close,volume, as the numbers show",
)
meant(
    "datastream",
    "Start,1/1/2024,\nEnd,2/12/2024,\nFrequency,D,\nName,APPLE,MICRO\nCode,@A(P),@M(P)\n"
    "CURRENCY,U$,U$\n01/15/2024,101.5,7.5\n01/16/2024,1102.25,7.5\n01/17/2024,99.75,7.5\n",
    named("APPLE") | named("MICRO", prices=(7.5,) * 3),
)
refused(
    "broker_statement",
    "Trades,Header,Symbol,Date/Time,Quantity,T. Price,Proceeds\n"
    + rows("Trades,Data,AAPL,{d},10,{p},-1856.4"),
    "'Proceeds' is an unknown symbol or field; choose one column with --column, such as 'T. Price'",
)

# --- extremes, copies, and companies that are called like an indicator ---
PEAKS = list(itertools.accumulate(WALK, max))
meant("running_maximum", beside("PEAK", PEAKS), ALONE, warned=TAKEN_OUT + ".*PEAK")
meant(
    "running_maximum_of_few_rows",
    "Date,AAPL,PEAK\n" + "".join(f"{LONG[i]},{WALK[i]},{PEAKS[i]}\n" for i in range(6)),
    named("AAPL", LONG[:6], WALK[:6]),
    warned=TAKEN_OUT + ".*PEAK",
)
ROUND = (31, 32, 31, 33, 32, 34, 33, 36, 35, 37, 36, 39)
meant(
    "running_minimum_of_whole_numbers",
    "Date,AAPL,BOTTOM\n"
    + "".join(
        f"{d},{p},{m}\n"
        for d, p, m in zip(LONG, ROUND[::-1], itertools.accumulate(ROUND[::-1], min), strict=True)
    ),
    named("AAPL", LONG, tuple(map(float, ROUND[::-1]))),
    warned=TAKEN_OUT + ".*BOTTOM",
)
meant(
    "copy_of_a_symbol",
    beside("COPY", WALK),
    ALONE | named("COPY", LONG, WALK),
    warned=r"symbols with the prices of another one \(COPY\): 1",
)
COMPANIES = "Date,Total,Target,Delta Air\n" + "".join(
    f"{d},{p},{q},{p * 1.5 + q / 7:.2f}\n" for d, p, q in zip(LONG, WALK[::-1], OTHER, strict=True)
)
refused(
    "companies_like_indicators", COMPANIES, "'Total'; choose with --column, or say --layout wide"
)
refused(
    "companies_beside_a_name",
    COMPANIES.replace("Total", "Apple"),
    "choose one with --column, or .*--layout wide if each is a symbol",
)
meant(
    "companies_in_the_wide_layout",
    "Date,Total,Target\n"
    + "".join(f"{d},{p},{q}\n" for d, p, q in zip(LONG, WALK, OTHER, strict=True)),
    named("Total", LONG, WALK) | named("Target", LONG, OTHER),
    settings={"layout": "wide"},
)
