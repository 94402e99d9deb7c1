"""Columns that are arithmetic on others, and one price counted in two ways, under any names."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.parsing.columns.arithmetic import relations
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.relation import ENOUGH, Relation
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.cell_words import CURRENCY
from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.price_words import (
    adjusted_from,
    derived_from,
    is_made,
    words_of,
)

_OF_CURRENCIES = expression(
    rf"\W*{CURRENCY}(\W*(in|to|per)?\W*{CURRENCY})?\W*(=?X)?\W*", re.IGNORECASE
)
_SHORTEST = 2  # signs of a name that is sought in another
_ALIKE = 0.1  # times its steps that the ratio of one price, counted in two ways, usually moves
_NOTES = "*†‡§'¹²³"  # marks of footnotes behind a name
_LISTED = 3  # sources that are named


def made_columns(
    profile: GridProfile, prices: Sequence[int], values: Mapping[int, Float64Array]
) -> dict[int, str]:
    """Return the columns that are arithmetic on others, and what each is made of, in words.

    Copies of a column are two symbols of one price; rates of currencies are prices also where one
    follows from others, and so is the inverse of a column.
    """
    columns = [i for i in prices if i in values]
    if len(columns) < 2:
        return {}
    matrix = np.array([values[i] for i in columns])
    places = {column: place for place, column in enumerate(columns)}
    decimals = [profile[i].decimals for i in columns]

    def choose(relation: Relation) -> Relation:
        members = (*relation.sources, relation.made)
        made = _made_of(profile, [columns[i] for i in members])
        return relation.turned(places[made])

    return {
        columns[relation.made]: _in_words(profile, [columns[i] for i in relation.sources])
        for relation in relations(matrix, decimals, choose)
        if not _are_all_prices(profile, columns, relation, matrix)
    }


def _in_words(profile: GridProfile, sources: Sequence[int]) -> str:
    listed = " and ".join(profile.names[i][:20] for i in sources)
    return f" of {listed}" if len(sources) < _LISTED else f" of {len(sources)} others"


def _are_all_prices(
    profile: GridProfile, columns: Sequence[int], relation: Relation, matrix: Float64Array
) -> bool:
    """Whether a column is a rate of currencies like its sources, their copy or inverse."""
    members = [columns[i] for i in (*relation.sources, relation.made)]
    if all(_OF_CURRENCIES.fullmatch(profile.names[i]) for i in members):
        return True
    if len(members) > 2:
        return False
    made, source = matrix[[relation.made, *relation.sources]]
    is_inverse = relation.kind == "product" and relation.weights[0] < 0
    return is_inverse or np.array_equal(made, source, equal_nan=True)


def _made_of(profile: GridProfile, members: Sequence[int]) -> int:
    """Return which of some columns is made of the others: by its name, else the last one."""
    named = {i: profile.names[i] for i in members}
    for rule in (_names_all, _is_called_made, _names_others, _is_no_ticker):
        chosen = [i for i in members if rule(named[i], [n for j, n in named.items() if j != i])]
        if len(chosen) == 1:
            return chosen[0]
    return max(members)


def _is_called_made(name: str, _: Sequence[str]) -> bool:
    is_other = derived_from(name) is not None or names.is_ratio(name) or names.is_field(name)
    return is_made(name) or is_other or adjusted_from(name)[0]


def _names_all(name: str, others: Sequence[str]) -> bool:
    text = name.casefold()
    return all(len(other) >= _SHORTEST and other.casefold() in text for other in others)


def _names_others(name: str, others: Sequence[str]) -> bool:
    text = name.casefold()
    return any(len(other) >= _SHORTEST and other.casefold() in text for other in others)


def _is_no_ticker(name: str, others: Sequence[str]) -> bool:
    return not names.is_ticker(name) and all(map(names.is_ticker, others))


def adjusted_columns(
    profile: GridProfile, prices: Sequence[int], values: Mapping[int, Float64Array]
) -> list[int]:
    """Return the columns that are the price of another one, adjusted: `AAPL adj` beside `AAPL`.

    Either the word says so, or the name is longer by a word and the ratio of both hardly moves.
    """
    ways: dict[str, dict[bool, list[int]]] = defaultdict(lambda: defaultdict(list))
    called = {words_of(profile.names[i]): i for i in prices}
    adjusted = []
    for index in prices:
        is_adjusted, rest = adjusted_from(profile.names[index])
        ways[rest][is_adjusted].append(index)
        plain = [called[p] for p in parts_of(profile.names[index]) if p in called]
        if any(_move_alike(values.get(index), values.get(i)) for i in plain):
            adjusted.append(index)
    said = [i for rest, way in ways.items() if rest and way[False] for i in way[True]]
    return list(dict.fromkeys([*said, *adjusted]))


def parts_of(name: str) -> list[str]:
    """Return the first and the last words of a name."""
    words = words_of(name).split()
    bare = " ".join(words).strip(_NOTES)
    counts = range(1, len(words))
    if bare != " ".join(words):
        return [bare]
    return [" ".join(part) for i in counts for part in (words[:i], words[i:])]


def _move_alike(one: Float64Array | None, other: Float64Array | None) -> bool:
    """Whether the ratio of two prices hardly moves, nor is always the same."""
    if one is None or other is None:
        return False
    rows = (one > 0) & (other > 0)
    if np.count_nonzero(rows) < ENOUGH:
        return False
    steps = np.abs(np.diff(np.log(one[rows])))
    apart = np.abs(np.diff(np.log(one[rows] / other[rows])))
    return bool(np.median(apart) < _ALIKE * np.median(steps))
