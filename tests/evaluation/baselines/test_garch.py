"""Equations of conditional variance, term by term, and their sums ahead against simulation."""

import numpy as np
import pytest

from rnncli.evaluation.baselines.aparch import Aparch
from rnncli.evaluation.baselines.figarch import LAGS, Figarch
from rnncli.evaluation.baselines.garch import Garch

OWN = Garch(unit=0.02, mu=0.1, centre=-0.05, omega=0.05, alpha=0.1, beta=0.85, dof=6.0)
GJR = Garch(unit=0.02, mu=0.1, omega=0.05, alpha=0.03, gamma=0.14, beta=0.85, dof=6.0)
APARCH = Aparch(unit=0.02, mu=0.1, omega=0.05, alpha=0.08, gamma=0.4, beta=0.88, delta=1.3, dof=8.0)
FIGARCH = Figarch(unit=0.02, mu=0.1, omega=0.05, phi=0.2, d=0.4, beta=0.45, dof=6.0)
STEPS = 0.02 * np.random.default_rng(1).standard_normal(100)
RESIDUALS = STEPS / 0.02 - 0.1


def backcast(centre):
    """Weighted squares of the first 75 changes around the mean of those fitted on."""
    weights = [0.94**k for k in range(75)]
    first = (STEPS / 0.02 - centre)[:75]
    return sum(w * e**2 for w, e in zip(weights, first, strict=True)) / sum(weights)


def test_variance_follows_its_equation():
    """Term by term, from a backcast of the first squares around another mean than mu."""
    expected = [0.05 + 0.95 * backcast(-0.05)]
    for e in RESIDUALS:
        expected.append(0.05 + 0.1 * e**2 + 0.85 * expected[-1])
    np.testing.assert_allclose(OWN.variances(STEPS), expected)
    assert OWN.variances(np.zeros(0)).tolist() == [0.05 + 0.95]


def test_falls_weigh_more():
    """By gamma, which half of the changes have."""
    expected = [0.05 + 0.95 * backcast(0.0)]
    for e in RESIDUALS:
        expected.append(0.05 + (0.17 if e < 0 else 0.03) * e**2 + 0.85 * expected[-1])
    np.testing.assert_allclose(GJR.variances(STEPS), expected)


def test_powers_follow_their_equation():
    """A deviation to the power delta."""
    s = [0.05 + 0.96 * backcast(0.0) ** 0.65]
    for e in RESIDUALS:
        s.append(0.05 + 0.08 * (abs(e) - 0.4 * e) ** 1.3 + 0.88 * s[-1])
    np.testing.assert_allclose(APARCH.variances(STEPS), np.array(s) ** (2 / 1.3))


def test_long_memory_follows_its_equation():
    """(1 - beta L) v = omega + ((1 - beta L) - (1 - phi L)(1 - L)^d) e², the past a backcast."""
    binomial = np.cumprod([1.0, *((k - 1 - 0.4) / k for k in range(1, LAGS + 1))])  # (1 - L)^d
    right = -np.convolve(binomial, [1.0, -0.2])[: LAGS + 1]
    right[0] += 1
    right[1] -= 0.45
    squares = np.concatenate([np.full(LAGS, backcast(0.0)), RESIDUALS**2])
    weights = FIGARCH.weights
    np.testing.assert_allclose(np.convolve(weights, [1, -0.45])[:LAGS], right[1:], atol=1e-12)
    expected = [
        0.05 / 0.55 + weights @ squares[t : t + LAGS][::-1] for t in range(len(RESIDUALS) + 1)
    ]
    np.testing.assert_allclose(FIGARCH.variances(STEPS), expected)
    assert FIGARCH.variances(np.zeros(0)).shape == (1,)


def test_variances_ahead_add_up():
    """Each is drawn to the long run's, and changes are uncorrelated."""
    second = 0.05 + 0.95 * 2.0
    third = 0.05 + 0.95 * second
    np.testing.assert_allclose(OWN.ahead(2.0, 3), [2.0, 2.0 + second, 2.0 + second + third])


def simulated(model, steps_ahead, paths=4000):
    """Variance of the sums of changes of many continuations, by the equation itself."""
    rng = np.random.default_rng(3)
    scale = np.sqrt((model.dof - 2) / model.dof)
    sums = np.zeros((paths, steps_ahead))
    for path in sums:
        steps = STEPS
        for k in range(steps_ahead):
            deviation = np.sqrt(model.variances(steps)[-1])
            change = deviation * scale * rng.standard_t(model.dof)
            steps = np.append(steps, model.unit * (model.mu + change))
            path[k] = change
    return np.mean(np.cumsum(sums, axis=1) ** 2, axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("model", [GJR, APARCH, FIGARCH], ids=["gjr", "aparch", "figarch"])
def test_sums_ahead_are_those_of_simulated_paths(model):
    """In the mean of many, five rows ahead."""
    found = model.sums_ahead(STEPS, np.array([len(STEPS)]), 5)[0]
    np.testing.assert_allclose(found, simulated(model, 5), rtol=0.12)


@pytest.mark.slow(each_version=True)
@pytest.mark.parametrize("delta", [1.0, 1.4, 2.0])
def test_the_mean_variance_of_a_power(delta):
    """Of 400 000 paths of s itself, twenty rows on; the first is known."""
    model = Aparch(unit=1.0, omega=0.04, alpha=0.08, gamma=0.4, beta=0.88, delta=delta, dof=9.0)
    rng = np.random.default_rng(5)
    steps = rng.standard_normal(60)
    s = np.full(400_000, model.powers(steps)[-1])
    each = []
    for _ in range(20):
        each.append(np.mean(s ** (2 / delta)))
        e = s ** (1 / delta) * rng.standard_t(9, len(s)) * np.sqrt(7 / 9)
        s = 0.04 + 0.08 * (np.abs(e) - 0.4 * e) ** delta + 0.88 * s
    found = np.diff(model.sums_ahead(steps, np.array([60]), 20)[0], prepend=0)
    np.testing.assert_allclose(found, each, rtol=0.01)


@pytest.mark.parametrize("model", [OWN, GJR, APARCH, FIGARCH])
def test_rows_are_each_as_if_the_last(model):
    """Later rows do not change it."""
    both = model.sums_ahead(STEPS, np.array([80, 100]), 4)
    alone = model.sums_ahead(STEPS[:80], np.array([80]), 4)
    np.testing.assert_array_equal(both[0], alone[0])


@pytest.mark.parametrize(
    ("model", "holds"),
    [
        (OWN, True),
        (Garch(unit=1.0), True),
        (Garch(unit=1.0, omega=0.1, alpha=0.2, beta=0.81), False),
        (Garch(unit=1.0, omega=0.1, alpha=0.05, gamma=-0.2, beta=0.8), False),
        (APARCH, True),
        (Aparch(unit=1, omega=0.1, alpha=0.3, gamma=0.9, beta=0.69, delta=2, dof=5), False),
        (Aparch(unit=1, omega=0.1, alpha=0.1, gamma=0, beta=0.8, delta=3, dof=2.9), False),
        (FIGARCH, True),
        (Figarch(unit=1.0, omega=0.1, phi=0.0, d=0.2, beta=0.6), False),
        (Figarch(unit=1.0, omega=-0.1, phi=0.2, d=0.4, beta=0.45), False),
    ],
)  # fmt: skip
def test_what_is_stationary(model, holds):
    """Growing by itself, negative after a fall or a weight, without a mean of its shocks: not."""
    assert model.stationary() is holds
