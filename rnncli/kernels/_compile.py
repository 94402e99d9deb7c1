"""The only module that calls Numba's compiler: from the source of a kernel to its object code."""

from collections.abc import Callable
from typing import Any

import numba
from numba import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.extending import overload, register_jitable

from rnncli.kernels._entry import emit_entry
from rnncli.kernels._inline import OPTIONS, by_precision, inlined
from rnncli.kernels._object_file import packed
from rnncli.kernels._room import check_room

numba.config.DISABLE_JIT = False  # type: ignore[attr-defined] # as the environment has it
numba.config._config_fname = ""  # nor is the file of settings read later, see `_jit`


def _register() -> None:
    """Tell Numba of the functions that kernels call."""
    while inlined:
        function, options = inlined.pop()
        register_jitable(forceinline=True, **options)(function)
    while by_precision:
        _choose(*by_precision.pop())


def _choose(function: Any, single: Any, double: Any) -> None:
    options: Any = {"forceinline": True, **OPTIONS}

    @overload(function, jit_options=options, strict=False)  # of an argument of any name
    def _(x: Any) -> Any:
        return single if x == types.float32 else double


def by_numba(signature: str, kernel: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Compile for this process; called by Numba, which checks and converts what it is given."""
    with global_compiler_lock:
        _register()
        return _dispatcher(signature, kernel, options)


def _dispatcher(signature: str, kernel: Callable[..., Any], options: dict[str, Any]) -> Any:
    check_room()
    dispatcher: Any = numba.njit(nogil=True, **options)(kernel)
    dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher


def object_code(signature: str, kernel: Callable[..., Any], options: dict[str, Any]) -> bytes:
    """Compile to what `_load` takes: the machine code, as Numba itself would run it."""
    unwrapped = {**options, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    with global_compiler_lock:
        _register()
        (compiled,) = _dispatcher(signature, kernel, unwrapped).overloads.values()
        library, entry = emit_entry(cpu_target.target_context, compiled)
        parts = [
            _object_code(compiled.library, compiled.fndesc.llvm_func_name),
            _object_code(library, entry),
        ]
    return packed(entry, parts)


def _object_code(library: Any, function: str) -> bytes:
    library.get_pointer_to_function(function)  # until then there is no machine code
    code: bytes = library.serialize_using_object_code()[2][0]
    return code


def provide_symbols() -> None:
    """Have Numba name to LLVM all that compiled code may call."""
    cpu_target.target_context.refresh()
