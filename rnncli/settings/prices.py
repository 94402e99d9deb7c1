"""What prices are read, and how; the toy market and simulated ones."""

from dataclasses import dataclass
from typing import Annotated, Literal

from rnncli.settings.option import SEED, Option


@dataclass(frozen=True)
class ReadSettings:
    """Which prices to read, and how to read what is ambiguous."""

    column: Annotated[
        str | None, Option("Price column, by its header (default: close, else the only price).")
    ] = None
    symbols: Annotated[str | None, Option("Only these symbols, separated by commas.")] = None
    since: Annotated[str | None, Option("Leave out rows before this date (YYYY-MM-DD).")] = None
    until: Annotated[str | None, Option("Leave out rows after this date (YYYY-MM-DD).")] = None
    date_format: Annotated[
        str | None, Option("Date format where two fit, as in strptime: '%d/%m/%Y'.")
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None, Option("Decimal mark where the prices leave it open.")
    ] = None
    delimiter: Annotated[
        str | None, Option("What stands between cells: a sign, or tab, space, semicolon.")
    ] = None
    encoding: Annotated[
        str | None, Option("Encoding of the text where it is not UTF-8: cp932, cp1251.")
    ] = None
    layout: Annotated[
        Literal["single", "long", "wide"] | None,
        Option("One symbol, a symbol column, or a column per symbol, where it is not found."),
    ] = None
    symbol_column: Annotated[
        str | None, Option("Column of symbols, by its header; several with commas.")
    ] = None
    duplicates: Annotated[
        Literal["refuse", "first", "last"],
        Option("Which of two different prices for one day is kept."),
    ] = "refuse"
    adjust_splits: Annotated[
        bool, Option("Undo jumps that look like a split nobody has adjusted for.")
    ] = False
    drop_running: Annotated[
        bool, Option("Leave out last rows of a day, week or month that is not over.")
    ] = False
    strict: Annotated[bool, Option("Refuse files that rows are left out of or mended in.")] = False
    limits: Annotated[
        float,
        Option("Factor on what is read at most: 1 GiB, 1 MiB a line, 20,000 columns.", minimum=0),
    ] = 1.0


@dataclass(frozen=True)
class MarketSettings:
    """The toy market that `rnncli statland` prints."""

    companies: Annotated[int, Option("Companies beside blue and red.", minimum=0)] = 2000
    min_days: Annotated[int, Option("Shortest listing.", minimum=1)] = 2
    max_days: Annotated[int, Option("Longest listing.", minimum=1)] = 12
    noise: Annotated[
        float, Option("Probability that a rule is not followed.", minimum=0, maximum=1)
    ] = 0.2
    seed: Annotated[int, Option("Seed of the market.", minimum=0)] = 0


@dataclass(frozen=True)
class SimulationSettings:
    """The markets that `rnncli simulate` draws."""

    series: Annotated[
        int | None,
        Option("Number of symbols (12; 500 to compare with).", minimum=1, maximum=1_000_000),
    ] = None
    length: Annotated[int, Option("Rows of the longest series.", minimum=1, maximum=20_000)] = 1_000
    seed: Annotated[int, SEED] = 0
    bars: Annotated[
        Literal["weekdays", "all-days", "weeks"],
        Option("Rows: one a weekday, one a day of a market that never closes, or one a week."),
    ] = "weekdays"
    last_date: Annotated[str, Option("No row is after this date (YYYY-MM-DD).")] = "2024-12-31"
    columns: Annotated[
        Literal["close", "ohlcv"],
        Option("Columns beside symbol and date: the close, or open, high, low, close, volume."),
    ] = "ohlcv"
    faults: Annotated[
        bool,
        Option("Faults of files too: empty columns, biased ranges, unadjusted splits."),
    ] = True
