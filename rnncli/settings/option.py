"""An option of the command line, and those that several commands share."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from rnncli.errors import UsageError


@dataclass(frozen=True)
class Option:
    """How a setting is shown and bounded on the command line.

    `only`: another setting and its value without which this one has no effect. Typed on the
    command line it is then refused; from the environment or a file, which serve many runs, not.
    `metavar`: name of the value in the help; `panel`: the part of the help page that lists the
    option, if it is not that of its dataclass. What messages say: `example` is a value that fits;
    `several`, what to type instead of several values where the option takes one, with {option},
    the first {value} and the {count} filled in; `is_in_rows`, whether a week is five of its units.
    """

    help: str
    minimum: float | None = None
    maximum: float | None = None
    letter: str | None = None
    only: tuple[str, str] | None = None
    metavar: str | None = None
    panel: str | None = None
    example: str | None = None
    several: str | None = None
    is_in_rows: bool = False


HORIZON = Option(
    "Forecast horizon in rows (trading days). Default: 5, or the horizon of the model's --mode.",
    minimum=1,
    maximum=100_000,
    example="5",
    is_in_rows=True,
)
LEVEL = Option(
    "Prediction interval levels in percent; may be repeated.", panel="Intervals", example="80"
)
LEVELS = (80.0, 95.0)
AUTO = "auto"  # inputs: all columns that most symbols have
INPUTS = Option(
    "Input features, comma-separated: auto (all that most symbols have), or close and any of"
    " high-low, gap, volume, level, year-level, range-level, gap-level, leverage, rhythm,"
    " volume-rhythm, gap-rhythm, market, weekday, presence.",
    metavar="LIST",
    panel="Input",
)
FED = Option(
    "Columns to use, for the prior only: close, volume, high-low (default: all that the files"
    " have). A trained model always uses the columns it was trained with.",
    metavar="LIST",
    panel="Input",
)
FEATURE = Option(
    "Use another column of the price file, or COLUMN@FILE of a --feature-file, as an input; append"
    " :level (as it is), :log, :change or :log-change. May be repeated.",
    metavar="COLUMN",
    panel="Input",
)
FEATURE_FILE = Option(
    "CSV of features by date, common to all symbols: all its columns, or those that --feature"
    " names. May be repeated.",
    metavar="FILE",
    panel="Input",
)
EVENTS = Option(
    "CSV of events known in advance (date, symbol, kind); the inputs are the days to the next one"
    " and since the last.",
    metavar="FILE",
    panel="Input",
)
CALENDAR = Option(
    "Exchange calendar for the forecast dates, such as XNYS (needs an extra).", metavar="CODE"
)
MAX_AGE = Option(
    "Skip symbols whose data ends more than N days before the newest symbol's.", minimum=0
)
FOLDS = Option("Number of cutoffs (0: all after the last date the model saw).", minimum=0)
JOINT = Option(
    "Simulate --paths, or score forecasts, of all symbols jointly, as they move together."
)
CHART = Option("Draw a text chart of the result below the table.")
ADAPTIVE = Option(
    "Adaptive conformal intervals: follow each series' recent coverage (Gibbs & Candès 2021).",
    panel="Intervals",
)
REFIT = Option(
    "Train again with the same settings: none, once (before the first cutoff), or every-K"
    " cutoffs (default: once, if fewer cutoffs than --folds follow the training data).",
    metavar="WHEN",
)
BASELINES = Option(
    "Baselines to compare with, comma-separated; also constant-t and, with an extra,"
    " garch-t, gjr-garch-t, aparch-t, figarch-t, auto-arima, auto-ets, theta.",
    metavar="LIST",
)
USUAL_BASELINES = "naive,drift,ewma,ewma-t,har-t,harx-t,naive-conformal"
# of more than one command: with one meaning, so with one help
# as in kernels.CELLS, which is slow to load
Cell = Literal["rnn", "gru", "lstm", "mingru", "lru", "slstm", "attention"]
Activation = Literal["tanh", "relu"]
Init = Literal["orthogonal", "uniform", "identity"]
Scale = Literal["log-return", "difference", "minmax", "standard", "none"]
OF_CHANGES = ("log-return", "difference")  # scales of what a price changed by
Loss = Literal["mse", "mae", "huber", "gaussian", "student-t", "cross-entropy", "quantile"]
CELL = Option("Recurrent cell: rnn is the vanilla RNN; rnncli help cells compares them.")
COMPARE = Option(f"Compare untrained cells: {','.join(get_args(Cell))}.", metavar="LIST")
ACTIVATION = Option("Activation function of the rnn cell.")
HIDDEN_SIZE = Option(
    "Hidden units per layer.", minimum=1, maximum=4096,
    several="all layers have the same size; for {count} layers type {option} {value}"
    " --layers {count}",
)  # fmt: skip
LAYERS = Option("Number of recurrent layers.", minimum=1, maximum=64)
DILATIONS = Option(
    "How many rows back each layer continues from, comma-separated: 1,5,22 (a day, a week, a month)"
    " makes three layers.",
    metavar="LIST",
)
WINDOW, LARGEST_WINDOW = 64, 4096
LOOK_BACK = Option(
    "Rows that each layer of the attention cell looks back on, the current one among them.",
    minimum=1,
    maximum=LARGEST_WINDOW,
)
INIT = Option("Initialization of the recurrent weights (identity suits relu).")
FORGET_BIAS = Option("Initial forget gate bias of the lstm cell.")
SCALE = Option(
    "Input transformation: log returns, differences (for prices at or below zero), min-max or"
    " standardized per series, or raw prices (none)."
)
SEED = Option("Seed of all random numbers.", minimum=0)
REQUIRE_COVERAGE = Option(
    "Exit with status 4 unless empirical coverage is in range: 80:76-84; may be repeated.",
    metavar="RANGE",
)
REQUIRE_SKILL = Option(
    "Exit with status 4 unless the model beats naive (MAE), ewma (CRPS) or best, the best baseline;"
    " may be repeated.",
    metavar="BASELINE",
)
ALPHA = Option("Significance level of tests of skill and required tests.", minimum=0, maximum=0.5)
REQUIRE_TEST = Option(
    "Exit with status 4 if a test rejects a value at risk: kupiec, christoffersen, duration,"
    " shortfall, or green (traffic light); may be repeated.",
    metavar="TEST",
)
DECODER = ("mode", "encoder-decoder")
BY = Option(
    "Group scores by ahead, symbol, month or, in a ledger, model; may be repeated.", metavar="GROUP"
)
EVALUATION_GROUPS = ("ahead", "symbol", "month")
GROUPS = (*EVALUATION_GROUPS, "model")  # of recorded forecasts


def parse_list(option: str, text: str, known: Iterable[str]) -> list[str]:
    """Names of `text` in their order. Raises UsageError for one that is not `known`, or twice."""
    names, all_known = [name.strip() for name in text.split(",")], list(known)
    for number, name in enumerate(names):
        if name not in all_known:
            near = get_close_matches(name.lower(), all_known, 1)
            remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(all_known)}"
            raise UsageError(f"no {name!r}", option=option, remedy=remedy)
        if name in names[:number]:
            raise UsageError(f"{name} is named twice", option=option)
    return names
