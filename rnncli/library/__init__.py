"""What a notebook or a program uses: prices in, models, forecasts and their scores as data frames.

A thin layer over the stages, as the command line is another one. Its classes are those of the
stages with methods added, so that whatever takes a model or a forecast takes these.

    keywords  settings from keyword arguments: names, types and bounds checked
    reading   price files as `Prices`
    results   forecasts, evaluations, explanations and gradient reports, each with `to_frame`
    model     `train`, `load`, and what a model can be asked
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.library.model import Model, evaluate, load, prior, train
    from rnncli.library.reading import read_prices
    from rnncli.library.results import Evaluation, Explanation, Forecast, GradientReport

__all__ = [
    "Evaluation",
    "Explanation",
    "Forecast",
    "GradientReport",
    "Model",
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
        "results": ("Evaluation", "Explanation", "Forecast", "GradientReport"),
        "model": ("Model", "evaluate", "load", "prior", "train"),
    },
)
