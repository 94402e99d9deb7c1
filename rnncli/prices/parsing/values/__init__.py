"""What cells mean: numbers one by one, dates a column at a time.

In: cells as texts. Out: floats, NaN where a value is missing; dates in one format for all cells,
or the first cell that is not a number or date.

    numbers          currency signs, thousands, decimal marks, suffixes, percent
    footnotes        marks of footnotes beside numbers
    date_patterns    the ways to write a date
    date_candidates  every reading that fits all cells of a column
    date_serials     dates that count otherwise: eras, weeks, days of spreadsheets
    hijri            days of the Hijri calendar, by the list of its months
    thai_years       years of the Buddhist calendar, of four digits or two
    calendars        years of the Persian, Hijri, Buddhist and Taiwanese calendars
    offsets          instants behind clocks of several offsets
    local_days       days of a market stamped by their midnight on another clock
    repeated_hours   the hour that occurs twice when clocks go back
    date_choice      which reading is meant, by the order of the rows and by weekends
    parse_dates      all of that: a column of cells as dates
    checks           the list of the checks made here
"""
