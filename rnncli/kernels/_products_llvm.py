"""The products every cell shares, in register tiles: the one place that writes LLVM itself.

A day of n features is n * lanes numbers, feature by feature, at an offset in a flat array;
`lanes` is a literal. A tile keeps rows x lanes of the result (or rows x columns of a weight
gradient) in registers while it runs along the sum, with fused multiply-adds on whole vectors.
The order of the sums does not depend on the shape of the tile, which may follow the processor.

With a single lane the vectors run over the rows, and products take the weight transposed (columns,
rows): the sums are those of any other number of lanes, bit by bit. For the gradient of a weight
they run over its columns; that of a bias is a plain sum, which the compiler may order otherwise.
"""

from collections.abc import Sequence
from typing import Any

from numba.extending import intrinsic

from rnncli.kernels._llvm_emitter import SIZES, Emitter, Value, along, signature_and_code
from rnncli.kernels._outer_products_llvm import add_outer, add_outer_and_sums, add_sums

__all__ = ["add_outer", "add_outer_and_sums", "add_product", "add_sums", "product", "products"]


def _product_tile(
    e: Emitter, i: Value, rows: int, lane: Value, out: tuple[Any, Value], bias: Any,
    terms: Sequence[tuple[Any, Any, Value]],
) -> None:  # fmt: skip
    """`rows` rows from `i` and some lanes from `lane` of the result: see `product`."""
    width = e.shape.width
    places = [
        e.at(e.at(out[1], e.builder.add(i, e.index(r)), e.lanes), lane, 1) for r in range(rows)
    ]
    columns = [e.index(v * width) for v in range(e.shape.vectors(rows))]
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
    columns = [
        e.builder.add(i, e.index(v * e.shape.width)) for v in range(e.shape.vectors(SIZES[0]))
    ]
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
        along(
            context, builder, kinds[0].dtype, rows,
            lambda e, i: _rows_tile(e, i, out, bias, terms),
        )  # fmt: skip
        return context.get_dummy_value()

    def rows_from(i: Value, rows: int) -> None:
        step = e.shape.width * e.shape.vectors(rows)
        with e.counted(e.index(0), e.index(lanes), step) as lane:
            _product_tile(e, i, rows, lane, out, bias, terms)

    e.tiled(e.dimension(terms[0][0], 0), e.shape.rows, rows_from)
    return context.get_dummy_value()


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
