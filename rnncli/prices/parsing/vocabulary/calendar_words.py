"""Calendars of other years: what they are called, what shows them, and their months.

The lists are in `calendars.toml`.
"""

from collections.abc import Iterable

from rnncli.prices.parsing.vocabulary.load import word_lists

_LISTS = word_lists("calendars")
CALENDARS = tuple(_LISTS)
_NAMES = {name: calendar for calendar in CALENDARS for name in _LISTS[calendar]["names"].split()}
_LETTERS = {calendar: frozenset(_LISTS[calendar]["letters"]) for calendar in CALENDARS}
_WORDS = {
    calendar: tuple(word.replace("_", " ") for word in _LISTS[calendar]["words"].split())
    for calendar in CALENDARS
}
# The number of a month under each of its names, the longest name first.
MONTHS = {
    calendar: dict(
        sorted(
            (
                (name.replace("_", " "), number)
                for number, names in enumerate(_LISTS[calendar]["months"].split(","), start=1)
                for name in names.split()
            ),
            key=lambda pair: -len(pair[0]),
        )
    )
    for calendar in CALENDARS
}


def calendar_called(name: str | None) -> str | None:
    """Return the calendar of a name, as a user says it; None for a format of strptime."""
    return _NAMES.get((name or "").strip().casefold())


def calendar_named(texts: Iterable[str]) -> str | None:
    """Return the calendar that a word of a header or of a date says."""
    folded = " ".join(texts).casefold()
    return next((name for name in CALENDARS if any(w in folded for w in _WORDS[name])), None)


def calendar_of(texts: Iterable[str]) -> str | None:
    """Return the calendar that the letters of a header or of a date show."""
    signs = {sign for text in texts if not text.isascii() for sign in text}
    return next((name for name in CALENDARS if signs & _LETTERS[name]), None) if signs else None
