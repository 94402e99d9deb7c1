"""The ledger: what was forecast, when, by which model; a file that runs are added to.

A run is one transaction, flushed to the disk before it counts: whatever a process dies of, its
forecasts are all there or none is. A forecast is known by model, symbol, cutoff and ahead, and is
recorded once; the first one stands.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli import __version__
from rnncli.dates import format_date, now
from rnncli.errors import CannotCreateError
from rnncli.forecasting.forecast import Forecast
from rnncli.ledger.database import TABLES, bound_columns, is_empty, make_room, opened, transaction
from rnncli.storage.atomic import check_creatable

COLUMNS = (
    "run", "model", "cutoff", "symbol", "ahead", "date", "forecast", "naive", "price", "before",
    "divisor",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The model that forecasts: SHA-256 of its file, the name of that, the price column it read."""

    digest: str
    file: str
    column: str | None


@dataclass(frozen=True)
class RecordResult:
    """What became of the forecasts of a run.

    new: recorded now; known: there already; other: of those, with another number, which stands.
    run: its number (of several models: the first one's), None where nothing was new.
    """

    run: int | None
    new: int
    known: int
    other: int

    @property
    def said_of_other(self) -> str:
        """What a user is told of those."""
        return (
            f"{self.other} forecasts of this model from these cutoffs were recorded before with"
            " other numbers, which stand"
        )


def check_ledger(path: str) -> None:
    """Refuse early what `record` could not write to; creates nothing.

    Raises CannotCreateError, DataError for a file that is no ledger or of a newer version.
    """
    check_creatable(path)
    if os.path.exists(path):
        if not os.access(path, os.W_OK):  # SQLite would only say so once it writes
            raise CannotCreateError(f"{path}: no permission to write; name another file")
        with opened(path, "rw"):
            pass


def record(path: str, forecasts: Sequence[tuple[Source, Forecast]]) -> RecordResult:
    """Add forecasts to a ledger, created if missing: all of them or none, a run for each model.

    A forecast that was recorded before is not added again. Raises CannotCreateError, DataError,
    LockedError, WriteError.
    """
    check_creatable(path)
    with opened(path, "rwc") as base, transaction(base):
        if is_empty(base):
            for statement in TABLES:
                base.execute(statement)
        runs, counts = dict[int, int](), np.zeros(3, np.int64)
        for source, forecast in forecasts:
            model, bounds = _model(base, source), sorted(forecast.lower)
            make_room(base, bounds)
            rows = list(_rows(forecast, bounds))
            new, again = _sorted_out(base, model, rows)
            if new:
                if model not in runs:
                    runs[model] = _begin(base, model)
                _enter(base, runs[model], model, bounds, new)
            _fill_levels(base, model, bounds, again)
            counts += len(new), len(rows) - len(new), len(rows) - len(new) - len(again)
    return RecordResult(next(iter(runs.values()), None), *counts.tolist())


def unrecorded(path: str, forecasts: Sequence[tuple[Source, Forecast]]) -> int:
    """How many forecasts `record` would add; changes nothing.

    Raises CannotCreateError, DataError, LockedError.
    """
    if not os.path.exists(path):
        return sum(forecast.forecasts.size for _, forecast in forecasts)
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        known = {} if is_empty(base) else dict(base.execute("SELECT digest, id FROM model"))
        count = 0
        for source, forecast in forecasts:
            model, rows = known.get(source.digest), list(_rows(forecast, []))
            count += len(rows if model is None else _sorted_out(base, model, rows)[0])
        return count


def storable(symbol: str) -> str:
    """A symbol as the ledger holds it: bytes of a file name that are no text are spelled out."""
    return symbol.encode("utf-8", "backslashreplace").decode("utf-8")


def _model(base: sqlite3.Connection, source: Source) -> int:
    """The number of a model, entered where it is new."""
    base.execute(
        "INSERT INTO model (digest, file, price_column) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (source.digest, storable(source.file), source.column),
    )
    found = base.execute("SELECT id FROM model WHERE digest = ?", (source.digest,))
    number = found.fetchone()
    if number is None or number[0] is None:
        raise sqlite3.DatabaseError("a model without a number")
    return int(number[0])


Key = tuple[str | int, str, int]  # cutoff, symbol, ahead


def _sorted_out(
    base: sqlite3.Connection, model: int, rows: "list[_Row]"
) -> "tuple[list[_Row], list[_Row]]":
    """The forecasts that are new, and those that are there with the same number."""
    known: dict[Key, float] = {}
    for cutoff, symbol in {row.key[:2] for row in rows}:
        found = base.execute(
            "SELECT ahead, forecast FROM forecast WHERE model = ? AND cutoff = ? AND symbol = ?",
            (model, cutoff, symbol),
        )
        known |= {(cutoff, symbol, ahead): value for ahead, value in found}
    new = [row for row in rows if row.key not in known]
    return new, [row for row in rows if known.get(row.key) == row.forecast]


@dataclass(frozen=True)
class _Row:
    """A forecast: its key, its date, and what stands beside it, the bounds last."""

    key: Key
    date: str | int
    forecast: float
    beside: tuple[float | None, ...]
    bounds: tuple[float, ...]


def _rows(forecast: Forecast, levels: list[float]) -> Iterator[_Row]:
    """Every forecast of a run."""
    bounds = [side[level] for level in levels for side in (forecast.lower, forecast.upper)]
    for i, symbol in enumerate(map(storable, forecast.symbols)):
        cutoff, dates = _days(forecast, i)
        past = forecast.prices.series(i)
        divisor = float(forecast.divisors[i])
        before = float(past[-2]) if len(past) > 1 else None
        beside = (float(forecast.naive[i]), float(past[-1]), before, divisor)
        own = [values[i].tolist() for values in (forecast.forecasts, *bounds)]
        for k, (value, *sides) in enumerate(zip(*own, strict=True)):
            yield _Row((cutoff, symbol, k + 1), dates[k], value, beside, tuple(sides))


def _days(forecast: Forecast, i: int) -> tuple[str | int, list[str] | list[int]]:
    """Cutoff and dates ahead of a symbol; rows are counted where there are no dates."""
    rows, horizon = forecast.rows[i], forecast.forecasts.shape[1]
    if np.isnat(forecast.cutoffs[i]):
        return rows, list(range(rows + 1, rows + horizon + 1))
    return format_date(forecast.cutoffs[i]), [format_date(date) for date in forecast.dates[i]]


def _begin(base: sqlite3.Connection, model: int) -> int:
    """Add a run; return its number."""
    added = base.execute(
        "INSERT INTO run (at, version, model) VALUES (?, ?, ?)", (now(), __version__, model)
    )
    assert added.lastrowid is not None
    return added.lastrowid


def _enter(
    base: sqlite3.Connection, run: int, model: int, levels: list[float], rows: list[_Row]
) -> None:
    """Add forecasts to a run."""
    names = [*COLUMNS, *bound_columns(levels)]
    places = ", ".join("?" * len(names))
    base.executemany(
        f"INSERT INTO forecast ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - all ours
        ((run, model, *r.key, r.date, r.forecast, *r.beside, *r.bounds) for r in rows),
    )


def _fill_levels(
    base: sqlite3.Connection, model: int, levels: list[float], rows: list[_Row]
) -> None:
    """Bounds of further levels for forecasts that were recorded without them."""
    names = bound_columns(levels)
    if not rows or not names:
        return
    given = ", ".join(f"{name} = coalesce({name}, ?)" for name in names)
    base.executemany(
        f"UPDATE forecast SET {given} WHERE model = ? AND cutoff = ? AND symbol = ? AND ahead = ?",  # noqa: S608 - all ours
        ((*row.bounds, model, *row.key) for row in rows),
    )
