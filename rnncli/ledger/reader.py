"""All forecasts of a ledger, read back."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, MissingInputError
from rnncli.ledger.database import bound_columns, is_empty, levels_of, opened, transaction
from rnncli.ledger.writer import COLUMNS, Source

LONGEST = 100_000  # rows ahead; see the settings


@dataclass(frozen=True)
class LedgerForecasts:
    """All n forecasts of a ledger, ordered by model, cutoff, symbol and ahead.

    `cutoffs`, `dates`: text, or row numbers for series without dates. `models`, `runs` (n): keys of
    `sources` and of `times` (UTC). `lower`, `upper`: level in percent -> (n), NaN where not known.
    """

    runs: IntArray
    models: IntArray
    cutoffs: list[str | int]
    symbols: list[str]
    aheads: IntArray
    dates: list[str | int]
    forecasts: Float64Array
    naive: Float64Array
    prices: Float64Array
    before: Float64Array
    divisors: Float64Array
    lower: dict[float, Float64Array]
    upper: dict[float, Float64Array]
    sources: dict[int, Source]
    times: dict[int, str]


Pair = tuple[int, str | int]  # model and cutoff


def read_ledger(path: str) -> LedgerForecasts:
    """Every forecast of a ledger. Raises MissingInputError, DataError, LockedError."""
    with _read(path) as base:
        return _recorded(base, _rows(base, "ORDER BY model, cutoff, symbol, ahead", ()))


def last_pairs(path: str, cutoffs: int) -> list[Pair]:
    """Models and cutoffs of the forecasts from so many last cutoffs (0: all), in order.

    It goes from one to the next by the key of the table. Raises as `read_ledger`.
    """
    with _read(path) as base:
        found = []
        for (model,) in base.execute("SELECT id FROM model ORDER BY id").fetchall():
            found += [(model, cutoff) for cutoff in _last_of(base, model, cutoffs)]
    newest = sorted({cutoff for _, cutoff in found}, key=in_order)[-cutoffs:]
    return sorted((p for p in found if p[1] in newest), key=lambda p: (p[0], in_order(p[1])))


def in_order(cutoff: str | int) -> tuple[bool, str | int]:
    """A key to sort cutoffs by: numbers of rows, then dates."""
    return isinstance(cutoff, str), cutoff


def _last_of(base: sqlite3.Connection, model: int, cutoffs: int) -> list[str | int]:
    """The last cutoffs of a model, the newest first."""
    found: list[str | int] = []
    before, given = "", [model]
    while not cutoffs or len(found) < cutoffs:
        query = f"SELECT max(cutoff) FROM forecast WHERE model = ?{before}"  # noqa: S608 - all ours
        (last,) = base.execute(query, given).fetchone()
        if last is None:
            break
        found.append(last)
        before, given = " AND cutoff < ?", [model, last]
    return found


def spans(path: str, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """The first and the last symbol of each model and cutoff. Raises as `read_ledger`."""
    query = "SELECT min(symbol), max(symbol) FROM forecast WHERE model = ? AND cutoff = ?"
    with _read(path) as base:
        return [base.execute(query, pair).fetchone() for pair in pairs]


def read_part(path: str, pairs: Sequence[Pair], first: str, last: str) -> LedgerForecasts:
    """The forecasts of some models and cutoffs of the symbols from one to another.

    Raises as `read_ledger`.
    """
    where = "WHERE model = ? AND cutoff = ? AND symbol BETWEEN ? AND ? ORDER BY symbol, ahead"
    with _read(path) as base:
        parts = (_rows(base, where, (*pair, first, last)) for pair in pairs)
        return _recorded(base, [row for part in parts for row in part])


@contextmanager
def _read(path: str) -> Iterator[sqlite3.Connection]:
    """A ledger as it is at one moment; what was never written is a damage of it."""
    if not os.path.exists(path):
        raise MissingInputError(f"{path}: no such ledger; make one with rnncli predict --ledger")
    if not os.access(path, os.R_OK):
        raise MissingInputError(f"{path}: no permission to read it")
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        if is_empty(base):
            raise DataError(f"{path}: is empty; nothing was recorded in it")
        try:
            yield base
        except (ValueError, TypeError, LookupError, OverflowError) as fault:
            raise sqlite3.DatabaseError("not what was written") from fault


def _rows(base: sqlite3.Connection, where: str, given: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Forecasts as they stand in the table, all columns."""
    names = ", ".join([*COLUMNS, *bound_columns(levels_of(base))])
    return base.execute(f"SELECT {names} FROM forecast {where}", given).fetchall()  # noqa: S608 - names of columns, all ours


def _recorded(base: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> LedgerForecasts:
    """Forecasts of an open ledger; some error or other where a value cannot be."""
    levels = levels_of(base)
    sources = base.execute("SELECT id, digest, file, price_column FROM model").fetchall()
    times = dict(base.execute("SELECT id, at FROM run"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(COLUMNS) + 2 * len(levels))
    own = dict(zip(COLUMNS, columns, strict=False))
    bounds = [np.array(column, float) for column in columns[len(COLUMNS) :]]
    found = LedgerForecasts(
        runs=np.array(own["run"], np.int64),
        models=np.array(own["model"], np.int64),
        cutoffs=list(own["cutoff"]),
        symbols=list(own["symbol"]),
        aheads=np.array(own["ahead"], np.int64),
        dates=list(own["date"]),
        forecasts=np.array(own["forecast"], float),
        naive=np.array(own["naive"], float),
        prices=np.array(own["price"], float),
        before=np.array(own["before"], float),
        divisors=np.array(own["divisor"], float),
        lower=dict(zip(levels, bounds[::2], strict=True)),
        upper=dict(zip(levels, bounds[1::2], strict=True)),
        sources={number: Source(*about) for number, *about in sources},
        times=times,
    )
    _check(found)
    return found


def _check(found: LedgerForecasts) -> None:
    """Raise ValueError for what can be stored and cannot be meant."""
    texts = {cutoff for cutoff in found.cutoffs if not isinstance(cutoff, int)}
    np.array(sorted(texts), "datetime64[s]")
    known = set(found.models.tolist()) <= set(found.sources)
    known &= set(found.runs.tolist()) <= set(found.times)
    ahead = found.aheads.size == 0 or 1 <= found.aheads.min() <= found.aheads.max() <= LONGEST
    finite = np.isfinite([found.forecasts, found.naive, found.prices]).all()
    strings = {*found.symbols, *found.times.values()}
    strings |= {text for source in found.sources.values() for text in (source.digest, source.file)}
    if not (known and ahead and finite and all(isinstance(text, str) for text in strings)):
        raise ValueError("a value that was never written")
