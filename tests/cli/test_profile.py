"""--profile shows where the time of a run went; a cold run says once that it compiles."""

import os
import re
import shutil

import pytest

from rnncli.cli.messages import Messages
from rnncli.kernels import _cache
from rnncli.settings import OutputSettings

ROW = re.compile(r"^ (\S.*?)\s+(\d+\.\d{3})\s+(\d+\.\d)%$", re.MULTILINE)
READ, PREPARE, FORWARD, WRITE = "read", "prepare", "forward", "write"
LOAD, START, OTHER = "compile or load", "start and import", "other"
STAGES = {
    "predict": {START, OTHER, READ, PREPARE, FORWARD, LOAD, "bounds and dates", WRITE},
    "train": {START, OTHER, READ, PREPARE, "train", LOAD, "validate", WRITE},
    "explain": {START, OTHER, READ, "forward and back", LOAD, WRITE},
    "gradients": {START, OTHER, READ, PREPARE, "forward and back", LOAD, WRITE},
}
COMPILING = "compiling (once per machine)…"
compiles = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled, nothing cached"
)
QUICK = {"NUMBA_OPT": "0", "NO_COLOR": "1"}  # no optimiser: compiled in half the time


@pytest.mark.slow
@pytest.mark.parametrize("command", STAGES)
def test_profile_is_a_table_on_stderr_that_sums_to_the_whole(
    command, rnncli, model, prices, tmp_path
):
    """Off a terminal too: every stage with its seconds and share; stdout holds the result alone."""
    arguments = {
        "predict": (model, prices),
        "train": (prices, "-o", tmp_path / "m", "--epochs", 1),
        "explain": (model, prices),
        "gradients": (model, prices),
    }[command]
    plain = rnncli(command, *arguments)
    done = rnncli(command, *arguments, "--profile")
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    rows = {
        name: (float(taken), float(share))
        for name, taken, share in ROW.findall(done.stderr.decode())
    }
    whole = rows.pop("whole")
    assert set(rows) == STAGES[command]
    assert sum(taken for taken, _ in rows.values()) == pytest.approx(whole[0], abs=0.005)
    assert sum(share for _, share in rows.values()) == pytest.approx(100, abs=0.5)
    assert whole[1] == 100


def test_profile_is_shown_with_quiet_since_it_was_asked_for(call, hand_made, prices):
    """-q silences what nobody asked for; without --profile nothing is measured aloud."""
    done = call("predict", hand_made, prices, "-q", "--profile")
    assert b"Where the time went" in done.stderr
    assert call("predict", hand_made, prices).stderr == b""


def cold(terminal, tmp_path, *arguments):
    """What a run shows on a terminal, its cache empty before the first one."""
    return terminal(80, *arguments, XDG_CACHE_HOME=str(tmp_path / "cache"), **QUICK)


def without(base, kind):
    """Fill a cache with the kernels that are compiled, but for those of a kind."""
    folder = base / "rnncli" / _cache.cache_key()
    for made in (base, folder.parent, folder):
        made.mkdir(mode=0o700)
    for path in _cache.cache_folder().glob(f"*{_cache.SUFFIX}"):
        if not path.name.startswith(kind):
            shutil.copy(path, folder)


@pytest.mark.slow
@compiles
def test_the_first_run_says_once_that_it_compiles_and_the_second_does_not(
    terminal, hand_made, prices, tmp_path
):
    """One whole line, and only where something is compiled."""
    shown = cold(terminal, tmp_path, "predict", hand_made, prices)
    assert [line for line in shown.splitlines() if "compiling" in line] == [f"note: {COMPILING}"]
    assert "compiling" not in cold(terminal, tmp_path, "predict", hand_made, prices)


@pytest.mark.slow
def test_off_a_terminal_compiling_goes_unsaid(rnncli, hand_made, prices, tmp_path):
    """A clean run writes nothing to stderr, cold or warm."""
    done = rnncli("predict", hand_made, prices, XDG_CACHE_HOME=str(tmp_path), **QUICK)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
@compiles
@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("relative", "relative is not an absolute path"),
        ("distrusted", "is a link, another user's, or open to others; remove it"),
        ("/proc/none", "/proc/none: No such file or directory"),
    ],
)
def test_without_a_cache_the_note_does_not_promise_once(
    case, reason, terminal, hand_made, prices, tmp_path
):
    """Where nothing can be kept, the note says so, why, and where to look."""
    if case == "distrusted":
        (tmp_path / "rnncli").mkdir()
        (tmp_path / "rnncli").chmod(0o777)
        case = tmp_path
    shown = terminal(80, "predict", hand_made, prices, XDG_CACHE_HOME=str(case), **QUICK)
    (line,) = [line for line in shown.splitlines() if "compiling" in line]
    assert line.startswith("note: compiling, as in every run: ")
    assert reason in line
    assert line.endswith("; see rnncli doctor")


@pytest.mark.slow
@compiles
def test_the_note_and_the_progress_bar_stand_on_lines_of_their_own(
    terminal, prices, model, tmp_path
):
    """A kernel is compiled while it trains: the note is whole, the bar wiped before the table."""
    assert model.exists()  # so the kernels of a training are compiled
    base = tmp_path / "cache"
    without(base, "update")
    arguments = ("train", prices, "-o", tmp_path / "m", "--epochs", 2, "--hidden-size", 2)
    shown = terminal(80, *arguments, XDG_CACHE_HOME=str(base), NO_COLOR="1")
    assert shown.startswith(f"note: {COMPILING}\n\r\x1b[K━")
    assert shown.count("compiling") == 1


def test_a_line_said_while_the_bar_is_drawn_stands_alone(capsys, monkeypatch):
    """A kernel that is first needed after the last epoch is announced on a line of its own."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    messages = Messages(OutputSettings())
    with messages.progress(2) as bar:
        bar.update(2, "epoch 2")
        messages.note(COMPILING)
    assert capsys.readouterr().err.endswith(f"epoch 2\r\x1b[Knote: {COMPILING}\n")


@pytest.mark.slow
@pytest.mark.parametrize("width", [12, 40, 200])
def test_the_progress_bar_fits_the_terminal(width, terminal, prices, tmp_path):
    """Every drawing is shorter than a line, so that the next one is drawn over it."""
    options = ("train", prices, "-o", tmp_path / "m", "--hidden-size", 2, "--epochs", 3)
    shown = terminal(width, *options, TERM="xterm", NO_COLOR="1")
    drawn = [piece for piece in re.split("\r\x1b\\[K", shown)[1:4] if "\n" not in piece]
    assert len(drawn) == 3
    assert max(map(len, drawn)) < width
    assert width < 40 or all("━" in line and "loss" in line for line in drawn)
