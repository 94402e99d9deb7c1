"""Names that a package gives, each imported when it is first asked for (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package; `modules`: public name -> module that has it.

    A module is named in full, or within the package by a leading dot.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - what it is in the package
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807 - likewise
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__
