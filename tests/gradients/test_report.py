"""What flows back by parameter and by lag, against plain back-propagation in NumPy."""

import naive
import numpy as np
import pytest
from builders import (
    ALONE,
    central_differences,
    network_of,
    one_unit,
    outputs_by_hand,
    prepared_of,
    states_by_hand,
)

from rnncli.errors import DataError
from rnncli.gradients.lags import Lags, judge
from rnncli.gradients.report import gradient_by_lag, gradient_report
from rnncli.network.network import Architecture, Network, initial_network
from rnncli.network.passes import backward
from rnncli.runtime.threads import threads

pytestmark = pytest.mark.thorough

DERIVATIVES = {"mse": lambda e: 2 * e, "mae": np.sign, "huber": lambda e: np.clip(e, -1, 1)}
VALUES = {
    "mse": lambda e: e * e,
    "mae": abs,
    "huber": lambda e: e * e / 2 if abs(e) < 1 else abs(e) - 0.5,
}


def back_propagated(network: Network, series, loss: str) -> list[float]:
    """Norm of dL_T/ds_{T-k} of one series by lag k, by the chain rule, day by day."""
    a, p = network.architecture, network.parameters
    fed, states = series[:-1], states_by_hand(network, series[:-1])[-1]
    error = outputs_by_hand(network, fed)[-1] - series[-1]
    flowing = DERIVATIVES[loss](error) * p["head.weight"][0]
    norms = []
    for h in states[::-1]:
        norms.append(float(sum(flowing**2)) ** 0.5)
        slope = 1 - h * h if a.activation == "tanh" else (h > 0).astype(float)
        flowing = (flowing * slope) @ p[f"weight_hh_l{a.layers - 1}"]
    return norms


def by_lag(network: Network, series, loss: str):
    """Root mean squares over the series longer than each lag, few ones dropped."""
    norms = [back_propagated(network, one, loss) for one in series if len(one) > 1]
    norm, relative, counts = [], [], []
    for k in range(max(map(len, norms))):
        longer = [one for one in norms if len(one) > k]
        if len(longer) < min(10, len(norms)):
            continue
        mean = sum(one[k] ** 2 for one in longer) / len(longer)
        at_0 = sum(one[0] ** 2 for one in longer) / len(longer)
        norm.append(mean**0.5)
        relative.append((mean / at_0) ** 0.5)
        counts.append(len(longer))
    return norm, relative, counts


def ragged(lengths, seed: int = 0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(length) for length in lengths]


@pytest.mark.parametrize("loss", DERIVATIVES)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradient_by_lag_is_that_of_plain_back_propagation(activation, layers, loss):
    """Two ragged series: norms, relative norms and the number of series behind each lag."""
    network, series = network_of(3, layers, activation, seed=2), ragged([12, 7])
    found = gradient_by_lag(network, prepared_of(series), loss, ALONE)
    norm, relative, counts = by_lag(network, series, loss)
    assert counts == [2] * 6  # six days of the shorter one have a next day
    np.testing.assert_allclose(found.norm, norm, rtol=1e-9)
    np.testing.assert_allclose(found.relative, relative, rtol=1e-9)
    assert found.series.tolist() == counts


@pytest.mark.parametrize("lengths", [[9], [12, 1, 7, 2], [5 + i for i in range(14)], [3] * 40])
def test_lags_with_few_series_are_dropped(lengths):
    """A lag counts where ten series reach it, or all of fewer; series of one day never do."""
    network, series = network_of(3), ragged(lengths)
    found = gradient_by_lag(network, prepared_of(series), "mse", ALONE)
    norm, relative, counts = by_lag(network, series, "mse")
    np.testing.assert_allclose(found.norm, norm, rtol=1e-9)
    np.testing.assert_allclose(found.relative, relative, rtol=1e-9)
    assert found.series.tolist() == counts


def test_norms_whose_squares_leave_the_numbers_are_norms():
    """A loop of 1000 makes 1e237 of 1 in 79 days: a number, which its square is not."""
    network = one_unit(1.0, 1000.0, 1.0)
    series = [[1.0, *[0.0] * 80], [0.0] * 70 + [1.0, 0.0]]
    found = gradient_by_lag(network, prepared_of(series[:1]), "mae", ALONE)
    np.testing.assert_allclose(found.norm, 1000.0 ** np.arange(80), rtol=1e-12)
    np.testing.assert_allclose(found.relative, 1000.0 ** np.arange(80), rtol=1e-12)
    both = gradient_by_lag(network, prepared_of(series), "mae", ALONE)
    assert np.all(np.isfinite(both.norm))
    assert judge(both, 0, "rnn")[0] == "exploding"


def test_only_the_gradients_that_are_read_are_kept(monkeypatch):
    """Those of the top layer's states alone, and only for the report by lag."""
    kept = []

    def noted(network, x, dout, work, beyond):
        kept.append([dstates.shape[1] > 0 for dstates in work.dstates])
        backward(network, x, dout, work, beyond)

    monkeypatch.setattr("rnncli.network.backprop.backward", noted)
    network = network_of(3, layers=3)
    gradient_report(network, network, prepared_of(ragged([9])), "mse", 0.0, ALONE)
    assert kept == [[False, False, True], [False] * 3]


def test_relative_is_over_the_same_series():
    """Where a loud short series drops out, lag 0 is that of the quiet long ones alone."""
    network = one_unit(1.0, 0.5, 1.0)
    quiet, loud = [1.0] * 8 + [2.5], [1.0, 1.0, 100.0]
    series = [quiet] * 10 + [loud] * 10
    found = gradient_by_lag(network, prepared_of(series), "mse", ALONE)
    np.testing.assert_allclose(found.relative, 0.5 ** np.arange(8), rtol=1e-12)
    assert found.series.tolist() == [20, 20] + [10] * 6


def test_the_loss_is_that_of_the_last_day_with_a_known_next():
    """The last value is only a target: no state after it receives anything."""
    network = one_unit(1.0, 0.5, 1.0)
    found = gradient_by_lag(network, prepared_of([[1.0, 1.0, 9.0]]), "mse", ALONE)
    # states 1 and 1.5, output 1.5, error -7.5: 15 at lag 0, half of it at lag 1
    np.testing.assert_allclose(found.norm, [15.0, 7.5])


def test_validation_days_are_run_through_too():
    """The report reads the whole series, whatever part of it was held back."""
    series, network = ragged([20, 30]), network_of(3)
    whole = gradient_by_lag(network, prepared_of(series, 0.0), "mse", ALONE)
    split = gradient_by_lag(network, prepared_of(series, 0.5), "mse", ALONE)
    assert whole.norm.tobytes() == split.norm.tobytes()


def test_threads_do_not_change_the_report():
    """One and four threads give the same bytes."""
    network, prepared = network_of(3), prepared_of(ragged([9] * 50))
    alone = gradient_report(network, network, prepared, "mse", 0.0, ALONE)
    with threads(4) as pool:
        several = gradient_report(network, network, prepared, "mse", 0.0, pool)
    assert alone.lags.norm.tobytes() == several.lags.norm.tobytes()
    assert alone.parameters == several.parameters


def test_no_next_day_is_refused():
    """Series of one value have nothing to be wrong about."""
    with pytest.raises(DataError, match="no series has a next day"):
        gradient_by_lag(network_of(), prepared_of([[1.0], [2.0]]), "mse", ALONE)


def test_no_gradient_is_refused():
    """A unit that relu has switched off sends nothing back, and the message says so."""
    network = one_unit(1.0, 0.5, 0.0)
    with pytest.raises(DataError, match="no gradient at the last day of any series"):
        gradient_by_lag(network, prepared_of([[1.0, 1.0, 9.0]]), "mse", ALONE)


@pytest.mark.parametrize("loss", VALUES)
def test_parameter_gradients_are_those_of_the_mean_loss(loss):
    """Norm and largest element by parameter, against central differences over all days."""
    network, series = network_of(2, 2), ragged([6, 1, 9])
    report = gradient_report(network, network, prepared_of(series), loss, 0.25, ALONE)

    def mean_loss(flat):
        moved = Network(network.architecture, flat)
        costs = [
            VALUES[loss](output - target)
            for one in series
            if len(one) > 1
            for output, target in zip(outputs_by_hand(moved, one[:-1]), one[1:], strict=True)
        ]
        return sum(costs) / len(costs)

    expected = Network(
        network.architecture, central_differences(mean_loss, network.flat)
    ).parameters
    assert [each.name for each in report.parameters] == list(expected)
    for each in report.parameters:
        gradient, weight = expected[each.name].ravel(), network.parameters[each.name].ravel()
        assert each.shape == expected[each.name].shape
        assert each.norm == pytest.approx(sum(gradient**2) ** 0.5, rel=1e-5)
        assert each.max_abs == pytest.approx(max(abs(gradient)), rel=1e-5)
        assert each.weight_norm == pytest.approx(sum(weight**2) ** 0.5, rel=1e-12)
        assert each.ratio == pytest.approx(each.norm / each.weight_norm, rel=1e-12)
    assert report.clip_rate == 0.25


def test_the_report_is_in_float64_whatever_the_weights():
    """Saved float32 weights are run through float64 kernels."""
    network, prepared = network_of(3, dtype="float32"), prepared_of(ragged([60]))
    report = gradient_report(network, network, prepared, "mse", 0.0, ALONE)
    exact = gradient_by_lag(network.astype("float64"), prepared, "mse", ALONE)
    assert report.lags.norm.tobytes() == exact.norm.tobytes()


def test_spectra_are_of_the_recurrent_weights():
    """The largest |eigenvalue| and the largest singular value of each layer's weight_hh."""
    network = network_of(2, 2)
    p = network.parameters
    p["weight_hh_l0"][:] = [[0.0, -2.0], [0.5, 0.0]]  # eigenvalues ±i
    p["weight_hh_l1"][:] = [[0.5, 3.0], [0.0, -0.25]]
    report = gradient_report(network, network, prepared_of(ragged([9])), "mse", 0.0, ALONE)
    assert report.spectral_radius == pytest.approx({"weight_hh_l0": 1.0, "weight_hh_l1": 0.5})
    largest = (np.linalg.eigvalsh(p["weight_hh_l1"].T @ p["weight_hh_l1"]).max()) ** 0.5
    assert report.spectral_norm == pytest.approx({"weight_hh_l0": 2.0, "weight_hh_l1": largest})


def lru_network(half_lives, layers=1):
    """An LRU whose units have these half-lives in every layer, its other weights drawn."""
    a = Architecture("lru", hidden_size=len(half_lives), layers=layers)
    network = initial_network(a, "orthogonal", np.random.default_rng(2), "float64")
    for layer in range(layers):
        network.parameters[f"diagonal_hh_l{layer}"][:] = np.log(np.log(2) / np.array(half_lives))
    return network


@pytest.mark.parametrize("layers", [1, 2])
def test_half_lives_in_closed_form_are_those_measured(layers):
    """Of an LRU every lag multiplies a unit's gradient by its decay, whatever the prices."""
    prepared = prepared_of(ragged([90]))
    for days in (1.0, 7.0, 30.0):
        network = lru_network([days] * 4, layers)
        report = gradient_report(network, network, prepared, "mse", None, ALONE)
        lives = report.half_lives[f"diagonal_hh_l{layers - 1}"]
        assert (lives.shortest, lives.median, lives.longest) == pytest.approx((days,) * 3)
        np.testing.assert_allclose(report.lags.relative, 0.5 ** (np.arange(89) / days), rtol=1e-9)
        assert report.lags.half_life in (days, days + 1)  # the relative norm is 0.5, or just above
        assert (report.spectral_radius, report.spectral_norm) == ({}, {})


def test_a_verdict_on_decays_names_their_half_lives():
    """Shortest to longest by layer; other cells have none."""
    network, prepared = lru_network([2.0, 5.0, 40.0]), prepared_of(ragged([60]))
    report = gradient_report(network, network, prepared, "mse", None, ALONE)
    assert report.verdict == "healthy"
    assert report.reason.endswith("; decays in diagonal_hh_l0 halve in 2 to 40 lags")
    assert report.half_lives["diagonal_hh_l0"].median == pytest.approx(5)
    other = gradient_report(network_of(3), network_of(3), prepared, "mse", None, ALONE)
    assert (other.half_lives, "halve" in other.reason) == ({}, False)


def test_memory_at_start_is_that_of_the_untrained_network():
    """It is measured on the same series with the weights training began from."""
    prepared = prepared_of([[1.0] * 40 + [9.0]])
    trained, start = one_unit(1.0, 0.5, 1.0), one_unit(1.0, 0.9, 1.0)
    report = gradient_report(trained, start, prepared, "mse", 0.0, ALONE)
    assert report.lags.half_life == 1  # 0.5 at lag 1
    assert report.lags.memory == 6  # 0.5^6 = 0.0156, 0.5^7 = 0.0078
    assert report.memory_at_start == 39  # 0.9^39 = 0.0164, and that is the longest lag
    assert report.verdict == "short"


def lags(relative) -> Lags:
    relative = np.asarray(relative, float)
    return Lags(3 * relative, relative, np.full(len(relative), 10.0))


def test_half_life_and_memory_read_the_relative_norms():
    """Smallest lag with half or less; largest lag with a hundredth or more."""
    assert lags([1.0, 0.7, 0.5, 0.6, 0.01, 0.009]).half_life == 2
    assert lags([1.0, 0.7, 0.5, 0.6, 0.01, 0.009]).memory == 4
    assert lags([1.0, 0.9]).half_life is None
    assert lags([1.0, 0.0, 0.0]).memory == 0


DECAYING = 0.7 ** np.arange(60)  # 0.01 is left at lag 12


@pytest.mark.parametrize(
    ("relative", "at_start", "verdict", "number", "remedy"),
    [
        ([1.0, 99.0, 100.0, 5.0], 3, "exploding", "at lag 2 the gradient is 100 times", "clip"),
        (2.0 ** np.arange(60), 59, "exploding", "at lag 59", "learning_rate"),
        ([1.0] * 20, 19, "too-short-to-tell", "longest lag is 19", "more than 21 days"),
        ([1.0, 0.5], 1, "too-short-to-tell", "longest lag is 1", "more than 21 days"),
        (DECAYING, 12, "vanishing", "memory is 12 lags, and was 12", 'init="orthogonal"'),
        (DECAYING[:15], 5, "vanishing", "memory is 12 lags", "gated cell"),
        (DECAYING, 20, "short", "memory is 12 lags, and was 20", "none needed"),
        ([1.0] * 21, 0, "healthy", "memory is 20 of 20 lags", "none needed"),
        ([1.0] * 25 + [0.001] * 9, 40, "healthy", "memory is 24 of 33 lags", "none needed"),
        ([1.0] + [99.9] * 30, 30, "healthy", "at most 99.9 times that at lag 0", "none needed"),
    ],
)
def test_verdicts(relative, at_start, verdict, number, remedy):
    """Each verdict names the number that decided and one remedy that fits."""
    found, reason, advice = judge(lags(relative), at_start, "rnn")
    assert found == verdict
    assert number in reason
    assert remedy in advice


def test_a_gradient_that_relu_cuts_off_does_not_vanish():
    """It stops at once, and relu alone has no slope; one that fades vanishes."""
    cut, fading = lags([1.0, 0.5] + [0.0] * 40), lags(0.1 ** np.arange(40.0))
    verdict, reason, remedy = judge(cut, 1, "rnn", "relu")
    assert (verdict, remedy) == ("dead", 'use activation="tanh", or lower learning_rate')
    assert reason == "every relu is off at lag 1, so no gradient reaches lag 2"
    assert judge(cut, 1, "rnn", "tanh")[0] == "vanishing"
    assert judge(fading, 1, "rnn", "relu")[0] == "vanishing"


@pytest.mark.parametrize(
    ("w2", "verdict"), [(2.0, "exploding"), (0.5, "vanishing"), (0.95, "healthy")]
)
def test_one_unit_networks_are_judged_by_their_loop(w2, verdict):
    """51 days are 50 rounds: a loop of 2 explodes, of 0.5 vanishes, of 0.95 does neither."""
    network = one_unit(1.0, w2, 1.0)
    prepared = prepared_of([[1.0] + [0.0] * 50 + [1.0]])
    report = gradient_report(network, network, prepared, "mse", 0.0, ALONE)
    np.testing.assert_allclose(report.lags.relative, w2 ** np.arange(51), rtol=1e-12)
    assert report.verdict == verdict
    assert report.spectral_radius == {"weight_hh_l0": w2}


def test_a_one_unit_network_with_a_negative_loop_is_dead():
    """The day after a price its sum is below 0."""
    network = one_unit(1.0, -2.0, 1.0)
    prepared = prepared_of([[0.0] * 49 + [1.0, 0.0, 1.0]])
    assert gradient_report(network, network, prepared, "mse", 0.0, ALONE).verdict == "dead"


@pytest.mark.parametrize("loss", naive.LIKELIHOODS)
def test_gradients_of_likelihoods_are_those_of_their_values(loss):
    """By lag and by parameter, against central differences of the twins from end to end."""
    rng, levels = np.random.default_rng(4), (0.1, 0.5, 0.9) if loss == "quantile" else ()
    outputs = 2 if loss == "gaussian" else 3
    a = Architecture(hidden_size=3, output_size=outputs, head=loss, levels=levels)
    network = Network(a, rng.uniform(-0.8, 0.8, a.size))
    series = rng.integers(0, outputs, 9) / max(outputs - 1, 1) + (loss != "cross-entropy") * 0.3
    x = series[:-1, None, None]

    def costs(flat, **disturbed):
        p = Network(a, flat).parameters
        out = naive.outputs(x, p, "rnn", 1, "tanh", **disturbed)
        return naive.LIKELIHOODS[loss](np.moveaxis(out, 1, 0), series[1:, None], levels)[:, 0]

    report = gradient_report(network, network, prepared_of([series]), loss, None, ALONE)
    for lag in range(8):
        moved = [
            [costs(network.flat, nudge={(0, 0, 8 - lag, unit): step})[-1] for step in (1e-6, -1e-6)]
            for unit in range(3)
        ]
        expected = np.linalg.norm([(up - down) / 2e-6 for up, down in moved])
        assert report.lags.norm[lag] == pytest.approx(expected, rel=1e-5)
    mean = central_differences(lambda flat: costs(flat).mean(), network.flat)
    expected = Network(a, mean).parameters
    for each in report.parameters:
        assert each.norm == pytest.approx(np.linalg.norm(expected[each.name]), rel=1e-5)


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [("rnn", "a gated cell"), ("gru", 'cell="lstm"'), ("lstm", "raise forget_bias")],
)
def test_the_remedy_of_a_vanishing_gradient_fits_the_cell(cell, remedy):
    """No gated cell is reported to become one."""
    assert remedy in judge(lags(0.1 ** np.arange(40.0)), 3, cell)[2]


def test_attention_reaches_its_window_and_no_lag_beyond():
    """A short window ends the memory, which the verdict says; a long one is no reason to worry."""
    prepared = prepared_of(ragged([60]))
    for window, verdict in ((6, "short"), (40, "healthy")):
        a = Architecture("attention", hidden_size=4, window=window)
        network = initial_network(a, "orthogonal", np.random.default_rng(0))
        network.parameters["bias_lag_l0"][:] = 0
        report = gradient_report(network, network, prepared, "mse", None, ALONE)
        assert np.flatnonzero(report.lags.relative)[-1] == window - 1
        assert (report.verdict, report.lags.memory) == (verdict, window - 1)
        assert f"looks back on {window} rows" in report.reason


def test_the_gradient_by_lag_of_dilated_layers_is_that_of_all_their_states():
    """Where the top layer alone would show nothing between its dilation and twice that."""
    prepared = prepared_of(ragged([60]))
    a = Architecture("rnn", hidden_size=4, layers=2, dilations=(1, 7))
    network = initial_network(a, "orthogonal", np.random.default_rng(0), "float64")
    relative = gradient_by_lag(network, prepared, "mse", ALONE).relative
    assert np.all(relative[:30] > 0)
