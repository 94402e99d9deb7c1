"""The commands in the order of `rnncli --help`: where each is defined, and the line that lists it.

Lists, pages and completion read names and lines here, so that a run imports the module of the one
command that it names, and makes the options of no other.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """The module of `rnncli.cli` that registers a command, and the first line of its help."""

    module: str
    summary: str


COMMANDS = {
    "train": Command("train", "Train one network on all your series and save it to a file."),
    "predict": Command(
        "predict", "Forecast the next days of every symbol, with prediction intervals."
    ),
    "report": Command("report", "Write forecasts and whether to trust them as one HTML page."),
    "evaluate": Command("evaluate", "Backtest a model against baselines from rolling cutoffs."),
    "risk": Command("risk", "Measure value at risk and expected shortfall, and test them."),
    "score": Command("score", "Score recorded forecasts against the prices that followed."),
    "batch": Command("batch", "Run the nightly job: retrain if stale, forecast, record, score."),
    "explain": Command(
        "explain", "Explain what moved the next prediction interval, by input and row."
    ),
    "gradients": Command(
        "gradients", "Show vanishing and exploding gradients, by parameter and lag."
    ),
    "unroll": Command("unroll", "Unroll a network through time, step by step."),
    "inspect": Command("inspect", "Show how a price file or model is read, and what is in it."),
    "statland": Command("inspect", "Print the StatLand example market (CSV)."),
    "simulate": Command("simulate", "Print simulated stocks: open, high, low, close and volume."),
    "warmup": Command("diagnostics", "Compile the kernels now instead of at first use."),
    "doctor": Command("diagnostics", "Check the installation and show versions, CPU and caches."),
    "schema": Command("schema", "Print the JSON Schema of a result or a configuration."),
    "ledger": Command("upkeep", "Inspect, check, prune, copy or merge a ledger of forecasts."),
    "upgrade": Command("upkeep", "Upgrade files of earlier versions; a ledger is copied before."),
    "help": Command("guides", "Show a guide, all details of a command, or search for a word."),
}
TOPICS = (
    "start", "questions", "prices", "features", "models", "forecasts", "prior", "evaluation",
    "report", "risk", "ledger", "nightly", "operations", "explain", "recurrent", "gradients",
    "cells", "python", "formats", "environment", "exit-codes", "reproducibility", "security",
    "attacks", "performance", "upgrading", "glossary", "reference",
)  # fmt: skip # of guides, in the order in which they are best read
