"""Record forecasts in a ledger: what was forecast, when, and by which model.

A run is one transaction, flushed to the disk before it counts: all of its forecasts are
recorded or none, however a process ends. A forecast is identified by model, symbol, cutoff and rows
ahead, and is recorded once; a later one with the same identity changes nothing.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose, isnan

import numpy as np

from rnncli import __version__
from rnncli.dates import now
from rnncli.errors import CannotCreateError
from rnncli.forecasting.forecast import Forecast
from rnncli.ledger.database import bound_columns, is_empty, make_room, opened, transaction
from rnncli.ledger.migration import columns_of_model, prepare
from rnncli.ledger.portfolio_risk import PortfolioRisk, add_risks
from rnncli.ledger.record_result import RecordResult
from rnncli.storage.atomic import check_creatable

COLUMNS = (
    "run", "model", "cutoff", "symbol", "ahead", "date", "forecast", "naive", "price", "before",
    "divisor",
)  # fmt: skip
ROUNDING = 1e-6  # relative: kernels of another processor round their 32-bit numbers otherwise
ROWS_AT_CUTOFF = 2  # of a series that a forecast records: the price at the cutoff, the one before


@dataclass(frozen=True)
class Source:
    """The model of a forecast: SHA-256 of its file, the file's name, the price column it read.

    `inputs`: those that it was limited to, None without a limit. `seen`: the last date that any
    part of it was fitted on, None if there is none or it is unknown.
    """

    digest: str
    file: str
    column: str | None
    inputs: str | None = None
    seen: str | None = None

    @property
    def name(self) -> str:
        """What it is called in scores: 12 digits, and its inputs where they were limited."""
        return f"{self.digest[:12]} {self.inputs}" if self.inputs else self.digest[:12]

    def saw_after(self, cutoff: str | int) -> bool:
        """Whether it was fitted on days after a cutoff, so that it knows what it forecasts."""
        if self.seen is None or isinstance(cutoff, int):
            return False
        return bool(np.datetime64(cutoff, "s") < np.datetime64(self.seen, "s"))


def check_ledger(path: str) -> None:
    """Refuse early what `record` could not write to; creates nothing.

    Raises CannotCreateError, DataError for a file that is not a ledger or of a newer version.
    """
    check_creatable(path)
    if os.path.exists(path):
        if not os.access(path, os.W_OK):  # SQLite would fail only when it writes
            raise CannotCreateError(f"{path}: no permission to write; name another file")
        with opened(path, "rw"):
            pass


def record(
    path: str, forecasts: Sequence[tuple[Source, Forecast]],
    risks: Sequence[tuple[Source, PortfolioRisk]] = (),
) -> RecordResult:  # fmt: skip
    """Add forecasts and risks to a ledger, created if missing: all or none, one run per model.

    What was recorded before is not added again. Raises CannotCreateError, DataError, LockedError,
    WriteError.
    """
    check_creatable(path)
    with opened(path, "rwc") as base, transaction(base):
        prepare(path, base)
        runs, counts = dict[int, int](), np.zeros(4, np.int64)

        def run_of(model: int) -> int:
            if model not in runs:
                runs[model] = _begin_run(base, model)
            return runs[model]

        for source, forecast in forecasts:
            model, levels = _model_number(base, source), sorted(forecast.lower)
            make_room(base, levels)
            rows = list(_rows(forecast, levels))
            new, same = _new_and_same(base, model, rows, levels)
            if new:
                _insert(base, run_of(model), model, levels, new)
                _count_origins(base, model, new)
            _fill_levels(base, model, levels, same)
            known = len(rows) - len(new)
            in_sample = sum(source.saw_after(row.key[0]) for row in rows)
            counts += len(new), known, known - len(same), in_sample
        added = add_risks(base, risks, lambda source: _model_number(base, source), run_of)
    return RecordResult(next(iter(runs.values()), None), *[*counts.tolist(), *added])


def unrecorded(path: str, forecasts: Sequence[tuple[Source, Forecast]]) -> int:
    """How many forecasts `record` would add; changes nothing.

    Raises CannotCreateError, DataError, LockedError.
    """
    if not os.path.exists(path):
        return sum(forecast.forecasts.size for _, forecast in forecasts)
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        count = 0
        for source, forecast in forecasts:
            model, rows = _recorded_model(base, source), list(_rows(forecast, []))
            count += len(rows if model is None else _new_and_same(base, model, rows, [])[0])
        return count


def storable(symbol: str) -> str:
    """A symbol as the ledger stores it: bytes of a file name that are not text are escaped."""
    return symbol.encode("utf-8", "backslashreplace").decode("utf-8")


def _model_number(base: sqlite3.Connection, source: Source) -> int:
    """The number of a model in the ledger, added if it is new."""
    base.execute(
        "INSERT INTO model (digest, file, price_column, inputs, seen) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET seen = excluded.seen WHERE seen IS NULL"
        " AND excluded.seen IS NOT NULL",
        (source.digest, storable(source.file), source.column, source.inputs or "", source.seen),
    )
    number = _recorded_model(base, source)
    if number is None:
        raise sqlite3.DatabaseError("a model without a number")
    return number


def _recorded_model(base: sqlite3.Connection, source: Source) -> int | None:
    """The number of a model in the ledger, None if it is not recorded."""
    if is_empty(base):
        return None
    inputs = "inputs" if "inputs" in columns_of_model(base) else "''"
    row = base.execute(
        f"SELECT id FROM model WHERE digest = ? AND {inputs} = ?",  # noqa: S608 - ours
        (source.digest, source.inputs or ""),
    ).fetchone()
    return None if row is None or row[0] is None else int(row[0])


Key = tuple[str | int, str, int]  # cutoff, symbol, ahead


@dataclass(frozen=True)
class _Row:
    """A forecast as a row of the ledger.

    `context`: naive's forecast, the price at the cutoff and the one before it, the divisor of
    MASE. `bounds`: lower and upper in turn, by level.
    """

    key: Key
    date: str | int
    forecast: float
    context: tuple[float | None, ...]
    bounds: tuple[float, ...]


def _rows(forecast: Forecast, levels: list[float]) -> Iterator[_Row]:
    """A row for each symbol and row ahead."""
    bounds = [side[level] for level in levels for side in (forecast.lower, forecast.upper)]
    for i, symbol in enumerate(map(storable, forecast.symbols)):
        cutoff, dates = forecast.days(i)
        past = forecast.prices.series(i)
        before = float(past[-2]) if len(past) > 1 else None
        divisor = float(forecast.divisors[i])
        context = (float(forecast.naive[i]), float(past[-1]), before, divisor)
        columns = [values[i].tolist() for values in (forecast.forecasts, *bounds)]
        for k, (value, *sides) in enumerate(zip(*columns, strict=True)):
            yield _Row((cutoff, symbol, k + 1), dates[k], value, context, tuple(sides))


def _new_and_same(
    base: sqlite3.Connection, model: int, rows: list[_Row], levels: list[float]
) -> tuple[list[_Row], list[_Row]]:
    """The forecasts that are not recorded yet, and those recorded with the same numbers.

    Bounds of a level that were missing do not count as different.
    """
    symbols: dict[str | int, set[str]] = {}
    for row in rows:
        cutoff, symbol, _ = row.key
        symbols.setdefault(cutoff, set()).add(symbol)
    recorded: dict[Key, list[float | None]] = {}
    for cutoff, names in symbols.items():
        recorded |= _recorded_at(base, model, cutoff, names, levels)
    new = [row for row in rows if row.key not in recorded]
    return new, [row for row in rows if row.key in recorded and _is_same(row, recorded[row.key])]


def _is_same(row: _Row, recorded: list[float | None]) -> bool:
    """Whether a forecast has the recorded number and bounds, but for rounding."""
    pairs = zip((row.forecast, *row.bounds), recorded, strict=True)
    return all(
        before is None or isnan(value) or isclose(value, before, rel_tol=ROUNDING)
        for value, before in pairs
    )


def _recorded_at(
    base: sqlite3.Connection, model: int, cutoff: str | int, symbols: set[str],
    levels: list[float],
) -> dict[Key, list[float | None]]:  # fmt: skip
    """The recorded numbers from a cutoff, of the symbols and of all between them in order."""
    first, last = min(symbols, key=str.encode), max(symbols, key=str.encode)
    names = ", ".join(["symbol", "ahead", "forecast", *bound_columns(levels)])
    rows = base.execute(
        f"SELECT {names} FROM forecast"  # noqa: S608 - all ours
        " WHERE model = ? AND cutoff = ? AND symbol BETWEEN ? AND ?",
        (model, cutoff, first, last),
    )
    return {(cutoff, symbol, ahead): numbers for symbol, ahead, *numbers in rows}


def _begin_run(base: sqlite3.Connection, model: int) -> int:
    """Add a run; return its number."""
    inserted = base.execute(
        "INSERT INTO run (at, version, model) VALUES (?, ?, ?)", (now(), __version__, model)
    )
    assert inserted.lastrowid is not None
    return inserted.lastrowid


def _insert(
    base: sqlite3.Connection, run: int, model: int, levels: list[float], rows: list[_Row]
) -> None:
    """Add forecasts to a run."""
    names = [*COLUMNS, *bound_columns(levels)]
    places = ", ".join("?" * len(names))
    base.executemany(
        f"INSERT INTO forecast ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - all ours
        ((run, model, *r.key, r.date, r.forecast, *r.context, *r.bounds) for r in rows),
    )


def _count_origins(base: sqlite3.Connection, model: int, rows: list[_Row]) -> None:
    """Count new forecasts to their origins."""
    symbols: dict[str | int, list[str]] = {}
    for row in rows:
        cutoff, symbol, _ = row.key
        symbols.setdefault(cutoff, []).append(symbol)
    base.executemany(
        "INSERT INTO origin (model, cutoff, first, last, forecasts) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET first = min(first, excluded.first),"
        " last = max(last, excluded.last), forecasts = forecasts + excluded.forecasts",
        (
            (model, cutoff, min(names, key=str.encode), max(names, key=str.encode), len(names))
            for cutoff, names in symbols.items()
        ),
    )


def _fill_levels(
    base: sqlite3.Connection, model: int, levels: list[float], rows: list[_Row]
) -> None:
    """Add the bounds of further levels to forecasts that were recorded without them."""
    names = bound_columns(levels)
    if not rows or not names:
        return
    assignments = ", ".join(f"{name} = coalesce({name}, ?)" for name in names)
    base.executemany(
        f"UPDATE forecast SET {assignments}"  # noqa: S608 - all ours
        " WHERE model = ? AND cutoff = ? AND symbol = ? AND ahead = ?",
        ((*row.bounds, model, *row.key) for row in rows),
    )
