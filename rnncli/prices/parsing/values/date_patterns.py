"""The ways to write a date, as patterns: what their groups hold, and in which readings.

A month, a quarter, a half and a year, calendar or fiscal, are dated by their first day.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rnncli.prices.parsing.vocabulary.expression import expression

_D = "[0-9]"
_YEAR_FIRST = f"(?P<Y>{_D}{{4}})"
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
_SEPARATED = rf"(?P<Y>{_D}{{4}})(?P<s>[-/.])[ ]?(?P<m>{_D}{{1,2}})(?P=s)[ ]?(?P<d>{_D}{{1,2}})"


@dataclass(frozen=True)
class DatePattern:
    """One way to write a date, and its readings: a strptime name, groups of year, month and day."""

    expression: str
    readings: tuple[tuple[str, str], ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at first use: all of them take longer than a small file is read in."""
        return re.compile(self.expression)

    def can_fit(self, text: str) -> bool:
        """Whether the first signs of a text may be a date of the pattern, which is compiled if so.

        A year of four digits begins with them, and a name of a month has two letters in a row.
        """
        if self.expression.startswith(_YEAR_FIRST):
            return text[:4].isdecimal()
        return "(?P<b>" not in self.expression or any(
            _is_letter(one) and _is_letter(other) for one, other in pairwise(text)
        )


def _is_letter(sign: str) -> bool:
    """Whether a sign can be part of a name: no digit, and no mark."""
    return sign.isalnum() and not sign.isdecimal()


def _pattern(expression: str, *readings: tuple[str, str]) -> DatePattern:
    return DatePattern(expression, readings)


DATE_PATTERNS = (
    _pattern(_SEPARATED + _CLOCK, ("%Y{s}%m{s}%d", "Ymd")),
    _pattern(
        _SHORT + rf"(?P<Y>{_D}{{4}})" + _CLOCK, ("%m{s}%d{s}%Y", "Yac"), ("%d{s}%m{s}%Y", "Yca")
    ),
    _pattern(
        _SHORT + rf"(?P<y>{_D}{{2}})" + _CLOCK,
        ("%m{s}%d{s}%y", "yac"),
        ("%d{s}%m{s}%y", "yca"),
        ("%y{s}%m{s}%d", "acy"),
    ),
    _pattern(
        rf"(?P<Y>{_D}{{4}})(?P<m>{_D}{{2}})(?P<d>{_D}{{2}})"
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
    _pattern(
        _WEEKDAY
        + _MONTH
        + rf"[ -]?(?P<d>{_D}{{1,2}})(?:st|nd|rd|th)?(?:,| |-) ?(?P<Y>{_D}{{4}})"
        + _CLOCK,
        ("%b %d, %Y", "Ybd"),
    ),
    _pattern(
        _WEEKDAY + _MONTH + rf" +(?P<d>{_D}{{1,2}}) (?P<H>{_D}{{2}}):(?P<M>{_D}{{2}})"
        rf":(?P<S>{_D}{{2}})(?: (?:{_ZONE}))? (?P<Y>{_D}{{4}})",
        ("%b %d %H:%M:%S %Y", "Ybd"),
    ),
    _pattern(
        _WEEKDAY
        + rf"(?P<d>{_D}{{1,2}})(?:\. | de |[- /.]?)"
        + _MONTH
        + rf"(?: de |[- /.,]? ?)(?P<Y>{_D}{{4}})"
        + _CLOCK,
        ("%d-%b-%Y", "Ybd"),
    ),
    _pattern(
        rf"(?P<d>{_D}{{1,2}})[- /.]" + _MONTH + rf"[- /.,'] ?(?P<y>{_D}{{2}})" + _CLOCK,
        ("%d-%b-%y", "ybd"),
        ("%y-%b-%d", "dby"),
    ),
    _pattern(
        rf"(?P<Y>{_D}{{4}})[- /.]?" + _MONTH + rf"[- /.]?(?P<d>{_D}{{1,2}})" + _CLOCK,
        ("%Y-%b-%d", "Ybd"),
    ),
    _pattern(
        rf"(?P<Y>{_D}{{4}})[年년][ ]?(?P<m>{_D}{{1,2}})[月월][ ]?(?P<d>{_D}{{1,2}})[日일]",
        ("%Y年%m月%d日", "Ymd"),
    ),
    _pattern(_MONTH + rf"[- /,]? ?(?P<Y>{_D}{{4}})", ("%b %Y", "Yb1")),
    _pattern(rf"(?P<Y>{_D}{{4}})[-/](?P<m>{_D}{{1,2}})", ("%Y-%m", "Ym1")),
    _pattern(rf"(?P<m>{_D}{{1,2}})(?P<s>[-/.])(?P<Y>{_D}{{4}})", ("%m{s}%Y", "Ym1")),
    _pattern(rf"(?P<Y>{_D}{{4}})[- :]?[Mm](?P<m>{_D}{{1,2}})", ("%YM%m", "Ym1")),
    _pattern(rf"(?P<Y>{_D}{{4}})[-: /]?[QqTt](?P<Q>[1-4])", ("%Y-Qq", "YQ1")),
    _pattern(rf"[QqTt](?P<Q>[1-4]){_YEAR_BEHIND}", ("Qq %Y", "YQ1")),
    _pattern(rf"(?P<Q>[1-4])[QqTt][-: /]?(?P<Y>{_D}{{4}})", ("qQ%Y", "YQ1")),
    _pattern(rf"(?P<Y>{_D}{{4}})[-: /]?[HhSs](?P<E>[12])", ("%Y-Hh", "YE1")),
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
