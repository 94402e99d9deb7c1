"""Small price files, each with one pollution or several, and what must be read from them.

`CASES` is the corpus: the bytes of a file, and beside them the series it means or the words of the
refusal. Most hold the same three days, so that a case shows its pollution and nothing else.
"""

import bz2
import gzip
import io
import lzma
import zipfile
from dataclasses import dataclass, field
from typing import Any

Series = dict[str, list[tuple[str | None, float]]]

DAYS = ("2024-01-15", "2024-01-16", "2024-01-17")
PRICES = (101.5, 1102.25, 99.75)
MEANT: Series = {"x": list(zip(DAYS, PRICES, strict=True))}


@dataclass(frozen=True)
class Case:
    """One file: its bytes, what it means, or why it is refused."""

    name: str
    data: bytes
    meant: Series | None = None
    refused: str = ""  # a pattern of the message
    warned: str = ""  # a pattern of the warning; none if empty
    settings: dict[str, Any] = field(default_factory=dict)


CASES: list[Case] = []


def meant(name: str, text: str | bytes, series: Series | None = None, **more: Any) -> None:
    """Add a file that is read; without `series` the three days."""
    data = text if isinstance(text, bytes) else text.encode()
    CASES.append(Case(name, data, MEANT if series is None else series, **more))


def refused(name: str, text: str | bytes, why: str, **settings: Any) -> None:
    """Add a file that is refused."""
    data = text if isinstance(text, bytes) else text.encode()
    CASES.append(Case(name, data, refused=why, settings=settings))


def rows(template: str, *, days: Any = DAYS, prices: Any = PRICES, end: str = "\n") -> str:
    """A line for each day: {d} is the day, {p} the price."""
    pairs = zip(days, prices, strict=True)
    return "".join(template.format(d=day, p=price) + end for day, price in pairs)


def named(symbol: str, days: Any = DAYS, prices: Any = PRICES) -> Series:
    return {symbol: list(zip(days, prices, strict=True))}


PLAIN = "date,close\n" + rows("{d},{p}")

# --- encodings, line ends, packing ---------------------------------------------------------------
meant("plain", PLAIN)
meant("no_newline_at_end", PLAIN.rstrip("\n"))
meant("blank_lines", PLAIN.replace("\n", "\n\n"))
meant("blank_lines_at_end", PLAIN + "\n\n\n")
meant("crlf", PLAIN.replace("\n", "\r\n"))
meant("cr", PLAIN.replace("\n", "\r"))
meant("mixed_line_ends", PLAIN.replace("\n", "\r\n", 2))
meant("bom", b"\xef\xbb\xbf" + PLAIN.encode())
meant("utf16", PLAIN.encode("utf-16"))
meant("utf16_be", b"\xfe\xff" + PLAIN.encode("utf-16-be"))
meant("utf16_without_bom", PLAIN.encode("utf-16-le"))
meant("utf32", PLAIN.encode("utf-32"))
meant("gzip", gzip.compress(PLAIN.encode(), mtime=0))
meant("gzip_members", gzip.compress(PLAIN[:20].encode()) + gzip.compress(PLAIN[20:].encode()))
meant("xz", lzma.compress(PLAIN.encode()))
meant("bzip2", bz2.compress(PLAIN.encode()))
meant("latin_header", "Data,Último\n".encode("cp1252") + rows("{d},{p}").encode())
meant("polish_cp1250", "Data,Zamknięcie\n".encode("cp1250") + rows("{d},{p}").encode())
meant("turkish_cp1254", "Tarih,Şimdi\n".encode("cp1254") + rows("{d},{p}").encode())
meant("russian_cp1251", "Дата;Цена\n".encode("cp1251") + rows("{d};{p}").encode())
meant("japanese_cp932", "データ日付,終値\n".encode("cp932") + rows("{d},{p}").encode())
meant("chinese_gb18030", "日期,开盘,收盘\n".encode("gb18030") + rows("{d},1,{p}").encode())
meant("korean_euc_kr", "날짜,종가\n".encode("euc_kr") + rows("{d},{p}").encode())
meant(
    "named_encoding",
    "Datum,Schluß\n".encode("cp437") + rows("{d},{p}").encode(),
    settings={"encoding": "cp437"},
)
meant(
    "foot_in_unknown_encoding",
    PLAIN.encode() + "本資料は日経の著作物".encode("cp932") + b"\n",
    warned="lines below the last row: 1",
)
refused(
    "header_in_unknown_encoding",
    "日子,价码,高,低\n".encode("big5hkscs", "replace")[:3] + b"\x81,a\n" + rows("{d},{p}").encode(),
    "encod",
)
refused("wrong_encoding", "é".encode() + PLAIN.encode(), "not ascii text", encoding="ascii")
refused("nul_byte", PLAIN.replace("1102", "11\x0002"), "line 3: a NUL byte")
refused("empty", "", "the file is empty")
refused("only_a_sep_line", "sep=;\n", "no values in the file")
refused("only_blanks", "\n \n\t\n", "the file is empty")
refused("html", "<!DOCTYPE html><html><body>404</body></html>", "HTML")
refused("xml", "<?xml version='1.0'?><rss/>", "XML")
refused("json", '{"Error Message": "limit"}', "JSON")
refused("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull")
refused("pdf", b"%PDF-1.7\n%\xe2\xe3", "PDF")
refused("excel", b"\xd0\xcf\x11\xe0" + bytes(64), "Excel")
refused("gzip_cut", gzip.compress(PLAIN.encode())[:-9], "cut off")
refused("gzip_damaged", gzip.compress(PLAIN.encode())[:-8] + b"12345678", "damaged or unknown gzip")


def _zip(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return stream.getvalue()


meant("zip", _zip(a=PLAIN))
refused("zip_of_two", _zip(a=PLAIN, b=PLAIN), "2 files; unpack it")

# --- delimiters, quotes, rows --------------------------------------------------------------------
for _name, _sign in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|"), ("blank", " ")):
    meant(_name, PLAIN.replace(",", _sign))
    if _sign != " ":
        meant(
            f"{_name}_quoted",
            "".join(
                f'"{line.replace(",", f"{chr(34)}{_sign}{chr(34)}")}"\n'
                for line in PLAIN.splitlines()
            ),
        )
meant("several_blanks", "date        close\n" + rows("{d}   {p}  "))
meant("sep_line", "sep=;\n" + PLAIN.replace(",", ";"))
meant("delimiter_named", PLAIN.replace(",", "~"), settings={"delimiter": "~"})
meant("quotes_with_delimiter", "date,note,close\n" + rows('{d},"a, b",{p}'))
meant("quotes_with_newline", "date,note,close\n" + rows('{d},"a\nb",{p}'))
meant("quotes_doubled", "date,note,close\n" + rows('{d},"say ""hi""",{p}'))
meant("padded_cells", " date , close \n" + rows(" {d} , {p} "))
meant("trailing_delimiter_in_rows", "date,close\n" + rows("{d},{p},"))
meant("trailing_delimiter_in_header", "date,close,\n" + rows("{d},{p}"))
meant("empty_columns_at_end", "date,close,,\n" + rows("{d},{p},,"))
meant("rows_of_delimiters", "date,open,close\n" + rows("{d},1,{p}") + ",,\n,,\n")
meant(
    "counter_column",
    ",date,close\n" + "".join(f"{i},{d},{p}\n" for i, (d, p) in enumerate(MEANT["x"])),
)
refused("short_row", PLAIN + "2024-01-18\n2024-01-19,1\n", "line 5: 1 cell where the header has 2")
refused("long_row", PLAIN + "2024-01-18,1,2\n2024-01-19,1\n", "line 5: 3 cells where")
refused("cut_off", PLAIN + "2024-0", "line 5: 1 cell .*looks cut off")
refused("other_delimiter_in_a_row", PLAIN + "2024-01-18;1\n2024-01-19,1\n", "line 5: 1 cell")
refused("unclosed_quote", PLAIN + '"2024-01-18,1\n2024-01-19,2\n', "line 5: broken quotes")
refused("text_between_rows", PLAIN + "connection lost\n2024-01-19,1\n", "line 5: 1 cell")
refused("header_only", "date,close\n", "no rows")
refused(
    "row_names_shift_the_header", "date,close\n" + rows("1,{d},{p}"), "3 cells where the header"
)

# --- around the rows -----------------------------------------------------------------------------
meant("preface", "Daily prices\nfree of charge\n\n" + PLAIN)
meant(
    "preface_of_keys",
    "Security,IBM US Equity\nStart Date,1/1/2020\n\nDate,PX_LAST,PX_VOLUME\n" + rows("{d},{p},9"),
)
meant("comments", "# source: x\n" + PLAIN + "# end\n", warned="comment lines|below the last row")
meant("repeated_header", PLAIN + "date,close\n", warned="repeated headers: 1")
meant("footnote", PLAIN + "Source: the exchange\n", warned="lines below the last row: 1")
meant(
    "summary_foot",
    "Date,Price,Open\n" + rows("{d},{p},1") + '"Highest:1,102.25","Lowest:99.75"\n',
    warned="lines below the last row: 1",
)
meant(
    "sentence_in_every_cell",
    "date,close\n"
    + rows("{d},{p}")
    + "Close adjusted for all splits.,Close adjusted for all splits.\n",
    warned="lines below the last row: 1",
)
meant("units_under_header", "date,close\n,EUR\n" + rows("{d},{p}"))
meant(
    "facts_under_header", '"","X.D"\n"","Rate of the day"\n"Unit","Dollar"\n' + rows('"{d}","{p}"')
)
meant(
    "error_between_rows",
    PLAIN.replace("2024-01-16", '{\n  "error": {"code": 1}\n}\n2024-01-16'),
    warned="error messages between the rows: 1",
)
meant(
    "error_without_its_start",
    PLAIN + '  "finance": {\n    "error": 1\n  }\n}\n',
    warned="error messages between the rows: 1",
)
meant(
    "dividend_rows",
    "Date,Open,Close\n2024-01-15,1,101.5\n2024-01-16,1,1102.25\n"
    "2024-01-16,0.51 Dividend,0.51 Dividend\n2024-01-17,2:1 Stock Split,2:1 Stock Split\n"
    "2024-01-17,1,99.75\n",
    warned="dividend and split rows: 2",
)
meant(
    "time_for_a_date",
    "date,close\n16:00,5\n" + rows("{d},{p}"),
    warned="rows with a time of day for a date: 1",
)
meant(
    "volume_left_off",
    "Date,Open,High,Low,Close,Volume\n"
    + rows("{d},{p},{p},{p},{p},9").replace(",9\n2024-01-17", "\n2024-01-17")
    + "".join(f"2024-02-{d:02d},1,2,0.5,1,9\n" for d in range(1, 20)),
    {"x": MEANT["x"] + [(f"2024-02-{d:02d}", 1.0) for d in range(1, 20)]},
    warned="rows without a volume: 1",
)


# --- numbers -------------------------------------------------------------------------------------
def _cells(*cells: str, header: str = "date;close") -> str:
    return f"{header}\n" + rows("{d};{p}", prices=cells)


meant("decimal_comma", _cells("101,5", "1102,25", "99,75"))
meant("decimal_comma_thousands_point", _cells("101,5", "1.102,25", "99,75"))
meant("thousands_comma", _cells("101.5", "1,102.25", "99.75"))
meant("thousands_apostrophe", _cells("101.5", "1'102.25", "99.75"))
meant("thousands_blank", _cells("101,5", "1 102,25", "99,75"))
meant("thousands_narrow_blank", _cells("101,5", "1\u202f102,25", "99,75"))
meant("dollar", _cells("$101.5", "$1,102.25", "$99.75"))
meant("euro_behind", _cells("101,5 €", "1.102,25 €", "99,75 €"))
meant("currency_code", _cells("USD 101.5", "USD 1102.25", "USD 99.75"))
meant("percentage", _cells("101.5%", "1102.25%", "99.75 %"))
meant("thousands_suffix", _cells("0.1015K", "1.10225K", "0.09975K"))
meant("exponents", _cells("1.015e2", "1.10225E+3", "9975e-2"))
meant("plus_sign", _cells("+101.5", "+1102.25", "+99.75"))
meant(
    "decimal_named",
    "date;close\n15.01.2024;126.135\n16.01.2024;126.913\n",
    named("x", DAYS[:2], (126135.0, 126913.0)),
    settings={"decimal": ","},
)
meant(
    "decimal_proved_beside",
    "date;close;volume\n15.01.2024;126.135;10,2M\n16.01.2024;126.913;1,1M\n",
    named("x", DAYS[:2], (126135.0, 126913.0)),
)
refused("mark_open_point", "date;close\n15.01.2024;126.135\n16.01.2024;126.913\n", "--decimal")
refused("mark_open_comma", _cells("1,015", "1,102", "9,975"), "--decimal")
refused("both_marks", _cells("101.5", "1102,25", "99.75"), "is not a price")
refused("two_currencies", _cells("$101.5", "€1102.25", "$99.75"), r"prices in \$ and €")
refused("suffix_on_one", _cells("101.5", "1102.25B", "99.75"), "line 3.*has a suffix")
refused("infinite", _cells("101.5", "inf", "99.75"), "line 3.*is not a price")
refused("more_digits_than_a_price", _cells("101.5", "10" * 60, "99.75"), "line 3.*is not a price")
refused("too_large", _cells("101.5", "1e400", "99.75"), "line 3.*is not a price")
refused("word_for_a_price", _cells("101.5", "gone", "99.75"), "line 3.*'gone' is not a price")
refused("underscore", _cells("101.5", "1_102.25", "99.75"), "line 3.*is not a price")
refused("hexadecimal", _cells("101.5", "0x1F", "99.75"), "line 3.*is not a price")
for _mark in ("", "null", "NaN", "N/A", "#N/A", "-", ".", "None", "n.a.", "<NA>"):
    _gone = [MEANT["x"][0], MEANT["x"][2]]
    meant(
        f"missing_{_mark or 'empty'}",
        _cells("101.5", _mark, "99.75"),
        {"x": _gone},
        warned="rows without a price: 1",
    )
refused("all_missing", _cells("", "", ""), "all 3 prices are missing")
meant(
    "negative_and_zero",
    "date,close\n2020-04-17,18.27\n2020-04-20,-37.63\n2020-04-21,0\n",
    named("x", ("2020-04-17", "2020-04-20", "2020-04-21"), (18.27, -37.63, 0.0)),
    warned=r"prices below zero: 1, prices of zero \(first x on line 4, 2020-04-21\): 1",
)
_DEAD = list(
    zip([f"2024-03-{day:02}" for day in range(1, 16)], [50.1, 50.7, 49.8] + [0.0] * 12, strict=True)
)
meant(
    "column_that_died",
    "date,close\n" + "".join(f"{day},{price}\n" for day, price in _DEAD),
    {"x": _DEAD},
    warned=r"prices of zero \(first x on line 5, 2024-03-04; see --repair\): 12, symbols whose"
    r" price is zero mostly \(first x: 12 of 15\): 1",
)
meant(
    "levels_with_zero",
    "date,close\n" + "".join(f"2020-04-{day:02d},{(day % 3) / 2}\n" for day in range(1, 13)),
    named("x", tuple(f"2020-04-{day:02d}" for day in range(1, 13)), (0.5, 1.0, 0.0) * 4),
)
for _mark in (",", ";", "\t", "|"):
    meant(
        f"symbols_like_sums_{_mark!r}",
        _mark.join(("date", "A", "3M", "TL0", "0700"))
        + "".join(f"\n2020-04-{day}{_mark}1{_mark}2{_mark}{day}{_mark}4" for day in (14, 15, 16)),
        {
            symbol: [(f"2020-04-{day}", float(price or day)) for day in (14, 15, 16)]
            for symbol, price in (("A", 1), ("3M", 2), ("TL0", 0), ("0700", 4))
        },
    )


# --- dates ---------------------------------------------------------------------------------------
def _dated(*days: str, more: str = "") -> str:
    return f"date;close\n{more}" + rows("{d};{p}", days=days)


for _name, _written in {
    "iso_clock": ("2024-01-15T00:00:00", "2024-01-16T00:00:00Z", "2024-01-17 00:00:00.000"),
    "iso_zone": (
        "2024-01-15 00:00:00-05:00",
        "2024-01-16 00:00:00-05:00",
        "2024-01-17 00:00-04:00",
    ),
    "iso_slashes": ("2024/01/15", "2024/1/16", "2024/01/17"),
    "iso_points": ("2024.01.15", "2024.01.16", "2024.01.17"),
    "compact": ("20240115", "20240116", "20240117"),
    "day_first": ("15/01/2024", "16/01/2024", "17/01/2024"),
    "month_first": ("01/15/2024", "1/16/2024", "01/17/2024"),
    "day_first_points": ("15.01.2024", "16.01.2024", "17.01.2024"),
    "two_digit_year": ("1/15/24", "1/16/24", "1/17/24"),
    "english": ("Jan 15, 2024", "Jan 16, 2024", "Jan 17, 2024"),
    "english_long": ("January 15, 2024", "January 16th, 2024", "January 17, 2024"),
    "weekdays": ("Mon, Jan 15, 2024", "Tue, Jan 16, 2024", "Wednesday, Jan 17, 2024"),
    "month_in_the_middle": ("15-Jan-2024", "16-Jan-2024", "17-JAN-2024"),
    "month_and_short_year": ("15-Jan-24", "16-Jan-24", "17-Jan-24"),
    "german": ("15. Januar 2024", "16. Januar 2024", "17. Januar 2024"),
    "french": ("15 janv. 2024", "16 janv. 2024", "17 janv. 2024"),
    "spanish": ("15 de enero de 2024", "16 de enero de 2024", "17 de enero de 2024"),
    "italian": ("15 gen 2024", "16 gen 2024", "17 gen 2024"),
    "portuguese": ("15 jan. 2024", "16 jan. 2024", "17 jan. 2024"),
    "polish": ("15 stycznia 2024", "16 stycznia 2024", "17 stycznia 2024"),
    "turkish": ("15 Oca 2024", "16 Oca 2024", "17 Oca 2024"),
    "russian": ("15 января 2024", "16 января 2024", "17 января 2024"),
    "japanese": ("2024年1月15日", "2024年1月16日", "2024年1月17日"),
    "korean": ("2024년 01월 15일", "2024년 01월 16일", "2024년 01월 17일"),
    "korean_dashes": ("2024- 01- 15", "2024- 01- 16", "2024- 01- 17"),
    "epoch_seconds": ("1705276800", "1705363200", "1705449600"),
    "epoch_milliseconds": ("1705276800000", "1705363200000", "1705449600000"),
    "epoch_microseconds": ("1705276800000000", "1705363200000000", "1705449600000000"),
    "epoch_nanoseconds": ("1705276800000000000", "1705363200000000000", "1705449600000000000"),
}.items():
    meant(f"date_{_name}", _dated(*_written))
meant("date_newest_first", "date,close\n" + "\n".join(PLAIN.splitlines()[:0:-1]))
meant(
    "date_open_by_order",
    "date,close\n30/11/2024,1\n01/12/2024,2\n02/12/2024,3\n",
    named("x", ("2024-11-30", "2024-12-01", "2024-12-02"), (1.0, 2.0, 3.0)),
)
meant(
    "date_named",
    _dated("01/02/2024", "02/02/2024", "03/02/2024"),
    named("x", ("2024-02-01", "2024-02-02", "2024-02-03")),
    settings={"date_format": "%d/%m/%Y"},
)
meant(
    "date_by_weekdays",
    "date,close\n"
    + "".join(
        f"{d},{i}\n"
        for i, d in enumerate(
            (
                "08/01/2024",
                "02/01/2024",
                "12/02/2024",
                "05/02/2024",
                "04/03/2024",
                "11/03/2024",
                "01/04/2024",
                "08/04/2024",
                "06/05/2024",
                "03/06/2024",
                "01/07/2024",
                "05/08/2024",
            ),
            start=1,
        )
    ),
    named(
        "x",
        (
            "2024-01-02",
            "2024-01-08",
            "2024-02-05",
            "2024-02-12",
            "2024-03-04",
            "2024-03-11",
            "2024-04-01",
            "2024-04-08",
            "2024-05-06",
            "2024-06-03",
            "2024-07-01",
            "2024-08-05",
        ),
        (2.0, 1.0, 4.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0),
    ),
)
meant(
    "months_by_name",
    _dated("Nov 2021", "Dec 2021", "Jan 2022"),
    named("x", ("2021-11-01", "2021-12-01", "2022-01-01")),
)
meant(
    "months_in_french",
    _dated("Juill 2021", "Août 2021", "Sept 2021"),
    named("x", ("2021-07-01", "2021-08-01", "2021-09-01")),
)
meant(
    "years", _dated("2021", "2022", "2023"), named("x", ("2021-01-01", "2022-01-01", "2023-01-01"))
)
meant(
    "quarters",
    _dated("2023-Q3", "2023-Q4", "2024-Q1"),
    named("x", ("2023-07-01", "2023-10-01", "2024-01-01")),
)
meant(
    "date_and_time_columns",
    "<DATE>;<TIME>;<CLOSE>\n20240115;93000;101.5\n20240115;100000;2\n",
    named("x", ("2024-01-15T09:30:00", "2024-01-15T10:00:00"), (101.5, 2.0)),
)
meant(
    "afternoon",
    _dated("1/15/2024 4:00 PM", "1/16/2024 4:00 PM", "1/17/2024 4:00 PM"),
    named("x", [f"{day}T16:00:00" for day in DAYS]),
)
refused(
    "date_open", _dated("01/02/2024", "02/03/2024", "03/04/2024"), "say which with --date-format"
)
refused("date_open_short", _dated("15-01-24", "16-01-24", "17-01-24"), "%d-%m-%y or %y-%m-%d")
refused("date_mixed", _dated("15/01/2024", "2024-01-16", "17/01/2024"), "line 3.*not written like")
refused("date_not_there", _dated("2024-01-15", "2024-02-30", "2024-03-01"), "line 3.*calendar")
refused("date_empty", _dated("2024-01-15", "", "2024-01-17"), "line 3.*an empty cell")
refused("date_word", _dated("2024-01-15", "Later", "2024-01-17"), "line 3.*'Later'")
meant("date_excel_numbers", _dated("45306", "45307", "45308"))
meant("date_excel_numbers_with_times", _dated("45306.0", "45307.5", "45308.75"),
      named("x", ("2024-01-15", "2024-01-16T12:00:00", "2024-01-17T18:00:00")))  # fmt: skip
refused("date_days_since_1970", _dated("19737", "19738", "19739"), "is not a date")
refused(
    "date_excel_numbers_of_a_mac",
    "Date;Close\n" + "".join(f"{43845 + i // 5 * 7 + i % 5 - 1};{100 + i}.5\n" for i in range(30)),
    "'43844' may count days from 1900 or from 1904; write dates as 2024-01-31",
)
for _name, _written in {
    "era": ("令和6年1月15日", "令和6年1月16日", "令和6年1月17日"),
    "era_letters": ("R6.1.15", "R6.1.16", "R6.1.17"),
    "weeks_and_days": ("2024-W03-1", "2024-W03-2", "2024-W03-3"),
}.items():
    meant(f"date_{_name}", _dated(*_written))
meant("date_first_year_of_an_era", _dated("平成31年4月30日", "令和元年5月1日", "令和1年5月2日"),
      named("x", ("2019-04-30", "2019-05-01", "2019-05-02")))  # fmt: skip
for _name, _written in {
    "quarter_first": ("Q1 2024", "Q2 2024", "Q3 2024"),
    "quarter_digit": ("1Q2024", "2Q2024", "3Q2024"),
    "quarter_colon": ("2024:Q1", "2024:Q2", "2024:Q3"),
}.items():
    meant(f"date_{_name}", _dated(*_written),
          named("x", ("2024-01-01", "2024-04-01", "2024-07-01")))  # fmt: skip
for _name, _written in {
    "weeks": ("2024-W03", "2024-W04", "2024-W05"),
    "weeks_without_dash": ("2024W03", "2024W04", "2024W05"),
    "weeks_first": ("W03-2024", "W04-2024", "W05-2024"),
    "weeks_german_behind": ("2024-KW03", "2024-KW04", "2024-KW05"),
    "weeks_german": ("KW 3/2024", "KW 4/2024", "KW 5/2024"),
}.items():
    meant(f"date_{_name}", _dated(*_written),
          named("x", ("2024-01-15", "2024-01-22", "2024-01-29")))  # fmt: skip
refused("date_week_53", _dated("2024-W51", "2024-W52", "2024-W53"), "line 4.*'2024-W53'")
refused("date_split_up", "year,month,day,close\n2024,1,15,1\n2024,1,16,2\n", "split over columns")

# --- layouts -------------------------------------------------------------------------------------
TWO: Series = {"A": [(DAYS[0], 1.0), (DAYS[1], 2.0)], "B": [(DAYS[0], 10.0), (DAYS[1], 20.0)]}
meant("one_column", "101.5\n1102.25\n99.75\n", {"x": [(None, price) for price in PRICES]})
meant("one_named_column", "close\n101.5\n1102.25\n99.75\n", {"x": [(None, p) for p in PRICES]})
meant(
    "long",
    "date,symbol,close\n2024-01-15,A,1\n2024-01-15,B,10\n2024-01-16,A,2\n2024-01-16,B,20\n",
    TWO,
)
meant("wide", "date,A,B\n2024-01-15,1,10\n2024-01-16,2,20\n", TWO)
meant("wide_date_last", "A,B,date\n1,10,2024-01-15\n2,20,2024-01-16\n", TWO)
meant(
    "wide_fields",
    "date,Open_A,Close_A,Open_B,Close_B\n2024-01-15,0,1,0,10\n2024-01-16,0,2,0,20\n",
    TWO,
)
meant(
    "wide_tuples",
    "Date,\"('Close', 'A')\",\"('Close', 'B')\",\"('Open', 'A')\"\n"
    "2024-01-15,1,10,0\n2024-01-16,2,20,0\n",
    TWO,
)
meant(
    "wide_gaps",
    "date,A,B\n2024-01-15,1,\n2024-01-16,2,10\n2024-01-17,,20\n",
    {"A": TWO["A"], "B": [(DAYS[1], 10.0), (DAYS[2], 20.0)]},
)
_BODY = "2024-01-15,1,10,0\n2024-01-16,2,20,0\n"
meant("two_headers_fields_above", ",Close,Close,Open\n,A,B,A\nDate,,,\n" + _BODY, TWO)
meant("two_headers_tickers_above", "Ticker,A,B,A\nPrice,Close,Close,Open\nDate,,,\n" + _BODY, TWO)
meant("two_headers_without_date", ",A,B,A\n,Close,Close,Open\n" + _BODY, TWO)
meant(
    "two_headers_of_bloomberg",
    ",A,B\nDates,PX_LAST,PX_LAST\n2024-01-15,1,10\n2024-01-16,2,20\n",
    TWO,
)
meant(
    "tickers_over_the_first_field",
    ",A,,B,\n,Open,Close,Open,Close\n2024-01-15,0,1,0,10\n2024-01-16,0,2,0,20\n",
    TWO,
)
meant(
    "symbols_like_values",
    "symbol,close\nNA,1\nTRUE,2\n0700,3\n1E5,4\nnan,5\n",
    {name: [(None, i)] for i, name in enumerate(("NA", "TRUE", "0700", "1E5", "nan"), 1)},
)
meant(
    "symbol_column_named",
    "date,bourse,close\n2024-01-15,A,1\n2024-01-16,A,2\n",
    {"A": TWO["A"]},
    settings={"symbol_column": "bourse"},
)
meant(
    "currency_is_no_symbol", "Date,Open,High,Low,Close,Currency\n" + rows("{d},{p},{p},{p},{p},USD")
)
meant(
    "numbers_of_rows_are_no_symbol",
    "id,date,close\n" + "".join(f"{i},{d},{p}\n" for i, (d, p) in enumerate(MEANT["x"], 7)),
)
meant("price_named", "date,close,fair\n" + rows("{d},1,{p}"), settings={"column": "fair"})
meant("spanish_header", "Fecha,Último,Apertura,Máximo,Mínimo\n" + rows("{d},{p},1,2,0"))
meant("german_header", "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n" + rows("{d};1;2;0;{p};9"))
meant("dutch_header", "Datum,Laatste,Open,Hoog,Laag\n" + rows("{d},{p},1,2,0"))
meant(
    "hidden_candles_forced_wide",
    "date,Nyit,Legt,Legl,Zar\n" + rows("{d},10,11,9,10"),
    {name: [(d, v) for d in DAYS] for name, v in (("Nyit", 10.0), ("Legl", 9.0), ("Zar", 10.0))}
    | {"Legt": [(d, 11.0) for d in DAYS]},
    settings={"layout": "wide", "column": None},
)
refused(
    "hidden_candles", "date,Ouvre,Sommet,Fond,Ferme\n" + rows("{d},10,11,9,10"), "look like open"
)
refused("no_price", "date,open,high,low\n" + rows("{d},1,2,0"), "choose one with --column")
refused(
    "several_prices", "date,fair,spot,Dividend\n" + rows("{d},1,{p},0"), "choose one with --column"
)
refused("two_closes", "date,close,Close\n" + rows("{d},1,{p}"), "two columns are called")
refused("two_symbols_alike", "date,A,A\n" + rows("{d},1,{p}"), "called 'A'")
refused("no_header_no_doubt_left", "2024-01-15,1,2,3\n2024-01-16,1,2,3\n", "no header row")
refused(
    "empty_symbol", "date,symbol,close\n2024-01-15,,1\n2024-01-16,A,2\n", "line 2.*symbol is empty"
)

# --- repeated rows, splits, strictness -----------------------------------------------------------
meant("repeated_row", PLAIN + "2024-01-16,1102.25\n", warned="repeated rows: 1")
refused(
    "two_prices_on_a_day", PLAIN + "2024-01-16,5\n", "lines 3 and 5: .* two prices .*--duplicates"
)
meant(
    "first_of_two",
    PLAIN + "2024-01-16,5\n",
    settings={"duplicates": "first"},
    warned="prices that another contradicts: 1",
)
meant(
    "last_of_two",
    PLAIN.replace("1102.25", "7") + "2024-01-16,1102.25\n",
    settings={"duplicates": "last"},
    warned="prices that another contradicts: 1",
)
_HALVED = [
    (f"2024-03-{d:02d}", p)
    for d, p in zip(
        range(1, 11),
        (100.0, 101.0, 100.5, 101.5, 100.0, 50.0, 50.5, 50.25, 50.75, 50.0),
        strict=True,
    )
]
_SPLIT = "date,close\n" + "".join(f"{d},{p}\n" for d, p in _HALVED)
meant("split", _SPLIT, {"x": _HALVED}, warned=r"jumps like a split \(first x 2:1 on 2024-03-06")
meant(
    "split_undone",
    _SPLIT,
    {"x": [(d, p / 2) for d, p in _HALVED[:5]] + _HALVED[5:]},
    settings={"adjust_splits": True},
    warned="splits undone",
)
refused("strict", PLAIN + "2024-01-18,\n", "rows without a price: 1; .*--strict", strict=True)
refused("limits", PLAIN, "raise --limits", limits=1e-9)

# --- several at once -----------------------------------------------------------------------------
meant(
    "bom_semicolon_comma_german",
    b"\xef\xbb\xbfDatum;Schlusskurs\r\n"
    b"15.01.2024;101,5\r\n16.01.2024;1.102,25\r\n17.01.2024;99,75\r\n",
)
meant(
    "quoted_english_newest_first",
    "\ufeff" + '"Date","Price","Vol.","Change %"\n'
    '"Jan 17, 2024","99.75","1.2M","-0.1%"\n"Jan 16, 2024","1,102.25","-","0.2%"\n'
    '"Jan 15, 2024","101.50","3.1K","0.0%"\n',
)
meant("packed_utf16_tabs", gzip.compress(PLAIN.replace(",", "\t").encode("utf-16")))
meant(
    "preface_foot_missing",
    "A site\n\n" + PLAIN + "2024-01-18,null\nThe end of it\n",
    warned="rows without a price: 1",
)
meant(
    "cp1252_preface_german",
    "Börse: Xetra\n\n".encode("cp1252")
    + '"Datum";"Eröffnung";"Schluss"\n'.encode("cp1252")
    + rows('"{d}";"1,5";"{p}"', prices=("101,50", "1.102,25", "99,75")).encode(),
)
meant(
    "preface_of_many_keys",
    "Security,IBM US Equity,\nPeriod,D,\nCurrency,USD,\n,,\n"
    "Date,PX_LAST,PX_VOLUME\n" + rows("{d},{p},9"),
    named("IBM US Equity"),
)
meant(
    "date_under_an_unknown_name",
    "<TICKER>,<DTYY>,<CLOSE>\n" + rows("x,{d},{p}", days=("20240115", "20240116", "20240117")),
)
meant(
    "epoch_under_an_unknown_name",
    "moment,close\n"
    + rows("{d},{p}", days=("1705449600", "1705363200", "1705276800"), prices=PRICES[::-1]),
)
refused(
    "words_of_a_site", "Exceeded the daily hits limit\n", "only 'Exceeded the daily hits limit'"
)
meant(
    "months_in_digits",
    _dated("11/2023", "12/2023", "01/2024"),
    named("x", ("2023-11-01", "2023-12-01", "2024-01-01")),
)
meant(
    "symbol_as_a_formula",
    'date,symbol,close\n2024-01-15,="A",1\n2024-01-16,="A",2\n',
    {"A": TWO["A"]},
)
meant(
    "day_is_a_number",
    "day,close\n1,101.5\n2,1102.25\n3,99.75\n",
    {"x": [(None, p) for p in PRICES]},
)
meant("weeks", "Week,Close\n2024-W01,1\n2024-W02,2\n",
      {"x": [("2024-01-01", 1.0), ("2024-01-08", 2.0)]})  # fmt: skip
refused("epochs_rounded_off", "time,close\n1.7041536E+12,1\n1.70424E+12,2\n", "is not a date")

# --- columns that are left over ------------------------------------------------------------------
BACK = PRICES[::-1]


def _vague(name: str, head: str, days: Any, why: str) -> None:
    """Add a file whose dates are in no form that is known."""
    refused(f"dates_{name}", f"{head}\n" + rows("{d};{p}", days=days), why)


_vague("of_weekdays", "Sitzung;Schluss", ("Mo 29.01.", "Fr 26.01.", "Do 25.01."), "'Sitzung' may")
meant("dates_of_weeks", "Kalender;Kurs\n2024-W03;2\n2024-W02;1\n",
      {"x": [("2024-01-08", 1.0), ("2024-01-15", 2.0)]})  # fmt: skip
_vague("of_months", "Zeitraum;Kurs", ("01.2024", "12.2023", "11.2023"), "'Zeitraum' may hold dates")
_vague("of_years", "Ausgabe;Kurs", ("2023", "2022", "2021"), "'Ausgabe' may hold dates, .*'2023'")
meant("dates_in_serials", "Tag;Kurs\n45308;3\n45307;2\n45306;1\n",
      named("x", prices=(1.0, 2.0, 3.0)))  # fmt: skip
_vague("in_few_serials", "Tag;Kurs", ("45293", "45292", "45299"), "no date column, but 'Tag' may")
_vague(
    "named_tag",
    "Börsentag;Schluss",
    ("Mo, 29.01.2024", "b", "c"),
    "Börsentag: 'b' is not written like",
)
meant("dates_named_quarter", "Quarter;Close\nQ2 2023;1\nQ1 2023;2\n",
      {"x": [("2023-01-01", 2.0), ("2023-04-01", 1.0)]})  # fmt: skip
_vague(
    "of_an_era",
    "年月日;終値",
    ("令和6年1月29日", "令和6年1月26日", "x"),
    "line 4, column 年月日: 'x'",
)
meant(
    "months_under_monat",
    "Monat;Kurs\n" + rows("{d};{p}", days=("02.2024", "01.2024", "12.2023"), prices=BACK),
    named("x", ("2023-12-01", "2024-01-01", "2024-02-01")),
)
refused(
    "serials_as_a_symbol",
    "Datas,AAPL,MSFT\n45293,1.5,2.5\n45294,1.25,2.25\n45295,1.75,2.75\n",
    "'Datas' may hold dates",
)
meant(
    "prices_without_dates",
    "name,close\n" + rows("A,{p}"),
    {"A": [(None, p) for p in PRICES]},
)

# --- which of several numbers is the close -------------------------------------------------------
_CHOOSE = "--column"
meant(
    "last_traded_price",
    "Date,Open,High,Low,Ltp,% Change,Qty,Turnover\n" + rows("{d},1,2,0,{p},0.3,43210,21000000"),
)
meant(
    "closep_before_value",
    "DATE,TRADING CODE,LTP*,HIGH,LOW,OPENP*,CLOSEP*,YCP,TRADE,VALUE (mn),VOLUME\n"
    + rows("{d},x,1,9999,1,2,{p},7,8,12.3,43000"),
)
meant(
    "legal_close_before_value",
    "TRADEDATE;OPEN;LOW;HIGH;WAPRICE;LEGALCLOSEPRICE;VALUE\n" + rows("{d};1;1;2;250;{p};1000000"),
)
for _name, _head, _row in (
    ("indicator", "Date,Open,High,Low,Volume,RSI14", "{d},100,101,99,1000,50.2"),
    ("average", "Date,High,Low,Mean", "{d},101,99,100"),
    ("close_before", "Fecha;Cierre ant.;Apertura;Máximo;Mínimo;Volumen", "{d};10;2;9;1;1000"),
    ("close_before_in_chinese", "日期,开盘价,最高价,最低价,前收盘,成交量", "{d},10,12,9,10,1000"),
    ("prev_close", "date,open,high,low,prev_close,volume", "{d},100,101,99,98,1000"),
    ("previous_close", "Date,Open,High,Low,Previous_Close", "{d},100,101,99,98"),
    ("yesterday_close", "date,open,volume,yesterday_close", "{d},1,5,185.5"),
    ("schlusskurs_vortag", "Datum;Schlusskurs (Vortag)", "{d};185.5"),
    ("close_in_percent", "Date;Close (%)", "{d};0.5"),
    ("value_is_turnover", "date,open,high,low,value", "{d},100,101,99,1000000"),
):
    refused(f"no_close_{_name}", f"{_head}\n" + rows(_row), _CHOOSE)
meant("value_between_high_and_low", "date,high,low,value\n" + rows("{d},9999,1,{p}"))
for _name, _head in (
    ("change", "Date,Price %,Price"),
    ("last_in_percent", "Date,Last %,Settle"),
    ("close_of_yesterday", "Date,Close (prev),Last"),
    ("close_in_percent", "Date,Close %,Settlement"),
    ("vortag", "Datum,Schlusskurs (Vortag),Letzter Kurs"),
):
    meant(f"close_beside_{_name}", f"{_head}\n" + rows("{d},0.5,{p}"))
meant("dern_is_the_close", "Date;Ouv.;+ Haut;+ Bas;Dern.;Volume\n" + rows("{d};1;9999;1;{p};9"))

# --- one symbol, not several ---------------------------------------------------------------------
for _name, _head in (
    ("spanish", "Fecha;Precio;Títulos"),
    ("italian", "Data;Prezzo;Quantità"),
    ("dutch", "Datum;Koers;Aantal"),
    ("french", "Date;Valeur liquidative;Actif net"),
    ("portuguese", "Data;Preço;Quantidade"),
    ("czech", "Datum;Kurz;Objem"),
    ("serbian", "Datum;Cena;Promet"),
    ("fund", "Date;NAV;Units"),
):
    meant(f"price_and_volume_{_name}", f"{_head}\n" + rows("{d};{p};45000"))
meant(
    "fund_spanish",
    "Fecha;Valor liquidativo;Patrimonio;Partícipes\n" + rows("{d};{p};99000000;4000"),
)
for _name, _head in (
    ("offer", "Date,Bid Price,Offer Price,bid_size,ask_size"),
    ("ask", "time,bid_price,ask_price,bid_size,ask_size"),
    ("bidclose", "date,bidopen,bidclose,askopen,askclose"),
    ("close_bid", "Date,Open,Volume,Close_Bid,Close_Ask"),
    ("candle", "Date,mid.o,mid.h,mid.l,mid.c"),
):
    refused(f"quotes_{_name}", f"{_head}\n" + rows("{d},12.3,12.4,100,200"), _CHOOSE)
refused("quantities", "Date,Ticker,Shares\n" + rows("{d},x,100"), _CHOOSE)
refused(
    "value_and_growth", "Date,Value,Growth\n" + rows("{d},{p},98.4"), "'Value' may be .*--column"
)
refused("nav_among_symbols", "Date,AAPL,NAV\n" + rows("{d},{p},98.4"), "'NAV' may be the price")
refused(
    "symbol_without_a_field",
    "Date,SPX_last,NDX_last,VIX\n" + rows("{d},{p},98.4,13.4"),
    "rename it to 'VIX_last'",
)
refused(
    "fields_of_half_the_symbols",
    "Date,value_large,value_small,growth_large\n" + rows("{d},{p},98.4,13.4"),
    "'growth_large' is an unknown symbol",
)
for _name, _head in (
    ("code", "Date,AAPL,CODE"),
    ("stock", "Date,Stock,Bond"),
    ("currency", "Date,Currency,Gold"),
):
    refused(f"prices_under_{_name}", f"{_head}\n" + rows("{d},{p},98.4"), _CHOOSE)
meant(
    "row_numbers_with_gaps",
    "id,date,close\n1001,2024-01-15,101.5\n1005,2024-01-16,1102.25\n1009,2024-01-17,99.75\n",
)
meant("one_currency", "Date,Close,Currency\n" + rows("{d},{p},USD"))
_MIXED = "2024-01-15,10,{0}\n2024-01-16,20,{1}\n2024-01-17,11,{0}\n2024-01-18,21,{1}\n"
refused(
    "two_symbols_under_an_unknown_name",
    "Date,Close,Papier\n" + _MIXED.format("PKO", "LPP"),
    "Papier may hold symbols, such as 'PKO' and 'LPP'; name it with --symbol-column",
)
for _one, _other in (("True", "False"), ("Montag", "Dienstag"), ("Mon", "Tue")):
    meant(
        f"repeated_{_one}".lower(),
        "Date,Close,Papier\n" + _MIXED.format(_one, _other),
        named("x", (*DAYS, "2024-01-18"), (10, 20, 11, 21)),
    )
meant(
    "two_symbols_under_index",
    "Index,Date,Open,Close\n"
    "A,2024-01-15,1,5\nB,2024-01-16,1,6\nA,2024-01-17,1,7\nB,2024-01-18,1,8\n",
    {"A": [(DAYS[0], 5.0), (DAYS[2], 7.0)], "B": [(DAYS[1], 6.0), ("2024-01-18", 8.0)]},
)
meant(
    "direction",
    "Date,Close,Direction\n" + _MIXED.format("Increasing", "Decreasing"),
    named("x", (*DAYS, "2024-01-18"), (10, 20, 11, 21)),
)
# --- three digits behind every point, marks of the trade, cells of other forms ------------------
_GROUPED = (16500.0, 16513.0, 16526.0)
refused("points_iso_days", _cells("16.500", "16.513", "16.526"), "'16.500'.*--decimal")
refused(
    "points_iso_points",
    "Datum;DAX\n" + rows("{d};{p}", days=("2024.01.15", "2024.01.16"), prices=("60.500", "60.501")),
    "--decimal",
)
refused("points_unquoted", "Tanggal,Terakhir\n15/01/2024,9.400\n16/01/2024,9.425\n", "--decimal")
refused("points_of_months", "Monat;Kurs\n01.2023;15.107\n02.2023;15.114\n", "--decimal")
meant("points_named", _cells("16.500", "16.513", "16.526"), named("x", prices=_GROUPED),
      settings={"decimal": ","})  # fmt: skip
meant("points_by_steps", _cells("997", "1.002", "999"), named("x", prices=(997.0, 1002.0, 999.0)))
meant("points_by_small_steps", _cells("2", "1.998", "3"), named("x", prices=(2.0, 1.998, 3.0)))
meant("points_twice", _cells("999.500", "1.001.000", "999.500"),
      named("x", prices=(999500.0, 1001000.0, 999500.0)))  # fmt: skip
meant(
    "points_proved_by_the_open",
    "Date,Open,Close\n2024-01-15,1.25,1.125\n2024-01-16,1.5,1.375\n",
    named("x", DAYS[:2], (1.125, 1.375)),
)
for _quote in ("98,50 b", "98,50 B", "98,50T", "98,50 G", "98,50b"):
    refused(f"kind_of_quote_{_quote}", _cells(_quote, _quote, _quote), "98,50|choose one")
meant("volume_in_billions", "date,volume\n" + rows("{d},{p}B", prices=(1.5, 2.5, 3.5)),
      named("x", prices=(1.5e9, 2.5e9, 3.5e9)), settings={"column": "volume"})  # fmt: skip
refused("sign_for_a_mark", _cells("12€50", "13€50", "14€50"), "12€50|choose one")
refused("word_for_a_mark", _cells("12kr.50", "13kr.50", "14kr.50"), "12kr.50|choose one")
meant("no_cents", _cells("CHF 1'185.-", "1'186.--", "1'187.\u2013"),
      named("x", prices=(1185.0, 1186.0, 1187.0)))  # fmt: skip
refused("thirty_seconds", _cells("110'160", "110'165", "110'170"), "32nds.*--decimal")
meant("no_thirty_seconds", _cells("11'185", "11'990", "12'005"),
      named("x", prices=(11185.0, 11990.0, 12005.0)))  # fmt: skip
refused(
    "no_header_close_first",
    "2024-01-15,184,187,183,185\n2024-01-16,186,188,182,184\n2024-01-17,187,189,185,186\n",
    "column 2 or 5 may be the close; add a header row",
)
meant(
    "no_header_open_first",
    "2024-01-15,100,102,99,101.5\n2024-01-16,101.5,1103,101,1102.25\n"
    "2024-01-17,1102.25,1103,99,99.75\n",
)
meant(
    "short_years_of_the_sixties",
    _dated("15-Jan-62", "15-Jan-68", "15-Jan-99"),
    named("x", ("1962-01-15", "1968-01-15", "1999-01-15")),
)
meant(
    "short_years_of_two_centuries_ago",
    "date,close\n" + "".join(f"26-May-{i % 100:02},{i}.5\n" for i in range(96, 190)),
    {"x": [(f"{1800 + i}-05-26", i + 0.5) for i in range(96, 190)]},
)
meant(
    "short_years_in_no_order",
    _dated("14-Feb-23", "31-Jan-24", "09-Mar-22"),
    named("x", ("2023-02-14", "2024-01-31", "2022-03-09")),
)
meant(
    "short_years_by_format",
    _dated("01/15/50", "01/16/50", "01/17/50"),
    named("x", ("1950-01-15", "1950-01-16", "1950-01-17")),
    settings={"date_format": "%m/%d/%y"},
)
refused(
    "month_name_of_two_months",
    _dated("2. lis 2024", "3. lis 2024", "4. lis 2024"),
    "lis for month 11 or .*lis for month 10; write the months as numbers",
)
meant(
    "short_years_of_the_twenties",
    _dated("15-Jan-24", "15-Jan-68", "15-Jan-99"),
    named("x", ("1924-01-15", "1968-01-15", "1999-01-15")),
)
meant(
    "short_year_first",
    _dated("24-Jan-02", "24-Jan-03", "24-Jan-04"),
    named("x", ("2024-01-02", "2024-01-03", "2024-01-04")),
)
refused("short_year_or_day", _dated("01-Jan-02", "01-Jan-03", "01-Jan-04"), "%d-%b-%y or %y-%b-%d")
refused("thai_years", _dated("02/01/2567", "03/01/2567", "15/01/2567"), "line 2.*the year 2567")
refused("persian_years", _dated("1402/10/12", "1402/10/13", "1402/10/14"), "the year 1402")
refused("islamic_years", _dated("01/06/1445", "02/06/1445", "03/06/1445"), "the year 1445")
refused("month_of_two_languages", _dated("1. lis 2023", "2. lis 2023", "3. lis 2023"),
        "lis for month 11 or .*lis for month 10")  # fmt: skip
meant(
    "month_settled_by_another",
    _dated("31 paź 2023", "1 lis 2023", "2 lis 2023"),
    named("x", ("2023-10-31", "2023-11-01", "2023-11-02")),
)
meant("date_closed_by_a_point", _dated("2024.01.15.", "2024.01.16.", "2024.01.17."))
meant("date_day_first_closed", _dated("15. sij 2024.", "16. sij 2024.", "17. sij 2024."))
refused("strict_of_zero", "date,close\n2020-04-20,-37.63\n", "below zero.*strict", strict=True)
meant(
    "cut_off_in_a_price",
    "date,close\n2024-01-15,185.5\n2024-01-16,186.25\n2024-01-17,18",
    named("x", prices=(185.5, 186.25, 18.0)),
    warned="last lines cut off .*: 1",
)
refused(
    "utf8_but_for_a_byte",
    "date,symbol,close\n2024-01-15,Société,1\n2024-01-16,Société,2\n".encode()
    + "2024-01-17,Société,3\n2024-01-18,Soci\u00e9t\udce9,4\n".encode(errors="surrogateescape"),
    "line 5: a byte that is not UTF-8.*--encoding",
)
meant("symbol_guarded", "code,date,close\n" + rows("'600000,{d},{p}"), named("600000"))
_RETURNS = "Date,A,B\n2024-01-15,0.50%,-0.30%\n2024-01-16,0.1%,0.2%\n"
refused("wide_returns", _RETURNS, "'0.50%' may be a return")
refused("wide_returns_in_spite", _RETURNS, "some below zero are returns", layout="wide")

refused(
    "row_above_a_quoted_header",
    '"2024-01-14"\t"10l"\n"date"\t"close"\n' + rows('"{d}"\t"{p}"'),
    "no header row",
)

# --- fields, indicators and percents are no symbols ----------------------------------------------
meant("fxcm_bid", "Date,BidOpen,BidHigh,BidLow,BidClose\n" + rows("{d},1,9999,0.5,{p}"))
refused(
    "fxcm",
    "date,bidopen,bidclose,bidhigh,bidlow,askopen,askclose,askhigh,asklow,tickqty\n"
    + rows("{d},1,2,3,0.5,1,2,3,0.5,99"),
    "'bidclose' and 'askclose' are closes; choose with --column",
)
meant("moving_averages", "Date,SPX,SMA50,SMA200\n" + rows("{d},{p},99.5,88.25"), named("SPX"))
meant("indicators", "Date,SPX,RSI14,MACD,MACD_signal,BB_upper,ATR14\n" + rows("{d},{p},5,1,1,2,3"),
      named("SPX"))  # fmt: skip
meant(
    "indicators_of_two",
    "Date,SPX,NDX,50-day MA\n" + rows("{d},{p},7.25,2.5"),
    named("SPX") | named("NDX", prices=(7.25,) * 3),
    warned="not prices, or are derived from prices .50-day MA; .*: 1",
)
refused("percents", "Date,A,B\n" + rows("{d},1.5%,2.5%"), "column A: '1.5%' may be a return")
meant(
    "percents_of_rates",
    "Date,A,B\n" + rows("{d},{p}%,2.5%"),
    {"A": MEANT["x"], "B": [(day, 2.5) for day in DAYS]},
    settings={"layout": "wide"},
)
refused(
    "melted",
    "date,symbol,field,value\n" + rows("{d},A,open,1\n{d},A,close,{p}\n{d},A,volume,1000"),
    "column field names fields, such as close, open, volume, .* keep the rows of close only",
)
refused(
    "melted_without_symbols",
    "date,variable,value\n" + rows("{d},Open,1\n{d},Adj Close,{p}"),
    "column variable names fields, such as adjclose, open, a row for each",
)
for _count in (1, 2):
    refused(
        f"no_header_and_{_count}_rows",
        rows("{d},100.5,101.5,99.5,{p}", days=DAYS[:_count], prices=(101.25, 100.75)[:_count]),
        "column 2 or 5 may be the close",
    )
meant("no_header_no_matter", "2024-01-15,1,2,0.5,1\n", {"x": [("2024-01-15", 1.0)]})
_MONTHS = [f"{year}-{month:02}-15" for year in range(1990, 2020) for month in range(1, 13)]
_LEVELS = [100.5 + i % 7 for i in range(len(_MONTHS))]
meant(
    "one_currency_in_many_rows",
    "date,currency,close\n" + rows("{d},USD,{p}", days=_MONTHS, prices=_LEVELS),
    named("x", _MONTHS, _LEVELS),
)
refused(
    "second_currency_in_many_rows",
    "date,currency,close\n"
    + rows("{d},USD,{p}", days=_MONTHS, prices=_LEVELS)
    + "2024-01-15,EUR,1\n",
    "prices in EUR after some in USD",
)
refused(
    "symbol_that_changes_late",
    "date,kürzel,close\n"
    + rows("{d},ALFA,{p}", days=_MONTHS, prices=_LEVELS)
    + rows("{d},BETA,{p}"),
    "column kürzel may hold symbols, such as 'ALFA' and 'BETA'",
)
meant(
    "exchange_of_all_rows",
    "date,handelsplatz,close\n" + rows("{d},XETR,{p}", days=_MONTHS, prices=_LEVELS),
    named("x", _MONTHS, _LEVELS),
)


# --- dates that cannot be meant ------------------------------------------------------------------
_HALF = ("01/10", "01/11", "01/12", "15/01", "16/01", "17/01")
for _name, _form in (("slashes", "{d}/2024"), ("clock", "{d}/2024 16:00")):
    refused(
        f"half_swapped_{_name}",
        "date,close\n" + "".join(f"{_form.format(d=d)},10{i}.5\n" for i, d in enumerate(_HALF)),
        "day and month are swapped in 3 of the dates.*2024-01-31",
    )
_ISO = ("2024-10-01", "2024-11-01", "2024-12-01", "2024-01-15", "2024-01-16", "2024-01-17")
refused(
    "half_swapped_iso",
    "date,close\n" + "".join(f"{d},10{i}.5\n" for i, d in enumerate(_ISO)),
    "line 2: day and month are swapped",
)
refused(
    "half_swapped_newest_first",
    "date,close\n" + "".join(f"{d},10{i}.5\n" for i, d in enumerate(_ISO[::-1])),
    "day and month are swapped",
)
_STRAY = ("2024-01-02", "2024-01-03", "2024-11-05", "2024-01-08", "2024-01-09", "2024-01-10")
meant(
    "one_row_out_of_order",
    "date,close\n" + "".join(f"{d},10{i}.5\n" for i, d in enumerate(_STRAY)),
    named(
        "x",
        [_STRAY[i] for i in (0, 1, 3, 4, 5, 2)],
        [float(f"10{i}.5") for i in (0, 1, 3, 4, 5, 2)],
    ),
    warned=r"dates out of order \(first on line 4\): 1",
)
_TWO = ("2024-01-02", "2024-11-03", "2024-01-04", "2024-01-05", "2024-10-08", *DAYS[:2])
meant(
    "two_of_seven_rows_out_of_order",
    "date,close\n" + "".join(f"{d},10{i}.5\n" for i, d in enumerate(_TWO)),
    named(
        "x",
        [_TWO[i] for i in (0, 2, 3, 5, 6, 4, 1)],
        [float(f"10{i}.5") for i in (0, 2, 3, 5, 6, 4, 1)],
    ),
    warned=r"dates out of order \(first on line 3\): 2",
)
meant(
    "two_files_joined_later_first",
    "date,close\n"
    + "".join(f"2024-02-{d:02d},{d}.5\n" for d in range(1, 6))
    + "".join(f"2024-01-{d:02d},{d + 5}.5\n" for d in range(1, 6)),
    named(
        "x",
        [f"2024-{m:02d}-{d:02d}" for m in (1, 2) for d in range(1, 6)],
        [d + 5.5 for d in range(1, 6)] + [d + 0.5 for d in range(1, 6)],
    ),
)
refused(
    "half_swapped_in_one_symbol",
    "date,symbol,close\n"
    + "".join(f"{d},A,10{i}.5\n" for i, d in enumerate(_ISO))
    + rows("{d},B,{p}", days=("2024-01-02", "2024-01-03", "2024-01-04")),
    "day and month are swapped in 3",
)
for _name, _form, _why in (
    ("dots", "{0}.{1}.2024", "day and month are swapped in 3"),
    ("short_years", "{0}/{1}/24", "%d/%m/%y or %y/%m/%d; say which with --date-format"),
):
    refused(
        f"half_swapped_{_name}",
        "date;close\n"
        + "".join(f"{_form.format(*d.split('/'))};10{i}.5\n" for i, d in enumerate(_HALF)),
        _why,
    )

# --- what only looks like symbols, ends and marks ------------------------------------------------
refused(
    "currency_that_changes",
    "date,close,currency\n2024-01-15,1.5,USD\n2024-01-16,1.6,USD\n2024-01-17,1.7,EUR\n",
    "line 4: prices in EUR after some in USD; split the file",
)
meant(
    "currencies_of_each_day",
    "date,currency,close\n" + rows("{d},USD,{p}\n{d},EUR,{p}"),
    named("USD") | named("EUR"),
)
refused(
    "cut_off_at_the_mark", "date,close\n" + rows("{d},{p}") + "2024-01-18,1496.", "line 5: cut off"
)
refused(
    "cut_off_at_the_comma",
    "date;close\n15.01.2024;1,5\n16.01.2024;1,6\n17.01.2024;1,",
    "line 4.*'1,' is not a price",
)
meant(
    "whole_prices_with_a_mark",
    "date,close\n2024-01-15,101.\n2024-01-16,102.\n2024-01-17,103.",
    named("x", prices=(101.0, 102.0, 103.0)),
)
for _name, _months in (
    ("english", "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"),
    (
        "german",
        "Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember",
    ),
):
    refused(
        f"months_across_{_name}",
        f"Year,{_months}\n"
        + "".join(f"{y}" + f",{y / 10}" * 12 + "\n" for y in (2021, 2022, 2023)),
        "months across.*write the months as rows",
    )
for _name, _clocks in (("am_pm", ("9:30 AM", "12:30 PM", "1:30 PM")),):
    meant(
        f"clock_{_name}",
        "Date,Time,Close\n" + rows("2024-01-15,{d},{p}", days=_clocks),
        named("x", ("2024-01-15T09:30:00", "2024-01-15T12:30:00", "2024-01-15T13:30:00")),
    )
refused(
    "comma_beside_ungrouped_thousands",
    "date;symbol;close\n"
    + "".join(f"{d};A;120{i}.00\n" for i, d in enumerate(DAYS))
    + "".join(f"{d};B;12,00{i}\n" for i, d in enumerate(DAYS)),
    "'12,000' may have a decimal mark.*--decimal",
)
meant(
    "comma_between_thousands_of_some",
    "date;symbol;close\n"
    + "".join(f"{d};A;1,20{i}.50\n" for i, d in enumerate(DAYS))
    + "".join(f"{d};B;12,00{i}\n" for i, d in enumerate(DAYS)),
    named("A", prices=(1200.5, 1201.5, 1202.5)) | named("B", prices=(12000.0, 12001.0, 12002.0)),
)
meant("dos_end_mark", PLAIN.encode() + b"\x1a")
meant(
    "joined_with_a_bom",
    "\ufeffdate,close\n2024-01-15,101.5\n\ufeffdate,close\n2024-01-16,1102.25\n2024-01-17,99.75\n",
    warned="repeated headers: 1",
)
for _codec, _symbol in (
    ("cp1251", "Газпром"),
    ("gbk", "中国银行"),
    ("big5", "台積電"),
    ("cp949", "삼성전자"),
):
    refused(
        f"symbol_in_{_codec}",
        b"date,symbol,close\n" + rows(f"{{d}},{_symbol},{{p}}").encode(_codec),
        "--encoding",
    )
meant(
    "symbol_in_cp1251_named",
    b"date,symbol,close\n" + rows("{d},Газпром,{p}").encode("cp1251"),
    named("Газпром"),
    settings={"encoding": "cp1251"},
)
