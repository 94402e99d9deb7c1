"""The prior: each parameter has a distribution, a unit, and values that a process can have."""

from dataclasses import fields

import numpy as np
import pytest

from rnncli.simulation.draw_parameters import (
    TABLE,
    draw_parameters,
    round_the_clock,
    without_faults,
)
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.priors import (
    Beta,
    Constant,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    ShiftedGamma,
    Uniform,
    sometimes,
)
from rnncli.simulation.random_streams import generators

SHARES = ("garch_weight", "garch_realised", "night_share", "common_return", "common_volatility",
          "volume_skew", "announcement_regularity", "jump_at_night")  # fmt: skip


def test_every_parameter_has_a_distribution_and_a_unit():
    """The table is complete."""
    assert list(TABLE) == [field.name for field in fields(ProcessParameters)]
    assert all(drawn.unit for drawn in TABLE.values())


def test_drawn_values_are_possible():
    """Shares and probabilities between 0 and 1, deviations not below zero, persistence below 1."""
    parameters = draw_parameters(generators(3, 0, 400))
    for name in TABLE:
        values = getattr(parameters, name)
        assert not np.isnan(values).any()
        if "probability" in name or name in SHARES or name.endswith(("_reversion", "_exit")):
            assert values.min() >= 0, name
            assert values.max() <= 1, name
        if name.endswith(("_deviation", "_size", "_noise")) or name in {"price", "volatility"}:
            assert values.min() >= 0, name
    assert parameters.day_freedom.min() > 4
    assert min(parameters.night_freedom.min(), parameters.jump_freedom.min()) > 2


@pytest.mark.parametrize(
    ("prior", "mean", "low", "high"),
    [
        (Constant(3), 3, 3, 3),
        (Uniform(1, 3), 2, 1, 3),
        (LogUniform(1, 100), 99 / np.log(100), 1, 100),
        (Normal(2, 1), 2, -4, 8),
        (LogNormal(2, 0.5), 2 * np.exp(0.125), 0, 30),
        (ShiftedGamma(2, 2, 3), 8, 2, 99),
        (Beta(2, 6), 0.25, 0, 1),
        (Mixture(((0.25, Constant(0)), (0.75, Uniform(4, 8)))), 4.5, 0, 8),
        (sometimes(0.2, Constant(5), 1.0), 1.8, 1, 5),
    ],
)
def test_priors_have_their_mean_and_bounds(prior, mean, low, high):
    """Each distribution is what its name says."""
    rng = np.random.default_rng(1)
    values = np.array([prior.draw(rng) for _ in range(4000)])
    assert np.mean(values) == pytest.approx(mean, abs=5 * np.std(values) / 4000**0.5 + 1e-12)
    assert values.min() >= low
    assert values.max() <= high


def test_sound_files_and_markets_that_never_close():
    """Both change some parameters of the same symbols and leave the others."""
    parameters = draw_parameters(generators(3, 0, 50))
    sound, always = without_faults(parameters), round_the_clock(parameters)
    assert not sound.range_bias.any()
    assert not sound.missing_columns.any()
    assert not always.night_share.any()
    assert np.isinf(always.limit).all()
    assert sound.volatility is parameters.volatility
    assert always.volatility is parameters.volatility
