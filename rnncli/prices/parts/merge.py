"""The reports of the parts of a file as one: that of the file where it is read as a whole.

Parts that were read in another way each, or with faults that say something of the whole file, are
not merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.quality.checks import SERIES_COUNTS
from rnncli.prices.parsing.quality.duplicates import CONTRADICTED, CONTRADICTED_BESIDE
from rnncli.prices.parsing.quality.file_report import FileReport, ParsedFile
from rnncli.prices.parsing.quality.price_checks import closes_outside
from rnncli.prices.parsing.quality.symbol_checks import letters_of, symbols_on_several_markets
from rnncli.prices.parsing.quality.unit_changes import may_be_kinds
from rnncli.prices.parsing.table.table import WITHOUT_PRICE, Table
from rnncli.prices.parts.cut import TogetherError

FIRST = " (first "  # where a text begins to name the first place
OF_SERIES = [check.summary.partition(FIRST)[0] for check in SERIES_COUNTS]
OF_ROWS = [WITHOUT_PRICE, CONTRADICTED, CONTRADICTED_BESIDE]


@dataclass(frozen=True)
class SampledGrid(CellGrid):
    """A grid of which only the rows from all over it are there."""

    rows_of_spread: tuple[tuple[int, list[str]], ...] = ()

    def spread(self) -> "Sequence[tuple[int, list[str]]]":  # type: ignore[override]
        """The rows from all over the file, and their lines."""
        return self.rows_of_spread


class Merged:
    """What the parts so far have in common, and their counts."""

    def __init__(self, report: FileReport, file: ParsedFile) -> None:
        self.report = _decisions(report)
        self.columns = file.columns
        self._fixed = _fixed_cells(file)
        self._reports: list[FileReport] = []
        self._letters: dict[str, int] = {}  # symbols without marks: the number of the part
        self._file = _without_rows(file)

    def add(self, report: FileReport, file: ParsedFile) -> None:
        """Count a part in. Raises TogetherError where it does not fit those before it."""
        same = _decisions(report) == self.report and _roles(file.columns) == _roles(self.columns)
        if not same or report.noted or report.repairs or _fixed_cells(file) != self._fixed:
            raise TogetherError
        kinds = [text.partition(FIRST)[0] for text in (*report.noticed, *report.mended)]
        if not (set(kinds) <= set(OF_SERIES) and report.dropped.keys() <= set(OF_ROWS)):
            raise TogetherError
        number = len(self._reports)
        for symbol in file.table.symbols:
            letters = letters_of(symbol) or symbol
            if self._letters.setdefault(letters, number) != number:
                raise TogetherError  # one series, or two whose dates say whether they are one
        self._reports.append(report)

    def whole(self, spread: Sequence[list[str]]) -> FileReport:
        """The report of the file; `spread`: rows from all over it. Raises TogetherError."""
        self._check(spread)
        parts = self._reports
        return replace(
            self.report,
            rows=sum(part.rows for part in parts),
            dropped=_added([part.dropped for part in parts], OF_ROWS),
            mended=_added([part.mended for part in parts], OF_SERIES),
            noticed=_added([part.noticed for part in parts], OF_SERIES),
            duplicates=sum(part.duplicates for part in parts),
            dropped_by_symbol=_added([part.dropped_by_symbol for part in parts]),
            duplicates_by_symbol=_added([part.duplicates_by_symbol for part in parts]),
        )

    def _check(self, spread: Sequence[list[str]]) -> None:
        """Raise TogetherError if a check of rows from all over a file sees something."""
        columns, grid = self.columns, self._file.grid
        sampled = SampledGrid(**vars(grid), rows_of_spread=tuple((0, row) for row in spread))
        file = replace(self._file, grid=sampled)
        others = set(range(grid.width)) - {*columns.named, *columns.prices}
        kinds = [may_be_kinds([row[i].strip() for row in spread]) for i in sorted(others)]
        if any(kinds) or closes_outside(file) or symbols_on_several_markets(file):
            raise TogetherError


def _without_rows(file: ParsedFile) -> ParsedFile:
    """What a file is read by, without its rows."""
    no_rows, none, t = np.zeros(0, np.int64), np.zeros(0), file.table
    grid = replace(file.grid, lines=no_rows, sample=[], body=None, rows=None)
    table = Table((), no_rows, None, none, no_rows, t.date_format, decimal=t.decimal)
    return replace(file, grid=grid, table=table)


def _decisions(report: FileReport) -> FileReport:
    """A report without its counts."""
    return replace(
        report, rows=0, dropped={}, mended={}, noticed={}, duplicates=0, dropped_by_symbol={},
        duplicates_by_symbol={},
    )  # fmt: skip


def _roles(columns: Columns) -> Columns:
    return replace(columns, evidence={})


def _fixed_cells(file: ParsedFile) -> dict[int, str]:
    """The columns without a role whose first cells are all the same, and that cell."""
    cells = list(zip(*file.grid.sample, strict=True))
    used = {*file.columns.named, *file.columns.prices}
    return {i: cells[i][0] for i in range(len(cells)) if i not in used and len(set(cells[i])) == 1}


def _added(
    counts: Sequence[Mapping[str, int]], order: Sequence[str] | None = None
) -> dict[str, int]:
    """Counts of all parts by kind, under the text of the first, in the order of the kinds."""
    texts: dict[str, str] = {}
    sums: dict[str, int] = {}
    for of_part in counts:
        for text, count in of_part.items():
            kind = text.partition(FIRST)[0] if order else text
            texts.setdefault(kind, text)
            sums[kind] = sums.get(kind, 0) + count
    kinds = list(sums) if order is None else [kind for kind in order if kind in sums]
    return {texts[kind]: sums[kind] for kind in kinds}
