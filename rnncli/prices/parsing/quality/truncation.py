"""A last line without an end: its price may be cut off, in the midst or behind the mark."""

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.parsing.values.numbers import is_missing

FAR = 5  # a price over the one before it, or the reverse
FEW = 3  # prices that show how many decimals are usual


def refuse_cut(grid: CellGrid, columns: Columns, table: Table) -> None:
    """Refuse a last line without end whose price ends in a decimal mark, as 1496. does."""
    last, others = _ends(grid, columns, table)
    mark = table.decimal
    decimal = any(mark in cell.strip(mark) for cell in others)
    usual = any(cell.endswith(mark) for cell in others)
    if last.endswith(mark) and decimal and not usual:
        raise DataError(
            f"{grid.name}, line {grid.lines[-1]}: cut off in a price; fetch the file again"
        )


def cut_prices(grid: CellGrid, columns: Columns, table: Table) -> dict[str, int]:
    """Return what speaks for a last price that is cut off: it is far off, or has few decimals."""
    last, others = _ends(grid, columns, table)
    shorter = (
        not is_missing(last)
        and len(others) >= FEW
        and _decimals(last, table) < min(_decimals(cell, table) for cell in others)
    )
    far = _looks_cut(grid, table)
    return {
        "last lines cut off with a price far from the one before": int(far),
        "last lines without end whose price has fewer decimals than all others": int(
            bool(shorter) and not far
        ),
    }


def _ends(grid: CellGrid, columns: Columns, table: Table) -> tuple[str, list[str]]:
    """Return the price that ends the last line, and others; nothing where it is not at the end."""
    at_end = columns.prices[-1] == grid.width - 1 and table.decimal != grid.delimiter
    if grid.ended or not at_end:
        return "", []
    cells = [row[-1].strip() for row in grid.sample]
    last = (
        grid.rows[-1][-1]
        if grid.rows
        else (grid.body or b"").rstrip(b"\n").rsplit(b"\n", 1)[-1].decode()
    )
    return last.strip(), cells if len(grid.sample) < grid.lines.size else cells[:-1]


def _decimals(cell: str, table: Table) -> int:
    return len(cell.partition(table.decimal)[2])


def _looks_cut(grid: CellGrid, table: Table) -> bool:
    """Whether the last line has no end, and its price alone is far from the one before."""
    if grid.ended:
        return False
    last = int(np.flatnonzero(table.lines == table.lines.max())[-1])
    values = table.values[: last + 1][table.codes[: last + 1] == table.codes[last]]
    if values.size < 2 or np.any(values <= 0) or table.lines[last] != grid.lines[-1]:
        return False
    far = np.abs(np.diff(np.log(values))) >= np.log(FAR)
    return bool(far[-1] and not np.any(far[:-1]))
