"""What stands round a date and says nothing of the day: a weekday, the end of an hour, a mark."""

import re

_DAYS = (
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:mo|di|mi|do|fr|sa|so)|\w+(?:tag|woch)"
    r"|(?:lun|mar|mer|jeu|ven|sam|dim)(?:di|\.|edi|anche)?|vendredi|mercredi"
    r"|(?:lun|mar|mié|mie|jue|vie|sáb|sab|dom|gio)[a-zéáì]*|(?:seg|ter|qua|qui|sex)\w*"
    r"|(?:ma|wo|do|vr|za|zo)|\w+dag|(?:pn|wt|śr|cz|pt|nd|po|út|st|čt|pá|so|ne)"
    r"|пн|вт|ср|чт|пт|сб|вс|周[一二三四五六日]|星期[一二三四五六日]"
)
_WEEKDAY = re.compile(rf"^(?:{_DAYS})[.,]*[ ]+(?=\d{{1,4}}[-./ ]+[^\s:]+[-./ ]+\d)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?<=\d)[ ]?\((?:{_DAYS}|[月火水木金土日])\.?\)", re.IGNORECASE)
_OPEN_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. (?=\d{4})")  # as in 2. 1. 2024
_YEAR = re.compile(r"(?<=\d) ?(?:г\.?|года|г)$")
_SPAN = re.compile(r"(\S+ \d\d:\d\d(?::\d\d)?) ?[-\u2013] ?\S+ \d\d:\d\d(?::\d\d)?")
_POINTED = re.compile(r"(?<= )(\d{1,2})\.(\d\d)\.(\d\d)(?:\.\d+)?(?= ?[AaPp][Mm])")
_PLAIN = frozenset("0123456789-/:.")
_ENGLISH = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
    r"|january|february|march|april|august|september|october|november|december|\w+day"
    r"|am|pm|t|z|utc|gmt|w|st|nd|rd|th)",
    re.IGNORECASE,
)


def usual(text: str) -> str:
    """Return a date without a weekday and the word for year; of a span of hours, its beginning."""
    if _PLAIN.issuperset(text):
        return text
    if (span := _SPAN.fullmatch(text)) is not None:
        text = span[1]
    text = _YEAR.sub("", _BEHIND.sub("", _WEEKDAY.sub("", text, count=1)))
    return _POINTED.sub(r"\1:\2:\3", _OPEN_DAY.sub(r"\1.\2.", text))


def may_be_named(text: str) -> bool:
    """Whether a format of strptime can fit: digits of a date, and no words but English ones."""
    words = re.findall(r"[^\W\d_]+", text)
    digits = sum(map(str.isdigit, text))
    return 3 <= digits <= 20 and all(_ENGLISH.fullmatch(word) for word in words)
