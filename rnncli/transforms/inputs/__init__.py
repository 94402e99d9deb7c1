"""Inputs of a day other than its price: one class for each input, in one table.

Prices up to a day go in, and a few numbers of that day come out: of all days of a series at once,
or row by row from a state of fixed size, bit-identical.

    days      the data of an input: all days of a series, or one row
    bar       volume, high-low, weekday, presence: of the day itself
    level     volatility over shorter and longer spans, and direction
    gap       the night before the open
    rhythm    unusual days about a quarter and a year ago
    season    the prices of a season ago
    market    what all symbols of a day have in common
    custom    the user's columns, and events
    table     the inputs by name; add new ones there
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.transforms.inputs.days import Days, Input, Row

__all__ = ["Days", "Input", "Row"]

__getattr__, __dir__ = lazy(__name__, {"days": ("Days", "Input", "Row")})
