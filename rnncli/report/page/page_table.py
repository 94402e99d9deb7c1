"""A table of the page: columns of cells, without the empty ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rnncli.report.page.formats import DASH

EMPTY = frozenset({"", DASH})

Kind = Literal["num", "text", "name", "opens"]


@dataclass(frozen=True)
class Cell:
    """A text; `sort`: what its column sorts by, if not the text; `why`: what hovering shows.

    `opens`: the number of the forecast that the name of a row leads to.
    """

    text: str
    sort: float | None = None
    style: str = ""
    why: str = ""
    opens: int | None = None


@dataclass(frozen=True)
class Column:
    """A heading with its definition's key, and a cell for each row.

    `kind`: num, text, name (of the row), or opens (the name, which opens what is known of it).
    """

    key: str
    title: str
    cells: Sequence[Cell]
    kind: Kind = "num"

    @property
    def names_rows(self) -> bool:
        """Whether its cells are the headings of the rows."""
        return self.kind in {"name", "opens"}

    @property
    def is_number(self) -> bool:
        """Whether it sorts by size, the largest first."""
        return self.kind == "num"

    @property
    def is_empty(self) -> bool:
        """Whether all of its cells are empty."""
        return not self.names_rows and all(cell.text in EMPTY for cell in self.cells)


@dataclass(frozen=True)
class PageTable:
    """Columns under a label for screen readers; `attributes`: of each row, in HTML."""

    label: str
    columns: tuple[Column, ...]
    attributes: tuple[Mapping[str, str | int], ...] = ()

    def rows(self) -> Iterator[tuple[Mapping[str, str | int], tuple[Cell, ...]]]:
        """The attributes and the cells of each row."""
        cells = zip(*(column.cells for column in self.columns), strict=True)
        for number, row in enumerate(cells):
            yield (self.attributes[number] if self.attributes else {}), row


def column(key: str, title: str, cells: Sequence[object], kind: Kind = "num") -> Column:
    """A column; a cell that is no `Cell` is shown as text."""
    made = [cell if isinstance(cell, Cell) else Cell(str(cell)) for cell in cells]
    return Column(key, title, made, kind)


def page_table(
    label: str, columns: Sequence[Column], attributes: Sequence[Mapping[str, str | int]] = ()
) -> PageTable:
    """A table without its empty columns; one without rows keeps all of them."""
    shown = tuple(one for one in columns if not one.cells or not one.is_empty)
    return PageTable(label, shown, tuple(attributes))
