"""Layers and head over one flat parameter vector with named views, run over a group of lanes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.cells import (
    CELLS,
    backward_kernel,
    forward_kernel,
    linear_backward_kernel,
    linear_kernel,
)

LAYER_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Architecture:
    """What the shapes follow from; names and layout of the parameters are PyTorch's."""

    cell: str = "rnn"
    activation: str = "tanh"
    input_size: int = 1
    hidden_size: int = 32
    layers: int = 1
    output_size: int = 1

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape of every parameter, in the order of the flat vector."""
        shapes: dict[str, tuple[int, ...]] = {}
        rows = CELLS[self.cell].gates * self.hidden_size
        for layer in range(self.layers):
            columns = self.input_size if layer == 0 else self.hidden_size
            shapes[f"weight_ih_l{layer}"] = (rows, columns)
            shapes[f"weight_hh_l{layer}"] = (rows, self.hidden_size)
            shapes[f"bias_ih_l{layer}"] = (rows,)
            shapes[f"bias_hh_l{layer}"] = (rows,)
        shapes["head.weight"] = (self.output_size, self.hidden_size)
        shapes["head.bias"] = (self.output_size,)
        return shapes

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(int(np.prod(shape)) for shape in self.shapes().values())

    def as_dict(self) -> dict[str, str | int]:
        """Plain values, for the model file."""
        return asdict(self)


def named_views(architecture: Architecture, flat: FloatArray) -> dict[str, FloatArray]:
    """Name -> view of its part of `flat` (P), in its shape."""
    views: dict[str, FloatArray] = {}
    start = 0
    for name, shape in architecture.shapes().items():
        stop = start + int(np.prod(shape))
        views[name] = flat[start:stop].reshape(shape)
        start = stop
    return views


@dataclass(frozen=True)
class Network:
    """An architecture and its parameters: `flat` (P), of which every named tensor is a view."""

    architecture: Architecture
    flat: FloatArray

    @property
    def parameters(self) -> dict[str, FloatArray]:
        """Name -> view, as in PyTorch's state dict."""
        return named_views(self.architecture, self.flat)

    def astype(self, dtype: str) -> "Network":
        """A copy in another precision."""
        return Network(self.architecture, self.flat.astype(dtype))


def initial_network(
    architecture: Architecture, init: str, rng: np.random.Generator, dtype: str = "float32"
) -> Network:
    """A network with random weights and zero biases.

    `weight_hh` is orthogonal (Saxe et al. 2014, arXiv:1312.6120), or uniform like the rest:
    within ±1/√H, PyTorch's range.
    """
    network = Network(architecture, np.zeros(architecture.size, dtype))
    bound = 1 / np.sqrt(architecture.hidden_size)
    for name, view in network.parameters.items():
        if "bias" in name:
            continue
        if name.startswith("weight_hh") and init == "orthogonal":
            view[:] = np.concatenate(list(_orthogonal_blocks(view.shape, rng)))
        else:
            view[:] = rng.uniform(-bound, bound, view.shape)
    return network


def _orthogonal_blocks(shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[FloatArray]:
    """One orthogonal (H, H) matrix a gate, uniformly distributed (Mezzadri 2007)."""
    rows, hidden_size = shape
    for _ in range(rows // hidden_size):
        q, r = np.linalg.qr(rng.standard_normal((hidden_size, hidden_size)))
        yield q * np.sign(np.diag(r))


class Workspace:
    """The arrays that one group of lanes needs for up to `days` days, forward and back.

    states[l] (S, T+1, H, L), saved[l] (T, SAVED*H, L), dstates[l] as states, out (T, O, L),
    gradient (P). `states[l][:, 0]` is the state carried in; zero at the start.
    """

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str, backward: bool = True
    ) -> None:
        a, cell = architecture, CELLS[architecture.cell]
        layers = range(a.layers)
        day = (a.hidden_size, lanes)
        self.architecture, self.days, self.lanes, self.dtype = a, days, lanes, dtype
        self.states = [np.zeros((cell.states, days + 1, *day), dtype) for _ in layers]
        saved = (days, cell.saved * a.hidden_size, lanes)
        self.saved = [np.empty(saved, dtype) for _ in layers]
        self.out = np.empty((days, a.output_size, lanes), dtype)
        if backward:
            self.dstates = [np.empty_like(states) for states in self.states]
            self.gradient = np.zeros(a.size, dtype)

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
    a, p = network.architecture, network.parameters
    days = x.shape[0]
    kernel = forward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    for layer in range(a.layers):
        weights = [p[f"{name}_l{layer}"] for name in LAYER_PARAMETERS]
        kernel(x, *weights, work.states[layer], work.saved[layer])
        x = work.states[layer][0, 1 : days + 1]
    linear_kernel(work.lanes, work.dtype)(x, p["head.weight"], p["head.bias"], work.out)
    return work.out[:days]


def backward(network: Network, x: FloatArray, dout: FloatArray, work: Workspace) -> None:
    """Add the gradients of `dout` (T, O, L) by all parameters into work.gradient (P).

    Follows a `forward` of the same x; leaves in work.dstates[l][:, t + 1] the whole gradient
    that reaches layer l's states after day t.
    """
    a, p = network.architecture, network.parameters
    gradient = named_views(a, work.gradient)
    days = x.shape[0]
    for dstates in work.dstates:
        dstates[:, : days + 1] = 0
    linear_backward_kernel(work.lanes, work.dtype)(
        work.states[-1][0, 1 : days + 1], p["head.weight"], dout,
        work.dstates[-1][0, 1 : days + 1], gradient["head.weight"], gradient["head.bias"],
    )  # fmt: skip
    kernel = backward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    nowhere = np.empty((0, a.input_size, work.lanes), work.dtype)
    for layer in range(a.layers - 1, -1, -1):
        below = layer - 1
        names = [f"{name}_l{layer}" for name in LAYER_PARAMETERS]
        kernel(
            work.states[below][0, 1 : days + 1] if layer else x, p[names[0]], p[names[1]],
            work.states[layer], work.saved[layer], work.dstates[layer],
            work.dstates[below][0, 1 : days + 1] if layer else nowhere,
            *(gradient[name] for name in names),
        )  # fmt: skip
