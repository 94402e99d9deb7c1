"""What the names in a header row mean, and whether a row is a header at all."""

import re
from collections.abc import Sequence

from rnncli.formats.dates import is_date
from rnncli.formats.numbers import is_missing, is_number


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names as `bare_name` leaves them: lower case, without blanks, brackets and punctuation.
# Where several are present, the first in this order is taken.
DATES = _names(
    """
    datetime date timestamp tradedate observationdate snappedat opentime pricedate tradingdate
    quotedate asofdate day dates ds time data datum fecha tarih 日期 month period dateutc
    timestamputc unix week year
    """
)
WEAK_DATES = frozenset(_names("day ds data month period week year"))  # dates only if cells are
TIMES = ("time", "timeofday")
SYMBOLS = _names(
    """
    symbol ticker tickers symbols tscode uniqueid code instrument stockcode stock security asset
    pair isin name company country currency id secid
    """
)
PRICES = _names(
    """
    close closelast closeprice closingprice price last value zamkniecie 收盘价 收盘 dernier
    último ultimo şimdi simdi zuletzt schlusskurs kurs lastprice settle
    """
)
OTHERS = frozenset(
    _names(
        """
        open high low volume vol openint openinterest oi adjclose adjustedclose adjusted
        adjopen adjhigh adjlow adjvolume openprice highprice lowprice change changepercent chg
        pctchg changepct changepercentage changeratio prevclose preclose previousclose average avg
        vwap wap turnover amount trades numtrades numberoftrades nooftrades count dividend
        dividends dividendamount divcash exdividend splitratio splitfactor splitcoefficient
        stocksplits split splits marketcap totalvolume quotevolume closetime ltp spread bid ask per
        interval abertura máxima mínima ouv plushaut plusbas variation otwarcie najwyzszy najnizszy
        wolumen 开盘价 最高价 最低价 成交量 成交额 开盘 最高 最低
        series index rownames returns return ret
        """
    )
)
_CANDLE = frozenset(
    _names("open high low close adjclose volume dividends stocksplits capitalgains")
)
_SURE_DATES = frozenset(DATES) - WEAK_DATES
_TAKEN_BY_TICKERS = frozenset(("DAY", "LOW", "OPEN"))  # field names that are also symbols
_PUNCTUATION = re.compile(r"[\s<>_\-.*/#()%$:'\"]+")
_COUNTER = re.compile(r"|unnamed\d*|unnamed\d*level\d*|level0|index|rownames")
_WORDS = re.compile(r"[A-Za-z]{3}")


def bare_name(name: str) -> str:
    """Return a header name in lower case, without brackets, blanks and punctuation."""
    return _PUNCTUATION.sub("", name.casefold().replace("i\u0307", "i"))


def is_counter(name: str) -> bool:
    """Whether a column without a name of its own, or named so by a program, just counts rows."""
    return _COUNTER.fullmatch(bare_name(name)) is not None


def is_field(name: str) -> bool:
    """Whether a price file's column is usually called so."""
    bare = bare_name(name)
    return bare in OTHERS or bare in PRICES or bare in DATES or bare in SYMBOLS


def may_be_symbol(name: str) -> bool:
    """Whether a column of a wide file can be a symbol in spite of a usual field name."""
    return name.strip() in _TAKEN_BY_TICKERS or not is_field(name)


def split_field(name: str) -> tuple[str, str]:
    """Return the field and the symbol in a name such as `AAPL.Close` or `Close_AAPL`."""
    for mark in "_.":
        for field, symbol in (name.partition(mark)[::2], name.rpartition(mark)[::-2]):
            if field and symbol and bare_name(field) in _CANDLE:
                return bare_name(field), symbol.strip()
    return "", name


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names columns: no date and no number, unless numbers are symbols in it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(map(is_date, filled)):
        return False
    numbers = [cell for cell in filled if is_number(cell)]
    if numbers:  # symbols such as 0700 beside a date column, named or not
        dated = not cells[0].strip() or any(bare_name(cell) in _SURE_DATES for cell in cells)
        return dated and all(map(str.isdecimal, numbers)) and len(set(filled)) == len(filled)
    return not all(map(is_missing, filled))


def ticker_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows below the first belong to a header of fields over tickers."""
    if not rows or len(rows[0]) != len(header) or len(header) < 2:
        return 0
    stacked = any(all(bare_name(cell) in _CANDLE for cell in row[1:]) for row in (header, rows[0]))
    corner = bare_name(rows[0][0]) in {"", "ticker", "tickers", "symbols", "symbol", "price"}
    if not (stacked and corner and all(rows[0][1:])) or any(map(is_number, rows[0])):
        return 0
    below = rows[1] if len(rows) > 1 else ["", ""]
    return 2 if bare_name(below[0]) in _SURE_DATES and not any(below[1:]) else 1


def fields_and_tickers(
    first: Sequence[str], second: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the two header rows as fields and tickers, whichever stands on top."""
    if not all(bare_name(cell) in _CANDLE for cell in first[1:]):
        first, second = second, first
    return ("Date", *first[1:]), tuple(cell.strip() for cell in second)


def is_note(cells: Sequence[str]) -> bool:
    """Whether a row is a sentence rather than data: words, and neither a number nor a date."""
    filled = [cell for cell in cells if cell.strip()]
    if any(is_number(cell) or is_date(cell) for cell in filled):
        return False
    return any(_WORDS.search(cell) or not cell.isascii() for cell in filled)
