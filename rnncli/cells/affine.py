"""The blocked products every cell shares: 4 x 4 weights in scalars, the lanes in the inner loop.

A day of `n` features is a flat view of length n * lanes, feature by feature; `weight` has shape
(rows, cols). Written out by hand, since the compiler keeps scalars in registers, not small arrays.
Each is the plain loop in its docstring; `tests/naive.py` has it in NumPy.
"""

from typing import Any

from rnncli.cells._jit import inline

Array = Any  # inside kernels, Numba's array; outside, NumPy's


@inline
def add_product(weight: Array, x: Array, out: Array, lanes: int) -> None:
    """out[i, lane] += sum over j of weight[i, j] * x[j, lane]."""
    rows, cols = weight.shape
    rows4, cols4 = rows - rows % 4, cols - cols % 4
    for i in range(0, rows4, 4):
        o = out[i * lanes : (i + 4) * lanes]
        for j in range(0, cols4, 4):
            a00, a01, a02, a03 = weight[i, j], weight[i, j + 1], weight[i, j + 2], weight[i, j + 3]
            k = i + 1
            a10, a11, a12, a13 = weight[k, j], weight[k, j + 1], weight[k, j + 2], weight[k, j + 3]
            k = i + 2
            a20, a21, a22, a23 = weight[k, j], weight[k, j + 1], weight[k, j + 2], weight[k, j + 3]
            k = i + 3
            a30, a31, a32, a33 = weight[k, j], weight[k, j + 1], weight[k, j + 2], weight[k, j + 3]
            xs = x[j * lanes : (j + 4) * lanes]
            for lane in range(lanes):
                x0, x1 = xs[lane], xs[lanes + lane]
                x2, x3 = xs[2 * lanes + lane], xs[3 * lanes + lane]
                o[lane] += a00 * x0 + a01 * x1 + a02 * x2 + a03 * x3
                o[lanes + lane] += a10 * x0 + a11 * x1 + a12 * x2 + a13 * x3
                o[2 * lanes + lane] += a20 * x0 + a21 * x1 + a22 * x2 + a23 * x3
                o[3 * lanes + lane] += a30 * x0 + a31 * x1 + a32 * x2 + a33 * x3
        for j in range(cols4, cols):
            a0, a1, a2, a3 = weight[i, j], weight[i + 1, j], weight[i + 2, j], weight[i + 3, j]
            xs = x[j * lanes : (j + 1) * lanes]
            for lane in range(lanes):
                x0 = xs[lane]
                o[lane] += a0 * x0
                o[lanes + lane] += a1 * x0
                o[2 * lanes + lane] += a2 * x0
                o[3 * lanes + lane] += a3 * x0
    for i in range(rows4, rows):
        o = out[i * lanes : (i + 1) * lanes]
        for j in range(cols):
            a0 = weight[i, j]
            xs = x[j * lanes : (j + 1) * lanes]
            for lane in range(lanes):
                o[lane] += a0 * xs[lane]


@inline
def _row(block: Array, i: int, stride: int) -> Array:
    return block[i * stride : (i + 1) * stride]


@inline
def add_outer(left: Array, right: Array, out: Array, stride: int, width: int) -> None:
    """out[i, j] += sum over k < width of left[i * stride + k] * right[j * stride + k]."""
    rows, cols = out.shape
    rows4, cols4 = rows - rows % 4, cols - cols % 4
    for i in range(0, rows4, 4):
        ls0, ls1 = _row(left, i, stride), _row(left, i + 1, stride)
        ls2, ls3 = _row(left, i + 2, stride), _row(left, i + 3, stride)
        zero = left.dtype.type(0)
        for j in range(0, cols4, 4):
            rs0, rs1 = _row(right, j, stride), _row(right, j + 1, stride)
            rs2, rs3 = _row(right, j + 2, stride), _row(right, j + 3, stride)
            s00 = s01 = s02 = s03 = s10 = s11 = s12 = s13 = zero
            s20 = s21 = s22 = s23 = s30 = s31 = s32 = s33 = zero
            for k in range(width):
                l0, l1, l2, l3 = ls0[k], ls1[k], ls2[k], ls3[k]
                r0, r1, r2, r3 = rs0[k], rs1[k], rs2[k], rs3[k]
                s00 += l0 * r0
                s01 += l0 * r1
                s02 += l0 * r2
                s03 += l0 * r3
                s10 += l1 * r0
                s11 += l1 * r1
                s12 += l1 * r2
                s13 += l1 * r3
                s20 += l2 * r0
                s21 += l2 * r1
                s22 += l2 * r2
                s23 += l2 * r3
                s30 += l3 * r0
                s31 += l3 * r1
                s32 += l3 * r2
                s33 += l3 * r3
            out[i, j] += s00
            out[i, j + 1] += s01
            out[i, j + 2] += s02
            out[i, j + 3] += s03
            out[i + 1, j] += s10
            out[i + 1, j + 1] += s11
            out[i + 1, j + 2] += s12
            out[i + 1, j + 3] += s13
            out[i + 2, j] += s20
            out[i + 2, j + 1] += s21
            out[i + 2, j + 2] += s22
            out[i + 2, j + 3] += s23
            out[i + 3, j] += s30
            out[i + 3, j + 1] += s31
            out[i + 3, j + 2] += s32
            out[i + 3, j + 3] += s33
        _outer_edge(left, right, out, stride, width, i, i + 4, cols4, cols)
    _outer_edge(left, right, out, stride, width, rows4, rows, 0, cols)


@inline
def _outer_edge(
    left: Array, right: Array, out: Array, stride: int, width: int,
    i0: int, i1: int, j0: int, j1: int,
) -> None:  # fmt: skip
    """`add_outer` for the rows i0 to i1 and columns j0 to j1 that fill no tile."""
    for i in range(i0, i1):
        ls = _row(left, i, stride)
        for j in range(j0, j1):
            rs = _row(right, j, stride)
            total = ls.dtype.type(0)
            for k in range(width):
                total += ls[k] * rs[k]
            out[i, j] += total


@inline
def add_sums(left: Array, out: Array, stride: int, width: int) -> None:
    """out[i] += sum over k < width of left[i * stride + k]."""
    for i in range(out.shape[0]):
        ls = _row(left, i, stride)
        total = ls.dtype.type(0)
        for k in range(width):
            total += ls[k]
        out[i] += total


@inline
def spread(bias: Array, out: Array, lanes: int) -> None:
    """out[i, lane] = bias[i]."""
    for i in range(bias.shape[0]):
        o = out[i * lanes : (i + 1) * lanes]
        b = bias[i]
        for lane in range(lanes):
            o[lane] = b


@inline
def place(day: Array, block: Array, stride: int, offset: int, lanes: int) -> None:
    """Row by row into a block of days: block[i * stride + offset + lane] = day[i, lane]."""
    for i in range(day.shape[0] // lanes):
        source = day[i * lanes : (i + 1) * lanes]
        target = block[i * stride + offset : i * stride + offset + lanes]
        for lane in range(lanes):
            target[lane] = source[lane]
