"""Many series run together give the results that each gives alone, day by day."""

import numpy as np
import pytest
from builders import (
    ALONE,
    network_of,
    outputs_by_hand,
    prepared_of,
    rolled_out_by_hand,
    states_by_hand,
)

from rnncli.inference import rollout
from rnncli.inference.path_outputs import roll_out
from rnncli.inference.rollout import run_until, whole_series
from rnncli.prices.origins import Origins
from rnncli.runtime.threads import threads

LENGTHS = [9, 1, 23, 5, 2, 23, 14]


@pytest.fixture(params=[256, 4, 1], ids=lambda chunk: f"chunks of {chunk}")
def chunk(request, monkeypatch):
    """The passes of a long series, made short enough for small tests to have several."""
    monkeypatch.setattr(rollout, "CHUNK", request.param)
    return request.param


def ragged(lengths=LENGTHS, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(length) for length in lengths]


def every_day(series) -> Origins:
    days = [(i, t) for i, values in enumerate(series) for t in range(len(values))]
    number, day = np.array(days).T
    return Origins(number, day)


def shuffled(origins: Origins, seed: int = 1) -> Origins:
    order = np.random.default_rng(seed).permutation(len(origins.series))
    return Origins(origins.series[order], origins.row[order])


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.usefixtures("chunk")
def test_outputs_are_those_of_feeding_day_by_day(activation, layers):
    """At every cutoff of ragged series: what the network says after that day alone."""
    network, series = network_of(3, layers, activation), ragged()
    origins = shuffled(every_day(series))
    found = run_until(network, prepared_of(series), origins, ALONE, stride=0).outputs
    expected = [outputs_by_hand(network, series[i])[t] for i, t in _pairs(origins)]
    assert found.shape == (sum(LENGTHS), 1)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.usefixtures("chunk")
def test_states_are_those_of_feeding_day_by_day(layers):
    """The states of every layer after each cutoff, whatever the order they are asked in."""
    network, series = network_of(4, layers), ragged()
    origins = shuffled(every_day(series))
    found = run_until(network, prepared_of(series), origins, ALONE).states
    assert len(found) == layers
    for layer in range(layers):
        expected = [states_by_hand(network, series[i])[layer][t] for i, t in _pairs(origins)]
        assert found[layer].shape == (1, 4, sum(LENGTHS))
        np.testing.assert_allclose(found[layer][0].T, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("stride", [0, 1, 3])
def test_states_can_be_kept_of_every_few_origins(stride):
    """The first of each few, in the order of the origins; outputs are of all."""
    network, series = network_of(4), ragged()
    origins = shuffled(every_day(series))
    ref = run_until(network, prepared_of(series), origins, ALONE)
    comp = run_until(network, prepared_of(series), origins, ALONE, stride)
    assert np.array_equal(comp.outputs, ref.outputs)
    every = ref.states[0][:, :, ::stride] if stride else ref.states[0][:, :, :0]
    assert np.array_equal(comp.states[0], every)


def rolled(network, reached, horizon, pool):
    """Outputs ahead from where origins left the network."""
    outputs = reached.outputs
    more = roll_out(network, reached.states, outputs, horizon - 1, pool)[:, :, 0]
    return np.concatenate([outputs, more], axis=1)


def _pairs(origins: Origins):
    return zip(origins.series.tolist(), origins.row.tolist(), strict=True)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.usefixtures("chunk")
def test_rolling_out_feeds_each_output_back(layers):
    """The day after tomorrow is forecast from tomorrow's forecast."""
    network, series = network_of(3, layers), ragged()
    origins = Origins(np.array([2, 0, 5, 1]), np.array([22, 4, 11, 0]))
    reached = run_until(network, prepared_of(series), origins, ALONE)
    found = rolled(network, reached, 6, ALONE)
    expected = [rolled_out_by_hand(network, series[i][: t + 1], 5) for i, t in _pairs(origins)]
    first = [outputs_by_hand(network, series[i])[t] for i, t in _pairs(origins)]
    np.testing.assert_allclose(found[:, 0], first, rtol=1e-12)
    np.testing.assert_allclose(found[:, :5], expected, rtol=1e-10)
    assert found.shape == (4, 6)


def test_rolling_out_leaves_the_states_as_they_were():
    """States can be rolled out twice."""
    network, series = network_of(), ragged()
    reached = run_until(network, prepared_of(series), every_day(series), ALONE)
    before = [array.copy() for array in reached.states]
    first = rolled(network, reached, 4, ALONE)
    assert all(np.array_equal(a, b) for a, b in zip(reached.states, before, strict=True))
    assert np.array_equal(rolled(network, reached, 4, ALONE), first)


def test_a_longer_horizon_begins_like_a_shorter_one():
    """--horizon 20 repeats the five days of --horizon 5, bit for bit."""
    network, series = network_of(dtype="float32"), ragged()
    reached = run_until(network, prepared_of(series), every_day(series), ALONE)
    short, long = (rolled(network, reached, horizon, ALONE) for horizon in (5, 20))
    assert np.array_equal(long[:, :5], short)


def test_no_cutoff_is_no_work():
    """Without origins the results are empty, and of the right shape."""
    network = network_of(3, 2)
    none = Origins(np.zeros(0, int), np.zeros(0, int))
    prepared = prepared_of(ragged())
    reached = run_until(network, prepared, none, ALONE)
    assert [array.shape for array in reached.states] == [(1, 3, 0)] * 2
    assert reached.outputs.shape == (0, 1)
    assert rolled(network, reached, 5, ALONE).shape == (0, 5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_series_is_the_same_bits_whatever_stands_beside_it(dtype):
    """Alone, or in any lane of any group: outputs, states and forecasts do not change by a bit."""
    network = network_of(5, 2, dtype=dtype)
    mine = np.random.default_rng(3).standard_normal(40)

    def result(series, number):
        origins = Origins(np.array([number]), np.array([39]))
        prepared = prepared_of(series)
        reached = run_until(network, prepared, origins, ALONE)
        everyone = Origins(np.arange(len(series)), np.array([len(s) - 1 for s in series]))
        all_reached = run_until(network, prepared, everyone, ALONE)
        return (
            reached.outputs.tobytes(),
            [array.tobytes() for array in reached.states],
            rolled(network, all_reached, 9, ALONE)[number].tobytes(),
        )

    alone = result([mine], 0)
    for others in (3, 20, 50):
        series = ragged(list(range(20, 20 + others)), seed=others)
        for place in (0, others // 2, others):
            assert result([*series[:place], mine, *series[place:]], place) == alone


def test_threads_do_not_change_a_bit():
    """One, two and four threads give the same bytes."""
    network = network_of(5, 2, dtype="float32")
    series = ragged(list(range(5, 75)))
    prepared, origins = prepared_of(series), every_day(series)
    found = set()
    for count in (1, 2, 4):
        with threads(count) as pool:
            reached = run_until(network, prepared, origins, pool)
            ahead = rolled(network, reached, 3, pool)
            found.add(
                (
                    b"".join(s.tobytes() for s in reached.states),
                    reached.outputs.tobytes(),
                    ahead.tobytes(),
                )
            )
    assert len(found) == 1


def test_passes_do_not_change_a_bit(monkeypatch):
    """The state is carried on exactly from one pass to the next."""
    network, series = network_of(5, 2, dtype="float32"), ragged()
    found = set()
    for size in (256, 7, 1):
        monkeypatch.setattr(rollout, "CHUNK", size)
        reached = run_until(network, prepared_of(series), every_day(series), ALONE)
        found.add(reached.outputs.tobytes())
    assert len(found) == 1


def test_whole_series_count_their_validation_days():
    """From the first value to the last, the loss on the validation days and no others."""
    prepared = prepared_of(ragged([11, 1, 6]), 0.2)  # 2, 0 and 1 days held back
    sequences = whole_series(prepared)
    assert sequences.begin.tolist() == [0, 11, 12]
    assert sequences.end.tolist() == [11, 12, 18]
    assert (sequences.last - sequences.first).tolist() == [2, 0, 1]
    assert sequences.last.tolist() == [10, 0, 5]
