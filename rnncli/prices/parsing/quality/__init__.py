"""Checks of the rows that were read.

In: the grid, columns and table of a file (`ParsedFile`), then the rows of all files
(`SeriesRows`). Out: `FileReport`, or a DataError for what cannot be meant.

    file_report    what a file was taken for, in words
    truncation     a last line that breaks off
    date_checks    dates that are swapped, out of order, or in the future
    symbol_checks  symbols spelled alike, or on several markets
    unit_changes   texts with which the level of the price changes
    price_checks   prices below zero, of zero, outside high and low
    bar_periods    weeks, months and years that are not over today
    running_rows   last rows of a day, week or month that is not over
    duplicates     rows of one symbol and date
    series_rows    series with pauses, of one price, with days to come
    stale_prices   weekends that repeat Friday, long runs of one price
    outliers       suspicious jumps of the price
    repairs        faulty prices that are left out on demand
    split_ratios   the ratios of splits, and those that a column names
    currency_changes  rows whose currency is another one than before
    splits         jumps like a split
    checks         the list of the checks made here, in the order in which they are run
"""
