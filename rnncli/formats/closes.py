"""Which column holds the price: by its name, else the only numbers that can be one."""

import numpy as np

from rnncli.errors import DataError
from rnncli.formats import header as names
from rnncli.formats import words
from rnncli.formats.guess import Guess

_INSIDE = 0.9  # the share of rows whose close lies between low and high


def price_column(guess: Guess, taken: set[int | None]) -> tuple[int | None, str]:
    """Return the close under one of its names, else the only numbers that are nothing else."""
    free = [i for i in range(len(guess.header)) if i not in taken]
    free = [i for i in free if not names.is_no_close(guess.header[i])]
    found = [i for i in guess.named(words.PRICES) if i in free]
    if found:
        price = guess.only(found, found[0])
        _check_weak_name(guess, price)
        passed = ", ".join(guess.header[i] for i in found[1:])
        return price, f"named so, and before {passed}" if passed else "named so"
    closes = [i for i in free if names.split_field(guess.header[i])[0] == "close"]
    if len(closes) == 1:
        return closes[0], "the only one with close in its name"
    numeric = [
        i
        for i in free
        if guess.header[i] and not names.is_field(guess.header[i]) and guess.is_numeric(i)
    ]
    if len(numeric) != 1:
        return None, ""
    _check_stranger(guess, numeric[0])
    return numeric[0], "the only numbers that are nothing else"


def _bounds(guess: Guess) -> tuple[int, int] | None:
    """Return the columns of the high and the low of a day, if there are both."""
    highs, lows = guess.named(words.HIGHS), guess.named(words.LOWS)
    return (highs[0], lows[0]) if highs and lows else None


def _check_stranger(guess: Guess, price: int) -> None:
    """Refuse numbers under an unknown name beside a high and a low: they need not be the close."""
    if _bounds(guess) is not None:
        raise DataError(
            f"{guess.name}: high and low, but no close under a known name"
            f" ({guess.header[price][:40]!r} may be anything); choose one with --column"
        )


def _check_weak_name(guess: Guess, price: int) -> None:
    """Refuse a turnover called value, which no high and low of the day bound."""
    bounds = _bounds(guess)
    if guess.bare[price] not in words.WEAK_PRICES or bounds is None:
        return
    if not _lies_between(guess, price, *bounds):
        raise DataError(
            f"{guess.name}: {guess.header[price][:40]!r} does not lie between high and low,"
            " so it is no close; choose one with --column"
        )


def _lies_between(guess: Guess, price: int, high: int, low: int) -> bool:
    table = guess.values((price, high, low))
    if table is None:
        table = guess.values((price, high, low), ",")
    if table is None:
        return False
    rows = table[:, ~np.isnan(table).any(axis=0)]
    inside = (rows[0] <= rows[1]) & (rows[0] >= rows[2])
    return bool(inside.size and inside.mean() >= _INSIDE)
