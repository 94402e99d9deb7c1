"""Words of columns beside the prices: what is made of prices, the sides of a quote.

The lists are in `price_words.toml`.
"""

import re

from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.load import any_of, word_lists

_LISTS = word_lists("price_words")
_CAMEL = expression(r"(?<=[a-z])(?=[A-Z])")
_MARKS = expression(r"[\s_.,:;|/()\[\]{}\-–—]+")
_DERIVED = expression(rf"(?<!\S)(?:{any_of(_LISTS['derived']['words'])})(?!\S)")
_WEAK = expression(rf"(?<!\S)(?:{any_of(_LISTS['derived']['weak'])})(?!\S)")
_BESIDE = expression(rf"(?<!\S)(?:{any_of(_LISTS['derived']['beside'])})(?!\S)")


def _is_glued(word: str) -> bool:
    """Whether a word has letters that are written without blanks between words."""
    return any(
        "\u3040" <= sign <= "\u30ff" or "\u4e00" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af"
        for sign in word
    )


_DERIVED_GLUED = expression(any_of(filter(_is_glued, _LISTS["derived"]["words"])))
_KIND = expression(rf"(?:(.*?) )??({_LISTS['index']['kinds']}|{_LISTS['index']['adjusted']})")
_SPAN = expression("[0-9]*[日天周週月年線线]")  # as in the mean of 5 days
_OF_A_COLUMN = expression(r"[a-z]_(.+)")  # such as r_AAPL
_KIND_BEHIND = expression(rf"(.*) ({_LISTS['index']['behind']})")
_SIDES = {
    word: side for side in ("bid", "ask") for word in _LISTS["sides"][side].casefold().split()
}
_SIDES_GLUED = sorted(filter(_is_glued, _SIDES), key=len, reverse=True)
_MADE = frozenset(_LISTS["made"]["words"].casefold().split())
_MADE_GLUED = expression(any_of(filter(_is_glued, _MADE)))
_ADJUSTED = {
    kind: expression(rf"(?<!\S)(?:{any_of(_LISTS['adjusted'][kind])})(?!\S)")
    for kind in ("words", "plain")
}
_ADJUSTED_GLUED = expression(any_of(filter(_is_glued, _LISTS["adjusted"]["words"])))
PRICE_WORDS = frozenset(_LISTS["price"]["words"].casefold().split())


def words_of(name: str) -> str:
    """Return a name in lower case, a blank between each two of its words."""
    return _MARKS.sub(" ", _CAMEL.sub(" ", name.strip())).strip().casefold()


def derived_from(name: str) -> str | None:
    """Return what a name says beside words for numbers made of prices; None if it has none."""
    if (letter := _OF_A_COLUMN.fullmatch(name.strip())) is not None:
        return words_of(letter[1])
    rest = _without(_DERIVED, name)
    if rest is not None or _DERIVED_GLUED.search(words_of(name)) is None:
        return rest
    return " ".join(_SPAN.sub(" ", _DERIVED_GLUED.sub(" ", words_of(name))).split())


def maybe_derived_from(name: str) -> str | None:
    """Return the same for words that a company may have in its name as well."""
    return _without(_WEAK, name)


def _without(words: re.Pattern[str], name: str) -> str | None:
    text = words_of(name)
    rest = words.sub(" ", text)
    return " ".join(_BESIDE.sub(" ", rest).split()) if rest != text else None


def side_of(name: str) -> tuple[str, str]:
    """Return the side of a quote that a name says, and the other words; else two empty texts."""
    text = words_of(name)
    glued = next((word for word in _SIDES_GLUED if word in text), "")
    words = text.replace(glued, f" {glued} ").split() if glued else text.split()
    sides = [word for word in words if word in _SIDES]
    if len(sides) != 1:
        return "", ""
    return _SIDES[sides[0]], " ".join(word for word in words if word != sides[0])


def kind_of_index(name: str) -> tuple[str, str]:
    """Return the kind and the name of an index, as in S&P 500 Total Return; else empty texts."""
    text = words_of(name)
    match = _KIND.fullmatch(text) or _KIND_BEHIND.fullmatch(text)
    return ("", "") if match is None else (match[2], match[1] or "")


def is_made(name: str) -> bool:
    """Whether a name has a word for arithmetic on other columns, such as total or ratio."""
    return bool(_MADE & set(words_of(name).split()) or _MADE_GLUED.search(name))


def adjusted_from(name: str) -> tuple[bool, str]:
    """Return whether a name says that a price is adjusted, and its other words.

    Words that say the opposite, or that it is a price, are left out of these as well.
    """
    text = words_of(name)
    rest = _ADJUSTED["words"].sub(" ", text)
    rest = _ADJUSTED_GLUED.sub(" ", rest)
    plain = _ADJUSTED["plain"].sub(" ", rest)
    return rest != text, " ".join(plain.split())
