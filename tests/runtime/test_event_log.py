"""The log of a run: whole lines of strict JSON, in order, durations that add up."""

import contextlib
import json
import os
import resource
import sys
from pathlib import Path

import pytest
from processes import Started

from rnncli.errors import CannotCreateError, UsageError, WriteError
from rnncli.runtime.event_log import RunLog
from rnncli.runtime.timing import Stages


def events(path):
    """The events of a log."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_an_event_has_what_a_program_needs(tmp_path):
    """Time, process, command, name, seconds since the one before, counts."""
    times = iter([0.0, 1.5, 4.0])
    stages = Stages(lambda: next(times))
    log = RunLog("train", str(tmp_path / "l"), stages)
    next(times)
    log.event("read", series=3)
    log.event("trained", steps=8)
    first, second = events(tmp_path / "l")
    assert first.pop("time").endswith("Z")
    assert first == {
        "process": os.getpid(), "command": "train", "event": "read", "seconds": 1.5, "series": 3,
    }  # fmt: skip
    assert second["seconds"] == 2.5


def test_a_log_is_added_to(tmp_path):
    """By the next run, whatever is there."""
    for command in ("train", "predict"):
        RunLog(command, str(tmp_path / "l")).event("ended", status=0)
    assert [event["command"] for event in events(tmp_path / "l")] == ["train", "predict"]


def test_a_log_is_closed_with_its_run(tmp_path):
    """A process that runs a command each night has no more open files after years of them."""
    path = tmp_path / "l"
    (tmp_path / "prices.csv").write_text("date,close\n", encoding="ascii")
    for name in ("l", "prices.csv"):
        with contextlib.suppress(CannotCreateError):
            RunLog("train", str(tmp_path / name)).event("ended")
    handles = Path("/proc/self/fd")
    opened = [os.readlink(handle) for handle in handles.iterdir() if handle.is_symlink()]
    assert path.exists()
    assert not [name for name in opened if name.startswith(str(tmp_path))]


def test_without_a_file_nothing_is_written(tmp_path, monkeypatch):
    """And nothing is asked of the clock."""
    monkeypatch.chdir(tmp_path)
    RunLog("train", None, Stages(iter([]).__next__)).event("read")
    assert os.listdir(tmp_path) == []


def test_foreign_text_is_harmless(tmp_path):
    """Escape codes, line ends, bidirectional marks and lone surrogates are spelled out."""
    RunLog("train", str(tmp_path / "l")).event("failed", error="\x1b[31m\n\u202e\udcff")
    (event,) = events(tmp_path / "l")
    assert event["error"] == "\x1b[31m\n\u202e\udcff"
    assert (tmp_path / "l").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("content", ["date,close\n", "\0\0model"])
def test_anything_but_a_log_is_left_alone(content, tmp_path):
    """Prices named by mistake are not written into."""
    path = tmp_path / "other"
    path.write_text(content, encoding="ascii")
    with pytest.raises(CannotCreateError, match="exists and is not a log"):
        RunLog("train", str(path))
    assert path.read_text(encoding="ascii") == content


def test_places_where_no_log_can_be(tmp_path):
    """A folder, a name with a NUL, standard output."""
    for path in (str(tmp_path), str(tmp_path / "none" / "l"), "a\0b"):
        with pytest.raises(CannotCreateError, match=r"name (another file|a file in it)"):
            RunLog("train", path)
    with pytest.raises(UsageError, match="standard output is for the result"):
        RunLog("train", "-")


@pytest.mark.parametrize("room", [0, 20])
def test_a_full_disk_is_reported(room, tmp_path):
    """Whether nothing of a line fits, or half of it."""
    log = RunLog("train", str(tmp_path / "l"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(WriteError, match="the log ends here"):
            log.event("read")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_lines_of_two_processes_stay_whole(tmp_path):
    """Each line is one write at the end of the file."""
    code = (
        "import sys; from rnncli.runtime.event_log import RunLog;"
        "log = RunLog(sys.argv[1], sys.argv[2])\n"
        "for n in range(500): log.event('read', n=n, text='x' * 300)"
    )
    path = tmp_path / "l"
    running = [Started([sys.executable, "-c", code, name, str(path)]) for name in "xy"]
    assert [process.wait() for process in running] == [0, 0]
    found = events(path)
    for name in "xy":
        assert [e["n"] for e in found if e["command"] == name] == list(range(500))
