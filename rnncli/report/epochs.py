"""What `gradients --at epochs` prints: how the gradient by lag changes while a network trains."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from rnncli.report.gradients import comparison_report, full_bar, log_share, scale_of
from rnncli.report.heat_map import FAINTEST
from rnncli.report.output import Report
from rnncli.report.tables import BLOCKS, PLAIN_BLOCKS, lines, table
from rnncli.report.text import ascii_wanted

if TYPE_CHECKING:
    from rnncli.gradients.report import GradientReport

MOST_ROWS = 16
WIDTH = 30  # columns of the map
LAGS = (1, 5, 10, 20, 50, 100)  # with a number of their own
VERDICT = "verdict"


def epochs_report(model: str, reports: Mapping[str, "GradientReport"]) -> Report:
    """Report of a model after several epochs; for programs it is that of as many networks."""
    report = comparison_report({f"epoch {epoch}": one for epoch, one in reports.items()})
    networks = report.document["networks"]
    return replace(report, tables=lambda: _tables(model, list(reports), networks))


def _tables(
    model: str, epochs: list[str], networks: list[dict[str, Any]]
) -> Iterable[RenderableType]:
    full, longest = full_bar(networks), len(networks[0]["lags"]) - 1
    lags = [lag for lag in LAGS if lag <= longest]
    every = max(1, -(-len(epochs) // MOST_ROWS))
    shown = [n for n in range(len(epochs)) if n % every == 0 or n == len(epochs) - 1]
    yield table(
        f"Gradient by lag, relative to lag 0, epoch by epoch: {model}",
        ("epoch", *(f"lag {lag}" for lag in lags), f"lags 0 to {longest}", "memory", VERDICT),
        [
            (
                int(epochs[n]),
                *(networks[n]["lags"][lag]["relative"] for lag in lags),
                _map([lag["relative"] for lag in networks[n]["lags"]], full),
                networks[n]["memory"],
                networks[n][VERDICT],
            )
            for n in shown
        ],
        spare=[f"lag {lag}" for lag in reversed(lags)],
    )
    last = networks[-1]
    yield lines(
        f"Map: {scale_of(full, FAINTEST)}, the largest of the lags that share a column.",
        f"Memory before training: {last['memory_at_start']} lags."
        f" After epoch {epochs[-1]}: {last[VERDICT]}: {last['reason']}.",
    )


def _map(relative: list[float], full: float) -> Text:
    """A block for each part of the lags, as high as the logarithm of its largest gradient."""
    blocks = PLAIN_BLOCKS if ascii_wanted() else BLOCKS
    parts = min(WIDTH, len(relative))
    ends = [len(relative) * n // parts for n in range(parts + 1)]
    shares = [log_share(max(relative[a:b]), full, FAINTEST) for a, b in pairwise(ends)]
    return Text("".join(blocks[round(share * (len(blocks) - 1))] for share in shares), "cyan")
