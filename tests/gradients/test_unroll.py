"""The unrolled network shows all numbers, and the gradients through the copies."""

import numpy as np
import pytest
from builders import (
    central_differences,
    network_of,
    one_unit,
    outputs_by_hand,
    states_by_hand,
)

from rnncli.errors import UsageError
from rnncli.gradients.unroll import one_unit_of, parse_values, unroll_network, unroll_one
from rnncli.network.network import Architecture, Network
from rnncli.simulation.statland import OneUnit

STATLAND = OneUnit()
COLUMNS = [
    "input", "w1_input", "w2_before", "bias", "sum", "activation", "output", "gradient",
    "loop_factor",
]  # fmt: skip


def by_hand(unit: OneUnit, values) -> float:
    """The last output, from the formula."""
    y = 0.0
    for x in values:
        total = unit.w1 * x + unit.w2 * y + unit.b1
        y = np.tanh(total) if unit.activation == "tanh" else max(total, 0.0)
    return unit.w3 * y + unit.b2


@pytest.mark.parametrize(
    ("values", "answer"),
    [((0, 0), 0.0), ((0, 0.5), 0.99), ((1, 0.5), 0.0), ((1, 1), 0.99), ((1, 1, 1), 1.485)],
)
def test_statlands_network_answers_its_four_rules(values, answer):
    """Two days are answered by 0 or 0.99 as the rules say; for three it was not made."""
    found = unroll_one(STATLAND, np.array(values, float))
    assert found.prediction == pytest.approx(answer, abs=1e-12)
    assert found.columns["output"][-1] == found.prediction


def test_every_intermediate_number_is_shown():
    """Low, medium: the second copy adds 0.9 and 0, and 1.1 times that is 0.99."""
    found = unroll_one(STATLAND, np.array([1.0, 0.5]))
    assert list(found.columns) == COLUMNS
    expected = {
        "input": [1.0, 0.5],
        "w1_input": [1.8, 0.9],
        "w2_before": [0.0, -0.9],
        "bias": [0.0, 0.0],
        "sum": [1.8, 0.0],
        "activation": [1.8, 0.0],
        "output": [1.98, 0.0],
        "gradient": [0.0, 0.0],  # the slope of relu at 0 is 0
        "loop_factor": [0.0, 1.0],
    }
    for name, column in expected.items():
        np.testing.assert_allclose(found.columns[name], column, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("w2", "days", "factor", "verdict"),
    [
        (2.0, 5, 2.0**4, "healthy"),
        (2.0, 50, 2.0**49, "exploding"),
        (2.0, 51, 1_125_899_906_842_624.0, "exploding"),
        (0.5, 5, 0.0625, "healthy"),
        (0.5, 51, 0.5**50, "vanishing"),
        (1.0, 51, 1.0, "healthy"),
        (10.0, 3, 100.0, "exploding"),
        (0.125, 3, 0.015625, "healthy"),
        (0.0625, 3, 0.00390625, "vanishing"),
    ],
)
def test_loop_factors_are_powers_of_the_loop(w2, days, factor, verdict):
    """T days are T - 1 rounds, each a factor W2; 100 and more explodes, 0.01 and less vanishes."""
    found = unroll_one(OneUnit(w2=w2), parse_values("1", days))
    assert found.columns["loop_factor"][0] == factor
    assert found.columns["loop_factor"][-1] == 1.0
    assert found.verdict == verdict


def test_the_reason_names_the_whole_factor():
    """The verdict shows the number that decided, in full where it is large."""
    found = unroll_one(OneUnit(w2=2.0), parse_values("1", 51))
    assert found.reason == "the loop factor of the first day is 1125899906842624, 100 or more"
    found = unroll_one(OneUnit(w2=0.5), parse_values("1", 51))
    assert found.reason == "the loop factor of the first day is 8.88e-16, 0.01 or less"


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_loop_factors_are_the_product_over_later_days(activation):
    """At t: the product over s > t of W2 f'(sum_s), 1 on the last day."""
    unit = OneUnit(0.7, -1.3, 0.4, 0.3, -0.2, activation)
    values = np.random.default_rng(1).uniform(-1, 2, 12)
    found = unroll_one(unit, values)
    expected = []
    for t in range(12):
        product = 1.0
        for s in range(t + 1, 12):
            total = found.columns["sum"][s]
            slope = 1 - np.tanh(total) ** 2 if activation == "tanh" else float(total > 0)
            product *= unit.w2 * slope
        expected.append(product)
    np.testing.assert_allclose(found.columns["loop_factor"], expected, rtol=1e-12)


@pytest.mark.parametrize("w2", [1.4, -0.6])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_gradient_is_that_of_the_last_output_by_each_input(activation, w2):
    """Central differences of the formula agree with the printed gradient."""
    unit = OneUnit(0.7, w2, 0.4, 0.3, -0.2, activation)
    values = np.random.default_rng(2).uniform(-1, 2, 8)
    found = unroll_one(unit, values)
    assert found.prediction == pytest.approx(by_hand(unit, values), rel=1e-12)
    expected = central_differences(lambda v: by_hand(unit, v), values)
    np.testing.assert_allclose(found.columns["gradient"], expected, atol=1e-8)


def test_a_loop_beyond_all_numbers_explodes_without_a_warning():
    """Two thousand days of a doubling loop are infinite, and say so."""
    found = unroll_one(OneUnit(w2=2.0), parse_values("1", 2000))
    assert found.verdict == "exploding"
    assert found.columns["loop_factor"][0] == np.inf
    assert not any(np.isnan(column).any() for column in found.columns.values())


def test_nothing_flows_back_past_a_day_that_is_switched_off():
    """A factor of zero stays zero, however large those after it are."""
    found = unroll_one(OneUnit(w2=2.0, b1=0.1), parse_values("1,-9", 2000))
    assert found.columns["loop_factor"][:2].tolist() == [0.0, np.inf]
    assert found.columns["gradient"][:3].tolist() == [0.0, 0.0, np.inf]
    assert (found.verdict, found.reason[:20]) == ("dead", "relu is off on day 2")


def test_a_negative_loop_switches_relu_off():
    """Below zero relu has no slope: one day later nothing flows back."""
    found = unroll_one(OneUnit(w2=-2.0), parse_values("1", 51))
    assert found.columns["loop_factor"][0] == 0.0
    assert (found.verdict, found.reason[:21]) == ("dead", "relu is off on day 51")


def test_a_loop_of_zero_vanishes():
    """Nothing flows back either, but by its weight: no relu is off."""
    assert unroll_one(OneUnit(w2=0.0), parse_values("1,1", 2)).verdict == "vanishing"


def test_a_tanh_that_saturates_vanishes():
    """Only a relu dies: the slope of a full tanh rounds to 0."""
    unit = OneUnit(w1=100.0, activation="tanh")
    assert unroll_one(unit, parse_values("1,1", 2)).verdict == "vanishing"


def test_a_relu_that_is_off_on_the_first_day_blocks_nothing():
    """The loop factor of the first day is that of later copies."""
    assert unroll_one(STATLAND, parse_values("0,0.5", 2)).verdict == "healthy"


def test_a_larger_network_can_die_too():
    """All units of a relu network are off on one day."""
    network = network_of(3, 1, "relu", seed=4)
    network.parameters["weight_ih_l0"][:] = 1.0
    network.parameters["weight_hh_l0"][:] = 0.0
    assert unroll_network(network, np.array([1.0, -99.0, 1.0])).verdict == "dead"


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_larger_network_shows_its_norms(layers, activation):
    """Norms of the top layer's states and of what reaches them, against the plain chain."""
    network = network_of(3, layers, activation, seed=4)
    values = np.random.default_rng(3).standard_normal(7)
    found = unroll_network(network, values)
    states = states_by_hand(network, values)[-1]
    np.testing.assert_allclose(found.columns["output"], outputs_by_hand(network, values))
    np.testing.assert_allclose(
        found.columns["state_norm"], [sum(h * h) ** 0.5 for h in states], rtol=1e-12
    )
    p, top = network.parameters, layers - 1
    flowing, expected = p["head.weight"][0], []
    for t in range(6, -1, -1):
        expected.append(sum(flowing**2) ** 0.5)
        slope = 1 - states[t] ** 2 if activation == "tanh" else (states[t] > 0).astype(float)
        flowing = (flowing * slope) @ p[f"weight_hh_l{top}"]
    expected = np.array(expected[::-1])
    np.testing.assert_allclose(found.columns["gradient"], expected, rtol=1e-12)
    np.testing.assert_allclose(found.columns["loop_factor"], expected / expected[-1], rtol=1e-12)
    assert found.prediction == found.columns["output"][-1]


def test_a_one_unit_network_agrees_with_its_plain_numbers():
    """The kernels and the formula tell the same of W1, W2, W3."""
    network = one_unit(0.7, -0.4, 1.2, b1=0.2, b2=-0.1, activation="tanh")
    unit = one_unit_of(network)
    assert unit == OneUnit(0.7, -0.4, 1.2, 0.2, -0.1, "tanh")
    values = np.array([0.3, -0.2, 0.8, 0.1])
    small, large = unroll_one(unit, values), unroll_network(network, values)
    np.testing.assert_allclose(small.columns["output"], large.columns["output"], rtol=1e-12)
    np.testing.assert_allclose(
        np.abs(small.columns["loop_factor"]), large.columns["loop_factor"], rtol=1e-12
    )


@pytest.mark.parametrize(("hidden_size", "layers"), [(2, 1), (1, 2)])
def test_larger_networks_are_no_one_unit(hidden_size, layers):
    """Only one input, one unit, one output can be shown as plain numbers."""
    assert one_unit_of(network_of(hidden_size, layers)) is None


def test_values_are_padded_with_zeros_at_the_end():
    """--days N adds zeros after the values given."""
    assert parse_values("0, 0.5", None).tolist() == [0.0, 0.5]
    assert parse_values("1,-2e-1", 4).tolist() == [1.0, -0.2, 0.0, 0.0]
    assert parse_values("1,2", 2).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "days", "message"),
    [
        ("0,x", None, "^values 0,x: not numbers separated by commas"),
        ("", None, "^values : not numbers separated by commas"),
        ("1,,2", None, "not numbers separated by commas"),
        ("1,nan", None, "^values 1,nan: a value is not finite"),
        ("inf", None, "a value is not finite"),
        ("1,2,3", 2, "^days 2: there are 3 values; give as many days"),
    ],
)
def test_wrong_values_are_refused(text, days, message):
    """The fault and the remedy are named."""
    with pytest.raises(UsageError, match=message):
        parse_values(text, days)


def test_a_network_of_several_inputs_is_refused():
    """--values are one number a day."""
    a = Architecture(input_size=3, hidden_size=2)
    with pytest.raises(UsageError, match="unroll: the model is fed 3 numbers a day"):
        unroll_network(Network(a, np.zeros(a.size)), np.zeros(4))
