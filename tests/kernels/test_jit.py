"""Compiled code is kept where only its user can write, and used only as it was written."""

import contextlib
import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from jit import kernel_of
from paths import SUPPORT
from processes import Started, finished

from rnncli.kernels import _cache, _jit

JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
LOADED, COMPILED, UNCACHED = "loaded", "compiled", "uncached"
compiles = pytest.mark.skipif(JIT_OFF, reason="nothing is compiled, nothing cached")


def doubled(x, out):
    for k in range(x.shape[0]):
        out[k] = 2 * x[k]
    return out[0]


def make():
    """Make a kernel of little code anew, see that it works, and tell where it is from."""
    compiled = []

    @contextlib.contextmanager
    def watch(kernel):
        yield lambda: compiled.append(kernel)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_jit, "watch", watch)
        kernel = kernel_of("float64(float64[::1],float64[::1])", doubled)
    out = np.zeros(3)
    assert kernel(np.full(3, 1.5), out) == 3
    assert (out == 3).all()
    assert kernel.__module__ == "rnncli.kernels._load"  # and not, in the end, Numba's call
    if not compiled:
        return LOADED
    folder = _cache.cache_folder()
    return COMPILED if folder and list(folder.glob("test_doubled-*.kernel")) else UNCACHED


MAKE = """
import sys
sys.path[:0] = {folders!r}
{before}
from test_jit import make
print(make())
"""


def start(base, before="", **environment):
    """A process that makes the kernel, with its cache under `base`."""
    script = MAKE.format(folders=[os.path.dirname(__file__), str(SUPPORT)], before=before)
    return Started(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | {"XDG_CACHE_HOME": str(base)} | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process):
    """Where the process had its kernel from."""
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    return out.strip()


def files_in(folder):
    """But for Python's own, which any process may write at any time."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder) for path in files}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A cache that was filled."""
    base = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(base))
        _cache.processor_key.cache_clear()  # so that it is written there as well
        assert make() == COMPILED
    return base


@pytest.fixture
def folder(first, tmp_path, monkeypatch):
    """The folder of this test's copy of it, which kernels made here use."""
    shutil.copytree(first, tmp_path / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return _cache.cache_folder()


@pytest.mark.slow
@compiles
def test_another_process_loads_what_the_first_compiled(folder):
    """Nothing is compiled twice, and no file is added."""
    before = files_in(folder)
    assert {path.suffix for path in before} == {_cache.SUFFIX, ""}
    assert make() == finish(start(folder.parent.parent)) == LOADED
    assert files_in(folder) == before


@pytest.mark.thorough
@compiles
def test_the_folder_is_the_user_s_alone(folder, tmp_path, monkeypatch):
    """It is made with mode 0700, and so is the one above, where the umask would let all write."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "new"))
    (tmp_path / "new").mkdir()
    before = os.umask(0)
    try:
        made = _cache.cache_folder()
    finally:
        os.umask(before)
    assert made == tmp_path / "new" / "rnncli" / folder.name
    for path in (made, made.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert path.stat().st_uid == os.geteuid()


def half(data):
    return data[: len(data) // 2]


def flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.slow
@compiles
@pytest.mark.parametrize("damage", [bytes, half, flipped, None])
def test_a_damaged_file_is_written_anew(folder, damage):
    """An empty, torn, altered or lost file ends in a new compilation, and in a sound cache."""
    before = files_in(folder)
    (path,) = folder.glob("*.kernel")
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(b"" if damage is bytes else path.read_bytes()))
    assert [make(), make()] == [COMPILED, LOADED]
    assert files_in(folder) == before


@pytest.mark.slow
@compiles
def test_what_a_killed_process_left_behind_is_overwritten(folder):
    """A file that was being written is not loaded, and does not stay."""
    before = files_in(folder)
    (path,) = folder.glob("*.kernel")
    path.rename(path.with_suffix(".part"))
    assert [make(), make()] == [COMPILED, LOADED]
    assert files_in(folder) == before


def open_to_all(folder):
    folder.chmod(0o777)


def readable(folder):
    folder.chmod(0o750)


def in_a_folder_open_to_all(folder):
    folder.parent.chmod(0o777)


def in_a_base_open_to_all(folder):
    folder.parent.parent.chmod(0o777)


def behind_a_link(folder):
    shutil.move(folder, folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def in_a_folder_behind_a_link(folder):
    behind_a_link(folder.parent)


@pytest.mark.slow_shapes
@pytest.mark.thorough
@compiles
@pytest.mark.parametrize(
    "spoil",
    [
        open_to_all,
        readable,
        in_a_folder_open_to_all,
        in_a_base_open_to_all,
        behind_a_link,
        in_a_folder_behind_a_link,
    ],
)
def test_a_folder_that_others_may_have_had_a_hand_in_is_not_used(folder, spoil):
    """Files of others are not loaded and not changed, even if they look sound."""
    spoil(folder)
    base = folder.parent.parent
    before = {path: path.stat().st_mtime_ns for path in base.rglob("*")}
    assert make() == UNCACHED
    assert {path: path.stat().st_mtime_ns for path in base.rglob("*")} == before


@pytest.mark.thorough
@compiles
@pytest.mark.usefixtures("folder")
def test_a_folder_of_another_user_is_not_used(monkeypatch):
    """What somebody else has put there is passed over."""
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert make() == UNCACHED


@pytest.mark.thorough
@compiles
def test_a_base_like_tmp_is_good_enough(folder):
    """Where all may write, but none may rename what is another's, our folder is safe."""
    folder.parent.parent.chmod(0o1777)
    assert make() == LOADED


@pytest.mark.slow
@compiles
@pytest.mark.parametrize("cache", ["/proc/none", "/dev/null", "relative", ""])
@pytest.mark.parametrize("home", ["/proc/none", "relative"])
def test_without_a_place_for_a_cache_kernels_are_compiled_for_the_run(
    monkeypatch, tmp_path, cache, home
):
    """A home that is read-only, missing or no absolute path is no error, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.setenv("HOME", home)
    assert _cache.cache_folder() is None
    assert make() == UNCACHED
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@compiles
def test_a_full_disk_is_not_an_error(tmp_path, monkeypatch):
    """What was written in part is not used, and what is made afterwards is sound."""
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))"
    assert finish(start(tmp_path, full, PYTHONDONTWRITEBYTECODE="1")) == UNCACHED
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert make() == COMPILED
    assert finish(start(tmp_path)) == LOADED


@pytest.mark.thorough
@compiles
def test_a_file_system_without_locks_is_not_an_error(folder, monkeypatch):
    """Whole files are loaded without a lock, but none is written."""

    def flock(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    assert make() == LOADED
    (path,) = folder.glob("*.kernel")
    path.unlink()
    assert make() == UNCACHED


@pytest.mark.slow
@compiles
def test_numba_s_own_cache_setting_does_no_harm(folder, tmp_path):
    """NUMBA_CACHE_DIR is for other programs: our kernels stay in our folder."""
    theirs, base = tmp_path / "numba", folder.parent.parent
    assert finish(start(base, NUMBA_CACHE_DIR=str(theirs))) == LOADED
    shutil.rmtree(folder)
    assert finish(start(base, NUMBA_CACHE_DIR=str(theirs))) == COMPILED
    assert not theirs.exists()


@pytest.mark.thorough
@compiles
def test_settings_that_shape_code_have_a_cache_of_their_own(folder, monkeypatch):
    """Code compiled otherwise, as with NUMBA_BOUNDSCHECK, is not taken for the usual code."""
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    assert _cache.cache_folder() == folder
    monkeypatch.setenv("NUMBA_OPT", "2")
    assert _cache.cache_folder() not in (folder, None)


@pytest.mark.thorough
@compiles
def test_an_edit_of_any_kernel_has_a_cache_of_its_own(folder, tmp_path, monkeypatch):
    """What a kernel calls may be in any file; all are in the folder's name."""
    sources = tmp_path / "cells"
    shutil.copytree(Path(_cache.__file__).parent, sources)
    monkeypatch.setattr(_cache, "__file__", str(sources / "_cache.py"))
    assert _cache.cache_folder() == folder
    with open(sources / "affine.py", "a", encoding="utf-8") as source:
        source.write("# edited")
    _cache._sources.cache_clear()
    assert _cache.cache_folder() not in (folder, None)


@pytest.mark.slow
@compiles
def test_processes_that_start_at_once_leave_a_sound_cache(tmp_path):
    """One compiles; the others wait for it, and load."""
    made = [finish(process) for process in [start(tmp_path) for _ in range(4)]]
    assert sorted(made) == [COMPILED, LOADED, LOADED, LOADED]
    assert finish(start(tmp_path)) == LOADED


# A network of odd sizes forward and back, its numbers written to a file.
NUMBERS = """
import sys
import numpy as np
from rnncli.kernels import loss_kernel
from rnncli.network.network import Architecture, initial_network
from rnncli.network.passes import Workspace, backward, forward

found = {}
for hidden_size, days in ((1, 1), (3, 17), (5, 4), (6, 5)):
    a = Architecture("rnn", "tanh", 2, hidden_size, 2, output_size=3)
    network = initial_network(a, "orthogonal", np.random.default_rng(0), "float64")
    x = np.random.default_rng(1).standard_normal((days, 2, 16))
    work = Workspace(a, days, 16, "float64")
    out = forward(network, x, work).copy()
    backward(network, x, out, work)
    found |= {f"out{hidden_size}": out, f"gradient{hidden_size}": work.gradient}
try:  # a day more than `target` has, in memory that is ours still
    out, days, never = np.ones((2, 1, 16)), np.ones((1, 16), int), np.zeros(0, int)
    loss_kernel("mse", 16, "float64")(out, out[:1], 0 * days, 2 * days, never, 0, 1.0, 0 * out)
except IndexError:
    found["checked"] = np.array(1)
np.savez(sys.argv[1], **found)
"""


def numbers(path, **environment):
    """The output of the network in a separate process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    finished(
        [sys.executable, "-W", "error", "-c", NUMBERS, path],
        env=kept | environment, check=True,
    )  # fmt: skip
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_uncompiled_and_bounds_checked_code_give_the_same_numbers(tmp_path, setting):
    """No kernel reads or writes past an end, and compiling changes no more than rounding."""
    ref = numbers(tmp_path / "compiled.npz")
    # no optimiser: what a check looks at is the same, and compiled in half the time
    comp = numbers(tmp_path / "checked.npz", **{setting: "1", "NUMBA_OPT": "0"})
    assert comp.pop("checked") == 1
    assert set(comp) == set(ref)
    for name in ref:
        np.testing.assert_allclose(comp[name], ref[name], rtol=0, atol=1e-12, err_msg=name)
