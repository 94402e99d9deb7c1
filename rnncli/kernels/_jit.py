"""How a kernel gets from its source to a function to call; nothing here imports Numba.

    source --`_compile`, by Numba--> object code --`_cache`--> file --`_load`--> function

Only a kernel without a file is compiled, so that most runs never import Numba, which takes longer
than a forecast. `_elf` puts code into memory where it can, LLVM elsewhere. Where anything on this
way is not as expected, Numba compiles for this run, and `loading_faults` says why.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

from rnncli.kernels._cache import is_stored, load_or_store
from rnncli.kernels._inline import EXACT, OPTIONS

Function = TypeVar("Function", bound=Callable[..., Any])
# of a kernel's name: entered as it is asked for; what it yields is called if it must be compiled
Watch = Callable[[str], contextlib.AbstractContextManager[Callable[[], None]]]

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


@contextlib.contextmanager
def unwatched(kernel: str) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - a `Watch` of nobody
    """Let a kernel be made without a word."""
    yield lambda: None


watch: Watch = unwatched  # replaced by code that shows or times the compilation
loading_faults: dict[str, Exception] = {}  # of the kernels that Numba had to compile for this run


def compile_kernel(
    choice: tuple[object, ...], signature: str, make: Callable[[], Function], exact: bool = False
) -> Function:
    """Load the kernel that `make` gives the source of, or compile it for one explicit signature.

    choice: its name, then what tells it from others of that name. It releases the GIL: lane groups
    run in parallel in a thread pool. `exact`: sums are not reordered.
    """
    options = EXACT if exact else OPTIONS
    with watch(str(choice[0])) as compiling:
        return _load_or_compile(choice, signature, make, options, compiling) if COMPILED else make()


def is_compiled(choice: tuple[object, ...]) -> bool:
    """Whether a kernel can be loaded without being compiled first."""
    return COMPILED and is_stored(_name(choice))


def _name(choice: tuple[object, ...]) -> str:
    return "-".join(map(str, choice))


@contextlib.contextmanager
def _settings_file_ignored() -> Iterator[None]:
    """Import Numba as where YAML cannot be read: whatever the current folder is.

    Else `.numba_config.yaml` in it would change the kernels of all later runs.
    """
    known = sys.modules.get("yaml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.modules["yaml"] = None  # type: ignore[assignment] # its import fails
        try:
            yield
        finally:
            del sys.modules["yaml"]
            if known is not None:
                sys.modules["yaml"] = known


def _load_or_compile(
    choice: tuple[object, ...], signature: str, make: Callable[[], Function],
    options: dict[str, Any], compiling: Callable[[], None],
) -> Function:  # fmt: skip
    def object_code() -> bytes:
        with _settings_file_ignored():
            from rnncli.kernels._compile import object_code

        compiling()
        return object_code(signature, make(), options)

    @cache
    def by_numba() -> Callable[..., Any]:
        with _settings_file_ignored():
            from rnncli.kernels._compile import by_numba

        kernel: Callable[..., Any] = by_numba(signature, make(), options)
        return kernel

    name = _name(choice)
    try:
        from rnncli.kernels._load import load

        kernel = load(signature, load_or_store(name, object_code), by_numba)
    except Exception as fault:
        loading_faults[name] = fault
        compiling()
        kernel = by_numba()
    return cast(Function, kernel)
