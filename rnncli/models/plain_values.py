"""Whether values that came out of JSON are of the types that a class declares.

A digest shows that a file is as it was written, not by whom: what a number, a list or a name is
used for later must not depend on the program that wrote it.
"""

import math
import sys
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

SMALLEST = sys.float_info.min  # by which one can divide without leaving the numbers
LARGEST = (1 << 63) - 1  # of whole numbers, as NumPy has them


def misfit(values: dict[str, Any], declared: type) -> str | None:
    """The first of some values by name that the class declares as another type; None: all fit.

    Names that the class does not have are passed over.
    """
    hints = _hints(declared)
    return next(
        (n for n, value in values.items() if n in hints and not fits(value, hints[n])), None
    )


def fits(value: Any, declared: Any) -> bool:
    """Whether a value is of a declared type.

    Numbers are finite and can be divided by, lists may stand for tuples, dicts for dataclasses.
    """
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin in (tuple, dict):
        return _items_fit(value, inner) if origin is tuple else _entries_fit(value, inner)
    if is_dataclass(declared):
        values = value if isinstance(value, dict) else getattr(value, "__dict__", {"": None})
        return misfit(values, declared) is None  # type: ignore[arg-type]
    return _is_plain(value, declared)


def _entries_fit(entries: Any, inner: tuple[Any, ...]) -> bool:
    """Whether entries are those of dict[X, Y]."""
    return isinstance(entries, dict) and all(
        fits(name, inner[0]) and fits(value, inner[1]) for name, value in entries.items()
    )


def _items_fit(items: Any, inner: tuple[Any, ...]) -> bool:
    """Whether items are those of tuple[X, ...] or tuple[X, Y]."""
    if not isinstance(items, list | tuple):
        return False
    if inner[1:] == (...,):
        return all(fits(item, inner[0]) for item in items)
    return len(items) == len(inner) and all(map(fits, items, inner))


def _is_plain(value: Any, declared: Any) -> bool:
    """Whether a value is a finite number, a text, a truth value or None, as declared."""
    if declared is float:
        return type(value) in (int, float) and (value == 0 or SMALLEST <= abs(value) < math.inf)
    if declared is int:
        return type(value) is int and abs(value) <= LARGEST
    return declared is Any or type(value) is declared


@cache
def _hints(declared: type) -> dict[str, Any]:
    return get_type_hints(declared)
