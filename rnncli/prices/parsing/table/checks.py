"""The checks that turn cells into rows of symbol, date and price, in the order they are made."""

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.grid.non_data_rows import EVENTS
from rnncli.prices.parsing.table import (
    cell_reader,
    join,
    ohlcv,
    row_dates,
    row_instants,
    table,
    totals,
)
from rnncli.prices.parsing.table.cell_reader import CellReader

REFUSE, DROP, REPAIR, WARN = Severity.REFUSE, Severity.DROP, Severity.REPAIR, Severity.WARN
CELL_CHECKS = (
    FileCheck("infinite price", REFUSE, "a number too large for a float", CellReader.plain_floats),
    FileCheck(
        "grouped beside ungrouped",
        REFUSE,
        "12,000 beside 1200.00, where commas part no thousands",
        CellReader.find_decimal_mark,
    ),
    FileCheck(
        "decimal mark",
        REFUSE,
        "a point or a comma that may stand between thousands",
        CellReader.mark_of_neighbours,
    ),
    FileCheck("not a number", REFUSE, "a cell that is not a number", CellReader.price),
    FileCheck("marks of footnotes", WARN, cell_reader.MARKED, CellReader.price),
    FileCheck(
        "suffixes",
        REFUSE,
        "numbers with K, M or B beside some without",
        CellReader.refuse_mixed_suffixes,
    ),
    FileCheck(
        "units of prices",
        REFUSE,
        "two currencies, or percent beside others, in one series",
        CellReader.refuse_mixed_units,
    ),
    FileCheck(
        "kinds of quotes",
        REFUSE,
        "a letter behind a number, which may be billions or a bid",
        CellReader.refuse_quote_marks,
    ),
    FileCheck(
        "32nds",
        REFUSE,
        "numbers that may be points and 32nds",
        CellReader.refuse_thirty_seconds,
    ),
    FileCheck(
        "brackets",
        REFUSE,
        "a number in brackets that may be below zero or an estimate",
        CellReader.refuse_brackets,
    ),
)
CHECKS = (
    *CELL_CHECKS,
    FileCheck(
        "unread symbols", REFUSE, "a symbol with unread letters", table.refuse_unreadable_symbols
    ),
    FileCheck(
        "symbols in an unproved encoding",
        REFUSE,
        "a symbol that is not ASCII, in an encoding that nothing proves",
        table.refuse_unreadable_symbols,
    ),
    FileCheck("empty symbol", REFUSE, "a price without a symbol", table.symbols_of_rows),
    FileCheck("means of bid and ask", REPAIR, table.SIGNED, table.without_signs),
    FileCheck("no prices", REFUSE, "no row with a price", table.long_table),
    FileCheck("rows that sum up", DROP, totals.TOTALS, table.count_totals),
    FileCheck("rows without a price", DROP, table.WITHOUT_PRICE, table.long_table),
    FileCheck("cells of events", DROP, EVENTS, table.long_table),
    FileCheck("date", REFUSE, "a cell that is not a date", row_dates.dates_of_rows),
    FileCheck("format of dates", REFUSE, "dates of an open format", row_dates.dates_of_rows),
    FileCheck("dates with a footnote", WARN, row_dates.MARKED, row_dates.dates_of_rows),
    FileCheck("days elsewhere", REPAIR, row_instants.LOCAL_DAYS, row_instants.settle_instants),
    FileCheck(
        "hours that occur twice", REPAIR, row_instants.REPEATED_HOUR, row_instants.settle_instants
    ),
    FileCheck("rows without a date", DROP, table.WITHOUT_DATE, row_dates.dates_of_rows),
    FileCheck("columns of returns", REFUSE, "percent below zero", table.refuse_no_prices),
    FileCheck("no prices of any symbol", REFUSE, "empty columns", table.refuse_no_prices),
    FileCheck("columns not read", WARN, table.UNREAD, table.read_table),
    FileCheck("empty columns", Severity.NOTE, table.EMPTY_COLUMNS, table.wide_table),
    FileCheck("negative volumes", REPAIR, ohlcv.NEGATIVE, ohlcv.mend_fields),
    FileCheck("prices of a day", REPAIR, ohlcv.NOT_POSITIVE, ohlcv.mend_fields),
    FileCheck("high below low", REPAIR, ohlcv.HIGH_BELOW_LOW, ohlcv.mend_fields),
    FileCheck(
        "undated rows of two files",
        REFUSE,
        "a symbol in two files, not dated in both",
        join.refuse_undated_rows,
    ),
    FileCheck("symbols asked for", REFUSE, "a symbol that no file has", join.requested_symbols),
    FileCheck("rows of them", REFUSE, "symbols without rows on the days chosen", join.only_series),
)
