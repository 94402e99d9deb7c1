"""The tiled products equal the plain ones, whatever the tiles leave over."""

import itertools
from functools import cache, partial
from types import SimpleNamespace

import naive
import numpy as np
import pytest
from each import assert_each
from jit import kernel_of

from rnncli.kernels import _llvm_emitter, _products_llvm, _products_numpy, block_sizes, time_loop
from rnncli.kernels.lanes import ALONE, LANES

pytestmark = pytest.mark.thorough

SIZES = (*range(1, 10), 16, 33)  # around the edges of all tiles
AT, GAP = 3, 5  # where a day begins, and what lies between two days; not to be touched
DTYPES = {"float64": 1e-13, "float32": 2e-5}

SHAPES = list(itertools.product(SIZES, SIZES))  # (rows, columns)
LARGE = [(9, 65), (24, 48), (5, 16)]
each_kind = pytest.mark.parametrize(
    "kind", [(n, d) for n in (*LANES, ALONE) for d in DTYPES], ids=str
)


def make_kernels(lanes):
    """Kernels that do one product each."""

    module = time_loop.products_module()

    def product(out, at, bias, weight, x, x_at):
        module.product(out, at, bias, weight, x, x_at, lanes)

    def products(out, at, bias, weight, x, x_at, weight2, x2, x2_at):
        module.products(out, at, bias, weight, x, x_at, weight2, x2, x2_at, lanes)

    def add_product(out, at, weight, x, x_at):
        module.add_product(out, at, weight, x, x_at, lanes)

    def add_outer(out, room, left, left_at, left_size, right, right_at, right_size, days):
        module.add_outer(
            out, room, left, left_at, left_size, right, right_at, right_size, days, lanes
        )  # fmt: skip

    def add_outer_and_sums(
        out, sums, left, left_at, left_size, right, right_at, right_size, days
    ):  # fmt: skip
        module.add_outer_and_sums(
            out, sums, left, left_at, left_size, right, right_at, right_size, days, lanes
        )  # fmt: skip

    def add_sums(sums, left, left_at, left_size, days):
        module.add_sums(sums, left, left_at, left_size, days, lanes)

    return [product, products, add_product, add_outer, add_outer_and_sums, add_sums]


ARGUMENTS = {
    "product": "vivmvi",
    "products": "vivmvimvi",
    "add_product": "vimvi",
    "add_outer": "mvviiviii",
    "add_outer_and_sums": "mvviiviii",
    "add_sums": "vviii",
}


def compiled(lanes, dtype, *choice):
    """Name -> kernel; choice: what else tells them from others."""
    kinds = {"v": f"{dtype}[::1]", "m": f"{dtype}[:,::1]", "i": "int64"}
    by_name = {}
    for kernel in make_kernels(lanes):
        name = kernel.__name__
        signature = f"void({','.join(kinds[k] for k in ARGUMENTS[name])})"
        by_name[name] = kernel_of(signature, kernel, lanes, *choice)
    return SimpleNamespace(**by_name)


@pytest.fixture(scope="module")
def kernels():
    """The kernels, by lanes and precision, compiled once."""
    return cache(compiled)


class Days:
    """Days of features (days, n, L) in a flat array, each with NaN before and after it."""

    def __init__(self, rng, days, n, lanes, dtype):
        self.values = rng.standard_normal((days, n, lanes)).astype(dtype)
        self.size = n * lanes + GAP
        self.flat = np.full(AT + days * self.size, np.nan, dtype)
        self.set(self.values)

    def set(self, values):
        self.rows[:, : values[0].size] = values.reshape(len(values), -1)

    @property
    def rows(self):
        return self.flat[AT:].reshape(-1, self.size)

    def found(self, day=0):
        """What stands there now; the NaN around it must still be NaN."""
        n = self.values[0].size
        assert np.isnan(self.flat[:AT]).all()
        assert np.isnan(self.rows[:, n:]).all()
        return self.rows[day, :n].reshape(self.values[0].shape)


def assert_close(comp, ref, dtype):
    assert comp.dtype == dtype
    within = DTYPES[dtype]
    np.testing.assert_allclose(comp, ref, rtol=within, atol=within * max(np.abs(ref).max(), 1))


def products_are_the_plain_ones(use, kind, shape):
    """Whether those of one shape are weight times x, and nothing beside it is touched."""
    (lanes, dtype), (rows, cols) = kind, shape
    rng = np.random.default_rng(5)
    weight, weight2 = (rng.standard_normal((rows, n)).astype(dtype) for n in (cols, 3))
    bias = rng.standard_normal(rows).astype(dtype)
    x, x2 = Days(rng, 1, cols, lanes, dtype), Days(rng, 1, 3, lanes, dtype)
    out = Days(rng, 1, rows, lanes, dtype)
    first = naive.product(weight, bias, x.values[0])
    second = naive.product(weight2, 0 * bias, x2.values[0])
    if lanes == ALONE:
        weight, weight2 = (np.ascontiguousarray(one.T) for one in (weight, weight2))
    use.product(out.flat, AT, bias, weight, x.flat, AT)
    assert_close(out.found(), first, dtype)
    use.products(out.flat, AT, bias, weight, x.flat, AT, weight2, x2.flat, AT)
    assert_close(out.found(), first + second, dtype)
    use.add_product(out.flat, AT, weight2, x2.flat, AT)
    assert_close(out.found(), first + 2 * second, dtype)


@each_kind
def test_products_are_the_plain_ones(kernels, kind):
    """Of all shapes: whole tiles and single rows together."""
    assert_each(partial(products_are_the_plain_ones, kernels(*kind), kind), SHAPES)


def outer_products_are_the_plain_ones(use, kind, shape_and_days):
    """Whether sums over days and lanes are added to what is there."""
    (lanes, dtype), (shape, days) = kind, shape_and_days
    rng, rows = np.random.default_rng(6), shape[0]
    left, right = (Days(rng, days, n, lanes, dtype) for n in shape)
    before, sums = rng.standard_normal(shape).astype(dtype), np.ones(rows, dtype)
    out, ref = before.copy(), before + naive.outer(left.values, right.values)
    where = left.flat, AT, left.size, right.flat, AT, right.size, days
    room = np.full(block_sizes.room_of(*shape) + 1, np.nan, dtype)
    use.add_outer(out, room[:-1], *where)
    assert_close(out, ref, dtype)
    assert np.isnan(room[-1])
    out[:] = before
    use.add_outer_and_sums(out, sums, *where)
    assert_close(out, ref, dtype)
    assert_close(sums, 1 + left.values.sum(axis=(0, 2)), dtype)
    use.add_sums(sums, left.flat, AT, left.size, days)
    assert_close(sums, 1 + 2 * left.values.sum(axis=(0, 2)), dtype)


@each_kind
def test_outer_products_are_the_plain_ones(kernels, kind):
    """Of all shapes, over one day and several; what lies between days is not read."""
    days = block_sizes.DEPTH // kind[0] + 1 if kind[0] > ALONE else 3  # more than are taken at once
    shapes_and_days = [*itertools.product(SHAPES, (1, 3)), *itertools.product(LARGE, (days,))]
    assert_each(partial(outer_products_are_the_plain_ones, kernels(*kind), kind), shapes_and_days)


@pytest.mark.parametrize("kind", [(64, "float32"), (16, "float32"), (32, "float64")], ids=str)
def test_tiles_for_registers_of_512_bits_are_right_on_any_processor(monkeypatch, kind):
    """One without such registers computes the same by halves."""
    real = _llvm_emitter.shape_of
    wide = partial(real, "+avx512f")
    monkeypatch.setattr(_llvm_emitter, "shape_of", lambda _, *numbers: wide(*numbers))
    use = compiled(*kind, "wide")
    assert_each(partial(products_are_the_plain_ones, use, kind), [(3, 5), (17, 9)])
    days = block_sizes.DEPTH // kind[0] + 1
    assert_each(
        partial(outer_products_are_the_plain_ones, use, kind),
        [(shape, days) for shape in [*LARGE, (3, 5), (17, 97)]],
    )


def test_plain_and_tiled_products_have_the_same_names_and_arguments():
    """Kernels that are not compiled call the same products."""
    for name in ARGUMENTS:
        tiled = getattr(_products_llvm, name)._defn.__code__
        plain = getattr(_products_numpy, name).__code__
        assert tiled.co_varnames[1 : tiled.co_argcount] == plain.co_varnames[: plain.co_argcount]


@pytest.mark.parametrize("features", ["+avx512f", "+avx2,+fma"])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("lanes", LANES)
def test_a_tile_fits_the_registers(features, bits, lanes):
    """What a tile holds leaves room for what it reads: 32 registers of 512 bits, 16 of 256."""
    shape = _llvm_emitter.shape_of(features, bits, lanes)
    registers = 32 if "512" in features else 16
    assert shape.width * bits == (512 if "512" in features else 256)
    for rows in shape.rows:
        vectors = shape.vectors(rows)
        assert lanes % (shape.width * vectors) == 0
        read = vectors if rows > 1 else 1  # each used once
        assert rows * vectors + read + 1 <= registers
