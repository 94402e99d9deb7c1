"""Gradients by lag as bars: a log scale that is the same for every network."""

import pytest

from rnncli.report.gradients import _comparison_tables, full_bar, log_share
from rnncli.report.output import rendered


def network(verdict="healthy", radius=1.0, clip_rate=None, name="weight_hh_l0", relative=(1.0,)):
    """A report in plain values."""
    lags = [
        {"lag": lag, "norm": one, "relative": one, "series": 1} for lag, one in enumerate(relative)
    ]
    return {
        "network": "rnn", "lags": lags, "half_life": None, "memory": 3, "memory_at_start": 3,
        "verdict": verdict, "reason": "a reason", "clip_rate": clip_rate,
        "spectral_radius": {name: radius}, "spectral_norm": {name: radius},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("relative", "full", "share"),
    [(1.0, 1.0, 1.0), (1e-4, 1.0, 0.5), (1e-8, 1.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1e8, 0.5),
     (float("inf"), 1e308, 1.0)],
)  # fmt: skip
def test_equal_factors_are_equal_lengths(relative, full, share):
    """From 1e-8, which has no bar, up to the power of ten of a full one."""
    assert log_share(relative, full) == pytest.approx(share)


@pytest.mark.parametrize(
    ("largest", "full"), [(0.3, 1.0), (1.0, 1.0), (2.0, 10.0), (2.0**50, 1e16)]
)
def test_a_full_bar_is_the_power_of_ten_above_all(largest, full):
    """And at least 1, so that bars that shrink can be compared between runs."""
    assert full_bar([network(), network(relative=(1.0, largest))]) == full


@pytest.mark.parametrize(
    ("one", "explained"),
    [
        (network(), True),
        (network(radius=0.9), False),
        (network(clip_rate=0.0), False),
        (network("vanishing"), False),
        (network(name="weight_hh_l0[reset]"), False),
    ],
)
def test_an_orthogonal_start_that_looks_healthy_is_explained(one, explained, tmp_path):
    """Only an untrained vanilla cell whose weights keep the norm."""
    with (tmp_path / "out").open("w") as stream:
        text = rendered(_comparison_tables([one]), stream)
    assert ("Why rnn looks healthy before training" in text) == explained
