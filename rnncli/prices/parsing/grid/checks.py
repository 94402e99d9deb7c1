"""The checks of rows and their cells, in the order in which they are made."""

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.grid import (
    cell_grid,
    csv_rows,
    delimiter,
    fast_split,
    non_data_rows,
)

REFUSE, DROP = Severity.REFUSE, Severity.DROP
CHECKS = (
    FileCheck("long lines", REFUSE, "a line longer than the limit", fast_split.refuse_long_lines),
    FileCheck("rare delimiter", REFUSE, "lines that ^, ~ or the like cuts", delimiter.refuse_rare),
    FileCheck("errors", DROP, non_data_rows.ERRORS, non_data_rows.without_errors),
    FileCheck("broken quotes", REFUSE, "quotes that are not closed", csv_rows.split_rows),
    FileCheck("no values", REFUSE, "no row with a cell that is filled", csv_rows.read_csv_rows),
    FileCheck("headings", DROP, non_data_rows.HEADINGS, non_data_rows.without_headings),
    FileCheck("events", DROP, non_data_rows.EVENTS, non_data_rows.without_events),
    FileCheck("preface", Severity.NOTE, csv_rows.ABOVE_HEADER, csv_rows.read_csv_rows),
    FileCheck("header of several rows", Severity.NOTE, csv_rows.DESCRIBING, csv_rows.read_csv_rows),
    FileCheck("table above", DROP, csv_rows.TABLE_ABOVE, csv_rows.read_csv_rows),
    FileCheck(
        "repeated headers", DROP, non_data_rows.REPEATED_HEADERS, non_data_rows.without_notes
    ),
    FileCheck("comments", DROP, non_data_rows.COMMENTS, non_data_rows.without_notes),
    FileCheck(
        "lines of units", Severity.NOTE, non_data_rows.UNDER_HEADER, non_data_rows.without_notes
    ),
    FileCheck("second header", DROP, non_data_rows.ANOTHER_HEADER, non_data_rows.without_notes),
    FileCheck("footnotes", DROP, non_data_rows.FOOTNOTES, non_data_rows.without_notes),
    FileCheck("no rows", REFUSE, "a header and no rows", cell_grid.refuse_size),
    FileCheck("too many columns", REFUSE, "more columns than the limit", cell_grid.refuse_size),
    FileCheck("lacking volumes", Severity.REPAIR, csv_rows.WITHOUT_VOLUME, csv_rows.with_volume),
    FileCheck(
        "width of rows", REFUSE, "a row of more or fewer cells than the header", csv_rows.trim
    ),
)
