"""Loaded kernels are Numba's, bit for bit; what does not fit them never reaches their code."""

import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from processes import finished

from rnncli import kernels
from rnncli.kernels import CELLS, _cache, _compile, _entry, _jit, _load, _object_file
from rnncli.kernels._inline import OPTIONS
from rnncli.kernels.losses import LOSSES

JIT_OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
pytestmark = pytest.mark.skipif(JIT_OFF, reason="nothing is compiled, nothing loaded")
DAYS, INPUTS, HIDDEN, OUTPUTS, LANES = 5, 2, 3, 9, 16

# every kind of argument and every function that code asks for; to compile is what takes the time
CHOICES = [
    ("forward", "lstm", "tanh", LANES, "float64"), ("backward", "rnn", "relu", LANES, "float32"),
    ("loss", "huber", LANES, "float64"), ("loss", "student-t", LANES, "float64"),
    ("loss", "quantile", LANES, "float32"), ("rows_ahead", LANES, "float32"),
    ("draw", "student-t", "float32"), ("adam", "float32"), ("update", "float32"),
    ("saturated", "float32"),
    ("deal", LANES, "float32"), ("fraction",), ("running_means",), ("running_variances",),
    ("decayed_sums",),
]  # fmt: skip


def shapes_of(choice):
    """Shapes of the arrays of a kernel; None for a number."""
    name, *which = choice
    if name in ("forward", "backward"):
        cell = CELLS[which[0]]
        rows, states = cell.gates * HIDDEN, (cell.states, DAYS + 1, HIDDEN, LANES)
        x, saved = (DAYS, INPUTS, LANES), (DAYS, cell.saved * HIDDEN, LANES)
        weights, begins = [(rows, INPUTS), (rows, HIDDEN)], [(2,), (2, LANES)]
        if name == "forward":
            head = [(OUTPUTS, HIDDEN), (OUTPUTS,), (DAYS, OUTPUTS, LANES)]
            return [x, *weights, (rows,), (rows,), states, saved, *head, (DAYS,), *begins]
        back = [(OUTPUTS, HIDDEN), (DAYS, OUTPUTS * LANES), (cell.states, HIDDEN, LANES), states]
        gradients = [*weights, (rows,), (rows,), (OUTPUTS, HIDDEN), (OUTPUTS,)]
        dinputs = (DAYS, rows * LANES + 16)
        return [x, weights[1], states, saved, *back, dinputs, *gradients, (DAYS,), *begins]
    days = (DAYS, OUTPUTS, LANES)
    if name == "loss":
        target = days if which[0] in LOSSES else (DAYS, 1, LANES)
        levels = [] if which[0] in LOSSES else [(OUTPUTS,)]
        return [days, target, (3, LANES), (3, LANES), (2,), None, *levels, None, days]
    return {
        "rows_ahead": [
            days,
            (DAYS, 3, LANES),
            *[(3, LANES)] * 3,
            (2,),
            (3,),
            None,
            None,
            None,
            days,
        ],
        "draw": [(3, 4), (2, 4), (4,)],
        "adam": [(9,)] * 4 + [None] * 5,
        "update": [*[(9,)] * 4, *[None] * 5, (9,), None, None, (2,)],
        "saturated": [(1, DAYS + 1, HIDDEN, LANES), None, (DAYS,), (LANES,), None, (HIDDEN,)],
        "deal": [
            (2 * DAYS, 2),
            (2 * DAYS, 3),
            (DAYS,),
            (4, DAYS),
            (LANES,),
            (DAYS, 2, LANES),
            (DAYS, 3, LANES),
            (4, LANES),
            (DAYS,),
        ],
        "fraction": [(4,)] * 4,
        "running_means": [(9,), (3,), None, (9, 3)],
        "decayed_sums": [(DAYS, 2), (3, DAYS, 2), (DAYS + 1, 2, 3)],
        "running_variances": [(40,), None, None, (41,)],
    }[name]


def arguments_of(choice, signature, rng):
    """Random numbers from 0.05 to 0.95, whole days of lanes, and scalars."""
    kinds = _load.ARGUMENT.findall(signature)[1:]
    arguments = []
    for kind, shape in zip(kinds, shapes_of(choice), strict=True):
        if kind.startswith("uint8["):
            arguments.append(np.ones(shape, np.uint8))
        elif kind.startswith("int64["):
            arguments.append(np.sort(rng.integers(0, DAYS, shape)))
        elif shape is None:
            arguments.append(2 if kind == "int64" else 0.7)
        else:
            arguments.append(rng.uniform(0.05, 0.95, shape).astype(kind.partition("[")[0]))
    return arguments


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def made():
    """Make a kernel by its choice: the loaded one, Numba's own, and their signature."""

    def make(name, *which):
        seen = []
        really = _jit._load_or_compile

        def spy(choice, signature, source, options, compiling):
            seen.append((signature, source, options))
            return really(choice, signature, source, options, compiling)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_jit, "_load_or_compile", spy)
            loaded = getattr(kernels, f"{name}_kernel").__wrapped__(*which)
        ((signature, source, options),) = seen

        def by_numba():
            return _compile.by_numba(signature, source(), options)

        return loaded, by_numba, signature

    return make


@pytest.mark.slow
@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: "-".join(map(str, choice)))
def test_a_loaded_kernel_gives_the_bits_of_numba_s_own_call(choice, made, rng):
    """Every array is left as by Numba, and the result is the same number."""
    loaded, by_numba, signature = made(*choice)
    comp = arguments_of(choice, signature, rng)
    ref = [np.copy(a) if isinstance(a, np.ndarray) else a for a in comp]
    assert loaded.__module__ == "rnncli.kernels._load"
    before = [np.copy(a) for a in comp]
    assert repr(loaded(*comp)) == repr(by_numba()(*ref))
    assert any(not np.array_equal(a, b) for a, b in zip(comp, before, strict=True))
    for a, b in zip(comp, ref, strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


@pytest.fixture(scope="module")
def fractions(made):
    """One kernel, loaded and as Numba calls it."""
    loaded, by_numba, _ = made("fraction")
    return loaded, by_numba()


def read_only(array):
    array.flags.writeable = False
    return array


MISFITS = {
    "float32": lambda a: a.astype("float32"),
    "int64": lambda a: a.astype("int64"),
    "byte order": lambda a: a.astype(">f8"),
    "every second": lambda a: np.repeat(a, 2)[::2],
    "backwards": lambda a: a[::-1],
    "a dimension more": lambda a: a[:, None],
    "read-only": read_only,
    "list": list,
    "None": lambda _: None,
    "number": lambda a: float(a[0]),
}


@pytest.mark.parametrize("position", [0, 3])
@pytest.mark.parametrize("misfit", MISFITS)
def test_an_argument_that_does_not_fit_is_refused(misfit, position, fractions):
    """As by Numba's own call, and nothing is written."""
    loaded, by_numba = fractions
    arguments = [np.full(4, 0.5) for _ in range(4)]
    arguments[position] = MISFITS[misfit](arguments[position])
    with pytest.raises(TypeError) as ref:
        by_numba(*arguments)
    with pytest.raises(TypeError) as comp:
        loaded(*arguments)
    assert str(comp.value) == str(ref.value)
    out = np.asarray(arguments[3], dtype=object)
    assert (out == 0.5).all() or misfit in ("int64", "None")


@pytest.mark.parametrize("count", [0, 3, 5])
def test_too_few_or_too_many_arguments_are_refused(count, fractions):
    """Nothing is read that was not given."""
    loaded, _ = fractions
    with pytest.raises(TypeError, match=r"arguments: expected 4, got \d"):
        loaded(*[np.full(4, 0.5)] * count)


@pytest.mark.parametrize("scalars", [("2", 0.5), (2, None), (2.5j, 0.5)])
def test_a_scalar_that_is_no_number_is_refused(scalars, made, rng):
    """And the derivative is left as it was."""
    choice = ("loss", "mse", LANES, "float64")
    loaded, _, signature = made(*choice)
    arguments = arguments_of(choice, signature, rng)
    arguments[5], arguments[6] = scalars
    before = arguments[7].copy()
    with pytest.raises((TypeError, struct.error)):
        loaded(*arguments)
    assert (arguments[7] == before).all()


def unaligned(array):
    shifted = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    shifted[:] = array
    return shifted


@pytest.mark.slow
def test_what_numba_converts_is_taken(made, rng):
    """A subclass of an array, an array that is not aligned, NumPy's integers and numbers."""
    choice = ("loss", "mse", LANES, "float64")
    loaded, _, signature = made(*choice)
    arguments = arguments_of(choice, signature, rng)
    ref = loaded(*arguments)
    arguments[0] = arguments[0].view(np.rec.recarray)
    assert loaded(*arguments) == ref
    arguments[0] = unaligned(arguments[0])
    assert loaded(*arguments) == ref
    arguments[5], arguments[6] = np.int32(arguments[5]), np.float32(0.7)
    assert loaded(*arguments) == ref


def test_empty_arrays_are_taken(made):
    """No day, no number: nothing happens."""
    loaded, _, _ = made("fraction")
    assert loaded(*[np.empty(0)] * 4) is None
    loaded, _, _ = made("linear", LANES, "float32")
    nothing = [np.empty(shape, "f4") for shape in ((0, 2), (0, 2, 16), (0, 0, 16))]
    assert loaded(*nothing, np.empty(0, "u1")) is None


LOAD = """
import sys
import numpy as np
from rnncli import kernels
from rnncli.kernels import _load
{before}
out, days, never = np.full((2, 9, 16), 3.0), np.full((1, 16), 2), np.zeros(0, int)
levels = np.linspace(0.1, 0.9, 9)
kernel = kernels.loss_kernel("quantile", 16, "float64")
print(kernel(out, 0 * out[:, :1], 0 * days, days, never, 0, levels, 0.5, 0 * out))
print(kernel.__module__, "numba" in sys.modules, "scipy" in sys.modules)
"""


def loaded_in_a_process(before=""):
    """The number that a kernel which allocates gives, who loaded it, and whether Numba was."""
    words = [sys.executable, "-W", "error", "-c", LOAD.format(before=before)]
    done = finished(words, stdout=subprocess.PIPE, check=True, text=True)
    number, who = done.stdout.splitlines()
    return number, who.split()


@pytest.fixture(scope="module")
def number():
    """What the kernel gives, and its file is there from then on."""
    return loaded_in_a_process()[0]


@pytest.mark.slow
def test_a_process_that_loads_does_not_import_numba(number):
    """Nor what Numba imports."""
    again, who = loaded_in_a_process()
    assert (again, who) == (number, ["rnncli.kernels._load", "False", "False"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "before",
    [
        "_load.LIBRARIES = {}",
        "_load._addresses = lambda library, place: {}",
        "unpacked = _load.unpacked\n"
        "def unknown(data):\n"
        "    code = unpacked(data)\n"
        "    return type(code)(code.entry, code.parts, None)\n"
        "_load.unpacked = unknown",
    ],
)
def test_where_numba_s_libraries_have_moved_numba_itself_is_imported(before, number):
    """Its functions are to be had, if at a price; so where the needs of code are not known."""
    comp, who = loaded_in_a_process(before)
    assert (comp, who[:2]) == (number, ["rnncli.kernels._load", "True"])


@pytest.mark.slow
def test_code_that_needs_what_is_nowhere_is_compiled_by_numba(number):
    """LLVM would end the process over the missing name."""
    before = (
        "unpacked = _load.unpacked\n"
        "def needy(data):\n"
        "    code = unpacked(data)\n"
        "    return type(code)(code.entry, code.parts, [*code.needs, 'nowhere_at_all'])\n"
        "_load.unpacked = needy"
    )
    comp, who = loaded_in_a_process(before)
    assert comp == number
    assert who[0] != "rnncli.kernels._load"


@pytest.mark.slow
def test_arrays_laid_out_otherwise_are_left_to_numba(monkeypatch, made, tmp_path):
    """Offsets that do not fit this NumPy are seen before any code is written with them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_entry, "STRIDES", _entry.SHAPE)
    loaded, _, _ = made("fraction")
    assert loaded.__module__ != "rnncli.kernels._load"
    arguments = [np.full(4, 0.5) for _ in range(4)]
    loaded(*arguments)
    assert (arguments[3] != 0.5).all()
    assert not list(_cache.cache_folder().glob("*.kernel"))
    (fault,) = _jit.loading_faults.values()
    assert isinstance(fault, OSError)
    _jit.loading_faults.clear()


FORK = """
import os
import numpy as np
from rnncli.kernels import fraction_kernel
arrays = [np.full(4, 0.5) for _ in range(4)]
fraction_kernel()(*arrays)
ref = arrays[3].copy()
if not os.fork():
    arrays[3][:] = 0
    fraction_kernel()(*arrays)
    os._exit(3 if np.array_equal(arrays[3], ref) else 4)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.slow
def test_a_forked_process_calls_what_its_parent_has_loaded():
    """Code is where it was."""
    done = finished([sys.executable, "-c", FORK], stdout=subprocess.PIPE, check=True, text=True)
    assert done.stdout == "3\n"


def test_a_file_names_what_its_code_needs():
    """Of the code itself: the symbols that it does not define."""

    def kernel(x, out):
        for k in range(x.shape[0]):
            out[k] = np.expm1(x[k])

    data = _compile.object_code("void(float64[::1],float64[::1])", kernel, OPTIONS)
    code = _object_file.unpacked(data)
    assert {"expm1", _object_file.ARRAY_TYPE} <= set(code.needs)
    assert code.entry not in code.needs
    assert _object_file.packed(code.entry, code.parts) == data
