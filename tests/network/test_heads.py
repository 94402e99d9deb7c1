"""Point losses are what their names say; the outputs of a day are the distributions they mean."""

import naive
import numpy as np
import pytest
from builders import central_differences

from rnncli.distributions.families import Normal, Quantiles, StudentT
from rnncli.errors import UsageError
from rnncli.kernels.lanes import LANES
from rnncli.network.heads import (
    LOSSES,
    POINT,
    Head,
    add_up,
    head_of,
    probabilities,
    quantiles,
    start_bias,
)
from rnncli.transforms.binning import Bins

pytestmark = pytest.mark.thorough

ERRORS = np.array([-3.0, -1.5, -0.4, 0.3, 0.9, 2.0])  # away from the kinks at 0 and 1
DAYS, L = 7, LANES[-1]


def case(dtype="float64", lanes=L):
    """Outputs, targets, and the days that count: all of some lanes, none of others."""
    rng = np.random.default_rng(3)
    target = rng.standard_normal((DAYS, 1, lanes))
    error = rng.choice(ERRORS, target.shape)
    first = rng.integers(0, 3, lanes)
    last = np.maximum(first, rng.integers(0, DAYS + 3, lanes))
    last[0] = first[0]
    return (target + error).astype(dtype), target.astype(dtype), first, last


def mask_of(first, last, start=0):
    t = start + np.arange(DAYS)[:, None, None]
    return ((t >= first) & (t < last)).astype(float)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("mse", [9.0, 2.25, 0.16, 0.09, 0.81, 4.0]),
        ("mae", [3.0, 1.5, 0.4, 0.3, 0.9, 2.0]),
        ("huber", [2.5, 1.0, 0.08, 0.045, 0.405, 1.5]),
    ],
)
def test_losses_are_the_textbook_ones(loss, expected):
    """Squared error, absolute error, and Huber's with delta 1."""
    every = np.zeros(L, int), np.ones(L, int)
    for error, cost in zip(ERRORS, expected, strict=True):
        out = np.full((1, 1, L), error)
        assert add_up(loss, out, 0 * out, *every) == pytest.approx(cost * L, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("lanes", "dtype", "within"),
    [(64, "float32", 1e-6), (16, "float32", 1e-6), (16, "float64", 1e-12)],
)
@pytest.mark.parametrize("start", [0, 2])
def test_the_kernel_is_its_naive_twin(loss, lanes, dtype, within, start):
    """Sum and scaled derivative, in either precision, of a chunk from any day on."""
    out, target, first, last = case(dtype, lanes)
    dout = np.full_like(out, np.nan)
    ref = naive.loss_and_gradient(loss, out, target, mask_of(first, last, start))
    comp = add_up(loss, out, target, first, last, start, 0.25, dout)
    assert comp == pytest.approx(ref[0], rel=within)
    assert comp == add_up(loss, out, target, first, last, start)
    np.testing.assert_allclose(dout, 0.25 * ref[1], rtol=within)
    assert dout.dtype == dtype


@pytest.mark.parametrize("loss", LOSSES)
def test_derivatives_agree_with_central_differences(loss):
    """What flows back is the derivative of the summed loss by each output."""
    out, target, first, last = case()
    dout = np.empty_like(out)
    add_up(loss, out, target, first, last, dout=dout)
    expected = central_differences(lambda o: add_up(loss, o, target, first, last), out)
    np.testing.assert_allclose(dout, expected, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rubbish", [1e9, np.inf, np.nan])
def test_days_that_do_not_count_cost_nothing(loss, rubbish):
    """They add no loss and send nothing back, whatever stands there."""
    out, target, first, last = case()
    counts = mask_of(first, last) == 1
    dout = np.empty_like(out)
    ref = add_up(loss, out, target, first, last)
    assert add_up(loss, np.where(counts, out, rubbish), target, first, last, dout=dout) == ref
    assert not dout[~counts].any()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_what_is_not_finite_is_seen(loss, bad):
    """A single such output on a day that counts makes the sum not finite."""
    out, target, first, last = case("float32")
    lane = int(np.argmax(last - first))
    out[first[lane], 0, lane] = bad
    assert not np.isfinite(add_up(loss, out, target, first, last))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_hit_costs_nothing(loss):
    """No error: no loss and no gradient, at the kink of the absolute error too."""
    out, _, first, last = case()
    dout = np.empty_like(out)
    assert add_up(loss, out, out, first, last, dout=dout) == 0
    assert not dout.any()


# What the outputs mean.

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
THREE = Bins((-0.5, 1.0), ("low", "medium", "high"), (-1.0, 0.25, 3.0))


def raw(outputs, seed=5):
    return np.random.default_rng(seed).standard_normal((7, 2, outputs))


@pytest.mark.parametrize(
    ("loss", "level", "classes", "expected"),
    [
        ("mse", (80,), 3, POINT),
        ("huber", (), None, POINT),
        ("gaussian", (), None, Head("gaussian", 2)),
        ("student-t", (), None, Head("student-t", 3)),
        ("cross-entropy", (), 7, Head("cross-entropy", 7)),
        ("quantile", (80, 95), None, Head("quantile", 5, LEVELS)),
        ("quantile", (95, 80), None, Head("quantile", 5, LEVELS)),
        ("quantile", (50,), None, Head("quantile", 3, (0.25, 0.5, 0.75))),
    ],
)
def test_a_loss_asks_for_its_outputs(loss, level, classes, expected):
    """One of a point, those of the distribution, one a class, one a quantile."""
    head = head_of(loss, level, classes)
    assert (head.kind, head.outputs) == (expected.kind, expected.outputs)
    assert head.levels == pytest.approx(expected.levels)


@pytest.mark.parametrize(
    ("loss", "level", "classes", "said"),
    [
        ("cross-entropy", (), None, "needs classes; add bins"),
        ("gaussian", (), 3, 'use loss="cross-entropy"'),
        ("student-t", (), 3, 'use loss="cross-entropy"'),
        ("quantile", (80,), 3, 'use loss="cross-entropy"'),
        ("quantile", (100,), None, "a level is a percentage"),
        ("quantile", (0,), None, "a level is a percentage"),
        ("quantile", (80, 80), None, "the same level twice"),
    ],
)
def test_a_loss_that_does_not_fit_is_refused(loss, level, classes, said):
    """Classes go with cross-entropy and with nothing else that is a distribution."""
    with pytest.raises(UsageError, match=said):
        head_of(loss, level, classes)


def test_an_untrained_head_is_of_unit_scale():
    """Biases alone stand for variance 1 around 0, its normal quantiles, even classes."""
    gauss = Head("gaussian", 2).distribution(start_bias(head_of("gaussian")))
    assert (gauss.location, gauss.scale) == (0, 1)
    student = Head("student-t", 3).distribution(start_bias(head_of("student-t")))
    assert student.dof == 6
    assert student.scale**2 * student.dof / (student.dof - 2) == pytest.approx(1)
    found = quantiles(start_bias(head_of("quantile", (80, 95))))
    np.testing.assert_allclose(found, [-1.95996398, -1.28155157, 0, 1.28155157, 1.95996398])
    even = probabilities(start_bias(head_of("cross-entropy", (), 4)))
    np.testing.assert_allclose(even, 0.25)


@pytest.mark.parametrize(("kind", "outputs", "cls"), [
    ("gaussian", 2, Normal), ("student-t", 3, StudentT)
])  # fmt: skip
def test_the_loss_is_minus_the_log_density_of_the_distribution(kind, outputs, cls):
    """What training minimises is the log score of what is forecast."""
    out, y = raw(outputs), raw(1, 6)[..., 0]
    described = Head(kind, outputs).distribution(out)
    assert isinstance(described, cls)
    ref = naive.LIKELIHOODS[kind](np.moveaxis(out, -1, 0), y, ())
    np.testing.assert_allclose(-described.log_density(y), ref, rtol=1e-10)


def test_quantiles_never_cross_and_are_those_of_the_loss():
    """Ascending whatever the outputs are, with the median first among them."""
    out = 5 * raw(5)
    described = Head("quantile", len(LEVELS), LEVELS).distribution(out)
    assert isinstance(described, Quantiles)
    assert np.all(np.diff(described.values, axis=-1) > 0)
    np.testing.assert_allclose(described.quantile(0.5), out[..., 0])
    ref = np.moveaxis(naive.quantiles(np.moveaxis(out, -1, 0)), 0, -1)
    np.testing.assert_allclose(described.values, ref, rtol=1e-12)


@pytest.mark.parametrize("kind", ["point", "gaussian", "student-t", "quantile"])
def test_the_median_is_the_first_output(kind):
    """Location, or the middle quantile: what a roll-out is fed."""
    out = raw(5)
    assert np.array_equal(Head(kind).median(out), out[..., 0])


def test_the_median_class_is_where_half_is_reached():
    """Its code, in the precision of the outputs."""
    shares = np.array([[0.6, 0.3, 0.1], [0.3, 0.3, 0.4], [0.1, 0.3, 0.6]])
    scores = np.log(shares).astype("float32")
    np.testing.assert_allclose(probabilities(scores), shares, rtol=1e-6)
    comp = Head("cross-entropy", 3).median(scores)
    assert comp.tolist() == [0, 0.5, 1]
    assert comp.dtype == "float32"


def test_scores_of_any_size_are_probabilities():
    """The largest is taken off first, so that nothing overflows."""
    found = probabilities(np.array([[1000.0, 1000.0], [-1000.0, 0.0]]))
    np.testing.assert_allclose(found, [[0.5, 0.5], [0, 1]])


def test_classes_as_a_distribution_of_values():
    """Each edge is reached with the probability of the classes below it."""
    shares = np.array([[0.25, 0.5, 0.25], [0.1, 0.1, 0.8]])
    described = Head("cross-entropy", 3).distribution(np.log(shares), THREE)
    for edge, below in ((-0.5, [0.25, 0.1]), (1.0, [0.75, 0.2])):
        np.testing.assert_allclose(described.cdf(np.full(2, edge)), below, atol=1e-9)
    middle = described.quantile(0.5)
    np.testing.assert_allclose(middle, [0.25, 1 - 2 * np.log(0.5 / 0.8)])  # its mean is at 3


@pytest.mark.parametrize("kind", ["point", "cross-entropy"])
def test_a_point_is_not_a_distribution(kind):
    """Nor are classes without what they are worth."""
    with pytest.raises(ValueError, match="no distribution"):
        Head(kind).distribution(raw(1))
