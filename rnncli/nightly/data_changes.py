"""Detect whether the prices that a model was trained on have changed, by a mark of every row.

Not a change: rows missing at the beginning, new rows or missing rows at the end, and a last price
that was provisional, that is, replaced by one less than a usual day's move away (else a model
would be retrained every night). A past multiplied by one factor (a dividend, a split) has the
same returns, up to rounding, so it is not a change for a network with returns as inputs.
"""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnncli.arrays import DateArray, Float64Array
from rnncli.errors import ModelFileError
from rnncli.prices.series import Prices
from rnncli.storage.atomic import write_atomically
from rnncli.storage.reading import read_whole
from rnncli.storage.tensor_file import LARGEST_FILE, seal, unseal

KIND = "marks of the prices of a model"
TURN = (5**0.5 - 1) / 2  # fraction of a turn a day: weights of neighbouring days differ
ROUNDED = 1e-3  # of the path of a year: what rounding of an adjusted past may change
ALIKE = 1e-2  # relative difference of factors that count as one, rounded
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses no bit of a row
Marks = npt.NDArray[np.uint16]


class Year(NamedTuple):
    """A year of a series: its first and last row, number of rows, last price and returns.

    A row is identified by its seconds since 1970, or by its number without dates. `sum`: weighted
    sum of the log returns; `path`: sum of their absolute values, -1 where a price is not positive.
    """

    first: int
    last: int
    rows: int
    price: float
    sum: float
    path: float


@dataclass(frozen=True, eq=False)
class RowMarks:
    """The years of a series, and a 16-bit hash of each row's date and price."""

    years: list[Year]
    marks: Marks

    @property
    def first(self) -> int:
        """Its first row."""
        return self.years[0].first

    @property
    def last(self) -> int:
        """Its last row."""
        return self.years[-1].last


RowMarksBySymbol = dict[str, RowMarks]  # by symbol


def marks_path(model: str) -> str:
    """The file of the marks of a model."""
    return f"{model}.traces"


def mark_rows(prices: Prices) -> RowMarksBySymbol:
    """Marks of every series, by symbol."""
    return {symbol: _marks_of(*_rows(prices, i)) for i, symbol in enumerate(prices.symbols)}


def changed_symbols(marks: RowMarksBySymbol, prices: Prices, returns: bool) -> list[str]:
    """The symbols whose past differs from the marked one.

    `returns`: the inputs are returns, so that a past multiplied by one factor is not a change; then
    series with prices that are not positive are left out, since they fail in training.
    """
    changed = []
    for i, symbol in enumerate(prices.symbols):
        old, (rows, values) = marks.get(symbol), _rows(prices, i)
        if old and not (returns and np.any(values <= 0)):
            past = rows <= old.last
            if past.any() and not _same(old, _marks_of(rows[past], values[past]), returns):
                changed.append(symbol)
    return changed


def _same(old: RowMarks, new: RowMarks, returns: bool) -> bool:
    """Whether the rows that both have are equal, or multiplied by one factor."""
    starts_later = new.first > old.first  # else rows may be missing at the end
    count = len(new.marks)
    expected = old.marks[-count:] if starts_later else old.marks[:count]
    missing = new.last == old.last and not starts_later and count < len(old.marks)
    if len(expected) < count or missing:
        return False
    different = new.marks != expected
    changes = int(np.count_nonzero(different))
    if changes == 1 and different[-1] and new.last == old.last:
        return _was_provisional(old, new)
    return not changes or (returns and 2 * changes > count and _is_adjusted(old, new))


def _was_provisional(old: RowMarks, new: RowMarks) -> bool:
    """Whether the last price changed by no more than prices do on a usual day."""
    before, now = old.years[-1].price, new.years[-1].price
    moves = sum(year.path for year in old.years if year.path >= 0)
    days = sum(year.rows - 1 for year in old.years if year.path >= 0)
    return days > 0 and min(before, now) > 0 and abs(math.log(now / before)) * days <= moves


def _is_adjusted(old: RowMarks, new: RowMarks) -> bool:
    """Whether all years that both have whole have the same returns, and one factor between them."""
    new_years = {year.last: year for year in new.years}
    whole = [year for year in old.years if new.first <= year.first and year.last <= new.last]
    pairs = [(year, new_years.get(year.last)) for year in whole]
    if not all(new_year and _same_returns(year, new_year) for year, new_year in pairs):
        return False
    factors = [new_year.price / year.price for year, new_year in pairs if new_year]
    return not factors or max(factors) <= min(factors) * (1 + ALIKE)


def _same_returns(old: Year, new: Year) -> bool:
    rows = (new.first, new.rows) == (old.first, old.rows)
    return rows and abs(new.sum - old.sum) <= ROUNDED * old.path


def _rows(prices: Prices, i: int) -> tuple[np.ndarray, Float64Array]:
    """Rows of a series, as seconds since 1970 or numbers, and its prices."""
    values = prices.series(i)
    if not prices.has_dates(i):
        return np.arange(len(values)), values
    dates: DateArray = prices.dates_of(i).astype("datetime64[s]")
    return dates.astype(np.int64), values


def _marks_of(rows: np.ndarray, values: Float64Array) -> RowMarks:
    bits = np.ascontiguousarray(values, np.float64).view(np.uint64)
    mixed = (bits ^ (rows.astype(np.uint64) * MIX)) * MIX
    marks = ((mixed ^ (mixed >> np.uint64(29))) * MIX) >> np.uint64(48)
    return RowMarks([_year(*year) for year in _years(rows, values)], marks.astype(np.uint16))


def _years(rows: np.ndarray, values: Float64Array) -> Iterator[tuple[np.ndarray, Float64Array]]:
    """A series year by year; one without dates is a single one."""
    years = rows.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64)
    cuts = np.flatnonzero(np.diff(years)) + 1
    return zip(np.split(rows, cuts), np.split(values, cuts), strict=True)


def _year(rows: np.ndarray, values: Float64Array) -> Year:
    total, path = 0.0, -1.0  # of prices without a logarithm; equal to no other year
    if np.all(values > 0):
        returns = np.diff(np.log(values))
        weights = 1 + (rows[1:] / 86400.0 * TURN) % 1
        total, path = float(weights @ returns), float(np.abs(returns).sum())
    return Year(int(rows[0]), int(rows[-1]), len(rows), float(values[-1]), total, path)


def save_marks(model: str, digest: str, marks: RowMarksBySymbol) -> None:
    """Write the marks of a model to the file next to it. Raises CannotCreateError, WriteError."""
    years = {symbol: [list(year) for year in series.years] for symbol, series in marks.items()}
    flat = np.concatenate([np.zeros(0, np.uint16), *(series.marks for series in marks.values())])
    about = {"kind": KIND, "model": digest, "symbols": list(marks), "years": years}
    write_atomically(marks_path(model), seal({"marks": flat}, about))


def load_marks(model: str, digest: str) -> RowMarksBySymbol | None:
    """The marks of the model with a digest; None where the file is missing or damaged."""
    with contextlib.suppress(OSError, ModelFileError, LookupError, TypeError, ValueError):
        content, tensors = unseal(read_whole(marks_path(model), LARGEST_FILE))
        if content["kind"] == KIND and content["model"] == digest:
            return _by_symbol(
                content["symbols"], content["years"], tensors["marks"].astype(np.uint16)
            )
    return None


def _by_symbol(
    symbols: list[str], years: dict[str, list[list[Any]]], flat: Marks
) -> RowMarksBySymbol:
    marks, start = {}, 0
    for symbol in symbols:
        of_symbol = [Year(*year) for year in years[symbol]]
        stop = start + sum(year.rows for year in of_symbol)
        marks[symbol], start = RowMarks(of_symbol, flat[start:stop]), stop
    return marks
