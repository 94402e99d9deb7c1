"""Names of months and weekdays in the languages that files come in, and what they can mean.

The lists are in `date_words.toml`.
"""

import re
from collections.abc import Sequence

from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.load import any_of, word_lists

_LISTS = word_lists("date_words")
_WEEKDAYS = any_of(_LISTS["weekdays"]["names"])
_BEHIND_A_DATE = any_of(_LISTS["weekdays"]["behind_a_date"])
_WEEKDAY = expression(
    rf"^(?:{_WEEKDAYS})[.,]*[ ]+(?=\d{{1,4}}[-./ ]+[^\s:]+[-./ ]+\d)", re.IGNORECASE
)
_BEHIND = expression(rf"(?<=\d)[ ]?\((?:{_WEEKDAYS}|{_BEHIND_A_DATE})\.?\)", re.IGNORECASE)
WEEKDAY_CELL = expression(any_of(_LISTS["weekdays"]["cells"]))  # how such a cell begins
_OPEN_DAY = expression(r"(\d{1,2})\. ?(\d{1,2})\. (?=\d{4})")  # as in 2. 1. 2024
_YEAR = expression(r"(?<=\d) ?(?:г\.?|года|г)$")
_SPAN = expression(r"(\S+ \d\d:\d\d(?::\d\d)?) ?[-\u2013] ?\S+ \d\d:\d\d(?::\d\d)?")
_POINTED = expression(r"(?<= )(\d{1,2})\.(\d\d)\.(\d\d)(?:\.\d+)?(?= ?[AaPp][Mm])")
_COUNTED = expression(r"\d{5,}\.\d+")  # days and a part of one: no format says that
_PLAIN = frozenset("0123456789-/:.")
_STAMP = _PLAIN | frozenset("+TZ ")  # of a date, a clock and an offset
_ENGLISH = expression(any_of(_LISTS["english"]["words"]), re.IGNORECASE)


def _months(languages: dict[str, str]) -> list[dict[str, int]]:
    """Return the months by name, a dictionary for each language."""
    return [
        {
            name: month
            for month, names in enumerate(months.split(","), start=1)
            for name in names.split()
        }
        for months in languages.values()
    ]


_MONTHS = _months(_LISTS["months"])
_LANGUAGES = [*_MONTHS, *_months(_LISTS["abbreviations"])]
# What a name of a month can mean in any language; one that means two is settled by the others.
ANY_MONTH = frozenset(name for months in _MONTHS for name in months)


def month_name(text: str) -> str:
    """Return the name of a month as the lists have it."""
    return text.casefold().replace("i\u0307", "i").rstrip(".")


def months_of(cells: Sequence[str]) -> list[tuple[list[int], str]]:
    """Return the months that names can mean, 0 for none, and what tells each choice from others."""
    names = [month_name(cell) for cell in cells]
    used = set(names)
    most = max(len(used & months.keys()) for months in _LANGUAGES)
    fitting = [months for months in _LANGUAGES if len(used & months.keys()) == most]
    choices = {tuple(months.get(name, 0) for name in names): months for months in fitting}
    several = next((n for n in names if len({months.get(n) for months in fitting}) > 1), "")
    return [
        (list(choice), f" with {several} for month {months.get(several)}" if several else "")
        for choice, months in (choices.items() if most == len(used) else list(choices.items())[:1])
    ]


def usual(text: str) -> str:
    """Return a date without a weekday and the word for year; of a span of hours, its beginning."""
    if _PLAIN.issuperset(text):
        return text
    if _STAMP.issuperset(text) and text.count(" ") < 2 and ". " not in text:
        return text
    if (span := _SPAN.fullmatch(text)) is not None:
        text = span[1]
    text = _YEAR.sub("", _BEHIND.sub("", _WEEKDAY.sub("", text, count=1)))
    return _POINTED.sub(r"\1:\2:\3", _OPEN_DAY.sub(r"\1.\2.", text))


def may_be_named(text: str) -> bool:
    """Whether a format of strptime can fit: digits of a date, and no words but English ones."""
    words = re.findall(r"[^\W\d_]+", text)
    digits = sum(map(str.isdigit, text))
    if _COUNTED.fullmatch(text):
        return False
    return 3 <= digits <= 20 and all(_ENGLISH.fullmatch(word) for word in words)
