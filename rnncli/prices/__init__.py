"""Prices of many series, each of its own length: read, checked, streamed, dated ahead.

CSV files, data frames or a stream of lines go in; `Prices` and the dates ahead come out.

    parsing/      price files: bytes, dialect, header, columns, numbers, dates, quality
    beside/       further data: features by date, and events
    validation    checks of arrays of prices
    frame_columns the columns of a data frame by role
    frames        a data frame as prices: its columns by name, its rows sorted and checked
    series        `Prices`: many series end to end in one flat array
    reader        files and folders as `Prices`, all at once
    batches       many files, or a long one, in groups
    parts/        a long file: its lines by symbol, some symbols at a time
    date_range    the days that are used: from --since to the end of --until
    exclude       symbols that are left out, by name or by a list in a file
    resample      rows of weeks or months, aggregated from days
    origins       the rows that forecasts start from
    row_names     what a row is called: a trading day where prices are daily
    summary       content of each series; series that end long before the newest
    date_history  the trading days of a series, and their bars
    bar_pattern   the recent bars of each weekday
    holidays      holidays inferred from gaps over years
    future_dates  dates of the rows ahead, from these or from a calendar (an extra)
    stream        a stream of rows, one by one
    stream_rows   a line of a stream as a price row
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.prices.batches import read_in_batches
    from rnncli.prices.future_dates import Sessions, dates_ahead
    from rnncli.prices.origins import Origins
    from rnncli.prices.reader import read_prices
    from rnncli.prices.series import Prices
    from rnncli.prices.stream import RowStream
    from rnncli.prices.stream_rows import PriceRow
    from rnncli.prices.summary import SeriesSummary, summarise

__all__ = [
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
        "stream": ("RowStream",),
        "stream_rows": ("PriceRow",),
    },
)
