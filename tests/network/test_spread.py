"""Width and middle of a range by the outputs: what the distribution says, and true derivatives."""

import numpy as np
import pytest

from rnncli.errors import UsageError
from rnncli.inference.direct import distributions_ahead
from rnncli.network.from_settings import architecture_of
from rnncli.network.heads import head_of
from rnncli.network.network import Architecture, Network
from rnncli.network.spread import range_functions
from rnncli.settings import NetworkSettings

from builders import central_differences  # isort: skip

LEVELS = (80.0, 95.0)


def network_with(loss, mode="seq2seq", horizon=None):
    """An untrained network with a head."""
    a = architecture_of(
        NetworkSettings(mode=mode, horizon=horizon), head=head_of(loss, LEVELS, None)
    )
    return Network(a, np.zeros(a.size))


def check(function, outputs):
    """Raise AssertionError where derivatives are not central differences."""
    comp = function(outputs)[1]
    for n, row in enumerate(outputs):
        ref = central_differences(lambda one: function(one[None])[0][0], row, 1e-5)
        np.testing.assert_allclose(comp[n], ref, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("loss", ["gaussian", "student-t", "quantile"])
@pytest.mark.parametrize("level", LEVELS)
def test_of_the_next_row(loss, level):
    """The width is that between the distribution's quantiles, the middle its median."""
    network = network_with(loss)
    outputs = np.random.default_rng(0).standard_normal((6, network.architecture.output_size))
    functions = range_functions(network, 1, level)
    assert functions.level == level
    distribution = network.head.distribution(outputs)
    tail = (1 - level / 100) / 2
    width = distribution.quantile(1 - tail) - distribution.quantile(tail)
    np.testing.assert_allclose(functions.log_width(outputs)[0], np.log(width), rtol=1e-9)
    np.testing.assert_allclose(functions.location(outputs)[0], distribution.quantile(0.5))
    check(functions.log_width, outputs)
    check(functions.location, outputs)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("ahead", [1, 4, 7, 20])
def test_of_rows_between_those_with_outputs(ahead):
    """As mode direct forecasts them, but that it rounds the degrees of freedom."""
    network = network_with("student-t", "direct", 20)
    a = network.architecture
    rng, rows = np.random.default_rng(1), len(a.rows_ahead)
    outputs = np.hstack([rng.normal(0, 0.05, (4, 3)) for _ in range(rows)])
    functions = range_functions(network, ahead, None)
    forecast = distributions_ahead(a, outputs, np.ones(4), 20)
    width = (forecast.quantile(0.975) - forecast.quantile(0.025))[:, ahead - 1]
    np.testing.assert_allclose(functions.log_width(outputs)[0], np.log(width), atol=2e-3)
    middle = forecast.quantile(0.5)[:, ahead - 1]
    np.testing.assert_allclose(functions.location(outputs)[0], middle, atol=1e-12)
    check(functions.log_width, outputs)
    check(functions.location, outputs)


def test_a_scale_on_its_floor_moves_no_more():
    """As in the loss: the derivative by a log scale below -10 is 0."""
    outputs = np.array([[0.0, -11.0], [0.0, -9.0]])
    values, derivatives = range_functions(network_with("gaussian"), 1, None).log_width(outputs)
    assert derivatives[:, 1].tolist() == [0.0, 1.0]
    assert values[1] - values[0] == pytest.approx(1.0)


def test_points_have_a_middle_alone():
    """Of several rows, each has its own output."""
    functions = range_functions(network_with("mse", "seq2vec", 3), 2, None)
    assert (functions.log_width, functions.level) == (None, None)
    assert functions.location(np.array([[1.0, 2.0, 3.0]]))[0].tolist() == [2.0]


def of_mode(mode):
    return Network(Architecture(mode=mode, horizon=5), np.zeros(Architecture().size))


@pytest.mark.parametrize(
    ("network", "ahead", "level", "message"),
    [
        (network_with("mse"), 1, 80.0, "range_level 80.0: the model forecasts points"),
        (network_with("mse"), 2, None, "ahead 2: this model has outputs of the next row alone"),
        (network_with("student-t", "direct", 8), 9, None, "ahead 9: this direct model was made"),
        (network_with("quantile"), 1, 90.0, "range_level 90.0: the model learnt the levels 95, 80"),
        (
            network_with("gaussian"),
            1,
            0.9,
            "range_level 0.9: a level is a percentage; for 90 % write 90",
        ),
        (of_mode("vec2seq"), 1, None, "mode vec2seq forecasts from the last row alone"),
        (of_mode("encoder-decoder"), 1, None, "mode encoder-decoder forecasts from its own"),
    ],
)
def test_what_cannot_be_asked_is_refused(network, ahead, level, message):
    """With what can."""
    with pytest.raises(UsageError, match=message):
        range_functions(network, ahead, level)


def test_classes_are_refused():
    """They have neither a range nor a middle."""
    a = architecture_of(NetworkSettings(), head=head_of("cross-entropy", (), 3))
    with pytest.raises(UsageError, match="forecasts classes"):
        range_functions(Network(a, np.zeros(a.size)), 1, None)
