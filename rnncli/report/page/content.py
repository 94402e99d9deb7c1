"""What a page is made of: the results of other commands, those that there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rnncli.arrays import Float64Array
from rnncli.prices.row_names import ROW, row_name

if TYPE_CHECKING:
    from rnncli.evaluation.group_scores import Row
    from rnncli.evaluation.result import Evaluation
    from rnncli.forecasting.forecast import Forecast
    from rnncli.gradients.report import GradientReport
    from rnncli.gradients.unroll import Unrolled
    from rnncli.ledger.portfolio_risk import PortfolioRisk
    from rnncli.ledger.portfolio_score import PortfolioScore
    from rnncli.ledger.score import LedgerScore
    from rnncli.models.model import Model
    from rnncli.prices.parsing.quality.file_report import DataFault
    from rnncli.prices.series import Prices
    from rnncli.simulation.statland import OneUnit


@dataclass(frozen=True)
class SymbolForecasts:
    """Forecasts of n symbols; `rise` (n, horizon): probability of a price above the last one.

    `levels`: those of the intervals that are shown, of all that the forecast holds.
    """

    forecast: "Forecast"
    levels: tuple[float, ...]
    rise: Float64Array


@dataclass(frozen=True)
class Backtest:
    """An evaluation, and the prices that were evaluated."""

    evaluation: "Evaluation"
    prices: "Prices"


@dataclass(frozen=True)
class Network:
    """A model by its name, how gradients flow through it, and the series that they flowed over.

    `epochs`: the same after each epoch that has a checkpoint.
    """

    name: str
    model: "Model | None" = None
    gradients: "GradientReport | None" = None
    series: tuple[int, int] | None = None  # of how many, where they are not all
    epochs: "Mapping[int, GradientReport]" = field(default_factory=dict)


@dataclass(frozen=True)
class UnrolledNetwork:
    """A network by its name, unrolled; `unit`: its numbers, if it has one unit and may be changed.

    `days`: the largest number of them that the page can choose.
    """

    name: str
    unrolled: "Unrolled"
    unit: "OneUnit | None" = None
    days: int = 60


@dataclass(frozen=True)
class Record:
    """The scores of a ledger, those by month, and the significance level of its drift."""

    ledger: str
    score: "LedgerScore"
    months: "list[Row]"
    alpha: float


@dataclass(frozen=True)
class Portfolios:
    """The recorded risks of portfolios in a ledger, and the significance level of their tests.

    `tonight`: what was measured now, which need not be among them.
    """

    ledger: str
    score: "PortfolioScore"
    alpha: float
    tonight: "tuple[PortfolioRisk, ...]" = ()


@dataclass(frozen=True)
class PageContent:
    """The sections of a page; `title`: what it is of.

    `sources`: names of the price files; `warnings`: what the user should know of the data, beside
    the faults of its files; `missing`: section -> why it is not there; `prices`: those that were
    read.
    """

    title: str
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    forecasts: SymbolForecasts | None = None
    backtest: Backtest | None = None
    networks: tuple[Network, ...] = ()
    unrolled: UnrolledNetwork | None = None
    record: Record | None = None
    portfolios: Portfolios | None = None
    missing: dict[str, str] = field(default_factory=dict)
    prices: "Prices | None" = None

    @cached_property
    def row(self) -> str:
        """What a row of prices is called."""
        return ROW if self.prices is None else row_name(self.prices)

    def faults(self) -> "list[DataFault]":
        """What was odd in the files of the prices."""
        return [] if self.prices is None else list(self.prices.faults())
