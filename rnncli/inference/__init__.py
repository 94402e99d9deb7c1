"""A trained network over many series.

A network and a `Dataset` go in; states at origins, sampled paths and quantile forecasts come out.

    forecast         every forecast, from any rows of many series
    rollout          outputs day by day, states at origins
    path_outputs     outputs of the days ahead by the mode of the network, fed back in
    direct           the distributions of all rows ahead from the outputs of one day
    range_evidence   what the past of each symbol says of how far its range moves
    range_shrinkage  how far the range of each symbol moves from its mean, by its past
    path_sampling    days ahead by Monte Carlo: thousands of paths per symbol
    actuals          the prices that followed each origin, and the unit of errors
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.inference.actuals import Actuals
    from rnncli.inference.forecast import OriginStates, Request, forecast_at
    from rnncli.inference.path_sampling import Sampling
    from rnncli.inference.rollout import NetworkStates

__all__ = ["Actuals", "NetworkStates", "OriginStates", "Request", "Sampling", "forecast_at"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "forecast": ("OriginStates", "Request", "forecast_at"),
        "rollout": ("NetworkStates",),
        "path_sampling": ("Sampling",),
        "actuals": ("Actuals",),
    },
)
