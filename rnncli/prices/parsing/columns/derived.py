"""Which columns of numbers are made of prices rather than prices, by their names and numbers."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.parsing.columns.derived_values import is_made_of
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.price_words import (
    derived_from,
    maybe_derived_from,
    words_of,
)

DERIVED = "columns that are rather made of prices than prices ({names})"

_TICKER = re.compile(r"[A-Z]{1,5}")
_SMALL_TICKER = re.compile(r"[a-z]{1,5}")
_ENOUGH = 8  # rows that show how numbers move
_FEW = 2  # numbers that show no step
_PAIRS = 12  # columns among which each two are compared, at most
_FLIPS = 0.2  # the share of steps from above zero to below, or back, that no price has
_EMPTY = 0.5  # the share of zeros that no price has
_SMOOTHER = 0.2  # times the usual step beside it: rather a mean of prices than one
_LOWER = 0.3  # times the usual size of those beside it: changes rather than prices
_WILDER = 8  # times the usual step beside it: an oscillator rather than a price
_LEAPS = 0.25  # a usual step that is too large for a price beside others that step less
_SHOWN = 3  # names in a message


def derived_columns(profile: GridProfile, prices: Sequence[int]) -> list[int]:
    """Return the columns that are made of others, or do not move as a price does beside prices.

    None where no other column would be left.
    """
    values = {i: found for i in prices if (found := _values(profile, i)) is not None}
    derived = {i for i in prices if _is_named_so(profile, prices, i, values)}
    derived |= set(_made_of_others(profile, [i for i in prices if i not in derived], values))
    return sorted(derived) if len(derived) < len(prices) else []


def named_after(profile: GridProfile, columns: Sequence[int], symbols: Sequence[str]) -> list[int]:
    """Return which columns are named as made of the price of a symbol, such as ret_AAPL."""
    of_symbols = {words_of(symbol) for symbol in symbols}
    return [i for i in columns if derived_from(profile.names[i]) in of_symbols]


def is_priced_ticker(profile: GridProfile, index: int, prices: Sequence[int]) -> bool:
    """Whether a name that means an indicator is written as a ticker, over numbers like prices."""
    if _TICKER.fullmatch(profile.names[index]) is None or not profile[index].is_numeric:
        return False
    if len(profile[index].filled_cells) < _ENOUGH:
        return False
    values = {i: found for i in prices if (found := _values(profile, i)) is not None}
    return _moves_like(index, [i for i in prices if i != index], values)


def told(profile: GridProfile, derived: Sequence[int]) -> dict[str, int]:
    """Return what is left out, for the report: the reason with some of the names, and how many."""
    if not derived:
        return {}
    shown = [profile.short_name(i) for i in derived[:_SHOWN]]
    listed = ", ".join(shown) + (", ..." if len(derived) > _SHOWN else "")
    return {DERIVED.format(names=listed): len(derived)}


def _values(profile: GridProfile, index: int) -> Float64Array | None:
    values = profile[index].values(".")
    return profile[index].values(",") if values is None else values


def _is_named_so(
    profile: GridProfile,
    prices: Sequence[int],
    index: int,
    values: dict[int, Float64Array],
) -> bool:
    """Whether the name means a number made of prices, and the numbers do not contradict it."""
    name = profile.names[index]
    if names.is_ratio(name):
        return False  # refused where no price column is named
    rest = derived_from(name)
    weak = maybe_derived_from(name) if rest is None else None
    if rest is None and weak is None:
        return False
    others = [i for i in prices if i != index]
    beside = rest or weak
    if beside and all(beside != words_of(profile.names[i]) for i in others):
        return False  # beside other words: only where these are the name of a column
    if rest:
        return True
    is_ticker = _is_ticker(profile, index, others)
    if is_ticker and index in values and np.count_nonzero(~np.isnan(values[index])) < _FEW:
        return False  # listed later than the first rows
    least = _SMOOTHER if is_ticker else 0.0
    return not ((is_ticker or rest is None) and _moves_like(index, others, values, least))


def _is_ticker(profile: GridProfile, index: int, others: Sequence[int]) -> bool:
    """Whether a name is written as tickers are: in capitals, or in small letters as the others."""
    name = profile.names[index]
    if name.isupper() or len(others) < _FEW:
        return _TICKER.fullmatch(name) is not None
    return all(_SMALL_TICKER.fullmatch(profile.names[i]) for i in (index, *others))


def _moves_like(
    index: int, others: Sequence[int], values: dict[int, Float64Array], least: float = 0.0
) -> bool:
    """Whether numbers are positive and change by shares of a size that the others know.

    `least` times the usual one of the others, where those that change less are rather means.
    """
    step = _usual_step(values.get(index))
    steps = [size for i in others if (size := _usual_step(values.get(i))) is not None]
    if step is None or not steps:
        return False
    usual = float(np.median(steps))
    return least * usual <= step <= _WILDER * max(usual, 1e-4)


def _usual_step(values: Float64Array | None) -> float | None:
    """Return the usual change of prices, a share; None where some are not above zero."""
    given = values[~np.isnan(values)] if values is not None else np.empty(0)
    if given.size < 2 or np.any(given <= 0):
        return None
    return float(np.median(np.abs(np.diff(np.log(given)))))


def _made_of_others(
    profile: GridProfile, prices: Sequence[int], values: dict[int, Float64Array]
) -> Iterator[int]:
    """Yield columns of both signs or mostly zeros beside prices, and those made of another one."""
    odd = [i for i in prices if i in values and is_no_price(values[i], _usual_size(prices, values))]
    odd += [i for i in prices if i not in odd and _leaps(i, prices, values)]
    prices = [i for i in prices if i not in odd]
    if prices:
        yield from odd
    if len(prices) > _PAIRS:
        return
    sources = list(prices)
    for index in reversed(prices):  # what is made of a price stands behind it
        others = [i for i in sources if i != index and i in values]
        digits = profile[index].decimals
        if index in values and any(
            is_made_of(values[index], digits, values[i], profile[i].decimals) for i in others
        ):
            sources.remove(index)
            yield index


def _usual_size(prices: Sequence[int], values: dict[int, Float64Array]) -> float:
    """Return the usual size of the columns without a number below zero; 0 where there are none."""
    sizes = [
        float(np.nanmedian(values[i]))
        for i in prices
        if i in values and not np.all(np.isnan(values[i])) and np.nanmin(values[i]) >= 0
    ]
    return float(np.median(sizes)) if sizes else 0.0


def is_no_price(values: Float64Array, usual: float) -> bool:
    """Whether numbers are small beside others and change their sign often, or mostly zero."""
    given = values[~np.isnan(values)]
    if given.size < _ENOUGH:
        return False
    signs = np.sign(given[given != 0])
    flips = np.count_nonzero(signs[1:] != signs[:-1])
    changes_sign = flips >= _FLIPS * given.size and np.median(np.abs(given)) < _LOWER * usual
    return bool(changes_sign or np.mean(given == 0) > _EMPTY)


def _leaps(index: int, prices: Sequence[int], values: dict[int, Float64Array]) -> bool:
    """Whether numbers usually change by more than a quarter, beside others that change far less."""
    if index not in values or np.count_nonzero(~np.isnan(values[index])) < _ENOUGH:
        return False
    step = _usual_step(values[index])
    others = [i for i in prices if i != index and _usual_step(values.get(i)) is not None]
    return (
        bool(others)
        and step is not None
        and step > _LEAPS
        and not _moves_like(index, others, values)
    )
