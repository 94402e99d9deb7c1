"""The needed columns of a grid: text as codes, prices as floats, or the first cell at fault."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.grid.header import known_names, plain_name
from rnncli.prices.parsing.table import decimal_mark
from rnncli.prices.parsing.table.categorical import Categorical, merge, shorten
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.vocabulary.column_names import AMOUNTS

if TYPE_CHECKING:
    from rnncli.prices.parsing.table.pandas_columns import BulkColumns


HUGE = 1e99  # no price is so large; as text it is judged by its length
FEW = 40  # cells that show whether one of them is bad or most are
_UNREAD = "\ufffd"


class CellReader:
    """Columns by their index, cut from rows for a small file and by pandas for a large one."""

    def __init__(
        self, grid: CellGrid, columns: Columns, decimal: str | None, kind: str = "a price"
    ):
        self.grid = grid
        self._kind = kind
        self.decimal = decimal or "."
        self.evidence = "--decimal" if decimal else "every price is a plain number"
        self.events: BoolArray | None = None  # rows that tell of a dividend or a split
        self.percent = False  # whether prices have a percent sign
        self._columns = columns
        self._wanted = decimal
        self._bulk: BulkColumns | None = None
        if grid.body is not None:
            self._bulk = self._read_bulk(self._looks_bare())
            if self._may_be_dotted():
                self._bulk = self._read_bulk(bare=False)

    def _read_bulk(self, bare: bool) -> "BulkColumns":
        # pandas takes longer to load than a small file to read
        from rnncli.prices.parsing.table.pandas_columns import BulkColumns  # noqa: PLC0415

        own = self._columns
        named = (own.date, own.time, own.symbol, *own.beside)
        texts = [i for i in named if i is not None]
        return BulkColumns(self.grid, texts, own.prices, bare)

    @cached_property
    def _beside(self) -> decimal_mark.NeighbourCells:
        return decimal_mark.NeighbourCells(self.grid, self._columns)

    def _looks_bare(self) -> bool:
        """Whether the first prices are plain numbers without a decimal comma beside them."""
        if self._wanted is not None and self._wanted != ".":
            return False
        cells = [row[i] for row in self.grid.sample for i in self._columns.prices]
        if not all(numbers.is_missing(cell) or numbers.is_number(cell) for cell in cells):
            return False
        if self._wanted is not None or self.grid.delimiter == ",":
            return True
        return self._beside.proof[0] in {".", None}

    def _may_be_dotted(self) -> bool:
        """Whether all of a column must be looked at to tell what its points are."""
        if self._bulk is None or self._wanted is not None:
            return False
        for index in self._columns.prices:
            mark = numbers.decimal_mark(row[index] for row in self.grid.sample)
            if mark is None and self._beside.proof[0] != ".":
                values = self._bulk.floats(index)
                if values is not None and decimal_mark.may_be_dotted(values):
                    return True
        return False

    def text(self, index: int) -> Categorical:
        """Return the column as distinct stripped cells, in order of first appearance."""
        if self._bulk is not None:
            found, codes = self._bulk.coded(index)
            cells, codes = merge([cell.strip() for cell in found], codes)
            return Categorical(list(cells), codes)
        place: dict[str, int] = {}
        rows = self.grid.rows or []
        codes = np.array(
            [place.setdefault(row[index].strip(), len(place)) for row in rows], dtype=np.int64
        )
        return Categorical(list(place), codes)

    def price(self, index: int, name: str, groups: IntArray | None = None) -> Float64Array:
        """Return the column as floats, NaN where a cell says that there is no value.

        Prices of one group, all rows where there are no groups, must be in one currency.
        """
        values = self._bulk.floats(index) if self._bulk is not None else None
        if values is not None:
            if not np.any(np.abs(values) >= HUGE):
                return values
            if np.any(np.isinf(values)):
                row = int(np.flatnonzero(np.isinf(values))[0])
                raise self.fault(row, name, f"{values[row]} is not {self._kind}")
            self._bulk = self._read_bulk(
                bare=False
            )  # as text: it may have more digits than a price has
        coded = self._without_events(self.text(index))
        mark = self._decimal_mark(coded, name, groups)
        parsed, bad = numbers.parse(coded.cells, mark)
        if bad is not None:
            mark, bad = self._fewest_bad(coded.cells, mark, bad)
            what = f"{shorten(coded.cells[bad])} is not {self._kind}"
            raise self.fault(coded.first_row(bad), name, what, self._remedy(coded.cells, mark))
        self._check_units(coded, name, groups)
        self._check_quote_marks(coded, name)
        return np.array(parsed, dtype=np.float64)[coded.codes]

    def _fewest_bad(self, cells: list[str], mark: str, bad: int) -> tuple[str, int]:
        """Return the mark with which the fewest first cells are bad, and the first that is."""
        if self._wanted is not None:
            return mark, bad
        found = {}
        for sign in (mark, "," if mark == "." else "."):
            odd = [i for i, cell in enumerate(cells) if numbers.parse([cell], sign)[1] is not None]
            found[sign] = odd or [bad]
        best = min(found, key=lambda sign: len(found[sign]))
        return best, found[best][0]

    def _remedy(self, cells: list[str], mark: str) -> str:
        """Return what mends one bad cell, or a column of them."""
        bad = sum(numbers.parse([cell], mark)[1] is not None for cell in cells[:FEW])
        alone = 2 * bad <= len(cells[:FEW])
        roles = (self._columns.date, self._columns.time, self._columns.symbol)
        others = self.grid.width - len({*self._columns.prices, *roles} - {None})
        choose = ", or choose another --column" if others else ""
        return "mend that line" if alone else f"write numbers as 1234.5{choose}"

    def _without_events(self, coded: Categorical) -> Categorical:
        """Empty the cells that tell of a dividend or a split instead of a price."""
        events = [i for i, cell in enumerate(coded.cells) if numbers.is_event(cell)]
        if not events:
            return coded
        here = np.isin(coded.codes, events)
        self.events = here if self.events is None else self.events | here
        gone = set(events)
        cells = ["" if i in gone else cell for i, cell in enumerate(coded.cells)]
        return Categorical(cells, coded.codes)

    def _check_quote_marks(self, coded: Categorical, name: str) -> None:
        """Refuse 98,50 b, which is a bid rather than billions, and 110'165, which may be 32nds."""
        odd = next((i for i, c in enumerate(coded.cells) if numbers.has_quote_mark(c)), None)
        if odd is not None and plain_name(name) not in AMOUNTS:
            what = f"{shorten(coded.cells[odd])} may be billions or a kind of quote"
            raise self.fault(coded.first_row(odd), name, what, "remove the letter")
        if self._wanted is None and numbers.may_be_thirty_seconds(coded.cells):
            first = next(i for i, c in enumerate(coded.cells) if not numbers.is_missing(c))
            what = f"{shorten(coded.cells[first])} may be thousands or 32nds of a point"
            remedy = "convert 32nds, or read thousands with --decimal ."
            raise self.fault(coded.first_row(first), name, what, remedy)

    def _check_units(self, coded: Categorical, name: str, groups: IntArray | None) -> None:
        """Refuse two currencies in one series, and numbers with K, M or B beside some without."""
        filled = [i for i, cell in enumerate(coded.cells) if not numbers.is_missing(cell)]
        odd = [i for i in filled if numbers.has_suffix(coded.cells[i])]
        if plain_name(name) in AMOUNTS:
            odd = []  # 980 beside 1.2K is nothing odd there
        if odd and len(odd) < sum(coded.cells[i].strip("0.,") != "" for i in filled):
            cell = coded.cells[odd[0]]
            what = f"{shorten(cell)} has a suffix and other prices have none"
            raise self.fault(coded.first_row(odd[0]), name, what)
        units = [numbers.unit_of(cell) for cell in coded.cells]
        kinds = list(dict.fromkeys(unit for unit in units if unit))
        self.percent |= "%" in kinds
        if len(kinds) + ("%" in kinds and any(not units[i] for i in filled)) < 2:
            return
        places = {unit: place for place, unit in enumerate(("", *kinds))}
        of_rows = np.array([places[unit] for unit in units], dtype=np.int64)[coded.codes]
        series = groups if groups is not None else np.zeros_like(of_rows)
        pairs = np.unique(series[of_rows > 0] * len(places) + of_rows[of_rows > 0])
        if "%" in kinds or np.unique(pairs // len(places)).size < pairs.size:
            row = int(np.flatnonzero(of_rows == places[kinds[-1]])[0])
            what = f"prices in {' and '.join(kinds)}"
            raise self.fault(row, name, what, "split the file or choose --column")

    def _decimal_mark(self, coded: Categorical, name: str, groups: IntArray | None) -> str:
        """Return the decimal mark of a column, proved by its own cells or by those beside it."""
        if self._wanted is not None:
            return self._wanted
        mark, proof = numbers.decimal_proof(coded.cells)
        why = _one_way(proof)
        odd = numbers.ungrouped_beside_grouped(coded.cells, mark)
        if odd and plain_name(name) not in AMOUNTS:
            raise self._open_mark(coded, name, odd)
        if mark is None:
            mark, why = self._mark_beside(coded, name, groups)
        self.decimal = "," if mark == "," else "."
        self.evidence = why or self.evidence
        return self.decimal

    def _mark_beside(
        self, coded: Categorical, name: str, groups: IntArray | None
    ) -> tuple[str | None, str]:
        """Return the mark that the columns beside or the steps of the prices prove, and why."""
        cells = coded.cells
        mark, proof = self._beside.proof
        for sign in ".,":
            odd = next(
                (cell for cell in cells if sign in cell and not numbers.is_missing(cell)), ""
            )
            if not odd:
                continue
            settled = None
            if numbers.may_be_thousands(cells, (), sign):
                settled = decimal_mark.by_steps(cells, coded.codes, groups, sign)
                if settled is not None and mark in {None, "both", settled}:
                    return settled, "otherwise the price steps by about a thousand"
            is_open = sign == "," or self._beside.leaves_open(cells)
            if settled is not None or (mark in {None, "both"} and is_open):
                raise self._open_mark(coded, name, odd)
        return mark, _one_way(proof)

    def _open_mark(self, coded: Categorical, name: str, cell: str) -> DataError:
        what = f"{shorten(cell)} may have a decimal mark or one between thousands"
        remedy = "say which with --decimal . or --decimal ,"
        return self.fault(coded.first_row(coded.cells.index(cell)), name, what, remedy)

    def fault(self, row: int, name: str, what: str, remedy: str = "mend that line") -> DataError:
        """Return an error at one row of one column."""
        line = int(self.grid.lines[row])
        where = f"{self.grid.name}, line {line}, column {name[:40]}"
        if known_names(self.grid.row(row)) > 1:
            what, remedy = "another header in the midst of the rows", "split the file there"
        if self.grid.guessed and _UNREAD in what:
            remedy = "say how the text is encoded with --encoding"
        return DataError(f"{where}: {what}; {remedy}")


def _one_way(proof: str) -> str:
    return f"{shorten(proof)} can be read in one way only" if proof else ""
