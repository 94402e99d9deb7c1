"""The products of `_products_llvm` in NumPy, for kernels that run without being compiled.

With one lane, as there, the weight of a product is given transposed.
"""

from typing import Any

Array = Any


def _day(flat: Array, at: int, features: int, lanes: int) -> Array:
    """Features of a day (features, lanes): a view of a flat array."""
    return flat[at : at + features * lanes].reshape(features, lanes)


def product(
    out: Array, at: int, bias: Array, weight: Array, x: Array, x_at: int, lanes: int
) -> None:
    """Weight x + bias of a day."""
    weight = weight.T if lanes == 1 else weight
    rows, cols = weight.shape
    _day(out, at, rows, lanes)[:] = bias[:, None] + weight @ _day(x, x_at, cols, lanes)


def products(
    out: Array, at: int, bias: Array, weight: Array, x: Array, x_at: int,
    weight2: Array, x2: Array, x2_at: int, lanes: int,
) -> None:  # fmt: skip
    """The same of two terms."""
    product(out, at, bias, weight, x, x_at, lanes)
    add_product(out, at, weight2, x2, x2_at, lanes)


def add_product(out: Array, at: int, weight: Array, x: Array, x_at: int, lanes: int) -> None:
    """Add weight x of a day."""
    weight = weight.T if lanes == 1 else weight
    rows, cols = weight.shape
    _day(out, at, rows, lanes)[:] += weight @ _day(x, x_at, cols, lanes)


def add_outer(
    out: Array, room: Array, left: Array, left_at: int, left_size: int,  # noqa: ARG001 - as there
    right: Array, right_at: int, right_size: int, days: int, lanes: int,
) -> None:  # fmt: skip
    """Add the outer products of days, summed over days and lanes."""
    rows, cols = out.shape
    for day in range(days):
        ours = _day(left, left_at + day * left_size, rows, lanes)
        out += ours @ _day(right, right_at + day * right_size, cols, lanes).T


def add_outer_and_sums(
    out: Array, sums: Array, left: Array, left_at: int, left_size: int,
    right: Array, right_at: int, right_size: int, days: int, lanes: int,
) -> None:  # fmt: skip
    """The same, and the sums of the left side."""
    add_outer(out, sums, left, left_at, left_size, right, right_at, right_size, days, lanes)
    add_sums(sums, left, left_at, left_size, days, lanes)


def add_sums(sums: Array, left: Array, left_at: int, left_size: int, days: int, lanes: int) -> None:
    """Add the sums over days and lanes."""
    for day in range(days):
        sums += _day(left, left_at + day * left_size, len(sums), lanes).sum(axis=1)
