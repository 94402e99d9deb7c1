"""A trained network over many series.

A network and a `Dataset` go in; states at cutoffs, outputs, sampled paths and quantiles come out.

    rollout            outputs day by day, states at cutoffs, outputs fed back in
    path_sampling      days ahead by drawing: thousands of paths a symbol
    quantile_forecast  quantiles of the prices ahead: exact for the next row, then sampled
    cutoff_forecasts   forecasts from many cutoffs at once
    actuals            what followed a cutoff, and the unit of errors
"""

from typing import TYPE_CHECKING

from rnncli._lazy import lazy

if TYPE_CHECKING:
    from rnncli.inference.actuals import Actuals, Origins
    from rnncli.inference.path_sampling import Sampling
    from rnncli.inference.quantile_forecast import QuantileForecast
    from rnncli.inference.rollout import NetworkStates

__all__ = ["Actuals", "NetworkStates", "Origins", "QuantileForecast", "Sampling"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "rollout": ("NetworkStates",),
        "path_sampling": ("Sampling",),
        "quantile_forecast": ("QuantileForecast",),
        "actuals": ("Actuals", "Origins"),
    },
)
