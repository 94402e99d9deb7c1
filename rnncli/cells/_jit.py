"""The one door to Numba: its options, why each, and where compiled code is kept.

Compiled code is code: the cache is a folder of mode 0700 that belongs to the user, named after
the version of everything that shaped it, and every file in it is held to a list of digests
before it is loaded. Where no such folder can be had, kernels are compiled for this run only.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.extending import register_jitable

from rnncli import __version__

Function = TypeVar("Function", bound=Callable[..., Any])

# Not True: that would let the compiler assume that no NaN exists, and diverging goes unseen.
FASTMATH = {"contract", "reassoc", "nsz", "arcp", "afn"}
# error_model: x / 0 is inf or nan, never an exception out of a kernel.
OPTIONS: dict[str, Any] = {"fastmath": FASTMATH, "error_model": "numpy"}
DIGESTS = "digests.json"


def inline(function: Function) -> Function:
    """Make a function callable from kernels; forced inline, so that LANES is a constant in it."""
    inlined: Function = register_jitable(forceinline=True, **OPTIONS)(function)
    return inlined


def compile_kernel(signature: str, kernel: Function) -> Function:
    """Compile `kernel` for one explicit signature, or load it from the cache.

    One signature a function and one process at a time: with more, Numba's cache index is torn.
    `nogil`: lane groups run side by side in a thread pool.
    """
    folder = cache_folder()
    if folder is None:
        return cast(Function, _compile(signature, kernel, cache=False))
    try:
        with _locked(folder):
            _drop_unless_sound(folder)
            compiled = _compile(signature, kernel, cache=True)
            stats = getattr(compiled, "stats", None)  # a plain function has none
            if stats is not None and stats.cache_misses:
                _write_digests(folder)
            return cast(Function, compiled)
    except Exception:
        return cast(Function, _compile(signature, kernel, cache=False))


def _compile(signature: str, kernel: Function, cache: bool) -> Any:
    numba.config.CACHE_DIR = str(cache_folder() or "")  # type: ignore[attr-defined] # set at import
    compiled: Any = numba.njit(signature, cache=cache, nogil=True, **OPTIONS)(kernel)
    return compiled


def cache_folder() -> Path | None:
    """Folder of compiled kernels, made if need be; None where no trustworthy one can be had."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    folder = Path(base) / "rnncli" / _cache_key()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
    mine = status.st_uid == os.geteuid() and os.access(folder, os.W_OK)
    return folder if private and mine else None


def _cache_key() -> str:
    """Name of the cache folder: Numba looks at the defining file only, so edits show here."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    python = platform.python_version()
    return f"{__version__}-{digest}-py{python}-nb{numba.__version__}-np{np.__version__}"


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder alone; the kernel frees the lock of a process that was killed."""
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compiled_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.nb*") if path.is_file())


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _compiled_files(folder)
    }


def _write_digests(folder: Path) -> None:
    (folder / DIGESTS).write_text(json.dumps(_digests(folder)), encoding="ascii")


def _drop_unless_sound(folder: Path) -> None:
    """Empty the folder if a compiled file is torn, altered or not ours: it would be run."""
    try:
        listed = json.loads((folder / DIGESTS).read_text(encoding="ascii"))
    except (OSError, ValueError):
        listed = None
    if listed is None or listed != _digests(folder):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
