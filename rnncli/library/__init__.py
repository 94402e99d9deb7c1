"""The Python interface: prices in; models, forecasts and scores out, as data frames.

A thin layer over the stages, like the command line. Its classes are those of the stages with
methods added, so that functions of the stages take them.

    keywords  settings from keyword arguments: names, types and bounds checked
    reading   price files as `Prices`
    results   forecasts, evaluations, explanations and gradient reports, each with `to_frame`
    model     `train`, `load`, and the methods of a model
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.library.model import Model, evaluate, load, prior, train
    from rnncli.library.reading import read_prices
    from rnncli.library.results import Evaluation, Explanation, Forecast, GradientReport, Risk

__all__ = [
    "Evaluation",
    "Explanation",
    "Forecast",
    "GradientReport",
    "Model",
    "Risk",
    "evaluate",
    "load",
    "prior",
    "read_prices",
    "train",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "reading": ("read_prices",),
        "results": ("Evaluation", "Explanation", "Forecast", "GradientReport", "Risk"),
        "model": ("Model", "evaluate", "load", "prior", "train"),
    },
)
