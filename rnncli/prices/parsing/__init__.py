"""What a price file is: described before it is read, then read with nothing left to guess.

In the order in which a file goes through them:

    limits       how much of an input is taken at most
    inputs       which files a command line names
    bytes        from a path, a pipe or standard input to clean text
    packing      gzip, xz, bzip2, zstd, zip, Parquet
    encoding     a BOM, UTF-8, or what makes known words of the header
    words        names of columns, in the languages that files come in
    numbers      a cell as a price
    months       names of months likewise; dateshapes: the ways to write a date; datewords: what
                 stands round it
    readings     what a column of dates can mean; choosing: which it is; dates: all of that
    header       what the names in a header row mean
    grid        the cells, checked to be a rectangle
    wrapping     what is round lines or cells: bars, rules, quotes of other kinds
    between      lines that are no rows
    delimiter    what parts the cells; dialect: a grid from plain text, all at once
    ragged       a grid from odd text, row by row
    guess        what columns look like; roles, headless, datecolumn, columns, wide:
                 which is which
    apart        what tells rows of one symbol apart; bounds: between which prices a close lies
    bulk, cells  the needed columns: cut by pandas from a large file, by Python from a small one
    fields       open, high, low and volume, carried beside the price where they are asked for
    dated, table rows of symbol, date and price
    order        dates that cannot be meant; cut: a last line that breaks off
    joining      the rows of all files; repeats: of one day
    steps        from price to price; jumps: what looks like a split; strays: what does not belong
    levels       texts with which the level of the price changes
    described    what a file was taken for, in words; counting: what was found in its rows
"""
