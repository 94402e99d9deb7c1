"""`predict --state`: the same bytes, a line where the past is another, no file half-made."""

import signal
import subprocess
import sys

import pytest
from commands import environment
from hand_made import hand_made_model
from processes import Started, finished

from rnncli.models.model import save_model


@pytest.fixture
def earlier(prices, tmp_path):
    """The prices as they were some days ago: fewer rows of each symbol, none of CC."""
    lines = prices.read_text().splitlines()
    kept = [line for line in lines if line < "2024-02-08" or line == lines[0]]
    path = tmp_path / "earlier.csv"
    path.write_text("\n".join(line for line in kept if ",CC," not in line) + "\n")
    return path


@pytest.fixture
def state(call, model, earlier, tmp_path):
    """The state that a run over the earlier prices leaves."""
    path = tmp_path / "s.state"
    assert call("predict", model, earlier, "--state", path).returncode == 0
    return path


def test_a_forecast_with_state_is_the_same_bytes(call, model, prices, state, tmp_path):
    """With a first state, a new one, one that knows every row; nothing on stderr."""
    ref = call("predict", model, prices)
    fresh = tmp_path / "fresh.state"
    for path in (fresh, state, state):
        comp = call("predict", model, prices, "--state", path)
        assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")
    assert fresh.read_bytes() == state.read_bytes()


def test_only_new_rows_are_fed(call, model, prices, state, tmp_path):
    """As the log of the run says."""
    log = tmp_path / "log"
    call("predict", model, prices, "--state", state, "--log-file", log)
    assert '"event": "kept"' in log.read_text()
    assert '"resumed": 2, "rewritten": 0, "shorter": 0, "symbols": 3' in log.read_text()


def test_a_rewritten_past_is_said_and_replayed(call, model, prices, state, tmp_path):
    """One line, of how many symbols; none with -q."""
    other = tmp_path / "other.csv"
    lines = prices.read_text().splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",8.25"
    other.write_text("\n".join(lines) + "\n")
    ref, before = call("predict", model, other), state.read_bytes()
    comp = call("predict", model, other, "--state", state)
    said = f"warning: {state}: AAA: another past than what was fed; replayed from the first row"
    assert (comp.returncode, comp.stdout, comp.stderr.decode()) == (0, ref.stdout, f"{said}\n")
    state.write_bytes(before)
    assert call("predict", model, other, "--state", state, "-q").stderr == b""
    assert call("predict", model, other, "--state", state).stderr == b""


def test_a_state_of_another_model_is_replayed_whole(call, hand_made, prices, state):
    """With a line; afterwards it is that of this model."""
    ref = call("predict", hand_made, prices)
    comp = call("predict", hand_made, prices, "--state", state)
    assert (comp.returncode, comp.stdout) == (0, ref.stdout)
    said = (
        f"warning: {state}: is of another model; every series is replayed, and it is written anew"
    )
    assert comp.stderr.decode() == f"{said}\n"
    assert call("predict", hand_made, prices, "--state", state).stderr == b""


@pytest.mark.slow_shapes
@pytest.mark.parametrize("shape", ["cut", "empty", "a byte", "a header", "an old version"])
def test_a_damaged_state_is_never_trusted(shape, call, model, earlier, state, monkeypatch):
    """A line, the forecast of a replay, and a whole file in its place."""
    ref, whole = call("predict", model, earlier), state.read_bytes()
    if shape == "an old version":
        monkeypatch.setattr("rnncli.storage.tensor_file.__version__", "0.0.9")
        state.unlink()
        call("predict", model, earlier, "--state", state)
        monkeypatch.undo()
        assert state.read_bytes() != whole
    else:
        changed = bytearray(whole)
        changed[-70] ^= 1
        state.write_bytes(
            {
                "cut": whole[:-9], "empty": b"",
                "a byte": bytes(changed), "a header": whole[:60] + b"{" * 40 + whole[100:],
            }[shape]
        )  # fmt: skip
    comp = call("predict", model, earlier, "--state", state)
    assert (comp.returncode, comp.stdout) == (0, ref.stdout)
    assert comp.stderr.decode().startswith(f"warning: {state}: ")
    assert "every series is replayed, and it is written anew" in comp.stderr.decode()
    assert comp.stderr.count(b"\n") == 1
    assert state.read_bytes() == whole


def test_what_is_not_a_state_is_not_written_over(call, model, prices, tmp_path):
    """A model, an input, a place that cannot be: refused, and as they were."""
    other = tmp_path / "other.model"
    save_model(str(other), hand_made_model())
    before = other.read_bytes()
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes\n")
    for path, status, said in (
        (other, 2, f"--state {other}: is a model, not a state; name another file"),
        (notes, 2, f"--state {notes}: exists and is not a state file; name another file"),
        ("-", 2, "--state -: a state cannot go to standard output"),
        (model, 2, f"--state {model}: is one of the inputs"),
        (prices, 2, f"--state {prices}: is one of the inputs"),
        (tmp_path, 73, "is a folder"),
        (tmp_path / "none" / "s", 73, "no such folder"),
    ):
        done = call("predict", model, prices, "--state", path)
        assert (done.returncode, done.stdout) == (status, b"")
        assert said in done.stderr.decode()
    assert (other.read_bytes(), notes.read_text()) == (before, "my notes\n")
    assert call("predict", model, prices, "--state", "s", "--paths", 3).returncode == 2
    for option in ("--ledger", "--log-file"):
        done = call("predict", model, prices, "--state", tmp_path / "s", option, tmp_path / "s")
        assert done.returncode == 2
        assert b"is the ledger or the log too" in done.stderr


def test_a_state_is_not_a_model(call, prices, state):
    """Named as one, it is refused by what it is."""
    done = call("predict", state, prices)
    assert done.returncode == 65
    assert f"{state}: is a state, not a model" in done.stderr.decode()


KILL = """
import os, signal, sys
from rnncli import cli
real, when = getattr(os, sys.argv[1]), sys.argv[2]
def die(*arguments, **named):
    if real.__name__ == "replace" and not str(arguments[1]).endswith(".state"):
        return real(*arguments, **named)  # of a compiled kernel
    if when == "after":
        real(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, sys.argv[1], die)
sys.argv[1:] = sys.argv[3:]
cli.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["fdopen", "fchmod", "fsync", "replace"])
def test_a_kill_while_it_is_written_leaves_it_whole(step, when, call, model, prices, state):
    """kill -9 at every step: the old state or the new one, from which the next run goes on."""
    old, ref = state.read_bytes(), call("predict", model, prices)
    words = [step, when, "predict", model, prices, "--state", state]
    done = finished(
        [sys.executable, "-c", KILL, *map(str, words)], capture_output=True, check=False,
        env=environment(),
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    new = (step, when) == ("replace", "after")
    assert (state.read_bytes() != old) == new
    comp = call("predict", model, prices, "--state", state)
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")


@pytest.mark.slow
def test_two_processes_leave_one_whole_state(model, earlier, prices, state):
    """The last run wins, and the next run continues from its state."""
    command = [sys.executable, "-m", "rnncli", "predict", str(model)]
    for _ in range(3):
        runs = [
            Started([*command, str(path), "--state", str(state)], env=environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for path in (earlier, prices)
        ]  # fmt: skip
        for run in runs:
            assert b"damaged" not in run.communicate()[1]
            assert run.returncode == 0
    done = finished([*command, str(prices), "--state", str(state)], capture_output=True, check=True)
    assert b"damaged" not in done.stderr
