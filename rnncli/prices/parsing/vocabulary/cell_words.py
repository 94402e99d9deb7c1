"""Words in cells other than dates and plain numbers: marks, flags, currencies, suffixes.

The lists are in `cells.toml`.
"""

from typing import Any

from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.load import any_of, word_lists

_LISTS: dict[str, Any] = word_lists("cells")
_CURRENCIES: dict[str, Any] = _LISTS["currencies"]

MISSING = frozenset(_LISTS["missing"])  # marks of a missing value
FLAGS = frozenset(_LISTS["flags"].split())  # texts that repeat and are not symbols
BOARDS = frozenset(_LISTS["boards"].split())  # series of shares of an exchange
SUMMARIES = frozenset(_LISTS["summaries"].casefold().split())  # names of a row below the last one
_GLUED_SUMMARIES = tuple(_LISTS["glued_summaries"].split())
CORNERS = frozenset(_LISTS["corners"])  # the first cell of a row of ticker symbols

_WORDS = any_of([*_CURRENCIES["names"], *_CURRENCIES["codes"].split()])
CURRENCY = f"(?:{_WORDS}|[{''.join(_CURRENCIES['signs'].split())}])"  # a regular expression
PARTS_OF_CURRENCIES = frozenset(_CURRENCIES["parts"].split())  # and words for a currency
_UNIT = expression(rf"{CURRENCY}( ?(/|per) ?\w+)?")
_MONEY = expression(any_of(_CURRENCIES["words"].split()))
SUFFIXES: dict[str, int] = _LISTS["suffixes"]  # letters behind a number: a power of ten

_LETTERS = expression(r"[^\W\d_]+|[\u2211\u03a3\u00d8]")


def says_summary(text: str) -> bool:
    """Whether a cell has a word for a sum, a mean, a high or a low."""
    if not any(word in SUMMARIES for word in _LETTERS.findall(text.casefold())):
        return not text.isascii() and any(word in text for word in _GLUED_SUMMARIES)
    return True


def is_unit_of_money(text: str) -> bool:
    """Whether a text is a currency, alone or for a quantity, as in USD and USD/oz."""
    bare = text.strip(" ()[]").removeprefix("in ")
    return _UNIT.fullmatch(bare) is not None or _MONEY.fullmatch(bare.casefold()) is not None


def names_money(text: str) -> bool:
    """Whether a text has the name of a currency in it, as Japanese yen has."""
    return _MONEY.search(text.casefold()) is not None
