"""The gradients of weights, in register tiles: see `_products_llvm`.

Those of a recurrent weight turn the states first: see `_panels_llvm`. Elsewhere, with few rows or
columns, the vectors run over the lanes, and the numbers of a vector are added up at the end.
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba.extending import intrinsic

from rnncli.kernels._llvm_emitter import SIZES, Emitter, Value, along, signature_and_code
from rnncli.kernels._panels_llvm import Side, emit_panels


def _outer_tile(
    e: Emitter, out: Any, sums: Any, left: Side, right: Side, days: Value,
    i: Value, height: int, j: Value, breadth: int,
) -> None:  # fmt: skip
    """`height` rows from `i` and `breadth` columns from `j` of the result: see `add_outer`."""
    zero = ir.Constant(e.vector, None)
    totals = [[e.variable(zero) for _ in range(breadth)] for _ in range(height)]
    of_rows = [e.variable(zero) for _ in range(height)] if sums is not None else []
    with e.counted(e.index(0), days, 1) as day:
        left_at = e.at(left.day(e, day), i, e.lanes)
        right_at = e.at(right.day(e, day), j, e.lanes)
        with e.counted(e.index(0), e.index(e.lanes), e.shape.width) as lane:
            ls = left.features(e, e.builder.add(left_at, lane), height)
            rs = right.features(e, e.builder.add(right_at, lane), breadth)
            for r, total in enumerate(of_rows):
                e.add(ls[r], total)
            for r in range(height):
                for c in range(breadth):
                    e.add_product(ls[r], rs[c], totals[r][c])
    for r in range(height):
        row = e.builder.add(i, e.index(r))
        for c in range(breadth):
            place = e.at(e.builder.add(j, e.index(c)), row, e.dimension(out, 1))
            e.add_sum_over(totals[r][c], out.data, place)
        if of_rows:
            e.add_sum_over(of_rows[r], sums.data, row)


def _columns_tile(
    e: Emitter, j: Value, left: Side | None, right: Side, days: Value, i: Value,
    height: int, places: Callable[[int], Value], to: Any,
) -> None:  # fmt: skip
    """`height` rows from `i`, and a tile of columns from `j`, of `add_outer` with one lane.

    Added to where `places` has each row; without `left` the sums of the right side.
    """
    width, count = e.shape.width, e.shape.vectors(SIZES[0])
    columns = [e.builder.add(j, e.index(v * width)) for v in range(count)]
    zero = ir.Constant(e.vector, None)
    totals = [[e.variable(zero) for _ in columns] for _ in range(height)]
    with e.counted(e.index(0), days, 1) as day:
        at = right.day(e, day)
        rs = [e.load(right.array.data, e.builder.add(at, column)) for column in columns]
        for r, row in enumerate(totals):
            if left is None:
                for value, total in zip(rs, row, strict=True):
                    e.add(value, total)
                continue
            place = e.builder.add(e.builder.add(left.day(e, day), i), e.index(r))
            of_row = e.spread(e.scalar(left.array.data, place))
            for value, total in zip(rs, row, strict=True):
                e.add_product(of_row, value, total)
    for r, row in enumerate(totals):
        for column, total in zip(columns, row, strict=True):
            place = e.builder.add(places(r), column)
            after = e.builder.fadd(e.load(to, place), e.builder.load(total))
            e.store(after, to, place)


def _emit_outer_alone(
    context: Any, builder: Any, dtype: Any, out: Any, left: Side, right: Side, days: Value
) -> None:
    """Code of `add_outer` with one lane: the vectors run over the columns of the result."""
    scalar = Emitter(context, builder, dtype, 1)
    rows, cols = scalar.dimension(out, 0), scalar.dimension(out, 1)

    def rows_from(i: Value, height: int) -> None:
        def tile(e: Emitter, j: Value) -> None:
            def place(r: int) -> Value:
                return builder.mul(builder.add(i, e.index(r)), cols)

            _columns_tile(e, j, left, right, days, i, height, place, out.data)

        along(context, builder, dtype, cols, tile)

    scalar.tiled(rows, (SIZES[0], 1), rows_from)


def _emit_sums_alone(
    context: Any, builder: Any, dtype: Any, sums: Any, left: Side, days: Value
) -> None:
    """Code of `add_sums` with one lane."""
    scalar = Emitter(context, builder, dtype, 1)
    begin = scalar.index(0)

    def tile(e: Emitter, j: Value) -> None:
        _columns_tile(e, j, None, left, days, begin, 1, lambda _: begin, sums.data)

    along(context, builder, dtype, scalar.dimension(sums, 0), tile)


def _emit_outer_and_sums(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], _flag: bool
) -> Value:
    """Code of `add_outer_and_sums`."""
    e = Emitter(context, builder, kinds[0].dtype, kinds[-1].literal_value)
    out, sums = e.array(kinds[0], values[0]), e.array(kinds[1], values[1])
    left, right = (Side(e.array(kinds[n], values[n]), *values[n + 1 : n + 3]) for n in (2, 5))
    if e.lanes == 1:
        _emit_outer_alone(context, builder, kinds[0].dtype, out, left, right, values[8])
        _emit_sums_alone(context, builder, kinds[0].dtype, sums, left, values[8])
        return context.get_dummy_value()

    def rows_from(i: Value, height: int) -> None:
        def columns_from(j: Value, breadth: int) -> None:
            _outer_tile(e, out, None, left, right, values[8], i, height, j, breadth)

        _outer_tile(e, out, sums, left, right, values[8], i, height, e.index(0), 1)
        e.tiled(e.dimension(out, 1), (e.shape.sums // height, 1), columns_from, 1)

    e.tiled(e.dimension(out, 0), SIZES, rows_from)
    return context.get_dummy_value()


def _emit_sums(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], _flag: bool
) -> Value:
    """Code of `add_sums`."""
    e = Emitter(context, builder, kinds[0].dtype, kinds[-1].literal_value)
    sums, left = e.array(kinds[0], values[0]), Side(e.array(kinds[1], values[1]), *values[2:4])
    if e.lanes == 1:
        _emit_sums_alone(context, builder, kinds[0].dtype, sums, left, values[4])
        return context.get_dummy_value()

    def rows_from(i: Value, height: int) -> None:
        _outer_tile(e, None, sums, left, left, values[4], i, height, e.index(0), 0)

    e.tiled(e.dimension(sums, 0), (2 * SIZES[0], 1), rows_from)
    return context.get_dummy_value()


def _emit_outer(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], _flag: bool
) -> Value:
    """Code of `add_outer`."""
    e = Emitter(context, builder, kinds[0].dtype, kinds[-1].literal_value)
    out, room = (e.array(kinds[n], values[n]) for n in range(2))
    left, right = (Side(e.array(kinds[n], values[n]), *values[n + 1 : n + 3]) for n in (2, 5))
    if e.lanes == 1:
        _emit_outer_alone(context, builder, kinds[0].dtype, out, left, right, values[8])
    else:
        emit_panels(e, out, room, left, right, values[8])
    return context.get_dummy_value()


@intrinsic(prefer_literal=True)
def add_outer(
    _: Any, out: Any, room: Any, left: Any, left_at: Any, left_size: Any,
    right: Any, right_at: Any, right_size: Any, days: Any, lanes: Any,
) -> Any:  # fmt: skip
    """out[i, j] += sum over days and lanes of left[day, i, lane] * right[day, j, lane].

    A day of a side begins at its `at` + day * `size`. room: `block_sizes.room_of(*out.shape)`.
    """
    kinds = (out, room, left, left_at, left_size, right, right_at, right_size, days, lanes)
    return signature_and_code(_emit_outer, kinds, False)


@intrinsic(prefer_literal=True)
def add_outer_and_sums(
    _: Any, out: Any, sums: Any, left: Any, left_at: Any, left_size: Any,
    right: Any, right_at: Any, right_size: Any, days: Any, lanes: Any,
) -> Any:  # fmt: skip
    """`add_outer`, of few rows or columns, and sums[i] += sum over days and lanes of its left side.

    The gradients of a weight and of its bias.
    """
    kinds = (out, sums, left, left_at, left_size, right, right_at, right_size, days, lanes)
    return signature_and_code(_emit_outer_and_sums, kinds, False)


@intrinsic(prefer_literal=True)
def add_sums(
    _: Any, sums: Any, left: Any, left_at: Any, left_size: Any, days: Any, lanes: Any
) -> Any:
    """sums[i] += sum over days and lanes of left[day, i, lane]: the gradient of a bias."""
    kinds = (sums, left, left_at, left_size, days, lanes)
    return signature_and_code(_emit_sums, kinds, False)
