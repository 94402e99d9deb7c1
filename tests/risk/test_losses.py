"""Losses and standard tails, held to formulas by hand and to published numbers."""

import math

import numpy as np
import pytest

from rnncli.risk import fz0_loss, normal_tail, quantile_loss, student_t_tail


def test_fz0_by_hand():
    """Equation 6 of Patton, Ziegel & Chen 2019, a row beyond the quantile and one within."""
    found = fz0_loss(np.array([-3.0, 1.0]), np.array([-2.0, -2.0]), np.array([-2.5, -3.0]), 0.05)
    beyond = 1 / (0.05 * 2.5) * (-2 + 3) + 2 / 2.5 + math.log(2.5) - 1
    within = 2 / 3 + math.log(3) - 1
    assert found == pytest.approx([beyond, within], rel=1e-9)


def test_fz0_is_lowest_at_the_truth():
    """For normal returns no other pair of quantile and shortfall has a lower mean loss."""
    returns = np.random.default_rng(3).standard_normal(200_000)
    tail = normal_tail(0.05)
    best = np.mean(fz0_loss(returns, tail.quantile, tail.shortfall, 0.05))
    for shift in (-0.2, 0.2):
        assert np.mean(fz0_loss(returns, tail.quantile + shift, tail.shortfall, 0.05)) > best
        assert np.mean(fz0_loss(returns, tail.quantile, tail.shortfall + shift, 0.05)) > best


def test_fz0_of_a_shortfall_that_is_a_gain_is_not_known():
    """Its logarithm is of a loss."""
    assert np.isnan(fz0_loss(np.array([1.0]), np.array([0.5]), np.array([0.1]), 0.05)).all()


def test_quantile_loss_by_hand():
    """alpha times the distance above, 1 - alpha below."""
    found = quantile_loss(np.array([-3.0, 1.0]), np.array([-2.0, -2.0]), 0.05)
    assert found == pytest.approx([0.95 * 1, 0.05 * 3], rel=1e-9)


@pytest.mark.parametrize(
    ("probability", "normal", "student"),
    [(0.05, 208.1, 190.7), (0.025, 247.9, 248.3), (0.01, 294.3, 335.1), (0.005, 325.8, 411.8)],
)
def test_value_at_risk_of_a_published_table(probability, normal, student):
    """McNeil, Frey & Embrechts, table 2.1: a day of 10,000 at 20 % a year, normal and scaled t4."""
    size = 10_000 * 0.2 / math.sqrt(250)
    assert -size * normal_tail(probability).quantile == pytest.approx(normal, abs=0.05)
    scaled = size * math.sqrt(2 / 4) * student_t_tail(probability, np.array(4.0)).quantile
    assert -scaled == pytest.approx(student, abs=0.06)


@pytest.mark.parametrize(
    ("probability", "quantile", "shortfall"),
    [
        # recorded from SciPy 1.17.1: stats.t.ppf, and its integral by integrate.quad
        (0.05, -2.131846786326651, -3.20287040209488),
        (0.025, -2.7764451051977943, -3.993557022712854),
        (0.01, -3.746947387979197, -5.220584194492235),
    ],
)
def test_tail_of_students_t(probability, quantile, shortfall):
    """The quantile, and the mean of the quantiles below it."""
    tail = student_t_tail(probability, np.array(4.0))
    assert float(tail.quantile) == pytest.approx(quantile, rel=1e-9)
    assert float(tail.shortfall) == pytest.approx(shortfall, rel=1e-9)


def test_student_t_of_many_degrees_of_freedom_is_normal():
    """The tails meet."""
    wide, normal = student_t_tail(0.01, np.array(1e6)), normal_tail(0.01)
    assert float(wide.quantile) == pytest.approx(float(normal.quantile), rel=1e-5)
    assert float(wide.shortfall) == pytest.approx(float(normal.shortfall), rel=1e-5)
