"""Settings of gradient reports, and of the small network that is shown unrolled."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from rnncli.settings.option import (
    ACTIVATION,
    COMPARE,
    DILATIONS,
    FED,
    FORGET_BIAS,
    HIDDEN_SIZE,
    INIT,
    LAYERS,
    LOOK_BACK,
    SCALE,
    SEED,
    Activation,
    Init,
    Option,
    Scale,
)


@dataclass(frozen=True)
class CompareSettings:
    """Networks to report on; an option that is not given has the default of `train`."""

    PANEL: ClassVar[str] = "Network"

    compare: Annotated[str | None, COMPARE] = None
    at: Annotated[
        str | None,
        Option(
            "Weights of a model: final (default), init, epoch:N (kept checkpoint), or epochs: all"
            " kept ones.",
            metavar="WHEN",
        ),
    ] = None
    activation: Annotated[Activation | None, ACTIVATION] = None
    hidden_size: Annotated[int | None, HIDDEN_SIZE] = None
    layers: Annotated[int | None, LAYERS] = None
    dilations: Annotated[str | None, DILATIONS] = None
    window: Annotated[int | None, LOOK_BACK] = None
    init: Annotated[Init | None, INIT] = None
    forget_bias: Annotated[float | None, FORGET_BIAS] = None
    scale: Annotated[Scale | None, SCALE] = None
    seed: Annotated[int | None, SEED] = None


@dataclass(frozen=True)
class UnrollSettings:
    """The one-unit network y_t = f(w1 x_t + w2 y_{t-1} + b1), out_t = w3 y_t + b2; its input."""

    PANEL: ClassVar[str] = "Network"

    values: Annotated[
        str, Option("Input values, oldest first, comma-separated.", metavar="LIST")
    ] = "0,0.5"
    days: Annotated[
        int | None,
        Option("Number of days; zeros follow the values.", minimum=1, maximum=100_000),
    ] = None
    w1: Annotated[float | None, Option("Input weight (StatLand: 1.8).")] = None
    w2: Annotated[float | None, Option("Recurrent weight (StatLand: -0.5).")] = None
    w3: Annotated[float | None, Option("Output weight (StatLand: 1.1).")] = None
    b1: Annotated[float | None, Option("Bias of the unit (StatLand: 0).")] = None
    b2: Annotated[float | None, Option("Bias of the output (StatLand: 0).")] = None
    activation: Annotated[Activation | None, Option("Activation function (StatLand: relu).")] = None
    step: Annotated[
        bool,
        Option(
            "Show one step at a time, forward and then back, instead of the table.", panel="Output"
        ),
    ] = False


@dataclass(frozen=True)
class ExplainSettings:
    """The row ahead that is explained, and the rows that it is attributed to."""

    PANEL: ClassVar[str] = "Forecast"

    rows: Annotated[
        int, Option("Number of last rows to attribute to.", minimum=1, maximum=1000)
    ] = 60
    ahead: Annotated[
        int,
        Option(
            "Row ahead to explain: 1, or of --mode direct and seq2vec up to the horizon of"
            " training (the prior: 20).",
            minimum=1,
        ),
    ] = 1
    range_level: Annotated[
        float | None,
        Option(
            "Level of the interval in percent (default: 95, or the widest of the model).",
            panel="Intervals",
        ),
    ] = None
    inputs: Annotated[str | None, FED] = None
