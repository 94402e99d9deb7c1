"""Whose gradients are looked into, and the small network that is shown unrolled."""

from dataclasses import dataclass
from typing import Annotated

from rnncli.settings.option import (
    ACTIVATION,
    FORGET_BIAS,
    HIDDEN_SIZE,
    INIT,
    INPUTS,
    LAYERS,
    SCALE,
    SEED,
    Activation,
    Init,
    Option,
    Scale,
)


@dataclass(frozen=True)
class CompareSettings:
    """Whose gradients are reported on; what `train` has too is its own where it is not given."""

    compare: Annotated[
        str | None, Option("Start these cells from one seed, untrained, side by side: rnn,lstm.")
    ] = None
    at: Annotated[
        str | None,
        Option("Weights of a model: final (the default), init, or epoch:N of a kept checkpoint."),
    ] = None
    activation: Annotated[Activation | None, ACTIVATION] = None
    hidden_size: Annotated[int | None, HIDDEN_SIZE] = None
    layers: Annotated[int | None, LAYERS] = None
    init: Annotated[Init | None, INIT] = None
    forget_bias: Annotated[float | None, FORGET_BIAS] = None
    scale: Annotated[Scale | None, SCALE] = None
    seed: Annotated[int | None, SEED] = None


@dataclass(frozen=True)
class UnrollSettings:
    """The one-unit network y_t = f(w1 x_t + w2 y_{t-1} + b1), out_t = w3 y_t + b2; its input."""

    values: Annotated[
        str, Option("Inputs, oldest first, separated by commas; what the network is fed.")
    ] = "0,0.5"
    days: Annotated[
        int | None,
        Option("Days in all: zeros are added after the values.", minimum=1, maximum=100_000),
    ] = None
    w1: Annotated[float | None, Option("Weight of the input (StatLand: 1.8).")] = None
    w2: Annotated[float | None, Option("Weight of the loop (StatLand: -0.5).")] = None
    w3: Annotated[float | None, Option("Weight of the output (StatLand: 1.1).")] = None
    b1: Annotated[float | None, Option("Bias of the unit (StatLand: 0).")] = None
    b2: Annotated[float | None, Option("Bias of the output (StatLand: 0).")] = None
    activation: Annotated[Activation | None, Option("Squashing (StatLand: relu).")] = None


@dataclass(frozen=True)
class ExplainSettings:
    """What is explained, and how far back."""

    rows: Annotated[
        int, Option("How many of the last rows it is shared out over.", minimum=1, maximum=1000)
    ] = 60
    ahead: Annotated[
        int,
        Option("Row ahead that is explained (--mode direct, seq2vec: any they have).", minimum=1),
    ] = 1
    range_level: Annotated[
        float | None,
        Option("Level of the range in percent (95, or the widest that the model learnt)."),
    ] = None
    inputs: Annotated[str | None, INPUTS] = None
