"""Quantiles of the normal distribution.

`statistics` has them, but imports fractions and decimal numbers, which takes longer than many a
forecast; here its own function is called, where the interpreter has it.
"""

from importlib import import_module

try:
    _quantile = import_module("_statistics")._normal_dist_inv_cdf
except (ImportError, AttributeError):  # an interpreter that has it in Python alone
    from statistics import NormalDist

    def _quantile(p: float, mu: float, sigma: float, /) -> float:
        return NormalDist(mu, sigma).inv_cdf(p)


def normal_quantile(probability: float) -> float:
    """The number of standard deviations below which that much of the mass lies; 0 < p < 1."""
    quantile: float = _quantile(probability, 0.0, 1.0)
    return quantile
