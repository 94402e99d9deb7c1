"""Forecast distributions and their calibration.

Parameters, classes or past errors go in; quantiles, densities, CRPS and bounds come out.

    student_t  the standard Student-t distribution in NumPy alone
    families   normal, Student's t, quantiles over arrays
    binned     a distribution over classes of values
    composed   distributions made of others: sampled, by horizon, moved and scaled
    conformal  bounds from a model's own errors on the validation days
    shrinkage  how far past errors correct a model's own distribution
"""

from typing import TYPE_CHECKING

from rnncli._lazy import lazy

if TYPE_CHECKING:
    from rnncli.distributions.binned import Binned
    from rnncli.distributions.conformal import Bounds
    from rnncli.distributions.families import Distribution, Normal, Quantiles, StudentT

__all__ = ["Binned", "Bounds", "Distribution", "Normal", "Quantiles", "StudentT"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "families": ("Distribution", "Normal", "Quantiles", "StudentT"),
        "binned": ("Binned",),
        "conformal": ("Bounds",),
    },
)
