"""From the numbers of each lane in a row to those of all lanes: squares are turned in registers."""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.extending import intrinsic

from rnncli.kernels._llvm_emitter import Emitter, Value
from rnncli.kernels._products_llvm import signature_and_code


def _turned(e: Emitter, rows: list[Value]) -> list[Value]:
    """The columns of a square of vectors: each step takes numbers of two in turn."""
    width = len(rows)
    half, kind = width // 2, ir.IntType(32)
    order = [number for k in range(width) for number in (k, width + k)]
    low, high = (
        ir.Constant(ir.VectorType(kind, width), [kind(number) for number in part])
        for part in (order[:width], order[width:])
    )
    for _ in range(width.bit_length() - 1):
        pairs = zip(rows[:half], rows[half:], strict=True)
        rows = [e.builder.shuffle_vector(*pair, part) for pair in pairs for part in (low, high)]
    return rows


def _emit_turn(
    context: Any, builder: Any, kinds: Sequence[Any], values: Sequence[Value], _flag: bool
) -> Value:
    """Code of `turn`."""
    e = Emitter(context, builder, kinds[0].dtype, kinds[-1].literal_value)
    to, source, starts = (e.array(kinds[n], values[n]) for n in range(3))
    width = e.shape.width
    with (
        e.counted(e.index(0), values[3], width) as k,
        e.counted(e.index(0), e.index(e.lanes), width) as lane,
    ):
        rows = []
        for n in range(width):
            start = e.scalar(starts.data, e.builder.add(lane, e.index(n)))
            rows.append(e.load(source.data, e.builder.add(start, k)))
        for n, column in enumerate(_turned(e, rows)):
            place = e.at(lane, e.builder.add(k, e.index(n)), e.lanes)
            e.store(column, to.data, place)
    return context.get_dummy_value()


@intrinsic(prefer_literal=True)
def turn(_: Any, to: Any, source: Any, starts: Any, count: Any, lanes: Any) -> Any:
    """to[k * lanes + lane] = source[starts[lane] + k] for k < count, a multiple of 16."""
    return signature_and_code(_emit_turn, (to, source, starts, count, lanes), False)
