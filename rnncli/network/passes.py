"""Run a network over a group of lanes: forward, and back with the gradients."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from rnncli.arrays import ByteArray, FloatArray, IntArray, aligned
from rnncli.kernels import CELLS, backward_kernel, forward_kernel, linear_kernel
from rnncli.kernels.block_sizes import PADDING, block_of
from rnncli.kernels.lanes import ALONE, NEVER, Begins
from rnncli.kernels.time_loop import make_forward
from rnncli.network.dilation import backward_dilated, forward_dilated
from rnncli.network.network import LINEAR, Architecture, Network

ALL = slice(None)
Call = Callable[[], object]


def lanes_of(architecture: Architecture, count: int, lanes: int, dtype: str) -> int:
    """Lanes to run `count` sequences in: `lanes`, or for a single one ALONE, several times as fast.

    Forward it has equal bits; gradients differ by rounding. Not in float64, for explanations alone,
    nor for cells whose kernel sums over units by itself.
    """
    equal = dtype == "float32" and CELLS[architecture.cell].make_forward is make_forward
    return ALONE if count == 1 and equal else lanes


class Workspace:
    """The arrays that one group of lanes needs for up to `days` days, forward and back.

    states[l] (S, T+span, H, L), of which the first `span` days, as many as a layer looks back on,
    are carried in and zero at the start; saved[l] (T, SAVED*H, L); out and dout (T, O, L);
    dinputs[l] (D, G*H*L + padding): of all days where a layer below reads them, or `inputs_back`
    wants them for `by_inputs`, else of a block of days; dstates[l] as states, without days unless
    `keep_dstates`; dbeyond[l] (S*span, H, L): see `backward`;
    gradient (P), with its views by name and by layer in `gradients`;
    ready: the last calls forward by the day they begin on, see `rollout.passes`.
    """

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str,
        backward: bool = True, keep_dstates: bool = False, inputs_back: bool = False,
    ) -> None:  # fmt: skip
        a, cell = architecture, CELLS[architecture.cell]
        layers = range(a.layers)
        self.architecture, self.days, self.lanes, self.dtype = a, days, lanes, dtype
        self.spans, self._size = a.spans, (a.hidden_size, lanes)
        self.states = self._of_spans(cell.states, days)
        self.saved = [aligned((days, cell.saved * a.hidden_size, lanes), dtype) for _ in layers]
        self.out = aligned((days, a.output_size, lanes), dtype)
        self.every = np.ones(days, np.uint8)
        self.ready = dict[int, tuple[object, object, list[Call]]]()
        if backward:
            row = cell.gates * a.hidden_size * lanes + PADDING
            self.dout = aligned(self.out.shape, dtype)
            self.dinputs = [
                aligned((days if layer or inputs_back else block_of(lanes), row), dtype)
                for layer in layers
            ]
            self.dbeyond = [
                aligned((cell.states * span, *self._size), dtype) for span in self.spans
            ]
            self.dstates = self._of_spans(cell.states, days if keep_dstates else None)
            self.gradient = np.zeros(a.size, dtype)
            self.gradients = Network(a, self.gradient)

    def _of_spans(self, states: int, days: int | None) -> list[FloatArray]:
        """Arrays of the states of each layer, those carried in before those of `days` days."""
        counts = [0 if days is None else days + span for span in self.spans]
        return [aligned((states, count, *self._size), self.dtype) for count in counts]

    def reset(self) -> None:
        """Start from h_0 = 0."""
        for states, span in zip(self.states, self.spans, strict=True):
            states[:, :span] = 0

    def go_on(self, before: Sequence[FloatArray]) -> None:
        """Start from the states that `leave` copied."""
        for states, left, span in zip(self.states, before, self.spans, strict=True):
            states[:, :span] = left

    def leave(self, days: int, to: Sequence[FloatArray]) -> None:
        """Copy the states after `days` days; `to[l]` (S, span, H, L) can be gone on from."""
        for states, copied, span in zip(self.states, to, self.spans, strict=True):
            copied[:] = states[:, days : days + span]

    def carry(self, days: int) -> None:
        """Make the states after `days` days those before the first."""
        for states, span in zip(self.states, self.spans, strict=True):
            for place in range(span):  # forwards: what is read is not yet written to
                states[:, place] = states[:, days + place]

    def carry_in(self, carried: Sequence[FloatArray], lanes: int | slice = ALL) -> None:
        """Put the states (S*span, H, n) of each layer before the first day of some lanes."""
        for states, span, given in zip(self.states, self.spans, carried, strict=True):
            of_days = given.reshape(len(states), span, *given.shape[1:])
            states[:, :span, :, lanes] = of_days

    def after(self, days: int) -> list[FloatArray]:
        """The states (S*span, H, L) that each layer carries beyond `days` days, copied."""
        return [
            states[:, days : days + span].reshape(-1, *self._size).copy()
            for states, span in zip(self.states, self.spans, strict=True)
        ]

    def after_rows(self, layer: int, rows: IntArray, lanes: IntArray) -> FloatArray:
        """The states (S*span, H, n) that a layer carries beyond the rows of as many lanes."""
        span = self.spans[layer]
        places = rows[:, None] + 1 + np.arange(span)
        states = self.states[layer][:, places, :, lanes[:, None]]  # (n, span, S, H)
        return states.transpose(2, 1, 3, 0).reshape(
            len(self.states[layer]) * span, *states.shape[3:], len(rows)
        )

    def shown(self, layer: int, days: int) -> FloatArray:
        """The states (S, T, H, L) of a layer after each day."""
        return self.states[layer][:, self.spans[layer] : self.spans[layer] + days]

    def reached(self, days: int) -> FloatArray:
        """The gradients (S, T, H, L) by the states after each day: those of the top layer.

        Where layers look back on more than a day, the states of all layers, one after another.
        """
        of_layers = [
            dstates[:, span : span + days]
            for dstates, span in zip(self.dstates, self.spans, strict=True)
            if dstates.shape[1]
        ]
        return of_layers[-1] if set(self.spans) == {1} else np.concatenate(of_layers)


def forward(
    network: Network, x: FloatArray, work: Workspace, asked: ByteArray | None = None
) -> FloatArray:
    """Outputs (T, O, L) for inputs x (T, I, L), from the states carried in.

    Fills `work` for the way back; the result is a view of it. The outputs of days that are not
    `asked` (T) for are left as they were.
    """
    for call in forward_calls(network, x, work, asked):
        call()
    return work.out[: len(x)]


def forward_calls(
    network: Network, x: FloatArray, work: Workspace, asked: ByteArray | None = None,
    begins: Begins = NEVER,
) -> list[Call]:  # fmt: skip
    """What `forward` does, one after another: to be done again with other numbers in the arrays.

    Lanes may begin another sequence where every layer looks back on one day.
    """
    a, p = network.architecture, network.parameters
    _check_shape(x, a.input_size, work)
    head, of_days = _head(a, p, work), _asked(asked, len(x), work)
    calls: list[Call] = []
    kernel = forward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    for layer in range(a.layers):
        out = work.out if layer == a.layers - 1 else work.out[:0]
        inputs, weights = _inputs(x, work, layer), network.layers[layer]
        states, saved = work.states[layer], work.saved[layer]
        if a.dilation(layer) == 1:
            of_run = inputs, *weights, states, saved, *head, out, of_days
            calls.append(partial(kernel, *of_run, *begins))
        else:
            of_all = inputs, weights, states, saved, head, out[: len(x)]
            calls.append(partial(forward_dilated, kernel, a.dilation(layer), *of_all))
    if a.linear:
        kernel = linear_kernel(work.lanes, work.dtype)
        calls.append(partial(kernel, p[LINEAR], x, work.out[: len(x)], of_days))
    return calls


def _check_shape(days: FloatArray, features: int, work: Workspace) -> None:
    """Refuse what a kernel, which checks no bounds, would read past the end of."""
    if days.shape[1:] != (features, work.lanes) or len(days) > work.days:
        raise ValueError(
            f"shape {days.shape} where up to {work.days} days of {features} x {work.lanes} fit"
        )


def _asked(asked: ByteArray | None, days: int, work: Workspace) -> ByteArray:
    """The days whose outputs are asked for, which are all if none are named."""
    if asked is None:
        return work.every[:days]
    if len(asked) != days:
        raise ValueError(f"{len(asked)} days asked for of {days}")
    return asked


def _head(
    architecture: Architecture, parameters: dict[str, FloatArray], work: Workspace
) -> tuple[FloatArray, FloatArray]:
    """Weight (O, H) and bias (O) of the head; without outputs if there is no head."""
    if architecture.output_size:
        return parameters["head.weight"], parameters["head.bias"]
    return np.zeros((0, architecture.hidden_size), work.dtype), np.zeros(0, work.dtype)


def _inputs(x: FloatArray, work: Workspace, layer: int) -> FloatArray:
    """What a layer is fed: x, or the states of the layer below (T, H, L)."""
    return work.shown(layer - 1, len(x))[0] if layer else x


def backward(
    network: Network, x: FloatArray, dout: FloatArray, work: Workspace,
    beyond: list[FloatArray] | None = None, asked: ByteArray | None = None,
) -> None:  # fmt: skip
    """Add the gradients of `dout` (T, O, L) by all parameters into work.gradient (P).

    Follows a `forward` of the same x; where `work` keeps dstates, dstates[l][:, span + t] is the
    whole gradient that reaches layer l's states after day t. `beyond[l]` (S*span, H, L) is what
    reaches the last states from elsewhere; what reaches those carried in is left in work.dbeyond.
    On days that are not `asked` (T) for, dout is 0 throughout.
    Nothing is sent to the linear path, whose weights are fitted and stay (`training.linear_path`).
    """
    calls = backward_calls(network, x, dout, work, asked)
    for layer, dbeyond in enumerate(work.dbeyond):
        dbeyond[:] = beyond[layer] if beyond else 0
    for call in calls:
        call()


def backward_calls(
    network: Network, x: FloatArray, dout: FloatArray, work: Workspace,
    asked: ByteArray | None = None, begins: Begins = NEVER,
) -> list[Call]:  # fmt: skip
    """What `backward` does once work.dbeyond is filled, as `forward_calls`."""
    a, calls = network.architecture, list[Call]()
    _check_shape(x, a.input_size, work)
    _check_shape(dout, a.output_size, work)
    kernel = backward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    above, dabove = _head(a, network.parameters, work)[0], dout.reshape(len(x), -1)
    dhead, of_days = _head(a, work.gradients.parameters, work), _asked(asked, len(x), work)
    for layer in range(a.layers - 1, -1, -1):
        weights = network.layers[layer]
        of_run = (
            _inputs(x, work, layer), weights[1], work.states[layer], work.saved[layer],
            above, dabove, work.dbeyond[layer], work.dstates[layer], work.dinputs[layer],
        )  # fmt: skip
        gradients = [*work.gradients.layers[layer], *dhead]
        if a.dilation(layer) == 1:
            calls.append(partial(kernel, *of_run, *gradients, of_days, *begins))
        else:
            calls.append(partial(backward_dilated, kernel, a.dilation(layer), *of_run, gradients))
        above, dabove = weights[0], work.dinputs[layer]
        dhead = dhead[0][:0], dhead[1]  # only the top layer feeds the head
        of_days = work.every[: len(x)]
    return calls


def by_inputs(network: Network, dout: FloatArray, work: Workspace) -> FloatArray:
    """Gradient of `dout` (T, O, L) by the inputs x (T, I, L), after a `backward` of the same.

    `work` must have been made with `inputs_back`, unless there was one day. The kernel leaves the
    derivative by W_ih x + b_ih; that by x is W_ih^T times it, and what the linear path sends back.
    """
    weight, days = network.parameters["weight_ih_l0"], len(dout)
    if days > len(work.dinputs[0]):
        raise ValueError(f"{days} days where dinputs holds {len(work.dinputs[0])}")
    sums = work.dinputs[0][:days, : len(weight) * work.lanes].reshape(days, len(weight), work.lanes)
    gradient: FloatArray = np.matmul(weight.T, sums)
    if network.architecture.linear:
        gradient += np.matmul(network.parameters[LINEAR].T, dout)
    return gradient
