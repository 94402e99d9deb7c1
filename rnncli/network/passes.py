"""Run a network over a group of lanes: forward, and back with the gradients."""

import numpy as np

from rnncli.arrays import FloatArray, aligned
from rnncli.kernels import CELLS, backward_kernel, forward_kernel, linear_kernel
from rnncli.kernels.time_loop import BLOCK, PADDING
from rnncli.network.network import LINEAR, Architecture, Network, named_views, of_layer


class Workspace:
    """The arrays that one group of lanes needs for up to `days` days, forward and back.

    states[l] (S, T+1, H, L), `states[l][:, 0]` carried in and zero at the start; saved[l]
    (T, SAVED*H, L); out and dout (T, O, L); dinputs[l] (D, G*H*L + padding): of all days where a
    layer below reads them, or `inputs_back` wants them for `by_inputs`, else of a block of days;
    dstates[l] as states, without days unless `keep_dstates`; dbeyond[l] (S, H, L): see `backward`;
    gradient (P), with its views by name in `gradients`.
    """

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str,
        backward: bool = True, keep_dstates: bool = False, inputs_back: bool = False,
    ) -> None:  # fmt: skip
        a, cell = architecture, CELLS[architecture.cell]
        layers = range(a.layers)
        self.architecture, self.days, self.lanes, self.dtype = a, days, lanes, dtype
        self.states = self._of_layers((cell.states, days + 1, a.hidden_size, lanes))
        self.saved = self._of_layers((days, cell.saved * a.hidden_size, lanes))
        self.out = aligned((days, a.output_size, lanes), dtype)
        if backward:
            row = cell.gates * a.hidden_size * lanes + PADDING
            self.dout = aligned(self.out.shape, dtype)
            self.dinputs = [
                aligned((days if layer or inputs_back else BLOCK, row), dtype) for layer in layers
            ]
            stored_days = days + 1 if keep_dstates else 0
            self.dbeyond = self._of_layers((cell.states, a.hidden_size, lanes))
            self.dstates = self._of_layers((cell.states, stored_days, a.hidden_size, lanes))
            self.gradient = np.zeros(a.size, dtype)
            self.gradients = named_views(a, self.gradient)

    def _of_layers(self, shape: tuple[int, ...]) -> list[FloatArray]:
        return [aligned(shape, self.dtype) for _ in range(self.architecture.layers)]

    def reset(self) -> None:
        """Start from h_0 = 0."""
        for states in self.states:
            states[:, 0] = 0

    def carry(self, days: int) -> None:
        """Make the states after `days` days those before the first."""
        for states in self.states:
            states[:, 0] = states[:, days]


def forward(network: Network, x: FloatArray, work: Workspace) -> FloatArray:
    """Outputs (T, O, L) for inputs x (T, I, L), from the states carried in.

    Fills `work` for the way back; the result is a view of it.
    """
    a, p, cell = network.architecture, network.parameters, CELLS[network.architecture.cell]
    _check_shape(x, a.input_size, work)
    head = _head(a, p, work)
    kernel = forward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    for layer in range(a.layers):
        out = work.out if layer == a.layers - 1 else work.out[:0]
        kernel(
            _inputs(x, work, layer), *cell.in_order(of_layer(p, layer)), work.states[layer],
            work.saved[layer], *head, out,
        )  # fmt: skip
    if a.linear:
        linear_kernel(work.lanes, work.dtype)(p[LINEAR], x, work.out[: len(x)])
    return work.out[: len(x)]


def _check_shape(days: FloatArray, features: int, work: Workspace) -> None:
    """Refuse what a kernel, which checks no bounds, would read past the end of."""
    if days.shape[1:] != (features, work.lanes) or len(days) > work.days:
        raise ValueError(
            f"shape {days.shape} where up to {work.days} days of {features} x {work.lanes} fit"
        )


def _head(
    architecture: Architecture, parameters: dict[str, FloatArray], work: Workspace
) -> tuple[FloatArray, FloatArray]:
    """Weight (O, H) and bias (O) of the head; without outputs if there is no head."""
    if architecture.output_size:
        return parameters["head.weight"], parameters["head.bias"]
    return np.zeros((0, architecture.hidden_size), work.dtype), np.zeros(0, work.dtype)


def _inputs(x: FloatArray, work: Workspace, layer: int) -> FloatArray:
    """What a layer is fed: x, or the states of the layer below (T, H, L)."""
    return work.states[layer - 1][0, 1 : len(x) + 1] if layer else x


def backward(
    network: Network, x: FloatArray, dout: FloatArray, work: Workspace,
    beyond: list[FloatArray] | None = None,
) -> None:  # fmt: skip
    """Add the gradients of `dout` (T, O, L) by all parameters into work.gradient (P).

    Follows a `forward` of the same x; where `work` keeps dstates, dstates[l][:, t + 1] is the
    whole gradient that reaches layer l's states after day t. `beyond[l]` (S, H, L) is what
    reaches the last states from elsewhere; what reaches those carried in is left in work.dbeyond.
    Nothing is sent to the linear path, whose weights are fitted and stay (`training.linear_path`).
    """
    a, p, cell = network.architecture, network.parameters, CELLS[network.architecture.cell]
    _check_shape(x, a.input_size, work)
    _check_shape(dout, a.output_size, work)
    for layer, dbeyond in enumerate(work.dbeyond):
        dbeyond[:] = beyond[layer] if beyond else 0
    kernel = backward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    above, dabove = _head(a, p, work)[0], dout.reshape(len(x), -1)
    dhead = _head(a, work.gradients, work)
    for layer in range(a.layers - 1, -1, -1):
        weights = cell.in_order(of_layer(p, layer))
        kernel(
            _inputs(x, work, layer), weights[1], work.states[layer], work.saved[layer],
            above, dabove, work.dbeyond[layer], work.dstates[layer], work.dinputs[layer],
            *cell.in_order(of_layer(work.gradients, layer)), *dhead,
        )  # fmt: skip
        above, dabove = weights[0], work.dinputs[layer]
        dhead = dhead[0][:0], dhead[1]  # only the top layer feeds the head


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
