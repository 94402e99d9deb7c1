"""The atomic writer: a file appears whole under its name, or not at all."""

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest

from rnncli.errors import CannotCreateError, LockedError, WriteError
from rnncli.storage.atomic import (
    STALE_SECONDS,
    beside,
    check_creatable,
    replacing,
    write_atomically,
)
from rnncli.storage.locks import locked


def names(folder):
    """Everything in a folder."""
    return sorted(entry.name for entry in folder.iterdir())


def failing(number):
    """A system call that fails with an error number."""

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


def test_content_is_written_and_replaced_whole(tmp_path):
    """The file holds the new bytes and nothing lies beside it."""
    path = tmp_path / "m"
    for content in (b"", b"first" * 1000, b"second"):
        write_atomically(str(path), content)
        assert path.read_bytes() == content
    assert names(tmp_path) == ["m"]


@pytest.mark.parametrize("number", [5, 28, 122, 1], ids=["EIO", "ENOSPC", "EDQUOT", "EPERM"])
@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod", "fdopen"])
@pytest.mark.parametrize("older", [None, b"older"])
def test_a_failing_call_leaves_what_was_there(call, number, older, tmp_path, monkeypatch):
    """Whatever fails: the old file, no temporary one, and an error that names the file."""
    path = tmp_path / "m"
    if older is not None:
        path.write_bytes(older)
    monkeypatch.setattr(os, call, failing(number))
    with pytest.raises(WriteError, match=f"^{path}: .*nothing was changed"):
        write_atomically(str(path), b"new")
    monkeypatch.undo()
    assert names(tmp_path) == ([] if older is None else ["m"])
    assert older is None or path.read_bytes() == older


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    """A disk that fills up in the middle of the content costs nothing."""
    path = tmp_path / "m"
    path.write_bytes(b"older")
    opened = os.fdopen

    def onto_a_full_disk(handle, mode):
        os.close(handle)
        return opened(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr(os, "fdopen", onto_a_full_disk)
    with pytest.raises(WriteError, match="No space left"):
        write_atomically(str(path), b"new" * 100_000)
    assert (names(tmp_path), path.read_bytes()) == (["m"], b"older")


def test_an_interrupt_leaves_no_temporary_file(tmp_path, monkeypatch):
    """Even what is no OSError cleans up behind itself."""

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(str(tmp_path / "m"), b"new")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_synced_is_not_a_failure(tmp_path, monkeypatch):
    """Once the file is whole under its name, it is not said to have failed."""
    sync, calls = os.fsync, []

    def first_only(handle):
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(22, os.strerror(22))
        sync(handle)

    monkeypatch.setattr(os, "fsync", first_only)
    write_atomically(str(tmp_path / "m"), b"new")
    assert len(calls) == 2
    assert (tmp_path / "m").read_bytes() == b"new"


def test_the_file_is_synced_before_it_gets_its_name_and_the_folder_after(tmp_path, monkeypatch):
    """The order that outlasts a power loss: content, mode, name, folder."""
    order = []
    for call in ("fchmod", "fsync", "replace"):
        real = getattr(os, call)

        def record(*arguments, call=call, real=real):
            order.append(call)
            return real(*arguments)

        monkeypatch.setattr(os, call, record)
    write_atomically(str(tmp_path / "m"), b"new")
    assert order == ["fchmod", "fsync", "replace", "fsync"]


@pytest.mark.parametrize("swapped", ["renamed", "for another", "for a link"])
def test_a_folder_swapped_during_a_save_has_the_older_file(swapped, tmp_path, monkeypatch):
    """The save fails; no temporary file is left, and both folders have what they had."""
    place, moved, other = (tmp_path / name for name in ("place", "moved", "other"))
    for folder in (place, other):
        folder.mkdir()
        (folder / "m").write_bytes(b"older")
    real = os.fsync

    def swap(handle):
        real(handle)
        place.rename(moved)
        if swapped == "for another":
            other.rename(place)
        elif swapped == "for a link":
            place.symlink_to(other)
        monkeypatch.undo()

    monkeypatch.setattr(os, "fsync", swap)
    with pytest.raises(WriteError, match="No such file or directory; nothing was changed"):
        write_atomically(str(place / "m"), b"new")
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in left} == {"m"}
    assert {path.read_bytes() for path in left} == {b"older"}


def test_what_killed_runs_left_is_removed_after_an_hour(tmp_path):
    """Stale temporary files of this target go; fresh ones and other files' stay."""
    stale = time.time() - STALE_SECONDS - 60
    for name, when in {".m.old.tmp": stale, ".m.new.tmp": None, ".n.old.tmp": stale}.items():
        (tmp_path / name).write_bytes(b"")
        if when is not None:
            os.utime(tmp_path / name, (when, when))
    write_atomically(str(tmp_path / "m"), b"new")
    assert names(tmp_path) == [".m.new.tmp", ".n.old.tmp", "m"]


def test_a_folder_that_cannot_be_listed_is_not_a_failure(tmp_path, monkeypatch):
    """What killed runs left stays then; the file is written all the same."""

    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "glob", refuse)
    write_atomically(str(tmp_path / "m"), b"new")
    assert (tmp_path / "m").read_bytes() == b"new"


def test_a_name_with_wildcards_removes_nothing_of_others(tmp_path):
    """Only the target's own temporary files are ever removed."""
    other = tmp_path / ".other.old.tmp"
    other.write_bytes(b"")
    os.utime(other, (0, 0))
    for name in ("*", "[a-z]*", "?ther"):
        write_atomically(str(tmp_path / name), b"new")
    assert other.exists()


def test_a_symbolic_link_stays_one(tmp_path):
    """The file a link points to is replaced, not the link; a dangling link gets its file."""
    for name in ("real", "later"):
        (tmp_path / f"link_{name}").symlink_to(tmp_path / name)
    (tmp_path / "real").write_bytes(b"older")
    for name in ("real", "later"):
        write_atomically(str(tmp_path / f"link_{name}"), b"new")
        assert (tmp_path / f"link_{name}").is_symlink()
        assert (tmp_path / name).read_bytes() == b"new"


def test_what_cannot_be_created_is_reported_before_anything_is_written(tmp_path):
    """A folder, a device, a missing folder, an impossible name: refused by name."""
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    for path in (
        tmp_path, "/dev/null", tmp_path / "none" / "m", tmp_path / "file" / "m", tmp_path / "pipe",
        tmp_path / ("m" * 300), "a\0b", "",
    ):  # fmt: skip
        for function in (check_creatable, lambda path: write_atomically(path, b"new")):
            with pytest.raises(CannotCreateError):
                function(str(path))
    assert names(tmp_path) == ["file", "pipe"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    """No permission is reported before an hour of training, not after."""
    tmp_path.chmod(0o500)
    with pytest.raises(CannotCreateError, match="permission"):
        check_creatable(str(tmp_path / "m"))


def test_many_writers_leave_one_whole_file(tmp_path):
    """Writers at the same time do not mix: the last one's content, whole."""
    contents = [bytes([k]) * 100_000 for k in range(8)]
    path = str(tmp_path / "m")
    threads = [threading.Thread(target=write_atomically, args=(path, c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "m").read_bytes() in contents
    assert names(tmp_path) == ["m"]


def test_a_file_takes_the_place_of_the_older_one_at_the_end(tmp_path):
    """Until the body has run through the older file stands; its mode and its link are kept."""
    path, link = tmp_path / "m", tmp_path / "link"
    link.symlink_to(path)
    with replacing(str(link), b"first") as place:
        assert (place, path.read_bytes()) == (str(link), b"first")
    path.chmod(0o640)
    with replacing(str(link), b"second") as place:
        assert place == beside(str(link)) == str(tmp_path / "m.new")
        assert path.read_bytes() == b"first"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"second", 0o640)
    assert names(tmp_path) == ["link", "m"]


def test_a_body_that_fails_leaves_both_files(tmp_path):
    """The older one as it was, the new one whole."""
    path = tmp_path / "m"
    path.write_bytes(b"older")
    with pytest.raises(ZeroDivisionError), replacing(str(path), b"new") as place:
        raise ZeroDivisionError
    assert (path.read_bytes(), place) == (b"older", str(tmp_path / "m.new"))
    assert (tmp_path / "m.new").read_bytes() == b"new"


def test_of_two_that_replace_one_file_the_last_to_end_wins(tmp_path):
    """Whichever wrote first, and what is left of neither stays beside it."""
    path = tmp_path / "m"
    path.write_bytes(b"older")
    with replacing(str(path), b"outer"), replacing(str(path), b"inner"):
        pass
    assert path.read_bytes() == b"outer"
    first, second = replacing(str(path), b"first"), replacing(str(path), b"second")
    with contextlib.ExitStack() as last:
        with first:
            last.enter_context(second)
        assert path.read_bytes() == b"first"
    assert path.read_bytes() == b"second"
    assert names(tmp_path) == ["m"]


def test_a_file_that_cannot_take_the_place_says_where_it_is(tmp_path, monkeypatch):
    """A rename that fails costs neither file."""
    path = tmp_path / "m"
    path.write_bytes(b"older")

    def end():
        with replacing(str(path), b"new"):
            monkeypatch.setattr(os, "replace", failing(5))

    with pytest.raises(WriteError, match=r"the new file is .*m\.new"):
        end()
    assert names(tmp_path) == ["m", "m.new"]


def test_a_file_that_another_run_moves_at_the_last_moment_is_written_again(tmp_path, monkeypatch):
    """Between the look at the waiting file and its taking the place."""
    path, real = tmp_path / "m", os.replace
    path.write_bytes(b"older")

    def moved_before(source, target):
        monkeypatch.setattr(os, "replace", real)
        Path(source).write_bytes(b"of another run")
        real(source, target)
        real(source, target)

    with replacing(str(path), b"new"):
        monkeypatch.setattr(os, "replace", moved_before)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["m"]


def test_names_of_any_length_have_a_name_beside(tmp_path):
    """What can be created can also be replaced."""
    path = tmp_path / ("m" * 255)
    path.write_bytes(b"older")
    with replacing(str(path), b"new"):
        pass
    assert path.read_bytes() == b"new"


def test_a_lock_keeps_others_out_until_its_process_lets_go(tmp_path):
    """At once and in one process too; the file beside it stays, and does no harm."""
    path = tmp_path / "nightly.toml"
    path.touch()
    for _ in range(2):
        with (
            locked(str(path)),
            pytest.raises(LockedError, match="in use by another run"),
            locked(str(path)),
        ):
            pytest.fail("two at a time")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".nightly.toml.lock", "nightly.toml"]


def test_a_lock_where_no_file_can_be_made_is_on_the_file_itself(tmp_path, monkeypatch):
    """As in a folder that is read only."""
    path = tmp_path / "nightly.toml"
    path.touch()
    real = os.open

    def opened(path, flags, *rest):
        if flags & os.O_CREAT:
            raise OSError(30, "Read-only file system", path)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", opened)
    with locked(str(path)), pytest.raises(LockedError), locked(str(path)):
        pytest.fail("two at a time")


def of_another_user(monkeypatch, *, readable):
    """Files that are there are another user's, with the modes of a usual umask or of 077."""
    real = os.open

    def opened(path, flags, *rest):
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        if str(path).endswith(".lock") and os.path.exists(path) and (writes or not readable):
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "access", lambda *_: readable)


def test_a_lock_of_another_user_is_the_same_lock(tmp_path, monkeypatch):
    """It is opened to be read, and not taken to be somewhere else."""
    path = tmp_path / "nightly.toml"
    path.touch()
    with locked(str(path)):
        of_another_user(monkeypatch, readable=True)
        with pytest.raises(LockedError, match="in use by another run"), locked(str(path)):
            pytest.fail("two at a time")


def test_a_lock_that_cannot_be_opened_is_refused(tmp_path, monkeypatch):
    """The lock cannot be taken, so the run does not begin."""
    path = tmp_path / "nightly.toml"
    path.touch()
    (tmp_path / ".nightly.toml.lock").touch()
    of_another_user(monkeypatch, readable=False)
    with pytest.raises(CannotCreateError, match=r"toml\.lock: .*chmod a\+r"), locked(str(path)):
        pytest.fail("without a lock")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_everyone_who_may_read_a_job_may_open_its_lock(tmp_path, mode):
    """Whatever the umask of who runs it first."""
    path = tmp_path / "nightly.toml"
    path.touch()
    path.chmod(mode)
    before = os.umask(0o077)
    try:
        with locked(str(path)):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / ".nightly.toml.lock").stat().st_mode & 0o777 == mode | 0o600


def test_a_link_that_leads_to_itself_is_not_replaced(tmp_path):
    """Links are kept, so there is no place to write to."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for write in (check_creatable, lambda path: write_atomically(path, b"x")):
        with pytest.raises(CannotCreateError, match="a link that leads to itself"):
            write(str(tmp_path / "a"))
    assert (tmp_path / "a").is_symlink()
