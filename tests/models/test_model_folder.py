"""A folder of models: where each is, whose it is, who may write in it."""

import os
import subprocess
import sys

import pytest
from processes import Started, finished

from rnncli.errors import (
    CannotCreateError,
    LockedError,
    MissingInputError,
    ModelFileError,
    UsageError,
)
from rnncli.models.model_folder import (
    check_folder,
    is_model_folder,
    list_models,
    locked_folder,
    matching_model,
    model_path,
    read_stored,
    refuse_mixed,
)


def filled(folder, model, *symbols):
    """Copies of a model for symbols."""
    for symbol in symbols:
        path = model_path(str(folder), symbol)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(model.read_bytes())
    return str(folder)


SYMBOLS = ["../x", "AAPL", "BRK.B", "CON", "a/b", "aapl", "x" * 300, "ä\x1b"]


def test_every_symbol_has_a_place_of_its_own(hand_made, tmp_path):
    """Whatever a symbol is called, its model is inside the folder, and its name found again."""
    folder = filled(tmp_path / "models", hand_made, *SYMBOLS)
    assert list(list_models(folder)) == sorted(SYMBOLS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["models"]


def test_a_folder_of_models_is_distinguished_from_one_of_prices(hand_made, prices, tmp_path):
    """By a model in it under the name of a symbol."""
    assert not is_model_folder(str(prices.parent))
    assert not is_model_folder(str(hand_made))
    (tmp_path / "AAA.model").write_text("close\n1\n", encoding="ascii")
    assert not is_model_folder(str(tmp_path))
    assert is_model_folder(filled(tmp_path, hand_made, "BBB"))
    assert list(list_models(str(tmp_path))) == ["BBB"]
    (tmp_path / "prices.csv").write_text("close\n1\n", encoding="ascii")
    assert not is_model_folder(str(tmp_path))
    with pytest.raises(UsageError, match=r"holds the model .*BBB\.model beside prices such as pr"):
        refuse_mixed(str(tmp_path))


def test_a_folder_of_folders_of_models_is_none(hand_made, tmp_path):
    """Models further below are of other folders; nothing is refused on their account."""
    filled(tmp_path / "nightly", hand_made, "AAA")
    (tmp_path / "prices.csv").write_text("close\n1\n", encoding="ascii")
    assert list_models(str(tmp_path)) == {}
    assert not is_model_folder(str(tmp_path))
    refuse_mixed(str(tmp_path))


def test_a_model_says_what_it_is_of(hand_made, tmp_path):
    """Its settings and its record, or why not."""
    kept = read_stored(str(hand_made))
    assert (kept.settings["train"]["loss"], kept.record["symbols"]) == ("mse", ["AAA"])
    with pytest.raises(MissingInputError):
        read_stored(str(tmp_path / "none"))
    path = tmp_path / "cut.model"
    path.write_bytes(hand_made.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match=r"cut\.model: damaged"):
        read_stored(str(path))


def test_a_model_of_the_same_is_kept(hand_made, tmp_path):
    """Of the same settings and prices, whole; one without a digest of its prices never is."""
    settings = read_stored(str(hand_made)).settings
    assert matching_model(str(hand_made), settings, "digest") is None
    assert matching_model(str(hand_made), {}, "digest") is None
    assert matching_model(str(tmp_path), settings, "digest") is None


@pytest.mark.parametrize("what", ["a file", "no folder above", "foreign"])
def test_where_models_cannot_go(what, tmp_path):
    """Refused before anything is trained, with a remedy."""
    (tmp_path / "file").write_text("prices", encoding="ascii")
    (tmp_path / "A.model").write_text("no model", encoding="ascii")
    place = {"a file": "file", "no folder above": "none/models", "foreign": "."}[what]
    said = {"a file": "is not a folder", "no folder above": "create it first",
            "foreign": r"A\.model: exists and is not a model"}[what]  # fmt: skip
    with pytest.raises(CannotCreateError, match=said):
        check_folder(str(tmp_path / place), ["A"])


@pytest.mark.slow(each_version=True)
def test_one_run_at_a_time(tmp_path):
    """A second one is reported to try later; the lock of a process that is gone is free."""
    folder = str(tmp_path / "models")
    code = "import sys\nfrom rnncli.models.model_folder import locked_folder\nwith locked_folder(sys.argv[1]):\n    print('in', flush=True); input()"  # noqa: E501
    with locked_folder(folder):
        second = finished([sys.executable, "-c", code, folder], capture_output=True, check=False)
        assert b"LockedError" in second.stderr
    command = [sys.executable, "-c", code, folder]
    with Started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout.readline() == b"in\n"
        with (
            pytest.raises(LockedError, match="another training writes there"),
            locked_folder(folder),
        ):
            pass
        first.kill()
    with locked_folder(folder):
        pass


def test_what_a_killed_run_left_is_removed(hand_made, tmp_path):
    """Half-written models go, whole ones and foreign files stay; an empty folder is not left."""
    folder = filled(tmp_path / "models", hand_made, "A", "x" * 300)
    for left in (".A.model.abc.tmp", f"{'x' * 180}%/.{'x' * 120}.model.abc.tmp", ".own.tmp"):
        (tmp_path / "models" / left).write_bytes(b"half")
    with locked_folder(folder):
        pass
    files = {path.name for path in (tmp_path / "models").rglob("*") if path.is_file()}
    assert ".own.tmp" in files
    assert not any(name.endswith(".abc.tmp") for name in files)
    assert len(list_models(folder)) == 2
    with locked_folder(str(tmp_path / "empty")):
        assert (tmp_path / "empty").is_dir()
    assert not (tmp_path / "empty").exists()
