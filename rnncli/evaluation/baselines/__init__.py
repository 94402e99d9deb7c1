"""The forecasts a model is measured against.

`Prices` up to a cutoff go in; a predictor of the rows after it comes out of each entry.

    simple         naive, drift, EWMA volatility, conformal bounds; the table of all
    constant_t     Student's t of a scale that never changes
    garch          GARCH(1,1) with Student's t (an extra)
    statsforecast  AutoARIMA, AutoETS and Theta (an extra)
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.evaluation.baselines.simple import BASELINES

__all__ = ["BASELINES"]

__getattr__, __dir__ = lazy(__name__, {"simple": ("BASELINES",)})
