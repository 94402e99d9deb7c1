"""What is trained for: the next value, or the returns of many rows ahead."""

from dataclasses import replace

import numpy as np
import pytest
from gradient_check import STEP, disagreement
from naive import student_t

from rnncli.kernels.lanes import Group, Sequences, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import NextValue, RowsAhead, next_row_of, objective_of
from rnncli.network.passes import Workspace, backward, forward

ROWS = (1, 2, 4)
DAYS, LANES = 12, 16
ARCHITECTURE = Architecture(
    cell="gru", input_size=2, hidden_size=3, output_size=9, mode="direct", horizon=4,
    head="student-t", rows_ahead=ROWS,
)  # fmt: skip


def group_of(rng):
    """Three series of unequal length, NaN where a return ahead is not known."""
    lengths = np.array([DAYS, 7, 3])
    end = np.cumsum(lengths)
    ahead = rng.standard_normal((lengths.sum(), len(ROWS)))
    for stop, length in zip(end, lengths, strict=True):
        for k, row in enumerate(ROWS):
            ahead[stop - min(row, length) : stop, k] = np.nan
    first = np.array([2, 0, 0])
    sequences = Sequences(end - lengths, end, first, lengths - 1, lengths)
    (group,) = pack(rng.standard_normal((lengths.sum(), 2)), sequences, LANES, "float64", ahead)
    return group


def network_of(rng):
    return Network(ARCHITECTURE, rng.normal(0, 0.4, ARCHITECTURE.size))


def naive_sum(out, group, located=True):
    """The same loss, day by day: all returns that are known from a day that counts."""
    total = 0.0
    for lane in range(LANES):
        for day in range(group.first[lane], group.last[lane]):
            for k, row in enumerate(ROWS):
                if day + row < group.length[lane]:
                    outputs = out[day, 3 * k : 3 * k + 3, lane].copy()
                    outputs[0] *= located
                    target = group.ahead[day, k, lane]
                    total += float(student_t(outputs, target, ())) / len(ROWS)
    return total


@pytest.mark.parametrize("located", [True, False])
def test_the_sum_is_that_of_every_known_return(located):
    rng = np.random.default_rng(5)
    group, network = group_of(rng), network_of(rng)
    out = forward(network, group.values[:-1], Workspace(ARCHITECTURE, DAYS, LANES, "float64"))
    loss = RowsAhead(ROWS, located).add_up(out, group, 0)
    assert loss == pytest.approx(naive_sum(out, group, located), rel=1e-12)


@pytest.mark.parametrize("located", [True, False])
def test_gradients_by_central_differences(located):
    """Of every parameter, through the whole network; of a location that is left out, none."""
    rng = np.random.default_rng(6)
    group, network = group_of(rng), network_of(rng)
    objective = RowsAhead(ROWS, located)
    x, work = group.values[:-1], Workspace(ARCHITECTURE, DAYS, LANES, "float64")

    def loss(flat):
        out = forward(Network(ARCHITECTURE, flat), x, work)
        return objective.add_up(out, group, 0, 0.5) * 0.5

    out = forward(network, x, work)
    objective.add_up(out, group, 0, 0.5, work.dout[: len(x)])
    work.gradient[:] = 0
    backward(network, x, work.dout[: len(x)], work)
    analytic, numeric = work.gradient.copy(), np.empty(ARCHITECTURE.size)
    for i in range(ARCHITECTURE.size):
        up, down = network.flat.copy(), network.flat.copy()
        up[i] += STEP
        down[i] -= STEP
        numeric[i] = (loss(up) - loss(down)) / (2 * STEP)
    assert not disagreement("flat", analytic, numeric)
    of_location = Network(ARCHITECTURE, analytic).parameters["head.weight"][::3]
    assert np.any(of_location != 0) == located


def test_chunks_add_up_to_the_whole():
    """Days cut anywhere: the same loss and the same derivative."""
    rng = np.random.default_rng(7)
    group, objective = group_of(rng), RowsAhead(ROWS)
    out = rng.normal(0, 0.3, (DAYS - 1, 9, LANES))
    whole, parts = np.zeros_like(out), np.zeros_like(out)
    total = objective.add_up(out, group, 0, 1.0, whole)
    cut = sum(
        objective.add_up(out[start : start + 4], group, start, 1.0, parts[start : start + 4])
        for start in range(0, DAYS - 1, 4)
    )
    assert cut == pytest.approx(total, rel=1e-12)
    np.testing.assert_array_equal(parts, whole)


def test_what_each_network_is_trained_for():
    """By its mode; a gradient report looks at the next row alone."""
    point = Architecture()
    assert objective_of(point, "mse") == NextValue("mse")
    assert next_row_of(point, "mse") == NextValue("mse")
    assert objective_of(ARCHITECTURE, "student-t") == RowsAhead(ROWS)
    assert next_row_of(ARCHITECTURE, "student-t") == RowsAhead((1,))


def test_the_next_row_is_the_first_that_is_asked_for():
    """The objective of one row sends nothing back to the outputs of the others."""
    rng = np.random.default_rng(8)
    group = group_of(rng)
    out = rng.normal(0, 0.3, (DAYS - 1, 9, LANES))
    back = np.ones_like(out)
    RowsAhead((1,)).add_up(out, replace(group), 0, 1.0, back)
    assert np.any(back[:, :3] != 0)
    assert np.all(back[:, 3:] == 0)


def test_days_on_which_no_lane_counts_change_nothing():
    """Neither the sum nor what is sent back, whatever the outputs and the targets of them are."""
    rng = np.random.default_rng(9)
    group, objective = group_of(rng), RowsAhead(ROWS)
    late = replace(group, first=np.maximum(group.first, np.minimum(5, group.last)))
    out = rng.normal(0, 0.3, (DAYS - 1, 9, LANES))
    back = np.ones_like(out)
    total = objective.add_up(out, late, 0, 1.0, back)
    assert total == objective.add_up(out[5:], late, 5)
    assert not back[:5].any()
    assert back[5].any()
    out[:5] = np.nan
    assert total == objective.add_up(out, late, 0)


@pytest.mark.parametrize("lanes", [1, 32])
def test_the_sum_of_one_series_is_the_same_in_any_number_of_lanes(lanes):
    """In float32, as networks are trained: to the last bit."""
    rng = np.random.default_rng(10)
    whole = [np.array([value]) for value in (0, 40, 9, 39, 40)]
    ahead, x = rng.standard_normal((40, 3)), rng.standard_normal((40, 2))
    few, many = (pack(x, Sequences(*whole), n, "float32", ahead)[0] for n in (lanes, LANES))
    out = rng.normal(0, 0.3, (39, 9, 1)).astype("float32")
    sums = {
        RowsAhead(ROWS).add_up(np.repeat(out, n, 2), g, 0) for n, g in ((lanes, few), (LANES, many))
    }
    assert len(sums) == 1


@pytest.mark.parametrize("located", [True, False])
@pytest.mark.parametrize("sent", [True, False])
def test_one_lane_has_the_bits_of_many(located, sent):
    """Whichever days count and are known, at the edges of a vector of days; and what is sent."""
    rng, objective = np.random.default_rng(11), RowsAhead(ROWS, located)
    for days in (1, 15, 16, 17, 40):
        for first, last, known, start in ((0, days, days, 0), (3, 30, 31, 2), (20, 5, 9, 0)):
            of_lane = [np.array([value]) for value in (days + start, first, last, known)]
            ahead = rng.standard_normal((start + days, len(ROWS), 1)).astype("float32")
            values = np.zeros((start + days + 1, 1, 1), "float32")
            one = Group(values, np.zeros(1, np.int64), *of_lane, ahead)
            of_lanes = [np.repeat(value, LANES) * (np.arange(LANES) == 0) for value in of_lane]
            many = Group(
                np.repeat(values, LANES, 2), one.members, *of_lanes, np.repeat(ahead, LANES, 2)
            )
            out = rng.normal(0, 0.3, (days, 10, 1)).astype("float32")
            outs = np.repeat(out, LANES, 2)
            back, backs = (np.full_like(array, 7) if sent else None for array in (out, outs))
            sums = (
                objective.add_up(out, one, start, 0.3, back),
                objective.add_up(outs, many, start, 0.3, backs),
            )
            assert sums[0] == sums[1]
            if back is not None and backs is not None:
                np.testing.assert_array_equal(back[:, :, 0], backs[:, :, 0])
