"""Schemas of forecasts, sampled paths, and recorded forecasts with the prices that followed."""

from rnncli.report.schemas.build import Fields, record

SERIES: Fields = {
    "symbol": ("text", "Symbol of the series."),
    "cutoff": ("date", "Last date that the forecast is made from."),
}
LEVELS: Fields = {
    "^lower_[0-9.]+$": ("number?", "Lower bound of a level in percent; null where not known."),
    "^upper_[0-9.]+$": ("number?", "Upper bound of a level in percent; null where not known."),
}
FORECAST = record(
    {
        **SERIES,
        "date": ("date", "Date that is forecast."),
        "ahead": ("integer", "Rows from the cutoff to it."),
        "forecast": ("number", "Forecast price: the median."),
        "naive": ("number", "Price at the cutoff."),
    },
    {**LEVELS, "^p_": ("number", "Probability of a class (bins).")},
    {"label": ("text", "Most probable class (bins).")},
)
NIXTLA = record(
    {
        "unique_id": ("text", "Symbol of the series."),
        "ds": ("date", "Date that is forecast."),
        "y_hat": ("number", "Forecast price: the median."),
    },
    {
        "^y_hat-lo-[0-9.]+$": ("number?", "Lower bound of a level in percent."),
        "^y_hat-hi-[0-9.]+$": ("number?", "Upper bound of a level in percent."),
    },
)
PATH = record(
    {**SERIES, "path": ("integer", "Number of the path, from 1.")},
    {"^price_[0-9]+$": ("number", "Sampled price of that number of rows ahead.")},
)
SCORED = record(
    {
        "run": ("integer", "Run that recorded the forecast."),
        "at": ("text?", "When that was, UTC."),
        "model": ("text", "First 12 digits of the model file's SHA-256, and limited inputs."),
        **SERIES,
        "ahead": ("integer", "Rows from the cutoff to the date that is forecast."),
        "date": ("date", "Date that was forecast."),
        "forecast": ("number", "Forecast price."),
        "naive": ("number", "Forecast of naive: the price at the cutoff."),
        "price": ("number", "Price at the cutoff when it was recorded."),
        "state": (
            {"enum": ["came", "pending", "absent", "rewritten", "in_sample"]},
            "Whether the price came: pending, absent without symbol or cutoff in the prices,"
            " rewritten where the past at the cutoff is another one.",
        ),
        "came": ("date?", "Date of the actual price."),
        "factor": ("number?", "Factor by which the past was adjusted since."),
        "actual": ("number?", "Actual price, in the terms of the cutoff."),
    },
    LEVELS,
)
