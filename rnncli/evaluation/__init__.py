"""Back-tests from rolling origins: baselines, scores, tests of skill, the verdict.

A `Model` and `Prices` go in; an `Evaluation` comes out, put together as tables and in words.

    baselines/        the forecasts that a model is compared with
    cutoffs           which cutoffs, and whether to train again for them
    metrics           scores of forecasts
    result            the fields of an evaluation
    predictive        a model's forecasts as distributions, from every cutoff at once
    cross_validation  every series from every cutoff, by the model and each baseline
    diebold_mariano   test of equal accuracy of two forecasts
    score_tables      scores by method and row ahead, and by symbol
    coverage          how many of n may be expected inside a bound
    group_scores      scores by symbol, month or any other group of forecasts
    many_symbols      whose coverage chance does not explain, of hundreds of symbols
    misses            the outcomes furthest outside their intervals
    best_baseline     the baseline that a model has to beat
    verdict           what they show, in words; what a script requires
    plain_verdict     the same for a reader who has never seen an evaluation
    pit_shape         what a PIT histogram shows, in words
    doubts            reasons to be careful with the forecast of a symbol
    backtest          the whole of `rnncli evaluate`
    placebo           the same where there is nothing to find
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.evaluation.backtest import make_plan
    from rnncli.evaluation.coverage import CoverageCheck
    from rnncli.evaluation.cross_validation import cross_validate
    from rnncli.evaluation.cutoffs import Calendar, Folds
    from rnncli.evaluation.diebold_mariano import TestResult
    from rnncli.evaluation.group_scores import group_keys, score_groups
    from rnncli.evaluation.metrics import score
    from rnncli.evaluation.misses import Miss, worst_misses
    from rnncli.evaluation.result import Evaluation, FalseClaims, Plan
    from rnncli.evaluation.verdict import Check, Claim, checks, claims, claims_against_best

__all__ = [
    "Calendar",
    "Check",
    "Claim",
    "CoverageCheck",
    "Evaluation",
    "FalseClaims",
    "Folds",
    "Miss",
    "Plan",
    "TestResult",
    "checks",
    "claims",
    "claims_against_best",
    "cross_validate",
    "group_keys",
    "make_plan",
    "score",
    "score_groups",
    "worst_misses",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "cutoffs": ("Calendar", "Folds"),
        "coverage": ("CoverageCheck",),
        "group_scores": ("group_keys", "score_groups"),
        "metrics": ("score",),
        "misses": ("Miss", "worst_misses"),
        "result": ("Evaluation", "FalseClaims", "Plan"),
        "cross_validation": ("cross_validate",),
        "diebold_mariano": ("TestResult",),
        "verdict": ("Check", "Claim", "checks", "claims", "claims_against_best"),
        "backtest": ("make_plan",),
    },
)
