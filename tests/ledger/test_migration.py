"""Ledgers of earlier versions: read as they are, brought to this version by the next run."""

import os
import resource
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers import SOURCE, forecast_of, make_older, record_by, rising

from rnncli.errors import WriteError
from rnncli.ledger import migration
from rnncli.ledger.migration import backup_of, copy, migrate
from rnncli.ledger.reader import last_pairs, read_ledger, symbol_ranges
from rnncli.ledger.tables import VERSION


@pytest.fixture
def old(tmp_path):
    """A ledger of version 2: no origins, and nobody knows what a model saw."""
    path = str(tmp_path / "l.db")
    for days in (4, 5, 6):
        record_by(
            path, replace(SOURCE, digest=f"{days % 2}" * 64), forecast_of(rising(days, "ABC"))
        )
    make_older(path, 2)
    return path


def what_is_in(path):
    """All that is read of a ledger."""
    pairs = last_pairs(path, 2)
    recorded = read_ledger(path)
    return pairs, symbol_ranges(path, pairs), recorded.symbols, recorded.sources, recorded.times


def test_the_same_is_read_before_and_after(old):
    """The backup is the ledger as it was; the migration is one transaction."""
    content, before = Path(old).read_bytes(), what_is_in(old)
    assert Path(old).read_bytes() == content
    assert before[:2] == ([(1, "2024-01-08"), (2, "2024-01-05")], [("A", "C")] * 2)
    assert migrate(old) == 2
    assert what_is_in(old) == before
    assert what_is_in(backup_of(old, 2)) == before
    assert migrate(old) == VERSION
    base = sqlite3.connect(old)
    assert base.execute("SELECT * FROM origin ORDER BY cutoff").fetchall() == [
        (1, "2024-01-04", "A", "C", 6), (2, "2024-01-05", "A", "C", 6),
        (1, "2024-01-08", "A", "C", 6),
    ]  # fmt: skip
    base.close()


def test_origins_count_what_a_run_adds(tmp_path):
    """As counting all of the forecasts would, in whatever order symbols come."""
    path = str(tmp_path / "l.db")
    for symbols, horizon in (("C", 2), ("A", 1), ("BC", 3), ("A", 1)):
        record_by(path, SOURCE, forecast_of(rising(4, symbols), horizon=horizon))
    base = sqlite3.connect(path)
    counted = base.execute(migration.COUNTED).fetchall()
    assert base.execute("SELECT * FROM origin").fetchall() == counted
    assert counted[0][2:] == ("A", "C", 7)
    base.close()


def test_a_migration_that_cannot_be_backed_up_changes_nothing(old, tmp_path):
    """A disk that is full, for which a limit on the size of files stands."""
    content = (tmp_path / "l.db").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) // 2, limits[1]))
    try:
        with pytest.raises(WriteError):
            record_by(old, SOURCE, forecast_of(rising(7)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "l.db").read_bytes() == content
    assert os.listdir(tmp_path) == ["l.db"]


def test_a_migration_that_fails_is_taken_back(old, tmp_path, monkeypatch):
    """Whatever statement fails; the next run migrates."""
    content = (tmp_path / "l.db").read_bytes()
    with monkeypatch.context() as patch:
        patch.setitem(migration.MIGRATIONS, 2, (*migration.MIGRATIONS[2], "no statement"))
        with pytest.raises(Exception, match="damaged"):
            record_by(old, SOURCE, forecast_of(rising(7)))
    assert (tmp_path / "l.db").read_bytes() == content
    assert record_by(old, SOURCE, forecast_of(rising(7))).new == 4
    assert (tmp_path / "l.db.v2").read_bytes()[:16] == content[:16]


def test_a_copy_is_the_ledger(tmp_path):
    """And replaces another one whole."""
    path, to = str(tmp_path / "l.db"), str(tmp_path / "copy.db")
    for days in (4, 5):
        record_by(path, SOURCE, forecast_of(rising(days)))
        copy(path, to)
        assert what_is_in(to) == what_is_in(path)
