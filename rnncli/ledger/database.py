"""The ledger's SQLite database: opened, checked, and written whole or not at all.

Columns: `price` is the price at the cutoff and `before` that of the row before it (the two show
whether the past was rewritten), `divisor` the divisor of MASE. A level gets its two columns with
the first run that has bounds of it. A model that was limited to some of its inputs is another one:
its `inputs` name them, and are empty where it was fed all. `seen` is the last date that any part of
a model was fitted on, NULL where it has none or is not known. `origin` counts the forecasts of each
model and cutoff, and names their first and last symbol: what a run looks at every night.
`portfolio_risk` has a row for each night of a portfolio, with what was held in `portfolio_position`
(of a symbol that is only a `currency`, nothing) and what might be lost in `portfolio_loss`.
"""

import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote

import numpy as np

from rnncli import __version__
from rnncli.distributions.conformal import level_name
from rnncli.errors import (
    CannotCreateError,
    DataError,
    LockedError,
    MissingInputError,
    RnncliError,
    WriteError,
    name_some,
)
from rnncli.ledger.tables import APPLICATION, VERSION, foreign_parts
from rnncli.storage.near_path import path_remedy
from rnncli.storage.reading import read_start

Day = str | int  # a date, or the number of a row without dates
YEAR = re.compile("[0-9]{4}-")
MAGIC = b"SQLite format 3\0"  # the first bytes of a database
NAMED = 5  # parts in an error
LONGEST = 1 << 20  # bytes of a text that is read or written
NOT_A_LEDGER = "is not a ledger; name a file that rnncli predict --ledger wrote"
BUSY_SECONDS = 10.0  # to wait for another process
FAULTS: dict[int, tuple[type[RnncliError], str]] = {
    sqlite3.SQLITE_BUSY: (LockedError, "another process is writing to it; try again later"),
    sqlite3.SQLITE_LOCKED: (LockedError, "another process is writing to it; try again later"),
    sqlite3.SQLITE_NOTADB: (DataError, NOT_A_LEDGER),
    sqlite3.SQLITE_CORRUPT: (DataError, "is a damaged ledger; take it from a backup"),
    sqlite3.SQLITE_ERROR: (DataError, "is a damaged ledger; take it from a backup"),
    sqlite3.SQLITE_FULL: (WriteError, "no space left; nothing was changed"),
    sqlite3.SQLITE_IOERR: (WriteError, "cannot be read or written; nothing was changed"),
    sqlite3.SQLITE_READONLY: (CannotCreateError, "no permission to write; name another file"),
    sqlite3.SQLITE_CANTOPEN: (
        CannotCreateError,
        "cannot be opened; name a file that rnncli predict --ledger wrote",
    ),
}


@contextmanager
def opened(path: str, mode: str) -> Iterator[sqlite3.Connection]:
    """An open ledger, or a file that is still empty; errors of SQLite become those of rnncli."""
    _check_kind(path)
    place = quote(os.path.realpath(path).encode("utf-8", "surrogateescape"))
    try:
        with closing(
            sqlite3.connect(
                f"file:{place}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
            )
        ) as base:
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA synchronous = EXTRA")  # the folder too, before a run counts
            _check(path, base)
            yield base
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        kind, message = FAULTS.get(code, FAULTS[sqlite3.SQLITE_CORRUPT])
        raise kind(f"{path}: {message}") from fault


@contextmanager
def transaction(base: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Commit all or nothing; BEGIN IMMEDIATE takes the write lock before anything is read."""
    base.execute(f"BEGIN {kind}")
    try:
        yield
        base.execute("COMMIT")
    except BaseException:
        if base.in_transaction:
            base.execute("ROLLBACK")
        raise


def _check_kind(path: str) -> None:
    """Raise DataError for a file that is not a database: SQLite takes a few bytes for an empty one.

    This happens before SQLite opens it, since closing a file drops the process's locks on it.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # opening a pipe would wait for ever
        what = "a folder, not a ledger" if os.path.isdir(path) else "not a regular file"
        raise DataError(f"{path}: is {what}; name the file of a ledger")
    if is_other_kind(path):
        raise DataError(f"{path}: {NOT_A_LEDGER}")


def is_other_kind(path: str) -> bool:
    """Whether a file is no database and not empty; what cannot be opened, SQLite reports."""
    try:
        return read_start(path, len(MAGIC)) not in (b"", MAGIC)
    except OSError:
        return False


def _check(path: str, base: sqlite3.Connection) -> None:
    """Raise DataError for a database that is not a ledger, or one of a newer version."""
    ((application,),) = base.execute("PRAGMA application_id")
    ((version,),) = base.execute("PRAGMA user_version")
    if application != APPLICATION and not (is_empty(base) and application == version == 0):
        raise DataError(f"{path}: is another program's database, not a ledger; name another file")
    if version > VERSION:
        raise DataError(
            f"{path}: a ledger of version {version}; this is rnncli {__version__}, which reads"
            f" version {VERSION}: upgrade rnncli"
        )
    if version < 0:
        raise DataError(f"{path}: is a damaged ledger, of version {version}; take it from a backup")
    foreign = foreign_parts(base)
    if foreign:
        names = name_some(foreign, NAMED)
        raise DataError(
            f"{path}: has parts that rnncli does not make: {names}; take it from a backup"
        )


def no_such_ledger(path: str) -> MissingInputError:
    """The fault of a path at which nothing is."""
    remedy = path_remedy(path, "rnncli predict --ledger makes one")
    return MissingInputError(f"{path}: no such ledger; {remedy}")


def is_empty(base: sqlite3.Connection) -> bool:
    """Whether it has no table yet."""
    return base.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def version_of(base: sqlite3.Connection) -> int:
    """The version of the tables; 0 where there are none."""
    ((version,),) = base.execute("PRAGMA user_version")
    return int(version)


def levels_of(base: sqlite3.Connection) -> list[float]:
    """Levels in percent of the bounds that the ledger has columns for."""
    names = [name for _, name, *_ in base.execute("PRAGMA table_info(forecast)")]
    try:
        levels = [float(name[6:]) for name in names if name.startswith("lower_")]
    except ValueError as fault:
        raise sqlite3.DatabaseError("a column of no level") from fault
    if len(set(levels)) < len(levels) or not all(0 < level < 100 for level in levels):
        raise sqlite3.DatabaseError("a column of no level")
    return levels


def bound_columns(levels: list[float]) -> list[str]:
    """Names of the columns of levels, quoted for SQL, lower and upper in turn."""
    return [f'"{side}_{level_name(level)}"' for level in levels for side in ("lower", "upper")]


def make_room(base: sqlite3.Connection, levels: list[float]) -> None:
    """Add columns for new levels."""
    for column in bound_columns(sorted(set(levels) - set(levels_of(base)))):
        base.execute(f"ALTER TABLE forecast ADD COLUMN {column} REAL")


def check_days(days: Collection[Day]) -> None:
    """Raise ValueError for what is not a date as they are written; numbers of rows are ignored."""
    dates = {day for day in days if not isinstance(day, int)}
    np.array(sorted(dates), "datetime64[s]")
    if not all(map(YEAR.match, dates)):  # NaT and today are dates to NumPy
        raise ValueError("a date without a year of four digits")
