"""Adding a cell costs one file, one entry, one twin: a toy cell passes the tests of all cells."""

import hashlib
import os
import sys
from typing import get_args, get_type_hints

import pytest
from paths import ROOT, TESTS
from processes import LIMIT, finished

from rnncli.kernels import CELLS
from rnncli.settings import NetworkSettings

SUITE = ("kernels/test_time_loop.py", "kernels/test_gradients.py", "network/test_network.py")
# h' = h/2 + tanh(sum)/2: the file that would stand beside kernels/rnn.py
FILE = """
from rnncli.kernels._inline import inline
from rnncli.kernels._math import tanh

GATES = ("h",)
STATES, SAVED, SPLIT = 1, 1, False
ACTIVATIONS = {"tanh": 0}


@inline
def step(sums, _hidden, states, saved, t, _activation):
    old, new, kept = states[0, t], states[0, t + 1], saved[t]
    half = new.dtype.type(0.5)
    for k in range(new.shape[0]):
        kept[k] = tanh(sums[k])
        new[k] = half * old[k] + half * kept[k]


@inline
def step_backward(_states, saved, t, after, before, dsums, _dhidden, _activation):
    dnew, dold, kept = after[0], before[0], saved[t]
    half, one = dnew.dtype.type(0.5), dnew.dtype.type(1)
    for k in range(dnew.shape[0]):
        dold[k] += half * dnew[k]
        dsums[k] = half * dnew[k] * (one - kept[k] * kept[k])
"""
# the twin, and both entries
PLUGIN = """
import {module} as toy
import naive
import numpy as np

from rnncli import kernels


def day(x_t, state, p, _activation):
    return (state + np.tanh(naive.rnn_sums(x_t, state, p))) / 2


def day_back(x_t, state, dafter, p, _activation):
    below, before, gradient = naive.rnn_day_back(x_t, state, dafter / 2, p, "tanh")
    return below, before + dafter / 2, gradient


naive.CELLS["{module}"] = naive.Cell(1, day, day_back, naive.never)
kernels.CELLS["{module}"] = kernels._cell(toy)
"""


def run_suite(folder, source, names, suite=SUITE, **environment):
    """The tests of cells on a toy cell, those of such names, in a process of their own."""
    # compiled code is kept by the name of the cell: another source, another name
    module = f"toy_{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    (folder / f"{module}.py").write_text(source, encoding="ascii")
    (folder / "toy_plugin.py").write_text(PLUGIN.format(module=module), encoding="ascii")
    files = [str(TESTS / name) for name in suite]
    return finished(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "toy_plugin", "-k", names, *files],
        env=os.environ | {"PYTHONPATH": str(folder)} | environment,
        cwd=ROOT, timeout=2 * LIMIT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_toy_cell_passes_the_tests_of_all_cells(tmp_path):
    """Its file, its entry in CELLS and its twin are all that they need.

    Those that compile the way back in float32 as well are left to the cells that there are; and so
    is the optimiser, without which code is compiled in half the time.
    """
    done = run_suite(tmp_path, FILE, "toy and not (padding and float32)", NUMBA_OPT="0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split(" passed")[0].split()[-1]) > 50


@pytest.mark.slow
def test_a_toy_cell_with_a_mistake_does_not(tmp_path):
    """The same tests see a derivative that is wrong by a sign, in code that is not compiled too."""
    wrong = FILE.replace("(one - kept[k] * kept[k])", "(one + kept[k] * kept[k])")
    suite = ["kernels/test_gradients.py"]
    done = run_suite(tmp_path, wrong, "toy and derivative", suite, NUMBA_DISABLE_JIT="1")
    assert done.returncode == 1
    assert "FAILED tests/kernels/test_gradients.py::test_backward" in done.stdout


def test_every_cell_can_be_named_on_the_command_line():
    """--cell lists the names of CELLS, which the settings write out to stay quick to load."""
    assert get_args(get_type_hints(NetworkSettings)["cell"]) == tuple(CELLS)
