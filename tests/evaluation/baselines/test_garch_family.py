"""Models of conditional variance: the fit is arch's, so is every variance; nothing looks ahead."""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.errors import UsageError
from rnncli.evaluation.baselines.garch import Garch
from rnncli.evaluation.baselines.garch_family import KINDS, fit_series, usable
from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.inference.actuals import actuals_at
from rnncli.prices.origins import Origins

SERIES = random_walk(np.random.default_rng(12), 400)


def drawn(seed, rows=900):
    """Changes whose volatility clusters and answers falls more."""
    rng, variance, steps = np.random.default_rng(seed), 1.0, []
    for z in rng.standard_t(6, rows) * np.sqrt(4 / 6):
        steps.append(np.sqrt(variance) * z)
        variance = 0.03 + (0.04 + 0.08 * (z < 0)) * steps[-1] ** 2 + 0.88 * variance
    return 0.01 * np.array(steps)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", KINDS)
def test_fit_and_filter_are_archs(name, seed):
    """Its parameters, each of its conditional deviations, its forecasts of variance."""
    arch = pytest.importorskip("arch")
    steps = drawn(seed)
    own, used = fit_series(arch, name, steps)
    assert used == name
    model = arch.arch_model(
        steps / own.unit, mean="Constant", dist="t", rescale=False, **KINDS[name].options
    )
    result = model.fit(disp="off")
    for label, value in result.params.items():
        assert getattr(own, {"nu": "dof"}.get(label, label.removesuffix("[1]"))) == value
    variances = own.variances(steps)
    np.testing.assert_allclose(np.sqrt(variances[:-1]), result.conditional_volatility, rtol=1e-9)
    sums = own.sums_ahead(steps, np.array([len(steps)]), 3)[0]
    assert sums[0] == pytest.approx(variances[-1])
    if name == "aparch-t":  # arch simulates it
        ahead = result.forecast(horizon=3, method="simulation", simulations=20_000)
        np.testing.assert_allclose(sums, np.cumsum(ahead.variance.to_numpy()[-1]), rtol=0.02)
    else:
        ahead = result.forecast(horizon=3).variance.to_numpy()[-1]
        # arch forecasts from another backcast than it filters with: seen in a long memory alone
        rtol = 1e-4 if name == "figarch-t" else 1e-9
        np.testing.assert_allclose(sums, np.cumsum(ahead), rtol=rtol)


def test_a_short_series_has_the_parameters_of_riskmetrics():
    """As has one that was not there to be fitted."""
    own, used = fit_series(None, "garch-t", np.random.default_rng(2).standard_normal(50))
    assert (own.alpha, own.beta, own.omega) == (pytest.approx(0.06), 0.94, 0)
    assert used == "RiskMetrics"


def arch_that_finds(*found):
    """A library whose fits have these parameters, in the order of the calls."""
    queue = list(found)

    class Model:
        def fit(self, **_):
            params = queue.pop(0)
            if isinstance(params, Exception):
                raise params
            return SimpleNamespace(params=params)

    return SimpleNamespace(arch_model=lambda *_, **__: Model())


GOOD = (0.0, 0.05, 0.1, 0.85, 6.0)  # mu, omega, alpha, beta, dof of a GARCH


@pytest.mark.parametrize(
    "bad",
    [
        (0.0, 0.1, 0.5, 0.3, 0.6, 1.5, 6.0),  # s grows by itself
        (0.0, 0.1, 0.1, 0.3, 0.8, 1.5, 2.0),  # no variance
        (0.0, float("nan"), 0.1, 0.3, 0.8, 1.5, 6.0),
        (0.0, 9.0, 0.1, 0.0, 0.899, 0.3, 6.0),  # a long run beyond all bounds
        ValueError("did not converge"),
    ],
)
def test_a_fit_of_no_use_gives_way(bad):
    """To the series' GARCH, and that one to RiskMetrics."""
    steps = drawn(0)
    own, used = fit_series(arch_that_finds(bad, GOOD), "aparch-t", steps)
    assert (type(own), used) == (Garch, "garch-t")
    assert (own.alpha, own.beta) == (0.1, 0.85)
    exploding = (0.0, 0.05, 0.3, 0.85, 6.0)
    own, used = fit_series(arch_that_finds(bad, exploding), "aparch-t", steps)
    assert (own.omega, used) == (0.0, "RiskMetrics")
    own, used = fit_series(arch_that_finds(exploding), "garch-t", steps)
    assert used == "RiskMetrics"


def test_a_variance_out_of_bounds_is_of_no_use():
    """Far above the past's, which a stationary model may have as its long run."""
    steps = drawn(0)
    unit = float(np.sqrt(np.mean(steps**2)))
    assert usable(Garch(unit, omega=0.05, alpha=0.1, beta=0.85), steps)
    assert not usable(Garch(unit, omega=50.0, alpha=0.1, beta=0.85), steps)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("unit", ["log", "mase"])
@pytest.mark.parametrize("name", KINDS)
def test_forecasts_know_nothing_of_what_comes(name, unit):
    """Fitted on the past, run up to the cutoff; new symbols too, which are reported."""
    pytest.importorskip("arch")
    past = prices_of({"A": SERIES[:300], "SHORT": SERIES[:50]})
    changed = SERIES.copy()
    changed[351:] *= 2
    cells = Origins(np.array([0, 0, 1, 2]), np.array([320, 350, 350, 350]), np.array([0, 1, 1, 1]))
    found = []
    for series in (SERIES, changed):
        prices = prices_of({"A": series, "NEW": series, "SHORT": series})
        came = actuals_at(prices, cells, 3, unit)
        found.append(BASELINES[name](past, unit, 3)(prices, cells, came))
    for p in (0.1, 0.5):
        before, after = (one.distribution.quantile(p) for one in found)
        assert before.tobytes() == after.tobytes()
        assert np.all(np.isfinite(before))
    scale = found[0].distribution.scale
    assert np.all(np.diff(scale, axis=1) > 0)
    stand_ins = found[0].stand_ins
    assert {symbol: stand_ins.get(symbol) for symbol in ("NEW", "SHORT")} == {
        "NEW": "RiskMetrics", "SHORT": "RiskMetrics",
    }  # fmt: skip


def test_a_young_symbol_does_not_know_its_changes_to_come():
    """Whose weighted squares are the variance that a series begins with."""
    pytest.importorskip("arch")
    past, prices = prices_of({"A": SERIES[:300]}), prices_of({"NEW": SERIES})
    scales = []
    for rows in ([30], [30, 60, 200]):
        cells = Origins(np.zeros(len(rows), np.int64), np.array(rows))
        came = actuals_at(prices, cells, 3, "log")
        found = BASELINES["garch-t"](past, "log", 3)(prices, cells, came)
        scales.append(found.distribution.scale[0])
    np.testing.assert_array_equal(scales[0], scales[1])


STRANGE = {
    "still": np.zeros(399),
    "rare": 0.02 * np.random.default_rng(1).standard_normal(399) * (np.arange(399) % 9 == 0),
    "wild": np.clip(0.01 * np.random.default_rng(2).standard_cauchy(399), -3, 3),
    "growing": np.exp(np.linspace(-8, -2, 399)) * np.random.default_rng(3).standard_normal(399),
    "jump": np.where(np.arange(399) == 200, 4.0, 0.01 * np.sin(np.arange(399.0) ** 2)),
}


@pytest.mark.slow_shapes
@pytest.mark.parametrize("unit", ["log", "mase"])
@pytest.mark.parametrize("name", KINDS)
def test_strange_series_have_forecasts(name, unit):
    """Still ones, rare changes, jumps: a range above nothing, by a stand-in if need be."""
    pytest.importorskip("arch")
    prices = prices_of(
        {symbol: np.exp(np.cumsum(np.append(0.0, s))) for symbol, s in STRANGE.items()}, first=None
    )
    past = prices_of({s: prices.series(i)[:350] for i, s in enumerate(prices.symbols)}, first=None)
    cells = Origins(np.arange(len(STRANGE)), np.full(len(STRANGE), 390))
    came = actuals_at(prices, cells, 30, unit)
    found = BASELINES[name](past, unit, 30)(prices, cells, came)
    scale = found.distribution.scale[~np.isnan(came.divisor)]
    assert np.all(np.isfinite(scale) & (scale > 0))
    assert found.stand_ins["still"] == "RiskMetrics"


@pytest.mark.parametrize("name", [*KINDS, "auto-arima", "theta"])
def test_without_the_extra_there_is_one_line(name, monkeypatch):
    """It names what to install."""

    def missing(module):
        raise ImportError(module)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UsageError, match=rf"{name}\W+needs an extra.*'rnncli\[baselines\]'"):
        BASELINES[name](prices_of({"A": SERIES}), "log", 1)
