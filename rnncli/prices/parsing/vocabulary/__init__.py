"""The words of price files, in the languages they come in; the lists are in TOML files.

In: nothing but the files beside the code. Out: sets and tuples of words, and patterns of them.

    load          the TOML files, each read once
    column_names  names of columns by their role
    cell_words    marks of missing values, flags, currencies, suffixes of numbers
    date_words    months and weekdays
"""
