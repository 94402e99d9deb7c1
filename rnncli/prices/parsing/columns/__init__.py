"""Which column holds what.

In: `CellGrid`, and what the user asks for. Out: `Columns`, the columns by their role, and why.

    roles              the roles that columns can have
    profile            what each column looks like, worked out once
    date               the column of dates, and of times of day beside it
    symbol             the columns that name the series of a row
    price              the column of prices
    ohlcv              open, high, low and volume
    headless           all columns of a file without a header
    wide_checks        what contradicts a symbol in each column
    duplicate_keys     further columns that tell rows of one symbol apart
    unassigned_checks  columns without a role that contradict the roles of others
    find               all of that: the columns of a grid
    checks             the list of the checks made here
"""
