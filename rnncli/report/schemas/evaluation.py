"""Schemas of evaluations, placebo tests, and scores of a ledger."""

from rnncli.report.schemas.build import Fields, many, record
from rnncli.report.schemas.risk import RECORDED_TESTED

PER_LEVEL: Fields = {
    "^coverage_[0-9.]+$": ("number?", "Fraction of actual values inside the interval of a level."),
    "^width_[0-9.]+$": ("number?", "Mean width of the bounds, in the unit of the errors."),
    "^interval_score_[0-9.]+$": ("number?", "Mean interval score; lower is better."),
}
ERRORS: Fields = {
    "forecasts": ("integer", "Forecasts that were scored."),
    "mae": ("number?", "Mean absolute error."),
    "rmse": ("number?", "Root of the mean squared error."),
    "smape": ("number?", "Symmetric mean absolute percentage error."),
    "mase": ("number?", "Mean absolute scaled error."),
    "crps": ("number?", "Continuous ranked probability score; lower is better."),
    "log_score": ("number?", "Minus the log density at the actual price; lower is better."),
    "direction": ("number?", "Fraction of moves whose direction was right."),
}
P_VALUES: Fields = {
    **PER_LEVEL,
    "^p_": ("number?", "p-value of a Diebold-Mariano test against the model."),
}
SCORE = record(
    {
        "method": ("text", "The model, or a baseline."),
        "ahead": ("integer", "Rows from the cutoff."),
        **ERRORS,
    },
    P_VALUES,
)
OVERALL = record(
    {
        "method": ("text", "The model, or a baseline."),
        **ERRORS,
        "pit": ("number[]?", "Fraction of prices in each tenth of the forecast distribution."),
    },
    P_VALUES,
)
BY_SYMBOL = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "ahead": ("integer", "Rows from the cutoff."),
        "forecasts": ("integer", "Forecasts that were scored."),
        "mae": ("number?", "Mean absolute error, in price."),
        "rmse": ("number?", "Root of the mean squared error, in price."),
        "mae_naive": ("number?", "Mean absolute error of naive, in price."),
    },
    PER_LEVEL,
)
CLAIM = record(
    {
        "subject": ("text", "What is claimed of: the point forecast, or the range."),
        "loss": ("text", "Loss that is compared."),
        "against": ("text", "Baseline."),
        "model": ("number?", "Mean loss of the model."),
        "baseline": ("number?", "Mean loss of the baseline."),
        "change": ("number?", "Relative difference."),
        "difference": ("number?", "Mean loss of the model less that of the baseline."),
        "cutoffs": ("integer", "Cutoffs that the test has."),
        "p": ("number?", "p-value of the two-sided test."),
        "p_lower": ("number?", "p-value of the test that the model is better."),
    }
)
CHECK = record(
    {
        "required": ("text", "What was required."),
        "met": ("flag", "Whether it is met."),
        "said": ("text", "Why."),
    }
)
SEEN = record(
    {
        "first_cutoff": ("date", "First cutoff that the fit forecasts from."),
        "part": ("text", "Part of the model."),
        "first_date": ("date?", "First date that it saw."),
        "last_date": ("date?", "Last date that it saw."),
    }
)
VERDICT: Fields = {
    "verdict": ("text?", "What the scores show, in words."),
    "claims": (many(CLAIM), "The tests behind it."),
    "checks": (many(CHECK), "What was required."),
}
STAND_IN = record(
    {
        "method": ("text", "Baseline that cannot forecast some symbols."),
        "by": ("text", "Baseline that forecasts them in its place."),
        "symbols": ("text[]", "These symbols."),
    }
)
FALSE_CLAIMS = record(
    {
        "made": ("text", "Prices without anything to find."),
        "claim": ("text", "What was tested."),
        "false_claims": ("integer", "Trials that claimed it."),
        "trials": ("integer", "Trials in all."),
        "alpha": ("number", "Level of the test."),
    }
)
PLACEBO: Fields = {
    "model": ("text", "Model whose settings were trained again."),
    "placebo": (many(FALSE_CLAIMS), "A row a kind of prices and claim."),
}
LEDGER_SCORE = record(
    {
        "forecasts": ("integer", "Forecasts that were scored."),
        "mae": ("number?", "Mean absolute error."),
        "mae_naive": ("number?", "Mean absolute error of naive."),
        "rmse": ("number?", "Root of the mean squared error."),
        "mase": ("number?", "Mean absolute scaled error."),
    },
    {
        **PER_LEVEL,
        "^independent_[0-9.]+$": ("integer?", "Outcomes that count as independent."),
        "^band_(low|high)_[0-9.]+$": ("number?", "Range of coverage if calibrated."),
        "^drift_[0-9.]+$": ("flag", "Whether coverage is outside it."),
    },
    {
        "ahead": ("integer", "Rows from the cutoff."),
        "symbol": ("text", "Symbol of the series."),
        "month": ("text?", "Month of the cutoff."),
        "model": ("text", "First 12 digits of the model file's SHA-256, and limited inputs."),
    },
)
EVALUATION: Fields = {
    "model": ("text", "Model file, or prior."),
    "horizon": ("integer", "Rows ahead."),
    "stride": ("integer", "Rows from one cutoff to the next."),
    "levels": ("number[]", "Levels of the bounds, in percent."),
    "unit": ("text", "Unit of the errors."),
    "cutoffs": ("date[]", "Dates that were forecast from."),
    "symbols": ("integer", "Symbols that were forecast."),
    "forecasts": ("integer", "Forecasts by each method and row ahead."),
    "trained_again": ("flag", "Whether the model was trained again for the test."),
    "in_short": ("text", "Whether the intervals held and the point forecast is of use."),
    **VERDICT,
    "best_baselines": (many(CLAIM), "Tests against the best baseline of each loss."),
    "stand_ins": (many(STAND_IN), "Symbols that a baseline could not forecast."),
    "scores": (many(SCORE), "A row a method and row ahead."),
    "overall": (many(OVERALL), "A row a method."),
    "by_symbol": (many(BY_SYMBOL), "A row a symbol and row ahead."),
    "by": ("text[]", "What the model's scores are grouped by too (--by)."),
    "groups": (many(LEDGER_SCORE), "A row a group, of these; rows of CSV and JSON lines then."),
    "seen": (many(SEEN), "Dates that each part of each fit saw."),
}
SOURCE = record(
    {
        "model": ("text", "Its name in the rows."),
        "digest": ("text", "SHA-256 of the model file."),
        "file": ("text", "Model file."),
        "column": ("text?", "Price column that it read."),
        "inputs": ("text?", "Inputs that it was limited to (--inputs), null where it was not."),
        "seen": ("date?", "Last date that any part of it was fitted on."),
    }
)
RECORDED_RISK = record(
    {
        "model": ("text", "First 12 digits of the model file's SHA-256, and limited inputs."),
        "symbol": ("text", "Symbol."),
        "confidence": ("number", "Confidence level of the value at risk in percent."),
        "rows": ("integer", "Prices of the next row that followed."),
        "hits": ("integer", "Prices at or below the lower bound."),
        "expected": ("number", "How many were to be expected."),
        "kupiec_p": ("number?", "p of Kupiec's test."),
        "conditional_p": ("number?", "p of Christoffersen's test of conditional coverage."),
        "zone": ({"enum": ["green", "yellow", "red"]}, "Traffic light of the Basel Committee."),
    }
)
LEDGER: Fields = {
    "ledger": ("text", "Ledger file."),
    "forecasts": ("integer", "Forecasts recorded."),
    "came": ("integer", "Forecasts whose actual price is known."),
    "pending": ("integer", "Forecasts whose actual price is not known yet."),
    "absent": ("integer", "Forecasts without their symbol or cutoff in these prices."),
    "rewritten": ("integer", "Forecasts left out since their past was rewritten."),
    "in_sample": (
        "integer",
        "Forecasts left out: their model was fitted on days after the cutoff.",
    ),
    "moved": ("integer", "Forecasts moved along with an adjusted past."),
    "models": (many(SOURCE), "Models that forecast."),
    "unit": ("text?", "Unit of the errors."),
    "levels": ("number[]", "Levels of the bounds, in percent."),
    "drift_alpha": ("number", "Level of the test of coverage drift."),
    "by": ("text[]", "What the rows are grouped by."),
    **VERDICT,
    "values_at_risk": (many(RECORDED_RISK), "Lower bounds of the next row as values at risk."),
    "portfolios": (many(RECORDED_TESTED), "Recorded risks of portfolios, tested."),
    "scores": (many(LEDGER_SCORE), "A row a group."),
}
