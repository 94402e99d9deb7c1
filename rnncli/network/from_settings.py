"""The network of some settings: its architecture, and its start weights by the seed."""

import re

import numpy as np

from rnncli.errors import UsageError, setting
from rnncli.kernels import CELLS
from rnncli.network.heads import POINT, Head, start_bias
from rnncli.network.network import (
    DIRECT,
    LARGEST_DILATION,
    Architecture,
    Network,
    initial_network,
)
from rnncli.runtime.random_numbers import START_WEIGHTS, generator
from rnncli.settings import NetworkSettings

DEFAULT_HORIZON = 5  # rows ahead of the forms that fix a number
DIRECT_HORIZON = 20
MATRIX_STARTS = ("uniform", "identity")  # of weight_hh, beside the default


def architecture_of(
    settings: NetworkSettings, input_size: int = 1, head: Head = POINT, each_row: bool = False
) -> Architecture:
    """Architecture of the settings, for `input_size` inputs a day.

    With more than one its horizon is one row: future values of the others are not known.
    Raises UsageError if the settings do not go together.
    """
    if settings.activation not in CELLS[settings.cell].activations:
        raise UsageError(
            f"is for {setting('cell', 'rnn')}", option="activation", value=settings.activation,
            remedy="leave it out",
        )  # fmt: skip
    if not CELLS[settings.cell].has_matrix and settings.init in MATRIX_STARTS:
        raise UsageError(
            f"is for recurrent matrices; a {settings.cell} has none", option="init",
            value=settings.init, remedy="leave it out",
        )  # fmt: skip
    mode, dilations = settings.mode or "seq2seq", dilations_of(settings)
    if mode == "seq2seq" and settings.horizon is not None:
        raise UsageError(
            f"{setting('mode', 'seq2seq')} forecasts any", option="horizon",
            remedy="give it to rnncli predict",
        )  # fmt: skip
    if settings.mode == DIRECT and head.kind != "student-t":
        raise UsageError(
            "is of distributions", option="mode", value=settings.mode,
            remedy=f"use {setting('loss', 'student-t')}",
        )  # fmt: skip
    if mode not in ("seq2seq", DIRECT) and head != POINT:
        raise UsageError(
            "is of the distribution of the next row", option="loss", value=head.kind,
            remedy=f"use {setting('mode', 'seq2seq')}",
        )  # fmt: skip
    any_horizon, rows_ahead = 0 if input_size == 1 else 1, rows_ahead_of(settings, each_row)
    of_form = rows_ahead[-1] if rows_ahead else settings.horizon or DEFAULT_HORIZON
    horizon = any_horizon if mode == "seq2seq" else of_form
    return Architecture(
        cell=settings.cell,
        activation=settings.activation,
        input_size=input_size,
        hidden_size=settings.hidden_size,
        layers=len(dilations) or settings.layers,
        dilations=dilations,
        window=settings.window,
        output_size=horizon if mode == "seq2vec" else head.outputs * max(len(rows_ahead), 1),
        mode=mode,
        horizon=horizon,
        head=head.kind,
        levels=head.levels,
        rows_ahead=rows_ahead,
        linear=settings.linear and mode == DIRECT and input_size > 1,
    )


def dilations_of(settings: NetworkSettings) -> tuple[int, ...]:
    """By layer, how many days back the state is that it continues from; () without any.

    Raises UsageError for a list that is of no such numbers, or of another number of layers.
    """
    if settings.dilations is None:
        return ()
    if CELLS[settings.cell].windowed:
        raise UsageError(
            f"is for recurrent cells; {settings.cell} looks back itself", option="dilations",
            value=settings.dilations, remedy=f"use {setting('window')}",
        )  # fmt: skip
    parts = settings.dilations.split(",")
    if not all(re.fullmatch("[1-9][0-9]{0,2}", part.strip(), re.ASCII) for part in parts):
        raise UsageError(
            f"is not a list of whole numbers from 1 to {LARGEST_DILATION}", option="dilations",
            value=settings.dilations, remedy="give one for each layer, such as 1,5,22",
        )  # fmt: skip
    if settings.layers not in (1, len(parts)):
        raise UsageError(
            f"has {len(parts)} for {settings.layers} layers", option="dilations",
            value=settings.dilations, remedy=f"leave out {setting('layers')}",
        )  # fmt: skip
    return tuple(map(int, parts))


def rows_ahead_of(settings: NetworkSettings, each_row: bool = False) -> tuple[int, ...]:
    """Rows ahead with separate outputs, each about 1.5 times the one before, or all.

    () unless the mode is direct.
    """
    rows, horizon = [1], settings.horizon or DIRECT_HORIZON
    if settings.mode != DIRECT:
        return ()
    if each_row:
        return tuple(range(1, horizon + 1))
    while rows[-1] < horizon:
        further = rows[-1] + max(1, (rows[-1] + 1) // 2)
        rows.append(further if 5 * further <= 4 * horizon else horizon)
    return tuple(rows)


def start_network(
    shape: NetworkSettings, seed: int, input_size: int = 1, head: Head = POINT,
    each_row: bool = False,
) -> Network:  # fmt: skip
    """The untrained network of a seed: the same at every call.

    `each_row`: whether every row ahead has outputs, see `rows_ahead_of`.
    """
    rng = generator(seed, START_WEIGHTS)
    architecture = architecture_of(shape, input_size, head, each_row)
    network = initial_network(architecture, shape.init, rng, forget_bias=shape.forget_bias)
    if head != POINT:
        bias = network.parameters["head.bias"]
        bias[:] = np.tile(start_bias(head), len(bias) // head.outputs)
    return network
