"""A warm-up that keeps nothing is a failure; what it made is reported kernel by kernel."""

import pytest
from builders import ignore

from rnncli.diagnostics import warmup
from rnncli.errors import CannotCreateError, UsageError, WriteError
from rnncli.kernels import _cache, _jit


@pytest.fixture
def base(tmp_path, monkeypatch):
    """An empty cache, Numba at work, and the watch of kernels put back afterwards."""
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_jit, "watch", _jit.unwatched)
    return tmp_path


def pretend(monkeypatch, compile_first, keep):
    """Stand in for the run of a network: one kernel, compiled or loaded, kept or not."""

    def run_once(architecture, loss, precision, count):  # noqa: ARG001 - the real one's
        with _jit.watch("forward") as compiling:
            if compile_first:
                compiling()
        if keep:
            (_cache.cache_folder() / f"{precision}{count}{loss}.kernel").write_bytes(b"")

    monkeypatch.setattr(warmup, "_run_once", run_once)
    monkeypatch.setattr(
        warmup, "_run_forward", lambda a, count: run_once(a, a.cell, "float32", count)
    )
    monkeypatch.setattr(warmup, "_run_back", lambda *_: None)


@pytest.mark.parametrize(("compile_first", "source"), [(True, "compiled"), (False, "loaded")])
@pytest.mark.usefixtures("base")
def test_every_kernel_is_reported_with_its_source(compile_first, source, monkeypatch):
    """One entry a kernel and set, in order, and progress before each set."""
    pretend(monkeypatch, compile_first, keep=True)
    sets = []
    made = warmup.warm_up(lambda done, text: sets.append((done, text)))
    assert [(k.kernel, k.precision, k.lanes) for k in made] == [
        ("forward", precision, lanes)
        for precision, lanes in (*warmup.NEEDED, *[("float32", n) for n in (1, 1, 16)])
    ]
    assert {k.source for k in made} == {source}
    assert all(k.seconds >= 0 for k in made)
    assert sets[0] == (0, "float32, 64 lanes")


def test_every_number_of_lanes_is_warmed_up():
    """Those of trainings, of sampled paths and of gradients; tests of the command compile fewer."""
    numbers = [("float32", lanes) for lanes in (64, 32, 16, 1024)]
    assert [*warmup.NEEDED] == [*numbers, ("float64", 16)]


def test_kernels_that_could_not_be_kept_are_a_fault(base, monkeypatch):
    """A full disk leaves nothing for the next run: the user hears of it."""
    pretend(monkeypatch, compile_first=True, keep=False)
    with pytest.raises(WriteError, match=f"{base}.*is the disk full"):
        warmup.warm_up(ignore)


@pytest.mark.usefixtures("base")
def test_where_numba_may_not_compile_a_warmup_is_wrong_usage(monkeypatch):
    """Nothing would be compiled, and that is said instead of a full disk."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    with pytest.raises(UsageError, match="NUMBA_DISABLE_JIT is set"):
        warmup.warm_up(ignore)


@pytest.mark.usefixtures("base")
def test_without_a_folder_nothing_is_compiled(monkeypatch):
    """The fault is reported before minutes are spent."""
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(warmup, "_run_once", None)
    with pytest.raises(CannotCreateError, match="not an absolute path"):
        warmup.warm_up(ignore)


@pytest.mark.usefixtures("base")
def test_kernels_that_cannot_be_loaded_are_a_fault(monkeypatch):
    """Runs go on as Numba compiles, but each takes seconds: a warm-up is when to say so."""
    pretend(monkeypatch, compile_first=True, keep=True)
    monkeypatch.setattr(_jit, "loading_faults", {"forward-rnn": OSError("no symbol")})
    with pytest.raises(CannotCreateError, match=r"forward-rnn: .*OSError\('no symbol'\).*each run"):
        warmup.warm_up(ignore)
