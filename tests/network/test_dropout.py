"""Dropout hides the same units from the layer above all step long, and from nothing else."""

import naive
import numpy as np
import pytest
from builders import ALONE, central_differences, ignore, prepared_of
from gradient_check import THREE

from rnncli.errors import UsageError
from rnncli.kernels import CELLS
from rnncli.network.dropout import draw_scale, thinned
from rnncli.network.network import Architecture, Network, named_views
from rnncli.network.passes import Workspace, backward, forward
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training import trainer as train_module
from rnncli.training.trainer import train

pytestmark = pytest.mark.thorough

LANES, DAYS, SHARE = 16, 5, 0.4
TWO_LAYERS = NetworkSettings(hidden_size=4, layers=2)


def masked_outputs(network, x, masks):
    """Outputs (T, O, L) by the definition: each layer sees the units below times their mask (H)."""
    a, p = network.architecture, network.parameters
    for layer in range(a.layers):
        if layer:
            x = x * masks[layer - 1][None, :, None] / (1 - SHARE)
        x = naive.states_of_layer(a.cell, x, p, layer, a.activation)
    return np.einsum("oh,thl->tol", p["head.weight"], x) + p["head.bias"][None, :, None]


@pytest.mark.parametrize("layers", [2, THREE])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_through_the_masked_network_are_central_differences(cell, layers):
    """Scaled weights give the outputs of hidden units, and their gradient, scaled, that of all."""
    a = Architecture(cell, hidden_size=3, layers=layers, window=4)
    rng = np.random.default_rng(layers)
    network = Network(a, 0.6 * rng.standard_normal(a.size))
    x, target = rng.standard_normal((2, DAYS, 1, LANES))
    scale = draw_scale(a, SHARE, rng)
    columns = named_views(a, scale)
    masks = [columns[f"weight_ih_l{layer}"][0] * (1 - SHARE) for layer in range(1, layers)]
    assert {round(float(m), 12) for mask in masks for m in mask} == {0, 1}  # some hidden, some not

    work = Workspace(a, DAYS, LANES, "float64")
    out = forward(thinned(network, scale), x, work)
    np.testing.assert_allclose(out, masked_outputs(network, x, masks), rtol=0, atol=1e-12)
    backward(thinned(network, scale), x, 2 * (out - target), work)

    def loss(flat):
        return float(np.sum((masked_outputs(Network(a, flat), x, masks) - target) ** 2))

    numeric = central_differences(loss, network.flat)
    np.testing.assert_allclose(work.gradient * scale, numeric, rtol=1e-6, atol=1e-6)


def test_a_mask_hides_whole_units_and_keeps_the_mean():
    """Columns are 0 or 1/(1 - share) from end to end; on average, weights are as they were."""
    a, rng = Architecture("lstm", hidden_size=5, layers=3), np.random.default_rng(0)
    drawn = [draw_scale(a, SHARE, rng) for _ in range(3000)]
    for name, view in named_views(a, drawn[0]).items():
        if name in ("weight_ih_l1", "weight_ih_l2"):
            assert np.all(view == view[0])
            assert np.all((view == 0) | (view == 1 / (1 - SHARE)))
        else:
            assert np.all(view == 1)
    np.testing.assert_allclose(np.mean(drawn, axis=0), 1, atol=0.1)


def run(pool=ALONE, shape=TWO_LAYERS, **settings):
    rng = np.random.default_rng(0)
    prepared = prepared_of([rng.standard_normal(20 + i) for i in range(70)], 0.2)
    chosen = TrainSettings(**({"epochs": 2, "batch_size": 48, "dropout": SHARE} | settings))
    return train(prepared, shape, chosen, pool, ignore)


def test_threads_do_not_change_a_byte():
    """Masks come from the one generator, outside of the threads."""
    found = []
    for count in (1, 2, 4):
        with threads(count) as pool:
            result = run(pool)
            found.append((result.network.flat.tobytes(), result.epochs))
    assert found[0] == found[1] == found[2]
    assert run(seed=1).network.flat.tobytes() != found[0][0]


def test_validation_sees_every_unit():
    """With a rate of zero the training loss differs from that without dropout, validation not."""
    still = {"epochs": 1, "learning_rate": 0.0}
    thin, whole = run(**still).epochs[0], run(dropout=0.0, **still).epochs[0]
    assert thin.validation_loss == whole.validation_loss
    assert thin.train_loss != whole.train_loss


def test_each_step_draws_its_own_mask(monkeypatch):
    """As many masks as steps, and not the same one again and again."""
    drawn = []

    def watched(*arguments):
        drawn.append(draw_scale(*arguments))
        return drawn[-1]

    monkeypatch.setattr(train_module, "draw_scale", watched)
    result = run(epochs=4)
    assert len(drawn) == result.steps
    assert len({scale.tobytes() for scale in drawn}) > 1


def test_dropout_needs_a_layer_above():
    """With one layer there is nothing between layers, and the message says what helps."""
    with pytest.raises(UsageError, match="layers=2 or more"):
        run(shape=NetworkSettings(hidden_size=4))


def test_dropout_of_one_layer_is_wrong_usage(call, prices, tmp_path):
    """On the command line it is status 2; with two layers it trains."""
    command = ("train", prices, "-o", tmp_path / "m", "--epochs", 1, "--hidden-size", 2)
    assert call(*command, "--dropout", 0.5).returncode == 2
    assert not (tmp_path / "m").exists()
    assert call(*command, "--dropout", 1).returncode == 2
    assert call(*command, "--dropout", 0.5, "--layers", 2).returncode == 0
    assert b"dropout" in call("inspect", tmp_path / "m", "--format", "json").stdout
