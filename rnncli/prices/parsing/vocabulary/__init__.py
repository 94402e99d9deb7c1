"""The words of price files, in the languages they come in; the lists are in TOML files.

In: nothing but the files beside the code. Out: sets and tuples of words, and patterns of them.

    load          the TOML files, each read once
    expression    regular expressions that are compiled when they are used
    column_names  names of columns by their role
    calendar_words  calendars of other years, and what shows them
    cell_words    marks of missing values, flags, currencies, suffixes of numbers
    date_words    months and weekdays
    price_words   what is made of prices, the sides of a quote
"""
