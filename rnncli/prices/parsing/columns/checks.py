"""The checks that give columns their roles, in the order in which they are made."""

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.columns import (
    company_fields,
    date_column,
    doubtful,
    find,
    headless,
    not_prices,
    ohlcv,
    price,
    wide,
    wide_checks,
)
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.unassigned_checks import ROLE_CHECKS
from rnncli.prices.parsing.columns.wide_checks import PAIR_CHECKS, WIDE_CHECKS

REFUSE = Severity.REFUSE
HEADLESS_CHECKS = (
    FileCheck(
        "fields without a header",
        REFUSE,
        "no header row, where open, high, low or volume are asked for",
        headless.find_without_header,
    ),
    FileCheck(
        "dates across",
        REFUSE,
        "a first row of dates over rows of numbers",
        headless.refuse_dates_across,
    ),
    FileCheck(
        "dates without a header",
        REFUSE,
        "no header row, and none or several columns of dates",
        headless.find_without_header,
    ),
    FileCheck(
        "texts without a header",
        REFUSE,
        "no header row, and several columns of texts",
        headless.beside_dates,
    ),
    FileCheck(
        "prices without a header",
        REFUSE,
        "no header row, and no four prices that bound each other",
        headless.close_of_four,
    ),
    FileCheck(
        "close without a header",
        REFUSE,
        "no header row, and a close that may come first or last",
        headless.close_of_four,
    ),
)
DATE_CHECKS = (
    FileCheck(
        "several columns of a format",
        REFUSE,
        "two columns whose cells fit the date format asked for",
        date_column.columns_of_format,
    ),
    FileCheck(
        "split dates",
        REFUSE,
        "year and month, quarter or week in columns of their own",
        date_column.refuse_split_dates,
    ),
    FileCheck(
        "several columns of dates",
        REFUSE,
        "two columns of dates under unknown names",
        date_column.unknown_date_column,
    ),
    FileCheck(
        "no dates", REFUSE, "a column called date without dates", date_column.refuse_no_dates
    ),
    FileCheck("split times", REFUSE, "hours in a column of their own", date_column.refuse_hours),
)
PRICE_CHECKS = (
    FileCheck(
        "prices in two currencies",
        REFUSE,
        "columns of one price in two currencies",
        price.refuse_two_currencies,
    ),
    FileCheck(
        "copies",
        REFUSE,
        "a second column of the same name, numbered by pandas",
        price.refuse_copies,
    ),
    FileCheck(
        "value outside high and low",
        REFUSE,
        "a column called value that is not between high and low",
        price.refuse_weak_name,
    ),
    FileCheck(
        "value beside other numbers",
        REFUSE,
        "a column called value that may be one symbol of several",
        price.refuse_weak_name,
    ),
    FileCheck(
        "price beside other prices",
        REFUSE,
        "a column called price beside others that move as prices do",
        price.refuse_other_symbols,
    ),
    FileCheck(
        "price and total return",
        REFUSE,
        "one index with and without its dividends",
        price.refuse_kinds,
    ),
    FileCheck("bid and ask", REFUSE, "closes of bids and of asks", price.refuse_two_sides),
    FileCheck(
        "one number throughout",
        REFUSE,
        "an unknown column of one whole number",
        price.refuse_unknown_name,
    ),
    FileCheck(
        "high and low without a close",
        REFUSE,
        "an unknown column beside high and low",
        price.refuse_unknown_name,
    ),
    FileCheck("scaled prices", REFUSE, "whole numbers above 1e9", price.refuse_scaled),
)
FIELD_CHECKS = (
    FileCheck(
        "no column of a name",
        REFUSE,
        "a column asked for by its name is not there",
        ohlcv.column_of_name,
    ),
    FileCheck(
        "column of a name in a wide file",
        REFUSE,
        "a column asked for by its name beside a column of prices for each symbol",
        ohlcv.column_of_name,
    ),
    FileCheck("no column of a field", REFUSE, "no open, high, low or volume", ohlcv.field_column),
    FileCheck(
        "no field of a symbol",
        REFUSE,
        "a symbol without an open, high, low or volume",
        ohlcv.field_of_symbol,
    ),
    FileCheck(
        "two fields of a symbol",
        REFUSE,
        "two columns that may be a field of one symbol",
        ohlcv.field_of_symbol,
    ),
)
CHECKS = (
    *HEADLESS_CHECKS,
    FileCheck("mixed encodings", REFUSE, "a garbled header", find.refuse_unreadable),
    FileCheck("header in an unknown encoding", REFUSE, "unread letters", find.refuse_unreadable),
    FileCheck(
        "no field under tickers",
        REFUSE,
        "two header rows without a close",
        find.under_tickers,
    ),
    FileCheck("columns of one name", REFUSE, "two columns of one name", GridProfile.unique),
    *DATE_CHECKS,
    *PRICE_CHECKS,
    FileCheck(
        "symbol without a field",
        REFUSE,
        "a symbol without the field that others have in their names",
        wide_checks.refuse_without_field,
    ),
    FileCheck(
        "company without a close",
        REFUSE,
        "a field under the name of a company that has no close",
        company_fields.closes_of_companies,
    ),
    FileCheck("made of prices", Severity.DROP, not_prices.DERIVED, not_prices.derived_columns),
    FileCheck(
        "like an indicator",
        Severity.WARN,
        doubtful.LIKE_INDICATORS,
        doubtful.doubtful_symbols,
    ),
    FileCheck("hardly moving", Severity.WARN, doubtful.HARDLY_MOVING, doubtful.doubtful_symbols),
    FileCheck("copied symbols", Severity.WARN, doubtful.COPIES, doubtful.doubtful_symbols),
    FileCheck(
        "text among numbers",
        REFUSE,
        "a column that would be symbols, or no price, but for a few texts",
        doubtful.refuse_stray_texts,
    ),
    FileCheck("no price", REFUSE, "no column that can be the price", wide.guessed_wide),
    FileCheck(
        "no price in the wide layout asked for",
        REFUSE,
        "columns of texts that cannot be symbols",
        wide.requested_wide,
    ),
    *PAIR_CHECKS,
    *WIDE_CHECKS,
    *ROLE_CHECKS,
    *FIELD_CHECKS,
)
