"""The one place that writes results: machine formats to its bytes, tables through Rich."""

import csv
import io
import json
import math
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

from rnncli.report.text import cell

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = dict[str, Any]
NARROWEST = 40  # columns; terminals that say 0 or 1 do not know
PLAIN_WIDTH = 10_000  # of a table that no terminal bounds: wide enough never to fold


_LINE_ENDS = re.compile(" +$", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """A result in every form: the JSON document, the rows of CSV and JSON lines, the tables."""

    document: Any
    columns: Sequence[str]
    rows: Callable[[], Iterable[Row]]
    tables: Callable[[], Iterable["RenderableType"]]
    piped: str = field(default="json")  # the form when stdout is no terminal


def write_report(report: Report, form: str | None) -> None:
    """Write `report` to stdout, in the form asked for or the one that fits where it goes."""
    form = form or ("table" if sys.stdout.isatty() else report.piped)
    if form == "table":
        sys.stdout.write(rendered(report.tables(), sys.stdout))
    else:
        writers = {"csv": _csv, "json": _json, "jsonl": _json_lines}
        sys.stdout.buffer.write(writers[form](report).encode())
    sys.stdout.flush()


def write_parts(parts: Iterable[Report], form: str | None) -> None:
    """Write the rows of several reports, at least one, of the same columns, each as it comes.

    What was written is forgotten: a result of any size takes the memory of one part.
    """
    rest = iter(parts)
    first = next(rest)
    form = form or ("table" if sys.stdout.isatty() else first.piped)
    opening, between, closing = ("[", ", ", "]\n") if form == "json" else ("", "", "")
    sys.stdout.write(opening)
    for number, part in enumerate(chain([first], rest)):
        sys.stdout.write(between if number else "")
        if form == "table":
            sys.stdout.write(rendered(part.tables(), sys.stdout))
        else:
            sys.stdout.write(_piece(part, form, first=number == 0))
    sys.stdout.write(closing)
    sys.stdout.flush()


def encoded(parts: Iterable[Report], form: str) -> bytes:
    """The rows of several reports, at least one, of the same columns as a file of a form.

    Raises UsageError for Parquet without what writes it.
    """
    if form == "parquet":
        from rnncli.report.parquet import encode_rows

        rest = iter(parts)
        first = next(rest)
        rows = ([plain(row) for row in part.rows()] for part in chain([first], rest))
        return encode_rows(first.columns, rows)
    pieces = [_piece(part, form, first=i == 0) for i, part in enumerate(parts)]
    text = f"[{', '.join(pieces)}]\n" if form == "json" else "".join(pieces)
    return text.encode()


def _piece(part: Report, form: str, first: bool) -> str:
    """The rows of one of several reports."""
    if form == "json":
        return json.dumps([plain(row) for row in part.rows()], allow_nan=False)[1:-1]
    text = _csv(part) if form == "csv" else _json_lines(part)
    return text if first or form != "csv" else text.partition("\n")[2]


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
    return _LINE_ENDS.sub("", captured.get())


def _width(stream: TextIO) -> int:
    """Columns of the terminal, as its user or the terminal itself says; no limit in a pipe."""
    if not stream.isatty():
        return PLAIN_WIDTH
    return max(shutil.get_terminal_size().columns, NARROWEST)


def _csv(report: Report) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(report.columns)
    for row in report.rows():
        writer.writerow([_csv_cell(row.get(column)) for column in report.columns])
    return text.getvalue()


def _csv_cell(value: Any) -> str | float:
    if type(value) is float:  # most cells are; the writer itself gives every digit
        return value if math.isfinite(value) else ""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return cell(value)
    return json.dumps(value)


def _json(report: Report) -> str:
    return json.dumps(plain(report.document), allow_nan=False) + "\n"


def _json_lines(report: Report) -> str:
    return "".join(map(json_line, report.rows()))


def json_line(row: Row) -> str:
    """A row as a line of JSON."""
    return json.dumps(plain(row), allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """`value` in JSON's own types; what is not a finite number is null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # an array or a number of NumPy, which need not be loaded here
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
