"""Forecast distributions and their calibration.

Parameters, classes or past errors go in; quantiles, densities, CRPS and bounds come out.

    normal             quantiles of the normal distribution
    student_t          the standard Student-t distribution in NumPy alone
    rounded_dof        its quantiles at degrees of freedom that forecasts share
    scale_regression   a t whose log scale is linear in inputs, by maximum likelihood
    families           normal, Student's t, quantiles over arrays
    binned             a distribution over classes of values
    composed           distributions made of others: sampled, by horizon, moved and scaled
    conformal          bounds from a model's errors on the validation days
    shrinkage          how far past errors correct a model's distribution
    pooled             linear pools of two forecasts
    quantile_forecast  forecasts from many origins, with quantiles from errors or the network
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.distributions.binned import Binned
    from rnncli.distributions.conformal import Bounds
    from rnncli.distributions.families import Distribution, Normal, Quantiles, StudentT
    from rnncli.distributions.quantile_forecast import QuantileForecast

__all__ = [
    "Binned",
    "Bounds",
    "Distribution",
    "Normal",
    "QuantileForecast",
    "Quantiles",
    "StudentT",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "families": ("Distribution", "Normal", "Quantiles", "StudentT"),
        "binned": ("Binned",),
        "conformal": ("Bounds",),
        "quantile_forecast": ("QuantileForecast",),
    },
)
