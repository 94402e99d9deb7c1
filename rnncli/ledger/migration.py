"""The tables of a ledger: made, or brought from an earlier version to this one after a backup.

Version 2 added the inputs that a model was limited to, version 3 the last date that a model was
fitted on and the table of origins, version 4 the risks of portfolios. Ledgers of earlier versions
are read as they are.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import BinaryIO

from rnncli.ledger.database import is_empty, opened, transaction, version_of
from rnncli.ledger.tables import MODEL, ORIGIN, RISK, TABLES, VERSION
from rnncli.storage.atomic import check_creatable, write_by

PAGES = 4096  # of a backup, copied at a time
COUNTED = (
    "SELECT model, cutoff, min(symbol) AS first, max(symbol) AS last, count(*) AS forecasts"
    " FROM forecast GROUP BY model, cutoff"
)
MIGRATIONS = {  # from a version to the next one
    1: (
        MODEL.format("upgraded"),
        "INSERT INTO upgraded (id, digest, file, price_column)"
        " SELECT id, digest, file, price_column FROM model",
        "DROP TABLE model",
        "ALTER TABLE upgraded RENAME TO model",
    ),
    2: (*ORIGIN, f"INSERT INTO origin {COUNTED}"),
    3: RISK,
}


def backup_of(path: str, version: int) -> str:
    """Where a ledger of an earlier version is kept before it is migrated."""
    return f"{os.path.realpath(path)}.v{version}"


def backups_of(path: str) -> list[str]:
    """Every place that `backup_of` may name."""
    return [backup_of(path, version) for version in MIGRATIONS]


def prepare(path: str, base: sqlite3.Connection) -> None:
    """Make the tables of an empty ledger, or bring those of an earlier version to this one.

    This is part of the caller's transaction, which has the write lock; an earlier ledger is copied
    before. Raises CannotCreateError, WriteError.
    """
    if is_empty(base):
        _execute(base, TABLES)
        return
    version = version_of(base)
    if version == VERSION:
        return
    if version not in MIGRATIONS:
        raise sqlite3.DatabaseError("tables without a version")
    copy(path, backup_of(path, version))
    for step in range(version, VERSION):
        _execute(base, MIGRATIONS[step])
    if "seen" not in columns_of_model(base):
        base.execute("ALTER TABLE model ADD COLUMN seen TEXT")
    base.execute(f"PRAGMA user_version = {VERSION}")


def needs_backup(path: str) -> bool:
    """Whether the next run would migrate a ledger. Raises DataError, LockedError."""
    if not os.path.exists(path) or not os.path.getsize(path):
        return False
    with opened(path, "rw") as base:
        return version_of(base) < VERSION


def migrate(path: str) -> int:
    """Bring a ledger to the version of this program; the version that it had.

    Raises CannotCreateError, DataError, LockedError, WriteError.
    """
    check_creatable(path)
    with opened(path, "rw") as base, transaction(base):
        version = VERSION if is_empty(base) else version_of(base)
        prepare(path, base)
        return version


def copy(path: str, to: str) -> None:
    """Copy a ledger as it was after its last whole run, while others may read and write it.

    Raises CannotCreateError, DataError, LockedError, WriteError.
    """

    def fill(_: BinaryIO, temporary: str, stopped: Callable[[], None]) -> None:
        with opened(path, "rw") as source, closing(sqlite3.connect(temporary)) as target:
            target.execute("PRAGMA synchronous = OFF")  # the file is flushed as a whole
            target.execute("PRAGMA journal_mode = OFF")
            source.backup(target, pages=PAGES, progress=lambda *_: stopped())

    write_by(to, fill, like=path)


def columns_of_model(base: sqlite3.Connection) -> list[str]:
    """Names of the columns of the table of models."""
    return [name for _, name, *_ in base.execute("PRAGMA table_info(model)")]


def origins(base: sqlite3.Connection) -> str:
    """What to select origins from: their table, or all forecasts in an earlier version."""
    return "origin" if version_of(base) > 2 else f"({COUNTED})"


def has_risks(base: sqlite3.Connection) -> bool:
    """Whether there are tables for the risks of portfolios."""
    return version_of(base) > 3


def _execute(base: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        base.execute(statement)
