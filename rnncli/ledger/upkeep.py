"""Keep a ledger for years: what is in it, whether it is whole, older forecasts removed, copies."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.dates import date_remedy
from rnncli.errors import DataError, UsageError
from rnncli.ledger.database import (
    is_empty,
    levels_of,
    no_such_ledger,
    opened,
    transaction,
    version_of,
)
from rnncli.ledger.migration import COUNTED, backups_of, has_risks, origins, prepare
from rnncli.ledger.reader import LAST_SYMBOL, last_pairs, read_part, read_portfolios

UNUSED_RUN = (
    "id NOT IN (SELECT DISTINCT run FROM forecast) AND id NOT IN (SELECT run FROM portfolio_risk)"
)
SHOWN = 20  # problems that are listed
RISKS = "SELECT count(*) FROM portfolio_risk"
COUNTS = ("forecasts", "cutoffs", "first_cutoff", "last_cutoff")


@dataclass(frozen=True)
class LedgerInfo:
    """What is in a ledger.

    `bytes`: of its file; `free`: of these, what removed forecasts left and `compact` gives back.
    `first_run`, `last_run`: when the first and last run recorded (UTC). `portfolio_risks`: nights
    of portfolios. `backups`: copies that were made before a migration.
    """

    version: int
    bytes: int
    free: int
    forecasts: int
    cutoffs: int
    first_cutoff: str | int | None
    last_cutoff: str | int | None
    models: int
    runs: int
    first_run: str | None
    last_run: str | None
    levels: list[float]
    portfolio_risks: int
    backups: list[str]


def ledger_info(path: str) -> LedgerInfo:
    """Look into a ledger; its forecasts are not read. Raises MissingInputError, DataError."""
    check_exists(path)
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        if is_empty(base):
            raise DataError(f"{path}: is empty; nothing was recorded in it")
        counts = "coalesce(sum(forecasts), 0), count(DISTINCT cutoff), min(cutoff), max(cutoff)"
        sums = _first(base, f"SELECT {counts} FROM {origins(base)}")  # noqa: S608 - ours
        of_runs = _first(base, "SELECT count(*), min(at), max(at) FROM run")
        if not all(isinstance(value, str | int | None) for value in (*sums, *of_runs)):
            raise sqlite3.DatabaseError("a value that was never written")
        runs, first_run, last_run = of_runs
        return LedgerInfo(
            version=version_of(base),
            bytes=os.path.getsize(path),
            free=_pragma(base, "freelist_count") * _pragma(base, "page_size"),
            **dict(zip(COUNTS, sums, strict=True)),
            models=_first(base, "SELECT count(*) FROM model")[0],
            runs=runs,
            first_run=first_run,
            last_run=last_run,
            levels=levels_of(base),
            portfolio_risks=_first(base, RISKS)[0] if has_risks(base) else 0,
            backups=[backup for backup in backups_of(path) if os.path.exists(backup)],
        )


def check_whole(path: str) -> list[str]:
    """What is wrong with a ledger: nothing, where it is whole.

    SQLite's own check of every page and index, every reference between tables, the counts of the
    origins, and every value. Raises MissingInputError, LockedError, DataError for another file.
    """
    check_exists(path)
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        lines = [line for (line,) in base.execute(f"PRAGMA integrity_check({SHOWN})")]
        if lines != ["ok"]:
            return lines
        lines = [
            f"a row of {table} refers to a {parent} that is not there"
            for table, _, parent, _ in base.execute("PRAGMA foreign_key_check")
        ]
        if version_of(base) > 2:
            lines += _wrong_origins(base)
    return lines[:SHOWN] or list(_wrong_values(path))


def _wrong_values(path: str) -> Iterator[str]:
    """Why the forecasts of a cutoff cannot be read, one cutoff at a time, or risks."""
    try:
        read_portfolios(path)
        for pair in last_pairs(path, 0):
            read_part(path, [pair], "", LAST_SYMBOL)
    except DataError as fault:
        yield str(fault)


def _wrong_origins(base: sqlite3.Connection) -> Iterator[str]:
    """Models and cutoffs whose forecasts are not those that are counted."""
    wrong = (
        f"SELECT DISTINCT model, cutoff FROM (SELECT * FROM origin EXCEPT {COUNTED}"  # noqa: S608 - ours
        f" UNION SELECT * FROM ({COUNTED} EXCEPT SELECT * FROM origin)) LIMIT {SHOWN}"
    )
    for model, cutoff in base.execute(wrong):
        yield f"the forecasts of model {model} from {cutoff} are not those that are counted"


def prune(path: str, before: str) -> int:
    """Remove the forecasts from cutoffs before a date, and runs and models without any; how many.

    The risks of portfolios from these cutoffs go too. The space is used again by later
    runs; `compact` gives it back. Raises UsageError, MissingInputError, DataError, LockedError,
    WriteError.
    """
    day = _day(before)
    check_exists(path)
    with opened(path, "rw") as base, transaction(base):
        prepare(path, base)
        pairs = base.execute(
            "SELECT model, cutoff FROM origin WHERE typeof(cutoff) = 'text' AND cutoff < ?", (day,)
        ).fetchall()
        removed = 0
        for pair in pairs:
            where = "WHERE model = ? AND cutoff = ?"
            removed += base.execute(f"DELETE FROM forecast {where}", pair).rowcount  # noqa: S608
            base.execute(f"DELETE FROM origin {where}", pair)  # noqa: S608 - ours
        if _prune_risks(base, day) or removed:
            base.execute(f"DELETE FROM run WHERE {UNUSED_RUN}")  # noqa: S608 - ours
            base.execute(
                "DELETE FROM model WHERE id NOT IN (SELECT model FROM origin)"
                " AND id NOT IN (SELECT model FROM portfolio_risk)"
            )
        return removed


def _prune_risks(base: sqlite3.Connection, day: str) -> int:
    """Remove the risks of portfolios from cutoffs before a date; how many."""
    old = "SELECT id FROM portfolio_risk WHERE typeof(cutoff) = 'text' AND cutoff < ?"
    for table in ("portfolio_position", "portfolio_loss"):
        base.execute(f"DELETE FROM {table} WHERE risk IN ({old})", (day,))  # noqa: S608 - ours
    return base.execute(f"DELETE FROM portfolio_risk WHERE id IN ({old})", (day,)).rowcount  # noqa: S608


def compact(path: str) -> int:
    """Write a ledger anew without the space that removed forecasts left; bytes that were freed.

    Raises MissingInputError, DataError, LockedError, WriteError.
    """
    check_exists(path)
    before = os.path.getsize(path)
    with opened(path, "rw") as base:
        base.execute("VACUUM")
    return before - os.path.getsize(path)


def _first(base: sqlite3.Connection, query: str) -> tuple[Any, ...]:
    (row,) = base.execute(query).fetchall()
    values: tuple[Any, ...] = row
    return values


def _pragma(base: sqlite3.Connection, name: str) -> int:
    ((value,),) = base.execute(f"PRAGMA {name}")
    return int(value)


def check_exists(path: str) -> None:
    """Raise MissingInputError without a ledger."""
    if not os.path.exists(path):
        raise no_such_ledger(path)


def _day(text: str) -> str:
    """A date as cutoffs are written. Raises UsageError."""
    try:
        return str(np.datetime64(text.strip(), "D"))
    except ValueError as fault:
        raise UsageError(
            "is not a date", option="before", value=text, remedy=date_remedy(text)
        ) from fault
