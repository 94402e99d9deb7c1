"""The only module that calls Numba: its options, why each, and where compiled code is stored.

Compiled code is code: the cache is a folder of mode 0700 that belongs to the user, named after
the version of everything that shaped it, and every file in it is checked against a list of
digests before it is loaded. Without such a folder, kernels are compiled for this run only.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.event import Event, Listener, install_listener
from numba.extending import register_jitable

from rnncli.kernels._cache import cache_folder, drop_unless_sound, locked_cache, write_digests

Function = TypeVar("Function", bound=Callable[..., Any])
# of a kernel's name: entered as it is asked for; what it yields is called if it must be compiled
Watch = Callable[[str], contextlib.AbstractContextManager[Callable[[], None]]]

# Not True: that would let the compiler assume that no NaN exists, and diverging goes unseen.
FASTMATH = {"contract", "reassoc", "nsz", "arcp", "afn"}
# error_model: x / 0 is inf or nan, never an exception out of a kernel.
COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined] # set at import
OPTIONS: dict[str, Any] = {"fastmath": FASTMATH, "error_model": "numpy"}


def inline(function: Function) -> Function:
    """Make a function callable from kernels; forced inline, so that LANES is a constant in it."""
    inlined: Function = register_jitable(forceinline=True, **OPTIONS)(function)
    return inlined


@contextlib.contextmanager
def unwatched(kernel: str) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - a `Watch` of nobody
    """Let a kernel be made without a word."""
    yield lambda: None


watch: Watch = unwatched  # replaced by code that shows or times the compilation


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

    One signature per function and one process at a time: more would corrupt Numba's cache index.
    `nogil`: lane groups run in parallel in a thread pool. `exact`: sums are not reordered.
    """
    with watch(kernel.__name__) as compiling, install_listener("numba:compile", _Misses(compiling)):
        return _load_or_compile(signature, kernel, {"error_model": "numpy"} if exact else OPTIONS)


def _load_or_compile(signature: str, kernel: Function, options: dict[str, Any]) -> Function:
    folder = cache_folder()
    if folder is None:
        return cast(Function, _compile(signature, kernel, None, options))
    try:
        with locked_cache(folder):
            drop_unless_sound(folder)
            compiled = _compile(signature, kernel, folder, options)
            stats = getattr(compiled, "stats", None)  # a plain function has none
            if stats is not None and stats.cache_misses:
                write_digests(folder)
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
