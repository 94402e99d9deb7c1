"""`rnncli warmup` and `rnncli doctor`: nothing left to compile; every fact, or why not."""

import csv
import io
import json
import os
import sys

import pytest
from commands import environment
from processes import finished

from rnncli import __version__
from rnncli.kernels import _cache

compiles = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled, nothing cached"
)
# The command, less what takes long to compile: one number of lanes of a training is enough.
FEWER = """
import sys
from rnncli import cli
from rnncli.diagnostics import warmup

warmup.NEEDED = [needed for needed in warmup.NEEDED if needed[1] not in (64, 32)]
"""
COMMAND = [sys.executable, "-c", f"{FEWER}cli.main()"]
# a warm-up that may load what other tests have compiled, and copies what it has asked for
WARM_UP = f"""{FEWER}
import shutil
from rnncli.kernels import _cache, _jit

def noted(name, make):
    names.add(name)
    return load(name, make)

names, load = set(), _jit.load_or_store
_jit.load_or_store = noted
warmup.warm_up(lambda *_: None)
for name in names:
    file = f"{{name}}-{{_cache.processor_key()}}{{_cache.SUFFIX}}"
    shutil.copy(_cache.cache_folder() / file, sys.argv[1])
"""
SECTIONS = ["versions", "processor", "cache", "terminal", "configuration"]


@pytest.fixture(scope="module")
def warmed(rnncli, tmp_path_factory):
    """A cache folder as a warm-up leaves it, and what another one says of it."""
    base = tmp_path_factory.mktemp("warm")
    folder = base / "rnncli" / _cache.cache_key()
    folder.parent.mkdir(mode=0o700)
    folder.mkdir(mode=0o700)
    finished([sys.executable, "-c", WARM_UP, folder], env=environment(), check=True)
    done = rnncli("warmup", command=COMMAND, XDG_CACHE_HOME=str(base))
    assert (done.returncode, done.stderr) == (0, b"")
    return base, json.loads(done.stdout)["rows"]


@pytest.mark.slow
@compiles
def test_a_second_warmup_loads_each_kernel(rnncli, warmed):
    """In every format the same kernels, with the seconds of each."""
    base, first = warmed
    again = rnncli("warmup", "--format", "csv", command=COMMAND, XDG_CACHE_HOME=str(base))
    second = list(csv.DictReader(io.StringIO(again.stdout.decode())))
    assert {row["source"] for row in (*first, *second)} == {"loaded"}
    for one, other in zip(first, second, strict=True):
        for name in ("kernel", "precision", "lanes"):
            assert str(one[name]) == other[name]
    assert all(float(row["seconds"]) > 0 for row in second)
    assert {(row["precision"], row["lanes"]) for row in first} == {
        *(("float32", lanes) for lanes in (1024, 16, 1)), ("float64", 16),
    }  # fmt: skip


@pytest.mark.slow
@compiles
def test_after_a_warmup_nothing_is_compiled(rnncli, warmed, prices, tmp_path):
    """train, predict, gradients and explain at their defaults find every kernel there."""
    base, model = warmed[0], tmp_path / "m"

    def files():
        return {path for path in base.rglob("*") if path.is_file()}

    before = files()
    for arguments in (
        ("train", prices, "-o", model, "--epochs", 1), ("predict", model, prices),
        ("gradients", model, prices), ("explain", model, prices),
    ):  # fmt: skip
        assert rnncli(*arguments, XDG_CACHE_HOME=str(base)).returncode == 0
    assert files() == before


@pytest.mark.slow
@compiles
def test_warmup_on_a_terminal_is_a_table(terminal, warmed):
    """A row a kernel, and how many were compiled and loaded in how long."""
    base = str(warmed[0])
    shown = terminal(80, "warmup", command=COMMAND, XDG_CACHE_HOME=base, TERM="dumb")
    assert f"{len(warmed[1])} kernels ready" in shown
    assert f"0 compiled, {len(warmed[1])} loaded, in " in shown


@pytest.mark.slow(each_version=True)
@compiles
@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("relative", "not an absolute path"),
        ("/dev/null", "Not a directory"),
        ("/proc/none", "/proc"),
    ],
)
def test_warmup_without_a_place_to_keep_kernels_fails_in_one_line(rnncli, base, reason):
    """Compiling for nothing is refused, with why and what to do."""
    done = rnncli("warmup", XDG_CACHE_HOME=base)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (73, b"", 1)
    assert reason in done.stderr.decode()
    assert "XDG_CACHE_HOME" in done.stderr.decode()


@pytest.mark.slow
@compiles
def test_doctor_in_a_pipe_is_json_of_every_section(rnncli, warmed):
    """Versions, processor, cache, terminal, configuration."""
    done = rnncli("doctor", XDG_CACHE_HOME=str(warmed[0]))
    assert (done.returncode, done.stderr) == (0, b"")
    said = json.loads(done.stdout)
    assert list(said) == ["schema", *SECTIONS]
    assert said["versions"]["rnncli"] == __version__
    assert said["processor"]["cores usable"] >= 1
    assert said["cache"]["used"] == "yes"
    assert said["cache"]["kernels"] == len(warmed[1])
    assert said["cache"]["bytes"] > 0
    assert said["terminal"]["stdout"] == "not a terminal"
    assert said["configuration"]["RNNCLI_CONFIG"] == "not set"


def test_doctor_on_a_terminal_shows_each_section(terminal):
    """A table a section, with the width of this terminal."""
    shown = terminal(90, "doctor", TERM="xterm", NO_COLOR="1")
    for section in SECTIONS:
        assert section.capitalize() in shown
    assert "90" in shown.split("width")[1].splitlines()[0]


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["numba", "numpy", "llvmlite", "safetensors", "pandas"])
def test_doctor_outlives_a_broken_library(broken, rnncli, tmp_path):
    """What cannot be imported is a fact like others, and the rest is still told."""
    (tmp_path / f"{broken}.py").write_text("raise ImportError('torn in two')", encoding="ascii")
    done = rnncli("doctor", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, b"")
    said = json.loads(done.stdout)
    assert list(said) == ["schema", *SECTIONS]
    if broken in ("numba", "numpy"):
        assert said["cache"]["used"] == "not known: ImportError: torn in two"


def test_doctor_outlives_a_configuration_that_is_not_there(rnncli, tmp_path):
    """RNNCLI_CONFIG points nowhere: other commands refuse, the doctor says where it points."""
    path = str(tmp_path / "none.toml")
    done = rnncli("doctor", RNNCLI_CONFIG=path)
    said = json.loads(done.stdout)["configuration"]["RNNCLI_CONFIG"]
    assert (done.returncode, said) == (0, f"{path}: No such file or directory")


def test_doctor_says_why_kernels_are_not_kept(rnncli, tmp_path):
    """A folder that others could have written to is named, with the remedy."""
    (tmp_path / "rnncli").mkdir()
    (tmp_path / "rnncli").chmod(0o777)
    said = json.loads(rnncli("doctor", XDG_CACHE_HOME=str(tmp_path)).stdout)["cache"]
    assert said["used"].startswith(f"no: {tmp_path}/rnncli is a link, another user's, or open")
    assert said["kernels"] == 0


def test_doctor_needs_no_home(rnncli):
    """Without a home that exists every fact is still told."""
    done = rnncli("doctor", HOME="/proc/none", XDG_CACHE_HOME=None)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["cache"]["used"].startswith("no: /proc/none")
