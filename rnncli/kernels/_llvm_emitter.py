"""Loops and vectors, written as LLVM into the kernel that calls for them; see `_products_llvm`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

Value = Any  # of LLVM

REASSOCIATE = ("reassoc",)  # the sum over a register's numbers may run as a tree


SIZES = (4, 2, 1)  # rows of a tile: most of them, then those that are left over


@dataclass(frozen=True)
class Shape:
    """How a tile fills the registers of a processor: numbers a vector, and vectors of sums."""

    width: int
    sums: int
    lanes: int

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of the tiles of a product: with few lanes there are as many sums for all that."""
        return (2 * SIZES[0], *SIZES) if self.sums > 4 * self.vectors(SIZES[0]) else SIZES

    def vectors(self, rows: int) -> int:
        """Vectors of lanes beside each other in a tile of some rows."""
        return max(min(self.lanes // self.width, self.sums // rows), 1)


def shape_of(features: str, bits: int, lanes: int) -> Shape:
    """Shape for numbers of `bits`: of 32 registers of 512 bits, or of 16 of 256."""
    wide = "+avx512f" in features
    return Shape(min((512 if wide else 256) // bits, lanes), 16 if wide else 8, lanes)


class Emitter:
    """Writes the loops of one product into the kernel that calls it."""

    def __init__(self, context: Any, builder: Any, dtype: Any, lanes: int) -> None:
        self.context, self.builder, self.lanes = context, builder, lanes
        self.number = context.get_value_type(dtype)
        self.index = context.get_value_type(types.intp)
        self.shape = shape_of(context.codegen().magic_tuple()[2], dtype.bitwidth, lanes)
        self.vector = ir.VectorType(self.number, self.shape.width)
        name = f"v{self.shape.width}f{dtype.bitwidth}"
        self._fma = self._declare(f"llvm.fma.{name}", self.vector, [self.vector] * 3)
        self._reduce = self._declare(
            f"llvm.vector.reduce.fadd.{name}", self.number, [self.number, self.vector]
        )

    def _declare(self, name: str, result: Any, arguments: list[Any]) -> Any:
        kind = ir.FunctionType(result, arguments)
        return cgutils.get_or_insert_function(self.builder.module, kind, name)

    def array(self, kind: Any, value: Value) -> Any:
        return self.context.make_array(kind)(self.context, self.builder, value)

    def dimension(self, array: Any, axis: int) -> Value:
        return cgutils.unpack_tuple(self.builder, array.shape)[axis]

    def at(self, start: Value, count: Value, size: int | Value) -> Value:
        """Start + count * size."""
        size = self.index(size) if isinstance(size, int) else size
        return self.builder.add(start, self.builder.mul(count, size))

    def load(self, pointer: Value, offset: Value) -> Value:
        place = self.builder.gep(pointer, [offset])
        return self.builder.load(
            self.builder.bitcast(place, self.vector.as_pointer()), align=self.number_bytes
        )

    def store(self, value: Value, pointer: Value, offset: Value) -> None:
        place = self.builder.gep(pointer, [offset])
        place = self.builder.bitcast(place, self.vector.as_pointer())
        self.builder.store(value, place, align=self.number_bytes)

    @property
    def number_bytes(self) -> int:
        return 4 if isinstance(self.number, ir.FloatType) else 8

    def spread(self, number: Value) -> Value:
        """A vector with every element equal to a number."""
        nothing = ir.Constant(self.vector, ir.Undefined)
        first = self.builder.insert_element(nothing, number, ir.IntType(32)(0))
        every = ir.Constant(ir.VectorType(ir.IntType(32), self.shape.width), None)
        return self.builder.shuffle_vector(first, nothing, every)

    def shuffled(self, left: Value, right: Value, order: Sequence[int]) -> Value:
        """The numbers of two vectors, those of the right one counted after the left one's."""
        kind = ir.IntType(32)
        numbers = ir.Constant(ir.VectorType(kind, len(order)), [kind(n) for n in order])
        return self.builder.shuffle_vector(left, right, numbers)

    def scalar(self, pointer: Value, offset: Value) -> Value:
        return self.builder.load(self.builder.gep(pointer, [offset]))

    def add_product(self, left: Value, right: Value, total: Value) -> None:
        """Total += left * right, for vectors; `total` is a variable."""
        value = self.builder.call(self._fma, [left, right, self.builder.load(total)])
        self.builder.store(value, total)

    def add(self, value: Value, total: Value) -> None:
        """Total += value, for vectors; `total` is a variable."""
        self.builder.store(self.builder.fadd(value, self.builder.load(total)), total)

    def add_sum_over(self, total: Value, pointer: Value, offset: Value) -> None:
        """Add the sum of a vector's numbers to a number in memory."""
        place = self.builder.gep(pointer, [offset])
        before, vector = self.builder.load(place), self.builder.load(total)
        after = self.builder.call(self._reduce, [before, vector], fastmath=REASSOCIATE)
        self.builder.store(after, place)

    def add_number(self, number: Value, pointer: Value, offset: Value) -> None:
        """Add a number to one in memory."""
        place = self.builder.gep(pointer, [offset])
        self.builder.store(self.builder.fadd(self.builder.load(place), number), place)

    def smaller(self, left: Value, right: Value) -> Value:
        return self.builder.select(self.builder.icmp_signed("<", left, right), left, right)

    def variable(self, value: Value) -> Value:
        place = cgutils.alloca_once(self.builder, self.vector)
        self.builder.store(value, place)
        return place

    @contextmanager
    def counted(self, start: Value, stop: Value, step: int) -> Iterator[Value]:
        """A loop; its index."""
        with cgutils.for_range_slice(self.builder, start, stop, self.index(step)) as (i, _):
            yield i

    def tiled(
        self, count: Value, sizes: Sequence[int], body: Callable[[Value, int], None], first: int = 0
    ) -> None:
        """`body` for tiles of the first of `sizes` from `first` to `count`, then of smaller ones.

        The last size is 1.
        """
        start: Value = self.index(first)
        for size in sizes:
            rest = self.builder.srem(self.builder.sub(count, start), self.index(size))
            stop = self.builder.sub(count, rest)
            with self.counted(start, stop, size) as i:
                body(i, size)
            start = stop


def along(
    context: Any, builder: Any, dtype: Any, count: Value, tile: Callable[[Emitter, Value], None]
) -> None:
    """Code along `count` numbers that follow one another: tiles of many, down to single ones."""
    start: Value = ir.Constant(count.type, 0)
    for size in (64, 16, 4, 1):
        e = Emitter(context, builder, dtype, size)
        step = e.shape.width * e.shape.vectors(SIZES[0])
        rest = builder.srem(builder.sub(count, start), e.index(step))
        stop = builder.sub(count, rest)
        with e.counted(start, stop, step) as i:
            tile(e, i)
        start = stop


def signature_and_code(emit: Callable[..., Value], kinds: Sequence[Any], flag: bool) -> Any:
    """What an intrinsic gives Numba: its signature, integers being of one kind, and its code."""
    arguments = [types.intp if isinstance(kind, types.Integer) else kind for kind in kinds[:-1]]

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Value:
        return emit(context, builder, signature.args, values, flag)

    return types.void(*arguments, kinds[-1]), code
