"""Results of an evaluation: the plan, the scores of each forecast, predictive distributions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.families import Distribution
from rnncli.evaluation.cutoffs import Calendar
from rnncli.inference.actuals import Actuals
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices

if TYPE_CHECKING:
    from rnncli.models.model import Model  # whose kernels a result does not wait for

Scores = dict[str, Float64Array]  # name -> (n, horizon), NaN where no price or no forecast is known
MODEL = "model"  # its name among the baselines
NAIVE = "naive"  # the baseline whose error stands beside the model's


class Quantiled(Protocol):
    """What the scores of bounds ask of a forecast."""

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies, 0 < probability < 1."""


@dataclass(frozen=True)
class Predictive:
    """Forecasts (n, horizon) in prices; their distribution in the unit of scores, if there is one.

    The distribution is that of `Actuals.scored` of the actual price. `bounds`: the distribution of
    the bounds, if past errors have calibrated them; the density remains the model's.
    `stand_ins`: for a symbol that the method cannot forecast, what was used instead.
    """

    forecasts: Float64Array
    distribution: Distribution | None = None
    bounds: Quantiled | None = None
    stand_ins: dict[str, str] = field(default_factory=dict)


Predictor = Callable[[Prices, Origins, Actuals], Predictive]


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated: cutoffs (days of the calendar), rows ahead, levels and baselines.

    `groups`: the folds that one fit serves, as (first fold, fold after the last).
    """

    calendar: Calendar
    days: IntArray
    horizon: int
    stride: int
    levels: tuple[float, ...]
    baselines: tuple[str, ...]
    groups: tuple[tuple[int, int], ...]
    adaptive: bool = False

    def overlap(self, ahead: int | None = None) -> int:
        """Number of later cutoffs that share days with a forecast of `ahead` rows (or all)."""
        return -(-(ahead or self.horizon) // self.stride) - 1


@dataclass(frozen=True)
class Evaluation:
    """Scores (n, horizon) at n origins by method, the model's under MODEL.

    `cutoffs`: the dates; `models`: for each group of folds its first cutoff, the model that
    forecast from there, and whether it was trained for it; `failed`: symbol -> why; `stand_ins`:
    method -> symbol -> what forecast it in its place.
    """

    plan: Plan
    symbols: tuple[str, ...]
    origins: Origins
    unit: str
    scores: dict[str, Scores]
    cutoffs: tuple[str | int, ...]
    models: tuple[tuple[str | int, "Model", bool], ...]
    failed: dict[str, str]
    stand_ins: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class FalseClaims:
    """How often a claim was made of prices without anything to find; `trials` with a verdict."""

    made: str
    claim: str
    false_claims: int
    trials: int
