"""A forked run of the command prints, and ends, as one in a new process does."""

import sys

import forked
import pytest
from commands import COMMAND, environment
from paths import DATA
from processes import finished

HEAD = """"$@" simulate --series 50 | head -1; echo "${PIPESTATUS[@]}\""""
RUNS = {
    "result": ["inspect", str(DATA / "statland.csv"), "--format", "table"],
    "standard input": ["inspect", "-", "--format", "csv"],
    "fault": ["predict", "not-there.csv"],
    "wrong usage": ["predict", "--no-such-option"],
}
AT_LENGTH = pytest.mark.slow(each_version=True)


@pytest.mark.each_shape
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(RUNS[name], id=name, marks=AT_LENGTH if name == "result" else ())
        for name in RUNS
    ],
)
def test_it_prints_and_ends_as_a_new_process_does(arguments, tmp_path):
    """Both streams and the status, with the folder, input and width that were given."""
    ref, comp = (
        finished(
            [*words, *arguments], input=b"date,close\n2024-01-01,8\n2024-01-02,9\n", cwd=tmp_path,
            env=environment(COLUMNS="61"), capture_output=True,
        )
        for words in (COMMAND, forked.command())
    )  # fmt: skip
    assert (comp.returncode, comp.stdout, comp.stderr) == (ref.returncode, ref.stdout, ref.stderr)
    assert ref.stdout or ref.stderr


@pytest.mark.slow(each_version=True)
def test_it_dies_of_a_closed_pipe():
    """By the signal, as a shell is told."""
    for words in (COMMAND, forked.command()):
        done = finished(["/bin/bash", "-c", HEAD, "-", *words], capture_output=True, text=True)
        assert done.stdout.splitlines()[1:] == ["141 0"]


def test_settings_of_python_or_numba_ask_for_a_new_process():
    """They are read as a process starts, or as it imports."""
    assert forked.for_changes({"XDG_CACHE_HOME": "x", "RNNCLI_SEED": "1"}) == forked.command()
    for name in ("PYTHONPATH", "NUMBA_OPT", "LC_ALL"):
        assert forked.for_changes({name: "1"}) == COMMAND
    assert sys.executable in forked.command()
