"""All forecasts of a ledger, read back."""

import os
import sqlite3
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, MissingInputError
from rnncli.ledger import COLUMNS, Source
from rnncli.ledgerfile import bound_columns, is_empty, levels_of, opened, transaction

LONGEST = 100_000  # rows ahead; see the settings


@dataclass(frozen=True)
class Recorded:
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


def read_ledger(path: str, cutoffs: int = 0) -> Recorded:
    """Every forecast of a ledger, or those from so many last cutoffs.

    Raises MissingInputError, DataError, LockedError.
    """
    if not os.path.exists(path):
        raise MissingInputError(f"{path}: no such ledger; make one with rnncli predict --ledger")
    if not os.access(path, os.R_OK):
        raise MissingInputError(f"{path}: no permission to read it")
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        if is_empty(base):
            raise DataError(f"{path}: is empty; nothing was recorded in it")
        try:
            return _recorded(base, cutoffs)
        except (ValueError, TypeError, LookupError, OverflowError) as fault:
            raise sqlite3.DatabaseError("not what was written") from fault


def _oldest(base: sqlite3.Connection, cutoffs: int) -> str | int | None:
    """The oldest of so many last cutoffs; None for all. Goes from one to the next by the key."""
    found: set[str | int] = set()
    for (model,) in base.execute("SELECT id FROM model").fetchall():
        (last,) = base.execute(
            "SELECT max(cutoff) FROM forecast WHERE model = ?", (model,)
        ).fetchone()
        for _ in range(cutoffs):
            if last is None:
                break
            found.add(last)
            (last,) = base.execute(
                "SELECT max(cutoff) FROM forecast WHERE model = ? AND cutoff < ?", (model, last)
            ).fetchone()
    newest = sorted(found, key=lambda cutoff: (isinstance(cutoff, str), cutoff))[-cutoffs:]
    return newest[0] if cutoffs and newest else None


def _recorded(base: sqlite3.Connection, cutoffs: int) -> Recorded:
    """What an open ledger holds; some error or other where a value cannot be."""
    levels = levels_of(base)
    names = ", ".join([*COLUMNS, *bound_columns(levels)])
    oldest = _oldest(base, cutoffs)
    late = "" if oldest is None else "WHERE model IN (SELECT id FROM model) AND cutoff >= :oldest"
    rows = base.execute(
        f"SELECT {names} FROM forecast {late} ORDER BY model, cutoff, symbol, ahead",  # noqa: S608 - names of columns, all ours
        {"oldest": oldest},
    ).fetchall()
    sources = base.execute("SELECT id, digest, file, price_column FROM model").fetchall()
    times = dict(base.execute("SELECT id, at FROM run"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(COLUMNS) + 2 * len(levels))
    own = dict(zip(COLUMNS, columns, strict=False))
    bounds = [np.array(column, float) for column in columns[len(COLUMNS) :]]
    found = Recorded(
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


def _check(found: Recorded) -> None:
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
