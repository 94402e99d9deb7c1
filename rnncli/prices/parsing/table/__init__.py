"""From the needed columns of one file to rows, and from the rows of all files to one table.

In: `CellGrid` and `Columns`. Out: `Table`, the rows of a file; `PriceRows`, those of all files.

    categorical     a column of text as codes into its distinct cells
    plain_columns   the columns of a large file, whose cells are plain
    pandas_columns  the same, whatever its cells are
    decimal_mark    what three digits behind every point mean
    cell_reader     a column as text or as prices, or the first bad cell
    totals          rows that sum up others
    row_instants    days and hours that stamps mean rather than say
    row_dates       the date of each row
    ohlcv           open, high, low and volume of each row
    table           all of that: the rows of a file
    join            the rows of all files, filtered and sorted
    checks          the list of the checks made here
"""
