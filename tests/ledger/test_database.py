"""Another file than a ledger is refused, with the right status, and is not touched."""

import os
import resource
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from ledgers import SOURCE, forecast_of, make_older, record_by, rising

from rnncli.errors import CannotCreateError, DataError, ExitStatus, RnncliError, WriteError
from rnncli.ledger.merge import import_ledger
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.tables import VERSION
from rnncli.ledger.upkeep import ledger_info
from rnncli.ledger.writer import check_ledger, unrecorded


def database(path, *statements):
    """A database of another program, or a ledger changed by hand."""
    base = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        base.execute(statement)
    base.close()


@pytest.mark.parametrize("content", [b"x", b"date,close\n2024-01-01,1\n", b"\0" * 5000])
def test_a_file_of_another_kind_is_not_a_ledger(content, tmp_path):
    """Its bytes stay, by whichever command it is opened."""
    path = tmp_path / "other"
    path.write_bytes(content)
    for act in (check_ledger, read_ledger, lambda p: record_by(p, SOURCE, forecast_of(rising(4)))):
        with pytest.raises(DataError, match="other: is not a ledger; name a file"):
            act(str(path))
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_not_a_ledger(tmp_path):
    """Its tables are not added to."""
    path = str(tmp_path / "other.db")
    database(path, "CREATE TABLE t (x)")
    with pytest.raises(DataError, match="is another program's database"):
        record_by(path, SOURCE, forecast_of(rising(4)))
    with pytest.raises(DataError, match="another program's"):
        check_ledger(path)


def test_a_newer_ledger_wants_a_newer_rnncli(tmp_path):
    """One line that names both versions."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(
        DataError, match=rf"version {VERSION + 1}; this is rnncli .*upgrade"
    ) as said:
        read_ledger(path)
    assert said.value.status == ExitStatus.BAD_DATA


OLD_MODEL = (
    "CREATE TABLE old (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, file TEXT NOT NULL,"
    " price_column TEXT)"
)


def test_a_ledger_of_version_1_is_read_and_made_new(tmp_path):
    """Read as it is; a run that is recorded in it makes its table of models new."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    make_older(path, 2)
    database(
        path, OLD_MODEL, "INSERT INTO old SELECT id, digest, file, price_column FROM model",
        "DROP TABLE model", "ALTER TABLE old RENAME TO model",
        "PRAGMA user_version = 1",
    )  # fmt: skip
    before = (tmp_path / "l.db").read_bytes()
    close = replace(SOURCE, inputs="close")
    assert list(read_ledger(path).sources.values()) == [SOURCE]
    made = forecast_of(rising(4))
    assert unrecorded(path, [(close, made), (SOURCE, made)]) == 4
    check_ledger(path)
    assert (tmp_path / "l.db").read_bytes() == before
    assert record_by(path, close, made).new == 4
    found = read_ledger(path)
    assert list(found.sources.values()) == [SOURCE, close]
    assert found.models.tolist() == [1] * 4 + [2] * 4
    base = sqlite3.connect(path)
    assert base.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    base.close()


def test_an_empty_file_becomes_a_ledger(tmp_path):
    """That is what a process leaves that is killed before its first run was whole."""
    path = tmp_path / "l.db"
    path.touch()
    with pytest.raises(DataError, match="is empty"):
        read_ledger(str(path))
    record_by(str(path), SOURCE, forecast_of(rising(4)))
    assert len(read_ledger(str(path)).symbols) == 4


@pytest.mark.parametrize(
    "statement", ["DROP TABLE run", "ALTER TABLE forecast RENAME COLUMN naive TO n"]
)
def test_a_ledger_without_its_tables_is_damaged(statement, tmp_path):
    """Said as such, not as a bug."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, statement)
    with pytest.raises(DataError, match=r"is a damaged ledger|take it from a backup"):
        read_ledger(path)


def test_a_torn_ledger_is_damaged(tmp_path):
    """Half of its pages are gone."""
    path = tmp_path / "l.db"
    record_by(str(path), SOURCE, forecast_of(rising(4)))
    path.write_bytes(path.read_bytes()[:4096])
    with pytest.raises(DataError, match="is a damaged ledger"):
        read_ledger(str(path))


def test_a_place_where_nothing_can_be_made(tmp_path):
    """A folder, and a folder that is not there."""
    for path in (tmp_path, tmp_path / "none" / "l.db"):
        with pytest.raises(CannotCreateError):
            check_ledger(str(path))


def test_a_full_disk_changes_nothing(tmp_path):
    """A limit on the size of files stands in for it: status 74, the runs before are there."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(path), limits[1]))
    try:
        with pytest.raises(WriteError, match="nothing was changed"):
            record_by(path, SOURCE, forecast_of(rising(5), horizon=500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read_ledger(path).cutoffs == ["2024-01-04"] * 4
    assert os.listdir(tmp_path) == ["l.db"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE forecast SET cutoff = '2024-13-01' WHERE symbol = 'A'",
        "UPDATE forecast SET ahead = -1 - ahead",
        "UPDATE forecast SET run = 7",
        "UPDATE model SET digest = x'00'",
        "UPDATE forecast SET forecast = 'much'",
    ],
)
def test_what_was_never_written_is_damage(statement, tmp_path):
    """Changed by hand, or a flipped bit that SQLite cannot see."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, statement)
    with pytest.raises(DataError, match="is a damaged ledger"):
        read_ledger(path)


def test_flipped_bits_are_not_bug(tmp_path):
    """Whatever is read or written: a fault with a status, or an answer."""
    path, rng = tmp_path / "l.db", np.random.default_rng(0)
    record_by(str(path), SOURCE, forecast_of(rising(4)))
    good = np.frombuffer(path.read_bytes(), np.uint8)
    used = np.flatnonzero(good)
    statuses = []
    for _ in range(150):
        mutant = good.copy()
        mutant[rng.choice(used)] ^= 1 << rng.integers(8)
        path.write_bytes(mutant.tobytes())
        for act in (read_ledger, lambda p: record_by(p, SOURCE, forecast_of(rising(5)))):
            try:
                act(str(path))
                statuses.append(ExitStatus.OK)
            except RnncliError as fault:
                statuses.append(fault.status)
    assert len(statuses) == 300
    ends = {ExitStatus.OK, ExitStatus.BAD_DATA}
    assert ends <= set(statuses) <= ends | {ExitStatus.LOCKED}  # some damage SQLite calls a lock


@pytest.mark.parametrize(
    ("named", "statements"),
    [
        ("t", ["CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM forecast; END"]),
        ("origin", ["ALTER TABLE origin RENAME TO run_2", "CREATE VIEW origin AS SELECT 1"]),
        ("forecast", ["ALTER TABLE forecast ADD COLUMN z AS (hex(zeroblob(1000000)))"]),
        ("forecast", ['ALTER TABLE forecast ADD COLUMN "x"", (SELECT 1) AS ""y" REAL']),
        ("run", ["ALTER TABLE run ADD COLUMN z INTEGER CHECK (length(zeroblob(9)) > 0)"]),
    ],
)
def test_a_program_inside_a_ledger_is_refused(named, statements, tmp_path):
    """Triggers, views, computed columns and checks would run as the ledger is used."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, *statements)
    for act in (check_ledger, read_ledger, lambda p: record_by(p, SOURCE, forecast_of(rising(4)))):
        with pytest.raises(DataError, match=rf"has parts that rnncli does not make: .*{named}"):
            act(path)


def test_a_text_of_megabytes_in_a_ledger_is_not_read(tmp_path):
    """SQLite would hold it several times over."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, "UPDATE model SET file = hex(zeroblob(1000000))")
    with pytest.raises(DataError, match="damaged ledger"):
        read_ledger(path)


def test_a_pipe_is_no_ledger(tmp_path):
    """Opening one would wait for a writer that may never come."""
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    for act in (ledger_info, read_ledger, lambda p: import_ledger(str(tmp_path / "l"), p)):
        with pytest.raises(DataError, match="pipe: is not a regular file"):
            act(path)


@pytest.mark.parametrize(
    "statement", ["UPDATE origin SET cutoff = x'ff00'", "UPDATE run SET at = x'ff'"]
)
def test_a_value_of_another_type_is_damage(statement, tmp_path):
    """What is shown of a ledger is checked like what is read of it."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, statement)
    with pytest.raises(DataError, match="damaged ledger"):
        ledger_info(path)


@pytest.mark.parametrize(
    "statement", ["UPDATE forecast SET date = x'ff00'", "UPDATE model SET price_column = x'ff'"]
)
def test_bytes_for_a_date_or_a_column_are_damage(statement, tmp_path):
    """They would be dates that never come, and names that cannot be written."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, statement)
    with pytest.raises(DataError, match="damaged ledger"):
        read_ledger(path)


@pytest.mark.parametrize("cutoff", ["NaT", "today", "-0500-01-01", "999999999-01-01", ""])
@pytest.mark.parametrize("column", ["cutoff", "date"])
def test_a_date_that_no_price_has_is_damage(column, cutoff, tmp_path):
    """NumPy takes these for dates; a cutoff of today would be another one every day."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, f"UPDATE forecast SET {column} = '{cutoff}' WHERE ahead = 1")  # noqa: S608
    with pytest.raises(DataError, match="damaged ledger"):
        read_ledger(path)


@pytest.mark.parametrize("level", ["100", "0", "1e3", "nan", "80.0", "inf"])
def test_a_level_that_no_interval_has_is_damage(level, tmp_path):
    """Levels lie above 0 and below 100 %, and each is there once."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    for side in ("lower", "upper"):
        database(path, f'ALTER TABLE forecast ADD COLUMN "{side}_{level}" REAL')
    for look in (read_ledger, ledger_info):
        with pytest.raises(DataError, match=r"damaged ledger|parts that rnncli does not make"):
            look(path)


def test_a_version_below_the_first_is_damage(tmp_path):
    """Read and written alike."""
    path = str(tmp_path / "l")
    record_by(path, SOURCE, forecast_of(rising(4)))
    database(path, "PRAGMA user_version = -1")
    for look in (read_ledger, ledger_info, check_ledger):
        with pytest.raises(DataError, match="version -1; take it from a backup"):
            look(path)
