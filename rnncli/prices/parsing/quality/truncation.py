"""A last line without an end: its price may be cut off, in the midst or behind the mark.

A last volume of fewer digits is no sign: many files end without an end of line, and the day of the
last row may just have begun.
"""

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.values.numbers import is_missing

FAR_OFF = "last lines cut off with a suspicious jump of the price"
FEWER_DECIMALS = "last lines without end whose price has fewer decimals than all others"

EMPTY = "last lines without end whose last cell is empty, as no other is ({column})"

FAR = 5  # a price over the one before it, or the reverse
FEW = 3  # prices that show how many decimals are usual


def refuse_cut(file: ParsedFile) -> None:
    """Refuse a last line without end whose price ends in a decimal mark, as 1496. does."""
    last, others = _last_prices(file)
    mark = file.table.decimal
    has_decimals = any(mark in cell.strip(mark) for cell in others)
    is_usual = any(cell.endswith(mark) for cell in others)
    if last.endswith(mark) and has_decimals and not is_usual:
        raise DataError(
            f"{file.name}, line {file.grid.lines[-1]}: cut off in a price; fetch the file again"
        )


def cut_far_off(file: ParsedFile) -> dict[str, int]:
    """Return whether a last line without end has a suspicious jump of the price."""
    return {FAR_OFF: int(_ends_far_off(file))}


def cut_decimals(file: ParsedFile) -> dict[str, int]:
    """Return whether a last line without end has a price of fewer decimals than all others."""
    last, others = _last_prices(file)
    mark = file.table.decimal
    is_shorter = (
        not is_missing(last)
        and len(others) >= FEW
        and _decimals(last, mark) < min(_decimals(cell, mark) for cell in others)
    )
    return {FEWER_DECIMALS: int(is_shorter and not _ends_far_off(file))}


def cut_cell(file: ParsedFile) -> dict[str, int]:
    """Return whether a last line without end stops before a cell, beside the price, of all rows."""
    grid = file.grid
    last_column = grid.width - 1
    if grid.ended or last_column in file.columns.prices or grid.header is None:
        return {}
    rows = grid.sample if len(grid.sample) < grid.lines.size else grid.sample[:-1]
    is_empty = not grid.last_row()[-1].strip() and len(rows) >= FEW
    is_cut = is_empty and all(row[-1].strip() for row in rows)
    return {EMPTY.format(column=grid.header[-1].strip()[:40]): int(is_cut)}


def _last_prices(file: ParsedFile) -> tuple[str, list[str]]:
    """Return the price that ends the last line, and others; nothing where it is not at the end."""
    grid = file.grid
    at_end = file.columns.prices[-1] == grid.width - 1 and file.table.decimal != grid.delimiter
    if grid.ended or not at_end:
        return "", []
    cells = [row[-1].strip() for row in grid.sample]
    last = (
        grid.rows[-1][-1]
        if grid.rows
        else (grid.body or b"").rstrip(b"\n").rsplit(b"\n", 1)[-1].decode()
    )
    return last.strip(), cells if len(grid.sample) < grid.lines.size else cells[:-1]


def _decimals(cell: str, mark: str) -> int:
    return len(cell.partition(mark)[2])


def _ends_far_off(file: ParsedFile) -> bool:
    """Whether the last line has no end, and its price alone jumps."""
    grid, table = file.grid, file.table
    if grid.ended:
        return False
    last = int(np.flatnonzero(table.lines == table.lines.max())[-1])
    values = table.values[: last + 1][table.codes[: last + 1] == table.codes[last]]
    if values.size < 2 or np.any(values <= 0) or table.lines[last] != grid.lines[-1]:
        return False
    is_far = np.abs(np.diff(np.log(values))) >= np.log(FAR)
    return bool(is_far[-1] and not np.any(is_far[:-1]))
