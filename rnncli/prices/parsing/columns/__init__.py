"""Which column holds what.

In: `CellGrid`, and what the user asks for. Out: `Columns`, the columns by their role, and why.

    roles              the roles that columns can have
    profile            what each column looks like, worked out once
    date_column        the column of dates, and of times of day beside it
    symbol             the columns that name the series of a row
    price              the column of prices
    ohlcv              open, high, low and volume
    headless           all columns of a file without a header
    company_fields     fields of a day under the names of companies
    derived            columns that are made of prices, by name and by numbers
    derived_values     whether numbers are made of others
    wide_checks        what speaks against a symbol in each column
    duplicate_keys     what speaks for a further column that tells rows apart
    unassigned_checks  columns without a role that speak against the roles of others
    find               all of that: the columns of a grid
    checks             the list of the checks made here
"""
