"""Baselines do what their papers say, and know only what was known."""

import math

import numpy as np
import pytest
from baseline_forecasts import HORIZON, forecast
from builders import prices_of, random_walk

from rnncli.distributions.student_t import fit_dof_of_unit_variance, golden_section_minimum
from rnncli.errors import UsageError
from rnncli.evaluation.baselines.registry import names_of
from rnncli.settings import EvaluateSettings

DEFAULTS = EvaluateSettings().baselines.split(",")


def aligned_at_the_end(*series):
    """Series without dates end together, so that every one has rows around the cutoffs."""
    return prices_of({f"S{i}": values for i, values in enumerate(series)}, first=None)


RNG = np.random.default_rng(5)
TWO = aligned_at_the_end(random_walk(RNG, 400), random_walk(RNG, 300, 0.03))


def riskmetrics(returns, pooled):
    """Variance before each day, as `volatility` defines its start."""
    variance, weight = [pooled**2], 0.06
    for count, r in enumerate(returns, start=2):
        step = 1 / count if count < 1 / weight else weight
        variance.append(variance[-1] + step * (r**2 - variance[-1]))
    return variance


def test_naive_is_the_last_price():
    """No more and no less."""
    found, here, came = forecast("naive", TWO)
    for k, (i, row) in enumerate(zip(here.series.tolist(), here.row.tolist(), strict=True)):
        assert found.forecasts[k].tolist() == [TWO.series(i)[row]] * HORIZON
    assert found.distribution is None
    assert np.all(came.scored(found.forecasts) == 0)


@pytest.mark.parametrize("unit", ["log", "mase"])
def test_drift_goes_on_as_before(unit):
    """From the first price to the last, and on."""
    found, here, _ = forecast("drift", TWO, unit)
    for k, (i, row) in enumerate(zip(here.series.tolist(), here.row.tolist(), strict=True)):
        first, last = TWO.series(i)[0], TWO.series(i)[row]
        for ahead in (1, 2, 3):
            expected = (
                last * (last / first) ** (ahead / row)
                if unit == "log"
                else last + (last - first) * ahead / row
            )
            assert found.forecasts[k, ahead - 1] == pytest.approx(expected)


@pytest.mark.parametrize("unit", ["log", "mase"])
def test_ewma_is_riskmetrics(unit):
    """Variance 0.94 of yesterday's and 0.06 of today's square, growing with the rows ahead."""
    found, here, came = forecast("ewma", TWO, unit)
    known = [TWO.series(0)[:351], TWO.series(1)[:251]]
    change = (lambda s: np.diff(np.log(s))) if unit == "log" else np.diff
    pooled = math.sqrt(np.mean(np.concatenate([change(s) for s in known]) ** 2))
    for k, (i, row) in enumerate(zip(here.series.tolist(), here.row.tolist(), strict=True)):
        variance = riskmetrics(change(TWO.series(i)[: row + 1]), pooled)[-1]
        size = 100 if unit == "log" else 1 / came.divisor[k]
        expected = size * math.sqrt(variance) * np.sqrt([1, 2, 3])
        np.testing.assert_allclose(found.distribution.scale[k], expected, rtol=1e-9)
        assert found.distribution.location[k].tolist() == [0, 0, 0]


def test_ewma_t_has_the_same_variance():
    """Only the tails differ."""
    normal, _, _ = forecast("ewma", TWO)
    t, _, _ = forecast("ewma-t", TWO)
    dof = t.distribution.dof
    deviation = t.distribution.scale * np.sqrt(dof / (dof - 2))
    np.testing.assert_allclose(deviation, normal.distribution.scale)


def test_conformal_bounds_cover_what_they_say():
    """Of random walks, they cover 80 and 95 % of the outcomes at every horizon."""
    rng = np.random.default_rng(11)
    walks = aligned_at_the_end(*(random_walk(rng, 500, 0.01 * (1 + k % 3)) for k in range(60)))
    found, _, came = forecast("naive-conformal", walks, cutoff=400, rows=range(400, 490, 3))
    y = came.scored(came.actual)
    for level in (80, 95):
        lower, upper = (found.distribution.quantile(0.5 + s * level / 200) for s in (-1, 1))
        held = np.nanmean((lower <= y) & (y <= upper), axis=0)
        assert held == pytest.approx(np.full(HORIZON, level / 100), abs=0.025)


@pytest.mark.parametrize("unit", ["log", "mase"])
@pytest.mark.parametrize("name", [*DEFAULTS, "constant-t"])
def test_nothing_after_a_cutoff_is_known(name, unit):
    """Change every price after the first cutoff: not a bit of its forecasts moves."""
    changed = aligned_at_the_end(TWO.series(0).copy(), TWO.series(1).copy())
    rng = np.random.default_rng(6)
    changed.series(0)[361:] *= rng.uniform(0.5, 2, 39)
    changed.series(1)[261:] *= rng.uniform(0.5, 2, 39)
    before, after = (
        forecast(name, prices, unit, cutoff=360, rows=(360,))[0] for prices in (TWO, changed)
    )
    assert before.forecasts.tobytes() == after.forecasts.tobytes()
    if before.distribution is not None:
        for p in (0.025, 0.5, 0.9):
            quantiles = [found.distribution.quantile(p) for found in (before, after)]
            assert quantiles[0].tobytes() == quantiles[1].tobytes()


@pytest.mark.parametrize("name", [*DEFAULTS, "constant-t"])
def test_a_series_that_never_moved_breaks_nothing(name):
    """Constant prices have forecasts, if not useful ones."""
    still = aligned_at_the_end(np.full(400, 5.0), np.full(300, 7.0))
    found, _, _ = forecast(name, still)
    assert np.all(found.forecasts[:2] == 5)
    assert np.all(np.isfinite(found.forecasts))


@pytest.mark.parametrize("dof", [2.5, 4.0, 12.0])
def test_degrees_of_freedom_are_found_again(dof):
    """Those that the sample was drawn with, at variance 1."""
    drawn = np.random.default_rng(3).standard_t(dof, 100_000) * math.sqrt((dof - 2) / dof)
    assert fit_dof_of_unit_variance(drawn) == pytest.approx(dof, rel=0.15)


def test_normal_changes_have_many_degrees_of_freedom():
    """Up to 200, which is a normal to the eye; of nothing, likewise."""
    assert fit_dof_of_unit_variance(np.random.default_rng(3).standard_normal(100_000)) > 60
    assert fit_dof_of_unit_variance(np.array([np.nan])) == 200


def test_golden_section_finds_the_valley():
    """To a billionth of the range."""
    assert golden_section_minimum(lambda x: (x - 0.3) ** 2, 0, 1) == pytest.approx(0.3, abs=1e-7)
    assert golden_section_minimum(lambda x: -x, 0, 1) == pytest.approx(1, abs=1e-7)


def test_baselines_are_named_once_and_known():
    """What is not there is refused with what is."""
    assert names_of("naive, ewma-t") == ["naive", "ewma-t"]
    assert names_of("") == []
    with pytest.raises(UsageError, match=r"no 'arima'; did you mean auto-arima\?"):
        names_of("naive,arima")
    with pytest.raises(UsageError, match="no 'zzz'; there are naive, drift"):
        names_of("naive,zzz")
    with pytest.raises(UsageError, match="naive is named twice"):
        names_of("naive,naive")
