"""Which columns of numbers are made of prices rather than prices, by their names and numbers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import setting
from rnncli.prices.parsing.columns.derived_values import Source, is_made_of
from rnncli.prices.parsing.columns.made_columns import adjusted_columns, made_columns, parts_of
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.expression import expression
from rnncli.prices.parsing.vocabulary.price_words import (
    derived_from,
    maybe_derived_from,
    words_of,
)

DERIVED = "columns that are not prices, or are derived from prices ({names}; {all} keeps them)"

_TICKER = expression(r"[A-Z]{1,5}")
_SMALL_TICKER = expression(r"[a-z]{1,5}")
_ENOUGH = 8  # rows that show how numbers move
_FEW = 2  # numbers that show no step
_PAIRS = 12  # columns among which each two are compared, at most
_MANY = 50  # columns
_FLIPS = 0.2  # the share of steps from above zero to below, or back, that no price has
_EMPTY = 0.5  # the share of zeros that no price has
_SMOOTHER = 0.2  # times the usual step beside it: rather a mean of prices than one
_LOWER = 0.3  # times the usual size of those beside it: changes rather than prices
_WILDER = 8  # times the usual step beside it: an oscillator rather than a price
_LEAPS = 0.25  # a usual step that is too large for a price beside others that step less
_TAMER = 0.1  # times the usual step beside it: rather an index of consumer prices
_SHOWN = 3  # names in a message


class _Movements:
    """The first numbers of columns, and how they move; each is worked out once."""

    def __init__(self, profile: GridProfile, columns: Sequence[int]):
        of_columns = {i: _values(profile, i) for i in columns}
        self.values = {i: values for i, values in of_columns.items() if values is not None}
        self.given = {i: values[~np.isnan(values)] for i, values in self.values.items()}

    @cached_property
    def steps(self) -> dict[int, float]:
        """The usual change of each column whose numbers are all above zero, a share."""
        return {
            i: float(np.median(np.abs(np.diff(np.log(given)))))
            for i, given in self.given.items()
            if given.size > 1 and given.min() > 0
        }

    @cached_property
    def usual_step(self) -> float:
        """The median of the steps."""
        return float(np.median(list(self.steps.values())))

    @cached_property
    def size(self) -> float:
        """The usual size of the columns without a number below zero; 0 without such columns."""
        given = [each for each in self.given.values() if each.size and each.min() >= 0]
        return float(np.median([np.median(each) for each in given])) if given else 0.0

    def are_like_others(self, index: int, least: float = 0.0) -> bool:
        """Whether numbers are positive and change by shares of a size that the others know.

        `least` times the usual one of the others: those that change less are rather means.
        """
        if index not in self.steps or len(self.steps) < 2:
            return False
        usual = self.usual_step
        if len(self.steps) <= _MANY:  # of which one hardly moves the median
            usual = float(np.median([step for i, step in self.steps.items() if i != index]))
        return least * usual <= self.steps[index] <= _WILDER * max(usual, 1e-4)

    def leaps(self, index: int) -> bool:
        """Whether numbers usually change by more than a quarter, and others by far less."""
        is_wild = index in self.steps and self.given[index].size >= _ENOUGH
        is_wild = is_wild and self.steps[index] > _LEAPS and len(self.steps) > 1
        return is_wild and not self.are_like_others(index)

    def are_no_prices(self, index: int) -> bool:
        """Whether numbers are small beside others and change signs often, are zero, or leap."""
        given = self.given.get(index, np.empty(0))
        if given.size < _ENOUGH:
            return False
        if np.mean(given == 0) > _EMPTY or self.leaps(index):
            return True
        signs = np.sign(given[given != 0])
        flips = np.count_nonzero(signs[1:] != signs[:-1])
        return bool(flips >= _FLIPS * given.size and np.median(np.abs(given)) < _LOWER * self.size)


def derived_columns(profile: GridProfile, prices: Sequence[int]) -> dict[int, str]:
    """Return the columns that are made of others, or do not move as a price does beside prices.

    Each with what it is made of, in words, where arithmetic shows it. None where no other column
    would be left.
    """
    movements = _Movements(profile, prices)
    called = {words_of(profile.names[i]) for i in prices}
    derived = {i: "" for i in prices if _is_named_so(profile, prices, i, movements, called)}
    derived |= dict.fromkeys(adjusted_columns(profile, prices, movements.values), "")
    rest = [i for i in prices if i not in derived]
    odd = {i: "" for i in rest if movements.are_no_prices(i)}
    if len(odd) < len(rest):
        derived |= odd
        rest = [i for i in rest if i not in odd]
    derived |= dict.fromkeys(_made_of_others(profile, rest, movements.values), "")
    rest = [i for i in rest if i not in derived]
    derived |= made_columns(profile, rest, movements.values)
    return dict(sorted(derived.items())) if len(derived) < len(prices) else {}


def named_after(profile: GridProfile, columns: Sequence[int], symbols: Sequence[str]) -> list[int]:
    """Return which columns are named as made of the price of a symbol, such as ret_AAPL."""
    of_symbols = {words_of(symbol) for symbol in symbols}
    return [i for i in columns if derived_from(profile.names[i]) in of_symbols]


def move_like_prices(profile: GridProfile, columns: Sequence[int]) -> bool:
    """Whether numbers under names of symbols are positive and move by shares like each other."""
    if len(columns) == 1:
        is_long = len(profile[columns[0]].filled_cells) >= _ENOUGH
        return is_long and names.is_ticker(profile.names[columns[0]])
    movements = _Movements(profile, columns)
    are_long = all(given.size >= _ENOUGH for given in movements.given.values())
    return are_long and all(movements.are_like_others(i, _TAMER) for i in columns)


def is_priced_ticker(profile: GridProfile, index: int, prices: Sequence[int]) -> bool:
    """Whether a name that means an indicator is written as a ticker, over numbers like prices."""
    if _TICKER.fullmatch(profile.names[index]) is None or not profile[index].is_numeric:
        return False
    if len(profile[index].filled_cells) < _ENOUGH:
        return False
    return _Movements(profile, prices).are_like_others(index)


def counts_left_out(profile: GridProfile, derived: Mapping[int, str]) -> dict[str, int]:
    """Return what is left out, for the report: the reason with some of the names, and how many."""
    if not derived:
        return {}
    some = list(derived.items())[:_SHOWN]
    shown = [f"{profile.short_name(i)}{of}" for i, of in some]
    listed = ", ".join(shown) + (", ..." if len(derived) > _SHOWN else "")
    return {DERIVED.format(names=listed, all=setting("layout", "wide")): len(derived)}


def _values(profile: GridProfile, index: int) -> Float64Array | None:
    values = profile[index].values(".")
    return profile[index].values(",") if values is None else values


def _is_named_so(
    profile: GridProfile,
    prices: Sequence[int],
    index: int,
    movements: _Movements,
    called: Collection[str],
) -> bool:
    """Whether the name means a number made of prices, and the numbers do not contradict it."""
    name = profile.names[index]
    if names.is_ratio(name):
        return False  # refused where no price column is named
    rest = derived_from(name)
    weak = maybe_derived_from(name) if rest is None else None
    if rest is None and weak is None:
        return False
    beside = rest or weak
    if beside and beside not in called:
        return False  # beside other words: only where these are the name of a column
    if rest:
        return True
    is_ticker = _is_ticker(profile, index, [i for i in prices if i != index])
    if is_ticker and movements.given.get(index, np.empty(_FEW)).size < _FEW:
        return False  # listed later than the first rows
    least = _SMOOTHER if is_ticker else 0.0
    return not ((is_ticker or rest is None) and movements.are_like_others(index, least))


def _is_ticker(profile: GridProfile, index: int, others: Sequence[int]) -> bool:
    """Whether a name is written as tickers are: in capitals, or in small letters as the others."""
    name = profile.names[index]
    if name.isupper() or len(others) < _FEW:
        return _TICKER.fullmatch(name) is not None
    return all(_SMALL_TICKER.fullmatch(profile.names[i]) for i in (index, *others))


def _made_of_others(
    profile: GridProfile, prices: Sequence[int], values: dict[int, Float64Array]
) -> Iterator[int]:
    """Yield the columns that are made of another one; of many those named after it are compared."""
    sources = {i: Source(values[i], profile[i].decimals) for i in prices if i in values}
    are_many = len(prices) > _PAIRS
    by_name = {words_of(profile.names[i]): i for i in sources} if are_many else {}
    for index in reversed(list(sources)):  # what is made of a price stands behind it
        others = _named_in(by_name, profile.names[index]) if are_many else list(sources)
        others = [i for i in others if i != index and i in sources]
        digits = profile[index].decimals
        if any(is_made_of(values[index], digits, sources[i]) for i in others):
            del sources[index]
            yield index


def _named_in(by_name: Mapping[str, int], name: str) -> list[int]:
    """Return the columns whose names are the first or last words of another name."""
    return [by_name[part] for part in parts_of(name) if part in by_name]
