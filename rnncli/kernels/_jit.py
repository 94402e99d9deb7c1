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
from llvmlite.binding import get_host_cpu_name
from numba.core.event import Event, Listener, install_listener
from numba.extending import register_jitable

from rnncli import __version__

Function = TypeVar("Function", bound=Callable[..., Any])
# of a kernel's name: entered as it is asked for; what it yields is called if it must be compiled
Watch = Callable[[str], contextlib.AbstractContextManager[Callable[[], None]]]

# Not True: that would let the compiler assume that no NaN exists, and diverging goes unseen.
FASTMATH = {"contract", "reassoc", "nsz", "arcp", "afn"}
# error_model: x / 0 is inf or nan, never an exception out of a kernel.
COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined] # set at import
OPTIONS: dict[str, Any] = {"fastmath": FASTMATH, "error_model": "numpy"}
DIGESTS, LOCK = "digests.json", "lock"
UNSHAPING = {"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"}  # settings that leave compiled code as it is


def inline(function: Function) -> Function:
    """Make a function callable from kernels; forced inline, so that LANES is a constant in it."""
    inlined: Function = register_jitable(forceinline=True, **OPTIONS)(function)
    return inlined


@contextlib.contextmanager
def unwatched(kernel: str) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - a `Watch` of nobody
    """Let a kernel be made without a word."""
    yield lambda: None


watch: Watch = unwatched  # whoever shows or times the making of kernels sets another


class _Misses(Listener):
    """Calls `compiling` whenever Numba compiles, as it does for what is not in the cache."""

    def __init__(self, compiling: Callable[[], None]) -> None:
        self._compiling = compiling

    def on_start(self, event: Event) -> None:  # noqa: ARG002 - of any function
        self._compiling()

    def on_end(self, event: Event) -> None:
        pass


def compile_kernel(signature: str, kernel: Function, exact: bool = False) -> Function:
    """Compile `kernel` for one explicit signature, or load it from the cache.

    One signature a function and one process at a time: with more, Numba's cache index is torn.
    `nogil`: lane groups run side by side in a thread pool. `exact`: no sum is reordered.
    """
    with watch(kernel.__name__) as compiling, install_listener("numba:compile", _Misses(compiling)):
        return _load_or_compile(signature, kernel, {"error_model": "numpy"} if exact else OPTIONS)


def _load_or_compile(signature: str, kernel: Function, options: dict[str, Any]) -> Function:
    folder = cache_folder()
    if folder is None:
        return cast(Function, _compile(signature, kernel, None, options))
    try:
        with _locked(folder):
            _drop_unless_sound(folder)
            compiled = _compile(signature, kernel, folder, options)
            stats = getattr(compiled, "stats", None)  # a plain function has none
            if stats is not None and stats.cache_misses:
                _write_digests(folder)
            return cast(Function, compiled)
    except Exception:
        return cast(Function, _compile(signature, kernel, None, options))


def _compile(signature: str, kernel: Function, folder: Path | None, options: dict[str, Any]) -> Any:
    numba.config.CACHE_DIR = str(folder or "")  # type: ignore[attr-defined] # set at import
    compiled: Any = numba.njit(cache=folder is not None, nogil=True, **options)(kernel)
    if not hasattr(compiled, "compile"):  # NUMBA_DISABLE_JIT: the function itself
        return compiled
    if folder is not None and not Path(compiled.stats.cache_path).is_relative_to(folder):
        raise OSError(f"cannot write in {folder}: Numba went elsewhere, where nothing is checked")
    compiled.compile(signature)
    compiled.disable_compile()
    return compiled


def cache_folder() -> Path | None:
    """Folder of compiled kernels, made if need be; None where no trustworthy one can be had."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        return None
    ours = Path(base) / "rnncli"
    try:
        folder = ours / _cache_key()
        for path in (ours, folder):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # whoever may write in a folder above may put another one in the place of ours
        trusted = not _swappable(Path(base)) and _mine(ours, 0o022) and _mine(folder, 0o077)
    except OSError:
        return None
    return folder if trusted and os.access(folder, os.W_OK) else None


def _mine(folder: Path, forbidden: int) -> bool:
    """Whether it is a folder, no link to one, of this user, without the `forbidden` permissions."""
    status = folder.lstat()
    mode = status.st_mode
    return stat.S_ISDIR(mode) and status.st_uid == os.geteuid() and not mode & forbidden


def _swappable(folder: Path) -> bool:
    """Whether everybody may rename what stands in it: writable for all, and not as /tmp is."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def _cache_key() -> str:
    """Name of the cache folder: Numba looks at the defining file only, so edits show here.

    So do Numba's settings in the environment, such as NUMBA_BOUNDSCHECK: its index has none.
    """
    sources = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    settings = [
        f"{name}={value}".encode(errors="surrogateescape")
        for name, value in sorted(os.environ.items())
        if name.startswith("NUMBA_") and name not in UNSHAPING
    ]
    digest = hashlib.sha256(b"\0".join(sources + settings)).hexdigest()[:12]
    python = platform.python_version()
    return f"{__version__}-{digest}-py{python}-nb{numba.__version__}-np{np.__version__}"


def bits_key() -> str:
    """What the last bit of a result may depend on: the kernels, their compiler, this processor."""
    name = numba.config.CPU_NAME or get_host_cpu_name()  # type: ignore[attr-defined] # set at import
    return f"{_cache_key()}-{platform.machine()}-{name}"


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder alone; the kernel frees the lock of a process that was killed."""
    with open(folder / LOCK, "w", encoding="ascii") as lock:
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
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
