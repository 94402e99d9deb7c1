"""Fixtures that the tests share: the command, small prices, a trained and a hand-made model."""

import fcntl
import gc
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import forked
import numpy as np
import pytest
from commands import environment
from hand_made import hand_made_model
from hypothesis import settings
from in_process import here, on_terminal, read_all
from nights import summary
from paths import GOLDEN
from processes import Started, finished, none_left, use_default_signals
from shapes import beyond_covering

from rnncli import cli
from rnncli.kernels import _jit
from rnncli.models.model import save_model

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
use_default_signals()
gc.set_threshold(cli.GARBAGE)  # as the command does, and for the tests themselves
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles every module anew

Finished = subprocess.CompletedProcess[bytes]
LONGEST = "test_documents_show_what"  # a test that takes a minute


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden outputs be renewed, so that the diff of a commit shows the user's screen."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew")
    parser.addoption("--every-shape", action="store_true", help="run tests in all their shapes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All shapes of a test but the first are thorough, unless it says otherwise; some are slow.

    Of many parameters, some shapes with all pairs of values are run. And begin with what takes
    longest, so that no worker is left with it in the end.
    """
    if not config.getoption("--every-shape"):
        beyond = beyond_covering(items)
        config.hook.pytest_deselected(items=[item for item in items if item in beyond])
        items[:] = [item for item in items if item not in beyond]
    for item in items:
        shape = getattr(item, "callspec", None)
        further = shape is not None and any(shape.indices.values())
        if further and not item.get_closest_marker("each_shape"):
            item.add_marker(pytest.mark.thorough)
        if further and item.get_closest_marker("slow_shapes"):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: (LONGEST not in item.nodeid, not item.get_closest_marker("slow")))


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """What a test has started ends with it."""
    with none_left():
        yield


@pytest.fixture(autouse=True)
def kernels_are_loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No kernel is left to Numba unless a test asks for it: runs would start slowly, unnoticed."""
    faults: dict[str, Exception] = {}
    monkeypatch.setattr(_jit, "loading_faults", faults)
    yield
    assert not faults


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text to the golden file of a name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def rnncli() -> Callable[..., Finished]:
    """Run the command in a process of its own, off a terminal; keywords change its environment."""

    def run(
        *arguments: object, stdin: bytes = b"", cwd: Any = None,
        command: list[str] | None = None, **env: str | None,
    ) -> Finished:  # fmt: skip
        return finished(
            [*(command or forked.for_changes(env)), *map(str, arguments)],
            input=stdin, capture_output=True, cwd=cwd, env=environment(**env),
            check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def call(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Finished]:
    """Run the command in this process, for speed: the same boundary, the same streams."""

    def run(*arguments: object, stdin: bytes = b"") -> Finished:
        capfdbinary.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            status = cli._run([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return subprocess.CompletedProcess(["rnncli", *map(str, arguments)], status, out, err)

    return run


@pytest.fixture
def night(call: Callable[..., Finished], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run the nightly job of the test's folder in this process; what it said, for programs."""

    def run(*options: str, status: int = 0) -> dict[str, Any]:
        done = call("batch", tmp_path / "nightly.toml", "--format", "json", *options)
        assert done.returncode == status, done.stderr.decode()
        return summary(done)

    return run


@pytest.fixture(scope="session")
def terminal() -> Callable[..., str]:
    """Run the command on a terminal of a width; what it showed, stdout and stderr together.

    In a process of its own, as `rnncli` does; `screen` is the same in this one.
    """

    def run(
        width: int, *arguments: object, command: list[str] | None = None, **env: str | None
    ) -> str:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        with Started(
            [*(command or forked.for_changes(env)), *map(str, arguments)],
            stdin=slave, stdout=slave, stderr=slave, env=environment(**env),
        ) as process:  # fmt: skip
            os.close(slave)
            shown = read_all(master)
            process.wait()
        os.close(master)
        return shown.decode().replace("\r\n", "\n")

    return run


@pytest.fixture(scope="session")
def screen() -> Callable[..., str]:
    """Run the command on a terminal of a width in this process, for speed."""
    return on_terminal


@pytest.fixture(scope="session")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long file of three symbols, 40, 30 and 12 weekdays, prices in quarters."""
    days = np.busday_offset("2024-01-01", np.arange(40), roll="forward")
    lines = ["date,symbol,close"]
    for number, (symbol, count) in enumerate({"AAA": 40, "BBB": 30, "CC": 12}.items()):
        for k, day in enumerate(days[-count:]):
            lines.append(f"{day},{symbol},{8 + number * 4 + (k * (3 + number)) % 7 * 0.25}")
    path = tmp_path_factory.mktemp("prices") / "prices.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


@pytest.fixture(scope="session")
def model(prices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few epochs and four units."""
    path = tmp_path_factory.mktemp("model") / "tiny.model"
    done = here("train", prices, "-o", path, "--hidden-size", 4, "--epochs", 3)
    assert (done.returncode, done.stderr) == (0, b"")
    return path


@pytest.fixture(scope="session")
def hand_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose weights and bounds are short binary fractions: the same sums on any CPU."""
    path = tmp_path_factory.mktemp("model") / "hand.model"
    save_model(str(path), hand_made_model())
    return path
