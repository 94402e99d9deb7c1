"""Dilated layers are the recurrence of the definition, forward and back, cut anywhere."""

import naive
import numpy as np
import pytest
from gradient_check import STEP, disagreement

from rnncli.errors import UsageError
from rnncli.network import dilation
from rnncli.network.from_settings import architecture_of
from rnncli.network.network import Architecture, Network, named_views
from rnncli.network.passes import Workspace, backward, forward
from rnncli.settings import NetworkSettings

LANES, DAYS, DILATIONS = 16, 19, (1, 3, 5)
each_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "lru"])


def case_of(cell, days=DAYS, dilations=DILATIONS):
    """A network of dilated layers, its inputs, and a derivative by its outputs."""
    a = Architecture(
        cell, hidden_size=3, layers=len(dilations), input_size=2, output_size=2,
        dilations=dilations,
    )  # fmt: skip
    rng = np.random.default_rng(days)
    network = Network(a, rng.uniform(-1, 1, a.size))
    return network, rng.standard_normal((days, 2, LANES)), rng.standard_normal((days, 2, LANES))


def chosen(network):
    a = network.architecture
    return network.parameters, a.cell, a.layers, a.activation


@each_cell
@pytest.mark.parametrize("days", [1, 2, 4, DAYS])
def test_forward_and_backward_are_those_of_the_definition(cell, days):
    """Outputs, states of all layers, gradients by parameters, states and those carried in."""
    network, x, dout = case_of(cell, days)
    work = Workspace(network.architecture, days + 2, LANES, "float64", keep_dstates=True)
    start = [np.random.default_rng(k).normal(0, 0.5, s.shape) for k, s in enumerate(work.dbeyond)]
    work.carry_in(start)
    out = forward(network, x, work)
    ref = naive.states(x, *chosen(network), start, dilations=DILATIONS)
    for span, comp, exact in zip(DILATIONS, work.states, ref, strict=True):
        np.testing.assert_allclose(comp[:, : days + span], exact, rtol=0, atol=1e-12)
    exact = naive.outputs(x, *chosen(network), start=start, dilations=DILATIONS)
    np.testing.assert_allclose(out, exact, rtol=0, atol=1e-12)
    backward(network, x, dout, work)
    total, dstates, _ = naive.gradients(x, *chosen(network), dout, start, DILATIONS)
    for name, comp in named_views(network.architecture, work.gradient).items():
        np.testing.assert_allclose(comp, total[name], rtol=0, atol=1e-11, err_msg=name)
    for k, (span, exact) in enumerate(zip(DILATIONS, dstates, strict=True)):
        np.testing.assert_allclose(work.dstates[k][:, : days + span], exact, rtol=0, atol=1e-11)
        carried = exact[:, :span].reshape(work.dbeyond[k].shape)
        np.testing.assert_allclose(work.dbeyond[k], carried, rtol=0, atol=1e-11)


def central_differences(network, x, dout):
    """The derivative of sum(out * dout) by each parameter."""
    found = np.empty(len(network.flat))
    for k in range(len(found)):
        step = STEP * (np.arange(len(found)) == k)
        up, down = (
            naive.outputs(
                x, *chosen(Network(network.architecture, network.flat + sign * step)),
                dilations=DILATIONS,
            )
            for sign in (1, -1)
        )  # fmt: skip
        found[k] = np.sum((up - down) * dout) / (2 * STEP)
    return found


def check(network, x, dout):
    """Raise AssertionError where a gradient is not the central difference."""
    work = Workspace(network.architecture, len(x), LANES, "float64")
    forward(network, x, work)
    backward(network, x, dout, work)
    ref = named_views(network.architecture, central_differences(network, x, dout))
    comp = named_views(network.architecture, work.gradient)
    lines = [disagreement(name, comp[name], ref[name]) for name in ref]
    assert not any(lines), "\n".join(filter(None, lines))


def test_backward_is_the_derivative_of_forward():
    """By central differences, and a backward that takes the day before is seen."""
    network, x, dout = case_of("rnn", 12)
    check(network, x, dout / dout.size)


def test_the_check_sees_a_day_too_late(monkeypatch):
    """A backward pass whose recurrences are a day longer apart fails the check."""
    network, x, dout = case_of("rnn", 12)
    right = dilation._recurrences
    back = dilation.backward_dilated

    def late(kernel, step, *rest):
        monkeypatch.setattr(dilation, "_recurrences", lambda days, d: list(right(days, d))[:-1])
        back(kernel, step, *rest)
        monkeypatch.setattr(dilation, "_recurrences", right)

    monkeypatch.setattr("rnncli.network.passes.backward_dilated", late)
    with pytest.raises(AssertionError, match="central difference"):
        check(network, x, dout / dout.size)


@each_cell
def test_chunks_of_any_length_are_the_whole(cell):
    """To the bit forward, and back with what reaches the states handed on."""
    network, x, dout = case_of(cell)
    whole = Workspace(network.architecture, DAYS, LANES, "float64")
    ref = forward(network, x, whole).copy()
    backward(network, x, dout, whole)
    chunks = [slice(0, 1), slice(1, 3), slice(3, 12), slice(12, DAYS)]
    works, carried = [], None
    for chunk in chunks:
        works.append(Workspace(network.architecture, 10, LANES, "float64"))
        if carried:
            works[-1].carry_in(carried)
        assert np.array_equal(forward(network, x[chunk], works[-1]), ref[chunk])
        carried = works[-1].after(chunk.stop - chunk.start)
    beyond = None
    for chunk, work in zip(chunks[::-1], works[::-1], strict=True):
        backward(network, x[chunk], dout[chunk], work, beyond)
        beyond = work.dbeyond
    total = sum(work.gradient for work in works)
    np.testing.assert_allclose(total, whole.gradient, rtol=1e-10, atol=1e-12)
    for comp, exact in zip(works[0].dbeyond, whole.dbeyond, strict=True):
        np.testing.assert_allclose(comp, exact, rtol=1e-10, atol=1e-12)


def test_a_carried_workspace_goes_on_to_the_bit():
    """Also where a chunk is shorter than a layer looks back."""
    network, x, _ = case_of("lstm")
    ref = forward(network, x, Workspace(network.architecture, DAYS, LANES, "float64")).copy()
    work = Workspace(network.architecture, 9, LANES, "float64")
    for start, stop in ((0, 9), (9, 10), (10, 12), (12, DAYS)):
        assert np.array_equal(forward(network, x[start:stop], work), ref[start:stop])
        work.carry(stop - start)


@pytest.mark.parametrize(
    ("dilations", "layers", "fault"),
    [
        ("1,0", 1, "is not a list of whole numbers from 1 to 999"),
        ("1;2", 1, "is not a list"),
        ("", 1, "is not a list"),
        ("1,5,22", 2, "has 3 for 2 layers"),
    ],
)
def test_dilations_that_make_no_network_are_refused(dilations, layers, fault):
    """With the option and a remedy."""
    settings = NetworkSettings(dilations=dilations, layers=layers)
    with pytest.raises(UsageError, match=fault):
        architecture_of(settings)


def test_as_many_layers_as_dilations():
    """--layers need not be given."""
    for layers in (1, 3):
        a = architecture_of(NetworkSettings(dilations="1, 5,22", layers=layers))
        assert (a.layers, a.dilations, a.spans) == (3, (1, 5, 22), (1, 5, 22))
