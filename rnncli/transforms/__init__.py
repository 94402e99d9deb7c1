"""From prices to what a network sees, and from its outputs back to prices.

`Prices` go in; a `TargetTransform` fitted on the past only and the `Dataset` it gives come out.

    volatility        recent deviation of the changes of a series
    binning           scaled values as classes, and back
    target_transform  the fitted transform of a price, applied and inverted
    inputs            the inputs of a day beside its price: volume, range, levels, rhythm
    custom_inputs     options for the user's columns and events
    features          the inputs of a list, for all days of a series
    fields            the columns that are read for inputs
    market_medians    medians over all symbols of a day, as fields of their prices
    season_functions  forecasts that are linear in a season's inputs, weighted by symbol
    season_fit        how these are fitted
    dataset           the fit on the past, and all series as the network sees them
    scaled_path       inputs as a function of the returns of a series, and their derivatives
    inverse           from outputs to prices, day by day
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.transforms.binning import Bins
    from rnncli.transforms.dataset import Dataset, fit, prepare
    from rnncli.transforms.features import parse_inputs
    from rnncli.transforms.target_transform import TargetTransform

__all__ = ["Bins", "Dataset", "TargetTransform", "fit", "parse_inputs", "prepare"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "binning": ("Bins",),
        "target_transform": ("TargetTransform",),
        "features": ("parse_inputs",),
        "dataset": ("Dataset", "fit", "prepare"),
    },
)
