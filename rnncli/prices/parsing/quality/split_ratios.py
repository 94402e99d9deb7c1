"""The ratios of splits: which a jump is near to, how one is written, which a column names."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.vocabulary.column_names import SPLITS, bare_name
from rnncli.prices.parsing.vocabulary.expression import expression

WHOLE = np.array([
    2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 125, 150, 200,
])  # fmt: skip
PARTS = np.array([6 / 5, 5 / 4, 3 / 2, 5 / 2])  # of which a usual loss may be near
NEAR = 0.06  # distance from a whole ratio, in logarithms
FINE = 0.045  # the same from a ratio of parts, at most
SMALLEST = float(PARTS[0]) * np.exp(-FINE)

_TERMS = 40  # of a ratio that is written as two whole numbers
_WRITTEN = expression(r"(\d+(?:\.\d+)?)\s*(?::|/|-?for-?|to)\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


def near_whole(steps: Float64Array) -> Float64Array:
    """The ratio of whole numbers that each step of log prices is near to, NaN for others.

    2 where a price was halved, 1/2 where it doubled.
    """
    return _nearest(steps, WHOLE, NEAR)


def near_parts(steps: Float64Array) -> Float64Array:
    """The same of ratios such as 3:2."""
    return _nearest(steps, PARTS, FINE)


def _nearest(steps: Float64Array, ratios: Float64Array, most: float) -> Float64Array:
    distances = np.abs(np.abs(steps)[:, None] - np.log(ratios))
    nearest = ratios[distances.argmin(axis=1)]
    signed = np.where(steps < 0, nearest, 1 / nearest)
    near: Float64Array = np.where(distances.min(axis=1) <= most, signed, np.nan)
    return near


def written(ratio: float) -> str:
    """A ratio as it is announced: 3:2, or 1:200 where shares were joined."""
    from fractions import Fraction  # noqa: PLC0415 - it takes long to load

    plain = Fraction(ratio if ratio > 1 else 1 / ratio).limit_denominator(_TERMS)
    terms = (plain.numerator, plain.denominator)
    return "{}:{}".format(*(terms if ratio > 1 else terms[::-1]))


def named_splits(file: ParsedFile) -> dict[int, float]:
    """The splits that a column of a file names: the line of each, and its ratio."""
    header, width = file.grid.header, file.grid.width
    if header is None or file.columns.layout == "wide":
        return {}
    columns = [i for i in range(width) if bare_name(header[i]) in SPLITS]
    return dict(_ratios_of(file, columns[0])) if len(columns) == 1 else {}


def _ratios_of(file: ParsedFile, index: int) -> Iterator[tuple[int, float]]:
    """Yield line and ratio of each row with a split; none is 0, 1 or an empty cell."""
    for row, ratio in enumerate(_cells_of(file, index)):
        if ratio > 0 and np.isfinite(ratio) and ratio != 1:
            yield int(file.grid.lines[row]), float(ratio)


def _cells_of(file: ParsedFile, index: int) -> list[float]:
    alone = replace(file.columns, prices=(index,), date=None, time=None, symbol=None, beside=())
    try:
        reader = CellReader(file.grid, alone, file.table.decimal, "a split")
        values: list[float] = reader.price(index, "splits", None).tolist()
    except DataError:
        values = [_ratio_in(cell) for cell in file.grid.column(index)]
    return values


def _ratio_in(cell: str) -> float:
    """The ratio that a cell such as 3:2 or 3-for-2 names; 1 for all else."""
    match = _WRITTEN.fullmatch(cell.strip())
    if match is None or not float(match[2]):
        return 1.0
    return float(match[1]) / float(match[2])
