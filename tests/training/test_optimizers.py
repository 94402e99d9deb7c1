"""Optimisers follow their papers; the schedule lowers the rate and ends the training."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rnncli.network.gradient_norms import clip_by_global_norm, global_norm
from rnncli.settings import TrainSettings
from rnncli.training.optimizers import SGD, Adam, AveragedWeights, make_optimizer, update
from rnncli.training.schedule import Schedule

GRADIENTS = np.random.default_rng(0).standard_normal((5, 7)) * 10.0 ** np.arange(-3, 4)
START = np.linspace(-1, 1, 7)
CLOSE = {"float32": 1e-6, "float64": 1e-12}  # relative, and absolute


def test_adam_follows_algorithm_1_of_the_paper():
    """Five steps of Kingma & Ba 2015, with bias correction, written out."""
    theta, m, v = START.copy(), np.zeros(7), np.zeros(7)
    rate, beta1, beta2, epsilon = 0.05, 0.9, 0.999, 1e-8
    optimizer, parameters = Adam(7), START.copy()
    for t, g in enumerate(GRADIENTS, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - rate * m_hat / (np.sqrt(v_hat) + epsilon)
        optimizer.step(parameters, g, rate)
        np.testing.assert_allclose(parameters, theta, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 7, 16, 100])
def test_adam_is_its_formula_in_numpy(dtype, size):
    """The weights and both means after every step, a gradient of zeros included."""
    rng, comp = np.random.default_rng(size), Adam(size)
    ref, parameters = rng.standard_normal(size).astype(dtype), np.empty(size, dtype)
    parameters[:] = ref
    mean, square = np.zeros(size), np.zeros(size)
    for t in range(1, 30):
        gradient = (rng.standard_normal(size) * (t % 5) * 10.0 ** -(t % 7)).astype(dtype)
        mean += (1 - 0.9) * (gradient - mean)
        square += (1 - 0.999) * (gradient * gradient - square)
        root = np.sqrt(square / (1 - 0.999**t)) + 1e-8
        ref -= (0.02 / (1 - 0.9**t) * mean / root).astype(dtype)
        comp.step(parameters, gradient, 0.02)
        for ours, theirs in ((parameters, ref), (comp.mean, mean), (comp.square, square)):
            np.testing.assert_allclose(ours, theirs, rtol=CLOSE[dtype], atol=CLOSE[dtype])


@pytest.mark.parametrize("name", ["adam", "sgd"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 7, 16, 129, 1003])
def test_an_update_is_its_parts(name, dtype, size):
    """Clipping, the step, the average and both norms, for gradients that are clipped or not."""
    rng = np.random.default_rng(size)
    ref, parameters = rng.standard_normal(size).astype(dtype), np.empty(size, dtype)
    parameters[:] = ref
    (one, one_average), (other, other_average) = (
        (make_optimizer(name, size, 0.9), AveragedWeights(ref.astype(np.float64), 3.0))
        for _ in range(2)
    )
    for clip_norm in (0.0, 1.0, 1.0, 1e6, 1.0):
        gradient = (rng.standard_normal(size) * rng.choice([1e-6, 1.0, 30.0])).astype(dtype)
        clipped, before = gradient.copy(), ref.copy()
        norm = clip_by_global_norm(clipped, clip_norm)
        one.step(ref, clipped, 0.02)
        one_average.add(ref)
        result = update(other, parameters, gradient, 0.02, clip_norm, other_average)
        move, close = global_norm(ref - before) / global_norm(before), CLOSE[dtype]
        assert result == pytest.approx((norm, move), rel=1e3 * close)  # a small difference
        for ours, theirs in ((parameters, ref), (other_average.weights, one_average.weights)):
            np.testing.assert_allclose(ours, theirs, rtol=close, atol=close)


@pytest.mark.parametrize("size", [1, 7, 16, 129, 1003])
def test_an_update_has_the_same_bits_in_any_thread(size):
    """Those of the first, whichever core it runs on."""
    rng = np.random.default_rng(size)
    start, gradient = rng.standard_normal((2, size)).astype("float32")

    def updated(_):
        optimizer, parameters = Adam(size), start.copy()
        average = AveragedWeights(start.astype(np.float64), 3.0)
        norms = update(optimizer, parameters, gradient.copy(), 0.02, 1.0, average)
        return norms, parameters.tobytes(), average.weights.tobytes()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(updated, range(40)))) == 1


def test_adam_takes_the_rate_of_each_step():
    """A rate that falls between two steps scales the second step alone."""
    one, other = Adam(7), Adam(7)
    a, b = START.copy(), START.copy()
    one.step(a, GRADIENTS[0], 0.1)
    other.step(b, GRADIENTS[0], 0.1)
    before = a.copy()
    one.step(a, GRADIENTS[1], 0.1)
    other.step(b, GRADIENTS[1], 0.01)
    np.testing.assert_allclose(b - before, (a - before) / 10, rtol=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_follows_its_formula(momentum):
    """Five steps of v = m v + g, p = p - rate v, written out."""
    theta, v = START.copy(), np.zeros(7)
    optimizer, parameters = SGD(7, momentum), START.copy()
    for g in GRADIENTS:
        for i in range(7):
            v[i] = momentum * v[i] + g[i]
            theta[i] = theta[i] - 0.01 * v[i]
        optimizer.step(parameters, g, 0.01)
        np.testing.assert_allclose(parameters, theta, rtol=1e-12)


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_float32_weights_stay_float32_and_in_place(name):
    """The network's own vector is moved, in its own precision."""
    parameters = START.astype(np.float32)
    same = parameters
    optimizer = make_optimizer(name, 7, 0.9)
    optimizer.step(parameters, GRADIENTS[0].astype(np.float32), 0.1)
    assert same is parameters
    assert parameters.dtype == np.float32
    assert np.any(parameters != START.astype(np.float32))


def test_optimizers_go_by_their_names():
    """adam and sgd, the latter with the momentum of the settings."""
    assert isinstance(make_optimizer("adam", 3, 0.5), Adam)
    sgd = make_optimizer("sgd", 3, 0.5)
    assert isinstance(sgd, SGD)
    assert sgd.momentum == 0.5


def test_averaged_weights_are_first_the_plain_mean():
    """Until there are `window` of them, all weights so far count the same."""
    seen = np.random.default_rng(1).standard_normal((10, 4))
    average = AveragedWeights(np.zeros(4), 10)
    for k in range(10):
        average.add(seen[k])
        np.testing.assert_allclose(average.weights, seen[: k + 1].mean(axis=0), rtol=1e-9)


def test_averaged_weights_then_forget():
    """From `window` on, each new weight takes 1/window of the mean."""
    seen = np.random.default_rng(2).standard_normal((30, 4))
    average, expected = AveragedWeights(np.zeros(4), 5), np.zeros(4)
    for k, weights in enumerate(seen, start=1):
        average.add(weights)
        share = 1 / min(k, 5)
        expected = (1 - share) * expected + share * weights
    np.testing.assert_allclose(average.weights, expected, rtol=1e-9)


@pytest.mark.parametrize("window", [0.0, 0.5, 1.0])
def test_a_window_of_one_step_is_not_an_average(window):
    """--average 0 keeps the weights of the last step."""
    average = AveragedWeights(np.zeros(4), window)
    for weights in np.random.default_rng(3).standard_normal((5, 4)):
        average.add(weights)
    np.testing.assert_allclose(average.weights, weights, rtol=1e-15)


def schedule(**settings) -> Schedule:
    defaults = {"learning_rate": 1.0, "decay": 0.5, "decays": 2, "patience": 3, "patience_steps": 0}
    return Schedule(TrainSettings(**(defaults | settings)))


def epochs_until_due(plan: Schedule, steps: int) -> int:
    """Epochs of `steps` steps without a better loss until patience runs out."""
    for epoch in range(1, 1000):
        assert not plan.see(9.0, steps)
        if plan.due():
            return epoch
    raise AssertionError("patience never ran out")


@pytest.mark.parametrize(
    ("patience_steps", "steps", "epochs"),
    [(0, 1, 3), (3, 1, 3), (10, 1, 10), (10, 4, 3), (13, 4, 4)],
)
def test_patience_is_epochs_and_steps(patience_steps, steps, epochs):
    """Both --patience epochs and --patience-steps steps must pass without improvement."""
    plan = schedule(patience_steps=patience_steps)
    assert plan.see(1.0, steps)
    assert epochs_until_due(plan, steps) == epochs


def test_a_better_loss_starts_patience_again():
    """Only epochs without a better loss count, and they must be in a row."""
    plan = schedule()
    losses = [1.0, 2.0, 2.0, 0.9, 2.0, 2.0]
    assert [plan.see(loss, 1) for loss in losses] == [True, False, False, True, False, False]
    assert not plan.due()
    plan.see(0.9, 1)  # as good is not better
    assert plan.due()


def test_the_rate_falls_and_then_training_stops():
    """Two decays of the rate; where a third would be due, training ends."""
    plan = schedule()
    plan.see(1.0, 1)
    seen = []
    while not plan.stop:
        epochs_until_due(plan, 1)
        seen.append((plan.rate, plan.stop))
    assert [rate for rate, stopped in seen if not stopped] == [0.5, 0.25]
    assert len(seen) == 3


def test_without_decays_the_first_lost_patience_stops():
    """--decays 0 is plain early stopping."""
    plan = schedule(decays=0)
    plan.see(1.0, 1)
    assert epochs_until_due(plan, 1) == 3
    assert plan.stop
