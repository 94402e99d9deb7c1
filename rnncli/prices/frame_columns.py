"""The columns of a data frame: its index, columns known by name, columns of dates."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 - as in `frames`, where `date` is a column
from datetime import datetime
from typing import Any, Protocol

from rnncli.errors import UsageError, setting

NAMES = {  # of columns that need not be named, the first that is there, in any case
    "symbol": ("unique_id", "symbol", "ticker"),
    "date": ("ds", "date", "datetime", "timestamp"),
    "price": ("y", "close", "price"),
}


class Frame(Protocol):
    """A data frame of Pandas or Polars."""

    @property
    def columns(self) -> Any:
        """Names of the columns."""

    def __getitem__(self, name: Any, /) -> Any:
        """A column by its name."""


def checked_frame(frame: Any, layout: str) -> Frame:
    """The frame with its index among its columns. Raises UsageError for another type."""
    if hasattr(frame, "collect"):
        raise UsageError("is not collected", option="frame", remedy="call its method collect()")
    if not hasattr(frame, "columns") or not hasattr(frame, "__getitem__"):
        remedy = "give a data frame of Pandas or Polars"
        raise UsageError(f"is a {type(frame).__name__}", option="frame", remedy=remedy)
    frame = _with_index(frame, layout) if hasattr(frame, "reset_index") else frame
    names = list(frame.columns)
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise UsageError(f"has two columns {twice}", option="frame", remedy="rename one")
    return frame  # type: ignore[no-any-return] # any object


def _with_index(frame: Any, layout: str) -> Any:
    """A frame of Pandas with its index as columns, unless it only counts the rows.

    Raises UsageError for an index without a name that may be symbols or dates.
    """
    index = frame.index
    named = [name for name in index.names if name is not None]
    if len(index.names) == 1 and not named:
        kind = getattr(index.dtype, "kind", "")
        if kind == "M":
            known = find_column(list(frame.columns), "date", None) is not None
            return frame.reset_index(drop=True) if known else frame.reset_index(names="date")
        if kind in "iu":
            return frame
    elif len(named) == len(index.names):
        is_count = layout == "wide" and getattr(index.dtype, "kind", "") in "iu"
        if is_count and find_column(named, "date", None) is None:
            return frame.reset_index(drop=True)
        repeated = [name for name in named if name in frame.columns]
        if repeated:
            frame = frame.reset_index(level=repeated, drop=True)
        return frame if len(repeated) == len(named) else frame.reset_index()
    raise UsageError(
        "has an index without names", option="frame",
        remedy="name it with rename_axis, or drop it with reset_index(drop=True)",
    )  # fmt: skip


def refuse_dates(frame: Frame, names: Sequence[Any]) -> None:
    """Raise UsageError if a column that was not named may be the dates of the rows.

    Without dates rows count as oldest first, and a frame may be newest first.
    """
    for name in names:
        array = frame[name].to_numpy()
        first = next((value for value in array[:1].tolist() if value is not None), None)
        if array.dtype.kind == "M" or (array.dtype.kind in "OU" and _may_be_date(first)):
            remedy = f"pass {setting('date', str(name))}, or drop the column"
            raise UsageError(f"column {name} may hold the dates", option="frame", remedy=remedy)


def _may_be_date(value: Any) -> bool:
    """Whether a value is a date, a period, or the text of a date."""
    if not isinstance(value, str):
        return isinstance(value, Date) or hasattr(value, "to_timestamp")
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return not value.isdecimal()


def find_column(names: Sequence[Any], role: str, given: str | None) -> Any:
    """The column of a role: the named one, or one known by its name; None without one."""
    if given is not None:
        if given not in names:
            said = ", ".join(map(str, names))
            raise UsageError(
                "is not a column", option=role, value=given, remedy=f"there are {said}"
            )
        return given
    folded = {str(name).casefold(): name for name in reversed(names)}
    return next((folded[name] for name in NAMES[role] if name in folded), None)
