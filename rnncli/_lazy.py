"""Names that a package gives, each imported when it is first asked for (PEP 562)."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazy(
    package: str, names: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package; `names`: module of it -> public names it has."""
    modules = {name: module for module, public in names.items() for name in public}

    def __getattr__(name: str) -> Any:  # noqa: N807 - what it is in the package
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807 - likewise
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__
