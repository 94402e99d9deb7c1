"""Headers of several rows: of names, and of what is said of each column, in any order.

A row of names has the symbols. Rows of currencies, exchanges, units and so on describe the columns;
a row of fields says which of the prices of a day each column has.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rnncli.prices.parsing.grid.header import is_ticker, plain_name
from rnncli.prices.parsing.values.numbers import is_missing, is_number
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.cell_words import is_unit_of_money, names_money
from rnncli.prices.parsing.vocabulary.column_names import (
    CANDLE,
    DATES,
    DESCRIPTIONS,
    HIGHS,
    LOWS,
    MARKET_CODES,
    MARKETS,
    OPENS,
    PRICES,
    SYMBOLS,
    VOLUMES,
    bare_name,
)

_MOST = 8  # rows of a header
_SHORT = 2  # letters of a code that may as well be a country
_PREFACE = 60  # rows above the first value at most
_FIELDS = {
    **dict.fromkeys(VOLUMES, "Volume"),
    **dict.fromkeys(OPENS, "Open"),
    **dict.fromkeys(HIGHS, "High"),
    **dict.fromkeys(LOWS, "Low"),
    **dict.fromkeys(PRICES, "Close"),
}


class HeaderRows(NamedTuple):
    """A header of several rows: of fields over `tickers`, or of symbols, and where it ends."""

    header: tuple[str, ...]
    tickers: tuple[str, ...] | None
    start: int
    end: int


def find_header_rows(rows: Sequence[Sequence[str]], width: int) -> HeaderRows | None:
    """Return the header above the first value where it has several rows that describe columns.

    None where one row has all names, or two have tickers and fields and nothing else.
    """
    end = next((i for i, cells in enumerate(rows[:_PREFACE]) if _holds_value(cells, width)), 0)
    start = end
    while start and end - start < _MOST and _may_be_of_header(rows[start - 1], width):
        start -= 1
    block = [[cell.strip() for cell in cells] for cells in rows[start:end]]
    kinds = [_kind(cells) for cells in block]
    if len(block) < 2 or width < 2 or (width == 2 and not _are_labelled(block)):
        return None
    fields = next((c for c, kind in zip(block, kinds, strict=True) if kind == "fields"), None)
    names = _names(block, kinds, is_repeated=fields is not None)
    if names is None or ("description" not in kinds and not _is_in_another_language(fields)):
        return None
    symbols = _filled(names)
    if fields is None or len(set(map(_field, fields[1:]))) == 1:
        return HeaderRows(("Date", *symbols[1:]), None, start, end)
    header = ("Date", *(_field(cell) for cell in fields[1:]))
    return HeaderRows(header, tuple(symbols), start, end)


def _holds_value(cells: Sequence[str], width: int) -> bool:
    """Whether a row begins with a date, and has a number or an empty cell behind it."""
    if len(cells) != width or not is_date(cells[0].strip()):
        return False
    return all(is_missing(cell.strip()) or is_number(cell.strip()) for cell in cells[1:])


def _may_be_of_header(cells: Sequence[str], width: int) -> bool:
    """Whether a row is as wide as the others and has texts, or symbols of digits under a label."""
    if len(cells) != width or is_date(cells[0].strip()) or is_number(cells[0].strip()):
        return False
    filled = [cell.strip() for cell in cells[1:] if cell.strip()]
    if not filled:
        return bare_name(cells[0]) in DATES
    is_labelled = bare_name(cells[0]) in SYMBOLS
    return is_labelled or not any(is_number(cell) or is_date(cell) for cell in filled)


def _are_labelled(block: Sequence[Sequence[str]]) -> bool:
    """Whether each row says what it is, or is the first without a label."""
    labels = {*SYMBOLS, *DATES, *DESCRIPTIONS, *MARKETS, "field", ""}
    return all(bare_name(cells[0]) in labels for cells in block)


def _kind(cells: Sequence[str]) -> str:
    """Return what a row of a header has: names, fields, a description of the columns, or dates."""
    filled = [cell for cell in cells[1:] if cell]
    label = bare_name(cells[0])
    if not filled:
        return "dates"
    if all(_field(cell) for cell in filled):
        return "fields"
    if label in {*MARKETS, *DESCRIPTIONS} or all(map(is_unit_of_money, filled)):
        return "description"
    is_same = len(filled) > 1 and len(set(filled)) == 1
    return "description" if is_same or all(map(_is_market, filled)) else "names"


def _is_market(cell: str) -> bool:
    """Whether a cell is the name or the code of an exchange, alone or with words beside it."""
    words = {bare_name(word) for word in cell.split() if len(word) > _SHORT}
    return bare_name(cell) in MARKET_CODES or bool(words & MARKET_CODES)


def _field(cell: str) -> str:
    """Return the field of a day that a cell says, in English; empty for another text."""
    bare = plain_name(cell)
    return cell if bare_name(cell) in CANDLE else _FIELDS.get(bare, "")


def _is_in_another_language(fields: Sequence[str] | None) -> bool:
    return fields is not None and any(bare_name(cell) not in CANDLE for cell in fields[1:] if cell)


def _names(
    block: Sequence[Sequence[str]], kinds: Sequence[str], *, is_repeated: bool
) -> Sequence[str] | None:
    """Return the row of the symbols: that called so, else that of tickers, else the first.

    Codes of currencies are the symbols where the other row says the names of currencies.
    """
    rows = [cells for cells, kind in zip(block, kinds, strict=True) if kind == "names"]
    rows = [cells for cells in rows if not _is_key(cells)]
    if not is_repeated:
        rows = [cells for cells in rows if len(set(cells[1:])) == len(cells) - 1]
    if not rows:
        return None
    if all(any(names_money(cell) for cell in cells[1:]) for cells in rows):
        codes = [c for c in block if all(map(is_unit_of_money, c[1:])) and len({*c}) == len(c)]
        rows = codes or rows
    called = [cells for cells in rows if bare_name(cells[0]) in SYMBOLS]
    tickers = [cells for cells in called or rows if all(is_ticker(c) for c in cells[1:] if c)]
    return (tickers or called or rows)[0]


def _is_key(cells: Sequence[str]) -> bool:
    """Whether a row has a label and one value, and no symbol, over several columns."""
    is_lone = len(cells) > 2 and sum(map(bool, cells[1:])) == 1
    return is_lone and bare_name(cells[0]) not in SYMBOLS


def _filled(cells: Sequence[str]) -> list[str]:
    """Return the names of a row in which a name may stand over the first of its columns only."""
    names = [""]
    for cell in cells[1:]:
        names.append(cell or (names[-1] if len(names) > 1 else ""))
    return names
