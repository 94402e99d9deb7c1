"""A ledger looked into, checked, pruned, compacted, copied and merged."""

import json
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from ledgers import SOURCE, forecast_of, make_older, record_by, rising

from rnncli.errors import DataError, UsageError
from rnncli.ledger.merge import import_ledger
from rnncli.ledger.migration import COUNTED
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.tables import VERSION
from rnncli.ledger.upkeep import check_whole, compact, ledger_info, prune

OTHER = replace(SOURCE, digest="e" * 64, inputs="close")


@pytest.fixture
def path(tmp_path):
    """A ledger of four days of one model, and one of another."""
    path = str(tmp_path / "l.db")
    for days in (4, 5, 6, 7):
        record_by(path, SOURCE, forecast_of(rising(days)))
    record_by(path, OTHER, forecast_of(rising(4)))
    return path


def rows_of(path):
    """All forecasts with their model, whatever numbers models and runs have."""
    recorded = read_ledger(path)
    models = [recorded.sources[model] for model in recorded.models.tolist()]
    return sorted(zip(map(str, models), recorded.cutoffs, recorded.symbols,
                      recorded.aheads.tolist(), recorded.forecasts.tolist(),
                      recorded.upper[80.0].tolist(), strict=True))  # fmt: skip


def changed(path, statement):
    base = sqlite3.connect(path, isolation_level=None)
    base.execute(statement)
    base.close()


def test_info_counts_without_reading_forecasts(path):
    """What is in it, from when to when."""
    info = ledger_info(path)
    assert (info.version, info.forecasts, info.cutoffs, info.models, info.runs) == (
        VERSION,
        20,
        4,
        2,
        5,
    )
    assert (info.first_cutoff, info.last_cutoff, info.levels) == (
        "2024-01-04",
        "2024-01-09",
        [80.0],
    )
    assert (info.free, info.backups) == (0, [])


def test_a_whole_ledger_has_no_problems(path):
    """And one in which anything is wrong says what."""
    assert check_whole(path) == []
    changed(path, "UPDATE origin SET forecasts = 3 WHERE model = 2")
    assert check_whole(path) == [
        "the forecasts of model 2 from 2024-01-04 are not those that are counted"
    ]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM run WHERE id = 2", "refers to a run that is not there"),
        ("DELETE FROM forecast WHERE symbol = 'A' AND model = 2", "not those that are counted"),
        (
            "UPDATE forecast SET forecast = 'much' WHERE cutoff = '2024-01-08'",
            "is a damaged ledger",
        ),
    ],
)
def test_a_check_finds_what_was_changed(path, statement, problem):
    """References, counts, values."""
    changed(path, statement)
    assert problem in check_whole(path)[0]


def test_a_check_finds_flipped_bits(path, tmp_path):
    """Every mutant that SQLite or the reader would stumble over; no bug is met."""
    rng, good = np.random.default_rng(0), np.fromfile(path, np.uint8)
    used, lines = np.flatnonzero(good), []
    for _ in range(60):
        mutant = good.copy()
        mutant[rng.choice(used)] ^= 1 << rng.integers(8)
        (tmp_path / "m.db").write_bytes(mutant.tobytes())
        try:
            lines += check_whole(str(tmp_path / "m.db"))
        except DataError as fault:
            lines.append(str(fault))
    assert len(lines) > 5


def test_pruning_removes_whole_cutoffs_with_their_runs_and_models(path):
    """What is left is as if the others had never been; space is given back by compact."""
    rows = rows_of(path)
    assert prune(path, "2024-01-08") == 12
    assert rows_of(path) == [row for row in rows if row[1] >= "2024-01-08"]
    info = ledger_info(path)
    assert (info.forecasts, info.models, info.runs, info.first_cutoff) == (8, 1, 2, "2024-01-08")
    assert check_whole(path) == []
    assert prune(path, "2024-01-08") == 0
    with pytest.raises(UsageError, match="write it as 2024-01-31"):
        prune(path, "01/08/2024")


def test_compacting_gives_space_back(tmp_path):
    """Of a ledger most of which was pruned."""
    path = str(tmp_path / "l.db")
    for days in range(4, 30):
        record_by(path, SOURCE, forecast_of(rising(days), horizon=50))
    prune(path, "2024-02-05")
    before, rows = ledger_info(path), rows_of(path)
    assert before.free > 0
    assert compact(path) > 0
    after = ledger_info(path)
    assert (after.free, after.forecasts, rows_of(path)) == (0, before.forecasts, rows)
    assert after.bytes < before.bytes


def test_an_import_adds_what_is_missing_once(path, tmp_path):
    """Of other models, other cutoffs and levels; the forecasts that both have stay."""
    other = str(tmp_path / "other.db")
    record_by(other, OTHER, forecast_of(rising(4), ahead=9.0))  # recorded here with 1.0
    record_by(other, OTHER, forecast_of(rising(9), levels=(50.0, 80.0)))
    record_by(other, replace(SOURCE, digest="f" * 64), forecast_of(rising(4)))
    before = rows_of(path)
    assert import_ledger(path, other) == 8
    assert set(before) < set(rows_of(path))
    assert len(rows_of(path)) == 28
    assert check_whole(path) == []
    assert ledger_info(path).runs == 7
    assert import_ledger(path, other) == 0
    base = sqlite3.connect(path)
    assert base.execute("SELECT * FROM origin").fetchall() == base.execute(COUNTED).fetchall()
    base.close()


def test_an_import_into_nothing_is_a_copy(path, tmp_path):
    """And a ledger is not imported into itself."""
    to = str(tmp_path / "new.db")
    assert import_ledger(to, path) == 20
    assert rows_of(to) == rows_of(path)
    with pytest.raises(UsageError, match="is the ledger itself"):
        import_ledger(path, path)


def test_an_older_ledger_is_upgraded_before_it_is_imported(path, tmp_path):
    """Said with the command that does it."""
    other = str(tmp_path / "other.db")
    record_by(other, OTHER, forecast_of(rising(4)))
    make_older(other, 2)
    with pytest.raises(DataError, match=f"run rnncli upgrade {other}"):
        import_ledger(path, other)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE forecast SET forecast = 'a word'",
        "UPDATE forecast SET ahead = -ahead",
        "UPDATE forecast SET symbol = CAST(x'ff41' AS TEXT) || symbol",
    ],
)
def test_nothing_is_imported_from_a_damaged_ledger(path, tmp_path, damage):
    """A wrong value is found before any is added."""
    other = str(tmp_path / "other.db")
    record_by(other, OTHER, forecast_of(rising(9)))
    changed(other, damage)
    before = rows_of(path)
    with pytest.raises(DataError, match=rf"{other}: "):
        import_ledger(path, other)
    assert rows_of(path) == before


def test_the_commands(path, tmp_path, call):
    """Each action, for programs; words that an action does not take are refused."""

    def run(*words, status=0):
        done = call("ledger", path, *words, "--format", "json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if not status else done.stderr.decode()

    assert run("info")["info"]["forecasts"] == 20
    copy = tmp_path / "copy.db"
    assert run("export", copy)["file"] == str(copy)
    assert rows_of(str(copy)) == rows_of(path)
    assert run("prune", "--before", "2024-01-08")["removed"] == 12
    assert run("import", copy)["added"] == 12
    assert run("compact")["freed"] >= 0
    assert run("check")["problems"] == []
    assert "prune: needs --before DATE" in run("prune", status=2)
    assert "export: needs a FILE" in run("export", status=2)
    assert "info: takes no FILE" in run("info", "x", status=2)
    changed(path, "UPDATE origin SET forecasts = 3 WHERE model = 1")
    done = call("ledger", path, "check")
    assert (done.returncode, b"not those that are counted" in done.stderr) == (65, True)


def test_upgrade_says_what_a_file_is(path, tmp_path, call, hand_made):
    """A model and a ledger of this version are left as they are, an older ledger is not."""
    older = tmp_path / "older.db"
    record_by(str(older), OTHER, forecast_of(rising(4)))
    make_older(older, 2)
    done = call("upgrade", hand_made, path, older, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["kind"], row["upgraded"]) for row in rows] == [
        ("model", False), ("ledger", False), ("ledger", True),
    ]  # fmt: skip
    assert rows[2]["backup"] == f"{older}.v2"
    assert ledger_info(str(older)).backups == [f"{older}.v2"]
    (tmp_path / "x").write_text("x")
    done = call("upgrade", tmp_path / "x")
    said = (
        f"error: {tmp_path / 'x'}: is of another kind; name ledgers, models, states or checkpoints"
    )
    assert (done.returncode, done.stderr.decode()) == (65, f"{said}\n")
