"""Numbers and foreign texts as the page shows them."""

import json
import math
from typing import Any

from rnncli.report.output import plain
from rnncli.report.tables import number, price

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"

__all__ = [
    "DASH", "MINUS", "TIMES", "amount", "decimals", "number", "percent", "price", "rounded",
    "script_data", "signed", "thousands",
]  # fmt: skip


def percent(share: float | None, digits: int = 1) -> str:
    """A share in percent, a dash where it is not known."""
    if share is None or not math.isfinite(share):
        return DASH
    return f"{100.0 * share:z.{digits}f} %"


def signed(share: float, digits: int = 1) -> str:
    """A change in percent with its sign."""
    if not math.isfinite(share):
        return DASH
    return f"{100.0 * share:+z.{digits}f} %".replace("-", MINUS)


def decimals(value: float | None, digits: int = 2) -> str:
    """A number with a number of decimals, a dash where it is not known."""
    return DASH if value is None or not math.isfinite(value) else f"{float(value):z.{digits}f}"


def amount(value: float) -> str:
    """An amount of money with two decimals."""
    return f"{float(value):z,.2f}".replace("-", MINUS)


def thousands(count: int) -> str:
    """A count with the separator of thousands that prices have."""
    return f"{count:,}"


def rounded(values: Any, digits: int = 6) -> Any:
    """Numbers in JSON's own types, rounded to significant digits; null for what is not finite."""
    return plain(values, digits)


def script_data(values: Any) -> str:
    """JSON that may stand inside a script element: nothing in it ends the element or begins one."""
    text = json.dumps(values, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
