"""Whether prices that a model was trained on are still what they were: a trace of each year.

A file that begins later than it did is no rewritten one, nor is one that has grown. A past that
was moved by one factor (a dividend, a split) holds the same returns, up to rounding, and to a
network that sees returns it is the same.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.errors import ModelFileError
from rnncli.files import write_atomically
from rnncli.prices import Prices
from rnncli.sealed import LARGEST_FILE, seal, unseal

KIND = "trace of the prices of a model"
TURN = (5**0.5 - 1) / 2  # of a circle a day: the weights of neighbours are never alike
SAME = 1e-9  # relative; prices so close are one price
ROUNDED = 1e-3  # of the path of a year: what rounding a moved past may come to


class Trace(NamedTuple):
    """A year of a series: its first and last row, its bytes, its last price, its returns.

    Rows are told by seconds since 1970, or by their number where there are no dates. `sum`: of
    the returns, each with a weight of its own; `path`: of their absolute values.
    """

    year: int
    first: int
    last: int
    digest: int
    price: float
    sum: float
    path: float


Traces = dict[str, list[Trace]]  # by symbol


def path_of(model: str) -> str:
    """Where the traces of a model are kept."""
    return f"{model}.traces"


def trace(prices: Prices) -> Traces:
    """Traces of every series."""
    return {
        symbol: [_trace(*year) for year in _years(*_rows(prices, i))]
        for i, symbol in enumerate(prices.symbols)
    }


def rewritten(kept: Traces, prices: Prices, returns: bool) -> list[str]:
    """The symbols whose past is another one than when the traces were made.

    `returns`: the network sees returns, to which a past moved by a factor is the same; a series
    that has none fails by itself.
    """
    found = []
    for i, symbol in enumerate(prices.symbols):
        old, (rows, values) = kept.get(symbol), _rows(prices, i)
        if old and not (returns and np.any(values <= 0)):
            known = rows <= old[-1].last
            now = {year: _trace(year, *rest) for year, *rest in _years(rows[known], values[known])}
            begins = int(rows[0])
            if not all(_same(one, now.get(one.year), begins, returns) for one in old):
                found.append(symbol)
    return found


def _same(old: Trace, new: Trace | None, begins: int, returns: bool) -> bool:
    """Whether a year is what it was; one that the file no longer holds whole cannot be told."""
    if begins > old.first:
        return True
    if new is None:
        return False
    if new.digest == old.digest:
        return True
    moved = abs(new.price - old.price) > SAME * abs(old.price)
    rows = (new.first, new.last) == (old.first, old.last)
    return returns and moved and rows and abs(new.sum - old.sum) <= ROUNDED * old.path


def _rows(prices: Prices, i: int) -> tuple[np.ndarray, Float64Array]:
    """Rows of a series, by date or number, and its prices."""
    values = prices.series(i)
    if not prices.has_dates(i):
        return np.arange(len(values)), values
    dates: DateArray = prices.dates_of(i).astype("datetime64[s]")
    return dates.astype(np.int64), values


def _years(
    rows: np.ndarray, values: Float64Array
) -> Iterator[tuple[int, np.ndarray, Float64Array]]:
    """A series year by year; one without dates is a single one."""
    years = rows.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64)
    cuts = np.flatnonzero(np.diff(years)) + 1
    for at, own in zip(np.split(rows, cuts), np.split(values, cuts), strict=True):
        if len(at):
            yield int(years[np.searchsorted(rows, at[0])]), at, own


def _trace(year: int, rows: np.ndarray, values: Float64Array) -> Trace:
    content = rows.astype("<i8").tobytes() + values.astype("<f8").tobytes()
    digest = int.from_bytes(hashlib.blake2b(content, digest_size=7).digest(), "little")
    total, path = 0.0, -1.0  # of prices without a logarithm: nothing is like it
    if np.all(values > 0):
        returns = np.diff(np.log(values))
        weights = (rows[1:] / 86400.0 * TURN) % 1 - 0.5
        total, path = float(weights @ returns), float(np.abs(returns).sum())
    return Trace(year, int(rows[0]), int(rows[-1]), digest, float(values[-1]), total, path)


def keep(model: str, digest: str, traces: Traces) -> None:
    """Write the traces of a model beside it. Raises CannotCreateError, WriteError."""
    content = {symbol: [list(one) for one in own] for symbol, own in traces.items()}
    about = {"kind": KIND, "model": digest, "traces": content}
    write_atomically(path_of(model), seal({}, about))


def kept(model: str, digest: str) -> Traces | None:
    """The traces of the model of a digest, where they are there and whole."""
    with contextlib.suppress(OSError, ModelFileError, LookupError, TypeError, ValueError):
        with open(path_of(model), "rb") as file:
            content, _ = unseal(file.read(LARGEST_FILE + 1))
        if content["kind"] == KIND and content["model"] == digest:
            return {s: [Trace(*one) for one in own] for s, own in content["traces"].items()}
    return None
