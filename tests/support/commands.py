"""The command as the tests start it."""

import os
import sys

COMMAND = [sys.executable, "-m", "rnncli"]


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of a run: what could colour or widen it taken out, then the changes."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RNNCLI_")
        and name not in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "GITHUB_ACTIONS")
    }
    variables |= {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in variables.items() if changes.get(name, "") is not None}
