"""Schemas of gradient reports, of explanations and of unrolled networks."""

from rnncli.report.schemas.build import Fields, many, record, table_of

PARAMETER = record(
    {
        "name": ("text", "Name of the parameter."),
        "shape": ("integer[]", "Its shape."),
        "norm": ("number", "L2 norm of its gradient."),
        "max_abs": ("number", "Largest absolute value of its gradient."),
        "weight_norm": ("number", "L2 norm of its weights."),
        "ratio": ("number?", "Norm of the gradient over that of the weights."),
    }
)
LAG_FIELDS: Fields = {
    "lag": ("integer", "Rows back from the last loss."),
    "norm": ("number", "Norm of the gradient of the last loss by the state there."),
    "relative": ("number?", "The same over that at lag 0."),
    "series": ("integer", "Series that are so long."),
}
LAG = record(LAG_FIELDS)
HALF_LIVES = record(
    {
        "shortest": ("number?", "Lags after which a unit's gradient has halved: the shortest."),
        "median": ("number?", "The median over the units."),
        "longest": ("number?", "The longest; null for a decay of 1."),
    }
)
GRADIENTS: Fields = {
    "parameters": (many(PARAMETER), "A row a parameter."),
    "lags": (many(LAG), "A row a lag."),
    "spectral_radius": (table_of("number"), "Spectral radius of each recurrent matrix."),
    "spectral_norm": (table_of("number"), "Spectral norm of each recurrent matrix."),
    "half_lives": (table_of(HALF_LIVES), "Half-lives of decays by parameter, in closed form."),
    "half_life": ("integer?", "Lag at which the gradient has halved; null beyond every lag."),
    "memory": ("integer", "Lags with a gradient that counts."),
    "memory_at_start": ("integer", "The same at the start weights."),
    "clip_rate": ("number?", "Fraction of training steps that were clipped."),
    "verdict": ("text", "healthy, vanishing, exploding, dead, …"),
    "reason": ("text", "Why."),
    "remedy": ("text", "What to do."),
}
NETWORK: Fields = {"network": ("text", "Model file, or cell.")}
COMPARED_LAG = record({**NETWORK, **LAG_FIELDS})
COMPARISON: Fields = {"networks": (many(record({**NETWORK, **GRADIENTS})), "A report each.")}
DAY = record(
    {
        "t": ("integer", "Day, from 1."),
        "input": ("number", "Input of the network."),
        "output": ("number?", "Its output."),
        "gradient": ("number?", "Gradient of the last output by the input of this day."),
        "loop_factor": ("number?", "Product of the recurrent factors from here to the end."),
        "verdict": ("text", "Verdict of the whole."),
    },
    optional={
        "w1_input": ("number", "W1 x."),
        "w2_before": ("number", "W2 y of the day before."),
        "bias": ("number", "Bias of the unit."),
        "sum": ("number", "Sum of these."),
        "activation": ("number", "Activation y."),
        "state_norm": ("number?", "L2 norm of the state (a network of several units)."),
    },
)
UNROLLED: Fields = {
    "days": (many(DAY), "A row a day."),
    "prediction": ("number?", "Output of the last day."),
    "verdict": ("text", "healthy, vanishing, exploding or dead (a relu that is off)."),
    "reason": ("text", "Why."),
}
EFFECTS: Fields = {
    "range": ("number?", "Effect on the log width of the range; null without a distribution."),
    "forecast": ("number?", "Effect on the forecast: a log, or in the unit of the symbol."),
}
EFFECT = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "ahead": ("integer", "Rows ahead that are explained."),
        "date": ("date", "Row of prices."),
        "lag": ("integer", "Rows back from the last one."),
        "input": ("text", "Input feature, or wild move: the last price may be wrong."),
        "fed": ("number?", "What the network was fed."),
        **EFFECTS,
    }
)
OF_INPUT = record(
    {
        "input": ("text", "Input feature, or wild move: the last price may be wrong."),
        **EFFECTS,
        "range_share": ("number?", "Its fraction of all effects on the range."),
        "forecast_share": ("number?", "Its fraction of all effects on the forecast."),
    }
)
OF_ROW = record(
    {
        "date": ("date", "Row of prices."),
        "lag": ("integer", "Rows back from the last one."),
        "change": ("number?", "Change of the price on it."),
        **EFFECTS,
    }
)
OF_SYMBOL = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "cutoff": ("date", "Last row that is forecast from."),
        "unit": ("text", "Unit of effects on the forecast."),
        "log_width": ("number?", "Log of the width of the range."),
        "log_width_before": ("number?", "The same without the rows that are explained."),
        "forecast": ("number?", "Forecast, in the unit."),
        "forecast_before": ("number?", "The same without the rows that are explained."),
        "gap": ("number?", "What the effects leave unexplained."),
        "inputs": (many(OF_INPUT), "Effects by input."),
        "rows": (many(OF_ROW), "Effects by row."),
    }
)
EXPLANATION: Fields = {
    "ahead": ("integer", "Rows ahead that are explained."),
    "level": ("number?", "Level of the range, in percent."),
    "weight_of_prior": ("number?", "Weight of the prior in the forecast."),
    "symbols": (many(OF_SYMBOL), "An explanation a symbol."),
}
