"""Prices of many series, each of its own length."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.prices.frame_columns import Frame
from rnncli.prices.frames import read_frame
from rnncli.prices.parsing.quality.file_report import DataFault, FileReport
from rnncli.prices.validation import check_layout, check_rows


@dataclass(frozen=True)
class Prices:
    """Many price series, each of its own length, end to end in one flat array.

    Checked when created: DataError, with the symbol and the row from 0, for symbols that are not
    unique, offsets that do not fit, prices that are not finite, dates that do not ascend.
    """

    symbols: tuple[str, ...]  # (series,) in order of first appearance
    values: Float64Array  # (rows,) oldest first within a series
    offsets: IntArray  # (series + 1,) series i is values[offsets[i]:offsets[i + 1]]
    dates: DateArray  # (rows,) datetime64[s]; NaT for every row of a series without dates
    sources: tuple[str, ...] = ()  # (series,) the files of a series, as the user named them
    files: tuple[FileReport, ...] = ()
    fields: dict[str, Float64Array] = field(default_factory=dict)  # (rows,) each, NaN where missing

    column: str | None = None  # price column that was named, where it was; for models of them
    resample: Literal["W", "M"] | None = (
        None  # W or M, where rows were made into those of weeks or months
    )

    def __post_init__(self) -> None:
        """Check the arrays. Raises DataError."""
        if not self.sources:
            object.__setattr__(self, "sources", ("prices",) * len(self.symbols))
        rows = {"values": self.values, "dates": self.dates, **self.fields}
        check_layout(self.symbols, self.offsets, rows)
        check_rows(self.symbols, self.values, self.offsets, self.dates, self.fields)

    @classmethod
    def from_frame(
        cls,
        frame: Frame,
        *,
        symbol: str | None = None,
        date: str | None = None,
        price: str | None = None,
        layout: Literal["long", "wide"] = "long",
        features: Sequence[str] = (),
    ) -> "Prices":
        """Prices of a Pandas or Polars frame, sorted by date within each symbol.

        `symbol`, `date`, `price`: names of its columns. They need not be given if they are
        called `unique_id`, `ds`, `y`, or symbol or ticker, date, datetime or timestamp, close or
        price; the index of Pandas counts as a column if it has a name or dates. Without a
        symbol all rows are one series, named after the price; without a date they are taken in
        their order, oldest first. Open, high, low and volume are read too, and the
        columns of a long frame that `features` names, for `train(prices, feature=…)`. With
        `layout="wide"` each column but the date is a symbol.

        Rows without a price are left out and counted (see `warnings`). Raises UsageError for a
        missing column, DataError with the symbol and the row of the frame, from 0, for
        an infinite price, a missing date, or one that a symbol has twice.
        """
        return cls(*read_frame(frame, symbol, date, price, layout, features))

    @property
    def lengths(self) -> IntArray:
        """Rows of each series, shape (series,)."""
        return np.diff(self.offsets)

    def series(self, i: int) -> Float64Array:
        """Return the prices of series `i`, a view."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    def dates_of(self, i: int) -> DateArray:
        """Return the dates of series `i`, a view."""
        return self.dates[self.offsets[i] : self.offsets[i + 1]]

    def has_dates(self, i: int) -> bool:
        """Whether series `i` has dates: all its rows have one, or none."""
        return not np.isnat(self.dates_of(i)[:1]).any()

    def only(self, symbols: Container[str]) -> "Prices":
        """Only the series of these symbols, of which there must be one."""
        numbers = [i for i, symbol in enumerate(self.symbols) if symbol in symbols]
        return self if len(numbers) == len(self.symbols) else self.subset(numbers)

    def subset(self, numbers: Sequence[int]) -> "Prices":
        """Only the series with these `numbers`, in that order."""
        parts = [slice(self.offsets[i], self.offsets[i + 1]) for i in numbers]
        lengths = [part.stop - part.start for part in parts]
        return replace(
            self,
            symbols=tuple(self.symbols[i] for i in numbers),
            values=np.concatenate([self.values[part] for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            dates=np.concatenate([self.dates[part] for part in parts]),
            sources=tuple(self.sources[i] for i in numbers),
            fields={
                name: np.concatenate([values[part] for part in parts])
                for name, values in self.fields.items()
            },
        )

    def with_fields(self, names: Sequence[str]) -> "Prices":
        """The prices with exactly these fields, NaN on every row if missing."""
        lacking = np.full(len(self.values), np.nan)
        return replace(self, fields={name: self.fields.get(name, lacking) for name in names})

    def later(self, starts: IntArray) -> "Prices":
        """Each series from a given row (series,) on."""
        lengths = self.lengths - starts
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        rows = np.arange(offsets[-1]) + np.repeat(
            self.offsets[:-1] + starts - offsets[:-1], lengths
        )
        fields = {name: values[rows] for name, values in self.fields.items()}
        return replace(
            self, values=self.values[rows], offsets=offsets, dates=self.dates[rows], fields=fields
        )

    @classmethod
    def joined(cls, parts: "Sequence[Prices]") -> "Prices":
        """The series of several, in their order."""
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(
            symbols=tuple(symbol for part in parts for symbol in part.symbols),
            values=np.concatenate([part.values for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            dates=np.concatenate([part.dates for part in parts]),
            sources=tuple(source for part in parts for source in part.sources),
            files=tuple(report for part in parts for report in part.files),
            fields={
                name: np.concatenate([part.fields[name] for part in parts])
                for name in parts[0].fields
            },
            column=parts[0].column,
            resample=parts[0].resample,
        )

    def warnings(self) -> list[str]:
        """One line per file that had rows dropped or mended."""
        return [line for report in self.files if (line := report.warning())]

    def faults(self) -> "Iterator[DataFault]":
        """What was odd in the files, a fault for each kind in a file."""
        for report in self.files:
            yield from report.faults()

    def notes(self) -> list[str]:
        """One line per file with what was done to the prices as asked."""
        return [line for report in self.files if (line := report.note())]

    def details(self) -> Iterator[str]:
        """Every decision about every file with its evidence, and every count, a line each."""
        for report in self.files:
            yield from report.details()
