"""The baselines that a model is compared with.

`Prices` up to a cutoff go in; a predictor of the rows after it comes out of each entry.

    registry           the table of all baselines; add new ones there
    simple             naive, drift, EWMA volatility, conformal bounds
    constant_t         Student's t of a scale that never changes
    har                a linear model of volatility, pooled over all series
    volatility_inputs  the inputs of that model
    garch_family       models of conditional variance, one per series (an extra): fitted, checked
    garch              GARCH(1,1) and GJR-GARCH: their equations
    aparch             asymmetric power ARCH: its equations
    figarch            FIGARCH: its equations
    statsforecast      AutoARIMA, AutoETS and Theta (an extra)
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.evaluation.baselines.registry import BASELINES

__all__ = ["BASELINES"]

__getattr__, __dir__ = lazy(__name__, {"registry": ("BASELINES",)})
