"""Schemas of values at risk, of probabilities beyond marks."""

from rnncli.report.schemas.build import ROW, Fields, kind, many, maybe, record

RISK = record(
    {
        "symbol": ("text", "Symbol, or portfolio."),
        "cutoff": ("date?", "Last date that is used; null where symbols of a portfolio differ."),
        "date": ("date?", "Date that the loss is of; null likewise."),
        "ahead": ("integer", "Rows from the cutoff to it."),
        "confidence": ("number", "Confidence level in percent."),
        "exposure": ("number", "Price of a unit, or value of a position or the portfolio."),
        "var": ("number", "Value at risk: a loss, in the unit of the exposure."),
        "es": ("number", "Expected shortfall: the mean loss beyond the value at risk."),
        "var_percent": ("number?", "Value at risk in percent of the exposure's size."),
        "es_percent": ("number?", "Expected shortfall likewise."),
    },
    optional={
        "var_contribution": ("number", "What the position adds to the portfolio's value at risk."),
        "es_contribution": ("number", "What it adds to the portfolio's expected shortfall."),
        "diversified": ("number", "Expected shortfall alone less what it adds."),
    },
)
PORTFOLIO = record(
    {
        "value": ("number", "Value of all positions and cash."),
        "long": ("number", "Value of the long positions."),
        "short": ("number", "Value of the short positions, below zero."),
        "cash": ("number", "Cash."),
        "positions": ("integer", "Number of positions."),
    }
)
COPULA = record(
    {
        "dof": (
            "number",
            "Degrees of freedom of the t copula: few for shared extremes.",
        ),
        "days": ("integer", "Days that it was fitted on."),
        "mean_correlation": ("number", "Mean of the shrunk correlations."),
    }
)
RISKS: Fields = {
    "portfolio": (maybe(PORTFOLIO), "The portfolio; null without holdings."),
    "copula": (maybe(COPULA), "What ties its symbols together."),
    "rows": (many(ROW), "A row a line, row ahead and confidence level."),
}
STRESSED = record(
    {
        "scenario": ("text", "Scenario, or the day that is replayed."),
        "symbol": ("text", "Symbol, or portfolio."),
        "ahead": ("integer", "Rows ahead."),
        "given": ("flag", "Whether the scenario says how it moves."),
        "change_percent": ("number?", "Its change in percent: the median where it is not given."),
        "lower_percent": ("number?", "5 % quantile of it."),
        "upper_percent": ("number?", "95 % quantile of it."),
        "gain": ("number?", "Gain of the position, likewise the median; null without holdings."),
        "lower_gain": ("number?", "5 % quantile of it."),
        "upper_gain": ("number?", "95 % quantile of it."),
    }
)
TEST_FIELDS: Fields = {
    "symbol": ("text", "Symbol, or portfolio."),
    "method": ("text", "model, or a rival."),
    "confidence": ("number", "Confidence level in percent."),
    "rows": ("integer", "Returns with a value at risk."),
    "hits": ("integer", "Returns at or beyond it."),
    "expected": ("number", "Hits that were to be expected."),
    "kupiec_p": ("number?", "p of Kupiec's test of their frequency."),
    "independence_p": ("number?", "p of Christoffersen's test of independence."),
    "conditional_p": ("number?", "p of both at once."),
    "duration_p": ("number?", "p of the test of the time between hits."),
    "shortfall_z": ("number?", "Second statistic of Acerbi and Szekely: below 0 is too large."),
    "shortfall_p": ("number?", "p of it; of the model alone."),
    "zone": ({"enum": ["green", "yellow", "red"]}, "Traffic light of the Basel Committee."),
    "fz0": ("number?", "Mean FZ0 loss of quantile and shortfall, of returns in percent."),
    "quantile_loss": ("number", "Mean tick loss of the quantile."),
    "fz0_p": ("number?", "p of the Diebold-Mariano test of the model's FZ0 against it."),
}
TESTED = record(TEST_FIELDS)
CHECK = record(
    {
        "required": ("text", "What was required."),
        "met": ("flag", "Whether it holds."),
        "said": ("text", "The figures."),
    }
)
RECORDED_TESTED = record(
    {
        "portfolio": ("text", "Name of the portfolio."),
        "ahead": ("integer", "Rows ahead."),
        "confidence": ("number", "Confidence level in percent."),
        "rows": ("integer", "Nights that came and do not overlap."),
        "hits": ("integer", "Losses at or beyond the value at risk."),
        "expected": ("number", "Hits that were to be expected."),
        **{
            name: TEST_FIELDS[name]
            for name in (
                "kupiec_p",
                "independence_p",
                "conditional_p",
                "duration_p",
                "shortfall_z",
                "shortfall_p",
                "zone",
                "fz0",
                "quantile_loss",
            )
        },
        "first_cutoff": ("date", "Cutoff of the first night."),
        "last_cutoff": ("date", "Cutoff of the last night."),
    }
)
PORTFOLIO_SCORE: Fields = {
    "ledger": ("text", "Ledger file."),
    "nights": ("integer", "Risks recorded, one a portfolio, cutoff and row ahead."),
    "came": ("integer", "Risks whose prices are known."),
    "pending": ("integer", "Risks whose prices are not known yet."),
    "absent": ("integer", "Risks with a position that is not in these prices, or ended early."),
    "rewritten": ("integer", "Risks left out since the past of a position was rewritten."),
    "in_sample": ("integer", "Risks left out: the model was fitted on days after the cutoff."),
    "overlapping": ("integer", "Risks left out: their rows overlap those of one that is tested."),
    "verdict": ("text", "What the tests show, in words."),
    "checks": (many(CHECK), "What was required."),
    "tests": (many(ROW), "A row a portfolio, row ahead and confidence level."),
}
RECORDED_NIGHT = record(
    {
        "run": ("integer", "Run that recorded it."),
        "at": ("text?", "When that was, UTC."),
        "model": ("text", "First 12 digits of the model file's SHA-256, and limited inputs."),
        "portfolio": ("text", "Name of the portfolio."),
        "cutoff": ("date", "Newest cutoff of its positions."),
        "ahead": ("integer", "Rows ahead."),
        "confidence": ("number", "Confidence level in percent."),
        "value": ("number", "Value of the positions and cash at the cutoff."),
        "exposure": ("number", "Sum of the sizes of the positions."),
        "var": ("number", "Value at risk: a loss, in the currency of the portfolio."),
        "es": ("number", "Expected shortfall: the mean loss beyond it."),
        "state": (
            {"enum": ["came", "pending", "absent", "rewritten", "in_sample", "overlapping"]},
            "Whether it is tested (came), or why not.",
        ),
        "came": ("date?", "Last date of the prices that followed."),
        "gain": ("number?", "What the positions gained; below zero: a loss."),
        "beyond": (maybe(kind("flag")), "Whether the loss was at or beyond the value at risk."),
    }
)
RISK_TESTS: Fields = {
    "model": ("text", "Model file, or prior."),
    "first_cutoff": ("date", "First cutoff."),
    "last_cutoff": ("date", "Last cutoff."),
    "verdict": ("text", "What the tests show, in words."),
    "checks": (many(CHECK), "What was required."),
    "tests": (many(ROW), "A row a line, method and confidence level."),
}
JOINT_SCORE = record(
    {
        "method": ("text", "joint, independence or historical simulation."),
        "ahead": ("integer", "Rows ahead; 0: all of them."),
        "cutoffs": ("integer", "Cutoffs behind the scores."),
        "energy": ("number", "Energy score, in 100 log(price/price at the cutoff)."),
        "p_energy": ("number?", "p of the Diebold-Mariano test of joint forecasts against it."),
        "variogram": ("number", "Variogram score of order 1/2."),
        "p_variogram": ("number?", "Likewise."),
    }
)
JOINT_SCORES: Fields = {
    "model": ("text", "Model file, or prior."),
    "horizon": ("integer", "Rows ahead."),
    "stride": ("integer", "Rows between cutoffs."),
    "cutoffs": ("date[]", "Cutoffs."),
    "most_symbols": ("integer", "Symbols of the cutoff that has most."),
    "verdict": ("text", "What the scores show, in words."),
    "scores": (many(ROW), "A row a method and row ahead."),
}
MARK = record(
    {
        "symbol": ("text", "Symbol, or portfolio."),
        "ahead": ("integer", "Rows ahead."),
        "side": ({"enum": ["above", "below"]}, "Side of the mark."),
        "mark": ("number", "Price or value."),
        "change_percent": ("number?", "The mark as a change from now in percent."),
        "probability": ("number", "Probability to end on that side of it."),
    }
)
