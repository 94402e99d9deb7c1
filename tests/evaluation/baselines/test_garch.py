"""GARCH(1,1)-t: the filter is the equation, the fit is arch's, nothing looks ahead."""

import importlib

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.errors import UsageError
from rnncli.evaluation.baselines.garch import Garch, deviation, fit_series
from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.inference.actuals import actuals_at
from rnncli.prices.origins import Origins

SERIES = random_walk(np.random.default_rng(12), 400)
OWN = Garch(unit=0.02, mu=0.1, omega=0.05, alpha=0.1, beta=0.85, dof=6.0)


def test_variance_follows_its_equation():
    """Term by term, from a backcast of the first squares."""
    steps = 0.02 * np.random.default_rng(1).standard_normal(100)
    residuals = steps / 0.02 - 0.1
    weights = [0.94**k for k in range(75)]
    start = sum(w * e**2 for w, e in zip(weights, residuals, strict=False)) / sum(weights)
    expected = [0.05 + 0.95 * start]
    for e in residuals:
        expected.append(0.05 + 0.1 * e**2 + 0.85 * expected[-1])
    np.testing.assert_allclose(OWN.variances(steps), expected)
    assert OWN.variances(np.zeros(0)).tolist() == [0.05 + 0.95]


def test_variances_ahead_add_up():
    """Each is drawn to the long run's, and changes are uncorrelated."""
    second = 0.05 + 0.95 * 2.0
    third = 0.05 + 0.95 * second
    np.testing.assert_allclose(OWN.ahead(2.0, 3), [2.0, 2.0 + second, 2.0 + second + third])


def test_a_short_series_has_the_parameters_of_riskmetrics():
    """As has one that was not there to be fitted."""
    own = fit_series(None, np.random.default_rng(2).standard_normal(50))
    assert (own.alpha, own.beta, own.omega) == (pytest.approx(0.06), 0.94, 0)
    assert deviation(np.zeros(3)) == 1


def test_fit_and_filter_are_archs():
    """Its parameters, its conditional deviations, its forecasts of variance."""
    arch = pytest.importorskip("arch")
    steps = np.random.default_rng(0).standard_t(5, 800) * np.repeat([0.005, 0.02], 400)
    own = fit_series(arch, steps)
    model = arch.arch_model(steps / own.unit, mean="Constant", vol="GARCH", dist="t", rescale=False)
    result = model.fit(disp="off")
    variances = own.variances(steps)
    assert [own.mu, own.omega, own.alpha, own.beta, own.dof] == list(result.params)
    np.testing.assert_allclose(np.sqrt(variances[:-1]), result.conditional_volatility, rtol=1e-3)
    ahead = result.forecast(horizon=3).variance.values[-1]
    np.testing.assert_allclose(own.ahead(variances[-1], 3), np.cumsum(ahead), rtol=1e-3)


@pytest.mark.parametrize("unit", ["log", "mase"])
def test_forecasts_know_nothing_of_what_comes(unit):
    """Fitted on the past, run on to the cutoff, and no further: new symbols too."""
    pytest.importorskip("arch")
    past = prices_of({"A": SERIES[:300]})
    changed = SERIES.copy()
    changed[351:] *= 2
    cells = Origins(np.array([0, 0, 1]), np.array([320, 350, 350]), np.array([0, 1, 1]))
    found = []
    for series in (SERIES, changed):
        prices = prices_of({"A": series, "NEW": series})
        came = actuals_at(prices, cells, 3, unit)
        found.append(BASELINES["garch-t"](past, unit, 3)(prices, cells, came))
    for p in (0.1, 0.5):
        before, after = (one.distribution.quantile(p) for one in found)
        assert before.tobytes() == after.tobytes()
        assert np.all(np.isfinite(before))
    scale = found[0].distribution.scale
    assert np.all(np.diff(scale, axis=1) > 0)


@pytest.mark.parametrize("name", ["garch-t", "auto-arima", "theta"])
def test_without_the_extra_there_is_one_line(name, monkeypatch):
    """It names what to install."""

    def missing(module):
        raise ImportError(module)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UsageError, match=rf"{name}\W+needs an extra.*'rnncli\[baselines\]'"):
        BASELINES[name](prices_of({"A": SERIES}), "log", 1)
