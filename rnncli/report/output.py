"""Results in every form: machine formats to their bytes, tables through Rich; written in pieces."""

import csv
import io
import json
import math
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

from rnncli.report.text import cell

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = dict[str, Any]
NARROWEST = 40  # columns; terminals that report 0 or 1 do not know
PLAIN_WIDTH = 10_000  # of a table that no terminal bounds: wide enough never to fold
SCHEMA_VERSION = 1  # of the JSON of every result


@dataclass(frozen=True)
class Report:
    """A result in every form: the JSON document, the rows of CSV and JSON lines, the tables.

    `name` is that of its JSON Schema. Without a `document` the JSON is that of the rows alone.
    """

    name: str
    document: Any
    columns: Sequence[str]
    rows: Callable[[], Iterable[Row]]
    tables: Callable[[], Iterable["RenderableType"]]
    piped: str = field(default="json")  # the form when stdout is not a terminal


def schema_id(name: str) -> str:
    """The schema that the JSON of a result names: `rnncli/forecast/1`."""
    return f"rnncli/{name}/{SCHEMA_VERSION}"


def write_report(report: Report, form: str | None, digits: int | None = None) -> None:
    """Write `report` to stdout, in the form asked for or the one that fits where it goes."""
    write_parts([report], form, digits)


def write_parts(parts: Iterable[Report], form: str | None, digits: int | None = None) -> None:
    """Write one or more reports of the same columns to stdout, one by one.

    A result of any size takes the memory of one part.
    """
    rest = iter(parts)
    first = next(rest)
    form = form or ("table" if sys.stdout.isatty() else first.piped)
    for piece in pieces(chain([first], rest), form, digits, sys.stdout):
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def pieces(
    parts: Iterable[Report], form: str, digits: int | None = None, stream: TextIO | None = None
) -> Iterator[bytes]:
    """The bytes of one or more reports of the same columns, one piece per part.

    `digits`: significant digits of numbers in machine formats, None for all. `stream`: the
    destination of a table, which fits its width. Raises UsageError for Parquet without its extra.
    """
    rest = iter(parts)
    first = next(rest)
    parts = chain([first], rest)
    if form == "table":
        target = stream or io.StringIO()
        encoding, errors = getattr(target, "encoding", None) or "utf-8", "backslashreplace"
        yield from (rendered(part.tables(), target).encode(encoding, errors) for part in parts)
    elif form == "parquet":
        from rnncli.report.parquet import encode_rows

        yield encode_rows(first.columns, ((plain(r, digits) for r in p.rows()) for p in parts))
    elif form == "json":
        yield from (text.encode() for text in _json(first, parts, digits))
    else:
        lines = _csv if form == "csv" else _json_lines
        yield from (lines(part, digits, i == 0).encode() for i, part in enumerate(parts))


def encoded(parts: Iterable[Report], form: str, digits: int | None = None) -> bytes:
    """The same as one file."""
    return b"".join(pieces(parts, form, digits))


def rendered(tables: Iterable["RenderableType"], stream: TextIO) -> str:
    """Tables as they should look where `stream` goes."""
    from rich.console import Console

    console = Console(
        file=stream,
        width=_width(stream), height=25,  # without a height, Rich takes a dumb terminal for 80 wide
        emoji=False, highlight=False, markup=False, soft_wrap=False,
    )  # fmt: skip
    with console.capture() as captured:
        for table in tables:
            console.print(table)
    return re.sub(" +$", "", captured.get(), flags=re.MULTILINE)


def _width(stream: TextIO) -> int:
    """Columns of the terminal, by COLUMNS or the terminal itself; no limit in a pipe."""
    if not stream.isatty():
        return PLAIN_WIDTH
    return max(shutil.get_terminal_size().columns, NARROWEST)


def _csv(report: Report, digits: int | None, first: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if first:
        writer.writerow(report.columns)
    for row in report.rows():
        writer.writerow([_csv_cell(row.get(column), digits) for column in report.columns])
    return text.getvalue()


def _csv_cell(value: Any, digits: int | None) -> str | float:
    kind = type(value)  # most cells are of these three; the writer itself gives every digit
    if kind is float:
        return _rounded(value, digits) if math.isfinite(value) else ""
    if kind is str:
        return cell(value)
    if kind is int:
        return str(value)
    value = plain(value, digits)
    if value is None:
        return ""
    if isinstance(value, str):
        return cell(value)
    return json.dumps(value)


def _json(first: Report, parts: Iterable[Report], digits: int | None) -> Iterator[str]:
    """An object that names its schema; of reports without a document, with the rows of all."""
    head = {"schema": schema_id(first.name)}
    if first.document is not None:
        yield json.dumps(plain({**head, **first.document}, digits), allow_nan=False) + "\n"
        return
    yield f'{json.dumps(head)[:-1]}, "rows": ['
    for number, part in enumerate(parts):
        rows = [plain(row, digits) for row in part.rows()]
        yield (", " if number else "") + json.dumps(rows, allow_nan=False)[1:-1]
    yield "]}\n"


def _json_lines(report: Report, digits: int | None, first: bool = True) -> str:  # noqa: ARG001 - as _csv
    return "".join(json_line(row, digits) for row in report.rows())


def json_line(row: Row, digits: int | None = None) -> str:
    """A row as a line of JSON."""
    return json.dumps(plain(row, digits), allow_nan=False) + "\n"


def plain(value: Any, digits: int | None = None) -> Any:
    """`value` in types of JSON; numbers that are not finite are null."""
    if isinstance(value, dict):
        return {str(key): plain(item, digits) for key, item in value.items()}
    if hasattr(value, "tolist"):  # an array or a number of NumPy, which need not be loaded here
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item, digits) for item in value]
    if isinstance(value, float):
        return _rounded(value, digits) if math.isfinite(value) else None
    return value


def _rounded(value: float, digits: int | None) -> float:
    """A number with this many significant digits."""
    return value if digits is None else float(f"{value:.{digits}g}")
