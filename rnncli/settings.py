"""The settings of every stage: one frozen dataclass each, and the only place a default is written.

A field is `Annotated[type, Option(help)]`; the command line, the environment names, the
TOML keys and the listing of `inspect` are all made from these classes. Imports nothing heavy:
`rnncli --help` reads this module and no other stage.
"""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from rnncli.errors import UsageError


@dataclass(frozen=True)
class Option:
    """How a setting is shown and bounded on the command line.

    `only`: another setting and the value of it without which this one does nothing. Typed on the
    command line it is then refused; from the environment or a file, which serve many runs, not.
    """

    help: str
    minimum: float | None = None
    maximum: float | None = None
    letter: str | None = None
    only: tuple[str, str] | None = None


HORIZON = Option("Rows ahead (5, or what a --mode fixed in training).", minimum=1, maximum=100_000)
LEVEL = Option("Levels of the bounds, in percent; may be repeated.")
LEVELS = (80.0, 95.0)
CHART = Option("Draw below the table: the first few symbols' forecasts; coverage by ahead.")
ADAPTIVE = Option("Let the bounds of each series follow how often they failed of late.")
# of more than one command: with one meaning, so with one help
Activation = Literal["tanh", "relu"]
Init = Literal["orthogonal", "uniform", "identity"]
Scale = Literal["log-return", "minmax", "standard", "none"]
Loss = Literal["mse", "mae", "huber", "gaussian", "student-t", "cross-entropy", "quantile"]
ACTIVATION = Option("Squashing of the vanilla cell.")
HIDDEN_SIZE = Option("Hidden units a layer.", minimum=1, maximum=4096)
LAYERS = Option("Recurrent layers.", minimum=1, maximum=64)
INIT = Option("Start of the recurrent weights (identity: for relu).")
FORGET_BIAS = Option("Start of the lstm's forget gate bias.")
SCALE = Option("What the network sees: log returns, each series scaled, or the price itself.")
LEVEL = Option("Levels of the bounds, in percent; may be repeated.")
LEVELS = (80.0, 95.0)
CHART = Option("Draw below the table: the first few symbols' forecasts; coverage by ahead.")
ADAPTIVE = Option("Let the bounds of each series follow how often they failed of late.")
SEED = Option("Seed of every random draw.", minimum=0)
REQUIRE_COVERAGE = Option(
    "Status 4 unless a level covers what it should: 80:76-84; may be repeated."
)
REQUIRE_SKILL = Option("Status 4 unless it beats naive (MAE) or ewma (CRPS); may be repeated.")
ALPHA = Option("Level of the one-sided tests of skill and placebo.", minimum=0, maximum=0.5)
DECODER = ("mode", "encoder-decoder")


GROUPS = ("ahead", "symbol", "month", "model")  # of recorded forecasts


@dataclass(frozen=True)
class ReadSettings:
    """Which prices to read, and how to read what is ambiguous."""

    column: Annotated[
        str | None, Option("Price column, by its header (default: close, else the only price).")
    ] = None
    symbols: Annotated[str | None, Option("Only these symbols, separated by commas.")] = None
    since: Annotated[str | None, Option("Leave out rows before this date (YYYY-MM-DD).")] = None
    until: Annotated[str | None, Option("Leave out rows after this date (YYYY-MM-DD).")] = None
    date_format: Annotated[
        str | None, Option("Date format where two fit, as in strptime: '%d/%m/%Y'.")
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None, Option("Decimal mark where the prices leave it open.")
    ] = None
    delimiter: Annotated[
        str | None, Option("What stands between cells: a sign, or tab, space, semicolon.")
    ] = None
    encoding: Annotated[
        str | None, Option("Encoding of the text where it is not UTF-8: cp932, cp1251.")
    ] = None
    layout: Annotated[
        Literal["single", "long", "wide"] | None,
        Option("One symbol, a symbol column, or a column per symbol, where it is not found."),
    ] = None
    symbol_column: Annotated[
        str | None, Option("Column of symbols, by its header; several with commas.")
    ] = None
    duplicates: Annotated[
        Literal["refuse", "first", "last"],
        Option("Which of two different prices for one day is kept."),
    ] = "refuse"
    adjust_splits: Annotated[
        bool, Option("Undo jumps that look like a split nobody has adjusted for.")
    ] = False
    strict: Annotated[bool, Option("Refuse files that rows are left out of or mended in.")] = False
    limits: Annotated[
        float,
        Option("Factor on what is read at most: 1 GiB, 1 MiB a line, 20,000 columns.", minimum=0),
    ] = 1.0


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
    inputs: Annotated[
        str, Option("What a day is known by: close, and any of volume, high-low, weekday.")
    ] = "close"
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
            raise UsageError("--volatility-decay: divides log returns; use --scale log-return")
        if self.season > 1 and self.scale != "log-return":
            raise UsageError(f"--season {self.season}: is of log returns; use --scale log-return")
        for name, given in (("labels", self.labels), ("edges", self.edges)):
            if given is not None and self.bins is None:
                raise UsageError(f"--{name} {given}: there are no classes; add --bins")


@dataclass(frozen=True)
class NetworkSettings:
    """The shape of the network and its start."""

    cell: Annotated[Literal["rnn", "gru", "lstm"], Option("Recurrent cell.")] = "rnn"
    activation: Annotated[Activation, ACTIVATION] = "tanh"
    hidden_size: Annotated[int, HIDDEN_SIZE] = 32
    layers: Annotated[int, LAYERS] = 1
    init: Annotated[Init, INIT] = "orthogonal"
    mode: Annotated[
        Literal["seq2seq", "seq2vec", "vec2seq", "encoder-decoder"],
        Option("Form: what goes in and comes out."),
    ] = "seq2seq"
    horizon: Annotated[int | None, HORIZON] = None
    forget_bias: Annotated[float, replace(FORGET_BIAS, only=("cell", "lstm"))] = 1.0


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
            raise UsageError("--level: goes with --loss quantile, or is for rnncli predict")


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
        str | None, Option("Stop at the best weights so far after 60s, 5m or 2h from the start.")
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for a time that is none, and for keeping what is not made."""
        if self.keep_checkpoints and not self.checkpoint_every:
            raise UsageError("--keep-checkpoints: there are none; add --checkpoint-every")
        assert self.seconds >= 0

    @property
    def seconds(self) -> float:
        """The time budget; infinite without one."""
        if self.time_budget is None:
            return float("inf")
        found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh]?)", self.time_budget, re.ASCII)
        if found is None:
            raise UsageError(f"--time-budget {self.time_budget}: is no time; say 60s, 5m or 2h")
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


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
class PredictSettings:
    """How far ahead, and how sure."""

    horizon: Annotated[int | None, HORIZON] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    calendar: Annotated[
        str | None,
        Option("Exchange whose trading days are the days ahead, such as XNYS (an extra)."),
    ] = None
    adaptive: Annotated[bool, ADAPTIVE] = False
    paths: Annotated[
        int | None,
        Option(
            "Print so many sampled paths a symbol instead, a row each.", minimum=1, maximum=10**6
        ),
    ] = None
    seed: Annotated[int, Option("Seed of the sampled paths.", minimum=0)] = 0
    max_jump: Annotated[
        float,
        Option("Refuse a forecast so many deviations from the last price (0: none).", minimum=0),
    ] = 8.0
    max_age: Annotated[
        int | None,
        Option("Leave out symbols that end more than this many days before the newest.", minimum=0),
    ] = None


@dataclass(frozen=True)
class EvaluateSettings:
    """From where forecasts are made, what they are held against, what a script may require."""

    horizon: Annotated[int | None, HORIZON] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    folds: Annotated[
        int, Option("Cutoffs to forecast from (0: all after what the model saw).", minimum=0)
    ] = 20
    stride: Annotated[
        int | None, Option("Rows from one cutoff to the next (default: the horizon).", minimum=1)
    ] = None
    refit: Annotated[
        str | None,
        Option(
            "Train the recipe again: none, once up to the first cutoff, or every-K cutoffs"
            " (default: once, where too few cutoffs are after what the model saw)."
        ),
    ] = None
    baselines: Annotated[
        str, Option("Beside what, by commas (extras: garch-t, auto-arima, auto-ets, theta).")
    ] = "naive,drift,ewma,ewma-t,naive-conformal"
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    adaptive: Annotated[bool, ADAPTIVE] = False
    placebo: Annotated[
        int,
        Option(
            "Instead, train and evaluate the recipe on prices without anything to find, so many"
            " times, and count what is claimed.",
            minimum=0,
        ),
    ] = 0

    def __post_init__(self) -> None:
        """Raise UsageError for skill over what has no test."""
        for against in self.require_skill:
            if against not in ("naive", "ewma"):
                raise UsageError(f"--require-skill {against}: is neither naive nor ewma")


@dataclass(frozen=True)
class LedgerSettings:
    """Where forecasts are kept until what they are of has come."""

    ledger: Annotated[
        str | None, Option("Record the forecasts in this file before they are printed.")
    ] = None


@dataclass(frozen=True)
class StateSettings:
    """What is kept of a forecast for the next one."""

    state: Annotated[
        str | None,
        Option("Keep in this file where each symbol left the network; feed it only new rows."),
    ] = None
    follow: Annotated[
        bool,
        Option("Forecast after each row of standard input as it comes, by default one row ahead."),
    ] = False


@dataclass(frozen=True)
class ScoreSettings:
    """How old forecasts are put together, and what a script may require of them."""

    by: Annotated[
        tuple[str, ...],
        Option("A row for each ahead, symbol, month, model; repeated: for each combination."),
    ] = ("ahead",)
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    drift_alpha: Annotated[
        float,
        Option("Level of the band outside which coverage has drifted.", minimum=0, maximum=0.5),
    ] = 0.01
    export: Annotated[
        Literal["csv", "json", "jsonl"] | None,
        Option("Print every forecast with what came of it instead, in this form."),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for what no ledger can be sorted by, and skill over what it lacks."""
        for name in self.by:
            if name not in GROUPS:
                raise UsageError(f"--by {name}: is none of {', '.join(GROUPS)}")
        for against in self.require_skill:
            if against != "naive":
                raise UsageError(f"--require-skill {against}: a ledger holds naive alone")


@dataclass(frozen=True)
class FeedSettings:
    """Where a nightly job finds prices."""

    paths: Annotated[tuple[str, ...], Option("CSV files, or folders of them.")] = ()


@dataclass(frozen=True)
class PlaceSettings:
    """Where a nightly job keeps a model, a ledger or a log."""

    file: Annotated[str | None, Option("Its file.")] = None


@dataclass(frozen=True)
class DeliverySettings:
    """Where a nightly job puts its forecasts, and in which form."""

    file: Annotated[
        str | None,
        Option("File to write; {date} is the newest date of the prices, {today} that of the run."),
    ] = None
    format: Annotated[
        Literal["csv", "json", "jsonl", "parquet"] | None,
        Option("Form of the forecasts (default: by the ending of the file; parquet: an extra)."),
    ] = None


@dataclass(frozen=True)
class RetrainSettings:
    """When a nightly job trains its model anew; always where there is none or settings changed."""

    every: Annotated[
        str | None, Option("Once the prices are so much newer than those trained on: 7d, 2w.")
    ] = None
    on_drift: Annotated[
        bool, Option("Where the model's coverage one row ahead is outside its band.")
    ] = True
    on_changed_data: Annotated[
        bool, Option("Where prices that it was trained on were rewritten.")
    ] = True

    def __post_init__(self) -> None:
        """Raise UsageError for a time that is none."""
        assert self.days >= 0

    @property
    def days(self) -> float:
        """Days after which a model is old; infinite without `every`."""
        if self.every is None:
            return float("inf")
        found = re.fullmatch(r"([0-9]{1,6})([hdw])", self.every, re.ASCII)
        if found is None:
            raise UsageError(f"--every {self.every}: is no time; say 7d, 2w or 12h")
        return float(found[1]) * {"h": 1 / 24, "d": 1, "w": 7}[found[2]]


@dataclass(frozen=True)
class WindowSettings:
    """Which recorded forecasts a nightly job looks back on."""

    cutoffs: Annotated[int, Option("Those from so many last cutoffs (0: all).", minimum=0)] = 20


@dataclass(frozen=True)
class LogSettings:
    """Where a run says what it did, for programs."""

    log_file: Annotated[
        str | None, Option("Append what was done to this file, a JSON object an event.")
    ] = None


@dataclass(frozen=True)
class PictureSettings:
    """What is drawn beside the table, for people."""

    chart: Annotated[bool, CHART] = False
    plot: Annotated[
        str | None, Option("Also draw a figure into this file, .png or .svg (an extra).")
    ] = None


@dataclass(frozen=True)
class RunSettings:
    """What changes the speed of a run or measures it, and nothing else."""

    threads: Annotated[int, Option("Threads (0: one a core).", minimum=0, maximum=1024)] = 0
    profile: Annotated[bool, Option("Show on stderr which stage took how long.")] = False


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
            raise UsageError("--jobs: are of this machine, --cluster of others; choose one")


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
class MarketSettings:
    """The toy market that `rnncli statland` prints."""

    companies: Annotated[int, Option("Companies beside blue and red.", minimum=0)] = 2000
    min_days: Annotated[int, Option("Shortest listing.", minimum=1)] = 2
    max_days: Annotated[int, Option("Longest listing.", minimum=1)] = 12
    noise: Annotated[
        float, Option("Probability that a rule is not followed.", minimum=0, maximum=1)
    ] = 0.2
    seed: Annotated[int, Option("Seed of the market.", minimum=0)] = 0


@dataclass(frozen=True)
class OutputSettings:
    """How results and messages are shown."""

    format: Annotated[
        Literal["table", "csv", "json", "jsonl"] | None,
        Option("Form of the result (default: table on a terminal, else for scripts)."),
    ] = None
    quiet: Annotated[bool, Option("Only errors on stderr.", letter="q")] = False
    verbose: Annotated[bool, Option("Also what was read, why so, and every count.", letter="v")] = (
        False
    )
    debug: Annotated[bool, Option("Show the traceback of an error.")] = False
