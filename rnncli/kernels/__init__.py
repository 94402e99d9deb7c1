"""The recurrent cells, compiled: all Numba lives in this package.

Dimension letters, here and in every shape comment:

    T days, I inputs a day, H hidden units, O outputs, L lanes (parallel series, innermost),
    G gates (rows of weight_ih a unit), S state vectors per day

The contract of a cell (one file each, an entry in CELLS, its name in `settings.option.Cell`, a
reference in tests/support/naive.py):

    GATES                   names of the G blocks of rows that weight_ih and weight_hh have
    STATES, SAVED           S, and how many vectors of H `step` saves a day for the backward pass
    SPLIT                   whether W_hh h + b_hh of the last gate is passed apart, not in its sum
    ACTIVATIONS             name -> number, for cells with a choice
    step                    pointwise: gate sums and states before -> states after
    step_backward           pointwise: the derivative of step
    start                   optional: what a layer's parameters start at where not at random

A cell whose state is multiplied by no matrix has, in place of weight_hh and bias_hh:

    DIAGONAL                names of the V rows of diagonal_hh (V, H), numbers by unit; may be ()
    FACTORS                 F, numbers by unit that `factors` makes of them for `step`: the first
                            is what the state of the day before is multiplied by
    factors                 diagonal_hh (V, H) -> (F, H); optional without factors
    factors_backward        adds the derivative by diagonal_hh, from that by the factors

Its `step` gets the factors in place of W_hh h + b_hh, each once per lane (F*H*L), and its
`step_backward` the factors followed by their derivatives, to add to (2*F*H*L). It sets the
derivative by the states before, to which that of other cells adds.

A layer that looks back on the states of the last N days itself (WINDOWED) has bias_lag (heads, N)
in place of weight_hh and bias_hh, `heads` (H -> their number), and in place of its steps kernels
with the signatures of `time_loop`: make_forward, make_backward.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels import attention, gru, lru, lstm, mingru, rnn, slstm
from rnncli.kernels._cache import bits_key
from rnncli.kernels._jit import compile_kernel, is_compiled
from rnncli.kernels.adam import ADAM, UPDATE, make_adam, make_update
from rnncli.kernels.deal import DEAL, make_deal
from rnncli.kernels.decayed_sums import DECAYED, make_decayed_sums
from rnncli.kernels.incomplete_beta import FRACTION, make_fraction
from rnncli.kernels.likelihoods import LIKELIHOOD, LIKELIHOODS, make_likelihood
from rnncli.kernels.linear_path import LINEAR, make_linear
from rnncli.kernels.losses import LOSS, LOSSES, make_loss
from rnncli.kernels.piecewise_scores import PIECEWISE, make_piecewise
from rnncli.kernels.plain_columns import PLAIN, make_plain_columns
from rnncli.kernels.random_draws import DRAW, make_draw
from rnncli.kernels.rows_ahead import ROWS_AHEAD, make_rows_ahead
from rnncli.kernels.running_means import MEANS, make_running_means
from rnncli.kernels.running_variances import VARIANCES, make_running_variances
from rnncli.kernels.saturation import SATURATED, make_saturated
from rnncli.kernels.scale_regression import FIT, make_fit
from rnncli.kernels.time_loop import BACKWARD, FORWARD, make_backward, make_forward, no_factors

__all__ = ["CELLS", "bits_key"]

Kernel = Callable[..., Any]


@dataclass(frozen=True)
class Diagonal:
    """The recurrence of a cell whose state is multiplied by no matrix."""

    names: tuple[str, ...]
    count: int
    factors: Kernel
    factors_backward: Kernel


@dataclass(frozen=True)
class Cell:
    """What `time_loop` needs to know of a cell."""

    gate_names: tuple[str, ...]
    states: int
    saved: int
    split: bool
    step: Kernel
    step_backward: Kernel
    activations: dict[str, int] = field(hash=False)
    start: Callable[[dict[str, FloatArray], float], None]
    diagonal: Diagonal | None = None
    heads: Callable[[int], int] | None = None
    make_forward: Callable[..., Kernel] = make_forward
    make_backward: Callable[..., Kernel] = make_backward

    @property
    def windowed(self) -> bool:
        """Whether a day sees the states of a window of days, not those of one day before."""
        return self.heads is not None

    @property
    def has_matrix(self) -> bool:
        """Whether a state is multiplied by a matrix from day to day."""
        return self.diagonal is None and not self.windowed

    @property
    def gates(self) -> int:
        """G, the rows of weight_ih per unit."""
        return len(self.gate_names)

    def shapes(self, inputs: int, hidden_size: int, window: int = 1) -> dict[str, tuple[int, ...]]:
        """Name -> shape of a layer's parameters, in the order in which the kernels take them."""
        rows = self.gates * hidden_size
        if self.heads is not None:
            bias_lag = {"bias_lag": (self.heads(hidden_size), window)}
            return {"weight_ih": (rows, inputs), **bias_lag, "bias_ih": (rows,)}
        if self.diagonal is not None:
            diagonal = {"diagonal_hh": (len(self.diagonal.names), hidden_size)}
            shapes = {"weight_ih": (rows, inputs), **diagonal, "bias_ih": (rows,)}
            return {name: shape for name, shape in shapes.items() if shape[0]}
        return {
            "weight_ih": (rows, inputs),
            "weight_hh": (rows, hidden_size),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }

    def in_order(self, parameters: dict[str, FloatArray]) -> list[FloatArray]:
        """Input weights, recurrent weights and both biases of a layer; empty where it has none."""
        weight, bias = parameters["weight_ih"], parameters["bias_ih"]
        if self.has_matrix:
            return [weight, parameters["weight_hh"], bias, parameters["bias_hh"]]
        empty = np.zeros((0, len(weight) // self.gates), weight.dtype)
        name = "bias_lag" if self.windowed else "diagonal_hh"
        return [weight, parameters.get(name, empty), bias, empty.reshape(0)]


def _as_drawn(parameters: dict[str, FloatArray], forget_bias: float) -> None:
    """The start of a cell that leaves random weights and zero biases as they are."""


def _cell(module: Any) -> Cell:
    if hasattr(module, "WINDOWED"):
        return Cell(
            module.GATES, module.STATES, module.SAVED, False, no_factors, no_factors,
            module.ACTIVATIONS, module.start, None, module.heads, module.make_forward,
            module.make_backward,
        )  # fmt: skip
    return Cell(
        module.GATES, module.STATES, module.SAVED, module.SPLIT, module.step,
        module.step_backward, module.ACTIVATIONS, getattr(module, "start", _as_drawn),
        _diagonal(module) if hasattr(module, "DIAGONAL") else None,
    )  # fmt: skip


def _diagonal(module: Any) -> Diagonal:
    return Diagonal(
        module.DIAGONAL, getattr(module, "FACTORS", 0), getattr(module, "factors", no_factors),
        getattr(module, "factors_backward", no_factors),
    )  # fmt: skip


CELLS = {
    "rnn": _cell(rnn),
    "gru": _cell(gru),
    "lstm": _cell(lstm),
    "mingru": _cell(mingru),
    "lru": _cell(lru),
    "slstm": _cell(slstm),
    "attention": _cell(attention),
}


@cache
def forward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of one layer forward, and of the head on top; see `time_loop`."""
    c = CELLS[cell]
    return compile_kernel(
        ("forward", cell, activation, lanes, dtype), FORWARD.format(dtype),
        lambda: c.make_forward(c, c.activations[activation], lanes),
    )  # fmt: skip


@cache
def backward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of one layer back, and of the head on top; see `time_loop`."""
    c = CELLS[cell]
    return compile_kernel(
        ("backward", cell, activation, lanes, dtype), BACKWARD.format(dtype),
        lambda: c.make_backward(c, c.activations[activation], lanes),
    )  # fmt: skip


@cache
def linear_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel of the linear path; see `linear_path`."""
    return compile_kernel(
        ("linear", lanes, dtype), LINEAR.format(dtype), lambda: make_linear(lanes)
    )


@cache
def loss_kernel(loss: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of a loss and its derivative; see `losses`, and `likelihoods`, which takes levels."""
    if loss in LIKELIHOODS:
        return compile_kernel(
            ("likelihood", loss, lanes, dtype), LIKELIHOOD.format(dtype),
            lambda: make_likelihood(loss, lanes),
        )  # fmt: skip
    return compile_kernel(
        ("loss", loss, dtype), LOSS.format(dtype), lambda: make_loss(LOSSES[loss])
    )


@cache
def rows_ahead_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel of the loss of several rows ahead; see `rows_ahead`."""
    return compile_kernel(
        ("rows_ahead", lanes, dtype), ROWS_AHEAD.format(dtype), lambda: make_rows_ahead(lanes)
    )


@cache
def adam_kernel(dtype: str) -> Kernel:
    """Kernel of a step of Adam; see `adam`."""
    return compile_kernel(("adam", dtype), ADAM.format(dtype), make_adam)


@cache
def update_kernel(dtype: str) -> Kernel:
    """Kernel of an update by Adam, with all that goes with it; see `adam`."""
    return compile_kernel(("update", dtype), UPDATE.format(dtype), make_update)


@cache
def saturated_kernel(dtype: str) -> Kernel:
    """Kernel that counts saturated units; see `saturation`."""
    return compile_kernel(("saturated", dtype), SATURATED.format(dtype), make_saturated)


@cache
def deal_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel that copies some of many sequences into lanes; see `deal`."""
    return compile_kernel(("deal", lanes, dtype), DEAL.format(dtype), lambda: make_deal(lanes))


@cache
def draw_kernel(head: str, dtype: str) -> Kernel:
    """Kernel of a draw of gaussian or student-t; see `random_draws`."""
    student = head == "student-t"
    return compile_kernel(("draw", head, dtype), DRAW.format(dtype), lambda: make_draw(student))


@cache
def fraction_kernel() -> Kernel:
    """Kernel of a continued fraction; see `incomplete_beta`."""
    return compile_kernel(("fraction",), FRACTION, make_fraction, exact=True)


@cache
def piecewise_kernel() -> Kernel:
    """Kernel of scores of quantiles; see `piecewise_scores`."""
    return compile_kernel(("piecewise",), PIECEWISE, make_piecewise, exact=True)


@cache
def plain_columns_kernel() -> Kernel:
    """Kernel that cuts lines into columns; see `plain_columns`."""
    return compile_kernel(("plain_columns",), PLAIN, make_plain_columns, exact=True)


def plain_columns_ready() -> bool:
    """Whether that kernel is compiled."""
    return is_compiled(("plain_columns",))


@cache
def running_means_kernel() -> Kernel:
    """Kernel of exponentially weighted means; see `running_means`."""
    return compile_kernel(("running_means",), MEANS, make_running_means, exact=True)


@cache
def running_variances_kernel() -> Kernel:
    """Kernel of an exponentially weighted variance; see `running_variances`."""
    return compile_kernel(("running_variances",), VARIANCES, make_running_variances, exact=True)


@cache
def scale_regression_kernel() -> Kernel:
    """Kernel that fits a Student's t whose scale follows inputs; see `scale_regression`."""
    return compile_kernel(("scale_regression",), FIT, make_fit)


@cache
def decayed_sums_kernel() -> Kernel:
    """Kernel of sums that decay from row to row; see `decayed_sums`."""
    return compile_kernel(("decayed_sums",), DECAYED, make_decayed_sums, exact=True)
