"""What `evaluate --placebo` prints: claims of made prices, each of which is false."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rnncli.evaluation.placebo import Tally
from rnncli.report.output import Report

if TYPE_CHECKING:
    from rich.console import RenderableType


def placebo_report(model: str, tallies: Sequence[Tally], alpha: float) -> Report:
    """Report of the trials with the recipe of the model file `model`."""
    rows = [{**asdict(tally), "alpha": alpha} for tally in tallies]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.style import table

        yield table(
            "Claims where there is nothing to find",
            ["prices", "claim", "false claims", "trials", "expected"],
            [
                (
                    row["made"],
                    row["claim"],
                    row["false_claims"],
                    row["trials"],
                    alpha * row["trials"],
                )
                for row in rows
            ],
            caption=f"one-sided tests at {alpha:g}, losses averaged over the rows ahead",
        )

    columns = ["made", "claim", "false_claims", "trials", "alpha"]
    return Report({"model": model, "placebo": rows}, columns, lambda: rows, tables)
