"""Symbols that are excluded: their rows, and the faults of their files, do not count."""

import pytest

from rnncli.errors import DataError, MissingInputError
from rnncli.prices import batches
from rnncli.prices.batches import read_in_batches
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings

LONG = "date,symbol,close\n2024-01-02,A,1\n2024-01-02,B,2\n2024-01-03,A,3\n2024-01-03,B,4\n"


@pytest.fixture
def folder(tmp_path):
    """A file of two symbols, one of one symbol, and one that cannot be read."""
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "long.csv").write_text(LONG)
    (tmp_path / "prices" / "C.csv").write_text("date,close\n2024-01-02,5\n2024-01-03,6\n")
    (tmp_path / "prices" / "BAD.csv").write_text("no prices here\n")
    return tmp_path / "prices"


def read(folder, exclude, faults=None):
    """The symbols that are read."""
    fail = None if faults is None else faults.append
    return read_prices([str(folder)], ReadSettings(exclude=exclude), None, fail).symbols


def test_excluded_symbols_are_not_read_and_their_files_do_not_fail(folder):
    """A symbol of a file of several, a file of its own, a file that cannot be read."""
    assert read(folder, " B, BAD,UNKNOWN ") == ("C", "A")
    assert read(folder, "C,BAD") == ("A", "B")


def test_other_files_still_fail(folder):
    """The fault of a file is ignored only where the file is named after an excluded symbol."""
    faults = []
    assert read(folder, "A", faults) == ("C", "B")
    assert [str(fault).partition(":")[0] for fault in faults] == [str(folder / "BAD.csv")]


def test_a_file_lists_a_symbol_per_line(folder, tmp_path):
    """Comments and empty lines are ignored; a symbol may contain a comma."""
    (folder / "D.csv").write_text('date,symbol,close\n2024-01-02,"D,X",5\n2024-01-03,"D,X",6\n')
    path = tmp_path / "bad.txt"
    path.write_text("# since May\nB\n\n  D,X \nBAD\n")
    assert read(folder, f"@{path}") == ("C", "A")


def test_what_cannot_be_excluded_by_is_refused(folder, tmp_path):
    """No such list, a list that is not text, and nothing left."""
    with pytest.raises(MissingInputError, match=r"none\.txt: No such file"):
        read(folder, f"@{tmp_path}/none.txt")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="not a UTF-8 text"):
        read(folder, f"@{tmp_path}/binary")
    with pytest.raises(DataError, match="every symbol is excluded"):
        read(folder, "A,B,C,BAD")


def test_groups_of_files_may_be_excluded_whole(folder, monkeypatch):
    """A group without a symbol is no fault."""
    monkeypatch.setattr(batches, "FILES", 1)
    files, faults = sorted(map(str, folder.iterdir())), []
    settings = ReadSettings(exclude="C,BAD")
    groups = list(read_in_batches(files, settings, (), faults.append))
    assert [group.symbols for group in groups] == [("A", "B")]
    assert faults == []
