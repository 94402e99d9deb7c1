"""Schemas of a night, of the installation, of compiled kernels, of events and of this list."""

from rnncli.report.schemas.build import Fields, Schema, many, record, table_of
from rnncli.report.schemas.evaluation import CHECK
from rnncli.report.schemas.risk import RECORDED_TESTED

NIGHT_RISK = record(
    {
        "portfolio": ("text", "Name of the portfolio."),
        "cutoff": ("date", "Newest cutoff of its positions."),
        "ahead": ("integer", "Rows ahead."),
        "confidence": ("number", "Confidence level in percent."),
        "value": ("number", "Value of the positions and cash."),
        "var": ("number", "Value at risk: a loss, in the currency of the portfolio."),
        "es": ("number", "Expected shortfall: the mean loss beyond it."),
    }
)
NIGHT: Fields = {
    "job": ("text", "Configuration file."),
    "dry_run": ("flag", "Whether it is a dry run."),
    "done": ({"enum": ["all", "some", "nothing", "would", "failed"]}, "What was done."),
    "newest": ("date?", "Newest date of the prices."),
    "series": ("integer", "Series that were read."),
    "why": ("text[]", "Why models were trained."),
    "trained": ("flag", "Whether any was."),
    "models": ("integer", "Models that were trained."),
    "epochs": ("integer", "Epochs of them."),
    "kept": ("integer", "Older models that forecast since they could not be retrained."),
    "model": ("text?", "First 12 digits of the SHA-256 of the model file."),
    "symbols": ("integer", "Symbols that were forecast."),
    "forecasts": ("integer", "Forecasts that were made."),
    "stale": ("integer", "Symbols left out since they end too early."),
    "failed": ("text[]", "Symbols that failed."),
    "unread": ("integer", "Files that could not be read."),
    "faults": ("text[]", "Every fault."),
    "recorded": ("integer", "Forecasts that were new to the ledger."),
    "recorded_portfolios": ("integer", "Nights of portfolios that were new to the ledger."),
    "portfolios": (many(NIGHT_RISK), "What each portfolio may lose."),
    "unmeasured_portfolios": ("text[]", "Portfolios that could not be measured."),
    "tested_portfolios": (many(RECORDED_TESTED), "Tests of their nights before."),
    "differ": (
        "integer",
        "Forecasts that the ledger has with other values, which are unchanged.",
    ),
    "in_sample": ("integer", "Forecasts whose model was fitted on days after their cutoff."),
    "output": ("text?", "File of the forecasts."),
    "page": ("text?", "HTML page of the forecasts and the ledger."),
    "wrote": ("flag", "Whether one of them changed."),
    "came": ("integer", "Earlier forecasts whose actual price is known."),
    "left_out": ("integer", "Forecasts left out of the scores: their past was rewritten."),
    "left_out_in_sample": ("integer", "Forecasts left out of the scores: they are in-sample."),
    "checks": (many(CHECK), "What was required."),
    "drifted": ("text[]", "Levels whose coverage has drifted, in percent."),
    "missed_days": ("integer?", "Trading days, today included, since the newest price."),
    "removed": ("text[]", "Files that [keep] removed."),
    "sizes": (table_of("integer"), "Bytes on disk: model, ledger, output, log."),
}
NIGHT_LEVELS: Fields = {
    "^coverage_[0-9.]+$": ("number?", "Fraction of actual values inside the interval of a level.")
}
NIGHT_ROW = record(NIGHT, NIGHT_LEVELS)
FACT = record(
    {
        "section": ("text", "Part of the installation."),
        "fact": ("text", "What it is about."),
        "value": ({}, "The value."),
    }
)
INSTALLATION: Fields = {
    name: ("object", sentence)
    for name, sentence in {
        "versions": "Versions of what is installed.",
        "processor": "The processor, and what is compiled for it.",
        "cache": "The cache of compiled kernels.",
        "terminal": "What is known of the terminal.",
        "configuration": "Where defaults are read from.",
    }.items()
}
LIBRARY = record(
    {
        "library": ("text", "Library."),
        "version": ("text?", "Version; null where it is not installed."),
        "licence": ("text?", "Licence by its own metadata; null where it is not installed."),
        "extra": ("text", "Extra of rnncli that it belongs to; empty for none."),
        "why": ("text", "Why it is needed."),
    }
)
KERNEL = record(
    {
        "kernel": ("text", "Kernel."),
        "precision": ("text", "float32 or float64."),
        "lanes": ("integer", "Series that it steps at once."),
        "source": ({"enum": ["compiled", "loaded"]}, "Compiled now, or loaded from the cache."),
        "seconds": ("number", "Seconds that it took."),
    }
)
EVENT: Schema = {
    **record(
        {
            "time": ("text", "When it happened, UTC."),
            "process": ("integer", "Process."),
            "command": ("text", "Command."),
            "event": ("text", "read, trained, forecast, recorded, written, failed, ended, …"),
            "seconds": ("number", "Seconds since the event before."),
        }
    ),
    "additionalProperties": True,  # counts differ by event
}
LEDGER_FACT = record({"fact": ("text", "What it is about."), "value": ({}, "What was found.")})
LEDGER_UPKEEP: Fields = {
    "ledger": ("text", "Ledger file."),
    "action": ("text", "What was asked for."),
    "problems": ("text[]", "What is wrong with it (check)."),
    "removed": ("integer?", "Forecasts that were removed (prune)."),
    "added": ("integer?", "Forecasts that were added (import)."),
    "freed": ("integer?", "Bytes that were given back (compact)."),
    "file": ("text?", "The other ledger (export, import)."),
    "info": ({"type": ["object", "null"]}, "What is in it; null where it is damaged."),
}
UPGRADE = record(
    {
        "file": ("text", "File."),
        "kind": ("text", "ledger, model, state or checkpoint."),
        "was": ("integer", "Version of its format before."),
        "now": ("integer", "Version of its format now."),
        "upgraded": ("flag", "Whether it was changed."),
        "backup": ("text?", "Copy of what it was."),
    }
)
SCHEMA_ROW = record({"name": ("text", "Name."), "of": ("text", "What it is the schema of.")})
