"""A folder of prices in which somebody has put Python modules or settings: none of it is run."""

import sys
from pathlib import Path

import pytest
from commands import COMMAND, environment
from processes import finished

INSTALLED = Path(sys.executable).with_name("rnncli")
OF_OTHERS = ("numpy", "typer", "rich", "click", "safetensors", "yaml")
OF_PYTHON = ("json", "random", "signal", "typing", "csv", "multiprocessing", "pickle", "tempfile")
OF_PYTHON_LATER = ("json", "random", "csv", "multiprocessing", "pickle", "tempfile")


def traps(folder, names):
    """Modules that leave a file where they are run."""
    for name in names:
        text = f"open({str(folder / 'was-run')!r}, 'a').write('{name} ')\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def run(folder, command, *words):
    """The command in that folder, which must end well and have run nothing of it."""
    done = finished(
        [*map(str, command), *map(str, words)],
        cwd=folder, env=environment(), input=b"", capture_output=True, check=False,
    )  # fmt: skip
    assert not (folder / "was-run").exists(), (folder / "was-run").read_text(encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.mark.slow
@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("command", "names"),
    [
        (COMMAND, (*OF_OTHERS, *OF_PYTHON_LATER)),  # Python itself imports some before that
        ([sys.executable, "-P", "-m", "rnncli"], (*OF_OTHERS, *OF_PYTHON)),
        ([INSTALLED], (*OF_OTHERS, *OF_PYTHON)),
    ],
)
def test_modules_in_the_current_folder_are_not_run(
    command, names, call, hand_made, prices, tmp_path
):
    """By the command itself; a module of that name is the installed one."""
    traps(tmp_path, names)
    found = run(tmp_path, command, "predict", hand_made, prices)
    assert found == call("predict", hand_made, prices).stdout


@pytest.mark.slow
@pytest.mark.each_shape
@pytest.mark.parametrize("command", [COMMAND, [INSTALLED]])
def test_processes_run_no_modules_in_the_current_folder(command, prices, tmp_path):
    """Those that train beside the command, and the one in which Python counts what they share."""
    traps(tmp_path, (*OF_OTHERS, *OF_PYTHON_LATER))
    words = ("--per-series", "--jobs", 2, "--epochs", 1, "--hidden-size", 2, "-q")
    run(tmp_path, command, "train", prices, "-o", "models", *words)
    assert len(list((tmp_path / "models").glob("*.model"))) == 3


@pytest.mark.slow
def test_settings_of_numba_in_the_current_folder_change_no_kernel(tmp_path):
    """They would be compiled by these, and kept for all later runs."""
    script = """
import sys, yaml
from rnncli.kernels._jit import _settings_file_ignored
with _settings_file_ignored():
    import rnncli.kernels._compile
from numba.core import config
config.reload_config()
print(config.OPT.is_opt_max, config.BOUNDSCHECK, sys.modules["yaml"] is yaml)
"""
    settings = tmp_path / ".numba_config.yaml"
    settings.write_text("opt: 0\nboundscheck: 1\n", encoding="utf-8")
    shown = run(tmp_path, [sys.executable, "-W", "error", "-c", script])
    settings.unlink()
    assert shown == run(tmp_path, [sys.executable, "-c", script])
    assert shown.endswith(b" None True\n")
