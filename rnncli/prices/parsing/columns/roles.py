"""The roles that columns can have: what the user asks for, and what the file has."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestedColumns:
    """What the user says of the columns; None is left to the file."""

    price: str | None = None
    symbol: str | None = None
    layout: str | None = None
    fields: tuple[
        str, ...
    ] = ()  # columns carried beside the price: open, high, low, volume, or any by its name
    date_format: str | None = None
    duplicates: str = "refuse"  # which of two prices of one day is taken
    optional: tuple[str, ...] = ()  # those of the fields that a file may lack


@dataclass(frozen=True)
class Columns:
    """The columns that are needed: `prices` has one column, or one per symbol in a wide file."""

    layout: str  # single, long or wide
    prices: tuple[int, ...]
    price_names: tuple[str, ...]
    date: int | None = None
    time: int | None = None
    symbol: int | None = None
    evidence: dict[str, str] = field(default_factory=dict)  # decision: the evidence for it
    fields: dict[str, tuple[int, ...]] = field(default_factory=dict)  # a column for each of prices
    beside: tuple[int, ...] = ()  # columns that the name of a series has beside its symbol
    series: str = ""  # the symbol of one column of prices, where its name says it
    left_out: dict[str, int] = field(default_factory=dict)  # reason: number of columns
    noticed: dict[str, int] = field(default_factory=dict)  # reason: symbols that may be none
    bounds: tuple[int, int] | None = None  # the columns of high and low that the price lies between

    @property
    def named(self) -> set[int]:
        """The columns of dates, times and names of series."""
        roles = (self.date, self.time, self.symbol, *self.beside)
        return {index for index in roles if index is not None}


@dataclass(frozen=True)
class NamedColumns:
    """The columns that have a role before one is sought for the price, and why."""

    date: int | None
    time: int | None
    symbol: int | None
    beside: tuple[int, ...]
    evidence: dict[str, str]

    def with_layout(self, why: str) -> dict[str, str]:
        """Return the evidence for the columns and the layout, without empty entries."""
        return {role: why for role, why in (self.evidence | {"layout": why}).items() if why}
