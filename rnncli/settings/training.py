"""Settings of the input transformation, the network and its training."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from rnncli.errors import UsageError, setting
from rnncli.settings.option import (
    ACTIVATION,
    AUTO,
    CELL,
    DECODER,
    DILATIONS,
    FEATURE,
    FORGET_BIAS,
    HIDDEN_SIZE,
    HORIZON,
    INPUTS,
    LAYERS,
    LEVEL,
    LEVELS,
    LOOK_BACK,
    OF_CHANGES,
    SCALE,
    SEED,
    WINDOW,
    Activation,
    Cell,
    Loss,
    Option,
    Scale,
)

OF_LATE = 0.94  # decay of RiskMetrics (1996) for daily returns
OF_PAST = 0.999  # nearly the whole past: a season has its quiet days
LONGEST_SEASON = 400  # rows whose prices are inputs
SEASONAL_HORIZON = (20, 48)  # rows ahead of two seasons, at least and at most
PATH_HORIZON = replace(HORIZON, help="Rows ahead, for the modes that fix the horizon (default: 5).")
DISTRIBUTION: Loss = "student-t"
OVER_DEVIATION = (DISTRIBUTION, "gaussian", "quantile")  # losses that returns are best scaled for


@dataclass(frozen=True)
class PrepareSettings:
    """How prices are transformed before the network sees them."""

    PANEL: ClassVar[str] = "Network"

    scale: Annotated[Scale, SCALE] = "log-return"
    bins: Annotated[
        int | None,
        Option("Discretise the transformed values into N bins.", minimum=2, maximum=1000),
    ] = None
    labels: Annotated[
        str | None, Option("Names of the bins, lowest first, comma-separated.", metavar="LIST")
    ] = None
    edges: Annotated[
        str | None, Option("Edges between the bins, ascending, comma-separated.", metavar="LIST")
    ] = None
    season: Annotated[
        int,
        Option(
            "Seasonal period in rows: prices of the last N rows as inputs (with --mode, returns"
            " over N rows).",
            minimum=1,
        ),
    ] = 1
    inputs: Annotated[str, INPUTS] = AUTO
    feature: Annotated[tuple[str, ...], FEATURE] = ()
    feature_lag: Annotated[
        int, Option("Rows after its date that a feature is published.", 0, 1000, panel="Input")
    ] = 0
    volatility_decay: Annotated[
        float | None,
        Option(
            "Decay of the EWMA volatility that returns are divided by; 0 is off (default: 0.94"
            " for student-t, gaussian and quantile, else 0).",
            minimum=0,
            maximum=0.999,
        ),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for settings of classes or returns without these."""
        object.__setattr__(self, "feature", tuple(self.feature))  # a list in a model file
        if self.volatility_decay and self.scale not in OF_CHANGES:
            raise UsageError(
                "divides returns and differences",
                option="volatility_decay",
                remedy=f"use {' or '.join(setting('scale', scale) for scale in OF_CHANGES)}",
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
                    "needs classes",
                    option=name,
                    value=given,
                    remedy=f"add {setting('bins')}",
                )


Mode = Literal["seq2seq", "direct", "seq2vec", "vec2seq", "encoder-decoder"]


@dataclass(frozen=True)
class NetworkSettings:
    """The shape of the network and its initialization."""

    PANEL: ClassVar[str] = "Network"

    cell: Annotated[Cell, CELL] = "rnn"
    activation: Annotated[Activation, ACTIVATION] = "tanh"
    hidden_size: Annotated[int, HIDDEN_SIZE] = 32
    layers: Annotated[int, LAYERS] = 1
    dilations: Annotated[str | None, DILATIONS] = None
    window: Annotated[int, replace(LOOK_BACK, only=("cell", "attention"))] = WINDOW
    init: Annotated[
        str,
        Option(
            "Initialization of the recurrent weights: orthogonal, uniform or identity (suits relu);"
            " or a model file to continue from with new rows, at a tenth of its learning rate.",
            metavar="INIT|MODEL",
        ),
    ] = "orthogonal"
    mode: Annotated[
        Mode | None,
        Option("Sequence mode (default: direct with --inputs auto on log returns, else seq2seq)."),
    ] = None
    horizon: Annotated[int | None, PATH_HORIZON] = None
    forget_bias: Annotated[float, replace(FORGET_BIAS, only=("cell", "lstm"))] = 1.0
    linear: Annotated[
        bool,
        Option(
            "Fit a linear path from the input features to the scale first; the network adds to it"
            " (--mode direct)."
        ),
    ] = True


@dataclass(frozen=True)
class TrainSettings:
    """How the weights are trained."""

    PANEL: ClassVar[str] = "Training"

    loss: Annotated[
        Loss | None,
        Option("Loss function (default: student-t for returns and differences, else mse)."),
    ] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    bptt: Annotated[int, Option("Truncated BPTT length in rows (0: full sequence).", minimum=0)] = (
        128
    )
    clip_norm: Annotated[
        float, Option("Gradient clipping: maximum global L2 norm (0: off).", minimum=0)
    ] = 1.0
    dropout: Annotated[
        float,
        Option("Dropout rate between layers (variational).", minimum=0, maximum=0.99),
    ] = 0.0
    optimizer: Annotated[Literal["adam", "sgd"], Option("Optimizer.")] = "adam"
    momentum: Annotated[
        float,
        Option("Momentum of --optimizer sgd.", minimum=0, maximum=1, only=("optimizer", "sgd")),
    ] = 0.9
    learning_rate: Annotated[float, Option("Initial learning rate.", minimum=0)] = 0.02
    decay: Annotated[float, Option("Learning-rate factor on a plateau.", minimum=0, maximum=1)] = (
        0.3
    )
    decays: Annotated[int, Option("Learning-rate reductions before early stopping.", minimum=0)] = 2
    epochs: Annotated[int, Option("Maximum number of epochs.", minimum=1)] = 200
    batch_size: Annotated[int, Option("Series per mini-batch (0: automatic).", minimum=0)] = 0
    validation: Annotated[
        float,
        Option("Fraction of each series, at its end, for validation.", minimum=0, maximum=0.9),
    ] = 0.2
    patience: Annotated[
        int, Option("Epochs without improvement before a learning-rate reduction.", minimum=1)
    ] = 20
    patience_steps: Annotated[
        int, Option("Minimum number of steps without improvement, too.", minimum=0)
    ] = 100
    teacher_forcing: Annotated[
        float,
        Option("Initial teacher-forcing ratio of --mode encoder-decoder.", 0, 1, only=DECODER),
    ] = 1.0
    teacher_forcing_end: Annotated[
        float,
        Option("Teacher-forcing ratio from epoch 20 on (scheduled sampling).", 0, 1, only=DECODER),
    ] = 0.0
    start: Annotated[
        Literal["random", "prior"],
        Option("Initial weights: random, or those of the prior (--cell rnn or gru)."),
    ] = "random"
    pool: Annotated[
        Literal["auto", "none"],
        Option("Pool forecasts with the prior's if validation supports it (auto), or never."),
    ] = "auto"
    average: Annotated[
        float,
        Option("Use a moving average of the weights over the last X epochs (0: off).", minimum=0),
    ] = 2.0
    seed: Annotated[int, SEED] = 0

    @property
    def cost(self) -> Loss:
        """The loss for training; mean squared error if none is given."""
        return self.loss or "mse"

    def __post_init__(self) -> None:
        """Raise UsageError for levels with a loss that does not learn any."""
        if tuple(self.level) != LEVELS and self.loss != "quantile":
            quantile = setting("loss", "quantile")
            raise UsageError(f"goes with {quantile}, or is for rnncli predict", option="level")


def _is_seasonal(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> bool:
    """Whether a season is given alone, to be the lags of the inputs."""
    return (
        1 < preparing.season <= LONGEST_SEASON
        and preparing.inputs == AUTO
        and preparing.bins is None
        and shape.mode is None
        and training.loss in (None, DISTRIBUTION)
    )


def _seasonal(
    preparing: PrepareSettings, shape: NetworkSettings
) -> tuple[PrepareSettings, NetworkSettings]:
    """Every row ahead at once, from the prices of a season; over the deviation of the past."""
    decay, season = preparing.volatility_decay, preparing.season
    least, most = SEASONAL_HORIZON
    horizon = shape.horizon or min(max(2 * season, least), most)
    return replace(
        preparing, season=1, inputs=f"close,level,season-{season}x{horizon}",
        volatility_decay=OF_PAST if decay is None else decay,
    ), replace(shape, mode="direct", horizon=horizon)  # fmt: skip


def resolve_defaults(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> tuple[PrepareSettings, NetworkSettings, TrainSettings]:
    """The settings with all defaults filled in but the inputs, which depend on the prices.

    Log returns and differences have a distribution, over their EWMA volatility: the best of the
    losses on real stocks held out (see `rnncli help evaluation`); log returns of every row ahead at
    once, unless the inputs are chosen. Raw prices, bins and the modes that forecast a path have
    points.
    """
    if _is_seasonal(preparing, shape, training):
        preparing, shape = _seasonal(preparing, shape)
    changes = preparing.scale in OF_CHANGES
    daily = preparing.scale == "log-return" and preparing.bins is None and preparing.season == 1
    if shape.mode == "direct" and not daily:
        raise UsageError(
            "forecasts the returns of the next rows", option="mode", value=shape.mode,
            remedy=f"use {setting('scale', 'log-return')} without {setting('bins')} and"
            f" {setting('season')}",
        )  # fmt: skip
    if shape.mode is None:
        at_once = daily and preparing.inputs == AUTO and training.loss in (None, DISTRIBUTION)
        shape = replace(shape, mode="direct" if at_once else "seq2seq")
    open_ended = changes and preparing.bins is None and shape.mode in ("seq2seq", "direct")
    loss = training.loss or (DISTRIBUTION if open_ended else training.cost)
    decay = preparing.volatility_decay
    if decay is None:
        decay = OF_LATE if changes and loss in OVER_DEVIATION else 0.0
    return replace(preparing, volatility_decay=decay), shape, replace(training, loss=loss)
