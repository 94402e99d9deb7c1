"""Which column holds the price: by its name, else the only numbers that can be one."""

from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary import column_names

_SCALED = 1e9
_INSIDE = 0.9  # the share of rows whose close lies between low and high


def price_column(guess: Guess, taken: set[int | None]) -> tuple[int | None, str]:
    """Return the close under one of its names, else the only numbers that are nothing else."""
    free = [i for i in range(len(guess.header)) if i not in taken]
    free = [i for i in free if not names.is_no_close(guess.header[i])]
    found = [i for i in guess.named(column_names.PRICES) if i in free]
    _check_currencies(guess, found, free)
    if found:
        price = guess.only(found, found[0])
        _check_copies(guess, price)
        _check_weak_name(guess, price, free)
        passed = ", ".join(guess.header[i] for i in found[1:])
        return price, f"named so, and before {passed}" if passed else "named so"
    closes = [i for i in free if names.split_field(guess.header[i])[0] == "close"]
    closes = closes or [i for i in free if guess.bare[i] in column_names.QUOTED_CLOSES]
    if len(closes) == 1:
        return closes[0], "the only one with close in its name"
    if len(closes) > 1 and guess.bare[closes[0]] in column_names.QUOTED_CLOSES:
        one, other = (guess.header[i][:40] for i in closes[:2])
        raise DataError(f"{guess.name}: {one!r} and {other!r} are closes; choose with --column")
    numeric = _strangers(guess, free)
    if len(numeric) != 1:
        return None, ""
    _check_stranger(guess, numeric[0])
    return numeric[0], "the only numbers that are nothing else"


def _check_currencies(guess: Guess, found: Sequence[int], free: Sequence[int]) -> None:
    """Refuse one price in two currencies, unless there is another without any."""
    kinds: dict[str, dict[str, int]] = {}
    for i in free:
        kind, money = names.in_currency(guess.header[i])
        if money and guess.is_numeric(i):
            kinds.setdefault(kind, {}).setdefault(money, i)
    several = {kind: list(of.values()) for kind, of in kinds.items() if len(of) > 1}
    for kind, (one, other, *_) in several.items():
        first = names.in_currency(guess.header[found[0]]) if found else (kind, "")
        if not found or (first[0] == kind and first[1]):
            raise DataError(
                f"{guess.name}: {guess.header[one][:40]!r} and {guess.header[other][:40]!r} are"
                " prices in two currencies; choose with --column"
            )


def _check_copies(guess: Guess, price: int) -> None:
    """Refuse a second column of the same name that pandas has numbered, as Close.1 is."""
    name = guess.header[price]
    if (copy := f"{name}.1") in guess.header:
        raise DataError(
            f"{guess.name}: {name[:40]!r} and {copy[:40]!r} are columns of one name;"
            " choose with --column"
        )


def _bounds(guess: Guess) -> tuple[int, int] | None:
    """Return the columns of the high and the low of a day, if there are both."""
    highs, lows = guess.named(column_names.HIGHS), guess.named(column_names.LOWS)
    return (highs[0], lows[0]) if highs and lows else None


def _check_stranger(guess: Guess, price: int) -> None:
    """Refuse numbers under an unknown name that rather number something, or beside high and low."""
    if guess.holds_codes(price) and len({cell.strip() for cell in guess.cells[price]}) == 1:
        raise DataError(
            f"{guess.name}: {guess.header[price][:40]!r} is one whole number throughout and no"
            " price; choose one with --column"
        )
    if _bounds(guess) is not None:
        raise DataError(
            f"{guess.name}: high and low, but no close under a known name"
            f" ({guess.header[price][:40]!r} may be anything); choose one with --column"
        )


def _check_weak_name(guess: Guess, price: int, free: Sequence[int]) -> None:
    """Refuse a turnover called value, or a name that may as well be one symbol of several."""
    if guess.bare[price] not in column_names.WEAK_PRICES:
        return
    name = guess.header[price][:40]
    bounds = _bounds(guess)
    if bounds is not None and not _lies_between(guess, price, *bounds):
        raise DataError(
            f"{guess.name}: {name!r} does not lie between high and low,"
            " so it is no close; choose one with --column"
        )
    others = _strangers(guess, [i for i in free if i != price])
    if bounds is None and others:
        raise DataError(
            f"{guess.name}: {name!r} may be the price, or a symbol like"
            f" {guess.header[others[0]][:40]!r}; choose with --column, or rename it"
        )


def _strangers(guess: Guess, among: Sequence[int]) -> list[int]:
    """Return the columns of numbers under names that no price file usually has."""
    found = [i for i in among if guess.header[i] and guess.is_numeric(i) and guess.is_filled(i)]
    known = [i for i in found if names.is_field(guess.header[i])]
    named = {*column_names.SYMBOLS, "index"}
    prices = [i for i in known if guess.bare[i] in named and guess.holds_decimals(i)]
    return [i for i in found if i not in known or i in prices]


def _lies_between(guess: Guess, price: int, high: int, low: int) -> bool:
    table = guess.values((price, high, low))
    if table is None:
        table = guess.values((price, high, low), ",")
    if table is None:
        return False
    rows = table[:, ~np.isnan(table).any(axis=0)]
    inside = (rows[0] <= rows[1]) & (rows[0] >= rows[2])
    return bool(inside.size and inside.mean() >= _INSIDE)


def refuse_scaled(guess: Guess, price: int) -> None:
    """Refuse whole numbers of which none is below 1e9: rather prices in parts of 1e-9."""
    values = guess.values([price])
    if values is None or np.isnan(values).all() or np.nanmin(np.abs(values)) < _SCALED:
        return
    if np.all(np.isnan(values) | (values == np.rint(values))):
        name = guess.header[price][:40]
        raise DataError(
            f"{guess.name}: no number of {name!r} is below {_SCALED:g}, as if in parts of 1e-9;"
            f" divide them, or take them as they are with --column {name!r}"
        )
