"""Read the forecasts of a ledger: all of them, or those of some models, cutoffs and symbols."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, MissingInputError
from rnncli.ledger.database import (
    bound_columns,
    check_days,
    is_empty,
    levels_of,
    no_such_ledger,
    opened,
    transaction,
)
from rnncli.ledger.migration import columns_of_model, origins
from rnncli.ledger.portfolio_risk import RecordedPortfolio, read_risks
from rnncli.ledger.writer import COLUMNS, Source

LAST_SYMBOL = "\U0010ffff"  # after every other
MOST_AHEAD = 100_000  # rows; see the settings


@dataclass(frozen=True)
class LedgerForecasts:
    """n forecasts of a ledger, ordered by model, cutoff, symbol and ahead.

    `cutoffs`, `dates`: text, or row numbers for series without dates. `models`, `runs` (n): keys of
    `sources` and of `times` (UTC). `lower`, `upper`: level in percent -> (n), NaN where unknown.
    `older`: how many others the ledger has, from cutoffs that were not read.
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
    older: int = 0


@dataclass(frozen=True)
class PortfolioRecords:
    """Recorded risks of portfolios, by portfolio and cutoff; `sources`, `times` as above."""

    risks: list[RecordedPortfolio]
    sources: dict[int, Source]
    times: dict[int, str]


Pair = tuple[int, str | int]  # model and cutoff


def read_ledger(path: str, since: str | None = None) -> LedgerForecasts:
    """The forecasts of a ledger; with `since`, those from cutoffs on that date and later.

    The time and memory are those of the forecasts that are read. Raises MissingInputError,
    DataError, LockedError.
    """
    with _snapshot(path) as base:
        if since is None:
            return _forecasts(base, _rows(base, "ORDER BY model, cutoff, symbol, ahead", ()))
        of_origins = f"FROM {origins(base)} WHERE cutoff"
        older = base.execute(f"SELECT coalesce(sum(forecasts), 0) {of_origins} < ?", (since,))
        ((skipped,),) = older.fetchall()
        query = f"SELECT model, cutoff {of_origins} >= ? ORDER BY model, cutoff"
        where = "WHERE model = ? AND cutoff = ? ORDER BY symbol, ahead"
        parts = (_rows(base, where, pair) for pair in base.execute(query, (since,)).fetchall())
        return replace(_forecasts(base, [row for part in parts for row in part]), older=skipped)


def recorded_symbols(path: str) -> list[str]:
    """Symbols that a ledger has forecasts of, in order. Raises as `read_ledger`."""
    with _snapshot(path) as base:
        rows = base.execute("SELECT DISTINCT symbol FROM forecast ORDER BY symbol").fetchall()
        return [symbol for (symbol,) in rows]


def read_portfolios(path: str, since: str | None = None, last: int = 0) -> PortfolioRecords:
    """The recorded risks of portfolios, from cutoffs on a date and later, or the `last` ones.

    Raises as `read_ledger`.
    """
    newest = "SELECT DISTINCT cutoff FROM portfolio_risk ORDER BY cutoff DESC LIMIT ?"
    with _snapshot(path) as base:
        if since is not None:
            risks = read_risks(base, "WHERE cutoff >= ?", (since,))
        else:
            risks = read_risks(base, f"WHERE cutoff IN ({newest})", (last or -1,))
        return PortfolioRecords(risks, _sources(base), dict(base.execute("SELECT id, at FROM run")))


def last_pairs(path: str, cutoffs: int) -> list[Pair]:
    """Models and cutoffs of the forecasts from the last `cutoffs` cutoffs (0: all), in order.

    Raises as `read_ledger`.
    """
    with _snapshot(path) as base:
        newest = _last_cutoffs(base, cutoffs)
        query = f"SELECT model, cutoff FROM {origins(base)}"  # noqa: S608 - ours
        if newest and cutoffs:
            pairs = base.execute(f"{query} WHERE cutoff >= ?", (newest[-1],)).fetchall()
        else:
            pairs = base.execute(query).fetchall()
    return sorted(pairs, key=lambda pair: (pair[0], in_order(pair[1])))


def in_order(cutoff: str | int) -> tuple[bool, str | int]:
    """A key to sort cutoffs by: numbers of rows, then dates."""
    return isinstance(cutoff, str), cutoff


def _last_cutoffs(base: sqlite3.Connection, count: int) -> list[str | int]:
    """The last cutoffs of all models, the newest first: SQLite too sorts numbers before text."""
    query = f"SELECT DISTINCT cutoff FROM {origins(base)} ORDER BY cutoff DESC LIMIT ?"  # noqa: S608 - ours
    return [cutoff for (cutoff,) in base.execute(query, (count or -1,))]


def symbol_ranges(path: str, pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """The first and the last symbol of each model and cutoff. Raises as `read_ledger`."""
    with _snapshot(path) as base:
        oldest = min((cutoff for _, cutoff in pairs), key=in_order, default=0)
        query = f"SELECT model, cutoff, first, last FROM {origins(base)} WHERE cutoff >= ?"  # noqa: S608 - ours
        rows = base.execute(query, (oldest,)).fetchall()
        wanted = set(pairs)
        ranges = {(m, c): (first, last) for m, c, first, last in rows if (m, c) in wanted}
    return [ranges[pair] for pair in pairs]


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
        raise no_such_ledger(path)
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
    sources, times = _sources(base), dict(base.execute("SELECT id, at FROM run"))
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
        sources=sources,
        times=times,
    )
    _check(recorded)
    return recorded


def _sources(base: sqlite3.Connection) -> dict[int, Source]:
    """The models by their numbers."""
    known = columns_of_model(base)
    of_later_versions = {"inputs": "''", "seen": "NULL"}
    further = [name if name in known else none for name, none in of_later_versions.items()]
    names = ", ".join(["id, digest, file, price_column", *further])
    rows = base.execute(f"SELECT {names} FROM model").fetchall()  # noqa: S608 - names of columns
    return {n: Source(d, file, column, i or None, s) for n, d, file, column, i, s in rows}


def _check(recorded: LedgerForecasts) -> None:
    """Raise ValueError for values that SQLite can store and rnncli never writes."""
    check_days({*recorded.cutoffs, *recorded.dates})
    columns = {source.column for source in recorded.sources.values()}
    if not {*map(type, columns - {None})} <= {str, int}:
        raise ValueError("a column of another type")
    keys_exist = set(recorded.models.tolist()) <= set(recorded.sources)
    keys_exist &= set(recorded.runs.tolist()) <= set(recorded.times)
    aheads = recorded.aheads
    possible = aheads.size == 0 or 1 <= aheads.min() <= aheads.max() <= MOST_AHEAD
    finite = np.isfinite([recorded.forecasts, recorded.naive, recorded.prices]).all()
    texts = {*recorded.symbols, *recorded.times.values()}
    for source in recorded.sources.values():
        texts |= {source.digest, source.file, source.inputs or "", source.seen or ""}
        np.datetime64(source.seen or "NaT", "s")
    if not (keys_exist and possible and finite and all(isinstance(text, str) for text in texts)):
        raise ValueError("a value that was never written")
