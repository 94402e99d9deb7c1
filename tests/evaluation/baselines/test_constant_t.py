"""Student's t of a constant scale: found again where it is the truth."""

import numpy as np
import pytest
from baseline_forecasts import forecast
from builders import prices_of, random_walk

from rnncli.evaluation.baselines.constant_t import scales_of


def drawn(dof, scale, rows=4000, seed=3):
    steps = scale * np.random.default_rng(seed).standard_t(dof, rows)
    return 100 * np.exp(np.cumsum(steps))


def test_scale_and_degrees_are_found_again():
    """Each series its own scale, in percent, all of them one dof; three days are nearer normal."""
    prices = prices_of({"A": drawn(4, 0.01), "B": drawn(4, 0.02, seed=4)}, first=None)
    found, here, _ = forecast("constant-t", prices, cutoff=3900, rows=(3950,))
    t = found.distribution
    assert here.series.tolist() == [0, 1]
    np.testing.assert_allclose(t.scale[:, 0], [1.0, 2.0], rtol=0.05)
    np.testing.assert_allclose(t.scale[1] / t.scale[0], t.scale[1, 0] / t.scale[0, 0])
    assert t.dof[0, 0] == pytest.approx(4, rel=0.2)
    assert t.dof[0, 2] > t.dof[0, 0]
    assert np.all(t.location == 0)


def test_scales_are_the_likeliest():
    """No other scale of a grid has a higher likelihood."""
    values = np.random.default_rng(1).standard_t(3, (1, 500))
    values[0, 400:] = np.nan
    scale = scales_of(values, 3.0)[0]
    grid = scale * np.linspace(0.9, 1.1, 201)
    x = values[0, :400, None]
    likelihood = np.sum(-2 * np.log1p((x / grid) ** 2 / 3) - np.log(grid), axis=0)
    assert grid[np.argmax(likelihood)] == pytest.approx(scale, rel=2e-3)


def test_of_a_normal_it_is_the_deviation():
    """With many degrees of freedom."""
    values = np.random.default_rng(1).standard_normal((1, 500))
    assert scales_of(values, 1e9)[0] == pytest.approx(np.sqrt(np.mean(values**2)))


def test_the_scale_goes_on_to_the_cutoff():
    """That of the rows up to it, as if it had been fitted there from the start."""
    series = drawn(4, 0.01, 400)
    found, _, _ = forecast("constant-t", prices_of({"A": series}), cutoff=300, rows=(350, 380))
    dof = float(found.distribution.dof[0, 0])
    for scale, row in zip(found.distribution.scale[:, 0], (350, 380), strict=True):
        steps = 100 * np.diff(np.log(series[: row + 1]))
        assert scale == pytest.approx(scales_of(steps[None], dof)[0], rel=1e-4)


def test_a_series_that_never_moved_has_the_scale_of_the_others():
    """And a symbol that was not there too."""
    walk = random_walk(np.random.default_rng(2), 400)
    found, _, _ = forecast("constant-t", prices_of({"A": walk, "B": np.full(400, 3.0)}, first=None))
    scale = found.distribution.scale
    np.testing.assert_allclose(scale[0], scale[2], rtol=0.01)
    np.testing.assert_allclose(scale[0] / scale[0, 0], np.sqrt([1, 2, 3]), rtol=0.2)
