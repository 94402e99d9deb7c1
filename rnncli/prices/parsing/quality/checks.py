"""The checks of rows that were read, in the order in which they are made."""

from collections.abc import Sequence

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.quality import (
    currency_changes,
    date_checks,
    duplicates,
    file_report,
    outliers,
    price_checks,
    repairs,
    running_rows,
    series_rows,
    splits,
    stale_prices,
    symbol_checks,
    truncation,
    unit_changes,
)
from rnncli.prices.parsing.quality.file_report import FileReport, ParsedFile
from rnncli.prices.parsing.quality.series_rows import SeriesRows
from rnncli.prices.parsing.table.ohlcv import LACKING

# Of one file: each gets the ParsedFile.
FILE_REFUSALS = (
    FileCheck(
        "price cut off",
        Severity.REFUSE,
        "a last line without end whose price ends in a decimal mark",
        truncation.refuse_cut,
    ),
    FileCheck(
        "currency that changes",
        Severity.REFUSE,
        "one series in two currencies, one after the other",
        symbol_checks.refuse_currencies,
    ),
    FileCheck(
        "day and month swapped",
        Severity.REFUSE,
        "dates that are in order once day and month change places in some",
        date_checks.refuse_swapped,
    ),
    FileCheck(
        "hours without AM and PM",
        Severity.REFUSE,
        "times from 1 to 12 that go back once a day",
        date_checks.refuse_half_days,
    ),
)
# Of one file: each gets the ParsedFile and returns texts with counts, zero where nothing is odd.
FILE_COUNTS = (
    FileCheck(
        "several markets",
        Severity.WARN,
        symbol_checks.SEVERAL_MARKETS,
        symbol_checks.symbols_on_several_markets,
    ),
    FileCheck("level shifts", Severity.WARN, unit_changes.SHIFTED, unit_changes.level_shifts),
    FileCheck("fields lacking", Severity.WARN, LACKING, price_checks.fields_lacking),
    FileCheck(
        "symbols alike",
        Severity.WARN,
        symbol_checks.ALIKE,
        symbol_checks.symbols_spelled_alike,
    ),
    FileCheck(
        "dates out of order",
        Severity.WARN,
        date_checks.OUT_OF_ORDER,
        date_checks.dates_out_of_order,
    ),
    FileCheck(
        "times out of order",
        Severity.WARN,
        date_checks.TIMES_OUT_OF_ORDER,
        date_checks.times_out_of_order,
    ),
    FileCheck(
        "opens not adjusted",
        Severity.WARN,
        price_checks.UNADJUSTED,
        price_checks.unadjusted_opens,
    ),
    FileCheck(
        "closes outside low to high",
        Severity.WARN,
        price_checks.OUTSIDE,
        price_checks.closes_outside,
    ),
    FileCheck(
        "prices below zero", Severity.WARN, price_checks.NEGATIVE, price_checks.negative_prices
    ),
    FileCheck("prices of zero", Severity.WARN, price_checks.ZEROS, price_checks.zero_prices),
    FileCheck(
        "prices of zero mostly", Severity.WARN, price_checks.MOSTLY, price_checks.mostly_zero
    ),
    FileCheck(
        "cut off, far from the price before",
        Severity.WARN,
        truncation.FAR_OFF,
        truncation.cut_far_off,
    ),
    FileCheck(
        "cut off, few decimals",
        Severity.WARN,
        truncation.FEWER_DECIMALS,
        truncation.cut_decimals,
    ),
    FileCheck("cut off, a cell empty", Severity.WARN, truncation.EMPTY, truncation.cut_cell),
)
# Of the last rows of each series.
RUNNING_CHECKS = (
    FileCheck("running rows", Severity.WARN, running_rows.RUNNING, running_rows.settle_running),
    FileCheck(
        "running rows replaced", Severity.DROP, running_rows.REPLACED, running_rows.settle_running
    ),
    FileCheck(
        "running rows left out", Severity.DROP, running_rows.LEFT_OUT, running_rows.settle_running
    ),
)
# Of the rows of all files that repeat another.
DUPLICATE_CHECKS = (
    FileCheck(
        "contradictions",
        Severity.REFUSE,
        "two different prices of one symbol and date",
        duplicates.refuse_contradictions,
    ),
    FileCheck(
        "prices contradicted",
        Severity.DROP,
        duplicates.CONTRADICTED,
        duplicates.count_duplicates,
    ),
    FileCheck(
        "fields contradicted",
        Severity.DROP,
        duplicates.CONTRADICTED_BESIDE,
        duplicates.count_duplicates,
    ),
    FileCheck("repeated rows", Severity.DROP, file_report.REPEATED, duplicates.count_duplicates),
)
# Of the rows of all files, where repairs are asked for.
REPAIR_CHECKS = (
    *(
        FileCheck(f"repair: {kind}", Severity.DROP, text, repairs.repaired)
        for kind, text in repairs.LEFT_OUT.items()
    ),
    FileCheck("repair: columns beside", Severity.REPAIR, repairs.MENDED, repairs.repaired),
    FileCheck("repair: last rows", Severity.WARN, repairs.UNDECIDED, repairs.repaired),
)
# Of the rows of all files: each gets the SeriesRows and yields file, text and count.
SERIES_COUNTS = (
    FileCheck("pauses", Severity.WARN, series_rows.PAUSES, series_rows.count_pauses),
    FileCheck("splits", Severity.WARN, splits.SPLITS, splits.count_splits),
    FileCheck("units", Severity.WARN, splits.UNITS, splits.count_units),
    FileCheck("splits named", Severity.WARN, splits.NAMED, splits.count_named),
    FileCheck("splits undone", Severity.REPAIR, splits.UNDONE, splits.count_undone),
    FileCheck("euro", Severity.WARN, currency_changes.EURO, currency_changes.count_euro),
    FileCheck("outliers", Severity.WARN, outliers.OUTLIERS, outliers.count_outliers),
    FileCheck("last prices", Severity.WARN, outliers.LAST, outliers.count_last),
    FileCheck("weekends filled", Severity.WARN, stale_prices.WEEKENDS, stale_prices.count_weekends),
    FileCheck("opens filled", Severity.WARN, stale_prices.OPENS, stale_prices.count_opens),
    FileCheck("runs of one price", Severity.WARN, stale_prices.RUNS, stale_prices.count_runs),
    FileCheck("days to come", Severity.WARN, series_rows.TO_COME, series_rows.count_to_come),
    FileCheck("constant prices", Severity.WARN, series_rows.CONSTANT, series_rows.count_constant),
)
CHECKS = (
    *FILE_REFUSALS, *FILE_COUNTS, *RUNNING_CHECKS, *DUPLICATE_CHECKS, *REPAIR_CHECKS,
    *SERIES_COUNTS,
)  # fmt: skip


def check_file(file: ParsedFile) -> dict[str, int]:
    """Return what looks odd in one file, and how often; DataError where it cannot be meant."""
    for check in FILE_REFUSALS:
        check.function(file)
    noticed: dict[str, int] = {}
    for check in FILE_COUNTS:
        noticed |= check.function(file)
    return noticed


def check_series(series: SeriesRows, reports: Sequence[FileReport]) -> list[FileReport]:
    """Return the reports with what looks odd in the rows of each file counted in."""
    counted = list(reports)
    for check in SERIES_COUNTS:
        for file, text, count in check.function(series):
            counted[file] = counted[file].with_count(check.severity, text, count)
    return counted
