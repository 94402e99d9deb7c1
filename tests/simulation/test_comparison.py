"""Statistics of what a network sees, and whether real series lie among simulated ones."""

import numpy as np
import pytest

from rnncli.errors import DataError
from rnncli.prices.series import Prices
from rnncli.settings import SimulationSettings
from rnncli.simulation.comparison import compare
from rnncli.simulation.market import simulate_markets, simulate_prices
from rnncli.simulation.statistics import STATISTICS, correlation, statistics_of

SETTINGS = SimulationSettings(series=50, length=400, seed=1)


def random_walk(series, rows, fields=False):
    """Independent walks of constant volatility, a range of 2 % and a volume of 1000 all days."""
    rng = np.random.default_rng(1)
    values = np.exp(np.cumsum(0.01 * rng.standard_normal((series, rows)), axis=1)).ravel()
    beside = {"high": values * 1.01, "low": values / 1.01, "volume": np.full(len(values), 1e3)}
    return Prices(
        tuple(f"W{i}" for i in range(series)), values, np.arange(series + 1) * rows,
        np.full(len(values), np.datetime64("NaT", "s")), ("walk",) * series, (),
        beside if fields else {},
    )  # fmt: skip


def test_a_random_walk_has_the_statistics_of_one():
    """z of deviation near 1, no memory of any kind, a kurtosis near 3; no range, no volume."""
    values = {name: np.mean(column) for name, column in statistics_of(random_walk(20, 800)).items()}
    assert values["z sd"] == pytest.approx(1.04, abs=0.03)
    assert values["z kurtosis"] == pytest.approx(3.3, abs=0.3)
    for name in ("z lag 1", "|z| lag 1", "|z| lag 5", "z, next |z|", "z zero"):
        assert values[name] == pytest.approx(0, abs=0.03)
    assert np.isnan([values[name] for name in values if "range" in name or "volume" in name]).all()


def test_columns_that_do_not_vary_have_no_correlation():
    """A volume that is the same every day: deviation 0, correlations not known."""
    values = statistics_of(random_walk(2, 400, fields=True))
    assert (values["volume sd"] == 0).all()
    assert np.isnan(values["volume lag 1"]).all()
    assert np.isfinite(values["range mean"]).all()
    assert correlation(np.ones(300), np.arange(300.0)) != 1


def test_correlation_is_that_of_the_rows_known():
    """NaN where either is missing; a number where enough rows are left."""
    one, other = np.random.default_rng(2).standard_normal((2, 500))
    expected = np.corrcoef(one[50:], other[50:])[0, 1]
    one[:50] = np.nan
    assert correlation(one, other) == pytest.approx(expected)
    one[:450] = np.nan
    assert np.isnan(correlation(one, other))


@pytest.mark.slow
def test_simulated_series_lie_among_simulated_ones():
    """A market of another seed: nearly all of it inside, every statistic compared."""
    real = simulate_prices(SimulationSettings(series=50, length=400, seed=2))
    rows = compare(real, simulate_markets(SimulationSettings(series=200, length=400, seed=1)))
    assert [row.statistic for row in rows] == list(STATISTICS)
    assert min(row.inside for row in rows) > 0.8
    assert np.mean([row.inside for row in rows]) > 0.95
    for row in rows:
        assert row.low <= row.simulated_mean <= row.high
        assert row.real_mean == pytest.approx(row.simulated_mean, abs=1.5 * row.simulated_sd)


def test_what_no_real_series_has_is_not_known():
    """Closes alone: statistics of range and volume have no real series."""
    rows = {row.statistic: row for row in compare(random_walk(5, 400), simulate_markets(SETTINGS))}
    assert rows["z sd"].series == 5
    assert rows["range mean"].series == 0
    assert np.isnan(rows["range mean"].inside)


def test_too_short_series_are_refused():
    """A comparison needs 200 rows of at least one series."""
    with pytest.raises(DataError, match="no series has 200 rows"):
        compare(random_walk(3, 150), simulate_markets(SETTINGS))
