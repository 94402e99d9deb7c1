"""Training is exactly reproducible, keeps the best weights, and sees the training part only."""

from itertools import product

import naive
import numba
import numpy as np
import pytest
from builders import (
    ALONE,
    ignore,
    network_of,
    outputs_by_hand,
    prepared_of,
    prices_of,
    random_walk,
)

from rnncli.errors import DivergedError, UsageError
from rnncli.network.from_settings import start_network
from rnncli.network.gradient_norms import global_norm
from rnncli.network.heads import probabilities
from rnncli.network.network import Network
from rnncli.runtime.threads import Threads, threads
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.simulation.statland import PRICES, RULES, market
from rnncli.training import trainer as train_module
from rnncli.training.optimizers import Adam
from rnncli.training.state import TrainingRun
from rnncli.training.trainer import train
from rnncli.transforms.binning import Bins
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.target_transform import TargetTransform

SHAPE = NetworkSettings(hidden_size=4)
INTERPRETED = bool(numba.config.DISABLE_JIT)


def series(lengths=(40, 9, 23, 31, 2), seed: int = 0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(length) for length in lengths]


def run(
    prepared, shape: NetworkSettings = SHAPE, pool: Threads = ALONE, on_epoch=ignore, **settings
) -> TrainingRun:
    defaults = {"epochs": 4, "batch_size": 16}
    return train(prepared, shape, TrainSettings(**(defaults | settings)), pool, on_epoch)


def mean_loss(network: Network, prepared, days) -> float:
    """Mean squared error over the days (series -> day numbers), fed day by day from h_0 = 0."""
    costs = []
    for i, wanted in enumerate(days):
        values = prepared.series(i)
        outputs = outputs_by_hand(network, values[:-1])
        costs += [(outputs[t] - values[t + 1]) ** 2 for t in wanted]
    return float(np.mean(costs))


def held_back(prepared):
    return [
        range(int(training) - 1, int(length) - 1)
        for training, length in zip(prepared.training, prepared.lengths, strict=True)
    ]


@pytest.mark.parametrize("bptt", [0, 7])
def test_threads_do_not_change_a_byte(bptt):
    """One, two and four threads give the same weights and the same record of every epoch."""
    prepared = prepared_of(series([20 + i for i in range(70)]), 0.2)
    found = []
    for count in (1, 2, 4):
        with threads(count) as pool:
            result = run(prepared, pool=pool, batch_size=48, bptt=bptt, epochs=2)
            found.append((result.network.flat.tobytes(), result.epochs))
    assert found[0] == found[1] == found[2]


def test_a_seed_is_a_training():
    """The same seed gives the same bytes, another one others."""
    prepared = prepared_of(series(), 0.2)
    first, again, other = (run(prepared, seed=seed) for seed in (3, 3, 4))
    assert first.network.flat.tobytes() == again.network.flat.tobytes()
    assert first.epochs == again.epochs
    assert first.network.flat.tobytes() != other.network.flat.tobytes()


def test_the_start_network_is_that_of_the_seed():
    """The untrained network can be had again, for the gradient report."""
    first, again, other = (start_network(SHAPE, seed).flat for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    still = run(prepared_of(series(), 0.2), seed=3, learning_rate=0.0)
    np.testing.assert_array_equal(still.network.flat, first)


def test_validation_values_do_not_touch_the_weights():
    """Targets held back change no step, however wild they are, only the validation loss."""
    one = prepared_of(series(), 0.2)
    other = prepared_of(series(), 0.2)
    for i, training in enumerate(other.training):
        other.series(i)[training:] = 1e3
    settings = {"epochs": 6, "patience": 10_000, "average": 0.0}
    seen = []
    for prepared in (one, other):
        weights = _last_weights(prepared, settings)
        seen.append(weights)
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] != seen[1][1]


def _last_weights(prepared, settings):
    """Weights after the last epoch, and the validation losses on the way."""
    training = train_module._Training(prepared, SHAPE, TrainSettings(**settings), ALONE)
    result = training.run(ignore)
    return training.network.flat.tobytes(), [epoch.validation_loss for epoch in result.epochs]


@pytest.mark.parametrize("scale", ["log-return", "minmax"])
def test_validation_prices_do_not_touch_the_weights(scale):
    """The same from the prices on: the fitted transform does not see them either."""
    rng = np.random.default_rng(1)
    prices = {"A": random_walk(rng, 60), "B": random_walk(rng, 41)}
    changed = {name: values.copy() for name, values in prices.items()}
    for values in changed.values():
        values[int(len(values) * 0.8) + 2 :] *= 7
    weights = []
    for each in (prices, changed):
        table = prices_of(each)
        prepared = prepare(table, fit(table, PrepareSettings(scale=scale), 0.2), 0.2)
        weights.append(_last_weights(prepared, {"epochs": 3, "average": 0.0})[0])
    assert weights[0] == weights[1]


def test_one_step_is_clipped_adam_on_the_mean_loss_of_the_batch():
    """One batch of whole series: the weights move by Adam's first step, whatever is beside them."""
    prepared = prepared_of(series([12, 9, 5]), 0.0)
    before = start_network(SHAPE, 0)
    days = [range(11), range(8), range(4)]
    gradient = np.zeros(len(before.flat))
    for k in range(len(gradient)):
        moved = []
        for step in (1e-5, -1e-5):
            flat = before.flat.astype(float)
            flat[k] += step
            moved.append(mean_loss(Network(before.architecture, flat), prepared, days))
        gradient[k] = (moved[0] - moved[1]) / 2e-5
    result = run(prepared, epochs=1, bptt=0, clip_norm=0.1, learning_rate=0.01)
    epoch = result.epochs[0]
    assert epoch.steps == 1
    assert epoch.train_loss == pytest.approx(mean_loss(before, prepared, days), rel=1e-5)
    assert epoch.gradient_norm == pytest.approx(global_norm(gradient), rel=1e-4)
    assert epoch.gradient_norm == epoch.largest_norm
    assert epoch.clip_rate == 1.0
    expected = before.flat.astype(float)
    Adam(len(gradient)).step(expected, gradient * 0.1 / global_norm(gradient), 0.01)
    np.testing.assert_allclose(result.network.flat, expected, atol=1e-4)


def test_each_chunk_is_a_step_and_the_state_is_carried_on():
    """With a rate of zero the chunks' losses add up to that of whole series from h_0 = 0."""
    prepared = prepared_of(series([20 + i % 3 for i in range(64)]), 0.0)
    still = {"epochs": 1, "learning_rate": 0.0, "batch_size": 16}
    whole, cut = run(prepared, bptt=0, **still), run(prepared, bptt=5, **still)
    assert whole.epochs[0].steps == 4
    assert cut.epochs[0].steps == 5 + 5 + 4 + 4  # batches of 21, 21, 20 and 19 days
    expected = mean_loss(start_network(SHAPE, 0), prepared, [range(int(d)) for d in prepared.days])
    assert whole.epochs[0].train_loss == pytest.approx(expected, rel=1e-5)
    assert cut.epochs[0].train_loss == pytest.approx(expected, rel=1e-5)


def test_the_validation_loss_is_that_of_the_validation_days():
    """Mean loss over them, the state first run through the training days."""
    prepared = prepared_of(series(), 0.2)
    result = run(prepared, epochs=1, average=0.0)
    expected = mean_loss(result.network, prepared, held_back(prepared))
    assert result.epochs[0].validation_loss == pytest.approx(expected, rel=1e-5)


def test_the_best_weights_are_kept_and_training_stops():
    """Returned are the weights of the epoch with the smallest validation loss, not the last."""
    prepared = prepared_of(series(), 0.3)
    result = run(prepared, epochs=200, patience=3, patience_steps=0, decays=1, learning_rate=0.05)
    losses = [epoch.validation_loss for epoch in result.epochs]
    assert result.stopped_early
    assert len(losses) < 200
    assert result.best_epoch == int(np.argmin(losses)) + 1 < len(losses)
    found = mean_loss(result.network, prepared, held_back(prepared))
    assert found == pytest.approx(min(losses), rel=1e-5)
    rates = [epoch.learning_rate for epoch in result.epochs]
    assert set(rates) == {0.05, 0.05 * 0.3}
    assert rates == sorted(rates, reverse=True)


def test_after_a_decay_training_goes_on_from_the_best_weights():
    """With a rate of zero from then on, every later epoch repeats the best validation loss."""
    prepared = prepared_of(series(), 0.3)
    result = run(prepared, epochs=99, patience=2, patience_steps=0, decays=1, decay=0.0)
    still = [epoch.validation_loss for epoch in result.epochs if epoch.learning_rate == 0]
    best = min(epoch.validation_loss for epoch in result.epochs)
    assert still == [best, best]
    assert result.epochs[-3].validation_loss > best


@pytest.mark.parametrize("validation", [0.0, 0.2])
def test_without_validation_days_the_last_weights_are_kept(validation):
    """No early stop and no epoch left out: --validation 0, or series too short to hold back."""
    prepared = prepared_of(series([4, 3, 5]), validation)
    result = run(prepared, epochs=30, patience=1, patience_steps=0, decays=0, average=0.0)
    assert len(result.epochs) == 30
    assert not result.stopped_early
    assert result.best_epoch == 30
    assert all(epoch.validation_loss is None for epoch in result.epochs)
    last = train_module._Training(prepared, SHAPE, TrainSettings(epochs=30, average=0.0), ALONE)
    last.run(ignore)
    assert result.network.flat.tobytes() == last.network.flat.tobytes()


@pytest.mark.parametrize(("clip_norm", "rate"), [(0.0, 0.0), (1e-9, 1.0), (1e9, 0.0)])
def test_the_clip_rate_is_the_share_of_steps_above_the_limit(clip_norm, rate):
    """All above a tiny limit, none above a huge one, none where nothing is clipped."""
    result = run(prepared_of(series(), 0.2), clip_norm=clip_norm)
    assert [epoch.clip_rate for epoch in result.epochs] == [rate] * 4
    assert result.clip_rate == rate
    assert result.steps == sum(epoch.steps for epoch in result.epochs)


def test_the_clip_rate_of_a_run_is_over_its_steps(monkeypatch):
    """Norms before clipping are counted, step by step, over the whole run."""
    norms = []
    real = train_module.update

    def watched(*arguments):
        result = real(*arguments)
        norms.append(result.norm)
        return result

    monkeypatch.setattr(train_module, "update", watched)
    prepared = prepared_of(series(), 0.2)
    run(prepared)
    limit = float(np.median(norms)) * 1.001
    norms.clear()
    result = run(prepared, clip_norm=limit)
    assert len(norms) == result.steps
    assert 0 < result.clip_rate < 1
    assert result.clip_rate == pytest.approx(np.mean(np.array(norms) > limit), rel=1e-12)
    largest = [epoch.largest_norm for epoch in result.epochs]
    assert max(largest) == max(norms)


def test_every_epoch_is_reported_as_it_ends():
    """Progress goes out through the callback, epoch by epoch."""
    told = []
    result = run(prepared_of(series(), 0.2), on_epoch=told.append)
    assert tuple(told) == result.epochs
    assert [epoch.epoch for epoch in told] == [1, 2, 3, 4]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_the_loss_falls_on_statland(loss, optimizer):
    """A small network learns from the noise-free market, by any loss and optimiser."""
    prepared = prepared_of([prices for _, prices in market(120, 2, 12, 0.0, 0)], 0.0)
    result = run(prepared, epochs=25, loss=loss, optimizer=optimizer, patience=10_000)
    losses = [epoch.train_loss for epoch in result.epochs]
    assert losses[-1] < 0.75 * losses[0]


def test_statlands_rules_are_learnt_from_prices_alone():
    """After two days with a rule the trained network is closer to its answer than to any other."""
    prepared = prepared_of([prices for _, prices in market(400, 2, 6, 0.0, 0)], 0.0)
    result = run(prepared, NetworkSettings(hidden_size=8), epochs=60, batch_size=32)
    for pair, answer in RULES.items():
        assert outputs_by_hand(result.network, pair)[-1] == pytest.approx(answer, abs=0.25)


def test_layers_are_all_trained():
    """In a network of two layers every parameter moves."""
    shape = NetworkSettings(hidden_size=3, layers=2)
    result = run(prepared_of(series(), 0.2), shape, epochs=1)
    before, after = start_network(shape, 0).parameters, result.network.parameters
    assert all(np.all(after[name] != before[name]) for name in before)


@pytest.mark.skipif(INTERPRETED, reason="plain NumPy warns of the overflow that kernels pass on")
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_diverging_names_where_and_what_helps():
    """Epoch, step, loss and norm are named, and three remedies."""
    prepared = prepared_of(series([40] * 5), 0.0)
    settings = {"optimizer": "sgd", "learning_rate": 1e3, "clip_norm": 0.0, "batch_size": 2}
    with pytest.raises(DivergedError) as fault:
        run(prepared, NetworkSettings(hidden_size=4, activation="relu"), epochs=50, **settings)
    message = str(fault.value)
    assert message.startswith("training diverged at epoch 1, step ")
    assert "gradient norm before clipping" in message
    for remedy in ("learning_rate", "clip_norm", 'scale="log-return"'):
        assert remedy in message
    assert "\n" not in message


def test_diverging_in_validation_is_noticed():
    """Finite steps may lead to weights whose validation is not finite."""
    training = train_module._Training(
        prepared_of(series(), 0.2), SHAPE, TrainSettings(epochs=1), ALONE
    )
    training.average.weights[:] = np.nan
    with pytest.raises(DivergedError, match="at the validation of epoch 7: loss nan; try a lower"):
        training._validate(7)


def test_clipping_tames_what_diverges():
    """The same data and rate that blow up without a limit stay finite with one."""
    prepared = prepared_of(series([40] * 5), 0.0)
    shape = NetworkSettings(hidden_size=4, activation="relu")
    result = run(prepared, shape, optimizer="sgd", learning_rate=0.01, clip_norm=0.5, epochs=5)
    assert np.all(np.isfinite(result.network.flat))


def test_averaged_weights_are_what_is_kept():
    """With --average the kept weights are the running mean, not those of the last step."""
    prepared = prepared_of(series(), 0.0)
    training = train_module._Training(
        prepared, SHAPE, TrainSettings(epochs=5, average=2.0, validation=0.0), ALONE
    )
    result = training.run(ignore)
    kept = training.average.weights.astype(np.float32)
    assert result.network.flat.tobytes() == kept.tobytes()
    assert result.network.flat.tobytes() != training.network.flat.tobytes()
    assert result.network.architecture == network_of(4).architecture


def outputs_after(network, values):
    """Outputs (O) after a series, in float64 by hand."""
    a, p = network.architecture, network.astype("float64").parameters
    x = np.asarray(values, float)[:, None, None]
    return naive.outputs(x, p, a.cell, a.layers, a.activation)[-1, :, 0]


def described(result, values):
    """The distribution of the return after a series."""
    return result.network.head.distribution(outputs_after(result.network, values))


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["gaussian", "student-t", "quantile"])
def test_the_spread_of_noise_is_learnt(loss):
    """From normal noise of deviation 1.5 the quantiles that it has."""
    noise = 1.5 * np.random.default_rng(0).standard_normal((64, 120))
    result = run(prepared_of(noise, 0.2), loss=loss, epochs=25, learning_rate=0.01)
    found = described(result, noise[0])
    for p, expected in ((0.1, -1.922), (0.5, 0), (0.9, 1.922)):
        assert found.quantile(p) == pytest.approx(expected, abs=0.2)


def test_what_moves_the_spread_is_learnt():
    """Days whose size follows that of the day before: wide after a large one, narrow after none."""
    rng = np.random.default_rng(1)
    values = np.zeros((64, 100))
    for t in range(1, 100):
        values[:, t] = (0.3 + 0.7 * np.abs(values[:, t - 1])) * rng.standard_normal(64)
    result = run(prepared_of(values, 0.2), loss="student-t", epochs=40, learning_rate=0.01)
    quiet, wild = (described(result, [0.0] * 5 + [last]).quantile(0.9) for last in (0.0, 2.0))
    assert 0.2 < quiet < 0.7
    assert wild > 2 * quiet


@pytest.mark.thorough
def test_statlands_probabilities_are_learnt():
    """By cross-entropy the noisy market's true chances, of a rule followed and of its absence."""
    codes = [prices for _, prices in market(800, 2, 8, 0.2, 0)]
    bins = Bins((0.25, 0.75), ("low", "medium", "high"), (0.0, 0.5, 1.0))
    prepared = prepared_of(codes, 0.1, TargetTransform("none", 1.0, {}, bins))
    shape = NetworkSettings(hidden_size=8)
    result = run(prepared, shape, loss="cross-entropy", epochs=60, batch_size=32)
    for pair in product(PRICES, PRICES):
        found = probabilities(outputs_after(result.network, pair))
        expected = np.full(3, 1 / 3)
        if pair in RULES:
            expected = np.where(np.equal(PRICES, RULES[pair]), 0.8 + 0.2 / 3, 0.2 / 3)
        np.testing.assert_allclose(found, expected, atol=0.15 if pair in RULES else 0.25)


def test_validation_is_the_mean_loss_of_the_validation_days():
    """By the likelihood that training has, of the averaged weights."""
    prepared = prepared_of(series(), 0.3)
    result = run(prepared, loss="quantile", level=(50.0, 90.0), epochs=1)
    costs = []
    for i, days in enumerate(held_back(prepared)):
        values = prepared.series(i)
        for t in days:
            out = outputs_after(result.network, values[: t + 1])
            costs.append(naive.quantile(out, values[t + 1], (0.05, 0.25, 0.5, 0.75, 0.95)))
    assert result.epochs[0].validation_loss == pytest.approx(float(np.mean(costs)), rel=1e-4)


@pytest.mark.parametrize("mode", ["seq2vec", "vec2seq", "encoder-decoder"])
def test_forms_that_forecast_a_path_take_point_losses_alone(mode):
    """What is reported names the form that does it."""
    with pytest.raises(UsageError, match=r'^loss student-t: .*use mode="seq2seq"'):
        run(prepared_of(series()), NetworkSettings(mode=mode), loss="student-t")
