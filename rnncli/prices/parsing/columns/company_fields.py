"""Fields of a day under the names of companies, in any language: `Apple Close` beside `Apple Open`.

A field in the name of one column alone is a part of it, as in Close Brothers.
"""

from collections import defaultdict
from collections.abc import Sequence

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.values.numbers import is_currency
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.column_names import bare_name
from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.price_words import PRICE_WORDS

_MARK = expression(r"[\s_.:|/\-\u2013(\[)\]]+")
_CLOSES = [name for name in column_names.PRICES if name not in column_names.WEAK_PRICES]
_ROLES = {
    **dict.fromkeys(column_names.VOLUMES, "volume"),
    **dict.fromkeys(column_names.OPENS, "open"),
    **dict.fromkeys(column_names.HIGHS, "high"),
    **dict.fromkeys(column_names.LOWS, "low"),
    **dict.fromkeys(_CLOSES, "close"),
}
_CJK = "\u2e80"  # from this sign on, words are written without blanks
_GLUED = sorted((word for word in _ROLES if word[0] >= _CJK), key=len, reverse=True)


def company_field(name: str) -> tuple[str, str]:
    """Return the field and the company in a name, the longest field; else two empty texts."""
    text = name.strip(" ()[]")
    places = [match.span() for match in _MARK.finditer(text) if match.start() > 0]
    for start, end in places:
        if (role := _ROLES.get(bare_name(text[end:]))) is not None:
            return role, text[:start]
    for start, end in reversed(places):
        if (role := _ROLES.get(bare_name(text[:start]))) is not None:
            return role, text[end:]
    for word in _GLUED:
        if text.endswith(word) and text != word:
            return _ROLES[word], text.removesuffix(word)
    return "", ""


def symbol_in_name(profile: GridProfile, price: int) -> str:
    """Return the symbol that the name of the one column of prices says; empty if it says none.

    NVDA in "NVDA Close", and NVDA beside "NVDA_lag1"; a company that several columns name.
    """
    name = profile.names[price]
    others = [other for i, other in enumerate(profile.names) if i != price and other]
    company = _company(name)
    if company:
        is_repeated = company in map(_company, others)
        return company if is_repeated or (len(company) > 1 and names.is_ticker(company)) else ""
    is_mixed = any(other != other.upper() for other in others)
    is_beside = is_mixed and (len(others) > 1 or any(name in other for other in others))
    return name if is_beside and names.is_ticker(name) else ""


def _company(name: str) -> str:
    """Return the company or symbol beside a field in a name; empty without either."""
    if names.is_field(name) or names.in_currency(name)[0]:
        return ""
    field, symbol = names.split_field(name)
    company = symbol if field else company_field(name)[1]
    is_word = bare_name(company) in PRICE_WORDS or names.is_field(company)
    return "" if is_word or is_currency(company) else company.strip()


def closes_of_companies(profile: GridProfile, candidates: Sequence[int]) -> dict[int, str]:
    """Return the column of the close of every company, and its name; none without fields.

    Raises DataError where a company, or a column beside those of companies, has no close.
    """
    fields = {i: company_field(profile.names[i]) for i in candidates}
    by_company: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, (role, company) in fields.items():
        if role:
            by_company[company.casefold()][role].append(index)
    if not any(len(roles) > 1 for roles in by_company.values()):
        return {}
    lacking = [i for i, (role, company) in fields.items()
               if not role or "close" not in by_company[company.casefold()]]  # fmt: skip
    lacking = [i for i in lacking if profile[i].is_numeric]
    if lacking:
        raise DataError(
            f"{profile.top}: {profile.short_name(lacking[0])!r} is a price of a company or a field"
            f" without a close; take it out, choose one column with {setting('column')}, or say"
            f" {setting('layout', 'wide')} if each is a symbol"
        )
    closes = [_first_close(profile, roles["close"]) for roles in by_company.values()]
    return {i: fields[i][1] for i in closes}


def _first_close(profile: GridProfile, columns: Sequence[int]) -> int:
    """Return the close that is listed first of several, as the close before the adjusted one."""

    def rank(index: int) -> int:
        bare = profile.bare_names[index]
        company = bare_name(company_field(profile.names[index])[1])
        field = bare.removeprefix(company).removesuffix(company)
        return _CLOSES.index(field) if field in _CLOSES else len(_CLOSES)

    return min(columns, key=rank)
