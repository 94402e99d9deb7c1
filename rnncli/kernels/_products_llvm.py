"""The products every cell shares, in register tiles: the one place that writes LLVM itself.

A day of n features is n * lanes numbers, feature by feature, at an offset in a flat array;
`lanes` is a literal. A tile keeps rows x lanes of the result (or rows x columns of a weight
gradient) in registers while it runs along the sum, with fused multiply-adds on whole vectors.
The order of the sums does not depend on the shape of the tile, which may follow the processor.

With a single lane the vectors run over the rows, and products take the weight transposed (columns,
rows): the sums are those of any other number of lanes, bit by bit. For the gradient of a weight
they run over its columns; that of a bias is a plain sum, which the compiler may order otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from rnncli.kernels._llvm_emitter import Emitter, Value


def _product_tile(
    e: Emitter, i: Value, rows: int, lane: Value, out: tuple[Any, Value], bias: Any,
    terms: Sequence[tuple[Any, Any, Value]],
) -> None:  # fmt: skip
    """`rows` rows from `i` and some lanes from `lane` of the result: see `product`."""
    width = e.shape.width
    places = [
        e.at(e.at(out[1], e.builder.add(i, e.index(r)), e.lanes), lane, 1) for r in range(rows)
    ]
    columns = [e.index(v * width) for v in range(e.shape.vectors)]
    totals = []
    for r, place in enumerate(places):
        if bias is None:
            starts = [e.load(out[0].data, e.builder.add(place, column)) for column in columns]
        else:
            starts = [e.spread(e.scalar(bias.data, e.builder.add(i, e.index(r))))] * len(columns)
        totals.append([e.variable(start) for start in starts])
    for weight, x, offset in terms:
        cols = e.dimension(weight, 1)
        heads = [e.builder.mul(e.builder.add(i, e.index(r)), cols) for r in range(rows)]
        with e.counted(e.index(0), cols, 1) as k:
            here = e.at(e.at(offset, k, e.lanes), lane, 1)
            xs = [e.load(x.data, e.builder.add(here, column)) for column in columns]
            for r in range(rows):
                w = e.spread(e.scalar(weight.data, e.builder.add(heads[r], k)))
                for v, value in enumerate(xs):
                    e.add_product(w, value, totals[r][v])
    for r, place in enumerate(places):
        for v, column in enumerate(columns):
            e.store(e.builder.load(totals[r][v]), out[0].data, e.builder.add(place, column))


def _rows_tile(
    e: Emitter, i: Value, out: tuple[Any, Value], bias: Any, terms: Sequence[tuple[Any, Any, Value]]
) -> None:
    """The rows from `i` that fill the vectors of a tile, of the one lane there is."""
    columns = [e.builder.add(i, e.index(v * e.shape.width)) for v in range(e.shape.vectors)]
    places = [e.builder.add(out[1], column) for column in columns]
    source, at = (out[0], places) if bias is None else (bias, columns)
    totals = [e.variable(e.load(source.data, place)) for place in at]
    for weight, x, offset in terms:
        rows = e.dimension(weight, 1)
        with e.counted(e.index(0), e.dimension(weight, 0), 1) as k:
            value = e.spread(e.scalar(x.data, e.builder.add(offset, k)))
            for column, total in zip(columns, totals, strict=True):
                e.add_product(e.load(weight.data, e.at(column, k, rows)), value, total)
    for total, place in zip(totals, places, strict=True):
        e.store(e.builder.load(total), out[0].data, place)


def _along(
    context: Any, builder: Any, dtype: Any, count: Value, tile: Callable[[Emitter, Value], None]
) -> None:
    """Code along `count` numbers that follow one another: tiles of many, down to single ones."""
    start: Value = ir.Constant(count.type, 0)
    for size in (64, 16, 4, 1):
        e = Emitter(context, builder, dtype, size)
        step = e.shape.width * e.shape.vectors
        rest = builder.srem(builder.sub(count, start), e.index(step))
        stop = builder.sub(count, rest)
        with e.counted(start, stop, step) as i:
            tile(e, i)
        start = stop


def _emit_product(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], biased: bool
) -> Value:
    """Code of `product` and its sisters: out, offset, [bias,] (weight, x, offset)..., lanes."""
    lanes = kinds[-1].literal_value
    e = Emitter(context, builder, kinds[0].dtype, lanes)
    out = e.array(kinds[0], values[0]), values[1]
    bias = e.array(kinds[2], values[2]) if biased else None
    first = 3 if biased else 2
    terms = [
        (e.array(kinds[n], values[n]), e.array(kinds[n + 1], values[n + 1]), values[n + 2])
        for n in range(first, len(values) - 1, 3)
    ]

    if lanes == 1:
        rows = e.dimension(terms[0][0], 1)
        _along(
            context, builder, kinds[0].dtype, rows,
            lambda e, i: _rows_tile(e, i, out, bias, terms),
        )  # fmt: skip
        return context.get_dummy_value()

    def rows_from(i: Value, rows: int) -> None:
        with e.counted(e.index(0), e.index(lanes), e.shape.width * e.shape.vectors) as lane:
            _product_tile(e, i, rows, lane, out, bias, terms)

    e.tiled(e.dimension(terms[0][0], 0), e.shape.rows, rows_from)
    return context.get_dummy_value()


@dataclass(frozen=True)
class OuterOperand:
    """One side of an outer product: days of features, a day beginning at at + day * size."""

    array: Any
    start: Value
    size: Value

    def day(self, e: Emitter, day: Value) -> Value:
        """Where a day begins."""
        return e.at(self.start, day, self.size)

    def features(self, e: Emitter, at: Value, count: int) -> list[Value]:
        """A vector of each of some features that follow one another."""
        return [
            e.load(self.array.data, e.builder.add(at, e.index(n * e.lanes))) for n in range(count)
        ]


def _outer_tile(
    e: Emitter, out: Any, sums: Any, left: OuterOperand, right: OuterOperand, days: Value,
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
    e: Emitter, j: Value, left: OuterOperand | None, right: OuterOperand, days: Value, i: Value,
    height: int, places: Callable[[int], Value], to: Any,
) -> None:  # fmt: skip
    """`height` rows from `i`, and a tile of columns from `j`, of `add_outer` with one lane.

    Added to where `places` has each row; without `left` the sums of the right side.
    """
    columns = [e.builder.add(j, e.index(v * e.shape.width)) for v in range(e.shape.vectors)]
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
    context: Any, builder: Any, dtype: Any, out: Any, sums: Any, left: OuterOperand,
    right: OuterOperand, days: Value,
) -> None:  # fmt: skip
    """Code of `add_outer` with one lane: the vectors run over the columns of the result."""
    scalar = Emitter(context, builder, dtype, 1)
    rows, cols = scalar.dimension(out, 0), scalar.dimension(out, 1)

    def rows_from(i: Value, height: int) -> None:
        def tile(e: Emitter, j: Value) -> None:
            def place(r: int) -> Value:
                return builder.mul(builder.add(i, e.index(r)), cols)

            _columns_tile(e, j, left, right, days, i, height, place, out.data)

        _along(context, builder, dtype, cols, tile)

    scalar.tiled(rows, 4, rows_from)
    if sums is not None:
        nowhere = scalar.index(0)
        _along(
            context, builder, dtype, rows,
            lambda e, j: _columns_tile(
                e, j, None, left, days, nowhere, 1, lambda _: nowhere, sums.data
            ),
        )  # fmt: skip


def _emit_outer(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], summed: bool
) -> Value:
    """Code of `add_outer` and its sister: out, [sums,] left..., right..., days, lanes."""
    e = Emitter(context, builder, kinds[0].dtype, kinds[-1].literal_value)
    out, sums = e.array(kinds[0], values[0]), e.array(kinds[1], values[1]) if summed else None
    n = 2 if summed else 1
    left = OuterOperand(e.array(kinds[n], values[n]), *values[n + 1 : n + 3])
    right = OuterOperand(e.array(kinds[n + 3], values[n + 3]), *values[n + 4 : n + 6])
    rows, cols = e.dimension(out, 0), e.dimension(out, 1)
    if e.lanes == 1:
        _emit_outer_alone(context, builder, kinds[0].dtype, out, sums, left, right, values[n + 6])
        return context.get_dummy_value()

    def rows_from(i: Value, height: int) -> None:
        def columns_from(j: Value, breadth: int) -> None:
            _outer_tile(e, out, None, left, right, values[n + 6], i, height, j, breadth)

        if summed:  # with the first column
            _outer_tile(e, out, sums, left, right, values[n + 6], i, height, e.index(0), 1)
            e.tiled(cols, e.shape.columns, columns_from, 1)
        else:
            e.tiled(cols, e.shape.columns, columns_from)

    e.tiled(rows, 4, rows_from)
    return context.get_dummy_value()


def signature_and_code(emit: Callable[..., Value], kinds: Sequence[Any], flag: bool) -> Any:
    """What an intrinsic gives Numba: its signature, integers being of one kind, and its code."""
    arguments = [types.intp if isinstance(kind, types.Integer) else kind for kind in kinds[:-1]]

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Value:
        return emit(context, builder, signature.args, values, flag)

    return types.void(*arguments, kinds[-1]), code


@intrinsic(prefer_literal=True)
def product(
    _: Any, out: Any, at: Any, bias: Any, weight: Any, x: Any, x_at: Any, lanes: Any
) -> Any:
    """out[at + i, lane] = bias[i] + sum over j of weight[i, j] * x[x_at + j, lane]."""
    return signature_and_code(_emit_product, (out, at, bias, weight, x, x_at, lanes), True)


@intrinsic(prefer_literal=True)
def products(
    _: Any, out: Any, at: Any, bias: Any, weight: Any, x: Any, x_at: Any,
    weight2: Any, x2: Any, x2_at: Any, lanes: Any,
) -> Any:  # fmt: skip
    """`product` of two terms: the second's sum is added to the first's."""
    kinds = (out, at, bias, weight, x, x_at, weight2, x2, x2_at, lanes)
    return signature_and_code(_emit_product, kinds, True)


@intrinsic(prefer_literal=True)
def add_product(_: Any, out: Any, at: Any, weight: Any, x: Any, x_at: Any, lanes: Any) -> Any:
    """out[at + i, lane] += sum over j of weight[i, j] * x[x_at + j, lane]."""
    return signature_and_code(_emit_product, (out, at, weight, x, x_at, lanes), False)


@intrinsic(prefer_literal=True)
def add_outer(
    _: Any, out: Any, left: Any, left_at: Any, left_size: Any,
    right: Any, right_at: Any, right_size: Any, days: Any, lanes: Any,
) -> Any:  # fmt: skip
    """out[i, j] += sum over days and lanes of left[day, i, lane] * right[day, j, lane].

    A day of a side begins at its `at` + day * `size`.
    """
    kinds = (out, left, left_at, left_size, right, right_at, right_size, days, lanes)
    return signature_and_code(_emit_outer, kinds, False)


@intrinsic(prefer_literal=True)
def add_outer_and_sums(
    _: Any, out: Any, sums: Any, left: Any, left_at: Any, left_size: Any,
    right: Any, right_at: Any, right_size: Any, days: Any, lanes: Any,
) -> Any:  # fmt: skip
    """`add_outer`, and sums[i] += sum over days and lanes of left[day, i, lane].

    The gradients of a weight and of its bias.
    """
    kinds = (out, sums, left, left_at, left_size, right, right_at, right_size, days, lanes)
    return signature_and_code(_emit_outer, kinds, True)
