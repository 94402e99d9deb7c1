"""Whether values that came out of JSON are of the types that a class declares.

A digest shows that a file is as it was written, not by whom: what a number, a list or a name is
used for later must not depend on the program that wrote it.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache, partial
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Check = Callable[[Any], bool]

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
    return _check_of(declared)(value)


@cache
def _check_of(declared: Any) -> Check:
    """What tells whether a value is of a declared type, which is taken apart once."""
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        checks = tuple(map(_check_of, inner))
        return lambda value: any(check(value) for check in checks)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in inner
    if origin is tuple:
        return _check_of_items(inner)
    if origin is dict:
        return _check_of_entries(*map(_check_of, inner))
    if is_dataclass(declared):
        return partial(_is_like, declared=declared)  # type: ignore[arg-type]
    return PLAIN.get(declared, lambda value: type(value) is declared)


def _check_of_items(inner: tuple[Any, ...]) -> Check:
    """Whether items are those of tuple[X, ...] or tuple[X, Y]."""
    if inner[1:] == (...,):
        check = _check_of(inner[0])
        return lambda items: isinstance(items, list | tuple) and all(map(check, items))
    checks = tuple(map(_check_of, inner))
    return lambda items: (
        isinstance(items, list | tuple)
        and len(items) == len(checks)
        and all(check(item) for check, item in zip(checks, items, strict=True))
    )


def _check_of_entries(of_name: Check, of_value: Check) -> Check:
    """Whether entries are those of dict[X, Y]."""
    return lambda entries: (
        isinstance(entries, dict)
        and all(of_name(name) and of_value(value) for name, value in entries.items())
    )


def _is_like(value: Any, declared: type) -> bool:
    """Whether a value is a dataclass, or named values, of the types that a dataclass declares."""
    values = value if isinstance(value, dict) else getattr(value, "__dict__", {"": None})
    return misfit(values, declared) is None


def _is_finite(value: Any) -> bool:
    return type(value) in (int, float) and (value == 0 or SMALLEST <= abs(value) < math.inf)


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= LARGEST


PLAIN: dict[Any, Check] = {float: _is_finite, int: _is_whole, Any: lambda _: True}


@cache
def _hints(declared: type) -> dict[str, Any]:
    return get_type_hints(declared)
