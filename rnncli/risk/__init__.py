"""Value at risk and expected shortfall of symbols and portfolios, and their backtests.

Forecasts and the returns that followed go in; tests, losses and p-values come out.

    correlation      shrunk correlations of series with unequal histories
    copula           the dependence between symbols: a t copula
    past_places      past probability integral transforms, which the copula is fitted on
    joint_paths      paths of many symbols that move together
    scores           scores of joint forecasts
    rolling          joint scenarios from cutoffs in the past
    history          past moves on the same days, for historical simulation
    joint_evaluation  `evaluate --joint`
    margins          scenarios of each symbol alone
    market           scenarios of all symbols together
    holdings         a portfolio, its positions and their values
    holdings_file    reader of holdings files
    tails            both measures, and the contribution of each position
    measure          `rnncli risk`
    days             cutoffs that the model did not see
    rivals           value at risk by historical simulation and GARCH
    backtest         values at risk of past cutoffs, with the returns that followed
    tail_tests       tests of the losses beyond one value at risk
    backtest_tests   tests of a backtest, and the verdict
    stress           shocks, and the worst days of the past repeated
    scenario_file    reader of scenario files
    marks            probabilities beyond a price or a value
    coverage_tests   tests of the frequency and independence of losses beyond a value at risk
    shortfall_tests  test of the size of losses beyond it
    losses           loss functions that compare forecasts of both measures
    parametric       both measures of the normal distribution and of Student's t
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
