"""What is read whole is never waited for, and never without end."""

import os
import socket
import threading
from pathlib import Path

import pytest

from rnncli.errors import MissingInputError
from rnncli.models.model import load_model
from rnncli.prices.exclude import excluded_symbols
from rnncli.storage import reading
from rnncli.storage.atomic import write_atomically
from rnncli.storage.reading import read_start, read_whole


@pytest.fixture
def pipe(tmp_path):
    """A named pipe that nobody writes into."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return str(path)


def test_a_file_is_read_up_to_a_size_and_one_byte_more(tmp_path):
    """So that a reader sees that it is too large, whatever its size."""
    path = tmp_path / "f"
    path.write_bytes(b"abcdef")
    assert [read_whole(str(path), most) for most in (9, 6, 5, 0)] == [
        b"abcdef", b"abcdef", b"abcdef", b"a",
    ]  # fmt: skip
    assert read_start(str(path), 3) == b"abc"


def test_a_file_that_is_replaced_before_it_is_opened_is_read_whole(tmp_path, monkeypatch):
    """By a larger one, as a checkpoint is while another process looks at it."""
    path = tmp_path / "f"
    path.write_bytes(b"short")
    status_of = reading._status

    def replaced_after(name):
        status = status_of(name)
        write_atomically(name, b"longer than before")
        return status

    monkeypatch.setattr(reading, "_status", replaced_after)
    assert read_whole(str(path), 100) == b"longer than before"


def test_a_silent_pipe_is_given_up(pipe):
    """With a reason, instead of waiting for ever."""
    with pytest.raises(TimeoutError, match="a pipe without data"):
        read_whole(pipe, 100)
    assert read_start(pipe, 100) == b""


def test_a_pipe_with_a_writer_is_read(pipe):
    """As the shell's <(…) is."""
    writer = threading.Thread(target=lambda: Path(pipe).write_bytes(b"text"))
    writer.start()
    assert read_whole(pipe, 100) == b"text"
    writer.join()


def test_a_device_without_end_is_given_up(monkeypatch):
    """After some megabytes; /dev/null is empty, and files of /proc have no size."""
    monkeypatch.setattr(reading, "ENDLESS", 1 << 20)
    with pytest.raises(OSError, match="has no end"):
        read_whole("/dev/zero", 1 << 30)
    assert read_whole("/dev/null", 100) == b""
    assert b"Name:" in read_whole("/proc/self/status", 100)


@pytest.mark.parametrize("kind", ["folder", "socket", "loop", "missing", "NUL"])
def test_what_cannot_be_read_is_an_error_of_the_system(kind, tmp_path):
    """Each caller makes a message of it."""
    path = str(tmp_path / "x")
    if kind == "folder":
        os.mkdir(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path)
    elif kind == "loop":
        os.symlink("x", path)
    with pytest.raises(OSError, match=r".") as raised:
        read_whole(path + "\0" * (kind == "NUL"), 100)
    assert raised.value.strerror


@pytest.mark.slow(each_version=True)
def test_no_reader_of_ours_waits_for_a_pipe(pipe):
    """A model, a list of symbols."""
    for read in (load_model, lambda path: excluded_symbols(f"@{path}")):
        with pytest.raises(MissingInputError, match="a pipe without data"):
            read(pipe)


@pytest.mark.slow(each_version=True)
@pytest.mark.parametrize(
    "options",
    [
        ("--config", "pipe"), ("--config", "/dev/zero"), ("--exclude", "@pipe"),
        ("--state", "pipe"), ("--log-file", "pipe"), ("--ledger", "pipe"),
    ],
)  # fmt: skip
def test_no_option_waits_for_a_pipe(options, pipe, call, hand_made, prices):
    """One line and a status at once, in place of a run that never ends."""
    option, value = options
    done = call("predict", hand_made, prices, option, value.replace("pipe", pipe))
    assert done.returncode in {2, 65, 66, 73}
    assert done.stderr.count(b"\n") == 1


def test_a_large_or_deep_configuration_is_refused(call, tmp_path):
    """Before it takes memory; one of 1 MiB is larger than any."""
    path = tmp_path / "c.toml"
    for content, said in ((b"#" * (1 << 20) + b"\n", b"larger than 1 MiB"),
                          (b"x = " + b"[" * 100_000, b"nested too deeply")):  # fmt: skip
        path.write_bytes(content)
        done = call("batch", path)
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
        assert said in done.stderr
