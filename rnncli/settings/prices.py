"""Settings of reading prices, of the StatLand market and of simulated markets."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from rnncli.settings.option import EVENTS, FEATURE_FILE, SEED, Option

INPUT = "Input"  # the panel of what is needed often; the rest is for files that are not plain


@dataclass(frozen=True)
class ReadSettings:
    """Which prices to read, and how to read files that are ambiguous."""

    PANEL: ClassVar[str] = "Reading price files"

    column: Annotated[
        str | None,
        Option(
            "Column to forecast (default: close, else the only price column).",
            metavar="NAME",
            panel=INPUT,
        ),
    ] = None
    symbols: Annotated[
        str | None,
        Option(
            "Only these symbols, comma-separated.",
            metavar="LIST",
            panel=INPUT,
            example="AAPL,MSFT",
        ),
    ] = None
    exclude: Annotated[
        str | None,
        Option(
            "Leave out these symbols, comma-separated, or those of @FILE, one per line.",
            metavar="LIST|@FILE",
            panel=INPUT,
            example="AAPL,MSFT",
        ),
    ] = None
    since: Annotated[
        str | None, Option("Ignore rows before this date.", metavar="DATE", panel=INPUT)
    ] = None
    until: Annotated[
        str | None, Option("Ignore rows after this date.", metavar="DATE", panel=INPUT)
    ] = None
    date_format: Annotated[
        str | None,
        Option(
            "Date format, if several fit: as in strptime ('%d/%m/%Y'), utc (no local days),"
            " or a calendar: persian, hijri, buddhist or minguo.",
            metavar="FORMAT",
        ),
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None,
        Option("Decimal separator, if it cannot be detected.", metavar="MARK"),
    ] = None
    delimiter: Annotated[
        str | None,
        Option("Column delimiter: a character, or tab, space, semicolon.", metavar="MARK"),
    ] = None
    encoding: Annotated[
        str | None, Option("Text encoding, if not UTF-8: cp932, cp1251.", metavar="NAME")
    ] = None
    layout: Annotated[
        Literal["single", "long", "wide"] | None,
        Option("One symbol, a symbol column, or a column per symbol, if not detected."),
    ] = None
    symbol_column: Annotated[
        str | None, Option("Symbol column; several, comma-separated.", metavar="NAME")
    ] = None
    duplicates: Annotated[
        Literal["refuse", "first", "last"],
        Option("What to do where a day has two prices: stop, or keep the first or the last."),
    ] = "refuse"
    adjust_splits: Annotated[
        bool, Option("Adjust for unadjusted stock splits (price jumps near 2:1, 3:1, …).")
    ] = False
    drop_running: Annotated[
        bool, Option("Drop the last row of a symbol if its day, week or month is not over yet.")
    ] = False
    resample: Annotated[
        Literal["W", "M"] | None,
        Option(
            "Make weeks (W) or months (M) of the rows: last close, max high, min low, total volume."
        ),
    ] = None
    tickers: Annotated[
        str | None,
        Option("CSV of ticker changes (old, new, date), applied to all rows.", metavar="FILE"),
    ] = None
    repair: Annotated[
        bool,
        Option("Leave out price faults: zeros, hundredfold prices, isolated outliers."),
    ] = False
    strict: Annotated[bool, Option("Fail on files that need rows dropped or repaired.")] = False
    feature_file: Annotated[tuple[str, ...], FEATURE_FILE] = ()
    events: Annotated[str | None, EVENTS] = None
    limits: Annotated[
        float,
        Option(
            "Multiply the input size limits: 1 GiB per file, 1 MiB per line, 20,000 columns.",
            minimum=0,
        ),
    ] = 1.0

    def __post_init__(self) -> None:
        """Take a list, as a model file has it, for a tuple."""
        object.__setattr__(self, "feature_file", tuple(self.feature_file))

    @property
    def beside(self) -> tuple[str, ...]:
        """Files that are read beside those of prices: of features, events and ticker changes."""
        further = (self.events, self.tickers)
        return (*self.feature_file, *(path for path in further if path is not None))


@dataclass(frozen=True)
class MarketSettings:
    """The StatLand market that `rnncli statland` prints."""

    PANEL: ClassVar[str] = "Market"

    companies: Annotated[int, Option("Companies, in addition to blue and red.", minimum=0)] = 2000
    min_days: Annotated[int, Option("Shortest listing, in days.", minimum=1)] = 2
    max_days: Annotated[int, Option("Longest listing, in days.", minimum=1)] = 12
    noise: Annotated[
        float, Option("Probability that a day ignores the rules.", minimum=0, maximum=1)
    ] = 0.2
    seed: Annotated[int, Option("Seed of all random numbers.", minimum=0)] = 0


@dataclass(frozen=True)
class SimulationSettings:
    """The markets that `rnncli simulate` draws."""

    PANEL: ClassVar[str] = "Market"

    series: Annotated[
        int | None,
        Option(
            "Number of symbols (default: 12; with --compare 500).", minimum=1, maximum=1_000_000
        ),
    ] = None
    length: Annotated[int, Option("Rows of the longest series.", minimum=1, maximum=20_000)] = 1_000
    seed: Annotated[int, SEED] = 0
    bars: Annotated[
        Literal["weekdays", "all-days", "weeks"],
        Option("Rows: weekdays, all days of a market that never closes, or weeks."),
    ] = "weekdays"
    kind: Annotated[
        Literal["stocks", "companies", "indices", "independent"],
        Option(
            "Symbols: stocks, companies that report at the same time of every year, indices, or"
            " independent returns of constant volatility."
        ),
    ] = "stocks"
    last_date: Annotated[str, Option("Date of the last row.", metavar="DATE")] = "2024-12-31"
    columns: Annotated[
        Literal["close", "ohlcv"],
        Option("Columns: close only, or open, high, low, close and volume."),
    ] = "ohlcv"
    faults: Annotated[
        bool,
        Option("Add data faults: empty columns, biased ranges, unadjusted splits."),
    ] = True
