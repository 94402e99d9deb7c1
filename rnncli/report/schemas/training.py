"""Schemas of a training, of many, and of a model."""

from rnncli.report.schemas.build import Fields, kind, many, maybe, record, table_of

EPOCH = record(
    {
        "epoch": ("integer", "Number of the epoch, from 1."),
        "train_loss": ("number", "Mean loss of its steps."),
        "validation_loss": ("number?", "Loss on the validation days."),
        "gradient_norm": ("number", "Mean global L2 norm of the gradients before clipping."),
        "largest_norm": ("number", "Largest of these norms."),
        "clip_rate": ("number", "Fraction of its steps that were clipped."),
        "steps": ("integer", "Steps of the epoch."),
        "learning_rate": ("number", "Learning rate."),
        "update_ratio": ("number", "Norm of a step over that of the weights."),
        "dead_units": ("integer?", "Units at 0 on every day (relu)."),
        "saturated_units": ("integer?", "Units with |h| > 0.99 on more than half of the days."),
    }
)
ERROR = record(
    {
        "unit": ({"enum": ["log", "mase"]}, "log: mean |log(forecast/price)|; mase: scaled."),
        "model": ("number", "Error of the network, one row ahead."),
        "naive": ("number", "Error of naive."),
        "days": ("integer", "Validation days."),
    }
)
POOL = record(
    {
        "days": ("integer", "Days that decided."),
        "weight": ("number", "Weight of the prior."),
        "network": ("number?", "Log score of the network alone."),
        "prior": ("number?", "Log score of the prior alone."),
        "pool": ("number?", "Log score of both pooled."),
        "ewma_t": ("number?", "Log score of EWMA-t."),
        "over_ewma_t": ("number?", "Standard errors by which it is better than EWMA-t."),
    }
)
BEFORE = record(
    {
        "digest": ("text", "SHA-256 of its file."),
        "learning_rate": ("number", "Learning rate that its training began with."),
    }
)
TRAINING: Fields = {
    "model": ("text", "Model file."),
    "series": ("integer", "Series trained on."),
    "rows": ("integer", "Their rows."),
    "inputs": ("text[]", "Input features."),
    "parameters": ("integer", "Parameters of the network."),
    "units": ("integer", "Units of all layers."),
    "epochs": ("integer", "Number of epochs; their rows are in JSON lines."),
    "best_epoch": ("integer", "Epoch of the final weights."),
    "stopped_early": ("flag", "Whether patience ran out."),
    "steps": ("integer", "Steps of all epochs."),
    "clip_rate": ("number", "Fraction of them that were clipped."),
    "out_of_time": ("flag", "Whether --time-budget ended it."),
    "validation": (maybe(ERROR), "Error on the validation days, null without any."),
    "location_kept": ("number[]?", "Shrinkage factor of the learnt direction, by row ahead."),
    "pool": (maybe(POOL), "Log scores that decided who forecasts."),
    "went_on_from": (maybe(BEFORE), "Model that --init named, null without one."),
    "prior_weight": ("number", "Weight of the prior in forecasts, 0 to 1."),
}
SYMBOL = record(
    {
        "symbol": ("text", "Symbol of the series."),
        "model": ("text", "Its model file."),
        "rows": ("integer", "Rows trained on."),
        "first_date": ("date?", "First date of them."),
        "last_date": ("date?", "Last date of them."),
        "epochs": ("integer", "Number of epochs."),
        "best_epoch": ("integer?", "Epoch of the final weights, null for a prior."),
        "stopped_early": ("flag?", "Whether patience ran out, null for a prior."),
        "steps": ("integer?", "Steps of all epochs, null for a prior."),
        "clip_rate": ("number?", "Fraction of them that were clipped, null for a prior."),
        "unit": ("text?", "Unit of the errors: log or mase."),
        "validation_days": ("integer?", "Validation days."),
        "validation_error": ("number?", "Error of the network on them."),
        "naive_error": ("number?", "Error of naive on them."),
    }
)
MODELS: Fields = {
    "folder": ("text", "Folder of the models."),
    "models": ("integer", "Models in it."),
    "better_than_naive": ("integer", "Models with a smaller validation error than naive."),
    "median_over_naive": ("number?", "Median of validation errors over naive's."),
    "series": (many(SYMBOL), "A row a model."),
    "failed": (table_of("text"), "Symbols that failed, and why."),
}
PARAMETER = record(
    {
        "name": ("text", "Name of the tensor."),
        "shape": ("integer[]", "Its shape."),
        "count": ("integer", "Its numbers."),
    }
)
BOUNDS = record(
    {
        "unit": ("text", "Unit of the errors that the bounds rest on."),
        "aheads": ("integer", "Rows ahead with separate errors."),
        "errors": ("integer[]", "Number of errors, by row ahead."),
        "first_cutoff": ("date?", "First cutoff of them."),
        "last_cutoff": ("date?", "Last cutoff of them."),
    }
)
RECORD = record(
    {
        "epochs": (many(EPOCH), "Every epoch."),
        "rows": ("integer", "Rows trained on."),
        "first_date": ("date?", "First date of them."),
        "last_date": ("date?", "Last date of them."),
        "symbols": ("text[]", "Symbols trained on."),
        "validation": (maybe(ERROR), "Error on the validation days."),
        "clip_rate": ("number?", "Fraction of steps that were clipped."),
    },
    optional={
        "seen": (table_of({"type": "array"}), "Dates that each part of the model saw."),
        "best_epoch": ("integer", "Epoch of the final weights."),
        "stopped_early": ("flag", "Whether patience ran out."),
        "out_of_time": ("flag", "Whether --time-budget ended it."),
        "steps": ("integer", "Steps of all epochs."),
        "data": ("text", "SHA-256 of the prices trained on."),
        "location_kept": ("number[]?", "Shrinkage factor of the learnt direction."),
        "pool": (maybe(POOL), "Log scores that decided who forecasts."),
        "went_on_from": (BEFORE, "Model that training went on from."),
        "prior": ("object", "How the prior was made, from simulated markets."),
    },
)
MODEL: Fields = {
    "model": ("text", "Model file, or prior."),
    "architecture": ("object", "Cell, sizes, mode and head of the network."),
    "parameters": (many(PARAMETER), "A row a tensor."),
    "settings": (table_of(kind("object")), "Options it was trained with, by stage."),
    "training": (RECORD, "How it was trained, and on what."),
    "preparation": ("object", "How prices become inputs."),
    "bounds": (BOUNDS, "What the bounds of forecasts rest on."),
}
