"""The slow path to a grid: rows read by the csv module, and every unusual one judged by itself."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.grid.cell_grid import CellGrid, refuse_size, sample_rows
from rnncli.prices.parsing.grid.header import (
    fields_and_tickers,
    is_header,
    known_names,
    ticker_rows,
)
from rnncli.prices.parsing.grid.header_rows import find_header_rows
from rnncli.prices.parsing.grid.non_data_rows import (
    CsvRow,
    without_errors,
    without_events,
    without_headings,
    without_notes,
)
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import Text
from rnncli.prices.parsing.values.numbers import decimal_mark, is_number, parse
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.column_names import (
    DATES,
    HIGHS,
    LOWS,
    OPENS,
    PRICES,
    VOLUMES,
    bare_name,
)

ABOVE_HEADER = "lines above the header"
DESCRIBING = "further lines of the header"
TABLE_ABOVE = "lines of a table above the header"
WITHOUT_VOLUME = "rows without a volume"

_NARROWEST = 3  # columns of a file that has a volume
_APART = 3  # times the prices of other rows: rather a volume in their place
_PREFACE = 60  # rows above the header at most


def read_csv_rows(text: Text, delimiter: str, limits: Limits) -> CellGrid:
    """Read quoted, prefaced or footnoted text into a grid.

    Raises DataError naming the line of the first row that is not as wide as the header.
    """
    dropped: dict[str, int] = {}
    data = without_errors(text.data, dropped)
    rows = [row for row in split_rows(text, data, delimiter) if "".join(row.cells).strip()]
    if not rows:
        raise DataError(f"{text.name}: no values in the file; fetch it again")
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    rows = without_events(without_headings(rows, width, dropped), width, dropped)
    described = find_header_rows([row.cells for row in rows], width)
    if described is None:
        start = _header_index(rows, width)
        header, tickers, body = _take_header(rows[start:])
    else:
        header, tickers, start, end = described
        body = rows[end:]
        dropped[DESCRIBING] = end - start - 1
    if start:
        has_table = any(_is_table(row.cells, width) for row in rows[:start])
        dropped[TABLE_ABOVE if has_table else ABOVE_HEADER] = start
    body = without_notes(body, header, dropped)
    refuse_size(text.name, len(body), width, limits, delimiter.join(header or ()))
    mended: dict[str, int] = {}
    body = with_volume(body, header, text.data.endswith(b"\n"), mended)
    header, width = trim(body, header, text.name)
    return CellGrid(
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


def split_rows(text: Text, data: bytes, delimiter: str) -> Iterator[CsvRow]:
    """Yield the rows as the csv module cuts them. Raises DataError for broken quotes."""
    if delimiter == " ":
        data = b"\n".join(map(bytes.strip, data.split(b"\n")))
    stream = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="\n")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = text.first_line
    try:
        for cells in reader:
            yield CsvRow(line, cells)
            line = reader.line_num + text.first_line
    except csv.Error as error:
        what = f"broken quotes or an endless cell ({error})"
        raise DataError(f"{text.name}, line {line}: {what}; mend that line") from error


def _header_index(rows: list[CsvRow], width: int) -> int:
    """Return the row above the first values with the most usual names; text above it is not data.

    Of a table above the data such a row may be the head as well: one that names a date comes
    first, and of several the last.
    """
    candidates: list[tuple[bool, int, bool, int]] = []
    for index, row in enumerate(rows[:_PREFACE]):
        if len(row.cells) > 1 and len(row.cells) >= width - 1 and is_header(row.cells):
            if ticker_rows(row.cells, [below.cells for below in rows[index + 1 : index + 3]]):
                return index
            dated = any(bare_name(cell) in DATES for cell in row.cells)
            place = index if dated else -index
            candidates.append((dated, known_names(row.cells), len(row.cells) == width, place))
        elif _holds_values(row.cells):
            break
    _, names, _, place = max(candidates, default=(False, 0, False, 0))
    return abs(place) if names or len(rows[abs(place)].cells) >= width else 0


def _is_table(cells: list[str], width: int) -> bool:
    """Whether a row above the header may be the header of another table."""
    return len(cells) == width and known_names(cells) > 1 and is_header(cells)


def _holds_values(cells: list[str]) -> bool:
    """Whether a row is data: a date and a number, a date in front, or numbers alone."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) > 1 and is_date(cells[0]):
        return True
    numbers = sum(map(is_number, filled))
    return numbers == len(filled) or (numbers > 0 and any(map(is_date, filled)))


def _take_header(
    rows: list[CsvRow],
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, list[CsvRow]]:
    """Return the header, the tickers under it if there are any, and the rows below."""
    first = rows[0].cells
    if not is_header(first):
        return None, None, rows
    extra = ticker_rows(first, [row.cells for row in rows[1:3]])
    if extra == 0:
        return tuple(first), None, rows[1:]
    fields, tickers = fields_and_tickers(first, rows[1].cells)
    return fields, tickers or None, rows[1 + extra :]


def with_volume(
    body: list[CsvRow], header: tuple[str, ...] | None, whole: bool, mended: dict[str, int]
) -> list[CsvRow]:
    """Add the volume that a vendor left off the end of rows, where nothing else can lack.

    The last row of a file that breaks off is never mended: its close may be cut as well.
    """
    width = len(header or ())
    names = [bare_name(name) for name in header or ()]
    if width < _NARROWEST or names[-1] not in (*VOLUMES, "openint"):
        return body
    short = [i for i, row in enumerate(body) if len(row.cells) == width - 1]
    if not short or (short[-1] == len(body) - 1 and not whole):
        return body
    whole_rows = [row.cells for row in body if len(row.cells) == width]
    if not whole_rows or not _lack_the_last([body[i].cells for i in short], whole_rows, names):
        return body
    mended[WITHOUT_VOLUME] = len(short)
    lacking = set(short)
    return [
        CsvRow(row.line, [*row.cells, ""]) if i in lacking else row for i, row in enumerate(body)
    ]


def _lack_the_last(short: list[list[str]], others: list[list[str]], names: list[str]) -> bool:
    """Whether each price of rows that are too short is where it is in the others."""
    places = [i for i, name in enumerate(names) if name in (*OPENS, *HIGHS, *LOWS, *PRICES)]
    bounds = [
        next((i for i, name in enumerate(names) if name in side), None) for side in (HIGHS, LOWS)
    ]
    mark = "," if decimal_mark(row[i] for row in others for i in places) == "," else "."
    read = [parse([row[i] for i in places], mark) for row in (*short, *others)]
    if not places or any(bad is not None for _, bad in read):
        return False
    ours, theirs = (np.array([values for values, _ in rows], dtype=np.float64)
                    for rows in (read[: len(short)], read[len(short) :]))  # fmt: skip
    if None not in bounds:
        high, low = (ours[:, places.index(place or 0)] for place in bounds)
        return bool(np.all((high >= ours.max(axis=1)) & (low <= ours.min(axis=1))))
    if np.isnan(ours).any() or np.isnan(theirs).all():
        return False
    least, most = np.nanmin(theirs) / _APART, np.nanmax(theirs) * _APART
    volumes, bad = parse([row[-1] for row in others], mark)
    sizes = np.array(volumes, dtype=np.float64)
    is_apart = bad is None and not np.any((sizes >= least) & (sizes <= most))
    return bool(is_apart and np.all((ours >= least) & (ours <= most)))


def trim(
    body: list[CsvRow], header: tuple[str, ...] | None, name: str
) -> tuple[tuple[str, ...] | None, int]:
    """Return the width of all rows once a delimiter that ends every row, or the header, is off."""
    width = len(header) if header is not None else len(body[0].cells)
    if header is not None:
        if all(len(row.cells) == width + 1 and not row.cells[-1].strip() for row in body):
            return header, width
        if all(len(row.cells) == width + 1 for row in body) and _are_numbered(body):
            return ("", *header), width + 1
        if not header[-1].strip() and all(len(row.cells) == width - 1 for row in body):
            return header[:-1], width - 1
    for row in body:
        if len(row.cells) != width:
            raise _misfit(row, body, width, name, header is not None)
    return header, width


def _are_numbered(body: list[CsvRow]) -> bool:
    """Whether the first cells count rows from 0 or 1, as names of rows without one of their own."""
    first = body[0].cells[0].strip()
    counted = enumerate(body, start=int(first == "1"))
    return len(body) > 1 and all(row.cells[0].strip() == str(i) for i, row in counted)


def _misfit(row: CsvRow, body: list[CsvRow], width: int, name: str, has_header: bool) -> DataError:
    cells = f"{len(row.cells)} cell" + "s" * (len(row.cells) != 1)
    what = "the header" if has_header else "the first row"
    cut = row is body[-1] and len(row.cells) < width
    hint = "the file looks cut off; fetch it again" if cut else "mend or remove that line"
    below = [other.cells for other in body if other.line >= row.line]
    if row is body[0]:
        hint = "write the header and the rows alike"
    elif len(below) > 2 and all(len(cells) == len(row.cells) for cells in below):
        hint = "another table begins there; split the file"
    return DataError(f"{name}, line {row.line}: {cells} where {what} has {width} ({hint})")
