"""From the numbers of each lane in a row to those of all lanes: squares are turned in registers."""

from collections.abc import Sequence
from typing import Any

from numba.extending import intrinsic

from rnncli.kernels._llvm_emitter import Emitter, Value, signature_and_code


def turned(e: Emitter, rows: list[Value]) -> list[Value]:
    """The columns of a square of vectors: turned within quarters of 128 bits, then those."""
    width = len(rows)
    quarter = min(16 // e.number_bytes, width)
    for _ in range(quarter.bit_length() - 1):
        groups = (rows[n : n + quarter] for n in range(0, width, quarter))
        rows = [row for group in groups for row in _interleaved(e, group, width)]
    size = quarter
    while size < width:
        rows = _exchanged(e, rows, size)
        size *= 2
    return rows


def _interleaved(e: Emitter, rows: list[Value], width: int) -> list[Value]:
    """Numbers of two rows in turn, a half of each quarter of both after the other."""
    half = len(rows) // 2
    starts = range(0, width, len(rows))
    halves = [
        [
            number
            for start in starts
            for k in range(half)
            for number in (start + part * half + k,) * 2
        ]
        for part in (0, 1)
    ]
    orders = [[k + width * (n % 2) for n, k in enumerate(numbers)] for numbers in halves]
    pairs = zip(rows[:half], rows[half:], strict=True)
    return [e.shuffled(*pair, order) for pair in pairs for order in orders]


def _exchanged(e: Emitter, rows: list[Value], size: int) -> list[Value]:
    """Pairs of rows that have exchanged blocks of `size` numbers, each the other's every second."""
    width = len(rows)
    after = list(rows)
    for n in range(width):
        if n & size:
            continue
        first = [k - size + width if k & size else k for k in range(width)]
        second = [k + width if k & size else k + size for k in range(width)]
        for place, order in ((n, first), (n + size, second)):
            after[place] = e.shuffled(rows[n], rows[n + size], order)
    return after


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
        for n, column in enumerate(turned(e, rows)):
            place = e.at(lane, e.builder.add(k, e.index(n)), e.lanes)
            e.store(column, to.data, place)
    return context.get_dummy_value()


@intrinsic(prefer_literal=True)
def turn(_: Any, to: Any, source: Any, starts: Any, count: Any, lanes: Any) -> Any:
    """to[k * lanes + lane] = source[starts[lane] + k] for k < count, a multiple of 16."""
    return signature_and_code(_emit_turn, (to, source, starts, count, lanes), False)
