"""Texts beside the price with which its level changes: a unit, a currency, a kind of price."""

import itertools
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.parsing.values.numbers import is_number
from rnncli.prices.parsing.vocabulary.cell_words import FLAGS
from rnncli.prices.parsing.vocabulary.column_names import MARKETS, bare_name

SHIFTED = "symbols whose price changes its level with {column} (first {symbol}: {one} and {other})"

KINDS = 8  # different texts of one symbol at most: more say something of each day
SHARE = 0.75  # of the rows of a symbol whose text is that of the row before, at least
LARGER = 5  # times the usual step: a step with which the text changes
LEAST = 0.02  # of the price, that such a step has at least


def level_shifts(file: ParsedFile) -> dict[str, int]:
    """Return what the symbols change together with the level of their price, and how many do.

    Of a large file only pieces are looked at.
    """
    grid, columns, table = file.grid, file.columns, file.table
    if grid.header is None or columns.layout == "wide":
        return {}
    lines, rows = _priced_rows(grid, table)
    counts: dict[str, int] = {}
    for index in range(grid.width):
        name = grid.header[index].strip()[:40] or f"column {index + 1}"
        is_market = columns.symbol is not None and bare_name(name) in MARKETS
        if index in {*columns.named, *columns.prices} or is_market:
            continue
        cells = [row[index].strip() for row in rows]
        symbols = list(_changing(cells, lines, table)) if may_be_kinds(cells) else []
        if symbols:
            symbol, (one, other) = symbols[0]
            text = SHIFTED.format(column=name, symbol=symbol[:40], one=one[:20], other=other[:20])
            counts[text] = len(symbols)
    return counts


def _priced_rows(grid: CellGrid, table: Table) -> tuple[IntArray, list[list[str]]]:
    """Return the place in the table of the rows looked at that have a price, and their cells."""
    spread = [(line, cells) for line, cells in grid.spread() if len(cells) == grid.width]
    lines = np.array([line for line, _ in spread], dtype=np.int64)
    places = np.minimum(np.searchsorted(table.lines, lines), table.lines.size - 1)
    priced = np.flatnonzero(table.lines[places] == lines)
    return places[priced], [spread[i][1] for i in priced.tolist()]


def may_be_kinds(cells: list[str]) -> bool:
    """Whether cells are texts of some kinds, rather than numbers or one for each row."""
    kinds = set(cells)
    if not 1 < len(kinds) <= max(2, len(cells) // 2):
        return False
    texts = [cell for cell in kinds if cell and not is_number(cell)]
    return len(texts) > 1 and not {cell.casefold() for cell in kinds} <= FLAGS


def _changing(
    cells: list[str], places: IntArray, table: Table
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each symbol whose price has another level where its text is another, and two texts."""
    groups: dict[int, list[int]] = defaultdict(list)
    for i, code in enumerate(table.codes[places].tolist()):
        groups[code].append(i)
    for code, rows in groups.items():
        if table.dates is not None:
            rows.sort(key=lambda i: table.dates[places[i]])  # type: ignore[index]
        texts = [cells[i] for i in rows]
        changes = np.array([a != b for a, b in itertools.pairwise(texts)], dtype=bool)
        are_few = 0 < np.count_nonzero(changes) <= max(1, int((1 - SHARE) * len(texts)))
        if are_few and len(set(texts)) <= KINDS:
            values = table.values[places[rows]]
            if _steps_with(values, changes):
                change = int(np.argmax(changes))
                yield table.symbols[code], (texts[change], texts[change + 1])


def _steps_with(values: Float64Array, changes: BoolArray) -> bool:
    """Whether the steps at changes are far larger than the others."""
    if np.any(values <= 0) or changes.all():
        return False
    steps = np.abs(np.diff(np.log(values)))
    usual = max(float(np.median(steps[~changes])), LEAST / LARGER)
    return float(np.median(steps[changes])) >= LARGER * usual
