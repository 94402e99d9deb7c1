"""Layers and head over one flat parameter vector with named views, run over a group of lanes."""

import math
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray, aligned
from rnncli.cells import CELLS, backward_kernel, forward_kernel
from rnncli.cells.sequence import BLOCK, PADDING

LAYER_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Architecture:
    """What the shapes follow from; names and layout of the parameters are PyTorch's.

    `mode`: what goes in and comes out, see `forms`; `horizon`: how many rows ahead it was made
    for, 0 where any number will do. An encoder-decoder is two networks, one after the other.
    `head`, `levels`: what the outputs mean, see `heads`.
    """

    cell: str = "rnn"
    activation: str = "tanh"
    input_size: int = 1
    hidden_size: int = 32
    layers: int = 1
    output_size: int = 1
    mode: str = "seq2seq"
    horizon: int = 0
    head: str = "point"
    levels: tuple[float, ...] = ()

    @cached_property
    def parts(self) -> dict[str, "Architecture"]:
        """Prefix of parameter names -> the single networks it is made of."""
        if self.mode != "encoder-decoder":
            return {"": self}
        single = replace(self, mode="seq2seq", horizon=0)
        return {
            "encoder.": replace(single, output_size=0),
            "decoder.": replace(single, input_size=1),
        }

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape of every parameter, in the order of the flat vector."""
        return {
            prefix + name: shape
            for prefix, part in self.parts.items()
            for name, shape in part.own_shapes().items()
        }

    def own_shapes(self) -> dict[str, tuple[int, ...]]:
        """The same of a single network: of its layers, then of its head if it has one."""
        shapes: dict[str, tuple[int, ...]] = {}
        rows = CELLS[self.cell].gates * self.hidden_size
        for layer in range(self.layers):
            columns = self.input_size if layer == 0 else self.hidden_size
            shapes[f"weight_ih_l{layer}"] = (rows, columns)
            shapes[f"weight_hh_l{layer}"] = (rows, self.hidden_size)
            shapes[f"bias_ih_l{layer}"] = (rows,)
            shapes[f"bias_hh_l{layer}"] = (rows,)
        if self.output_size:
            shapes["head.weight"] = (self.output_size, self.hidden_size)
            shapes["head.bias"] = (self.output_size,)
        return shapes

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes().values())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the model file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Architecture":
        """The inverse of `as_dict` after a round trip through JSON."""
        return cls(**{**plain, "levels": tuple(float(level) for level in plain["levels"])})


def named_views(architecture: Architecture, flat: FloatArray) -> dict[str, FloatArray]:
    """Name -> view of its part of `flat` (P), in its shape."""
    views: dict[str, FloatArray] = {}
    start = 0
    for name, shape in architecture.shapes().items():
        stop = start + math.prod(shape)
        views[name] = flat[start:stop].reshape(shape)
        start = stop
    return views


@dataclass(frozen=True)
class Network:
    """An architecture and its parameters: `flat` (P), of which every named tensor is a view."""

    architecture: Architecture
    flat: FloatArray

    @cached_property
    def parameters(self) -> dict[str, FloatArray]:
        """Name -> view, as in PyTorch's state dict."""
        return named_views(self.architecture, self.flat)

    @cached_property
    def parts(self) -> tuple["Network", ...]:
        """The single networks it is made of, whose parameters are views of `flat`."""
        found, start = [], 0
        for part in self.architecture.parts.values():
            found.append(Network(part, self.flat[start : start + part.size]))
            start += part.size
        return tuple(found)

    def astype(self, dtype: str) -> "Network":
        """A copy in another precision."""
        return Network(self.architecture, self.flat.astype(dtype))


def initial_network(
    architecture: Architecture, init: str, rng: np.random.Generator, dtype: str = "float32",
    forget_bias: float = 1.0,
) -> Network:  # fmt: skip
    """A network with random weights and zero biases, but for `forget_bias` at an LSTM's f.

    `weight_hh` is orthogonal (Saxe et al. 2014, arXiv:1312.6120), the identity (for relu: Le et
    al. 2015, arXiv:1504.00941), or uniform like the rest: within ±1/√H, PyTorch's range.
    """
    network = Network(architecture, np.zeros(architecture.size, dtype))
    hidden_size = architecture.hidden_size
    bound = 1 / np.sqrt(hidden_size)
    for name, view in network.parameters.items():
        if "bias_ih" in name and architecture.cell == "lstm":
            view[hidden_size : 2 * hidden_size] = forget_bias
        elif "bias" in name:
            continue
        elif "weight_hh" in name and init != "uniform":
            start = _orthogonal if init == "orthogonal" else _identity
            for gate in range(len(view) // hidden_size):
                view[gate * hidden_size : (gate + 1) * hidden_size] = start(hidden_size, rng)
        else:
            view[:] = rng.uniform(-bound, bound, view.shape)
    return network


def _identity(size: int, _rng: np.random.Generator) -> FloatArray:
    return np.eye(size)


def _orthogonal(size: int, rng: np.random.Generator) -> FloatArray:
    """An orthogonal matrix, uniformly distributed (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    orthogonal: FloatArray = q * np.sign(np.diag(r))
    return orthogonal


class Workspace:
    """The arrays that one group of lanes needs for up to `days` days, forward and back.

    states[l] (S, T+1, H, L), `states[l][:, 0]` carried in and zero at the start; saved[l]
    (T, SAVED*H, L); out and dout (T, O, L); dinputs[l] (D, G*H*L + padding): of all days where a
    layer below reads them, else of a block of days; dstates[l] as states, without days unless
    `keep_dstates`; dbeyond[l] (S, H, L): see `backward`; gradient (P), with its views by name in
    `gradients`.
    """

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str,
        backward: bool = True, keep_dstates: bool = False,
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
            self.dinputs = [aligned((days if layer else BLOCK, row), dtype) for layer in layers]
            kept = days + 1 if keep_dstates else 0
            self.dbeyond = self._of_layers((cell.states, a.hidden_size, lanes))
            self.dstates = self._of_layers((cell.states, kept, a.hidden_size, lanes))
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
    a, p = network.architecture, network.parameters
    _check_shape(x, a.input_size, work)
    head = _head(a, p, work)
    kernel = forward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    for layer in range(a.layers):
        weights = [p[f"{name}_l{layer}"] for name in LAYER_PARAMETERS]
        out = work.out if layer == a.layers - 1 else work.out[:0]
        kernel(
            _inputs(x, work, layer), *weights, work.states[layer], work.saved[layer],
            *head, out,
        )  # fmt: skip
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
    """Weight (O, H) and bias (O) of the head; of no output where there is none."""
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
    """
    a, p = network.architecture, network.parameters
    _check_shape(x, a.input_size, work)
    _check_shape(dout, a.output_size, work)
    for layer, dbeyond in enumerate(work.dbeyond):
        dbeyond[:] = beyond[layer] if beyond else 0
    kernel = backward_kernel(a.cell, a.activation, work.lanes, work.dtype)
    above, dabove = _head(a, p, work)[0], dout.reshape(len(x), -1)
    dhead = _head(a, work.gradients, work)
    for layer in range(a.layers - 1, -1, -1):
        names = [f"{name}_l{layer}" for name in LAYER_PARAMETERS]
        kernel(
            _inputs(x, work, layer), p[names[1]], work.states[layer], work.saved[layer],
            above, dabove, work.dbeyond[layer], work.dstates[layer], work.dinputs[layer],
            *(work.gradients[name] for name in names), *dhead,
        )  # fmt: skip
        above, dabove = p[names[0]], work.dinputs[layer]
        dhead = dhead[0][:0], dhead[1]  # only the top layer feeds the head
