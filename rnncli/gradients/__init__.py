"""Gradient flow by parameter and lag, and attribution of forecasts to inputs.

A network and prices go in; a `GradientReport` comes out, or the values of every copy.

    lags        norm by lag, memory, the verdict
    path_modes  the same for the modes that forecast a path
    report      the report of a network
    compare     models, or untrained cells of one seed
    attribution  integrated gradients of a function of the outputs by the inputs
    explanation  the result of `explain`
    explain     what moved the range of a row ahead, by input and by row
    unroll      the network unrolled, step by step
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.gradients.compare import GradientSubject
    from rnncli.gradients.explanation import Explanation
    from rnncli.gradients.lags import Lags
    from rnncli.gradients.report import GradientReport, ParameterGradient, gradient_report
    from rnncli.gradients.unroll import Unrolled, unroll_network, unroll_one

__all__ = [
    "Explanation",
    "GradientReport",
    "GradientSubject",
    "Lags",
    "ParameterGradient",
    "Unrolled",
    "gradient_report",
    "unroll_network",
    "unroll_one",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "lags": ("Lags",),
        "report": ("GradientReport", "ParameterGradient", "gradient_report"),
        "explanation": ("Explanation",),
        "compare": ("GradientSubject",),
        "unroll": ("Unrolled", "unroll_network", "unroll_one"),
    },
)
