"""Prices of many series, each of its own length: read, checked, streamed, dated ahead.

CSV files, data frames or lines as they come go in; `Prices` and the dates ahead come out.

    parsing/      what a price file is: bytes, dialect, header, columns, numbers, dates, quality
    beside/       what is known beside a price: features by date, and events
    validation    what arrays must be to be prices
    frame_columns which column of a data frame holds what
    frames        a data frame as prices: its columns by name, its rows sorted and checked
    series        `Prices`: many series end to end in one flat array
    reader        files and folders as `Prices`, all at once
    batches       many files, some at a time
    exclude       symbols that are left out, by name or by a list in a file
    resample      rows of weeks or months, made of those within each
    origins       the rows that forecasts are made from
    summary       what each series holds; which end long before the newest
    date_history  which days a series has traded on, with which bars
    bar_pattern   the bars that each weekday has had of late
    holidays      the holidays that gaps over years show
    future_dates  the dates of the rows ahead, from that or from a calendar (an extra)
    stream        rows as they come, one by one
    statland      the toy market the tool is explained with
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.prices.batches import read_in_batches
    from rnncli.prices.future_dates import Sessions, dates_ahead
    from rnncli.prices.origins import Origins
    from rnncli.prices.reader import read_prices
    from rnncli.prices.series import Prices
    from rnncli.prices.statland import OneUnit
    from rnncli.prices.stream import PriceRow, RowStream
    from rnncli.prices.summary import SeriesSummary, summarise

__all__ = [
    "OneUnit",
    "Origins",
    "PriceRow",
    "Prices",
    "RowStream",
    "SeriesSummary",
    "Sessions",
    "dates_ahead",
    "read_in_batches",
    "read_prices",
    "summarise",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "series": ("Prices",),
        "origins": ("Origins",),
        "reader": ("read_prices",),
        "batches": ("read_in_batches",),
        "summary": ("SeriesSummary", "summarise"),
        "future_dates": ("Sessions", "dates_ahead"),
        "stream": ("PriceRow", "RowStream"),
        "statland": ("OneUnit",),
    },
)
