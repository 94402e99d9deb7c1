"""The ways to write a date, as patterns: what their groups hold, and in which readings.

A month, a quarter, a half and a year, calendar or fiscal, are dated by their first day.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from rnncli.prices.parsing.vocabulary.expression import expression

Reading = tuple[str, str]  # a strptime name, and the groups of year, month and day

_D = "[0-9]"
_YEAR = f"(?P<Y>{_D}{{4}})"
_MONTH = r"(?P<b>[^\W\d_]{2,14}\.?)"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? )?"
_ZONE = (
    r"Z|(?:UTC|GMT)(?:[+-]\d{4})?|Uhr|[A-Z]{1,2}[SDE]?T|BST|CES?T|[A-Z][A-Za-z]+/[A-Za-z_]+"
    r"|[+-]\d\d(?::?\d\d(?::\d\d)?)?"
)
_CLOCK = (
    r"(?:(?:T|[,;]? +|-)"
    r"(?P<H>[0-9]{1,2})(?::(?P<M>[0-9]{2})"
    r"(?::(?P<S>[0-9]{2})(?:[.,:][0-9]+)?)?(?: ?(?P<p>[AaPp]\.?[Mm]\.?))?|[- ]?(?P<q>[AaPp][Mm]))"
    rf"(?: ?(?P<z>{_ZONE})| \((?P<Z>{_ZONE})\))?)?"
)
# S10000 is a symbol, S12024 the first half of a year
_YEAR_BEHIND = rf"(?:[-: /]|(?=1[89]|2[01]))(?P<Y>{_D}{{4}})"
_SHORT = rf"(?P<a>{_D}{{1,2}})(?P<s>[-/.])(?P<c>{_D}{{1,2}})(?P=s)"
_MONTH_AND_DAY = rf"(?P<s>[-/.])[ ]?(?P<m>{_D}{{1,2}})(?P=s)[ ]?(?P<d>{_D}{{1,2}})"


@dataclass(frozen=True)
class DatePattern:
    """One way to write a date, and what it may be read as."""

    pattern: re.Pattern[str]
    readings: tuple[Reading, ...]


def _pattern(text: str, *readings: Reading) -> DatePattern:
    return DatePattern(expression(text), readings)


def _year_first(rest: str, *readings: Reading) -> DatePattern:
    """A pattern of a year of four digits with the rest behind it."""
    return DatePattern(expression(_YEAR + rest, can_fit=_begins_with_year), readings)


def _begins_with_year(text: str) -> bool:
    return text[:4].isdecimal()


def _named(before: str, behind: str, *readings: Reading) -> DatePattern:
    """A pattern of the name of a month between what is before and behind it."""
    return DatePattern(expression(before + _MONTH + behind, can_fit=_has_name), readings)


def _has_name(text: str) -> bool:
    """Whether a text has two letters in a row, as each name of a month."""
    return any(_is_letter(one) and _is_letter(other) for one, other in pairwise(text))


def _is_letter(sign: str) -> bool:
    """Whether a sign can be part of a name: no digit, and no mark."""
    return sign.isalnum() and not sign.isdecimal()


DATE_PATTERNS = (
    _year_first(_MONTH_AND_DAY + _CLOCK, ("%Y{s}%m{s}%d", "Ymd")),
    _pattern(
        _SHORT + rf"(?P<Y>{_D}{{4}})" + _CLOCK, ("%m{s}%d{s}%Y", "Yac"), ("%d{s}%m{s}%Y", "Yca")
    ),
    _pattern(
        _SHORT + rf"(?P<y>{_D}{{2}})" + _CLOCK,
        ("%m{s}%d{s}%y", "yac"),
        ("%d{s}%m{s}%y", "yca"),
        ("%y{s}%m{s}%d", "acy"),
    ),
    _year_first(
        rf"(?P<m>{_D}{{2}})(?P<d>{_D}{{2}})"
        rf"(?:(?:T|[ ]*|;)(?P<H>{_D}{{2}}):?(?P<M>{_D}{{2}})?:?(?P<S>{_D}{{2}})?(?:[.]{_D}+)?"
        rf"(?: *(?P<z>{_ZONE})| \((?P<Z>{_ZONE})\))?|[.]0+)?",
        ("%Y%m%d", "Ymd"),
    ),
    _pattern(
        rf"(?P<y>{_D}{{2}})(?P<m>{_D}{{2}})(?P<d>{_D}{{2}})(?P<H>{_D}{{2}})(?P<M>{_D}{{2}})",
        ("%y%m%d", "ymd"),
    ),
    _pattern(
        rf"(?P<a>{_D}{{2}})(?P<c>{_D}{{2}})(?P<Y>{_D}{{4}})", ("%d%m%Y", "Yca"), ("%m%d%Y", "Yac")
    ),
    _pattern(
        rf"(?=(?P<Y>{_D}{{4}})(?P<m>{_D}{{2}}))(?P<a>{_D}{{2}})(?P<c>{_D}{{2}})(?P<y>{_D}{{2}})",
        ("%Y%m", "Ym1"),
        ("%y%m%d", "acy"),
        ("%d%m%y", "yca"),
        ("%m%d%y", "yac"),
    ),
    _named(
        _WEEKDAY,
        rf"[ -]?(?P<d>{_D}{{1,2}})(?:st|nd|rd|th)?(?:,| |-) ?(?P<Y>{_D}{{4}})" + _CLOCK,
        ("%b %d, %Y", "Ybd"),
    ),
    _named(
        _WEEKDAY,
        rf" +(?P<d>{_D}{{1,2}}) (?P<H>{_D}{{2}}):(?P<M>{_D}{{2}})"
        rf":(?P<S>{_D}{{2}})(?: (?:{_ZONE}))? (?P<Y>{_D}{{4}})",
        ("%b %d %H:%M:%S %Y", "Ybd"),
    ),
    _named(
        _WEEKDAY + rf"(?P<d>{_D}{{1,2}})(?:\. | de |[- /.]?)",
        rf"(?: de |[- /.,]? ?)(?P<Y>{_D}{{4}})" + _CLOCK,
        ("%d-%b-%Y", "Ybd"),
    ),
    _named(
        rf"(?P<d>{_D}{{1,2}})[- /.]",
        rf"[- /.,'] ?(?P<y>{_D}{{2}})" + _CLOCK,
        ("%d-%b-%y", "ybd"),
        ("%y-%b-%d", "dby"),
    ),
    _year_first(
        r"[- /.]?" + _MONTH + rf"[- /.]?(?P<d>{_D}{{1,2}})" + _CLOCK,
        ("%Y-%b-%d", "Ybd"),
    ),
    _year_first(
        rf"[年년][ ]?(?P<m>{_D}{{1,2}})[月월][ ]?(?P<d>{_D}{{1,2}})[日일]",
        ("%Y年%m月%d日", "Ymd"),
    ),
    _named("", rf"[- /,]? ?(?P<Y>{_D}{{4}})", ("%b %Y", "Yb1")),
    _year_first(rf"[-/](?P<m>{_D}{{1,2}})", ("%Y-%m", "Ym1")),
    _pattern(rf"(?P<m>{_D}{{1,2}})(?P<s>[-/.])(?P<Y>{_D}{{4}})", ("%m{s}%Y", "Ym1")),
    _year_first(rf"[- :]?[Mm](?P<m>{_D}{{1,2}})", ("%YM%m", "Ym1")),
    _year_first(r"[-: /]?[QqTt](?P<Q>[1-4])", ("%Y-Qq", "YQ1")),
    _pattern(rf"[QqTt](?P<Q>[1-4]){_YEAR_BEHIND}", ("Qq %Y", "YQ1")),
    _pattern(rf"(?P<Q>[1-4])[QqTt][-: /]?(?P<Y>{_D}{{4}})", ("qQ%Y", "YQ1")),
    _year_first(r"[-: /]?[HhSs](?P<E>[12])", ("%Y-Hh", "YE1")),
    _pattern(rf"[HhSs](?P<E>[12]){_YEAR_BEHIND}", ("Hh %Y", "YE1")),
    _pattern(rf"FY[- ]?(?P<Y>{_D}{{4}})", ("FY%Y", "Y11")),
    _pattern(r"(?P<Y>1[5-9][0-9]{2}|2[01][0-9]{2})", ("%Y", "Y11")),
)
CLOCK_ONLY = expression(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp]\.?[Mm]\.?)?")
EPOCHS = (
    (expression(r"\d{9,10}(?:\.\d+)?", re.ASCII), "epoch seconds", 1),
    (expression(r"\d{12,13}(?:\.\d+)?", re.ASCII), "epoch milliseconds", 1_000),
    (expression(r"\d{15,16}", re.ASCII), "epoch microseconds", 1_000_000),
    (expression(r"\d{18,19}", re.ASCII), "epoch nanoseconds", 1_000_000_000),
)
