"""Read the forecasts of a ledger: all of them, or those of some models, cutoffs and symbols."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, MissingInputError
from rnncli.ledger.database import (
    bound_columns,
    has_inputs,
    is_empty,
    levels_of,
    opened,
    transaction,
)
from rnncli.ledger.writer import COLUMNS, Source

MOST_AHEAD = 100_000  # rows; see the settings


@dataclass(frozen=True)
class LedgerForecasts:
    """n forecasts of a ledger, ordered by model, cutoff, symbol and ahead.

    `cutoffs`, `dates`: text, or row numbers for series without dates. `models`, `runs` (n): keys of
    `sources` and of `times` (UTC). `lower`, `upper`: level in percent -> (n), NaN where unknown.
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
    with _snapshot(path) as base:
        return _forecasts(base, _rows(base, "ORDER BY model, cutoff, symbol, ahead", ()))


def recorded_symbols(path: str) -> list[str]:
    """Symbols that a ledger has forecasts of, in order. Raises as `read_ledger`."""
    with _snapshot(path) as base:
        rows = base.execute("SELECT DISTINCT symbol FROM forecast ORDER BY symbol").fetchall()
        return [symbol for (symbol,) in rows]


def last_pairs(path: str, cutoffs: int) -> list[Pair]:
    """Models and cutoffs of the forecasts from the last `cutoffs` cutoffs (0: all), in order.

    Raises as `read_ledger`.
    """
    with _snapshot(path) as base:
        models = [model for (model,) in base.execute("SELECT id FROM model ORDER BY id").fetchall()]
        pairs = [(m, cutoff) for m in models for cutoff in _last_cutoffs(base, m, cutoffs)]
    newest = sorted({cutoff for _, cutoff in pairs}, key=in_order)[-cutoffs:]
    return sorted((p for p in pairs if p[1] in newest), key=lambda p: (p[0], in_order(p[1])))


def in_order(cutoff: str | int) -> tuple[bool, str | int]:
    """A key to sort cutoffs by: numbers of rows, then dates."""
    return isinstance(cutoff, str), cutoff


def _last_cutoffs(base: sqlite3.Connection, model: int, count: int) -> list[str | int]:
    """The last cutoffs of a model, the newest first; each is one search in the table's key."""
    cutoffs: list[str | int] = []
    condition, parameters = "", [model]
    while not count or len(cutoffs) < count:
        query = f"SELECT max(cutoff) FROM forecast WHERE model = ?{condition}"  # noqa: S608 - all ours
        (last,) = base.execute(query, parameters).fetchone()
        if last is None:
            break
        cutoffs.append(last)
        condition, parameters = " AND cutoff < ?", [model, last]
    return cutoffs


def symbol_ranges(path: str, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """The first and the last symbol of each model and cutoff. Raises as `read_ledger`."""
    query = "SELECT min(symbol), max(symbol) FROM forecast WHERE model = ? AND cutoff = ?"
    with _snapshot(path) as base:
        return [base.execute(query, pair).fetchone() for pair in pairs]


def read_part(path: str, pairs: Sequence[Pair], first: str, last: str) -> LedgerForecasts:
    """The forecasts of some models and cutoffs, of the symbols from `first` to `last`.

    Raises as `read_ledger`.
    """
    where = "WHERE model = ? AND cutoff = ? AND symbol BETWEEN ? AND ? ORDER BY symbol, ahead"
    with _snapshot(path) as base:
        parts = (_rows(base, where, (*pair, first, last)) for pair in pairs)
        return _forecasts(base, [row for part in parts for row in part])


@contextmanager
def _snapshot(path: str) -> Iterator[sqlite3.Connection]:
    """A ledger as it is at one moment; a value that cannot be read means that it is damaged."""
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


def _rows(
    base: sqlite3.Connection, where: str, parameters: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    """Rows of the table, all columns."""
    names = ", ".join([*COLUMNS, *bound_columns(levels_of(base))])
    return base.execute(f"SELECT {names} FROM forecast {where}", parameters).fetchall()  # noqa: S608 - names of columns, all ours


def _forecasts(base: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> LedgerForecasts:
    """Rows of the table as arrays. Raises what NumPy raises for a value of another type."""
    levels = levels_of(base)
    names = "id, digest, file, price_column" + (", inputs" if has_inputs(base) else ", ''")
    sources = base.execute(f"SELECT {names} FROM model").fetchall()  # noqa: S608 - names of columns
    times = dict(base.execute("SELECT id, at FROM run"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(COLUMNS) + 2 * len(levels))
    by_name = dict(zip(COLUMNS, columns, strict=False))
    bounds = [np.array(column, float) for column in columns[len(COLUMNS) :]]
    recorded = LedgerForecasts(
        runs=np.array(by_name["run"], np.int64),
        models=np.array(by_name["model"], np.int64),
        cutoffs=list(by_name["cutoff"]),
        symbols=list(by_name["symbol"]),
        aheads=np.array(by_name["ahead"], np.int64),
        dates=list(by_name["date"]),
        forecasts=np.array(by_name["forecast"], float),
        naive=np.array(by_name["naive"], float),
        prices=np.array(by_name["price"], float),
        before=np.array(by_name["before"], float),
        divisors=np.array(by_name["divisor"], float),
        lower=dict(zip(levels, bounds[::2], strict=True)),
        upper=dict(zip(levels, bounds[1::2], strict=True)),
        sources={n: Source(d, file, column, i or None) for n, d, file, column, i in sources},
        times=times,
    )
    _check(recorded)
    return recorded


def _check(recorded: LedgerForecasts) -> None:
    """Raise ValueError for values that SQLite can store and rnncli never writes."""
    cutoff_dates = {cutoff for cutoff in recorded.cutoffs if not isinstance(cutoff, int)}
    np.array(sorted(cutoff_dates), "datetime64[s]")
    keys_exist = set(recorded.models.tolist()) <= set(recorded.sources)
    keys_exist &= set(recorded.runs.tolist()) <= set(recorded.times)
    aheads = recorded.aheads
    possible = aheads.size == 0 or 1 <= aheads.min() <= aheads.max() <= MOST_AHEAD
    finite = np.isfinite([recorded.forecasts, recorded.naive, recorded.prices]).all()
    texts = {*recorded.symbols, *recorded.times.values()}
    for source in recorded.sources.values():
        texts |= {source.digest, source.file, source.inputs or ""}
    if not (keys_exist and possible and finite and all(isinstance(text, str) for text in texts)):
        raise ValueError("a value that was never written")
