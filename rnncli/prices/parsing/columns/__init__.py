"""The roles of columns.

In: `CellGrid`, and what the user asks for. Out: `Columns`, the columns by their role, and why.

    roles              the roles that columns can have
    profile            what each column looks like, worked out once
    date_column        the column of dates, and of times of day beside it
    symbol             the columns that name the series of a row
    price              the column of prices
    ohlcv              open, high, low and volume
    headless           all columns of a file without a header
    company_fields     fields of a day under the names of companies
    relation           one column in terms of others
    fitted_columns     weighted sums, products and portfolios of columns
    pair_formulas      formulas of two columns
    arithmetic         all columns that are arithmetic on others
    made_columns       which of related columns is made of the others
    not_prices         columns that are made of prices, by name and by numbers
    agreement          whether numbers are the same but for rounding
    rolling_values     means, bands and extremes of the last rows
    derived_values     whether numbers are made of others
    doubtful           columns that may not be symbols
    wide_checks        what speaks against a symbol in each column
    wide               columns that are a symbol each
    duplicate_keys     what speaks for a further column that tells rows apart
    unassigned_checks  columns without a role that speak against the roles of others
    find               all of that: the columns of a grid
    checks             the list of the checks made here
"""
