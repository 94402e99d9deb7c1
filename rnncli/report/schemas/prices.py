"""Schemas of price files as they were read, and of generated prices."""

from rnncli.report.schemas.build import Fields, many, record, table_of

REPAIR = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "date": ("date?", "Its date."),
        "column": ("text", "price, open, high or low."),
        "fault": ("text", "zero, decimal point, or stray."),
        "was": ("number", "The number in the file."),
        "became": ("number?", "The number that is used; null where the row is left out."),
    }
)
FILE = record(
    {
        "name": ("text", "File."),
        "encoding": ("text?", "Encoding of its text."),
        "delimiter": ("text?", "Field separator."),
        "layout": ("text", "single, long or wide."),
        "price_column": ("text?", "Column of prices."),
        "decimal": ("text?", "Decimal separator."),
        "date_column": ("text?", "Column of dates."),
        "time_column": ("text?", "Column of times of day."),
        "date_format": ("text?", "Format of dates."),
        "symbol_column": ("text?", "Column of symbols."),
        "order": ("text?", "Order of rows."),
        "rows": ("integer", "Rows that were read."),
        "dropped": (table_of("integer"), "Rows left out, by reason."),
        "mended": (table_of("integer"), "Cells mended, by reason."),
        "noticed": (table_of("integer"), "What was noticed and left as it is."),
        "noted": (table_of("integer"), "What was done as asked, such as renamed symbols: rows."),
        "repairs": (many(REPAIR), "Faulty prices, where --repair is given."),
        "duplicates": ("integer", "Rows that repeat another."),
        "dropped_by_symbol": (table_of("integer"), "Rows left out, by symbol."),
        "duplicates_by_symbol": (table_of("integer"), "Rows that repeat another, by symbol."),
        "evidence": (table_of("text"), "What speaks for each decision."),
    }
)
SERIES = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "rows": ("integer", "Its rows."),
        "first_date": ("date?", "First date."),
        "last_date": ("date?", "Last date."),
        "first_close": ("number", "First price."),
        "last_close": ("number", "Last price."),
        "gaps": ("integer", "Gaps between dates that are longer than usual."),
        "duplicates": ("integer", "Rows that repeat another."),
        "dropped": ("integer", "Rows left out."),
    }
)
PRICES: Fields = {
    "files": (many(FILE), "How each file was read."),
    "series": (many(SERIES), "A row a series."),
}
STATLAND = record(
    {"symbol": ("text", "Company."), "price": ("number", "Its price on the next day.")}
)
SIMULATION = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "date": ("text", "Date."),
        "close": ("number", "Closing price."),
    },
    optional={
        "open": ("number?", "Opening price."),
        "high": ("number?", "Highest price."),
        "low": ("number?", "Lowest price."),
        "volume": ("integer?", "Traded volume."),
    },
)
STATISTICS = record(
    {
        "statistic": ("text", "Statistic of a series."),
        "series": ("integer", "Real series that have it."),
        "real_mean": ("number?", "Mean over the real series."),
        "real_sd": ("number?", "Standard deviation over the real series."),
        "simulated_mean": ("number?", "Mean over the simulated series."),
        "simulated_sd": ("number?", "Standard deviation over the simulated series."),
        "low": ("number?", "1 % quantile of the simulated series."),
        "high": ("number?", "99 % quantile of the simulated series."),
        "inside": ("number?", "Fraction of the real series between these."),
    }
)
