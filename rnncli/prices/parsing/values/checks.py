"""The checks of the cells of one column of dates."""

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.values import calendars, date_choice, parse_dates, thai_years

CHECKS = (
    FileCheck(
        "short years of Persia",
        Severity.REFUSE,
        "years of two digits under letters of Persia",
        calendars.refuse_short_years,
    ),
    FileCheck(
        "years of Taiwan",
        Severity.REFUSE,
        "years of two digits that may count from 1911",
        calendars.refuse_two_digits,
    ),
    FileCheck(
        "short years of Thailand",
        Severity.REFUSE,
        "years of two digits behind Thai months",
        thai_years.refuse_short_years,
    ),
    FileCheck(
        "the sixties or Thailand",
        Severity.REFUSE,
        "years from 64 to 69 that may be of the Buddhist calendar",
        thai_years.refuse_years_of_two_calendars,
    ),
    FileCheck(
        "days from 1900 or 1904",
        Severity.REFUSE,
        "days as spreadsheets number them, from one of two years",
        parse_dates.read_serials,
    ),
    FileCheck(
        "names of two months",
        Severity.REFUSE,
        "names that are another month in another language",
        date_choice.choose,
    ),
    FileCheck(
        "day or month first",
        Severity.REFUSE,
        "dates in several formats that fit all cells",
        date_choice.choose,
    ),
)
