"""Distributions of many rows ahead from one day's outputs, and paths that have them."""

import numpy as np
import pytest

from rnncli.distributions import student_t
from rnncli.distributions.families import StudentT
from rnncli.inference.direct import (
    HALF_LIFE,
    OF_LATE,
    distributions_ahead,
    long_run_deviations,
    paths_ahead,
)
from rnncli.kernels.likelihoods import FEWEST, SPREAD
from rnncli.network.network import Architecture

ROWS = (1, 2, 5)
DIRECT = Architecture(
    output_size=9, mode="direct", horizon=5, head="student-t", rows_ahead=ROWS
)  # fmt: skip


def outputs_of(location, scale, dof):
    """The outputs that mean these parameters of each of ROWS, the same for two days."""
    raw = [
        [m, np.log(s), np.log((d - FEWEST) / SPREAD)]
        for m, s, d in zip(location, scale, dof, strict=True)
    ]
    return np.tile(np.ravel(raw), (2, 1))


def test_rows_with_outputs_have_their_distribution():
    """The scale is over the root of the rows; dof are rounded to a hundredth part or so."""
    outputs = outputs_of((0.1, 0.2, 0.3), (1.0, 0.9, 1.1), (5.0, 6.0, 30.0))
    found = distributions_ahead(DIRECT, outputs, np.ones(2), 5)
    at = np.array(ROWS) - 1
    np.testing.assert_allclose(
        found.location[1, at], np.array([0.1, 0.2, 0.3]) * np.sqrt(ROWS), rtol=1e-12
    )
    np.testing.assert_allclose(
        found.scale[1, at], np.array([1.0, 0.9, 1.1]) * np.sqrt(ROWS), rtol=1e-12
    )
    np.testing.assert_allclose(found.dof[1, at], (5, 6, 30), rtol=0.01)


def test_rows_between_are_between():
    """Logarithms go linearly in the logarithm of the rows."""
    found = distributions_ahead(DIRECT, outputs_of((0, 0, 0), (1, 1, 2), (5, 5, 5)), np.ones(2), 5)
    share = np.log(3 / 2) / np.log(5 / 2)
    assert found.scale[0, 2] == pytest.approx(np.exp(share * np.log(2)) * np.sqrt(3))


def test_squared_scales_never_fall():
    """Outputs that would have more rows spread less leave them as wide as the rows before."""
    found = distributions_ahead(
        DIRECT, outputs_of((0,) * 3, (1, 0.1, 0.1), (5,) * 3), np.ones(2), 5
    )
    assert (np.diff(found.scale, axis=1) >= 0).all()


def test_beyond_the_last_row_a_row_adds_what_the_past_has():
    """From what the last rows added, by half in HALF_LIFE rows: against a plain sum."""
    outputs, long_run = outputs_of((0,) * 3, (1, 1, 1), (10,) * 3), np.array([0.5, 2.0])
    found = distributions_ahead(DIRECT, outputs, long_run, 400)
    dof = found.dof[0, -1]
    for day, past in enumerate(long_run):
        square, of_past = 5.0, past**2 * (dof - 2) / dof
        for row in range(1, 396):
            weight = 0.5 ** (row / HALF_LIFE)
            square += weight * 1.0 + (1 - weight) * of_past
            assert found.scale[day, 4 + row] == pytest.approx(np.sqrt(square))


def test_a_young_series_leans_on_its_deviation_of_late():
    """Without two changes it is that alone; after OF_LATE rows both count the same."""
    found = long_run_deviations(
        np.array([np.nan, 0.04, 0.04]), np.full(3, 0.02), np.array([1.0, OF_LATE, 1e9])
    )
    np.testing.assert_allclose(found, [1, np.sqrt((4 + 1) / 2), 2], rtol=1e-6)


def test_paths_have_the_distribution_of_every_row():
    """Quantiles of many paths are those of the distributions, in the tails too."""
    ahead = np.arange(1, 6)
    distribution = StudentT(
        0.1 * ahead[None], np.sqrt(ahead)[None], np.array([[3.0, 4.0, 5.0, 8.0, 30.0]])
    )
    uniforms = np.random.default_rng(1).random((5, 2, 200_000))
    paths = paths_ahead(distribution, uniforms)
    for row in range(5):
        for probability in (0.005, 0.1, 0.5, 0.9, 0.995):
            scale, dof = distribution.scale[0, row], distribution.dof[0, row]
            exact = 0.1 * (row + 1) + scale * student_t.quantile(probability, np.array([dof]))[0]
            below = np.mean(paths[row] <= exact)
            error = np.sqrt(probability * (1 - probability) / 200_000)
            assert below == pytest.approx(probability, abs=4 * error)


def test_paths_move_as_a_random_walk():
    """The correlation of two rows is the root of the ratio of their squared scales."""
    ahead = np.arange(1, 5)
    distribution = StudentT(
        np.zeros((1, 4)), np.sqrt(ahead)[None], np.full((1, 4), 1e6)
    )  # fmt: skip
    paths = paths_ahead(distribution, np.random.default_rng(2).random((4, 2, 100_000)))
    assert np.corrcoef(paths[0], paths[3])[0, 1] == pytest.approx(0.5, abs=0.01)
