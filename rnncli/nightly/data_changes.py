"""Whether prices that a model was trained on are still what they were: a mark of every row.

A file that begins later than it did is no rewritten one, nor is one that has grown, or lacks its
end, or whose last price was provisional: another one a night later, less than a usual day's move
away, for else a model would be trained anew night after night. A past that was moved by one factor
(a dividend, a split) holds the same returns, up to rounding, and to a network that sees returns it
is the same.
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
from rnncli.storage.tensor_file import LARGEST_FILE, seal, unseal

KIND = "marks of the prices of a model"
TURN = (5**0.5 - 1) / 2  # of a circle a day: the weights of neighbours are never alike
ROUNDED = 1e-3  # of the path of a year: what rounding a moved past may come to
ALIKE = 1e-2  # relative; factors so close are one factor, rounded
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of a row is lost before its mark is cut
Marks = npt.NDArray[np.uint16]


class Year(NamedTuple):
    """A year of a series: its first and last row, how many, its last price, its returns.

    Rows are told by seconds since 1970, or by their number where there are no dates. `sum`: of
    the returns, each with a weight of its own; `path`: of their absolute values.
    """

    first: int
    last: int
    rows: int
    price: float
    sum: float
    path: float


@dataclass(frozen=True, eq=False)
class RowMarks:
    """What is kept of a series: its years, and a mark of each row, by its date and price."""

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


def path_of(model: str) -> str:
    """Where the traces of a model are kept."""
    return f"{model}.traces"


def mark_rows(prices: Prices) -> RowMarksBySymbol:
    """Traces of every series."""
    return {symbol: _trace(*_rows(prices, i)) for i, symbol in enumerate(prices.symbols)}


def changed_symbols(kept: RowMarksBySymbol, prices: Prices, returns: bool) -> list[str]:
    """The symbols whose past is another one than when the traces were made.

    `returns`: the network sees returns, to which a past moved by a factor is the same; a series
    that has none fails by itself.
    """
    found = []
    for i, symbol in enumerate(prices.symbols):
        old, (rows, values) = kept.get(symbol), _rows(prices, i)
        if old and not (returns and np.any(values <= 0)):
            known = rows <= old.last
            if known.any() and not _same(old, _trace(rows[known], values[known]), returns):
                found.append(symbol)
    return found


def _same(old: RowMarks, new: RowMarks, returns: bool) -> bool:
    """Whether the rows that both hold are what they were, or were moved by one factor."""
    cut = new.first > old.first  # without its beginning; else it may lack its end
    count = len(new.marks)
    was = old.marks[-count:] if cut else old.marks[:count]
    if len(was) < count or (new.last == old.last and not cut and count < len(old.marks)):
        return False
    others = new.marks != was
    differ = int(np.count_nonzero(others))
    if differ == 1 and others[-1] and new.last == old.last:
        return _provisional(old, new)
    return not differ or (returns and 2 * differ > count and _moved(old, new))


def _provisional(old: RowMarks, new: RowMarks) -> bool:
    """Whether the last price has moved by no more than it does on a usual day."""
    before, now = old.years[-1].price, new.years[-1].price
    moves = sum(year.path for year in old.years if year.path >= 0)
    days = sum(year.rows - 1 for year in old.years if year.path >= 0)
    return days > 0 and min(before, now) > 0 and abs(math.log(now / before)) * days <= moves


def _moved(old: RowMarks, new: RowMarks) -> bool:
    """Whether all years that both hold whole have the same returns, moved by one factor."""
    now = {year.last: year for year in new.years}
    whole = [year for year in old.years if new.first <= year.first and year.last <= new.last]
    pairs = [(year, now.get(year.last)) for year in whole]
    if not all(one and _alike(year, one) for year, one in pairs):
        return False
    factors = [one.price / year.price for year, one in pairs if one]
    return not factors or max(factors) <= min(factors) * (1 + ALIKE)


def _alike(old: Year, new: Year) -> bool:
    rows = (new.first, new.rows) == (old.first, old.rows)
    return rows and abs(new.sum - old.sum) <= ROUNDED * old.path


def _rows(prices: Prices, i: int) -> tuple[np.ndarray, Float64Array]:
    """Rows of a series, by date or number, and its prices."""
    values = prices.series(i)
    if not prices.has_dates(i):
        return np.arange(len(values)), values
    dates: DateArray = prices.dates_of(i).astype("datetime64[s]")
    return dates.astype(np.int64), values


def _trace(rows: np.ndarray, values: Float64Array) -> RowMarks:
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
    total, path = 0.0, -1.0  # of prices without a logarithm: nothing is like it
    if np.all(values > 0):
        returns = np.diff(np.log(values))
        weights = 1 + (rows[1:] / 86400.0 * TURN) % 1
        total, path = float(weights @ returns), float(np.abs(returns).sum())
    return Year(int(rows[0]), int(rows[-1]), len(rows), float(values[-1]), total, path)


def save_marks(model: str, digest: str, traces: RowMarksBySymbol) -> None:
    """Write the traces of a model beside it. Raises CannotCreateError, WriteError."""
    years = {symbol: [list(year) for year in own.years] for symbol, own in traces.items()}
    marks = np.concatenate([np.zeros(0, np.uint16), *(own.marks for own in traces.values())])
    about = {"kind": KIND, "model": digest, "symbols": list(traces), "years": years}
    write_atomically(path_of(model), seal({"marks": marks}, about))


def load_marks(model: str, digest: str) -> RowMarksBySymbol | None:
    """The traces of the model of a digest, where they are there and whole."""
    with contextlib.suppress(OSError, ModelFileError, LookupError, TypeError, ValueError):
        with open(path_of(model), "rb") as file:
            content, tensors = unseal(file.read(LARGEST_FILE + 1))
        if content["kind"] == KIND and content["model"] == digest:
            return _read(content["symbols"], content["years"], tensors["marks"].astype(np.uint16))
    return None


def _read(symbols: list[str], years: dict[str, list[list[Any]]], marks: Marks) -> RowMarksBySymbol:
    found, start = {}, 0
    for symbol in symbols:
        own = [Year(*year) for year in years[symbol]]
        stop = start + sum(year.rows for year in own)
        found[symbol], start = RowMarks(own, marks[start:stop]), stop
    return found
