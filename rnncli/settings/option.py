"""An option of the command line, and those that several commands share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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
AUTO = "auto"  # of inputs: what the columns of most symbols hold
INPUTS = Option(
    "Input features: auto (all that most symbols have), or close and any of high-low, volume,"
    " level, range-level, leverage, rhythm, volume-rhythm, weekday, presence."
)
CHART = Option(
    "Draw below the table: the first few symbols' forecasts; coverage by ahead; effects by row."
)
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
SEED = Option("Seed of every random draw.", minimum=0)
REQUIRE_COVERAGE = Option(
    "Status 4 unless a level covers what it should: 80:76-84; may be repeated."
)
REQUIRE_SKILL = Option(
    "Status 4 unless it beats naive (MAE), ewma (CRPS) or best, the best baseline; may be repeated."
)
ALPHA = Option("Level of the one-sided tests of skill and placebo.", minimum=0, maximum=0.5)
DECODER = ("mode", "encoder-decoder")
GROUPS = ("ahead", "symbol", "month", "model")  # of recorded forecasts


def parse_list(option: str, text: str, known: Iterable[str]) -> list[str]:
    """Names of `text` in their order. Raises UsageError for one that is not `known`, or twice."""
    names, all_known = [name.strip() for name in text.split(",")], list(known)
    for number, name in enumerate(names):
        if name not in all_known:
            raise UsageError(
                f"no {name!r}", option=option, remedy=f"there are {', '.join(all_known)}"
            )
        if name in names[:number]:
            raise UsageError(f"{name} is named twice", option=option)
    return names
