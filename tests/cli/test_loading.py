"""What a command really loads: no compiler and no drawing where nothing is computed or drawn."""

import json
import os
import pkgutil
import sys

import pytest
from commands import environment
from in_process import here
from paths import DATA
from processes import finished

from rnncli import report
from rnncli.kernels._elf import is_at_home

JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
COMPILING = {"numba", "llvmlite"}
SLOW_TO_LOAD = {  # a short run needs none
    *COMPILING, "pandas", "pydantic", "scipy", "rich", "numpy.ma",
}  # fmt: skip
RUN = """
import sys
from rnncli import cli
status = cli._run(sys.argv[1:])
modules = sorted(sys.modules)
import json
print()
print(json.dumps([status, modules]))
"""


GLOB = {"glob"} if sys.version_info < (3, 13) else set()  # later pathlib itself loads it


def loaded_by(*arguments, **variables):
    """Modules that a process has loaded when a command has run in it."""
    words = [sys.executable, "-c", RUN, *map(str, arguments)]
    done = finished(words, env=environment(**variables), capture_output=True)
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert (status, done.stderr) == (0, b"")
    return set(modules)


def test_the_page_of_the_program_loads_no_typer():
    """Nor what lists of commands and options are not made of."""
    assert loaded_by("--help") & {"typer", "inspect", "shutil", "datetime", "difflib"} == set()


def test_names_of_commands_in_bash_load_no_typer():
    """Somebody waits for them at a prompt."""
    asked = {"_RNNCLI_COMPLETE": "complete_bash", "COMP_WORDS": "rnncli pre", "COMP_CWORD": "1"}
    assert loaded_by(**asked) & {"typer", "inspect", "shutil", "datetime", "difflib"} == set()


def test_the_page_of_a_command_loads_nothing_that_only_a_run_needs():
    """Logs, files that are written, remedies of faults, and settings of other commands."""
    rarely = {"json", "tempfile", "calendar", "shlex"} | GLOB
    others = {"rnncli.settings.nightly", "rnncli.settings.risk", "rnncli.cli.unknown_options"}
    assert loaded_by("predict", "--help") & (rarely | others) == set()


@pytest.mark.slow(each_version=True)
def test_a_plain_command_line_loads_no_pydantic():
    """Typer checks values with it, and takes longer to load it than a short command takes."""
    assert "pydantic" not in loaded_by("statland", "--seed", 3, "--format", "csv")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, hand_made, prices):
    """One night."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    words = ("--until", "2024-02-14", "--horizon", 3, "--ledger", path)
    assert here("predict", hand_made, prices, *words).returncode == 0
    return path


@pytest.mark.slow(each_version=True)
def test_a_score_loads_nothing_slow(ledger, prices):
    """Numbers of a ledger are compared with prices, and nothing is forecast."""
    assert loaded_by("score", ledger, prices, "-q") & SLOW_TO_LOAD == set()


@pytest.mark.slow
@pytest.mark.skipif(JIT_OFF, reason="nothing is compiled, nothing loaded")
def test_a_forecast_by_kernels_that_are_compiled_imports_no_numba(hand_made, prices):
    """Nor LLVM where its code is simply put into memory: both take longer than a forecast."""
    loaded_by("predict", hand_made, prices, "--horizon", 3, "-q")  # which may compile
    loaded = loaded_by("predict", hand_made, prices, "--horizon", 3, "-q")
    assert ("llvmlite" in loaded) != is_at_home()
    assert loaded & {"numba", "scipy", "coverage", "statistics", "numpy.random"} == set()


@pytest.mark.slow(each_version=True)
@pytest.mark.parametrize("form", ["json", "table"])
def test_a_look_at_prices_loads_nothing_slow(form):
    """What a file was taken for needs no network, and a small file no pandas."""
    loaded = loaded_by("inspect", DATA / "market.csv", "--format", form, "-q")
    assert loaded & SLOW_TO_LOAD == ({"rich"} if form == "table" else set())


@pytest.mark.slow(each_version=True)
def test_a_forecast_of_a_small_file_loads_no_pandas(hand_made, prices):
    """Nor Pydantic, which Typer has for values of options, nor what writes and unpacks files."""
    rarely = {"tempfile", "zipfile", "shlex"} | GLOB
    assert loaded_by("predict", hand_made, prices, "-q") & {"pandas", "pydantic", *rarely} == set()


SHOWING = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(f"rnncli.report.{name}")
    loaded = {"numba", "llvmlite"} & sys.modules.keys()
    assert not loaded, (name, loaded)
"""


def test_a_report_loads_no_compiler():
    """A module that shows results can be had without what made them."""
    names = [found.name for found in pkgutil.iter_modules(report.__path__)]
    assert len(names) > 20
    done = finished([sys.executable, "-c", SHOWING, *names], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
