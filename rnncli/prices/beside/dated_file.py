"""A CSV file with a date in each row: read as price files are, without a price."""

import os

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.columns.date_column import date_column, time_column
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import read_text
from rnncli.prices.parsing.table.categorical import Categorical
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.table.row_dates import dates_of_rows
from rnncli.prices.parsing.values.numbers import is_number
from rnncli.settings import ReadSettings


class DatedFile:
    """The rows of a file: `dates` (rows), in the order of the file.

    Raises MissingInputError where it cannot be opened, DataError where it has no header, no
    column of dates, or a date that cannot be read.
    """

    def __init__(self, path: str, settings: ReadSettings, option: str) -> None:
        if path == "-":
            raise UsageError("cannot be standard input; name a file", option=option, value=path)
        if os.path.isdir(path):
            raise UsageError("is a folder; name a file", option=option, value=path)
        self.name = path
        limits = Limits.times(settings.limits)
        text = read_text(path, path, None, settings.encoding, limits)
        grid = read_grid(text, settings.delimiter, limits)
        if grid.header is None:
            raise DataError(
                "has no header row", place=path, remedy="name its columns in a first row"
            )
        self.profile = GridProfile(grid, grid.header)
        try:
            self._read(grid, settings, None)
        except DataError:
            if settings.date_format is None:
                raise
            self._read(grid, settings, settings.date_format)

    def _read(self, grid: CellGrid, settings: ReadSettings, date_format: str | None) -> None:
        """Find the columns and read the dates: `date_format` is of prices, and may be another."""
        path = self.name
        date, _ = date_column(self.profile, date_format)
        if date is None:
            raise DataError(
                f"has no column of dates; there are {self.profile.list_names()}", place=path,
                remedy="name one of them date",
            )  # fmt: skip
        time = time_column(self.profile, date)
        self.others = [i for i in range(len(self.profile)) if i not in (date, time)]
        numeric = tuple(i for i in self.others if self.profile[i].is_numeric)
        texts = tuple(i for i in self.others if i not in numeric)
        roles = Columns("long", numeric, (), date, time, beside=texts)
        self._reader = CellReader(grid, roles, settings.decimal, CellReader.NUMBER)
        every = np.arange(grid.lines.size)
        dated = dates_of_rows(self._reader, roles, date_format, every, np.zeros_like(every))
        assert dated.dates is not None
        self.rows, self.dates = dated.rows, dated.dates.astype("datetime64[s]")
        self.lines = grid.lines[self.rows]
        self.numeric = numeric
        self.dropped = dict(grid.dropped)  # lines that were left out, by reason

    def numbers(self, index: int) -> Float64Array:
        """A column as numbers (rows), NaN where a cell is empty. Raises DataError."""
        values = self._reader.price(index, self.profile.names[index])[self.rows]
        if np.isinf(values).any():
            row = int(np.argmax(np.isinf(values)))
            raise DataError(
                f"{self.profile.names[index]} {values[row]} is not finite",
                place=f"{self.name}, line {self.lines[row]}",
            )  # fmt: skip
        return values

    def refuse_mixed(self) -> None:
        """Refuse a column most of whose cells are numbers, and some not. Raises DataError."""
        for index in self.others:
            cells = self.profile[index].filled_cells
            bad = [cell for cell in cells if not is_number(cell)]
            if index not in self.numeric and 2 * len(bad) < len(cells):
                raise DataError(
                    f"{bad[0][:40]!r} is not a number, and most of the column are",
                    place=self.profile.where(index, bad[0]),
                    remedy="mend that line, or empty the cell",
                )  # fmt: skip

    def texts(self, index: int) -> list[str]:
        """The cells of a column (rows), without blanks around them."""
        column: Categorical = self._reader.text(index)
        return [column.cells[code] for code in column.codes[self.rows].tolist()]


def stem_of(path: str) -> str:
    """The name of a file without its folder and its endings: vix of data/vix.csv.gz."""
    return os.path.basename(path).split(".")[0]


def refuse_same_stem(paths: tuple[str, ...]) -> None:
    """Raise UsageError where two files would be called the same."""
    stems = [stem_of(path) for path in paths]
    for path, stem in zip(paths, stems, strict=True):
        if stems.count(stem) > 1:
            raise UsageError(
                f"two files are called {stem}; rename one", option="feature_file", value=path
            )


def day_of(dates: DateArray) -> DateArray:
    """Midnight of the day that dates lie on."""
    days: DateArray = dates.astype("datetime64[D]").astype("datetime64[s]")
    return days
