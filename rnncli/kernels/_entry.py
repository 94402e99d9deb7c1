"""What a kernel is called through: a function of the tuple of its arguments, written as LLVM.

It reads the arrays where NumPy and Python keep their descriptions, checks them as Numba would, and
passes them on in the form of Numba's. Nothing of it needs the GIL, and nothing is allocated.

    int entry(tuple, scalars, result)  0: done; k > 0: argument k is not as the signature says;
                                       -1: the kernel raised an exception

scalars: eight bytes for each; unused, like `result`, by kernels of arrays that return nothing.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils

from rnncli.kernels._object_file import ARRAY_TYPE

Value = Any  # of LLVM

BYTE, INT, WORD = ir.IntType(8), ir.IntType(32), ir.IntType(64)
POINTER = BYTE.as_pointer()
# Offsets that every compiled extension relies on: of PyObject and PyTupleObject, then, after the
# head of an object, those of PyArrayObject and of PyArray_Descr
TYPE, ITEMS = 8, tuple.__basicsize__
HEAD = object.__basicsize__
DATA, NDIM, SHAPE, STRIDES = HEAD, HEAD + 8, HEAD + 16, HEAD + 24
DESCRIPTION, FLAGS = HEAD + 40, HEAD + 48
BYTE_ORDER, NUMBER = HEAD + 10, HEAD + 12
NATIVE, NO_ORDER = ord("="), ord("|")  # of bytes, of single bytes
CARRAY = 0x1 | 0x100 | 0x400  # C-contiguous, aligned, writeable


def emit_entry(context: Any, compiled: Any) -> tuple[Any, str]:
    """Library of the entry of a compiled kernel, and its name.

    Raises OSError if arrays are not laid out as expected.
    """
    check_layout()
    binding.add_symbol(ARRAY_TYPE, id(np.ndarray))
    name = f"entry.{compiled.fndesc.llvm_func_name}"
    library = context.codegen().create_library(name)
    library.enable_object_caching()
    module = library.create_ir_module(name)
    signature = compiled.signature
    plain = signature.return_type == types.void and all(map(_is_array, signature.args))
    kinds = [POINTER] if plain else [POINTER] * 3
    entry = ir.Function(module, ir.FunctionType(INT, kinds), name)
    builder = ir.IRBuilder(entry.append_basic_block())
    kernel = context.declare_function(module, compiled.fndesc)
    arguments = _arguments(context, builder, signature.args, entry.args)
    status, result = context.call_conv.call_function(
        builder, kernel, signature.return_type, signature.args, arguments
    )
    if signature.return_type != types.void:
        builder.store(result, builder.bitcast(entry.args[2], result.type.as_pointer()))
    builder.ret(builder.select(status.is_error, INT(-1), INT(0)))
    library.add_ir_module(module)
    library.finalize()
    return library, name


def _arguments(
    context: Any, builder: Any, kinds: Sequence[Any], given: Sequence[Value]
) -> list[Value]:
    """The kernel's arguments: arrays out of the tuple, scalars as they are packed."""
    arguments, scalars = [], 0
    array_type = ir.GlobalVariable(builder.module, BYTE, ARRAY_TYPE)
    for number, kind in enumerate(kinds):
        if _is_array(kind):
            item = _load(builder, given[0], ITEMS + 8 * number, POINTER)
            _refuse_unless(builder, _is(builder, item, TYPE, array_type), number + 1)
            _refuse_unless(builder, _fits(builder, item, kind), number + 1)
            arguments.append(_array(context, builder, item, kind))
        else:
            value = _load(builder, given[1], 8 * scalars, context.get_value_type(kind))
            arguments.append(value)
            scalars += 1
    return arguments


def _is_array(kind: Any) -> bool:
    return isinstance(kind, types.Array)


def _load(builder: Any, pointer: Value, offset: int, kind: Any) -> Value:
    place = builder.gep(pointer, [WORD(offset)])
    return builder.load(builder.bitcast(place, kind.as_pointer()))


def _is(builder: Any, pointer: Value, offset: int, value: Value) -> Value:
    return builder.icmp_unsigned("==", _load(builder, pointer, offset, value.type), value)


def _refuse_unless(builder: Any, condition: Value, status: int) -> None:
    with cgutils.if_unlikely(builder, builder.not_(condition)):
        builder.ret(INT(status))


def _fits(builder: Any, item: Value, kind: Any) -> Value:
    """Whether an array has the dtype, the dimensions and the layout of its type."""
    description = _load(builder, item, DESCRIPTION, POINTER)
    flags = builder.and_(_load(builder, item, FLAGS, INT), INT(CARRAY))
    number = np.dtype(str(kind.dtype)).num
    order = NATIVE if kind.dtype.bitwidth > BYTE.width else NO_ORDER
    fits = _is(builder, item, NDIM, INT(kind.ndim))
    for condition in (
        builder.icmp_unsigned("==", flags, INT(CARRAY)),
        _is(builder, description, NUMBER, INT(number)),
        _is(builder, description, BYTE_ORDER, BYTE(order)),
    ):
        fits = builder.and_(fits, condition)
    return fits


def _array(context: Any, builder: Any, item: Value, kind: Any) -> Value:
    """An array of Numba's that does not own its memory."""
    array = context.make_array(kind)(context, builder)
    shape, strides = (
        [
            _load(builder, _load(builder, item, which, POINTER), 8 * k, WORD)
            for k in range(kind.ndim)
        ]
        for which in (SHAPE, STRIDES)
    )
    context.populate_array(
        array, data=_load(builder, item, DATA, array.data.type), shape=shape, strides=strides,
        itemsize=context.get_constant(types.intp, kind.dtype.bitwidth // 8), meminfo=None,
    )  # fmt: skip
    return array._getvalue()


def check_layout() -> None:
    """Raise OSError unless an array is described where the offsets say."""
    array = np.zeros((2, 3))
    arguments = (array,)
    at, of_dtype = id(array), id(array.dtype)
    words = {
        id(arguments) + ITEMS: at, at + TYPE: id(np.ndarray), at + DATA: array.ctypes.data,
        at + DESCRIPTION: of_dtype,
    }  # fmt: skip
    integers = {at + NDIM: 2, at + FLAGS: array.flags.num, of_dtype + NUMBER: array.dtype.num}
    rows: list[tuple[Any, dict[int, int]]] = [
        (ctypes.c_int64, words), (ctypes.c_int32, integers),
        (ctypes.c_uint8, {of_dtype + BYTE_ORDER: NATIVE}),
    ]  # fmt: skip
    fits = all(
        kind.from_address(address).value == value
        for kind, values in rows for address, value in values.items()
    )  # fmt: skip
    axes = [
        tuple((ctypes.c_int64 * 2).from_address(ctypes.c_int64.from_address(at + which).value))
        for which in (SHAPE, STRIDES)
    ]
    if not fits or axes != [array.shape, array.strides] or not array.flags.carray:
        raise OSError("NumPy's arrays are not laid out as rnncli knows them")
