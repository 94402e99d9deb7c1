"""Add the forecasts and risks of one ledger to another, as of two machines."""

import os
import sqlite3
from urllib.parse import quote

from rnncli.errors import DataError, UsageError
from rnncli.ledger.database import make_room, opened, transaction
from rnncli.ledger.migration import COUNTED, columns_of_model, prepare
from rnncli.ledger.portfolio_risk import LOSS, POSITION
from rnncli.ledger.tables import VERSION
from rnncli.ledger.upkeep import UNUSED_RUN, check_exists, check_whole, ledger_info
from rnncli.storage.atomic import check_creatable

MODELS = "source.model AS other, model AS own"
SAME = "own.digest = other.digest AND own.inputs = other.inputs"


def import_ledger(path: str, source: str) -> int:
    """Add the forecasts of another ledger that this one does not have; how many.

    A forecast or a night of a portfolio that both have stays as it is here. Raises
    MissingInputError, CannotCreateError, DataError, LockedError, WriteError.
    """
    check_exists(source)
    check_creatable(path)
    if os.path.exists(path) and os.path.samefile(path, source):
        raise UsageError(f"{source}: is the ledger itself; name another one")
    version = ledger_info(source).version
    if version != VERSION:
        raise DataError(f"{source}: a ledger of version {version}; run rnncli upgrade {source}")
    if faults := check_whole(source):
        raise DataError(f"{source}: {faults[0]}; nothing is imported from a damaged ledger")
    with opened(path, "rwc") as base:
        place = quote(os.path.realpath(source).encode("utf-8", "surrogateescape"))
        base.execute("ATTACH ? AS source", (f"file:{place}?mode=rw",))
        with transaction(base):
            prepare(path, base)
            return _add_all(base)


def _add_all(base: sqlite3.Connection) -> int:
    """Add the models, runs and forecasts of the attached ledger `source`."""
    levels = [
        float(name[6:])
        for _, name, *_ in base.execute("PRAGMA source.table_info(forecast)")
        if name.startswith("lower_")
    ]
    make_room(base, levels)
    names = ", ".join(name for name in columns_of_model(base) if name != "id")
    base.execute(f"INSERT OR IGNORE INTO model ({names}) SELECT {names} FROM source.model")  # noqa: S608
    ((last,),) = base.execute("SELECT coalesce(max(id), 0) FROM run")
    base.execute(
        "INSERT INTO run (id, at, version, model) SELECT run.id + ?, at, version, own.id"  # noqa: S608
        f" FROM source.run AS run, {MODELS} WHERE run.model = other.id AND {SAME}",
        (last,),
    )
    columns = [f'"{name}"' for _, name, *_ in base.execute("PRAGMA source.table_info(forecast)")]
    values = [
        {'"run"': "f.run + ?", '"model"': "own.id"}.get(name, f"f.{name}") for name in columns
    ]
    added = base.execute(
        f"INSERT OR IGNORE INTO forecast ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM source.forecast AS f, {MODELS} WHERE f.model = other.id AND {SAME}",
        (last,),
    ).rowcount
    _add_risks(base, last)
    base.execute(f"DELETE FROM run WHERE id > ? AND {UNUSED_RUN}", (last,))  # noqa: S608 - ours
    base.execute("DELETE FROM origin")
    base.execute(f"INSERT INTO origin {COUNTED}")
    return added


def _add_risks(base: sqlite3.Connection, last: int) -> None:
    """Add the nights of portfolios; `last`: what is added to the numbers of runs."""
    ((before,),) = base.execute("SELECT coalesce(max(id), 0) FROM portfolio_risk")
    base.execute(
        "INSERT OR IGNORE INTO portfolio_risk (id, run, model, portfolio, cutoff, cash)"  # noqa: S608
        f" SELECT r.id + ?, r.run + ?, own.id, portfolio, cutoff, cash"
        f" FROM source.portfolio_risk AS r, {MODELS} WHERE r.model = other.id AND {SAME}",
        (before, last),
    )
    for table, columns in (("portfolio_position", POSITION), ("portfolio_loss", LOSS)):
        names = ", ".join(columns)
        base.execute(
            f"INSERT INTO {table} (risk, {names}) SELECT risk + ?, {names} FROM source.{table}"  # noqa: S608
            " WHERE risk + ? IN (SELECT id FROM portfolio_risk WHERE id > ?)",
            (before, before, before),
        )
