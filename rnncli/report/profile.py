"""What `--profile` prints: how long each stage took, and its share of the whole."""

from collections.abc import Mapping

from rich.text import Text

from rnncli.report.style import Grid, table

WHOLE = "whole"


def profile_table(seconds: Mapping[str, float]) -> Grid:
    """Table of the seconds by stage, and of all of them since the process began."""
    whole = sum(seconds.values())
    return table(
        "Where the time went",
        ("stage", "seconds", "share"),
        [
            (stage, Text(f"{taken:.3f}"), Text(f"{taken / whole:.1%}" if whole else "-"))
            for stage, taken in [*seconds.items(), (WHOLE, whole)]
        ],
    )
