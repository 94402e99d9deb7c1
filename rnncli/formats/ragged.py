"""The slow path to a sheet: rows read by the csv module, and every odd one judged by itself."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnncli.errors import DataError
from rnncli.formats.bytes import Text
from rnncli.formats.dates import is_date
from rnncli.formats.header import (
    fields_and_tickers,
    is_header,
    is_note,
    is_sentence,
    known_names,
    ticker_rows,
)
from rnncli.formats.limits import Limits
from rnncli.formats.numbers import is_event, is_number
from rnncli.formats.sheet import EVENTS, Sheet, check_size, sample_rows
from rnncli.formats.words import VOLUMES, bare_name

_PREFACE = 60  # rows above the header at most
_UNITS = 12  # rows between the header and the first value at most
_OBJECT = re.compile(rb"^(\{\n)?(?:[ \t].*\n)+\}$", re.MULTILINE)


class _Row(NamedTuple):
    line: int
    cells: list[str]


def strict_sheet(text: Text, delimiter: str, limits: Limits) -> Sheet:
    """Read quoted, prefaced or footnoted text into a sheet.

    Raises DataError naming the line of the first row that is not as wide as the header.
    """
    dropped: dict[str, int] = {}
    data = _without_errors(text.data, dropped)
    rows = [row for row in _csv_rows(text, data, delimiter) if "".join(row.cells).strip()]
    if not rows:
        raise DataError(f"{text.name}: no values in the file; fetch it again")
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    rows = _without_events(_without_headings(rows, width, dropped), width, dropped)
    start = _header_index(rows, width)
    header, tickers, body = _take_header(rows[start:])
    if start:
        dropped["lines above the header"] = start
    body = _without_notes(body, header, dropped)
    check_size(text.name, len(body), width, limits, delimiter.join(header or ()))
    mended: dict[str, int] = {}
    body = _with_volume(body, header, text.data.endswith(b"\n"), mended)
    header, width = _trim(body, header, text.name)
    return Sheet(
        text.name,
        text.encoding,
        delimiter,
        header,
        width,
        np.array([row.line for row in body], dtype=np.int64),
        [row.cells for row in body[: sample_rows(width)]],
        rows=[row.cells for row in body],
        dropped=dropped,
        mended=mended,
        tickers=tickers,
        quoted=b'"' in data,
        head=rows[start].line,
    )


def _without_errors(data: bytes, dropped: dict[str, int]) -> bytes:
    """Blank out the JSON of failed requests that a script appended between the rows."""
    if b"\n}" not in data:
        return data
    found = 0

    def blank(match: re.Match[bytes]) -> bytes:
        nonlocal found
        try:
            said = json.loads(match[0] if match[1] else b"{" + match[0])
        except ValueError:
            return match[0]
        if not re.search(r"\berror", json.dumps(said), re.IGNORECASE):
            return match[0]
        found += 1
        return b"\n" * match[0].count(b"\n")

    data = _OBJECT.sub(blank, data)
    if found:
        dropped["error messages between the rows"] = found
    return data


def _csv_rows(text: Text, data: bytes, delimiter: str) -> Iterator[_Row]:
    if delimiter == " ":
        data = b"\n".join(map(bytes.strip, data.split(b"\n")))
    stream = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="\n")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = text.first_line
    try:
        for cells in reader:
            yield _Row(line, cells)
            line = reader.line_num + text.first_line
    except csv.Error as error:
        what = f"broken quotes or an endless cell ({error})"
        raise DataError(f"{text.name}, line {line}: {what}; mend that line") from error


def _without_headings(rows: list[_Row], width: int, dropped: dict[str, int]) -> list[_Row]:
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
        dropped["headings between the rows"] = len(headings)
    return [row for i, row in enumerate(rows) if i not in headings]


def _without_events(rows: list[_Row], width: int, dropped: dict[str, int]) -> list[_Row]:
    """Leave out rows of a date and a dividend or split, which web pages put between the prices."""
    kept = [
        row
        for row in rows
        if not (1 < len(row.cells) < width and is_date(row.cells[0]) and is_event(row.cells[1]))
    ]
    if len(kept) < len(rows):
        dropped[EVENTS] = len(rows) - len(kept)
    return kept


def _header_index(rows: list[_Row], width: int) -> int:
    """Return the row above the first values with the most usual names; text above it is no data."""
    found: list[tuple[int, int]] = []
    for index, row in enumerate(rows[:_PREFACE]):
        if len(row.cells) > 1 and len(row.cells) >= width - 1 and is_header(row.cells):
            if ticker_rows(row.cells, [below.cells for below in rows[index + 1 : index + 3]]):
                return index
            found.append((known_names(row.cells), -index))
        elif _holds_values(row.cells):
            break
    known, place = max(found, default=(0, 0))
    return -place if known or len(rows[-place].cells) >= width else 0


def _holds_values(cells: list[str]) -> bool:
    """Whether a row is data: a date and a number, a date in front, or numbers alone."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) > 1 and is_date(cells[0]):
        return True
    numbers = sum(map(is_number, filled))
    return numbers == len(filled) or (numbers > 0 and any(map(is_date, filled)))


def _take_header(
    rows: list[_Row],
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, list[_Row]]:
    """Return the header, the tickers under it if there are any, and the rows below."""
    first = rows[0].cells
    if not is_header(first):
        return None, None, rows
    extra = ticker_rows(first, [row.cells for row in rows[1:3]])
    if extra == 0:
        return tuple(first), None, rows[1:]
    fields, tickers = fields_and_tickers(first, rows[1].cells)
    return fields, tickers, rows[1 + extra :]


def _without_notes(
    body: list[_Row], header: tuple[str, ...] | None, dropped: dict[str, int]
) -> list[_Row]:
    """Leave out repeated headers, units, comments, and sentences below the last row."""
    if header is None:
        return body
    kept = [row for row in body if tuple(row.cells) != header]
    plain = [row for row in kept if len(row.cells) == len(header) or row.cells[0][:1] != "#"]
    end = len(plain)
    while end and _is_footnote(plain[end - 1].cells, len(header)):
        end -= 1
    start = _first_value(plain[:end])
    counts = {
        "repeated headers": len(body) - len(kept),
        "comment lines": len(kept) - len(plain),
        "lines under the header": start,
        "lines below the last row": len(plain) - end,
    }
    dropped |= {reason: count for reason, count in counts.items() if count}
    return plain[start:end]


def _first_value(rows: list[_Row]) -> int:
    """Return how many rows below the header describe it: no date in front, and no number."""
    if not any(is_date(row.cells[0]) for row in rows[: _UNITS + 1]):
        return 0
    for index, row in enumerate(rows[:_UNITS]):
        if is_date(row.cells[0]) or any(map(is_number, row.cells)):
            return index
    return 0


def _is_footnote(cells: list[str], width: int) -> bool:
    """Whether a row is a sentence of fewer cells; a row that is merely torn is not."""
    few = len([cell for cell in cells if cell.strip()]) < width
    return (few and is_note(cells)) or is_sentence(cells)


def _with_volume(
    body: list[_Row], header: tuple[str, ...] | None, whole: bool, mended: dict[str, int]
) -> list[_Row]:
    """Add the volume that a vendor left off the end of a few rows, where nothing else can lack.

    The last row of a file that breaks off is never mended: its close may be cut as well.
    """
    width = len(header or ())
    names = [bare_name(name) for name in header or ()]
    last = names[-1] if {"high", "low", "close"} <= set(names) else ""
    if last not in (*VOLUMES, "openint"):
        return body
    short = [i for i, row in enumerate(body) if len(row.cells) == width - 1]
    if not short or len(short) > len(body) // 10 or (short[-1] == len(body) - 1 and not whole):
        return body
    if not all(_is_candle(body[i].cells, names) for i in short):
        return body
    mended["rows without a volume"] = len(short)
    lacking = set(short)
    return [_Row(row.line, [*row.cells, ""]) if i in lacking else row for i, row in enumerate(body)]


def _is_candle(cells: list[str], names: list[str]) -> bool:
    """Whether high and low bound the other prices, as they do not once cells have moved."""
    try:
        price = {
            name: float(cell)
            for name, cell in zip(names, cells, strict=False)
            if name in {"open", "high", "low", "close"}
        }
    except ValueError:
        return False
    return price["low"] <= min(price.values()) and price["high"] >= max(price.values())


def _trim(
    body: list[_Row], header: tuple[str, ...] | None, name: str
) -> tuple[tuple[str, ...] | None, int]:
    """Return the width of all rows once a delimiter that ends every row, or the header, is off."""
    width = len(header) if header is not None else len(body[0].cells)
    if header is not None:
        if all(len(row.cells) == width + 1 and not row.cells[-1].strip() for row in body):
            return header, width
        if not header[-1].strip() and all(len(row.cells) == width - 1 for row in body):
            return header[:-1], width - 1
    for row in body:
        if len(row.cells) != width:
            raise DataError(_misfit(row, body, width, name, header is not None))
    return header, width


def _misfit(row: _Row, body: list[_Row], width: int, name: str, has_header: bool) -> str:
    cells = f"{len(row.cells)} cell" + "s" * (len(row.cells) != 1)
    what = "the header" if has_header else "the first row"
    cut = row is body[-1] and len(row.cells) < width
    hint = "the file looks cut off; fetch it again" if cut else "mend or remove that line"
    below = [other.cells for other in body if other.line >= row.line]
    if len(below) > 2 and all(len(cells) == len(row.cells) for cells in below):
        hint = "another table begins there; split the file"
    return f"{name}, line {row.line}: {cells} where {what} has {width} ({hint})"
