"""The line of a job's file that a fault is about."""

import re

from rnncli.cli.toml_file import option_of, read_toml, spelled, with_keys
from rnncli.errors import UsageError
from rnncli.nightly.config import TABLES


def located(path: str, fault: UsageError) -> UsageError:
    """A fault of an option, as one of the line of the configuration that sets it.

    Where several tables have such an option, it is the one with the value in the message.
    """
    option = option_of(fault)
    named = re.match(r"--[\w-]+ ([^:]*)", str(fault))
    value = named[1] if named else None
    lines = [
        line
        for line in read_toml(path).lines
        if line.path[0] in TABLES and len(line.path) > 1 and spelled(line.path[1]) == option
    ]
    if not lines:
        return fault
    line = max(lines, key=lambda line: _holds(line.text, value))
    text = with_keys(str(fault), lambda name, _: line.path[1] if name == option else name)
    return UsageError(f"{path}, line {line.number}: [{line.path[0]}] {text}")


def _holds(line: str, value: str | None) -> bool:
    """Whether a line seems to set a value."""
    return value is not None and value.removesuffix(".0") in line
