"""The linear path: fitted before training, left as it is by it, and what the network begins as."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of
from scipy.optimize import minimize
from scipy.stats import t as student

from rnncli.network.from_settings import rows_ahead_of, start_network
from rnncli.network.heads import Head, parameters
from rnncli.network.network import LINEAR
from rnncli.network.passes import Workspace, forward
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.training.linear_path import RIDGE, WARM_UP, _strength, fit_linear_path
from rnncli.training.trainer import train
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.market_medians import FEWEST, with_market

SHAPE = NetworkSettings(mode="direct", horizon=3, hidden_size=4)
PREPARE = PrepareSettings(inputs="close,level,leverage", volatility_decay=0.94)
HEAD = Head("student-t", 3)
SETTINGS = TrainSettings(loss="student-t", epochs=2, pool="none")


def clustered(series=6, days=400, seed=0):
    """Prices whose volatility wanders."""
    rng = np.random.default_rng(seed)
    walks = {}
    for i in range(series):
        level = np.cumsum(rng.normal(0, 0.1, days)) * 0.5
        walks[f"s{i}"] = 50 * np.exp(np.cumsum(0.01 * np.exp(level) * rng.standard_t(5, days)))
    return prices_of(walks)


@pytest.fixture(scope="module")
def dataset():
    prices = clustered()
    return prepare(prices, fit(prices, PREPARE, 0.2), 0.2, rows_ahead_of(SHAPE))


def begun(dataset, **changes):
    """An untrained network with its linear path fitted."""
    network = start_network(replace(SHAPE, **changes), 0, dataset.inputs.shape[1], HEAD)
    fit_linear_path(network, dataset)
    return network


def outputs_of(network, dataset, days=60):
    """Outputs of the first days of series 0, (days, O)."""
    inputs = dataset.inputs[:days].astype(network.flat.dtype)
    x = np.repeat(inputs[:, :, None], 16, axis=2)
    work = Workspace(network.architecture, days, 16, network.flat.dtype.name, backward=False)
    return forward(network, np.ascontiguousarray(x), work)[:, :, 0]


def test_the_network_begins_as_the_linear_model(dataset):
    network = begun(dataset)
    weights, bias = network.parameters[LINEAR], network.parameters["head.bias"]
    expected = dataset.inputs[:60] @ weights.T.astype(np.float64) + bias
    assert outputs_of(network, dataset) == pytest.approx(expected, abs=1e-4)
    assert not weights[0::3].any()  # no location
    assert not weights[2::3].any()  # no degrees of freedom
    assert weights[1].any()


def test_the_scale_is_the_likeliest_under_the_ridge(dataset):
    """Against SciPy: weights, constant and degrees of freedom of the next row."""
    network = begun(dataset)
    day = np.concatenate([np.arange(n) for n in dataset.lengths])
    training = np.repeat(dataset.training, dataset.lengths)
    keep = (day >= WARM_UP) & (day + 1 < training)
    x, y = dataset.inputs[keep], dataset.ahead[keep, 0]
    penalty = RIDGE / int(dataset.training.max())

    def loss(p):
        scale = np.exp(p[0] + x @ p[2:])
        return (
            -student.logpdf(y / scale, np.exp(p[1])).mean()
            + np.log(scale).mean()
            + (penalty * np.sum(p[2:] ** 2) / 2)
        )

    found = minimize(loss, np.zeros(2 + x.shape[1]), method="BFGS").x
    p = network.parameters
    assert p[LINEAR][1] == pytest.approx(found[2:], abs=5e-3)
    assert p["head.bias"][1] == pytest.approx(found[0], abs=5e-3)
    _, _, dof = parameters("student-t", outputs_of(network, dataset)[:1, :3])
    assert dof[0] == pytest.approx(np.exp(found[1]), rel=0.05)


def test_training_leaves_the_path_and_adds_to_it(dataset):
    before = begun(dataset)
    run = train(dataset, SHAPE, SETTINGS, ALONE, ignore)
    assert np.array_equal(run.network.parameters[LINEAR], before.parameters[LINEAR])
    assert run.network.parameters["head.weight"].any()


def test_no_validation_changes_it(dataset):
    """Days from the first one held back on are not looked at."""
    ahead = dataset.ahead.copy()
    for i, known in enumerate(dataset.training.tolist()):
        ahead[dataset.offsets[i] + known : dataset.offsets[i + 1]] = 99.0
        for k, rows in enumerate(rows_ahead_of(SHAPE)):
            ahead[dataset.offsets[i] + known - rows : dataset.offsets[i + 1], k] = 99.0
    assert np.array_equal(begun(replace(dataset, ahead=ahead)).flat, begun(dataset).flat)


@pytest.mark.parametrize("changes", [{"linear": False}, {"mode": "seq2seq", "horizon": None}])
def test_without_it_a_network_begins_at_random(dataset, changes):
    network = begun(dataset, **changes)
    assert LINEAR not in network.parameters
    assert network.parameters["head.weight"].any()


def test_of_few_days_nothing_is_fitted():
    prices = clustered(1, 30)
    short = prepare(prices, fit(prices, PREPARE, 0.2), 0.2, rows_ahead_of(SHAPE))
    network = begun(short)
    assert not network.parameters[LINEAR].any()
    assert network.parameters["head.weight"].any()


def seasonal(series=5, days=260, seed=4):
    """Prices that repeat a week: some of them a steep one, others none."""
    rng, day = np.random.default_rng(seed), np.arange(days)
    steep = [0.2, 0.2, 0.2, 0.0, 0.0][:series]
    return prices_of(
        {
            f"s{i}": 50 * np.exp(height * np.sin(2 * np.pi * day / 7) + rng.normal(0, 0.01, days))
            for i, height in enumerate(steep)
        }
    )


def test_the_forecasts_of_a_season_are_the_location():
    """The network begins with them, and its scale is of what they miss."""
    prices = seasonal()
    settings = PrepareSettings(inputs="close,level,season-7x3", volatility_decay=0.999)
    dataset = prepare(prices, fit(prices, settings, 0.2), 0.2, (1, 2, 3))
    network = start_network(SHAPE, 0, dataset.inputs.shape[1], HEAD, each_row=True)
    fit_linear_path(network, dataset)
    p = network.parameters
    forecasts = dataset.inputs[:, -3:]
    for k in range(3):
        location = dataset.inputs @ p[LINEAR][3 * k] + p["head.bias"][3 * k]
        assert np.array_equal(location, forecasts[:, k])
    assert not p[LINEAR][1::3, 9:].any()  # of the log scale
    missed = np.std(dataset.ahead[:, 0][np.isfinite(dataset.ahead[:, 0])])
    assert np.exp(p["head.bias"][1]) < missed / 3


def test_what_is_common_to_all_symbols_is_fed_to_the_linear_path_alone():
    """Its weights in the cells stay at zero; the further ahead, the smaller those of the path."""
    prices = with_market(clustered(series=FEWEST, days=200))
    preparing = replace(PREPARE, inputs="close,level,leverage,market")
    common = prepare(prices, fit(prices, preparing, 0.2), 0.2, rows_ahead_of(SHAPE))
    trained = train(common, SHAPE, SETTINGS, ALONE, ignore).network.parameters
    size = len(MARKET_FIELDS)
    assert not trained["weight_ih_l0"][:, -size:].any()
    assert trained["weight_ih_l0"][:, :-size].all()
    assert trained[LINEAR][1::3, -size:].all()
    near, far = (_strength(common, np.ones(len(common.values), bool), rows) for rows in (1, 3))
    assert (far / near).tolist() == [1.0] * (len(near) - size) + [3.0] * size
