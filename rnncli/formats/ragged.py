"""The slow path to a sheet: rows read by the csv module, and every odd one judged by itself."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnncli.errors import DataError
from rnncli.formats.bytes import Text
from rnncli.formats.header import fields_and_tickers, is_header, is_note, ticker_rows
from rnncli.formats.sheet import Sheet, check_size, sample_rows

_PREFACE = 60  # rows above the header at most


class _Row(NamedTuple):
    line: int
    cells: list[str]


def strict_sheet(text: Text, delimiter: str) -> Sheet:
    """Read quoted, prefaced or footnoted text into a sheet.

    Raises DataError naming the line of the first row that is not as wide as the header.
    """
    rows = [row for row in _csv_rows(text, delimiter) if "".join(row.cells).strip()]
    if not rows:
        raise DataError(f"{text.name}: no values in the file")
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    start = _header_index(rows, width)
    header, tickers, body = _take_header(rows[start:])
    dropped = {"lines above the header": start} if start else {}
    body = _without_notes(body, header, dropped)
    check_size(text.name, len(body), width)
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
        tickers=tickers,
    )


def _csv_rows(text: Text, delimiter: str) -> Iterator[_Row]:
    stream = io.StringIO(text.data.decode(), newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = text.first_line
    try:
        for cells in reader:
            yield _Row(line, cells)
            line = reader.line_num + text.first_line
    except csv.Error as error:
        what = f"broken quotes or an endless cell ({error})"
        raise DataError(f"{text.name}, line {line}: {what}; mend that line") from error


def _header_index(rows: list[_Row], width: int) -> int:
    """Return the first row that can be a header; sentences above it are no data."""
    for index, row in enumerate(rows[:_PREFACE]):
        if len(row.cells) > 1 and len(row.cells) >= width - 1:
            return index if index == 0 or is_header(row.cells) else 0
        if not is_note(row.cells):
            return 0
    return 0


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
    """Leave out repeated headers, comments, and sentences below the last row."""
    if header is None:
        return body
    kept = [row for row in body if tuple(row.cells) != header]
    plain = [row for row in kept if len(row.cells) == len(header) or row.cells[0][:1] != "#"]
    end = len(plain)
    while end and _is_footnote(plain[end - 1].cells, len(header)):
        end -= 1
    counts = {
        "repeated headers": len(body) - len(kept),
        "comment lines": len(kept) - len(plain),
        "lines below the last row": len(plain) - end,
    }
    dropped |= {reason: count for reason, count in counts.items() if count}
    return plain[:end]


def _is_footnote(cells: list[str], width: int) -> bool:
    """Whether a row is a sentence of fewer cells; a row that is merely torn is not."""
    return len([cell for cell in cells if cell.strip()]) < width and is_note(cells)


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
            raise DataError(_misfit(row, row is body[-1], width, name, header is not None))
    return header, width


def _misfit(row: _Row, is_last: bool, width: int, name: str, has_header: bool) -> str:
    cells = f"{len(row.cells)} cell" + "s" * (len(row.cells) != 1)
    what = "the header" if has_header else "the first row"
    cut = is_last and len(row.cells) < width
    hint = "the file looks cut off" if cut else "mend or remove that line"
    return f"{name}, line {row.line}: {cells} where {what} has {width} ({hint})"
