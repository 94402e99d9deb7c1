"""Marks of footnotes beside numbers: 179.22*, 174.93 r, 180.071), (p) for provisional.

Statistical offices and exchanges write them behind a price, seldom before it. A mark of one digit
and a bracket is told from the number by the decimals that the other cells of the column have.
"""

from collections.abc import Sequence

from rnncli.prices.parsing.values.numbers import (
    is_currency,
    is_missing,
    is_number,
    plain,
    without_digits,
    without_raised,
)
from rnncli.prices.parsing.vocabulary.expression import expression

_LETTERS = "[acdefhijlnpqrsuvwxyzACDEFHIJLNPQRSUVWXYZ]"  # others are amounts, or kinds of quotes
_WORDS = "(?:est|rev|prov|prel|pre|pr|adj|ex|xd|xr|cd|cum)"
_SIGN = "[*\u2020\u2021\u00a7\u00b6#^~\u00b0!\u00a9\u00ae\u203b]"
_BRACKETED = rf"[(\[{{](?:\d{{1,2}}|[^\W\d_]{{1,4}}(?:\.[^\W\d_])?\.?|{_SIGN}+\d?)[)\]}}]"
_APART = rf"(?:\d{{1,2}}[)/]|/\d{{1,2}}|[a-z]/|{_LETTERS}|(?i:{_WORDS}))"  # behind a blank
_BEHIND = expression(
    rf"(?P<number>.*[\d.])(?:<sup>[^<]{{1,9}}</sup>|\s*{_SIGN}+\d?\)?|\s*{_BRACKETED}|\s+{_APART}\.?\)?"
    rf"|(?:{_LETTERS}|(?i:{_WORDS}))\.?\)?)(?:[\s,]*(?:{_SIGN}+|{_BRACKETED}|\d\))|[\s,]+{_APART})*"
)
_BEFORE = expression(
    rf"(?:[*\u2020\u2021#~\u2248\u203b]+|{_BRACKETED}|[rpe](?=\s)|(?:ca|approx|est)\.?\s)\s*(?P<number>[\d.+-].*)"
)
_BEHIND_A_UNIT = expression(
    rf"(?P<number>.*\d\s?(?P<unit>\S{{1,4}}))(?:\s*{_SIGN}+|\s*{_BRACKETED}|\s+{_APART}\.?)"
)
_BEHIND_A_DATE = expression(rf"(?<=\d)\s*(?:{_SIGN}+|[(\[](?:\d{{1,2}}|[a-z])[)\]])$")  # no weekday
_OF_NOTHING = expression(rf"(?P<number>[-:.\u2013]|\.\.)?\s*(?:{_SIGN}+|{_BRACKETED}|{_LETTERS})")
_ATTACHED = expression(r"(?P<number>[+-]?\d[\d.,' ]*)\d\)")
_DECIMALS = expression(r"[.,](\d*)\D*$")
_ENDS, _BEGINNINGS = frozenset("0123456789"), frozenset("0123456789+-.")
LONGEST = 100  # signs of a number and its mark at most


def has_mark(cell: str) -> bool:
    """Whether a cell is a number with decimals that has the mark of a footnote beside it."""
    number = _number_in(plain(cell))
    return number is not None and _DECIMALS.search(number) is not None


def without_marks(cells: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the cells without marks of footnotes, and which of them had one.

    A cell that is not a number without its mark stays as it is.
    """
    bare, marked = list(cells), []
    units: set[str] = set()  # what numbers without a mark have beside their digits
    others: set[int] = set()  # decimals of the numbers without a mark
    for index, cell in enumerate(cells):
        ends_in_digit = cell[-1:] in _ENDS and cell[:1] in _BEGINNINGS
        if ends_in_digit and "*" not in cell and "^" not in cell and " /" not in cell:
            continue
        if (unit := without_digits(cell)) in units:
            continue
        text = without_raised(cell)
        if text != cell.strip() and (is_number(text) or is_missing(text)):
            number: str | None = text
        elif is_number(cell) or is_missing(cell):
            units.add(unit)
            continue
        else:
            number = _number_in(plain(cell))
            if number is None and (attached := _ATTACHED.fullmatch(text)) is not None:
                others = others or {_places(other) for other in cells if is_number(other)}
                number = attached["number"] if {_places(attached["number"])} == others else None
        if number is not None:
            bare[index] = number
            marked.append(index)
    return bare, marked


def dates_without_marks(cells: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return dates without the mark of a footnote behind them, and which of them had one."""
    bare = [cell if cell[-1:] in _ENDS else _BEHIND_A_DATE.sub("", cell) for cell in cells]
    return bare, [i for i, cell in enumerate(cells) if cell != bare[i]]


def _number_in(text: str) -> str | None:
    """Return the number that a mark stands beside, empty where a mark stands alone; else None."""
    if len(text) > LONGEST:
        return None
    for pattern in (_BEHIND, _BEFORE):
        match = pattern.fullmatch(text)
        if match is not None and is_number(number := match["number"].strip()):
            return number
    match = _BEHIND_A_UNIT.fullmatch(text)
    if match is not None and is_currency(match["unit"]) and is_number(match["number"]):
        return match["number"]
    match = _OF_NOTHING.fullmatch(text)
    return "" if match is not None and not text.isalpha() else None


def _places(number: str) -> int:
    match = _DECIMALS.search(number.strip())
    return len(match[1]) if match is not None else 0
