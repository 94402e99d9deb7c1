"""Names of months in the languages that files come in, and the months that they can mean."""

import re
from collections.abc import Sequence

# The months, a line for each language, an abbreviation and the name of each.
_MONTHS = """
en jan january, feb february, mar march, apr april, may, jun june, jul july, aug august, sep sept september, oct october, nov november, dec december
de jan januar jän jänner, feb februar, mär mrz märz maerz, apr april, mai, jun juni, jul juli, aug august, sep sept september, okt oktober, nov november, dez dezember
fr jan janv janvier, fév févr fev février, mar mars, avr avril, mai, jui juin, juil juill juillet, aoû août aout, sep sept septembre, oct octobre, nov novembre, déc dec décembre
es ene enero, feb febrero, mar marzo, abr abril, may mayo, jun junio, jul julio, ago agosto, sep sept set septiembre, oct octubre, nov noviembre, dic diciembre
it gen gennaio, feb febbraio, mar marzo, apr aprile, mag maggio, giu giugno, lug luglio, ago agosto, set sett settembre, ott ottobre, nov novembre, dic dicembre
pt jan janeiro, fev fevereiro, mar março, abr abril, mai maio, jun junho, jul julho, ago agosto, set setembro, out outubro, nov novembro, dez dezembro
nl jan januari, feb februari, mrt maart, apr april, mei, jun juni, jul juli, aug augustus, sep sept september, okt oktober, nov november, dec december
pl sty stycznia styczeń, lut lutego luty, mar marca marzec, kwi kwietnia kwiecień, maj maja, cze czerwca czerwiec, lip lipca lipiec, sie sierpnia sierpień, wrz września wrzesień, paź października październik, lis listopada listopad, gru grudnia grudzień
tr oca ocak, şub şubat, mar mart, nis nisan, may mayıs, haz haziran, tem temmuz, ağu ağustos, eyl eylül, eki ekim, kas kasım, ara aralık
ru янв января январь, фев февр февраля февраль, мар марта март, апр апреля апрель, май мая, июн июня июнь, июл июля июль, авг августа август, сен сент сентября сентябрь, окт октября октябрь, ноя нояб ноября ноябрь, дек декабря декабрь
sv jan januari, feb februari, mar mars, apr april, maj, jun juni, jul juli, aug augusti, sep sept september, okt oktober, nov november, dec december
da jan januar, feb februar, mar marts, apr april, maj, jun juni, jul juli, aug august, sep sept september, okt oktober, nov november, dec des desember
cs led leden ledna, úno únor února, bře březen března, dub duben dubna, kvě květen května, čvn červen června, čvc červenec července, srp srpen srpna, zář září, říj říjen října, lis listopad listopadu, pro prosinec prosince
id jan januari, feb februari, mar maret, apr april, mei, jun juni, jul juli, agu agt agustus, sep september, okt oktober, nov november, des desember
"""  # noqa: E501 - a line a language
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


def _months_by_language() -> dict[str, dict[str, int]]:
    languages = {}
    for line in _MONTHS.strip().splitlines():
        language, rest = line.split(" ", 1)
        months = enumerate(rest.split(","), start=1)
        languages[language] = {name: month for month, names in months for name in names.split()}
    return languages


MONTHS = _months_by_language()
_CROATIAN = ("sij", "velj", "ožu", "tra", "svi", "lip", "srp", "kol", "ruj", "lis", "stu", "pro")
_LANGUAGES = (*MONTHS.values(), {name: month for month, name in enumerate(_CROATIAN, start=1)})
# What a name of a month can mean in any language; one that means two is settled by the others.
ANY_MONTH = frozenset(name for names in MONTHS.values() for name in names)


def month_name(text: str) -> str:
    """Return the name of a month as `MONTHS` has it."""
    return text.casefold().replace("i\u0307", "i").rstrip(".")


def months_of(cells: Sequence[str]) -> list[tuple[list[int], str]]:
    """Return the months that names can mean, 0 for none, and what tells each choice from others."""
    names = [month_name(cell) for cell in cells]
    used = set(names)
    most = max(len(used & months.keys()) for months in _LANGUAGES)
    fitting = [months for months in _LANGUAGES if len(used & months.keys()) == most]
    choices = {tuple(months.get(name, 0) for name in names): months for months in fitting}
    odd = next((n for n in names if len({months.get(n) for months in fitting}) > 1), "")
    return [
        (list(choice), f" with {odd} for month {months.get(odd)}" if odd else "")
        for choice, months in (choices.items() if most == len(used) else list(choices.items())[:1])
    ]


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
