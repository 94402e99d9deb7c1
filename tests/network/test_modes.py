"""The forms that forecast a path: right forward, back by central differences, trained, saved."""

import json
from dataclasses import replace

import naive
import numpy as np
import pytest
from builders import ignore, prepared_of, prices_of, random_walk
from gradient_check import each_choice, each_depth

from rnncli.errors import DataError, UsageError
from rnncli.forecasting.predict import predict
from rnncli.gradients.report import gradient_by_lag, gradient_report
from rnncli.gradients.unroll import unroll_network
from rnncli.inference.forecast import Request, forecast_at
from rnncli.models.model import decode, encode
from rnncli.network.from_settings import architecture_of
from rnncli.network.heads import LOSSES, add_up
from rnncli.network.modes import FORMS, Window
from rnncli.network.network import Architecture, Network
from rnncli.prices.origins import Origins
from rnncli.runtime.threads import Threads, threads
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model
from rnncli.training.windows import Windows, window_of
from rnncli.transforms.dataset import prepare

pytestmark = pytest.mark.thorough

LANES, HORIZON, DAYS = 16, 3, 6
STEP = 1e-5
ALONE = Threads(None)
each_form = pytest.mark.parametrize("mode", FORMS)


def network_of(mode, cell="rnn", activation="tanh", layers=1, hidden_size=3, dtype="float64"):
    shape = NetworkSettings(
        cell=cell, activation=activation, layers=layers, hidden_size=hidden_size, mode=mode,
        horizon=HORIZON, window=4,
    )  # fmt: skip
    architecture = architecture_of(shape)
    bound = 1.2 / np.sqrt(hidden_size)
    flat = np.random.default_rng(4).uniform(-bound, bound, architecture.size)
    return Network(architecture, flat.astype(dtype))


def window():
    """Windows in all lanes but two, their path away from the outputs of any small network."""
    rng = np.random.default_rng(2)
    y = rng.choice([-1, 1], (HORIZON, 1, LANES)) * rng.uniform(3, 4, (HORIZON, 1, LANES))
    return Window(rng.standard_normal((DAYS, 1, LANES)), y, np.arange(LANES) < LANES - 2)


def path_by_hand(network, w, forced):
    """The outputs (horizon, 1, L) by the definition of the form, with the naive cells."""
    a = network.architecture
    chosen = a.cell, a.layers, a.activation
    if a.mode == "seq2vec":
        return naive.outputs(w.x, network.parameters, *chosen)[-1][:, None]
    if a.mode == "vec2seq":
        x = np.zeros((HORIZON, 1, w.x.shape[2]))
        x[0] = w.x[-1]
        return naive.outputs(x, network.parameters, *chosen)
    encoder, decoder = (part.parameters for part in network.parts)
    state, x, outputs = naive.after(w.x, encoder, *chosen), w.x[-1:], []
    for ahead in range(HORIZON):
        out = naive.outputs(x, decoder, *chosen, start=state)
        state = naive.after(x, decoder, *chosen, state)
        outputs.append(out)
        x = w.y[ahead : ahead + 1] if forced[ahead] else out
    return np.concatenate(outputs)


@each_form
@each_choice
@pytest.mark.parametrize("layers", [1, 2])
def test_a_path_is_that_of_the_definition(mode, cell, activation, layers):
    """What each form computes, with a decoder fed true values or its own."""
    network, w = network_of(mode, cell, activation, layers), window()
    form = FORMS[mode](network.architecture, DAYS + 2, LANES, "float64")
    for forced in ([False] * HORIZON, [True, False, True]):
        comp = form.forward(network, w, np.array(forced))
        assert comp.shape == (HORIZON, 1, LANES)
        np.testing.assert_allclose(comp, path_by_hand(network, w, forced), rtol=0, atol=1e-12)


def loss_and_backward(network, w, forced, loss):
    form = FORMS[network.architecture.mode](network.architecture, DAYS, LANES, "float64", True)
    form.gradient[:] = 0
    out = form.forward(network, w, forced)
    dout = np.empty_like(out)
    used = w.used.astype(int)
    mean = 1 / (HORIZON * used.sum())
    total = add_up(loss, out, w.y, 0 * used, HORIZON * used, 0, mean, dout)
    form.backward(network, dout)
    return mean * total, form


@each_form
@each_choice
@pytest.mark.parametrize("loss", LOSSES)
@each_depth
def test_backward_is_the_derivative_of_the_path(mode, cell, activation, loss, layers):
    """Every parameter's gradient agrees with central differences; fed-back outputs included."""
    network, w = network_of(mode, cell, activation, layers), window()
    for forced in (np.zeros(HORIZON, bool), np.array([True, False, False])):
        comp = loss_and_backward(network, w, forced, loss)[1].gradient
        for k in range(0, len(network.flat), 1 if layers == 1 else 7):
            losses = []
            for step in (STEP, -STEP):
                flat = network.flat + step * (np.arange(len(network.flat)) == k)
                losses.append(loss_and_backward(replace(network, flat=flat), w, forced, loss)[0])
            ref = (losses[0] - losses[1]) / (2 * STEP)
            assert abs(comp[k] - ref) <= 1e-8 + 1e-6 * abs(ref), k


@each_form
def test_empty_lanes_send_nothing_back(mode):
    """What stands in a lane without a window changes no gradient."""
    network, w = network_of(mode), window()
    free = np.zeros(HORIZON, bool)
    rubbish = np.where(w.used, 0.0, 9.0)
    other = replace(w, x=w.x + rubbish, y=w.y - rubbish)
    ref, comp = (loss_and_backward(network, each, free, "mse")[1].gradient for each in (w, other))
    np.testing.assert_array_equal(ref, comp)


@each_form
def test_the_gradient_by_states_is_kept(mode):
    """Of the top layer, a day at a time; the last day's is the head's alone."""
    network, w = network_of(mode, "lstm", layers=2), window()
    _, form = loss_and_backward(network, w, np.zeros(HORIZON, bool), "mse")
    days = {"seq2vec": DAYS, "vec2seq": HORIZON, "encoder-decoder": DAYS + HORIZON}[mode]
    assert form.dstates().shape == (2, days, 3, LANES)
    assert form.dstates()[0, -1, :, 0].any()
    assert not form.dstates()[1, -1].any()


def test_windows_hold_the_days_up_to_a_cutoff_and_those_after_it():
    """Row by row as they stand in the flat values, with empty lanes behind."""
    found = window_of(np.arange(100.0)[:, None], np.array([10, 50]), 4, 3, 16)
    assert found.x[:, 0, 0].tolist() == [7, 8, 9, 10]
    assert found.y[:, 0, 1].tolist() == [51, 52, 53]
    assert found.used.tolist() == [1, 1] + [0] * 14
    assert not found.x[:, 0, 2:].any()


def task(lengths, mode="seq2vec", validation=0.2, **settings):
    values = [np.arange(n) + 1000.0 * i for i, n in enumerate(lengths)]
    prepared = prepared_of(values, validation)
    architecture = architecture_of(NetworkSettings(hidden_size=2, mode=mode, horizon=HORIZON))
    return prepared, Windows(prepared, architecture, TrainSettings(**settings), "float64")


@pytest.mark.parametrize("batch_size", [0, 1, 20])
def test_an_epoch_holds_every_training_cutoff_once(batch_size):
    """A path never reaches into the validation days, a window never into another series."""
    lengths = [30, 4, 50, 3]
    prepared, windows = task(lengths, batch_size=batch_size, bptt=8)
    ends = []
    for step in windows.steps(1, np.random.default_rng(0)):
        assert step.days == HORIZON * sum(int(p.window.used.sum()) for p in step.pieces)
        for piece in step.pieces:
            for lane in np.flatnonzero(piece.window.used):
                both = np.concatenate([piece.window.x, piece.window.y])[:, 0, lane]
                assert np.all(np.diff(both) == 1)
                assert len(piece.window.x) <= 8
                ends.append(piece.window.x[-1, 0, lane])
    expected = [
        1000.0 * i + t for i in range(4) for t in range(prepared.training[i] - HORIZON)
    ]  # fmt: skip
    assert sorted(ends) == expected


def test_validation_windows_have_paths_of_validation_days():
    """Their first day ahead is the first one held back, or later."""
    prepared, windows = task([30, 50])
    ends = [v for w in windows.validation for v in w.x[-1, 0, w.used == 1]]
    expected = [
        1000.0 * i + t
        for i in range(2)
        for t in range(prepared.training[i] - 1, prepared.lengths[i] - HORIZON)
    ]
    assert sorted(ends) == expected
    assert windows.validation_days == HORIZON * len(expected)


def test_too_short_series_are_refused():
    """Without a path to train on there is nothing to learn, and the message says how much it is."""
    with pytest.raises(DataError, match="no series has 3 days after a first one"):
        task([3, 2])


def fitted(mode, count=2, workers=1, **settings):
    rng = np.random.default_rng(1)
    series = {f"S{i}": random_walk(rng, 60 + i) for i in range(count)}
    model = fit_model(
        prices_of(series), ReadSettings(), PrepareSettings(),
        NetworkSettings(hidden_size=2, mode=mode, horizon=HORIZON),
        TrainSettings(**({"epochs": 2, "batch_size": 32} | settings)), RunSettings(workers),
        ignore, ignore, ignore,
    ).model  # fmt: skip
    return model, prices_of(series)


@each_form
def test_a_model_is_the_same_bytes_for_any_threads_and_survives_its_file(mode):
    """Saved, loaded and trained again it forecasts the same."""
    model, prices = fitted(mode)
    assert encode(model) == encode(fitted(mode, workers=4)[0])
    loaded = decode(encode(model))
    found = [predict(m, prices, PredictSettings(), ALONE) for m in (model, loaded)]
    assert found[0].forecasts.tobytes() == found[1].forecasts.tobytes()
    assert found[0].forecasts.shape == (2, HORIZON)
    assert loaded.network.architecture == model.network.architecture
    json.dumps(model.record, allow_nan=False)


@each_form
def test_a_shorter_horizon_begins_like_the_whole(mode):
    """--horizon 2 of a model made for three is its first two days; four is refused."""
    model, prices = fitted(mode)
    short, whole = (predict(model, prices, PredictSettings(horizon=h), ALONE) for h in (2, None))
    assert np.array_equal(short.forecasts, whole.forecasts[:, :2])
    with pytest.raises(UsageError, match=r"^horizon 4: this .* model was made for 3"):
        predict(model, prices, PredictSettings(horizon=4), ALONE)


@each_form
@each_choice
def test_forecasts_are_the_paths_after_the_whole_history(mode, cell, activation):
    """At any cutoff: the form's path over all days known, whatever the threads."""
    network = network_of(mode, cell, activation, 2)
    rng = np.random.default_rng(5)
    prepared = prepared_of([rng.standard_normal(n) for n in (20, 7, 12)])
    prices = prices_of({f"s{i}": prepared.series(i) for i in range(3)})
    origins = Origins(np.array([2, 0, 1, 0]), np.array([11, 3, 0, 19]))
    request = Request(HORIZON, "absolute")
    comp = forecast_at(network, prices, prepared, origins, request, ALONE).median
    for n, (i, t) in enumerate(zip(origins.series, origins.row, strict=True)):
        x = np.repeat(prepared.series(i)[: t + 1][:, None, None], LANES, axis=2)
        w = Window(x, np.zeros((HORIZON, 1, LANES)), np.ones(LANES))
        ref = path_by_hand(network, w, [False] * HORIZON)[:, 0, 0]
        np.testing.assert_allclose(comp[n], ref, rtol=0, atol=1e-12)
    with threads(3) as pool:
        again = forecast_at(network, prices, prepared, origins, request, pool).median
        assert again.tobytes() == comp.tobytes()


def test_teacher_forcing_changes_a_decoder_and_nothing_else():
    """True values fed in make another decoder; the other forms have none."""
    free = {"teacher_forcing": 0.0}
    assert encode(fitted("encoder-decoder")[0]) != encode(fitted("encoder-decoder", **free)[0])
    one, other = fitted("seq2vec")[0], fitted("seq2vec", **free)[0]
    assert one.network.flat.tobytes() == other.network.flat.tobytes()


def test_a_horizon_is_for_the_forms_that_fix_one():
    """seq2seq has none; the others have five unless told."""
    with pytest.raises(UsageError, match='horizon: mode="seq2seq" forecasts any'):
        architecture_of(NetworkSettings(horizon=3))
    assert architecture_of(NetworkSettings(mode="seq2vec")).output_size == 5
    assert architecture_of(NetworkSettings(mode="vec2seq")).horizon == 5
    assert Architecture().horizon == 0


def central_by_state(network, values, cutoff, layer, t, unit):
    """What a nudge of an encoder's or the only network's state after day t does to the loss."""
    a = network.architecture
    x, y = values[: cutoff + 1], values[cutoff + 1 : cutoff + 1 + HORIZON]
    chosen, losses = (a.cell, a.layers, a.activation), []
    for step in (STEP, -STEP):
        nudge = {(layer, 0, t + 1, unit): step}
        days = np.repeat(x[:, None, None], LANES, axis=2)
        if a.mode == "seq2vec":
            out = naive.outputs(days, network.parameters, *chosen, nudge=nudge)[-1, :, 0]
            losses.append(np.sum((out - y) ** 2))
            continue
        encoder, decoder = (part.parameters for part in network.parts)
        state = [s[:, -1] for s in naive.states(days, encoder, *chosen, nudge=nudge)]
        fed = days[-1:]
        for _ in range(HORIZON):
            state = [s[:, -1] for s in naive.states(fed, decoder, *chosen, start=state)]
            fed = (decoder["head.weight"] @ state[-1][0] + decoder["head.bias"][:, None])[None]
        losses.append((fed[0, 0, 0] - y[-1]) ** 2)
    return (losses[0] - losses[1]) / (2 * STEP)


@pytest.mark.parametrize("mode", ["seq2vec", "encoder-decoder"])
def test_lags_of_a_path_count_from_its_last_output(mode):
    """The norm at a lag is that of changes of the top states the same number of days before."""
    network = network_of(mode, layers=2)
    values = np.random.default_rng(8).standard_normal(12)
    found = gradient_by_lag(network, prepared_of([values]), "mse", ALONE)
    cutoff = len(values) - 1 - HORIZON
    behind = 0 if mode == "seq2vec" else HORIZON
    assert len(found.norm) == cutoff + 1 + behind
    for t in (0, cutoff - 2, cutoff):
        by_unit = [central_by_state(network, values, cutoff, 1, t, unit) for unit in range(3)]
        assert found.norm[cutoff - t + behind] == pytest.approx(np.linalg.norm(by_unit), rel=1e-5)


@each_form
def test_a_model_of_every_form_has_a_report(mode):
    """By parameter and by lag, the same for any threads, with a verdict."""
    model, prices = fitted(mode, count=3)
    prepared = prepare(prices, model.preparation, 0.0)
    alone = gradient_report(model.network, model.network, prepared, "mse", 0.0, ALONE)
    with threads(3) as pool:
        several = gradient_report(model.network, model.network, prepared, "mse", 0.0, pool)
    assert alone.parameters == several.parameters
    assert alone.lags.norm.tobytes() == several.lags.norm.tobytes()
    assert [p.name for p in alone.parameters] == list(model.network.parameters)
    assert alone.verdict


def test_a_series_too_short_for_a_path_is_refused():
    """Nothing flows back from a path that is not known to its end."""
    with pytest.raises(DataError, match="no series has 3 days after a first one"):
        gradient_by_lag(network_of("seq2vec"), prepared_of([np.ones(3)]), "mse", ALONE)


@each_form
def test_a_form_without_an_output_each_day_is_not_unrolled(mode):
    """What it would show does not exist."""
    with pytest.raises(UsageError, match=f"unroll: a {mode} model has no output each day"):
        unroll_network(network_of(mode), np.array([0.0, 0.5]))
