"""rnncli: forecast price sequences with recurrent networks compiled to machine code.

    import rnncli

    prices = rnncli.Prices.from_frame(frame)       # or rnncli.read_prices("data/")
    model = rnncli.train(prices, hidden_size=16)
    model.predict(prices, horizon=5).to_frame()

The packages in reading order, which is also the flow of the data; each builds on those above it:

    errors         the faults a user can meet, and the exit status of each
    arrays, dates  names for the arrays that pass between stages; the one clock
    settings       every option of every stage, with its default: written here only
    storage        atomic files, locks, the tensor file that models are kept in
    kernels        the compiled cells, losses and draws: all of Numba
    prices         price files and data frames as many series, checked and in order of date
    runtime        threads, processes, clusters, timing and the event log
    transforms     from prices to network inputs, fitted on the past only, and back
    simulation     markets whose processes are drawn at random from a wide prior
    distributions  forecasts as distributions: families, quantiles, conformal bounds
    network        layers and heads over one flat parameter vector, forward and back
    inference      a trained network over many series: states, sampled paths, quantiles
    models         a trained model, its file, a folder of them, the prior, what each part saw
    forecasting    the rows ahead of every symbol, at once or row after row
    training       batches, optimisers, early stopping, checkpoints
    evaluation     back-tests against baselines, scores, tests and a verdict
    gradients      how gradients flow; what moved a forecast; the network unrolled
    risk           value at risk and expected shortfall, symbols together, and tests of both
    ledger         recorded forecasts, and their scores once prices have followed
    diagnostics    the installation, the kernel cache, compiling ahead of time
    nightly        the unattended job
    report         results as tables, charts, figures, CSV and JSON
    library        what Python programs use: the names below
    cli            the commands; the one boundary where an error becomes a line

Importing it loads no other module: each name is imported when it is first asked for.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnncli.errors import DataError, RnncliError, UsageError
    from rnncli.library.model import Model, evaluate, load, prior, train
    from rnncli.library.reading import read_prices
    from rnncli.library.results import Evaluation, Explanation, Forecast, GradientReport, Risk
    from rnncli.prices.series import Prices

__all__ = [
    "DataError",
    "Evaluation",
    "Explanation",
    "Forecast",
    "GradientReport",
    "Model",
    "Prices",
    "Risk",
    "RnncliError",
    "UsageError",
    "evaluate",
    "load",
    "prior",
    "read_prices",
    "train",
]
__version__ = "0.2.0"


def lazy(
    package: str, names: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` (PEP 562) that import public names when asked for.

    `names`: module of the package -> the public names that it defines.
    """
    modules = {name: module for module, public in names.items() for name in public}

    def __getattr__(name: str) -> Any:  # noqa: N807 - what it is in the package
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807 - likewise
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__


__getattr__, __dir__ = lazy(
    __name__,
    {
        "errors": ("DataError", "RnncliError", "UsageError"),
        "library": (
            "Evaluation", "Explanation", "Forecast", "GradientReport", "Model", "Risk",
            "evaluate", "load", "prior", "read_prices", "train",
        ),
        "prices": ("Prices",),
    },
)  # fmt: skip
