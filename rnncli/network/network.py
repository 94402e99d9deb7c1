"""Layers and head over one flat parameter vector with named views."""

import math
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels import CELLS
from rnncli.network.heads import OUTPUTS, POINT, Head
from rnncli.settings.option import LARGEST_WINDOW, WINDOW

DIRECT = "direct"  # the mode whose outputs of a day are of several rows ahead, see `direct`
LINEAR = "linear.weight"
LARGEST_DILATION = 999  # days


@dataclass(frozen=True)
class Architecture:
    """Sizes and options of a network; names and layout of its parameters are PyTorch's.

    `mode`: sequence mode, see `modes`; `horizon`: the rows ahead it is made for, 0 for any number.
    An encoder-decoder is two networks, one after the other.
    `head`, `levels`: what the outputs mean, see `heads`; `rows_ahead`: of mode direct, the rows
    ahead with separate outputs, ascending from 1; `linear`: whether a linear path leads from the
    inputs of a day to its outputs, past the cells; `dilations`: by layer, how many days back the
    state is that it continues from (() for a day); `window`: how many days attention sees.
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
    rows_ahead: tuple[int, ...] = ()
    linear: bool = False
    dilations: tuple[int, ...] = ()
    window: int = WINDOW

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
            for name, shape in part.shapes_of_part().items()
        }

    def shapes_of_part(self) -> dict[str, tuple[int, ...]]:
        """The same of a single network: of its layers, then of its head if it has one."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(self.layers):
            columns = self.input_size if layer == 0 else self.hidden_size
            for name, shape in (
                CELLS[self.cell].shapes(columns, self.hidden_size, self.window).items()
            ):
                shapes[f"{name}_l{layer}"] = shape
        if self.output_size:
            shapes["head.weight"] = (self.output_size, self.hidden_size)
            shapes["head.bias"] = (self.output_size,)
        if self.linear:
            shapes[LINEAR] = (self.output_size, self.input_size)
        return shapes

    def head_fits(self, classes: int | None) -> bool:
        """Whether outputs, mode and head fit together.

        Outputs of seq2vec are all rows ahead. `classes`: number of bins, None without.
        """
        if self.head == POINT.kind:
            outputs = self.horizon if self.mode == "seq2vec" else POINT.outputs
            return self.output_size == outputs and not self.levels
        if self.mode == DIRECT:
            return self._direct_fits() and classes is None
        return self.mode == "seq2seq" and Head(self.head, self.output_size, self.levels).fits(
            classes
        )

    def _direct_fits(self) -> bool:
        """Whether each row ahead has the outputs of a Student's t, up to the horizon."""
        rows = (0, *self.rows_ahead)
        return (
            self.head == "student-t"
            and self.output_size == OUTPUTS[self.head] * len(self.rows_ahead)
            and all(one < other for one, other in pairwise(rows))
            and rows[1:2] == (1,)
            and rows[-1] == self.horizon
        )

    @property
    def spans_fit(self) -> bool:
        """Whether there is a dilation for each layer, if there are any, and a window to look at."""
        windowed = CELLS[self.cell].windowed
        return 1 <= self.window <= LARGEST_WINDOW and (
            not self.dilations
            or (
                len(self.dilations) == self.layers
                and not windowed
                and all(1 <= days <= LARGEST_DILATION for days in self.dilations)
            )
        )

    def dilation(self, layer: int) -> int:
        """How many days back the state is that a layer continues from."""
        return self.dilations[layer] if self.dilations else 1

    @property
    def spans(self) -> tuple[int, ...]:
        """By layer, how many days before it a day looks back on: those of its states in memory."""
        if CELLS[self.cell].windowed:
            return (self.window,) * self.layers
        return tuple(self.dilation(layer) for layer in range(self.layers))

    @property
    def most_rows(self) -> int:
        """Rows ahead that a forecast can have; 0 for any number."""
        return 0 if self.mode == DIRECT else self.horizon

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes().values())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the model file; how far a layer looks back only where it counts."""
        plain = asdict(self)
        if not self.dilations:
            del plain["dilations"]
        if not CELLS[self.cell].windowed:
            del plain["window"]
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Architecture":
        """The inverse of `as_dict` after a round trip through JSON."""
        levels = tuple(float(level) for level in plain["levels"])
        rows_ahead = tuple(int(rows) for rows in plain["rows_ahead"])
        dilations = tuple(int(days) for days in plain.get("dilations", ()))
        return cls(**{**plain, "levels": levels, "rows_ahead": rows_ahead, "dilations": dilations})


def named_views(architecture: Architecture, flat: FloatArray) -> dict[str, FloatArray]:
    """Name -> view of its part of `flat` (P), in its shape."""
    views: dict[str, FloatArray] = {}
    start = 0
    for name, shape in architecture.shapes().items():
        stop = start + math.prod(shape)
        views[name] = flat[start:stop].reshape(shape)
        start = stop
    return views


def of_layer(parameters: dict[str, FloatArray], layer: int) -> dict[str, FloatArray]:
    """Parameters of one layer of a single network, without its number in their names."""
    end = f"_l{layer}"
    return {n.removesuffix(end): view for n, view in parameters.items() if n.endswith(end)}


@dataclass(frozen=True)
class Network:
    """An architecture and its parameters: `flat` (P), of which every named tensor is a view."""

    architecture: Architecture
    flat: FloatArray

    @cached_property
    def head(self) -> Head:
        """What its outputs of a day mean; of mode direct, those of each row ahead."""
        a = self.architecture
        if a.mode == DIRECT:
            return Head(a.head, OUTPUTS[a.head])
        return Head(a.head, a.output_size, a.levels) if a.head != POINT.kind else POINT

    @cached_property
    def parameters(self) -> dict[str, FloatArray]:
        """Name -> view, as in PyTorch's state dict."""
        return named_views(self.architecture, self.flat)

    @cached_property
    def layers(self) -> tuple[list[FloatArray], ...]:
        """The parameters of each layer of a single network, in the order that kernels take."""
        a = self.architecture
        in_order = CELLS[a.cell].in_order
        return tuple(in_order(of_layer(self.parameters, layer)) for layer in range(a.layers))

    @cached_property
    def parts(self) -> tuple["Network", ...]:
        """The single networks it is made of, whose parameters are views of `flat`."""
        networks, start = [], 0
        for part in self.architecture.parts.values():
            networks.append(Network(part, self.flat[start : start + part.size]))
            start += part.size
        return tuple(networks)

    def astype(self, dtype: str) -> "Network":
        """A copy in another precision."""
        return Network(self.architecture, self.flat.astype(dtype))


def initial_network(
    architecture: Architecture, init: str, rng: "np.random.Generator", dtype: str = "float32",
    forget_bias: float = 1.0,
) -> Network:  # fmt: skip
    """A network with random weights and zero biases, but for what its cell starts otherwise.

    `weight_hh` is orthogonal (Saxe et al. 2014, arXiv:1312.6120), the identity (for relu: Le et
    al. 2015, arXiv:1504.00941), or uniform like the rest: within ±1/√H, PyTorch's range.
    """
    network = Network(architecture, np.zeros(architecture.size, dtype))
    hidden_size = architecture.hidden_size
    bound = 1 / np.sqrt(hidden_size)
    for name, view in network.parameters.items():
        if "bias" in name or name == LINEAR:
            continue
        if "weight_hh" in name and init != "uniform":
            start = _orthogonal if init == "orthogonal" else _identity
            for gate in range(len(view) // hidden_size):
                view[gate * hidden_size : (gate + 1) * hidden_size] = start(hidden_size, rng)
        else:
            view[:] = rng.uniform(-bound, bound, view.shape)
    for part in network.parts:
        for layer in range(architecture.layers):
            CELLS[architecture.cell].start(of_layer(part.parameters, layer), forget_bias)
    return network


def _identity(size: int, _rng: "np.random.Generator") -> FloatArray:
    return np.eye(size)


def _orthogonal(size: int, rng: "np.random.Generator") -> FloatArray:
    """An orthogonal matrix, uniformly distributed (Mezzadri 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    orthogonal: FloatArray = q * np.sign(np.diag(r))
    return orthogonal
