"""Further data of prices: columns by date, and events.

Files other than prices go in; fields of `Prices` come out.

    dated_file      a CSV file with a date in each row
    feature_file    columns that are common to all symbols
    events          days of events of symbols, and how far each row is from them
    ticker_changes  the series of each name, day by day
    renaming        ticker changes applied to rows of prices
    attach          features and events joined to the rows of prices
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.prices.beside.attach import Beside

__all__ = ["Beside"]

__getattr__, __dir__ = lazy(__name__, {"attach": ("Beside",)})
