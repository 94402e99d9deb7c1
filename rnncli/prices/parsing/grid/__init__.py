"""From text to rows of equally many cells.

In: `Text`. Out: `CellGrid`, the header, the rows and their lines, and what was left out.

    cell_grid      the cells of a file, as one text or as rows
    header         what the names in a header row mean, and whether a row is a header
    header_rows    headers of several rows: names, and descriptions of the columns
    unwrap         bars and rules of drawn tables, quotes of other kinds
    delimiter      what parts the cells of a line
    non_data_rows  what is above, between and below the rows
    csv_rows       the slow path: every unusual row judged by itself
    fast_split     the fast path, and the choice between both
    checks         the list of the checks made here
"""
