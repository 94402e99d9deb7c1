"""Loss functions of forecasts of value at risk and expected shortfall; lower is better.

Both are returns here: P(r <= quantile) = probability,
shortfall = E[r | r <= quantile], so that both are below zero where money may be lost.
"""

import numpy as np

from rnncli.arrays import Float64Array


def fz0_loss(
    returns: Float64Array, quantiles: Float64Array, shortfalls: Float64Array, probability: float
) -> Float64Array:
    """Loss (n) of both together, homogeneous of degree zero; NaN where a shortfall is no loss.

    Patton, Ziegel & Chen 2019, doi:10.1016/j.jeconom.2018.10.008, equation 6; one of the losses of
    Fissler & Ziegel 2016, doi:10.1214/16-AOS1439.
    """
    r, v, e = (np.asarray(part, np.float64) for part in (returns, quantiles, shortfalls))
    e = np.where(e < 0, e, np.nan)
    beyond = (r <= v) * (v - r)
    loss: Float64Array = -beyond / (probability * e) + v / e + np.log(-e) - 1
    return loss


def quantile_loss(
    returns: Float64Array, quantiles: Float64Array, probability: float
) -> Float64Array:
    """Loss (n) of the quantile alone, the tick loss.

    Koenker & Bassett 1978, doi:10.2307/1913643.
    """
    r, v = np.asarray(returns, np.float64), np.asarray(quantiles, np.float64)
    loss: Float64Array = ((r <= v) - probability) * (v - r)
    return loss
