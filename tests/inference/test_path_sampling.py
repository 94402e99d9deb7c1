"""Sampled paths: the walk of a plain loop, the distribution it should have, one symbol's alone."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from builders import ALONE, LOG_RETURN, prices_of, random_walk

from rnncli.distributions.quantile_forecast import MIDDLE
from rnncli.inference.forecast import Request, forecast_at, quantiles_of, states_at
from rnncli.inference.path_sampling import Sampling, draw_paths
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, forward
from rnncli.prices.origins import Origins, last_rows
from rnncli.runtime.threads import threads
from rnncli.settings import PrepareSettings
from rnncli.transforms.binning import Bins
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.target_transform import TargetTransform
from rnncli.transforms.volatility import running_deviations

pytestmark = pytest.mark.thorough

HORIZON, PATHS = 4, 300
OUTPUTS = {"gaussian": 2, "student-t": 3, "quantile": 5, "cross-entropy": 3}
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
PREPARATIONS = {
    "log-return": TargetTransform("log-return", 1.4, {}, None),
    "of late": TargetTransform("log-return", 1.4, {}, None, 0.94),
    "seasonal": TargetTransform("log-return", 1.4, {}, None, season=3),
    "none": TargetTransform("none", 1.0, {}, None),
}


def network_of(head, seed=0, cell="rnn", layers=1):
    """Random weights, of a size that moves the walk."""
    levels = LEVELS if head == "quantile" else ()
    a = Architecture(
        hidden_size=4, output_size=OUTPUTS[head], head=head, levels=levels, cell=cell, layers=layers
    )
    return Network(a, np.random.default_rng(seed).standard_normal(a.size) * 0.3)


def series(count=1, days=60):
    rng = np.random.default_rng(7)
    return {f"S{i}": random_walk(rng, days + 5 * i) for i in range(count)}


def sampled(sampling, transform, prices, origins=None, pool=ALONE):
    """All paths: (n, horizon, paths)."""
    dataset = prepare(prices, transform, 0.0)
    origins = origins or last_rows(prices)
    all_paths = np.empty((len(origins), sampling.horizon, sampling.paths))

    def keep(number, paths, _):
        all_paths[number] = paths

    states = states_at(sampling.network, prices, dataset, origins, "log", pool)
    draw_paths(sampling, states.inverse, states.after, pool, keep)
    return all_paths


def forecast(network, transform, prices, origins, request, actual=None):
    """Quantiles of the prices after some rows."""
    dataset = prepare(prices, transform, 0.0)
    return forecast_at(network, prices, dataset, origins, request, ALONE, actual)


def naive_paths(sampling, p, symbol, known, uniforms):
    """One path after the other, one day after the other, the network run anew from its start."""
    a = sampling.network.architecture
    found = np.empty((sampling.horizon, sampling.paths))
    for path in range(sampling.paths):
        history = known.tolist()
        fed = p.fed(symbol, known).tolist()
        for ahead in range(sampling.horizon):
            work = Workspace(a, len(fed), 16, "float64", backward=False)
            x = np.repeat(np.array(fed)[:, None, None], 16, axis=2)
            out = forward(sampling.network, x, work)[-1, :, 0]
            value = sampling.network.head.draw(out[None], uniforms[ahead, :, path][None])[0]
            fed.append(value)
            if p.scale == "none":
                history.append(value)
                continue
            past = np.array(history)
            returns = 100 * np.log(past[p.season :] / past[: -p.season]) / p.divisor
            late = running_deviations(returns, p.decay)[-1] if p.decay else 1.0
            history.append(history[-p.season] * np.exp(value * late * p.divisor / 100))
        found[:, path] = history[-sampling.horizon :]
    return found


@pytest.mark.parametrize("head", ["gaussian", "student-t", "quantile"])
@pytest.mark.parametrize("scale", PREPARATIONS)
def test_a_walk_is_that_of_a_plain_loop(head, scale):
    prices = prices_of(series())
    sampling, transform = Sampling(network_of(head), HORIZON, 5, seed=3), PREPARATIONS[scale]
    comp = sampled(sampling, transform, prices)[0]
    uniforms = sampling.uniforms("S0", 59)
    ref = naive_paths(sampling, transform, "S0", prices.series(0), uniforms)
    np.testing.assert_allclose(comp, ref, rtol=1e-9)


@pytest.mark.parametrize(("cell", "layers"), [("gru", 1), ("lstm", 2)])
def test_every_cell_and_layer_walks(cell, layers):
    prices = prices_of(series())
    network = network_of("student-t", cell=cell, layers=layers)
    sampling, transform = Sampling(network, HORIZON, 3, seed=1), PREPARATIONS["of late"]
    ref = naive_paths(sampling, transform, "S0", prices.series(0), sampling.uniforms("S0", 59))
    np.testing.assert_allclose(sampled(sampling, transform, prices)[0], ref, rtol=1e-9)


def test_more_paths_than_lanes_are_in_one_order():
    """A path is what its uniforms make of it, in whatever group of lanes it runs."""
    prices = prices_of(series())
    sampling = Sampling(network_of("gaussian"), 2, PATHS, seed=0)
    ref = naive_paths(sampling, LOG_RETURN, "S0", prices.series(0), sampling.uniforms("S0", 59))
    np.testing.assert_allclose(sampled(sampling, LOG_RETURN, prices)[0], ref, rtol=1e-9)


def test_classes_walk_from_mean_to_mean():
    """Every drawn price is the last one times the mean return of classes."""
    bins = Bins((-0.5, 0.5), ("low", "medium", "high"), (-1.0, 0.0, 1.0))
    preparation = TargetTransform("log-return", 100.0, {}, bins)
    prices = prices_of({"x": [1.0, 2.0, 1.0]})
    found = sampled(Sampling(network_of("cross-entropy"), 3, 50, 0), preparation, prices)[0]
    steps = np.diff(np.log(found), axis=0, prepend=0.0)
    assert set(np.round(steps, 12).ravel().tolist()) == {-1.0, 0.0, 1.0}


def test_independent_normal_days_add_up():
    """A network that sees nothing: the log price is a random walk with known quantiles."""
    network = network_of("gaussian")
    network.flat[:] = 0
    network.parameters["head.bias"][:] = (0.2, np.log(0.5))
    prices = prices_of(series())
    request = Request(9, "log", (0.05, *MIDDLE), paths=4000)
    found = forecast(network, LOG_RETURN, prices, last_rows(prices), request)
    moved = 100 * np.log(found.prices[0] / prices.series(0)[-1])
    for ahead in (1, 4, 9):
        walk = NormalDist(0.2 * ahead, 0.5 * ahead**0.5)
        expected = [walk.inv_cdf(p) for p in found.probabilities]
        close = 1e-9 if ahead == 1 else 0.06 * walk.stdev
        assert moved[ahead - 1] == pytest.approx(expected, abs=close)
    assert found.spread()[0, 0] == pytest.approx(0.005)
    assert found.probabilities == (0.05, *MIDDLE)


def test_the_density_of_independent_normal_days_is_that_of_their_sum():
    """Of log prices, at the outcomes; NaN where there is no outcome, and tiny far away."""
    network = network_of("gaussian")
    network.flat[:] = 0
    network.parameters["head.bias"][:] = (0.2, np.log(0.5))
    prices = prices_of(series())
    origins = Origins(np.array([0, 0]), np.array([41, 51]))
    known = prices.series(0)[[41, 51]][:, None]
    came = known * np.exp([[0.001, 0.01, -0.004], [0.0, 0.5, np.nan]])
    request = Request(3, "log", paths=4000)
    found = forecast(network, LOG_RETURN, prices, origins, request, came).log_density
    for ahead in range(3):
        walk = NormalDist(0.002 * (ahead + 1), 0.005 * (ahead + 1) ** 0.5)
        expected = np.log(walk.pdf(np.log(came[0, ahead] / known[0, 0])))
        assert found[0, ahead] == pytest.approx(expected, abs=0.02)
    assert found[1, 1] < -1000
    assert np.isnan(found[1, 2])


@pytest.mark.slow_shapes
@pytest.mark.parametrize("scale", PREPARATIONS)
def test_a_density_has_a_mass_of_one(scale):
    """Of each row ahead, in logs where they are what is forecast, else in prices."""
    prices, preparation = prices_of(series()), PREPARATIONS[scale]
    places = np.linspace(-12, 12, 1201)
    levels = prices.series(0)[-1] * np.exp(places / 20) if scale != "none" else 5 * places
    each = np.full(len(levels), 0)
    origins = Origins(each, each + prices.lengths[0] - 1)
    came = np.repeat(levels[:, None], 3, axis=1)
    network, request = network_of("student-t"), Request(3, "log", paths=40)
    density = np.exp(forecast(network, preparation, prices, origins, request, came).log_density)
    step = 0.02 / 20 if scale != "none" else 0.1
    assert density.sum(axis=0) * step == pytest.approx(np.ones(3), abs=0.03)


@pytest.mark.parametrize("count", [1, 2, 57])
def test_quantiles_of_samples_are_those_of_numpy(count):
    samples = np.random.default_rng(0).standard_normal((3, count))
    p = np.array([0.001, 0.1, 0.5, 0.77, 0.999])
    np.testing.assert_allclose(quantiles_of(samples, p), np.quantile(samples, p, axis=1).T)


@pytest.mark.parametrize("head", OUTPUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_symbols_paths_are_its_own(head, dtype):
    """The same bytes alone, among others, in another order, for any number of threads."""
    many = series(40)
    bins = Bins((-0.5, 0.5), ("low", "medium", "high"), (-1.0, 0.0, 1.0))
    preparation = replace(PREPARATIONS["of late"], bins=bins if head == "cross-entropy" else None)
    sampling = Sampling(network_of(head).astype(dtype), 3, 23, seed=5)

    def paths_of_s7(symbols, count):
        prices = prices_of({s: many[s] for s in symbols})
        with threads(count) as pool:
            return sampled(sampling, preparation, prices, pool=pool)[
                prices.symbols.index("S7")
            ].tobytes()

    alone = paths_of_s7(["S7"], 1)
    assert paths_of_s7(list(many), 1) == paths_of_s7(list(many)[::-1], 4) == alone


def test_symbols_days_and_seeds_draw_apart():
    """Two cutoffs of one symbol, two symbols of one history, two seeds: no draw in common."""
    own = series()["S0"]
    prices = prices_of({"A": own, "B": own})
    origins = Origins(np.array([0, 0, 1]), np.array([31, 59, 59]))
    sampling = Sampling(network_of("student-t"), 1, 50, seed=5)
    found = sampled(sampling, LOG_RETURN, prices, origins)[:, 0]
    other = sampled(replace(sampling, seed=6), LOG_RETURN, prices, origins)[:, 0]
    drawn = np.concatenate([found.ravel(), other.ravel()])
    assert len(np.unique(np.round(np.log(drawn), 9))) == len(drawn)


def test_uniforms_lie_one_in_each_stratum():
    """Evenly spread over the circle from 0 to 1, each row from a start of its own."""
    sampling = Sampling(network_of("gaussian"), 3, 40, seed=0)
    found = sampling.uniforms("x", 10)
    assert found.shape == (3, 2, 40)
    assert 0 <= found.min() < found.max() < 1
    np.testing.assert_allclose(np.diff(np.sort(found, axis=2), axis=2), 1 / 40)
    assert len(np.unique(found.min(axis=2))) == 6
    orders = {tuple(row) for row in np.argsort(found.reshape(6, 40), axis=1).tolist()}
    assert len(orders) == 6


def test_nothing_after_a_cutoff_moves_a_path():
    prices = prices_of(series())
    preparation = fit(prices, PrepareSettings(volatility_decay=0.94), 0.2)
    origins = Origins(np.array([0]), np.array([41]))
    sampling = Sampling(network_of("student-t"), 3, 10, seed=0)
    before = sampled(sampling, preparation, prices, origins)
    prices.values[42:] *= 3
    assert sampled(sampling, preparation, prices, origins).tobytes() == before.tobytes()
