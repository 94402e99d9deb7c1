"""A learnt location is shrunk to what the validation days support."""

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model
from rnncli.training.location import share_supported


def naive_share(locations, targets, days):
    """The same, day by day."""
    met, size = {}, {}
    for location, target, day in zip(locations, targets, days, strict=True):
        met[day] = met.get(day, 0) + location * target
        size[day] = size.get(day, 0) + location**2
    slope = sum(met.values()) / sum(size.values())
    square = sum((met[day] - slope * size[day]) ** 2 for day in met) / sum(size.values()) ** 2
    return max(0.0, min(slope, 1.0)) * max(0.0, 1 - square / slope**2)


def draws(skill, days=200, series=5, seed=0):
    rng = np.random.default_rng(seed)
    locations = rng.normal(0, 0.3, days * series)
    targets = skill * locations + rng.standard_normal(days * series)
    return locations, targets, np.repeat(np.arange(days), series)


@pytest.mark.parametrize("skill", [-1.0, 0.0, 0.4, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_it_says(skill, seed):
    given = draws(skill, seed=seed)
    assert share_supported(*given, 1) == pytest.approx(naive_share(*given))


def test_skill_is_kept_and_luck_is_not():
    """Never more than all; nothing of what went the other way; less where days are few."""
    assert share_supported(*draws(1.0), 1) > 0.8
    assert share_supported(*draws(3.0), 1) <= 1
    assert share_supported(*draws(-1.0), 1) == 0
    assert np.mean([share_supported(*draws(0.0, seed=s), 1) for s in range(200)]) < 0.1
    few, many = (
        np.mean([share_supported(*draws(0.4, days, 1, seed), 1) for seed in range(50)])
        for days in (20, 2000)
    )
    assert few < many


def test_a_day_counts_once_however_many_symbols_it_has():
    """Symbols that move together are no further evidence."""
    rng = np.random.default_rng(1)
    locations, noise = rng.normal(0, 0.3, 60), rng.standard_normal(60)
    alone = share_supported(locations, locations + noise, np.arange(60), 1)
    many = share_supported(
        np.repeat(locations, 50), np.repeat(locations + noise, 50), np.repeat(np.arange(60), 50), 1
    )
    assert many == pytest.approx(alone)


def test_unknown_targets_and_no_locations():
    locations, targets, days = draws(1.0)
    targets[::2] = np.nan
    assert share_supported(locations, targets, days, 1) == pytest.approx(
        share_supported(locations[1::2], targets[1::2], days[1::2], 1)
    )
    assert share_supported(locations, np.full_like(targets, np.nan), days, 1) == 0
    assert share_supported(np.zeros(4), np.ones(4), np.arange(4), 1) == 0


def trained(prices, mode="seq2seq", validation=0.2, scale="log-return"):
    return fit_model(
        prices, ReadSettings(), PrepareSettings(scale=scale),
        NetworkSettings(hidden_size=4, mode=mode),
        TrainSettings(epochs=6, validation=validation), RunSettings(threads=1),
    ).model  # fmt: skip


@pytest.mark.parametrize("mode", ["seq2seq", "direct"])
def test_a_network_has_the_share_that_it_says(mode):
    """A walk that alternates has a direction to learn; without validation days nothing is kept."""
    rng = np.random.default_rng(3)
    steps = 0.01 * (np.where(np.arange(400) % 2, 1, -1) + 0.1 * rng.standard_normal((6, 400)))
    prices = prices_of({f"S{i}": 10 * np.exp(np.cumsum(row)) for i, row in enumerate(steps)})
    model = trained(prices, mode)
    assert model.record["location_kept"][0] > 0.9
    blind = trained(prices, mode, validation=0.0)
    assert max(blind.record["location_kept"]) == 0
    each = 3
    assert not blind.network.parameters["head.weight"][::each].any()
    assert not blind.network.parameters["head.bias"][::each].any()


def test_other_scales_are_left_alone():
    """A price itself has no direction that would be zero."""
    prices = prices_of({"A": random_walk(np.random.default_rng(1), 100)})
    assert trained(prices, scale="standard").record["location_kept"] == ()
