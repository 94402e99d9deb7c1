"""The functions that kernels call, noted for Numba until it is needed; and how all are compiled."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

# Not True: that would let the compiler assume that no NaN exists, and diverging goes unseen.
FASTMATH = {"contract", "reassoc", "nsz", "arcp", "afn"}
# error_model: x / 0 is inf or nan, never an exception out of a kernel.
EXACT: dict[str, Any] = {"error_model": "numpy"}
OPTIONS: dict[str, Any] = {"fastmath": FASTMATH, **EXACT}

# functions that Numba is yet to be told of, and how they are compiled
inlined: list[tuple[Callable[..., Any], dict[str, Any]]] = []
by_precision: list[tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = []


def inline(function: Function) -> Function:
    """Make a function callable from kernels; forced inline, so that LANES is a constant in it."""
    inlined.append((function, OPTIONS))
    return function


def inline_exactly(function: Function) -> Function:
    """The same for kernels that are compiled exactly: what they call must be as well."""
    inlined.append((function, EXACT))
    return function


def precise(
    single: Callable[..., Any], double: Callable[..., Any]
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Make a function of one number: `single` of a float32, else `double`; inline in kernels."""

    def decorate(stub: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def function(x: Any) -> Any:
            return single(x) if isinstance(x, np.float32) else double(x)

        function.__name__, function.__doc__ = stub.__name__, stub.__doc__
        by_precision.append((function, single, double))
        return function

    return decorate
