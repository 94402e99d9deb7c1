"""Shrunk correlations, held to the formula by hand; unequal histories and missing days."""

import numpy as np
import pytest

from rnncli.risk.correlation import SMALLEST, mean_correlation, shrunk_correlation, with_mean


def scores_of(count, days, seed=1, loadings=(0.2, 0.9)):
    """Scores (days, count) with a common factor of different weights."""
    rng = np.random.default_rng(seed)
    weights = np.linspace(*loadings, count)
    common = rng.standard_normal((days, 1))
    return weights * common + np.sqrt(1 - weights**2) * rng.standard_normal((days, count))


def test_intensity_is_that_of_ledoit_and_wolf():
    """With equal histories one weight for all: the noise of the correlations over their spread."""
    scores = scores_of(6, 80)
    z = scores / np.sqrt(np.mean(scores**2, axis=0))
    sample = z.T @ z / 80
    off = ~np.eye(6, dtype=bool)
    noise = (
        np.mean((np.mean((z**2)[:, :, None] * (z**2)[:, None, :], axis=0) - sample**2)[off]) / 80
    )
    spread = np.mean((sample[off] - sample[off].mean()) ** 2)
    weight = noise / spread
    assert 0.05 < weight < 1
    expected = weight * sample[off].mean() + (1 - weight) * sample[off]
    assert shrunk_correlation(scores)[off] == pytest.approx(expected, rel=1e-9)


def test_more_days_are_shrunk_less():
    """With many days a correlation is its own; with few it is nearly the mean."""
    exact = shrunk_correlation(scores_of(5, 100_000))
    weights = np.linspace(0.2, 0.9, 5)
    truth = np.outer(weights, weights)
    np.fill_diagonal(truth, 1)
    assert exact == pytest.approx(truth, abs=0.02)
    few = shrunk_correlation(scores_of(5, 15))
    off = ~np.eye(5, dtype=bool)
    assert few[off].std() < truth[off].std()


def test_a_young_symbol_is_shrunk_more_than_old_ones():
    """Each pair counts the days that both have; without common days it has the mean."""
    scores = scores_of(6, 2000)
    scores[:1980, 0] = np.nan
    scores[:, 1][1980:] = np.nan
    found = shrunk_correlation(scores)
    others = found[1:, 1:][~np.eye(5, dtype=bool)]
    assert abs(found[0, 2:] - others.mean()).max() < abs(others - others.mean()).max()
    assert np.array_equal(found, found.T)
    assert np.linalg.eigvalsh(found)[0] >= SMALLEST / 2
    assert found[0, 1] == pytest.approx(others.mean(), abs=0.1)


def test_missing_days_are_not_zeros():
    """Half of the days missing at random leave a correlation where it was."""
    scores = scores_of(2, 40_000, loadings=(0.8, 0.8))
    scores[np.random.default_rng(2).random(scores.shape) < 0.5] = np.nan
    assert shrunk_correlation(scores)[0, 1] == pytest.approx(0.64, abs=0.02)


@pytest.mark.parametrize("days", [0, 5])
def test_too_few_days_tell_nothing(days):
    """No correlation is made up."""
    assert np.array_equal(shrunk_correlation(scores_of(3, days)), np.eye(3))


def test_pairs_of_different_days_are_made_to_fit():
    """Correlations that cannot be together are moved to the nearest that can."""
    scores = np.full((300, 3), np.nan)
    rng = np.random.default_rng(3)
    for block, (i, j, sign) in enumerate([(0, 1, 1), (1, 2, 1), (0, 2, -1)]):
        values = rng.standard_normal(100)
        scores[100 * block : 100 * (block + 1), i] = values
        scores[100 * block : 100 * (block + 1), j] = sign * values
    found = shrunk_correlation(scores)
    assert np.linalg.eigvalsh(found)[0] > 0
    assert np.diag(found) == pytest.approx(np.ones(3), rel=1e-12)
    np.linalg.cholesky(found)


def test_recent_days_weigh_more():
    """With a half-life the correlation is that of the last days, once it has changed."""
    scores = np.vstack([
        scores_of(2, 1000, 1, (0.9, 0.9)), scores_of(2, 400, 2, (0.1, 0.1))
    ])  # fmt: skip
    assert shrunk_correlation(scores)[0, 1] > 0.5
    assert abs(shrunk_correlation(scores, 60)[0, 1]) < 0.25
    even = scores_of(2, 400)
    assert shrunk_correlation(even, 1e9) == pytest.approx(shrunk_correlation(even), rel=1e-6)


@pytest.mark.parametrize("mean", [-0.2, 0.0, 0.1, 0.5, 0.9, 1.0])
def test_correlations_with_another_mean(mean):
    """The mean is the one asked for, correlations are at most 1 and keep their order."""
    before = shrunk_correlation(scores_of(4, 500))
    after = with_mean(before, mean)
    assert mean_correlation(after) == pytest.approx(mean, abs=1e-5)
    assert np.linalg.eigvalsh(after)[0] > 0
    assert np.abs(after).max() <= 1 + 1e-12
    off = np.triu_indices(4, 1)
    if mean < 1:
        assert np.array_equal(np.argsort(before[off]), np.argsort(after[off]))


def test_the_mean_of_a_pair_is_its_correlation():
    """Of two series, one of them falling when the other rises."""
    pair = np.array([[1.0, -0.9], [-0.9, 1.0]])
    assert mean_correlation(pair) == -0.9
    for mean in (-0.95, 0.3):
        assert with_mean(pair, mean)[0, 1] == pytest.approx(mean, abs=1e-12)
    assert np.array_equal(with_mean(np.eye(1), 0.0), np.eye(1))
