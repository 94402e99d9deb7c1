"""What the network sees, what it is, and how it is trained."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from rnncli.errors import UsageError, setting
from rnncli.settings.option import (
    ACTIVATION,
    AUTO,
    DECODER,
    FORGET_BIAS,
    HIDDEN_SIZE,
    HORIZON,
    INIT,
    INPUTS,
    LAYERS,
    LEVEL,
    LEVELS,
    SCALE,
    SEED,
    Activation,
    Init,
    Loss,
    Option,
    Scale,
)

OF_LATE = 0.94  # decay of RiskMetrics (1996) for daily returns
DISTRIBUTION: Loss = "student-t"
OVER_DEVIATION = (DISTRIBUTION, "gaussian", "quantile")  # losses that returns are best scaled for


@dataclass(frozen=True)
class PrepareSettings:
    """What the network sees of a price."""

    scale: Annotated[Scale, SCALE] = "log-return"
    bins: Annotated[
        int | None, Option("Cut the scaled values into this many classes.", minimum=2, maximum=1000)
    ] = None
    labels: Annotated[
        str | None, Option("Names of the classes, lowest first, separated by commas.")
    ] = None
    edges: Annotated[
        str | None, Option("Edges between the classes, ascending, separated by commas.")
    ] = None
    season: Annotated[
        int, Option("Rows of a season: returns are over the row so many before.", minimum=1)
    ] = 1
    inputs: Annotated[str, INPUTS] = AUTO
    volatility_decay: Annotated[
        float | None,
        Option(
            "Divide log returns by the series' own deviation of late, weights falling so (0: no).",
            minimum=0,
            maximum=0.999,
        ),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for what describes classes or returns where there are none."""
        if self.volatility_decay and self.scale != "log-return":
            raise UsageError(
                "divides log returns",
                option="volatility_decay",
                remedy=f"use {setting('scale', 'log-return')}",
            )
        if self.season > 1 and self.scale != "log-return":
            raise UsageError(
                "is of log returns",
                option="season",
                value=self.season,
                remedy=f"use {setting('scale', 'log-return')}",
            )
        for name, given in (("labels", self.labels), ("edges", self.edges)):
            if given is not None and self.bins is None:
                raise UsageError(
                    "there are no classes",
                    option=name,
                    value=given,
                    remedy=f"add {setting('bins')}",
                )


Mode = Literal["seq2seq", "direct", "seq2vec", "vec2seq", "encoder-decoder"]


@dataclass(frozen=True)
class NetworkSettings:
    """The shape of the network and its start."""

    cell: Annotated[Literal["rnn", "gru", "lstm"], Option("Recurrent cell.")] = "rnn"
    activation: Annotated[Activation, ACTIVATION] = "tanh"
    hidden_size: Annotated[int, HIDDEN_SIZE] = 32
    layers: Annotated[int, LAYERS] = 1
    init: Annotated[Init, INIT] = "orthogonal"
    mode: Annotated[
        Mode | None,
        Option("Sequence mode (default: direct with --inputs auto on log returns, else seq2seq)."),
    ] = None
    horizon: Annotated[int | None, HORIZON] = None
    forget_bias: Annotated[float, replace(FORGET_BIAS, only=("cell", "lstm"))] = 1.0
    linear: Annotated[
        bool,
        Option(
            "Fit a linear path from further inputs to the scale first; the network adds to it"
            " (mode direct)."
        ),
    ] = True


@dataclass(frozen=True)
class TrainSettings:
    """How the weights are found."""

    loss: Annotated[
        Loss | None,
        Option("Cost of a day's miss (default: student-t for log returns, else mse)."),
    ] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    bptt: Annotated[int, Option("Days gradients flow back (0: all).", minimum=0)] = 128
    clip_norm: Annotated[
        float, Option("Limit on the global L2 norm of the gradient (0: none).", minimum=0)
    ] = 1.0
    dropout: Annotated[
        float,
        Option("Share of units hidden from the layer above in a step.", minimum=0, maximum=0.99),
    ] = 0.0
    optimizer: Annotated[Literal["adam", "sgd"], Option("Optimiser.")] = "adam"
    momentum: Annotated[
        float, Option("Momentum of sgd.", minimum=0, maximum=1, only=("optimizer", "sgd"))
    ] = 0.9
    learning_rate: Annotated[float, Option("Learning rate at the start.", minimum=0)] = 0.02
    decay: Annotated[
        float, Option("Factor on the learning rate when patience runs out.", minimum=0, maximum=1)
    ] = 0.3
    decays: Annotated[int, Option("How often it falls before training stops early.", minimum=0)] = 2
    epochs: Annotated[int, Option("Epochs at most.", minimum=1)] = 200
    batch_size: Annotated[
        int, Option("Series side by side in a step (0: by their number).", minimum=0)
    ] = 0
    validation: Annotated[
        float, Option("Share of each series' last days held back.", minimum=0, maximum=0.9)
    ] = 0.2
    patience: Annotated[
        int, Option("Epochs without a better validation loss before a decay.", minimum=1)
    ] = 20
    patience_steps: Annotated[int, Option("Steps that patience lasts at least.", minimum=0)] = 100
    teacher_forcing: Annotated[
        float,
        Option("Share of true values a decoder is fed at the start.", 0, 1, only=DECODER),
    ] = 1.0
    teacher_forcing_end: Annotated[
        float, Option("What that share has fallen to after 20 epochs.", 0, 1, only=DECODER)
    ] = 0.0
    start: Annotated[
        Literal["random", "prior"],
        Option("Weights that training starts from: drawn, or those of the prior of the cell."),
    ] = "random"
    pool: Annotated[
        Literal["auto", "none"],
        Option("Pool the forecasts with the prior's, as the days held back support, or not."),
    ] = "auto"
    average: Annotated[
        float, Option("Epochs that the running mean of the weights spans (0: none).", minimum=0)
    ] = 2.0
    seed: Annotated[int, SEED] = 0

    @property
    def cost(self) -> Loss:
        """The loss; of what has none of its own, the mean squared error."""
        return self.loss or "mse"

    def __post_init__(self) -> None:
        """Raise UsageError for levels where none is learnt."""
        if tuple(self.level) != LEVELS and self.loss != "quantile":
            quantile = setting("loss", "quantile")
            raise UsageError(f"goes with {quantile}, or is for rnncli predict", option="level")


@dataclass(frozen=True)
class CheckpointSettings:
    """How a training is kept from being lost, and when it must end; no setting of the model."""

    checkpoint_every: Annotated[
        int, Option("Epochs between checkpoints, in MODEL.checkpoint (0: none).", minimum=0)
    ] = 0
    keep_checkpoints: Annotated[
        bool, Option("Keep them in MODEL.checkpoints, for gradients --at epoch:N.")
    ] = False
    resume: Annotated[
        bool,
        Option("Go on from MODEL.checkpoint, where there is one; of --per-series: with the rest."),
    ] = False
    time_budget: Annotated[
        str | None,
        Option("Stop training after 60s, 5m or 2h from the start; the bounds are fitted after it."),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for a time that is none, and for keeping what is not made."""
        if self.keep_checkpoints and not self.checkpoint_every:
            raise UsageError(
                "there are none", option="keep_checkpoints",
                remedy=f"add {setting('checkpoint_every')}",
            )  # fmt: skip
        assert self.seconds >= 0

    @property
    def seconds(self) -> float:
        """The time budget; infinite without one."""
        if self.time_budget is None:
            return float("inf")
        found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh]?)", self.time_budget, re.ASCII)
        if found is None:
            raise UsageError(
                "is no time", option="time_budget", value=self.time_budget,
                remedy="say 60s, 5m or 2h",
            )  # fmt: skip
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


@dataclass(frozen=True)
class FleetSettings:
    """Whether symbols share a model."""

    per_series: Annotated[
        bool, Option("Train a model of its own for each symbol, into a folder at -o.")
    ] = False


@dataclass(frozen=True)
class WorkerSettings:
    """Who does what can be done side by side; the result is the same whoever does it."""

    jobs: Annotated[
        int | None,
        Option("Processes of one thread side by side (0: one a core).", minimum=0, maximum=1024),
    ] = None
    cluster: Annotated[
        str | None, Option("Dask scheduler whose workers do it: tcp://HOST:8786 (an extra).")
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for two who are to do the same."""
        if self.jobs is not None and self.cluster is not None:
            raise UsageError(
                f"are of this machine, {setting('cluster')} of others", option="jobs",
                remedy="choose one",
            )  # fmt: skip


def resolve_defaults(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> tuple[PrepareSettings, NetworkSettings, TrainSettings]:
    """The settings with nothing left open but the inputs, which follow from the prices.

    Log returns are learnt as a distribution, over the deviation of late: of the losses there are,
    that is the best on real stocks held back (see the README); and of every row ahead at once,
    unless the inputs are chosen. Prices, classes and the forms that forecast a path are learnt as
    points.
    """
    returns = preparing.scale == "log-return"
    daily = returns and preparing.bins is None and preparing.season == 1
    if shape.mode == "direct" and not daily:
        raise UsageError(
            "forecasts the returns of the next rows", option="mode", value=shape.mode,
            remedy=f"use {setting('scale', 'log-return')} without {setting('bins')} and"
            f" {setting('season')}",
        )  # fmt: skip
    if shape.mode is None:
        at_once = daily and preparing.inputs == AUTO and training.loss in (None, DISTRIBUTION)
        shape = replace(shape, mode="direct" if at_once else "seq2seq")
    open_ended = returns and preparing.bins is None and shape.mode in ("seq2seq", "direct")
    loss = training.loss or (DISTRIBUTION if open_ended else training.cost)
    decay = preparing.volatility_decay
    if decay is None:
        decay = OF_LATE if returns and loss in OVER_DEVIATION else 0.0
    return replace(preparing, volatility_decay=decay), shape, replace(training, loss=loss)
