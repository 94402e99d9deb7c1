"""Charts as data: axes, and marks over one row of places, which the script of the page draws."""

from collections.abc import Sequence
from typing import Any, Literal

from rnncli.report.page.formats import rounded

Chart = dict[str, Any]
Mark = dict[str, Any]
Ink = Literal["main", "other", "third", "quiet", "shade", "shade2", "warn"]
DIGITS = 5  # significant ones of a number that is drawn
MAP_DIGITS = 3  # of one that is drawn as a colour


def line(name: str, values: Any, ink: Ink = "main", dashed: bool = False) -> Mark:
    """A line through values, one a place; gaps where none is known."""
    return {
        "kind": "line",
        "name": name,
        "ink": ink,
        "dashed": dashed,
        "y": rounded(values, DIGITS),
    }


def dots(name: str, values: Any, low: Any = None, high: Any = None, ink: Ink = "main") -> Mark:
    """A dot a place, with a bar from low to high where these are given."""
    mark = {"kind": "dots", "name": name, "ink": ink, "y": rounded(values, DIGITS)}
    if low is not None:
        mark |= {"low": rounded(low, DIGITS), "high": rounded(high, DIGITS)}
    return mark


def area(name: str, low: Any, high: Any, ink: Ink = "shade") -> Mark:
    """A shade from low to high."""
    ends = {"low": rounded(low, DIGITS), "high": rounded(high, DIGITS)}
    return {"kind": "area", "name": name, "ink": ink, **ends}


def bars(name: str, values: Any, ink: Ink = "main") -> Mark:
    """A bar a place, from zero."""
    return {"kind": "bars", "name": name, "ink": ink, "y": rounded(values, DIGITS)}


def rule(name: str, value: float, ink: Ink = "quiet") -> Mark:
    """A line across at one value."""
    return {"kind": "rule", "name": name, "ink": ink, "at": rounded(float(value), DIGITS)}


def grid(
    title: str, x: Sequence[Any], rows: Sequence[Any], values: Any, low: float, high: float,
    *, x_label: str, y_label: str, z_label: str,
) -> Chart:  # fmt: skip
    """A map of values (rows, x) by colour, on a logarithmic scale from low to high."""
    return {
        "title": title, "x": list(x), "rows": list(rows), "z": rounded(values, MAP_DIGITS),
        "low": low, "high": rounded(high, DIGITS), "xLabel": x_label, "yLabel": y_label,
        "zLabel": z_label,
    }  # fmt: skip


def chart(
    title: str,
    x: Sequence[Any],
    marks: Sequence[Mark],
    *,
    x_label: str,
    y_label: str,
    log_y: bool = False,
    log_x: bool = False,
    note: str = "",
) -> Chart:
    """A chart over places `x`: numbers, or texts in bands of one width."""
    return {
        "title": title, "x": rounded(list(x), DIGITS), "marks": list(marks), "xLabel": x_label,
        "yLabel": y_label, "logY": log_y, "logX": log_x, "note": note,
    }  # fmt: skip
