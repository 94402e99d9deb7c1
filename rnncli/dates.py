"""The one clock: what time it is, and what day."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np  # which the command line does not wait for


def now() -> str:
    """Date and time, UTC, to the millisecond, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def seconds_until(time_of_day: str) -> float:
    """Seconds until a time of day here, HH:MM; negative once it has passed today."""
    hour, minute = map(int, time_of_day.split(":"))
    here = datetime.now().astimezone()
    return (here.replace(hour=hour, minute=minute, second=0, microsecond=0) - here).total_seconds()


def format_date(date: "np.datetime64") -> str:
    """Return a date as text, without the time of day where it is midnight."""
    return str(date).removesuffix("T00:00:00")


def date_span(dates: "np.ndarray") -> tuple[str | None, str | None]:
    """First and last of dates that may be NaT, as text; None without any date."""
    known = dates[dates == dates]  # noqa: PLR0124 - not NaT
    return (format_date(known.min()), format_date(known.max())) if len(known) else (None, None)
