"""From prices to what a network sees, and from its outputs back to prices.

`Prices` go in; a `TargetTransform` fitted on the past only and the `Dataset` it gives come out.

    volatility        how far a series has moved of late
    binning           scaled values as classes, and back
    target_transform  the fitted transform of a price, applied and inverted
    inputs            the inputs of a day beside its price: volume, range, levels, rhythm
    custom_inputs     what options say of the user's own columns and events
    features          the inputs that a list names, of all days of a series
    fields            the columns that are read for inputs
    dataset           the fit on the past, and all series as the network sees them
    scaled_path       what is fed as a function of the moves of a series, and its derivatives
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
