"""The one clock: what time it is, and what day."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np  # which the command line does not wait for

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMATS = ("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%b %d %Y", "%d %b %Y", "%B %d %Y",
            "%d %B %Y", "%d-%b-%Y")  # fmt: skip # that can be read in one way
_EITHER = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")


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
    then = datetime.combine(here.date(), time(hour, minute)).astimezone()
    return (then - here).total_seconds()  # `then` has its offset: the clock may change till then


def format_date(date: "np.datetime64") -> str:
    """Return a date as text, without the time of day where it is midnight."""
    return str(date).removesuffix("T00:00:00")


def date_span(dates: "np.ndarray") -> tuple[str | None, str | None]:
    """First and last of dates that may be NaT, as text; None without any date."""
    known = dates[dates == dates]  # noqa: PLR0124 - not NaT
    return (format_date(known.min()), format_date(known.max())) if len(known) else (None, None)


def date_remedy(text: str) -> str:
    """How to write what was meant as a day; an example where that is not clear."""
    text = " ".join(text.replace(",", " ").split())
    if ISO_DAY.fullmatch(text):
        year, month, _ = map(int, text.split("-"))
        if not 1 <= month <= 12:
            return "write year, month and day, as 2024-01-31"
        from calendar import month_name, monthrange  # noqa: PLC0415 - for this remedy alone

        return f"{month_name[month]} {year} has {monthrange(year, month)[1]} days"
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return f"write the day too, as {text if '-' in text else f'{text}-01'}-01"
    days = {day for form in (*_FORMATS, *_EITHER) if (day := _read(text, form)) is not None}
    return f"write it as {days.pop() if len(days) == 1 else '2024-01-31'}"


def _read(text: str, form: str) -> date | None:
    with suppress(ValueError):
        return datetime.strptime(text, form).date()
    return None
