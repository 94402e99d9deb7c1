"""Quantile and shortfall of standard distributions: a value at risk, an expected shortfall.

McNeil, Frey & Embrechts 2015, Quantitative Risk Management, examples 2.14 and 2.15.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import student_t


class Tail(NamedTuple):
    """The quantile of a probability, and the mean of what lies below it."""

    quantile: Float64Array
    shortfall: Float64Array


def normal_tail(probability: float) -> Tail:
    """The lower tail of the standard normal distribution."""
    quantile = NormalDist().inv_cdf(probability)
    density = math.exp(-(quantile**2) / 2) / math.sqrt(2 * math.pi)
    return Tail(np.array(quantile), np.array(-density / probability))


def student_t_tail(probability: float, dof: Float64Array) -> Tail:
    """The lower tail of the standard Student's t, whose variance is dof / (dof - 2); dof > 1."""
    dof = np.asarray(dof, np.float64)
    quantile = student_t.quantile(probability, dof)
    density = np.exp(student_t.log_density(quantile, dof))
    return Tail(quantile, -density / probability * (dof + quantile**2) / (dof - 1))
