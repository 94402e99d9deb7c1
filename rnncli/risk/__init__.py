"""Value at risk, expected shortfall, and whether they were right.

Forecasts of both and the returns that followed go in; tests, losses and their p-values come out.

    correlation      correlations with unequal histories, shrunk
    copula           what ties symbols together beside each one's own forecast
    past_places      what it is fitted on: where past prices lay in their forecasts
    joint_paths      paths of many symbols tied together
    scores           scores of joint forecasts
    rolling          joint scenarios from cutoffs in the past
    history          past moves on the same days, for historical simulation
    joint_evaluation  the whole of `evaluate --joint`
    margins          scenarios of each symbol by itself
    market           scenarios of all symbols together
    holdings         a portfolio, its positions and their values
    holdings_file    the file of one
    tails            both measures, and what each position adds to them
    measure          the whole of `rnncli risk`
    days             cutoffs that the model did not see
    rivals           other ways to a value at risk
    backtest         values at risk of past cutoffs, with the returns that followed
    backtest_tests   what the tests say of them, and the verdict
    stress           what others do if some move; the worst days again
    scenario_file    the file of scenarios
    marks            probabilities beyond a price or a value
    coverage_tests   whether losses beyond a value at risk come as often as they should, and apart
    shortfall_tests  whether the losses beyond it are as large as the expected shortfall says
    losses           losses by which forecasts of both are compared
    parametric       both of a normal and of Student's t
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.risk.coverage_tests import (
        LikelihoodRatio,
        TrafficLight,
        christoffersen_conditional,
        christoffersen_independence,
        duration_test,
        kupiec,
        traffic_light,
    )
    from rnncli.risk.losses import fz0_loss, quantile_loss
    from rnncli.risk.parametric import normal_tail, student_t_tail
    from rnncli.risk.shortfall_tests import ShortfallTest, acerbi_szekely

__all__ = [
    "LikelihoodRatio",
    "ShortfallTest",
    "TrafficLight",
    "acerbi_szekely",
    "christoffersen_conditional",
    "christoffersen_independence",
    "duration_test",
    "fz0_loss",
    "kupiec",
    "normal_tail",
    "quantile_loss",
    "student_t_tail",
    "traffic_light",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "coverage_tests": (
            "LikelihoodRatio", "TrafficLight", "christoffersen_conditional",
            "christoffersen_independence", "duration_test", "kupiec", "traffic_light",
        ),
        "losses": ("fz0_loss", "quantile_loss"),
        "parametric": ("normal_tail", "student_t_tail"),
        "shortfall_tests": ("ShortfallTest", "acerbi_szekely"),
    },
)  # fmt: skip
