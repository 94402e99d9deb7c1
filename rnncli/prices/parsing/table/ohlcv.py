"""What each row has beside its price: open, high, low and volume, and columns by their names."""

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.cell_reader import CellReader

LACKING = "rows without {field}"
NEGATIVE = "volume below zero, taken as missing (first {place})"
NOT_POSITIVE = "{field} not above zero, taken as missing (first {place})"
HIGH_BELOW_LOW = "high below low, both taken as missing (first {place})"
_PRICES = ("open", "high", "low")
_ARTICLES = {"open": "an"}


def read_fields(
    grid: CellGrid, columns: Columns, decimal: str | None, groups: IntArray | None = None,
    optional: Collection[str] = (),
) -> dict[str, Float64Array]:  # fmt: skip
    """Return every field that is carried, shape (price columns, rows), NaN where a cell is empty.

    Raises DataError with file, line and column for the first cell that is not a number; where the
    field it is in is `optional`, that is left out.
    """
    matrices: dict[str, Float64Array] = {}
    # volumes aside: a K or an M among them would make all columns slow to read
    others = tuple(name for name in columns.fields if name not in (*_PRICES, "volume"))
    for kind, names in (
        ("a price", _PRICES), ("a volume", ("volume",)), (CellReader.NUMBER, others),
    ):  # fmt: skip
        requested = [name for name in columns.fields if name in names]
        if not requested:
            continue
        indices = tuple(i for name in requested for i in columns.fields[name])
        reader = CellReader(grid, replace(columns, prices=indices), decimal, kind)
        for name in requested:
            try:
                matrices[name] = np.stack(
                    [reader.price(i, _title(grid, i), groups) for i in columns.fields[name]]
                )
            except DataError:
                if name not in optional:
                    raise
    return matrices


def _title(grid: CellGrid, index: int) -> str:
    return grid.header[index].strip() if grid.header else f"column {index + 1}"


def count_lacking(fields: dict[str, Float64Array]) -> dict[str, int]:
    """Return how many rows have an empty cell, for each field with such rows."""
    counts = {
        LACKING.format(field=f"{_ARTICLES.get(name, 'a')} {name}"): int(
            np.count_nonzero(np.isnan(values))
        )
        for name, values in fields.items()
    }
    return {what: count for what, count in counts.items() if count}


def mend_fields(fields: dict[str, Float64Array], place: Callable[[int], str]) -> dict[str, int]:
    """Take what cannot be for missing, in place; return how many rows of what, and the first.

    Opens, highs and lows are above zero, volumes not below it (a day without trade has zero), and
    no high is below the low. Other columns may hold any number. `place`: what a row is called.
    """
    counts: dict[str, int] = {}
    for name, values in fields.items():
        if name not in (*_PRICES, "volume"):
            continue
        bad = values < 0 if name == "volume" else values <= 0
        if bad.any():
            what = NEGATIVE if name == "volume" else NOT_POSITIVE
            counts[what.format(field=name, place=_first(bad, place))] = _blank(bad, values)
    if {"high", "low"} <= fields.keys():
        bad = fields["high"] < fields["low"]
        if bad.any():
            what = HIGH_BELOW_LOW.format(place=_first(bad, place))
            counts[what] = _blank(bad, fields["high"], fields["low"])
    return counts


def _first(bad: npt.NDArray[np.bool_], place: Callable[[int], str]) -> str:
    return place(int(np.argmax(bad)))


def _blank(bad: npt.NDArray[np.bool_], *arrays: Float64Array) -> int:
    for values in arrays:
        values[bad] = np.nan
    return int(np.count_nonzero(bad))
