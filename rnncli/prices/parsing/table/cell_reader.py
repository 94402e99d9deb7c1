"""The needed columns of a grid: text as categories, prices as floats, or the first bad cell."""

import contextlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.grid.header import known_names, plain_name
from rnncli.prices.parsing.table import decimal_mark
from rnncli.prices.parsing.table.categorical import Categorical, merge, shorten
from rnncli.prices.parsing.values import footnotes, numbers
from rnncli.prices.parsing.vocabulary.column_names import AMOUNTS

if TYPE_CHECKING:
    from rnncli.prices.parsing.table.pandas_columns import BulkColumns
    from rnncli.prices.parsing.table.plain_columns import PlainColumns

MARKED = "numbers with the mark of a footnote, read without it (first {cell} on line {line})"

HUGE = 1e99  # prices are smaller; a text is judged by its length
FEW = 40  # cells that show whether one of them is bad or most are
_UNREAD = "\ufffd"


class CellReader:
    """Columns by their index, cut from rows for a small file and by pandas for a large one."""

    NUMBER = "a number"  # what a column of the user's own holds

    def __init__(
        self, grid: CellGrid, columns: Columns, decimal: str | None, kind: str = "a price"
    ):
        self.grid = grid
        self.decimal = decimal or "."
        self.evidence = setting("decimal") if decimal else "every price is a plain number"
        self.events: BoolArray | None = None  # rows that tell of a dividend or a split
        self.percent = False  # whether prices have a percent sign
        self.marked: dict[str, int] = {}  # marks of footnotes, read past: rows
        self._kind = kind
        self._texts: dict[int, Categorical] = {}
        self._columns = columns
        self._requested = decimal
        self._bulk: BulkColumns | PlainColumns | None = None
        if grid.body is not None:
            self._bulk = self._read_bulk(self._looks_bare())
            if self._may_be_dotted():
                self._bulk = self._read_bulk(bare=False)

    def _read_bulk(self, bare: bool) -> "BulkColumns | PlainColumns":
        roles = self._columns
        named = (roles.date, roles.time, roles.symbol, *roles.beside)
        texts = [i for i in named if i is not None]
        if bare:
            from rnncli.prices.parsing.table import plain_columns  # noqa: PLC0415 - see below

            if plain_columns.are_worth_it(self.grid):
                with contextlib.suppress(plain_columns.NotPlainError):
                    return plain_columns.PlainColumns(self.grid, texts, roles.prices)
        # pandas takes longer to load than a small file to read
        from rnncli.prices.parsing.table.pandas_columns import BulkColumns  # noqa: PLC0415

        return BulkColumns(self.grid, texts, roles.prices, bare)

    @cached_property
    def _neighbours(self) -> decimal_mark.NeighbourCells:
        return decimal_mark.NeighbourCells(self.grid, self._columns)

    def _looks_bare(self) -> bool:
        """Whether the first prices are plain numbers without a decimal comma beside them."""
        if self._requested is not None and self._requested != ".":
            return False
        cells = [row[i] for row in self.grid.sample for i in self._columns.prices]
        if not all(numbers.is_missing(cell) or numbers.is_number(cell) for cell in cells):
            return False
        if self._requested is not None or self.grid.delimiter == ",":
            return True
        return self._neighbours.mark in {".", None}

    def _may_be_dotted(self) -> bool:
        """Whether all of a column must be looked at to tell what its points are."""
        if self._bulk is None or self._requested is not None:
            return False
        for index in self._columns.prices:
            mark = numbers.decimal_mark(row[index] for row in self.grid.sample)
            if mark is None and self._neighbours.mark != ".":
                values = self._bulk.floats(index)
                points = b"." in (self.grid.body or b"")
                if values is not None and decimal_mark.may_be_dotted(values, points):
                    return True
        return False

    def text(self, index: int) -> Categorical:
        """Return the column as distinct stripped cells, in order of first appearance."""
        if index not in self._texts:
            self._texts[index] = self._text(index)
        return self._texts[index]

    def _text(self, index: int) -> Categorical:
        if self._bulk is not None:
            distinct, codes = self._bulk.coded(index)
            cells, codes = merge([cell.strip() for cell in distinct], codes)
            return Categorical(list(cells), codes)
        place: dict[str, int] = {}
        rows = self.grid.rows or []
        codes = np.array(
            [place.setdefault(row[index].strip(), len(place)) for row in rows], dtype=np.int64
        )
        return Categorical(list(place), codes)

    def price(self, index: int, name: str, groups: IntArray | None = None) -> Float64Array:
        """Return the column as floats, shape (rows,), NaN for a missing value.

        Prices of one group, of all rows without groups, must be in one currency. Raises
        DataError for the first cell that is not a price, or may be read in two ways.
        """
        values = self.plain_floats(index, name)
        if values is not None:
            return values
        column = self._without_marks(self._without_events(self.text(index)))
        mark = self.find_decimal_mark(column, name, groups)
        parsed, bad = numbers.parse(column.cells, mark)
        if bad is not None:
            raise self._no_price(column, name, mark, bad)
        self.refuse_mixed_suffixes(column, name)
        self.refuse_mixed_units(column, name, groups)
        self.refuse_quote_marks(column, name)
        self.refuse_thirty_seconds(column, name)
        self.refuse_brackets(column, parsed, name)
        return np.array(parsed, dtype=np.float64)[column.codes]

    def plain_floats(self, index: int, name: str) -> Float64Array | None:
        """Return a column that pandas has read as numbers; None where cells must be looked at."""
        values = self._bulk.floats(index) if self._bulk is not None else None
        if values is None or not np.any(np.abs(values) >= HUGE):
            return values
        if np.any(np.isinf(values)):
            row = int(np.argmax(np.isinf(values)))
            raise self.fault(row, name, f"{values[row]} is not {self._kind}")
        self._bulk = self._read_bulk(bare=False)  # as text: it may have more digits than a price
        return None

    def _without_marks(self, column: Categorical) -> Categorical:
        """Take the marks of footnotes off, and count the rows that had one."""
        cells, marked = footnotes.without_marks(column.cells)
        if not marked:
            return column
        rows = np.flatnonzero(np.isin(column.codes, marked))
        text = MARKED.format(
            cell=shorten(column.cells[column.codes[rows[0]]]), line=int(self.grid.lines[rows[0]])
        )
        self.marked |= {text: int(rows.size)}
        return Categorical(cells, column.codes)

    def _no_price(self, column: Categorical, name: str, mark: str, bad: int) -> DataError:
        """Return the error at the first cell that is bad with the mark that fits most cells."""
        if self._requested is None:
            mark, bad = decimal_mark.fewest_bad(column.cells, mark, bad)
        what = f"{shorten(column.cells[bad])} is not {self._kind}"
        return self.fault(column.first_row(bad), name, what, self._remedy(column.cells, mark))

    def _remedy(self, cells: list[str], mark: str) -> str:
        """Return what mends one bad cell, or a column of them."""
        bad = sum(numbers.parse([cell], mark)[1] is not None for cell in cells[:FEW])
        if 2 * bad <= len(cells[:FEW]):
            return "mend that line"
        roles = (self._columns.date, self._columns.time, self._columns.symbol)
        others = self.grid.width - len({*self._columns.prices, *roles} - {None})
        option = setting("feature" if self._kind == self.NUMBER else "column")
        choose = f", or choose another {option}" if others else ""
        return f"write numbers as 1234.5{choose}"

    def _without_events(self, column: Categorical) -> Categorical:
        """Empty the cells that tell of a dividend or a split instead of a price."""
        events = {i for i, cell in enumerate(column.cells) if numbers.is_event(cell)}
        if not events:
            return column
        rows = np.isin(column.codes, list(events))
        self.events = rows if self.events is None else self.events | rows
        cells = ["" if i in events else cell for i, cell in enumerate(column.cells)]
        return Categorical(cells, column.codes)

    def refuse_quote_marks(self, column: Categorical, name: str) -> None:
        """Refuse 98,50 b, which is a bid rather than billions."""
        if plain_name(name) in AMOUNTS:
            return
        for index, cell in enumerate(column.cells):
            if numbers.has_quote_mark(cell):
                what = f"{shorten(cell)} may be billions or a kind of quote"
                raise self.fault(column.first_row(index), name, what, "remove the letter")

    def refuse_thirty_seconds(self, column: Categorical, name: str) -> None:
        """Refuse 110'165, which may be 32nds of a point."""
        if self._requested is None and numbers.may_be_thirty_seconds(column.cells):
            first = next(i for i, c in enumerate(column.cells) if not numbers.is_missing(c))
            what = f"{shorten(column.cells[first])} may be thousands or 32nds of a point"
            remedy = f"convert 32nds, or read thousands with {setting('decimal')} ."
            raise self.fault(column.first_row(first), name, what, remedy)

    def refuse_brackets(self, column: Categorical, values: Sequence[float], name: str) -> None:
        """Refuse (99,38) among prices of its size: below zero, or an estimate."""
        if (index := numbers.doubtful_bracket(column.cells, values)) is not None:
            what = f"{shorten(column.cells[index])} may be below zero or an estimate"
            remedy = "write it with a minus sign, or without brackets"
            raise self.fault(column.first_row(index), name, what, remedy)

    def refuse_mixed_suffixes(self, column: Categorical, name: str) -> None:
        """Refuse numbers with K, M or B beside some without, but in volumes."""
        if plain_name(name) in AMOUNTS:
            return
        filled = _filled(column.cells)
        suffixed = [i for i in filled if numbers.has_suffix(column.cells[i])]
        if suffixed and len(suffixed) < sum(column.cells[i].strip("0.,") != "" for i in filled):
            what = f"{shorten(column.cells[suffixed[0]])} has a suffix and other prices have none"
            raise self.fault(column.first_row(suffixed[0]), name, what)

    def refuse_mixed_units(self, column: Categorical, name: str, groups: IntArray | None) -> None:
        """Refuse two currencies in one series, and a percent sign beside numbers without it."""
        units = [numbers.unit_of(cell) for cell in column.cells]
        kinds = list(dict.fromkeys(unit for unit in units if unit))
        self.percent |= "%" in kinds
        without_percent = "%" in kinds and any(not units[i] for i in _filled(column.cells))
        if len(kinds) + without_percent < 2:
            return
        places = {unit: place for place, unit in enumerate(("", *kinds))}
        of_rows = np.array([places[unit] for unit in units], dtype=np.int64)[column.codes]
        series = groups if groups is not None else np.zeros_like(of_rows)
        pairs = np.unique(series[of_rows > 0] * len(places) + of_rows[of_rows > 0])
        if "%" in kinds or np.unique(pairs // len(places)).size < pairs.size:
            row = int(np.flatnonzero(of_rows == places[kinds[-1]])[0])
            what = f"prices in {' and '.join(kinds)}"
            raise self.fault(row, name, what, f"split the file or choose {setting('column')}")

    def find_decimal_mark(self, column: Categorical, name: str, groups: IntArray | None) -> str:
        """Return the decimal mark of a column, proved by its cells or by those beside it."""
        if self._requested is not None:
            return self._requested
        mark, proof = numbers.decimal_proof(column.cells)
        why = _one_way(proof)
        ungrouped = numbers.ungrouped_beside_grouped(column.cells, mark)
        if ungrouped and plain_name(name) not in AMOUNTS:
            raise self._open_mark(column, name, ungrouped)
        if mark is None:
            mark, why = self.mark_of_neighbours(column, name, groups)
        self.decimal = "," if mark == "," else "."
        self.evidence = why or self.evidence
        return self.decimal

    def mark_of_neighbours(
        self, column: Categorical, name: str, groups: IntArray | None
    ) -> tuple[str | None, str]:
        """Return the mark that the columns beside or the steps of the prices prove, and why."""
        cells = column.cells
        mark = self._neighbours.mark
        for sign in ".,":
            signed = [cell for cell in cells if sign in cell and not numbers.is_missing(cell)]
            if not signed:
                continue
            by_steps = None
            if numbers.may_be_thousands(cells, (), sign):
                by_steps = decimal_mark.by_steps(cells, column.codes, groups, sign)
                if by_steps is not None and mark in {None, "both", by_steps}:
                    return by_steps, "otherwise the price steps by about a thousand"
            is_open = sign == "," or self._neighbours.leaves_open(cells)
            if by_steps is not None or (mark in {None, "both"} and is_open):
                raise self._open_mark(column, name, signed[0])
        return mark, _one_way(self._neighbours.proof)

    def _open_mark(self, column: Categorical, name: str, cell: str) -> DataError:
        what = f"{shorten(cell)} may have a decimal mark or one between thousands"
        remedy = f"say which with {setting('decimal')} . or {setting('decimal')} ,"
        return self.fault(column.first_row(column.cells.index(cell)), name, what, remedy)

    def fault(self, row: int, name: str, what: str, remedy: str = "mend that line") -> DataError:
        """Return an error at one row of one column."""
        line = int(self.grid.lines[row])
        column = name if name.startswith("column ") else f"column {name}"
        where = f"{self.grid.name}, line {line}, {column[:47]}"
        if known_names(self.grid.row(row)) > 1:
            what, remedy = "another header in the midst of the rows", "split the file there"
        if self.grid.guessed and _UNREAD in what:
            remedy = f"say how the text is encoded with {setting('encoding')}"
        return DataError(f"{where}: {what}; {remedy}")


def _filled(cells: Sequence[str]) -> list[int]:
    """Return which cells hold a value."""
    return [i for i, cell in enumerate(cells) if not numbers.is_missing(cell)]


def _one_way(proof: str) -> str:
    return f"{shorten(proof)} can be read in one way only" if proof else ""
