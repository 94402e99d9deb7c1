"""The Diebold-Mariano test, held to its formula."""

import math

import numpy as np
import pytest

from rnncli.evaluation.diebold_mariano import by_cutoff, diebold_mariano

# recorded from SciPy 1.17.1: float(stats.t.sf(t, dof))
T_TAIL = {(1.5, 19): 0.07502426537113581, (2.5, 11): 0.014753187043682081}


def naive_statistic(d, autocovariances):
    """Harvey, Leybourne & Newbold 1997, equations 2 to 9, term by term."""
    n, h = len(d), autocovariances + 1
    mean = sum(d) / n
    gamma = [sum((d[t] - mean) * (d[t - k] - mean) for t in range(k, n)) / n for k in range(h)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    factor = (n + 1 - 2 * h + h * (h - 1) / n) / n
    return mean / math.sqrt(variance) * math.sqrt(factor)


@pytest.mark.parametrize("autocovariances", [0, 1, 4])
def test_statistic_is_the_papers(autocovariances):
    """p-values are those of the corrected statistic under Student's t with n - 1."""
    rng = np.random.default_rng(8)
    d = np.convolve(rng.standard_normal(64), np.ones(5), "valid") + 0.8
    statistic = naive_statistic(d.tolist(), autocovariances)
    found = diebold_mariano(d, autocovariances)
    x = np.linspace(abs(statistic), 400, 4_000_001)
    density = (1 + x**2 / 59) ** -30
    area = np.trapezoid(density, x) / np.trapezoid(
        (1 + np.linspace(-400, 400, 8_000_001) ** 2 / 59) ** -30, dx=1e-4
    )
    assert found.cutoffs == 60
    assert found.difference == pytest.approx(d.mean())
    assert found.p == pytest.approx(2 * area, rel=1e-6)
    assert found.p_lower == pytest.approx(1 - area, rel=1e-6)


@pytest.mark.parametrize(("t", "dof"), T_TAIL)
def test_p_value_is_students(t, dof):
    """Differences made to have a statistic of t have SciPy's tail."""
    n = dof + 1
    d = np.tile([-1.0, 1.0], n // 2)  # variance 1, factor (n - 1)/n
    d += t / math.sqrt(n - 1)
    assert diebold_mariano(d).p == pytest.approx(2 * T_TAIL[t, dof], rel=1e-9)
    assert diebold_mariano(-d).p_lower == pytest.approx(T_TAIL[t, dof], rel=1e-9)


def test_few_cutoffs_say_nothing():
    """Below ten there is no p-value, and cutoffs without a forecast do not count."""
    d = np.arange(10.0)
    assert diebold_mariano(d).p is not None
    assert diebold_mariano(d[:9]).p is None
    d[3] = np.nan
    assert (diebold_mariano(d).p, diebold_mariano(d).cutoffs) == (None, 9)
    assert diebold_mariano(np.zeros(0)).cutoffs == 0


def test_a_negative_variance_gives_way_to_one_without_autocovariances():
    """Differences that swing have a rectangular long-run variance below zero."""
    d = np.tile([-1.0, 1.2], 10)
    assert naive_statistic(d.tolist(), 0) > 0
    with pytest.raises(ValueError, match="math domain"):
        naive_statistic(d.tolist(), 1)
    assert diebold_mariano(d, 1) == diebold_mariano(d, 0)


def test_more_autocovariances_than_cutoffs_do_not_fail():
    """A horizon longer than the cutoffs reach leaves the plain test."""
    d = np.random.default_rng(1).standard_normal(12)
    assert diebold_mariano(d, 40).p == diebold_mariano(d, 0).p


def test_equal_and_constant_differences():
    """Two forecasts that are one are as good; a difference that never varies has no test."""
    assert (diebold_mariano(np.zeros(20)).p, diebold_mariano(np.zeros(20)).p_lower) == (1, 0.5)
    assert diebold_mariano(np.full(20, 0.1)).p is None


@pytest.mark.slow
def test_it_is_right_as_often_as_it_says():
    """Of noise, one in twenty is taken for skill."""
    rng = np.random.default_rng(4)
    found = [diebold_mariano(rng.standard_normal(20)).p < 0.05 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.05, abs=0.015)


def test_mean_at_each_cutoff():
    """Over symbols and aheads, of what is known."""
    losses = np.array([[1.0, 3.0], [5.0, np.nan], [np.nan, np.nan], [2.0, 2.0]])
    found = by_cutoff(losses, np.array([0, 0, 1, 2]), 4)
    np.testing.assert_array_equal(found, [3.0, np.nan, 2.0, np.nan])
