"""How a price file is read: first what it is, from all of it, then its rows with nothing to guess.

A chain in which each part builds on earlier ones only:

    vocabulary  words of price files: names of columns, months, marks of missing values
    values      a cell as a number; a column of cells as dates
    source      a path or a stream, as UTF-8 text
    grid        the text, as rows of equally many cells
    columns     the cells, as columns with a role: date, symbol, price and so on
    table       the needed columns, as rows of symbol, date and price
    quality     the rows, checked, with a report of what was left out, mended and noticed

`checks` lists every check that is made on the way.
"""
