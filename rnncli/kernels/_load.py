"""From the object code of a kernel to a function to call: by `_elf`, or else by LLVM alone."""

import ctypes
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from struct import Struct
from struct import error as StructError  # noqa: N812 - a class
from typing import Any

import numpy as np

from rnncli.kernels._elf import is_at_home, loaded
from rnncli.kernels._object_file import ARRAY_TYPE, ObjectFile, unpacked

Kernel = Callable[..., Any]

ARGUMENT = re.compile(r"\w+(?:\[[^]]*\])?")
# Numba's libraries that compiled code calls, by the prefix of the names; the first has libm's, too
HELPERS = ("numba._helperlib", "_helperlib")
LIBRARIES = {
    "numba_": HELPERS,
    "NRT_": ("numba.core.runtime._nrt_python", "core/runtime/_nrt_python"),
    "": HELPERS,
}
MEMORY = ("memset", "memcpy", "memmove")  # what any C library does alike
_engines: list[Any] = []  # the code lives as long as they do


SCALARS = {"int64": "q", "float32": "f4x", "float64": "d"}  # eight bytes each, of `struct`


def load(signature: str, data: bytes, by_numba: Callable[[], Kernel]) -> Kernel:
    """The kernel of a file of compiled code.

    by_numba: gives the same kernel, called by Numba, for arguments that do not fit the signature:
    it converts them or says what is wrong. Raises OSError if the code cannot be loaded.
    """
    code = unpacked(data)
    return _callable(signature, _placed(code) or _by_llvm(code), by_numba)


def _placed(code: ObjectFile) -> int | None:
    """The address of code that needs no LLVM, which takes longer to import than to forecast."""
    if not is_at_home() or code.needs is None:
        return None
    addresses = {ARRAY_TYPE: id(np.ndarray)}
    for name in code.needs:
        address = addresses.get(name) or _address_at_numba_s(name) or _address_in_process(name)
        if address is None:
            return None
        addresses[name] = address
    try:
        return loaded(code.parts, code.entry, addresses)
    except (ValueError, LookupError, OSError, StructError):
        return None


def _address_in_process(name: str) -> int | None:
    """The address of a function of the C library; of mathematics, LLVM may know another one."""
    if name not in MEMORY:
        return None
    try:
        return ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p).value
    except AttributeError:
        return None


def _by_llvm(code: ObjectFile) -> int:
    """The address of code that LLVM loads."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    engine = binding.create_mcjit_compiler(
        binding.parse_assembly(""), binding.Target.from_default_triple().create_target_machine()
    )
    _provide(code)  # with an engine, LLVM knows the names of this process as well
    for part in code.parts:
        engine.add_object_file(binding.ObjectFileRef.from_data(part))
    engine.finalize_object()
    _engines.append(engine)
    address: int = engine.get_function_address(code.entry)
    return address


def _callable(signature: str, address: int, by_numba: Callable[[], Kernel]) -> Kernel:
    result, *arguments = ARGUMENT.findall(signature)
    scalars = [k for k, argument in enumerate(arguments) if "[" not in argument]
    count = len(arguments)

    def refused(status: int, given: tuple[Any, ...]) -> Any:
        answer = by_numba()(*given)
        if status < 0:
            raise RuntimeError(f"a kernel failed where Numba's call of it does not: {signature}")
        return answer

    if result == "void" and not scalars:
        entry = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.py_object)(address)

        def of_arrays(*given: Any) -> Any:
            status = entry(given) if len(given) == count else count
            return refused(status, given) if status else None

        return of_arrays

    packed = Struct("=" + "".join(SCALARS[arguments[k]] for k in scalars)).pack
    kinds = (ctypes.py_object, ctypes.c_char_p, ctypes.c_void_p)
    entry = ctypes.CFUNCTYPE(ctypes.c_int, *kinds)(address)

    def with_scalars(*given: Any) -> Any:
        if len(given) != count:
            return refused(count, given)
        total = ctypes.c_double()
        status = entry(given, packed(*[given[k] for k in scalars]), ctypes.byref(total))
        if status:
            return refused(status, given)
        return None if result == "void" else total.value

    return with_scalars


def _provide(code: ObjectFile) -> None:
    """Name to LLVM what the code needs from elsewhere; LLVM would end the process over a name."""
    from llvmlite import binding

    binding.add_symbol(ARRAY_TYPE, id(np.ndarray))
    if code.needs is not None:
        for name in code.needs:
            address = _address_at_numba_s(name)
            if address is not None:
                binding.add_symbol(name, address)
        missing = [name for name in code.needs if binding.address_of_symbol(name) is None]
        if not missing:
            return
    from rnncli.kernels._compile import provide_symbols

    provide_symbols()
    if code.needs and any(binding.address_of_symbol(name) is None for name in code.needs):
        raise OSError(f"compiled code needs what is not there: {', '.join(code.needs)}")


def _address_at_numba_s(name: str) -> int | None:
    for prefix, library in LIBRARIES.items():
        if name.startswith(prefix):
            address = _addresses(*library).get(name.removeprefix(prefix))
            if address is not None:
                return address
    return None


@cache
def _addresses(library: str, place: str) -> dict[str, int]:
    """Functions of one of Numba's libraries, without the rest of Numba; empty if it has moved."""
    spec = PathFinder.find_spec("numba")
    for folder in (spec and spec.submodule_search_locations) or ():
        for suffix in EXTENSION_SUFFIXES:
            path = os.path.join(folder, place + suffix)
            if os.path.exists(path):
                return _extension(library, path)
    return {}


def _extension(name: str, path: str) -> dict[str, int]:
    loaded = sys.modules.get(name)
    if loaded is None:
        loader = ExtensionFileLoader(name, path)
        spec = spec_from_file_location(name, path, loader=loader)
        assert spec
        loaded = module_from_spec(spec)
        loader.exec_module(loaded)
        sys.modules.pop(name, None)  # for Numba to import by itself
    helpers: dict[str, int] = loaded.c_helpers
    return helpers
