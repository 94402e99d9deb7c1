"""The state of the market: medians over all symbols of a day, known at its close.

short   log of the deviation of the returns of 2 days, over the recent one
long    the same of 66 days
fall    the fall of the day, in deviations
five    the mean return of 5 days, in deviations

What is common to all symbols has one value a day, and so few days to learn from: it is fed to the
linear path alone, bounded as the user's columns are.
"""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.transforms.inputs.days import Days, Input, Row

MARKET_FIELDS = ("market:short", "market:long", "market:fall", "market:five")


class Market(Input):
    """The medians, from the fields that `transforms.market_medians` adds to prices."""

    fields, size = MARKET_FIELDS, len(MARKET_FIELDS)
    bounded, linear = True, True

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        return np.column_stack([days.field(name) for name in self.fields])

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        return [row.fields[name] for name in self.fields]
