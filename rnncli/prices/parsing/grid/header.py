"""What the names in a header row mean, and whether a row is a header at all."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from rnncli.prices.parsing.values.numbers import is_currency, is_missing, is_number
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.cell_words import CORNERS, CURRENCY
from rnncli.prices.parsing.vocabulary.column_names import (
    ALSO_TICKERS,
    CANDLE,
    DATES,
    HIGHS,
    LOWS,
    OPENS,
    OTHERS,
    PRICES,
    SYMBOLS,
    VOLUMES,
    WEAK_DATES,
    bare_name,
)
from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.price_words import PRICE_WORDS, maybe_derived_from, words_of

SURE_DATES = frozenset(DATES) - WEAK_DATES
_LISTED = frozenset((*DATES, *PRICES, *SYMBOLS, *OPENS, *HIGHS, *LOWS, *VOLUMES)) | OTHERS
_STATISTICS = frozenset(
    ("total", "sum", "mean", "median", "std", "stdev", "avg", "average", *DATES)
)
_OF_A_DAY = frozenset((*OPENS, *HIGHS, *LOWS, *VOLUMES))
_BOUNDS = frozenset((*OPENS, *HIGHS, *LOWS, *VOLUMES, "avg", "average", "mean", "median"))
_NAMES = 1 << 15  # whose meaning is remembered: each is asked for several times
_COUNTER = expression(r"|unnamed\d*|unnamed\d*level\d*|level0|indexlevel0|index|rownames")
_WORDS = expression(r"[A-Za-z]{3}")
_PAIR = expression(r"\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]\s*\)")
_ASIDE = expression(r"\(.*?\)|\[.*?\]|^\s*\d+[ab]?\.\s")
_TICKER = expression(r"[A-Z0-9^][A-Z0-9.=^-]*")
_SHORT_TICKER = expression(r"\^?[A-Z0-9]{1,6}([.=/-][A-Z0-9]{1,4})?")
_OTHER_DAY = expression(
    r"prev|yesterday|prior|vortag|vorheriger|\bant\.|\bant\b|anterior|précédent|precedent|\bycp\b"
    r"|%|pct|percent|前收|昨收|前日|전일"
)
_DERIVED = expression(  # a number made of closes, or set beside them
    r"\b(change|chg|diff|difference|log|lag ?\d*|shift(ed)?|norm|normali[sz]ed|scaled|z ?score|pred"
    r"|t ?\d+|predicted|prediction|forecast|target|cost|returns?|days to|[sew]?ma ?\d+"
    r"|mean|std|rank)\b"
)
_OF_CLOSES = expression(r"\b(close|closing|price|last|nav|settle)\b")
_PARTS = "price|open|high|low|close|last|size|qty|volume|vol|px|sz|c|o|h|l"
_QUOTE = expression(f"(bid|ask|offer|mid)({_PARTS})?|({_PARTS})(bid|ask|offer|mid)")
_INDICATOR = expression(
    r"(s|e|w|d|t|h|z|vw|k|l|ht)?ma\d{1,3}|\d{1,3}(d|day|days|tage)?(s|e|w)?ma"
    r"|(rsi|atr|adx|cci|mfi|roc|mom|vol|std|ret|return)\d{1,3}d?|macd(signal|hist|diff|line)?"
    r"|bb(upper|lower|middle|mid|width)\w*|(upper|lower|middle)(bb|band)\w*|bollinger\w*"
)
_RATIO = expression(  # beside prices, and none
    r"\b(p ?/? ?[ebs]( ratio)?|ratio|rsi|beta|weights?|gewicht|fx rate|exchange rate|wechselkurs"
    r"|yield|z ?score|log returns?|inflation|sharpe|drawdown|correl(ation)?"
    r"|strike( price)?|delta|gamma|vega|theta|eps)\b"
)
_IN_CURRENCY = expression(rf"(.+?)[\s_.(\[/-]*(?:\bin\s+)?({CURRENCY})[)\]]?\s*", re.IGNORECASE)


def is_counter(name: str) -> bool:
    """Whether a column without a name of its own, or named so by a program, just counts rows."""
    return _COUNTER.fullmatch(bare_name(name)) is not None


def plain_name(name: str) -> str:
    """Return the bare name, without what is in brackets or counts columns if it is listed so."""
    bare = bare_name(name)
    if bare in _LISTED:
        return bare
    shorter = bare_name(_ASIDE.sub("", name))
    return shorter if shorter in _LISTED else bare


def is_listed_field(name: str) -> bool:
    """Whether a name is that of a usual column of prices, volumes, dividends and so on."""
    return plain_name(name) in _LISTED - _STATISTICS


@lru_cache(_NAMES)
def is_field(name: str) -> bool:
    """Whether a price file's column is usually called so."""
    plain = plain_name(name)
    is_listed = plain in _LISTED or _QUOTE.fullmatch(plain) is not None
    return is_listed or _INDICATOR.fullmatch(plain) is not None or _is_bound(name)


def _is_bound(name: str) -> bool:
    """Whether a name is that of a bound or a mean of a day beside a word for price."""
    words = words_of(name).split()
    others = [word for word in words if word not in PRICE_WORDS]
    return len(others) == 1 < len(words) and bare_name(others[0]) in _BOUNDS


def is_ticker(name: str) -> bool:
    """Whether a name is written as a short ticker, and is not that of a usual field."""
    is_short = _SHORT_TICKER.fullmatch(name.strip()) is not None
    return is_short and any(map(str.isalpha, name)) and not is_field(name)


def may_be_company(name: str) -> bool:
    """Whether a name that usually is that of a sum or an indicator may be that of a company.

    Total, Target and Delta Air Lines are, in capitals.
    """
    is_sum = plain_name(name) in _STATISTICS - frozenset(DATES)
    is_indicator = maybe_derived_from(name) is not None or is_ratio(name)
    return name[:1].isupper() and (is_sum or is_indicator)


def is_of_a_day(name: str) -> bool:
    """Whether a name is that of the open, high, low or volume of a day."""
    return plain_name(name) in _OF_A_DAY


def may_be_symbol(name: str) -> bool:
    """Whether a column of a wide file can be a symbol in spite of a usual field name."""
    return name.strip() in ALSO_TICKERS or not is_field(name)


def is_no_close(name: str) -> bool:
    """Whether a name means the day before, percent, or values derived from closes."""
    text = re.sub("[_.-]", " ", name.casefold())
    derived = _DERIVED.search(text) is not None and _OF_CLOSES.search(text) is not None
    return derived or _OTHER_DAY.search(name.casefold().replace("_", " ")) is not None


def is_ratio(name: str) -> bool:
    """Whether a name means a ratio or an indicator, unless it is written as a ticker is."""
    if name.strip() in ALSO_TICKERS:
        return False
    return _RATIO.search(re.sub("[_.-]", " ", name.casefold())) is not None


def in_currency(name: str) -> tuple[str, str]:
    """Return a name of a price without the currency behind it, and that; else two empty texts."""
    match = _IN_CURRENCY.fullmatch(name.strip())
    kind = bare_name(match[1]) if match is not None else ""
    return (kind, match[2].upper()) if match is not None and kind in PRICES else ("", "")


@lru_cache(_NAMES)
def split_field(name: str) -> tuple[str, str]:
    """Return the field and the symbol in a name such as `AAPL.Close` or `('Close', 'AAPL')`."""
    pairs = []
    if (tuple_like := _PAIR.fullmatch(name.strip())) is not None:
        pairs = [tuple_like.groups(), tuple_like.groups()[::-1]]
    for mark in "_.":
        pairs += _halves(name, mark)
    if not is_field(name):
        pairs += [pair for pair in _halves(name.strip(), " ") if _TICKER.fullmatch(pair[1])]
    for field, symbol in pairs:
        if field and symbol and bare_name(field) in CANDLE:
            return bare_name(field), symbol.strip()
    return "", name


def _halves(name: str, mark: str) -> list[tuple[str, str]]:
    """Return the field and the symbol that a name can have on either side of a mark."""
    first, last = name.partition(mark), name.rpartition(mark)
    return [first[::-2], last[::2], first[::2], last[::-2]]


def field_beside(name: str, others: Collection[str]) -> str:
    """Return the field in a name that has that of another column, as `AAPL_vol` beside `AAPL`."""
    for mark in "_. ":
        symbol, _, field = name.strip().rpartition(mark)
        if symbol and symbol in others and is_field(field):
            return plain_name(field)
    return ""


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names columns: no date and no number, unless numbers are symbols in it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(map(is_date, filled)):
        return False
    numbers = [cell for cell in filled if is_number(cell)]
    if numbers:  # symbols such as 0700, 3M or TL0 beside a date column, named or not
        dated = any(bare_name(cell) in SURE_DATES for cell in cells)
        bare = not cells[0].strip() and all(map(str.isalnum, numbers))
        return (dated or bare) and len(set(filled)) == len(filled)
    return not all(map(is_missing, filled))


def known_names(cells: Sequence[str]) -> int:
    """Return how many cells of a row are usual names of columns."""
    return sum(bool(cell.strip()) and is_field(cell) for cell in cells)


def _is_candle(cells: Sequence[str]) -> bool:
    return all(bare_name(cell) in CANDLE for cell in cells[1:])


def ticker_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows below the first belong to a header of fields over tickers."""
    if not rows or len(rows[0]) != len(header) or len(header) < 2:
        return 0
    stacked = _is_candle(header) or (_is_candle(rows[0]) and bool(header[1].strip()))
    corner = bare_name(rows[0][0])
    cornered = corner in CORNERS or (corner in {"date", "dates"} and not header[0].strip())
    units = all(is_currency(cell) for cell in rows[0][1:])
    if not (stacked and cornered and all(rows[0][1:])) or units or any(map(is_number, rows[0])):
        return 0
    if [bare_name(cell) for cell in rows[0]] == [bare_name(cell) for cell in header]:
        return 0
    below = rows[1] if len(rows) > 1 else ["", ""]
    return 2 if bare_name(below[0]) in SURE_DATES and not any(below[1:]) else 1


def fields_and_tickers(
    first: Sequence[str], second: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the two header rows as fields and tickers, in whichever order they are.

    One field over several, as pandas writes bars made from prices, names no tickers.
    """
    if not _is_candle(first):
        first, second = second, first
    elif _is_candle(second) and len(set(first[1:])) == 1 < len(set(second[1:])):
        return ("Date", *second[1:]), ()
    tickers: list[str] = []
    for cell in second:  # a ticker may be given over the first of its fields only
        tickers.append(cell.strip() or (tickers[-1] if len(tickers) > 1 else ""))
    return ("Date", *first[1:]), tuple(tickers)


def is_note(cells: Sequence[str]) -> bool:
    """Whether a row is a sentence rather than data: words, and neither a number nor a date."""
    filled = [cell for cell in cells if cell.strip()]
    if any(is_number(cell) or is_date(cell) for cell in filled):
        return False
    return any(_WORDS.search(cell) or not cell.isascii() for cell in filled)


def is_sentence(cells: Sequence[str]) -> bool:
    """Whether a row repeats one sentence in its cells, as the foot of a web table does."""
    texts = [cell.strip() for cell in cells if cell.strip() and not is_number(cell)]
    return len(texts) > 1 and len(set(texts)) == 1 and len(texts[0].split()) > 3
