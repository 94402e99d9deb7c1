"""The compiled likelihoods are their textbook twins, and what they send back is the derivative."""

from dataclasses import dataclass
from itertools import count

import naive
import numpy as np
import pytest
from builders import central_differences
from gradient_check import CLEAR, STEP, disagreement, each_choice, each_depth

from rnncli.kernels import loss_kernel
from rnncli.kernels.lanes import LANES
from rnncli.kernels.likelihoods import FLOOR
from rnncli.network import heads
from rnncli.network.heads import LIKELIHOODS, add_up
from rnncli.network.network import Architecture, Network, named_views
from rnncli.network.passes import Workspace, backward, forward

pytestmark = pytest.mark.thorough

DAYS, L = 9, LANES[-1]
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
OUTPUTS = {"gaussian": 2, "student-t": 3, "cross-entropy": 4, "quantile": len(LEVELS)}
each_loss = pytest.mark.parametrize("loss", LIKELIHOODS)


def levels_of(loss):
    return LEVELS if loss == "quantile" else ()


def targets_for(loss, out, rng):
    """Targets (T, 1, L): codes of classes; else numbers that no kink of a quantile is near."""
    days, outputs, lanes = out.shape
    if loss == "cross-entropy":
        return rng.integers(0, outputs, (days, 1, lanes)) / (outputs - 1)
    target = 2 * rng.standard_normal((days, 1, lanes))
    if loss == "quantile":
        reached = naive.quantiles(np.moveaxis(out, 1, 0))
        near = np.min(np.abs(reached - target[:, 0]), axis=0)[:, None] < 1e-3
        target[near] = 50
    return target


def case(loss, dtype="float64", lanes=L, spread=1.0):
    """Outputs, targets, and the days that count: all of some lanes, none of others."""
    rng = np.random.default_rng(3)
    out = spread * rng.standard_normal((DAYS, OUTPUTS[loss], lanes))
    target = targets_for(loss, out, rng)
    first = rng.integers(0, 3, lanes)
    last = np.maximum(first, rng.integers(0, DAYS + 3, lanes))
    last[0] = first[0]
    return out.astype(dtype), target.astype(dtype), first, last


def mask_of(first, last, start=0):
    t = start + np.arange(DAYS)[:, None, None]
    return ((t >= first) & (t < last)).astype(float)


@each_loss
@pytest.mark.parametrize(
    ("lanes", "dtype", "within"),
    [(64, "float32", 2e-6), (16, "float32", 2e-6), (16, "float64", 1e-12)],
)
@pytest.mark.parametrize("start", [0, 2])
def test_the_kernel_is_its_naive_twin(loss, lanes, dtype, within, start):
    """The sum, in either precision, of a chunk from any day on, with or without a derivative."""
    out, target, first, last = case(loss, dtype, lanes)
    exact = out.astype("float64"), target.astype("float64")
    ref = naive.likelihood(loss, *exact, mask_of(first, last, start), levels_of(loss))
    given = (loss, out, target, first, last, start, 0.25)
    comp = add_up(*given, levels=levels_of(loss))
    assert comp == pytest.approx(ref, rel=within)
    assert comp == add_up(*given, np.empty_like(out), levels=levels_of(loss))


@each_loss
@pytest.mark.parametrize("every", [True, False])
def test_derivatives_agree_with_central_differences(loss, every):
    """What flows back is the derivative of the summed loss of the twin by each output."""
    out, target, first, last = case(loss)
    if every:
        first, last = 0 * first, 0 * last + DAYS
    dout, mask, levels = np.full_like(out, np.nan), mask_of(first, last), levels_of(loss)
    add_up(loss, out, target, first, last, 0, 0.25, dout, levels)
    ref = central_differences(lambda o: naive.likelihood(loss, o, target, mask, levels), out)
    np.testing.assert_allclose(dout, 0.25 * ref, rtol=1e-6, atol=1e-7)


@each_loss
@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_derivatives_in_float32_are_those_of_float64(loss, spread):
    """The approximations of float32 send back the same, for outputs far out as well."""
    out, target, first, last = case(loss, spread=spread)
    ref, comp = np.empty_like(out), np.empty_like(out, dtype="float32")
    add_up(loss, out, target, first, last, dout=ref, levels=levels_of(loss))
    single = out.astype("float32"), target.astype("float32")
    add_up(loss, *single, first, last, dout=comp, levels=levels_of(loss))
    np.testing.assert_allclose(comp, ref, rtol=2e-5, atol=2e-6)


@each_loss
@pytest.mark.parametrize("rubbish", [1e9, np.inf, np.nan])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:.*encountered")  # where NumPy stands in for the compiler
def test_days_that_do_not_count_cost_nothing(loss, rubbish, dtype):
    """They add no loss and send nothing back, whatever stands there."""
    out, target, first, last = case(loss, dtype)
    counts = mask_of(first, last) == 1
    dout, levels = np.empty_like(out), levels_of(loss)
    ref = add_up(loss, out, target, first, last, levels=levels)
    spoilt = np.where(counts, out, rubbish).astype(dtype)
    assert add_up(loss, spoilt, target, first, last, dout=dout, levels=levels) == ref
    assert not dout[~np.broadcast_to(counts, dout.shape)].any()


@each_loss
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:.*encountered")
def test_what_is_not_finite_is_seen(loss, bad, dtype):
    """Any such output on a day that counts makes the sum not finite, where it means no number."""
    for o in range(OUTPUTS[loss]):
        if bad == -np.inf and (loss == "cross-entropy" or (loss == "quantile" and o)):
            continue  # a class that is impossible, a gap of 0
        out, target, first, last = case(loss, dtype)
        lane = int(np.argmax(last - first))
        out[first[lane], o, lane] = bad
        assert not np.isfinite(add_up(loss, out, target, first, last, levels=levels_of(loss))), o


@pytest.mark.parametrize("loss", ["gaussian", "student-t"])
def test_a_scale_stays_above_its_floor(loss):
    """Where values never move, the scale stops shrinking, and the derivative says so."""
    out, target, first, last = case(loss)
    out[:, 1] = FLOOR - 5
    dout = np.full_like(out, np.nan)
    comp = add_up(loss, out, target, first, last, dout=dout)
    assert not dout[:, 1].any()
    out[:, 1] = FLOOR
    assert comp == add_up(loss, out, target, first, last)


def test_many_degrees_of_freedom_are_gauss():
    """Student's t with a large raw dof costs what the normal distribution does."""
    out, target, first, last = case("student-t")
    out[:, 2] = 25
    ref = add_up("gaussian", np.ascontiguousarray(out[:, :2]), target, first, last)
    assert add_up("student-t", out, target, first, last) == pytest.approx(ref, rel=1e-8)


# Through a whole network.


@dataclass(frozen=True)
class Case:
    """A network, its days x (T, I, L), target and mask (T, 1, L), for the loss of a name."""

    network: Network
    x: np.ndarray
    target: np.ndarray
    first: np.ndarray
    last: np.ndarray
    loss: str

    def mean_loss(self, flat):
        """By the naive forward and the naive loss."""
        a = self.network.architecture
        p = named_views(a, flat)
        out = naive.outputs(self.x, p, a.cell, a.layers, a.activation)
        mask = mask_of(self.first, self.last)
        total = naive.likelihood(self.loss, out, self.target, mask, levels_of(self.loss))
        return total / mask.sum()


def make_case(cell, activation, loss, layers, hidden_size=3):
    """A case away from every kink, with lanes of all lengths and an empty one."""
    a = Architecture(cell, activation, 2, hidden_size, layers, OUTPUTS[loss])
    for seed in count():
        rng = np.random.default_rng(seed)
        network = Network(a, rng.uniform(-0.9, 0.9, a.size))
        x = rng.standard_normal((DAYS, 2, L))
        if naive.kinks(x, network.parameters, cell, layers, activation) > CLEAR:
            break
    out = naive.outputs(x, network.parameters, cell, layers, activation)
    last = np.concatenate([[0], rng.integers(1, DAYS + 1, L - 2), [DAYS]])
    return Case(network, x, targets_for(loss, out, rng), last // 4, last, loss)


def check_gradients(case):
    """Raise AssertionError where a parameter's gradient is not the central difference."""
    a, flat = case.network.architecture, case.network.flat
    work, counted = Workspace(a, DAYS, L, "float64"), mask_of(case.first, case.last).sum()
    out = forward(case.network, case.x, work)
    loss = add_up(
        case.loss, out, case.target, case.first, case.last, 0, 1 / counted, work.dout,
        levels_of(case.loss),
    )  # fmt: skip
    assert loss / counted == pytest.approx(case.mean_loss(flat), rel=1e-12)
    backward(case.network, case.x, work.dout, work)
    numeric = central_differences(case.mean_loss, flat, STEP)
    ref, comp = named_views(a, numeric), work.gradients.parameters
    lines = [disagreement(name, comp[name], ref[name]) for name in ref]
    assert not any(lines), "\n".join(filter(None, lines))


@each_choice
@each_loss
@each_depth
def test_backward_through_the_network_is_the_derivative(cell, activation, loss, layers):
    """Gradients of every parameter agree with central differences of twins from end to end."""
    check_gradients(make_case(cell, activation, loss, layers))


def of_output(number, by):
    """What is sent back by one output, changed a little."""

    def mutant(dout, out):
        dout[:, number] *= by + 0 * out[:, number]

    return mutant


def shifted(dout, out):
    """Softmax minus the class above the target's."""
    softmax = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    weight = np.max(np.abs(dout)) / np.max(np.abs(softmax))
    met = softmax * weight - dout
    dout[:] = np.where(dout.any(axis=1, keepdims=True), dout - met + np.roll(met, 1, axis=1), 0)


MUTANTS = {
    "location x 1.001": ("gaussian", of_output(0, 1.001)),
    "log scale not sent back": ("gaussian", of_output(1, 0)),
    "log scale x 1.0001": ("student-t", of_output(1, 1.0001)),
    "dof x 1.001": ("student-t", of_output(2, 1.001)),
    "dof not sent back": ("student-t", of_output(2, 0)),
    "another class": ("cross-entropy", shifted),
    "a gap the wrong way": ("quantile", of_output(1, -1)),
    "an outer gap x 1.001": ("quantile", of_output(4, 1.001)),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_gradient_check_sees_planted_bugs(monkeypatch, mutant):
    """A loss with a small mistake in what it sends back fails the check the real one passes."""
    loss, spoil = MUTANTS[mutant]
    case = make_case("rnn", "tanh", loss, 1)
    check_gradients(case)

    def planted(*choice):
        def kernel(*arguments):
            total = loss_kernel(*choice)(*arguments)
            spoil(arguments[-1], arguments[0])
            return total

        return kernel

    monkeypatch.setattr(heads, "loss_kernel", planted)
    with pytest.raises(AssertionError, match=r"backward .*, central difference"):
        check_gradients(case)
