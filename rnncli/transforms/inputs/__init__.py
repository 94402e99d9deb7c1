"""What else a network is fed of a day than its value: one class for each input, in one table.

Prices up to a day go in, and a few numbers of that day come out: of all days of a series at once,
or row by row from a memory of fixed size, to the same bits.

    days      what an input may see: all days of a series, or one row
    bar       volume, high-low, weekday, presence: of the day itself
    level     how far prices have moved over shorter and longer spans, and where they went
    rhythm    unusual days about a quarter and a year ago
    custom    the user's own columns, and events
    table     the inputs by name: where one is added
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.transforms.inputs.days import Days, Input, Row

__all__ = ["Days", "Input", "Row"]

__getattr__, __dir__ = lazy(__name__, {"days": ("Days", "Input", "Row")})
