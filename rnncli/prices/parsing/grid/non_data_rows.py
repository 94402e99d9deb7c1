"""Lines above, between and below the rows that hold no price: left out, and counted."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rnncli.prices.parsing.grid.header import is_note, is_sentence, known_names
from rnncli.prices.parsing.values.numbers import is_event, is_number
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.cell_words import SUMMARIES
from rnncli.prices.parsing.vocabulary.column_names import bare_name
from rnncli.prices.parsing.vocabulary.expression import expression

ERRORS = "error messages between the rows"
HEADINGS = "headings between the rows"
EVENTS = "dividend and split rows"
REPEATED_HEADERS = "repeated headers"
COMMENTS = "comment lines"
UNDER_HEADER = "lines under the header"
ANOTHER_HEADER = "lines of another header under the header"
FOOTNOTES = "lines below the last row"

_UNITS = 12  # rows between the header and the first value at most
_OBJECT = re.compile(rb"^(\{\n)?(?:[ \t].*\n)+\}$", re.MULTILINE)
_COUNT_OF_ROWS = expression(r"\(?[0-9]+ (?:rows?|records?|Zeilen?|lignes?|filas?)\b[^0-9]*")


class CsvRow(NamedTuple):
    """The cells of a row, and the line it starts on."""

    line: int
    cells: list[str]


def without_errors(data: bytes, dropped: dict[str, int]) -> bytes:
    """Blank out the JSON of failed requests that a script appended between the rows."""
    if b"\n}" not in data:
        return data
    import json  # noqa: PLC0415 - few files need it

    errors = 0

    def blank(match: re.Match[bytes]) -> bytes:
        nonlocal errors
        try:
            message = json.loads(match[0] if match[1] else b"{" + match[0])
        except ValueError:
            return match[0]
        if not re.search(r"\berror", json.dumps(message), re.IGNORECASE):
            return match[0]
        errors += 1
        return b"\n" * match[0].count(b"\n")

    data = _OBJECT.sub(blank, data)
    if errors:
        dropped[ERRORS] = errors
    return data


def without_headings(rows: list[CsvRow], width: int, dropped: dict[str, int]) -> list[CsvRow]:
    """Leave out single cells of words with an empty line above and below, between the rows."""
    if width == 1:
        return rows
    alone = [
        i
        for i in range(1, len(rows) - 1)
        if len(rows[i].cells) == 1
        and rows[i - 1].line + 1 < rows[i].line < rows[i + 1].line - 1
        and is_note(rows[i].cells)
    ]
    first = next((i for i, row in enumerate(rows) if len(row.cells) == width), 0)
    headings = {i for i in alone if i > first}
    if headings:
        dropped[HEADINGS] = len(headings)
    return [row for i, row in enumerate(rows) if i not in headings]


def without_events(rows: list[CsvRow], width: int, dropped: dict[str, int]) -> list[CsvRow]:
    """Leave out rows of a date and a dividend or split, which web pages put between the prices."""
    others = [
        row
        for row in rows
        if not (1 < len(row.cells) < width and is_date(row.cells[0]) and is_event(row.cells[1]))
    ]
    if len(others) < len(rows):
        dropped[EVENTS] = len(rows) - len(others)
    return others


def without_notes(
    body: list[CsvRow], header: tuple[str, ...] | None, dropped: dict[str, int]
) -> list[CsvRow]:
    """Leave out repeated headers, units, comments, and sentences below the last row."""
    if header is None:
        return body
    rows = [row for row in body if tuple(row.cells) != header]
    plain = [row for row in rows if len(row.cells) == len(header) or row.cells[0][:1] != "#"]
    end = len(plain)
    while end and _is_footnote(plain[end - 1].cells, len(header), plain[0].cells):
        end -= 1
    start = _first_value(plain[:end])
    under = ANOTHER_HEADER if _hold_names(plain[:start], len(header)) else UNDER_HEADER
    counts = {
        REPEATED_HEADERS: len(body) - len(rows),
        COMMENTS: len(rows) - len(plain),
        under: start,
        FOOTNOTES: len(plain) - end,
    }
    dropped |= {reason: count for reason, count in counts.items() if count}
    return plain[start:end]


def _hold_names(rows: list[CsvRow], width: int) -> bool:
    """Whether one of the rows between the header and the first value is another header."""
    return any(len(row.cells) == width and known_names(row.cells) > 1 for row in rows)


def _first_value(rows: list[CsvRow]) -> int:
    """Return how many rows below the header describe it: no date in front, and no number."""
    if not any(is_date(row.cells[0]) for row in rows[: _UNITS + 1]):
        return 0
    for index, row in enumerate(rows[:_UNITS]):
        if is_date(row.cells[0]) or any(map(is_number, row.cells)):
            return index
    return 0


def is_summary(cells: Sequence[str], first: Sequence[str]) -> bool:
    """Whether a row is a mean or a sum below rows that begin with a date, or counts the rows.

    Its first cell says so, or another one in place of all numbers, as in `2024,mean`.
    """
    if _COUNT_OF_ROWS.fullmatch(" ".join(cells).strip()):
        return True
    if is_date(cells[0]) or not is_date(first[0]):
        return False
    is_labelled = any(bare_name(cell) in SUMMARIES for cell in cells[1:] if cell.strip())
    return bare_name(cells[0]) in SUMMARIES or (is_labelled and not any(map(is_number, cells[1:])))


def _is_footnote(cells: list[str], width: int, first: list[str]) -> bool:
    """Whether a row is a sentence of fewer cells, or sums up; a row that is merely torn is not."""
    if is_summary(cells, first):
        return True
    filled = sum(bool(cell.strip()) for cell in cells)
    return (filled < width and is_note(cells)) or is_sentence(cells)
