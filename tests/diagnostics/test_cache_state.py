"""Where kernels are kept is reported, and if they are not, which condition fails and the remedy."""

import os

import pytest

from rnncli.diagnostics.cache_state import examine_cache, folder_beside
from rnncli.kernels import _cache


@pytest.fixture
def base(tmp_path, monkeypatch):
    """An empty folder that caches are made in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_a_folder_that_is_made_for_the_occasion_is_empty_and_used(base):
    """The first look makes the folder and says that it was not there; the second finds it."""
    first, second = examine_cache(), examine_cache()
    assert (first.existed, second.existed) == (False, True)
    assert (first.reason, first.kernels, first.bytes) == (None, 0, 0)
    assert first.folder == str(_cache.cache_folder())
    assert first.folder.startswith(str(base))


def test_kernels_are_counted_with_all_their_bytes(base):
    """A kernel is a file of compiled code; the bytes are those of every file."""
    folder = _cache.cache_folder()
    (folder / "loss.kernel").write_bytes(b"x" * 100)
    (folder / "lock").write_bytes(b"x" * 10)
    found = examine_cache()
    assert found.folder.startswith(str(base))
    assert (found.kernels, found.bytes) == (1, 110)


def spoil_base(base):
    base.chmod(0o777)
    return f"rename what lies in {base}; chmod o-w"


def spoil_ours(base):
    (base / "rnncli").mkdir()
    (base / "rnncli").chmod(0o777)
    return f"{base / 'rnncli'} is a link, another user's, or open to others; remove it"


def link_ours(base):
    (base / "elsewhere").mkdir()
    (base / "rnncli").symlink_to(base / "elsewhere")
    return f"{base / 'rnncli'} is a link"


def put_a_file_there(base):
    (base / "rnncli").write_bytes(b"")
    return "set XDG_CACHE_HOME to a folder of yours"


@pytest.mark.parametrize("spoil", [spoil_base, spoil_ours, link_ours, put_a_file_there])
def test_the_condition_that_fails_is_named(spoil, base):
    """Fault, where, and what to do; nothing in such a folder counts."""
    expected = spoil(base)
    found = examine_cache()
    assert expected in (found.reason or "")
    assert (found.kernels, found.bytes) == (0, 0)


def test_a_folder_of_another_user_is_named(base, monkeypatch):
    """What belongs to somebody else is not used, and the reason says so."""
    assert examine_cache().reason is None
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert f"{base / 'rnncli'} is a link, another user's" in (examine_cache().reason or "")


def test_a_path_that_is_not_absolute_is_named(monkeypatch):
    """A relative XDG_CACHE_HOME would mean another folder in every working folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert examine_cache().reason == "cache is not an absolute path; set XDG_CACHE_HOME to one"


def test_a_folder_beside_is_ours_alone_or_there_is_none(base, monkeypatch):
    """What others keep lies under our folder, not among the kernels; without that, nowhere."""
    folder = folder_beside("lists")
    assert folder == str(base / "rnncli" / "lists")
    assert os.stat(folder).st_mode & 0o777 == 0o700
    assert folder_beside("lists") == folder
    (base / "rnncli" / "taken").write_text("")
    assert folder_beside("taken") is None
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder_beside("lists") is None


def test_a_folder_that_may_not_be_entered_is_as_none(base, monkeypatch):
    """The reason says which; nothing is raised."""
    real = os.stat

    def stat(path, *rest, **options):
        if str(path).startswith(f"{base}/"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **options)

    def mkdir(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "mkdir", mkdir)
    found = examine_cache()
    assert (found.existed, found.kernels) == (False, 0)
    assert "Permission denied; set XDG_CACHE_HOME to a folder of yours" in (found.reason or "")
