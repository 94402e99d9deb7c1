"""The one clock: what time it is, and what day."""

from datetime import UTC, date, datetime


def now() -> str:
    """Date and time, UTC, to the millisecond, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()
