"""Draws follow the distribution that the outputs stand for, and are the same every time."""

import numpy as np
import pytest

from rnncli.distributions.families import Quantiles
from rnncli.network.heads import Head, parameters

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
OUTPUTS = {
    "gaussian": [0.3, -0.5],
    "student-t": [-0.2, 0.4, -0.7],
    "quantile": [0.1, 0.2, -0.3, 0.5, 0.4],
}
COUNT = 40_000


def uniforms(seed=0, count=COUNT):
    return np.random.default_rng(seed).random((count, 2))


def head_of(kind):
    return Head(kind, levels=LEVELS if kind == "quantile" else ())


def drawn(kind, given):
    return head_of(kind).draw(np.tile(np.array(OUTPUTS[kind]), (len(given), 1)), given)


@pytest.mark.parametrize("kind", OUTPUTS)
@pytest.mark.parametrize("count", [1, 7, 23, 255])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_draw_is_the_same_whatever_is_drawn_beside_it(kind, count, dtype):
    """To the bit: vector registers and what is left over would be rounded apart."""
    given = uniforms(count=1024)
    spread = np.sort(np.random.default_rng(1).standard_normal((1024, len(OUTPUTS[kind]))))
    outputs = (np.array(OUTPUTS[kind]) + spread).astype(dtype)
    whole = head_of(kind).draw(outputs, given)
    some = head_of(kind).draw(outputs[:count], given[:count])
    assert np.array_equal(some, whole[:count])


@pytest.mark.parametrize("kind", ["gaussian", "student-t"])
def test_draws_follow_the_distribution_function(kind):
    """Kolmogorov and Smirnov's distance is below its 1 % point."""
    values = np.sort(drawn(kind, uniforms()))
    reached = head_of(kind).distribution(np.array([OUTPUTS[kind]])).cdf(values)
    steps = np.arange(COUNT + 1) / COUNT
    apart = max(np.max(reached - steps[:-1]), np.max(steps[1:] - reached))
    assert apart < 1.63 / np.sqrt(COUNT)


def test_few_degrees_of_freedom_reach_far():
    """The tail of Student's t is drawn: with 2 degrees, beyond 10 once in a hundred."""
    outputs = np.tile([0.0, 0.0, -40.0], (COUNT, 1))
    share = np.mean(np.abs(head_of("student-t").draw(outputs, uniforms())) > 10)
    assert share == pytest.approx(0.0098524, abs=0.0015)


def test_draws_between_quantiles_are_their_inverse():
    """At a level its quantile, linear between two, beyond them an exponential tail."""
    u = np.array([*LEVELS, 0.3, 0.01, 0.99])
    values = drawn("quantile", np.stack([u, 0 * u], axis=1))
    described = head_of("quantile").distribution(np.array(OUTPUTS["quantile"]))
    assert isinstance(described, Quantiles)
    known = described.values
    np.testing.assert_allclose(values[:5], known)
    assert values[5] == pytest.approx((known[1] + known[2]) / 2)
    rate = np.log(0.1 / 0.025)
    assert values[6] == pytest.approx(known[0] - (known[1] - known[0]) * np.log(2.5) / rate)
    assert values[7] == pytest.approx(known[4] + (known[4] - known[3]) * np.log(2.5) / rate)


def test_draws_of_classes_come_as_often_as_they_are_probable():
    """Codes of the classes, each with its share."""
    shares = np.array([0.5, 0.2, 0.3])
    values = head_of("cross-entropy").draw(np.tile(np.log(shares), (COUNT, 1)), uniforms())
    for code, share in zip((0, 0.5, 1), shares, strict=True):
        assert np.mean(values == code) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("kind", [*OUTPUTS, "cross-entropy"])
def test_the_ends_of_the_uniform_numbers_are_finite(kind):
    """0, and the number next to 1, are drawn sooner or later."""
    ends = np.array([[0, 0], [1 - 2**-53, 0], [0, 0.5], [1 - 2**-53, 0.5]])
    outputs = np.tile(OUTPUTS.get(kind, [0.1, 0.2]), (4, 1))
    assert np.all(np.isfinite(head_of(kind).draw(outputs, ends)))


@pytest.mark.parametrize("kind", OUTPUTS)
def test_the_same_numbers_give_the_same_bits(kind):
    """However often, and however their arrays lie in memory."""
    given = uniforms(1, 500)
    turned = np.ascontiguousarray(given.T).T
    assert drawn(kind, given).tobytes() == drawn(kind, turned).tobytes()


@pytest.mark.parametrize("kind", ["gaussian", "student-t"])
@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-5)])
def test_the_kernel_is_the_formula(kind, dtype, within):
    """Box and Muller's, and Bailey's, of any parameters, with a scale held at its floor."""
    rng = np.random.default_rng(3)
    out, given = 2 * rng.standard_normal((2000, 3)).astype(dtype), uniforms(4, 2000)
    out = out[:, :2] if kind == "gaussian" else out
    out[0, 1] = -50
    location, scale, dof = parameters(kind, out)
    log = -2 * np.log1p(-given[:, 0])
    square = log if dof is None else dof * np.expm1(log / dof)
    away = scale * np.sqrt(square)
    ref = location + away * np.cos(2 * np.pi * given[:, 1])
    comp = head_of(kind).draw(out, given)
    assert np.all(np.abs(comp - ref) <= within * (np.abs(location) + away))


@pytest.mark.parametrize("kind", ["gaussian", "student-t", "quantile"])
def test_half_of_the_draws_are_above_the_median(kind):
    """What a roll-out is fed is the middle of what paths are fed."""
    values, middle = drawn(kind, uniforms(2)), head_of(kind).median(np.array(OUTPUTS[kind]))
    assert np.mean(values > middle) == pytest.approx(0.5, abs=0.01)


def test_a_point_is_not_drawn():
    """There is nothing to draw from."""
    with pytest.raises(ValueError, match="no distribution"):
        head_of("point").draw(np.zeros((1, 1)), uniforms(0, 1))
