"""Back-propagation through time is the derivative of forward, and a check that would see if not."""

from dataclasses import replace

import naive
import numpy as np
import pytest
from gradient_check import (
    BLOCK,
    FEW_DAYS,
    LANES,
    STEP,
    THREE,
    back_propagated,
    check_gradients,
    disagreement,
    each_choice,
    each_depth,
    make_case,
)
from naive import LOSSES, loss_and_gradient

from rnncli import kernels
from rnncli.kernels import CELLS, lru, mingru, rnn, slstm, time_loop
from rnncli.kernels._inline import inline
from rnncli.kernels.time_loop import make_backward
from rnncli.network import passes
from rnncli.network.network import named_views
from rnncli.network.passes import Workspace, backward, forward

pytestmark = pytest.mark.thorough


@each_choice
@each_depth
def test_backward_is_the_derivative_of_forward(cell, activation, layers):
    """BPTT gradients agree with central differences, for every parameter and loss."""
    check_gradients(make_case(cell, activation, layers, days=FEW_DAYS), LOSSES)


@each_choice
@pytest.mark.parametrize("hidden_size", [1, 4, 7])
@pytest.mark.parametrize("days", [1, BLOCK - 1, BLOCK, 2 * BLOCK + 1])
def test_backward_for_sizes_around_the_blocks(cell, activation, hidden_size, days):
    """Tiles, blocks of days and what they leave over add up to the naive gradient."""
    case = make_case(cell, activation, hidden_size=hidden_size, layers=2, days=days)
    p = case.network.parameters
    out = naive.outputs(case.x, p, *case.chosen)
    dout = loss_and_gradient("mse", out, case.target, case.mask)[1] / case.mask.sum()
    ref, ref_states, _ = naive.gradients(case.x, p, *case.chosen, dout)
    work, _ = back_propagated(case)
    for name, comp in named_views(case.network.architecture, work.gradient).items():
        np.testing.assert_allclose(comp, ref[name], rtol=0, atol=1e-12, err_msg=name)
    for ref_layer, comp_layer in zip(ref_states, work.dstates, strict=True):
        comp_days = comp_layer[:, : ref_layer.shape[1]]
        np.testing.assert_allclose(comp_days, ref_layer, rtol=0, atol=1e-12)


@each_choice
@pytest.mark.parametrize("layers", [1, THREE])
def test_backward_leaves_the_whole_gradient_that_reaches_each_state(cell, activation, layers):
    """dstates[:, t + 1] is what a nudge of the state after day t does to the loss, in any layer."""
    case = make_case(cell, activation, layers=layers, hidden_size=3, days=FEW_DAYS)
    work, _ = back_propagated(case)
    for layer in range(layers):
        comp = work.dstates[layer][:, : FEW_DAYS + work.spans[layer]]
        ref = np.empty_like(comp)
        for s, t, unit in np.ndindex(comp.shape[:3]):
            up, down = (
                case.loss_by_lane(case.outputs(nudge={(layer, s, t, unit): step}), "mse")
                for step in (STEP, -STEP)
            )
            ref[s, t, unit] = (up - down) / (2 * STEP)
        assert not (line := disagreement(f"dstates of layer {layer}", comp, ref)), line


@each_choice
def test_gradients_add_up(cell, activation):
    """Backward adds to the gradient that is there, so that chunks and groups can share it."""
    case = make_case(cell, activation, layers=2)
    work, _ = back_propagated(case)
    once = work.gradient.copy()
    _, dout = loss_and_gradient("mse", forward(case.network, case.x, work), case.target, case.mask)
    backward(case.network, case.x, dout / case.mask.sum(), work)
    np.testing.assert_allclose(work.gradient, 2 * once, rtol=1e-12)


@each_choice
def test_truncated_gradients_take_the_carried_state_as_given(cell, activation):
    """In a later chunk, BPTT stops at the chunk's first day, where the state is a constant."""
    case = make_case(cell, activation, layers=2, days=30)
    p = case.network.parameters
    work = Workspace(case.network.architecture, 12, LANES, "float64")
    for start, stop in ((0, 12), (12, 19), (19, 30)):
        x, target, mask = (a[start:stop] for a in (case.x, case.target, case.mask))
        carried = work.after(0)
        out = naive.outputs(x, p, *case.chosen, start=carried)
        dout = loss_and_gradient("mse", out, target, mask)[1]
        ref, _, _ = naive.gradients(x, p, *case.chosen, dout, start=carried)
        dout = loss_and_gradient("mse", forward(case.network, x, work), target, mask)[1]
        work.gradient[:] = 0
        backward(case.network, x, dout, work)
        for name, comp in named_views(case.network.architecture, work.gradient).items():
            np.testing.assert_allclose(comp, ref[name], rtol=0, atol=1e-11, err_msg=name)
        work.carry(stop - start)


@each_choice
def test_chunks_that_hand_their_gradients_on_are_the_whole(cell, activation):
    """What reaches the states carried in, given to the chunk before, makes BPTT full again."""
    case = make_case(cell, activation, layers=2, days=30)
    ref, _ = back_propagated(case)
    dout = loss_and_gradient(
        "mse", forward(case.network, case.x, ref), case.target, case.mask
    )[1] / case.mask.sum()  # fmt: skip
    chunks = [slice(0, 11), slice(11, 30)]
    works = [Workspace(case.network.architecture, 30, LANES, "float64") for _ in chunks]
    for chunk, work in zip(chunks, works, strict=True):
        if chunk.start:
            work.carry_in(works[0].after(chunk.start))
        forward(case.network, case.x[chunk], work)
    beyond = None
    for chunk, work in zip(chunks[::-1], works[::-1], strict=True):
        backward(case.network, case.x[chunk], dout[chunk], work, beyond)
        beyond = work.dbeyond
    total = sum(work.gradient for work in works)
    np.testing.assert_allclose(total, ref.gradient, rtol=1e-10, atol=1e-12)
    for dbeyond, dstates, span in zip(works[0].dbeyond, ref.dstates, ref.spans, strict=True):
        carried_in = dstates[:, :span].reshape(dbeyond.shape)
        np.testing.assert_allclose(dbeyond, carried_in, rtol=1e-10, atol=1e-12)


@each_choice
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", LOSSES)
def test_what_stands_in_padding_changes_not_one_bit(cell, activation, dtype, loss):
    """Values and targets past the end of a series and in empty lanes do not reach the loss."""
    case = make_case(cell, activation, layers=2)
    ended = np.cumsum(case.mask[::-1, :1], axis=0)[::-1] == 0
    rubbish = np.random.default_rng(1).uniform(-50, 50, case.x.shape)
    other = replace(
        case,
        x=np.where(ended, rubbish, case.x),
        target=np.where(case.mask == 0, rubbish, case.target),
    )
    ref, ref_loss = back_propagated(case, dtype, loss)
    comp, comp_loss = back_propagated(other, dtype, loss)
    assert not np.array_equal(case.x, other.x)
    assert comp_loss == ref_loss
    assert comp.gradient.tobytes() == ref.gradient.tobytes()


# Planted bugs: each takes the place of a backward kernel, and is to be seen by check_gradients.


def uncompiled_backward(cell, activation):
    """Compiling it would take longer than the few days that it runs over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_loop, "COMPILED", False)
        return make_backward(cell, activation, LANES)


@inline
def wrong_slope(states, _saved, t, after, _before, dsums, _dhidden, _activation):
    """1 - h where the derivative of tanh is 1 - h²."""
    new, dnew = states[0, t + 1], after[0]
    for k in range(new.shape[0]):
        dsums[k] = dnew[k] * (1 - new[k])


def with_wrong_slope(_kernel):
    return uncompiled_backward(replace(CELLS["rnn"], step_backward=wrong_slope), rnn.TANH)


def with_states_a_day_late(kernel):
    """The state after the day in the weight gradient, where the one before belongs."""

    def mutant(x, weight_hh, states, *rest):
        days = len(x)
        kernel(x, weight_hh, states, *rest)
        dstates, dweight_hh, dbias_hh = rest[4][0], rest[7], rest[9]
        dsums = dstates[1 : days + 1] * (1 - states[0, 1 : days + 1] ** 2)
        assert np.allclose(dsums.sum(axis=(0, 2)), dbias_hh)  # as the kernel has it
        dweight_hh[:] = np.einsum("tgl,thl->gh", dsums, states[0, 1 : days + 1])

    return mutant


def without_recurrence(kernel):
    """Nothing handed from a day to the day before."""
    return lambda x, weight_hh, *rest: kernel(x, 0 * weight_hh, *rest)


def truncated(kernel):
    """Gradients that flow back for all days but the first."""

    def mutant(x, weight_hh, states, saved, above, dabove, dbeyond, dstates, *rest):
        for days in (slice(1, len(x)), slice(0, 1)):
            given = states[:, days.start : days.stop + 1].copy()
            kernel(
                x[days], weight_hh, given, saved[days], above, dabove[days].copy(),
                0 * dbeyond, dstates[:, :0], *rest,
            )  # fmt: skip

    return mutant


def scaled(by):
    """A gradient that is a little too large."""

    def with_scaled_gradient(kernel):
        def mutant(*arguments):
            kernel(*arguments)
            dweight_hh = arguments[10]
            dweight_hh *= by

        return mutant

    return with_scaled_gradient


MUTANTS = {
    "wrong slope": with_wrong_slope,
    "states a day late": with_states_a_day_late,
    "no recurrence": without_recurrence,
    "truncated by a day": truncated,
    "x 1.001": scaled(1.001),
    "x 1.0001": scaled(1.0001),
}


def with_factors_back(wrong):
    """Another way back from the factors to diagonal_hh."""
    return lambda cell: replace(cell, diagonal=replace(cell.diagonal, factors_backward=wrong))


def with_step_back(wrong):
    """Another pointwise step back."""
    return lambda cell: replace(cell, step_backward=wrong)


@inline
def with_fixed_scale(diagonal, factors, dfactors, ddiagonal):
    """The scale of the inputs taken for a constant."""
    for k in range(diagonal.shape[1]):
        ddiagonal[0, k] -= np.exp(diagonal[0, k]) * factors[0, k] * dfactors[0, k]


@inline
def by_the_decay(_diagonal, factors, dfactors, ddiagonal):
    """The derivative by the decay, where that by log_rate belongs."""
    for k in range(factors.shape[1]):
        by_scale = dfactors[1, k] / factors[1, k] ** 2
        ddiagonal[0, k] += dfactors[0, k] - factors[0, k] * by_scale


@inline
def lru_without_gate(states, saved, t, after, before, dsums, dfactors, activation):
    """No gradient for the input gate."""
    lru.step_backward(states, saved, t, after, before, dsums, dfactors, activation)
    dsums[: dsums.shape[0] // 2] = 0


@inline
def mingru_forgetting(states, saved, t, after, before, dsums, dfactors, activation):
    """z hands on what 1 - z should."""
    mingru.step_backward(states, saved, t, after, before, dsums, dfactors, activation)
    z = saved[t]
    for k in range(before.shape[1]):
        before[0, k] += after[0, k] * (2 * z[k] - 1)


@inline
def mingru_without_state(states, saved, t, after, before, dsums, dfactors, activation):
    """z moves h by h', where h' - h belongs."""
    mingru.step_backward(states, saved, t, after, before, dsums, dfactors, activation)
    for k in range(before.shape[1]):
        dsums[k] = after[0, k] * states[0, t + 1, k] * (1 - saved[t, k])


@inline
def slstm_unnormalised(states, saved, t, after, before, dsums, dhidden, activation):
    """The normaliser n taken for a constant."""
    slstm.step_backward(states, saved, t, after, before, dsums, dhidden, activation)
    for k in range(before.shape[1]):
        dsums[k] += after[0, k] * states[0, t + 1, k] / states[2, t + 1, k] * saved[t, k]


@inline
def slstm_forgetting(states, saved, t, after, before, dsums, dhidden, activation):
    """f where its logarithm's derivative is 1 - f."""
    slstm.step_backward(states, saved, t, after, before, dsums, dhidden, activation)
    size = before.shape[1]
    for k in range(size):
        dsums[size + k] *= 1 / saved[t, 2 * size + k] - 1


CELL_MUTANTS = {
    ("lru", "scale"): with_factors_back(with_fixed_scale),
    ("lru", "decay"): with_factors_back(by_the_decay),
    ("lru", "gate"): with_step_back(lru_without_gate),
    ("mingru", "forgetting"): with_step_back(mingru_forgetting),
    ("mingru", "state"): with_step_back(mingru_without_state),
    ("slstm", "normaliser"): with_step_back(slstm_unnormalised),
    ("slstm", "forgetting"): with_step_back(slstm_forgetting),
}


@pytest.mark.slow_shapes
@pytest.mark.parametrize("cell", ["lru", "mingru", "rnn", "slstm"])
def test_the_gradient_check_sees_nothing_in_uncompiled_code(monkeypatch, cell):
    """What it sees in the planted bugs, which are not compiled, is the mistake."""
    case = make_case(cell, "tanh", layers=2, hidden_size=3, days=FEW_DAYS)
    right = uncompiled_backward(CELLS[cell], 0)
    monkeypatch.setattr(passes, "backward_kernel", lambda *_: right)
    check_gradients(case)


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "mutant"), CELL_MUTANTS)
def test_the_gradient_check_sees_planted_bugs_of_a_cell(monkeypatch, cell, mutant):
    """A cell with a mistake in its way back fails the check that the real one passes."""
    case = make_case(cell, "tanh", layers=2, hidden_size=3, days=FEW_DAYS)
    check_gradients(case)
    wrong = uncompiled_backward(CELL_MUTANTS[cell, mutant](CELLS[cell]), 0)
    monkeypatch.setattr(passes, "backward_kernel", lambda *_: wrong)
    with pytest.raises(AssertionError, match=r"backward .*, central difference"):
        check_gradients(case)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_gradient_check_sees_planted_bugs(monkeypatch, mutant, layers):
    """A backward with a small mistake fails the check that the real one passes."""
    case = make_case("rnn", "tanh", layers=layers, hidden_size=3, days=FEW_DAYS)
    check_gradients(case)
    plant = MUTANTS[mutant]
    monkeypatch.setattr(
        passes, "backward_kernel", lambda *choice: plant(kernels.backward_kernel(*choice))
    )
    with pytest.raises(AssertionError, match=r"backward .*, central difference"):
        check_gradients(case)
