"""JSON Schemas (2020-12) of every result: what `rnncli schema` prints.

A key that is added leaves the version of a schema as it is; one that goes or changes raises it.

    build       schemas from short tables
    forecasts   of forecasts, sampled paths, recorded forecasts
    training    of trainings and models
    evaluation  of evaluations and scores
    gradients   of gradient reports, explanations and unrolled networks
    prices      of price files and generated prices
    risk        of values at risk
    runs        of nights, the installation, events
"""

from collections.abc import Mapping

from rnncli.report.output import schema_id
from rnncli.report.schemas.build import DRAFT, Fields, Schema, result
from rnncli.report.schemas.evaluation import (
    EVALUATION,
    FALSE_CLAIMS,
    LEDGER,
    LEDGER_SCORE,
    PLACEBO,
    SCORE,
)
from rnncli.report.schemas.forecasts import FORECAST, NIXTLA, PATH, SCORED
from rnncli.report.schemas.gradients import (
    COMPARED_LAG,
    COMPARISON,
    DAY,
    EFFECT,
    EXPLANATION,
    GRADIENTS,
    LAG,
    UNROLLED,
)
from rnncli.report.schemas.prices import PRICES, SERIES, SIMULATION, STATISTICS, STATLAND
from rnncli.report.schemas.risk import (
    JOINT_SCORE,
    JOINT_SCORES,
    MARK,
    PORTFOLIO_SCORE,
    RECORDED_NIGHT,
    RECORDED_TESTED,
    RISK,
    RISK_TESTS,
    RISKS,
    STRESSED,
    TESTED,
)
from rnncli.report.schemas.runs import (
    EVENT,
    FACT,
    INSTALLATION,
    KERNEL,
    LEDGER_FACT,
    LEDGER_UPKEEP,
    LIBRARY,
    NIGHT,
    NIGHT_LEVELS,
    NIGHT_ROW,
    SCHEMA_ROW,
    UPGRADE,
)
from rnncli.report.schemas.training import EPOCH, MODEL, MODELS, PARAMETER, SYMBOL, TRAINING

__all__ = ["RESULTS", "result_schema"]

# name of a result -> what it is, its row, and the fields of its JSON where that is not the rows
RESULTS: Mapping[str, tuple[str, Schema, Fields | None]] = {
    "forecast": ("Forecasts of `rnncli predict` and of a nightly job.", FORECAST, None),
    "forecast-nixtla": ("The same with `--names nixtla`.", NIXTLA, None),
    "paths": ("Sampled paths of `rnncli predict --paths`.", PATH, None),
    "training": ("A training of `rnncli train`; a row an epoch.", EPOCH, TRAINING),
    "models": ("Models of `rnncli train --per-series`.", SYMBOL, MODELS),
    "model": ("A model, of `rnncli inspect`; a row a tensor.", PARAMETER, MODEL),
    "prices": ("Price files, of `rnncli inspect`; a row a series.", SERIES, PRICES),
    "evaluation": ("An evaluation; a row a method and row ahead.", SCORE, EVALUATION),
    "placebo": ("Claims of `rnncli evaluate --placebo`.", FALSE_CLAIMS, PLACEBO),
    "score": ("Scores of a ledger; a row a group.", LEDGER_SCORE, LEDGER),
    "scored-forecasts": ("Recorded forecasts of `rnncli score --export`.", SCORED, None),
    "portfolio-score": ("Of `rnncli score --portfolios`.", RECORDED_TESTED, PORTFOLIO_SCORE),
    "scored-portfolios": ("Nights of it, with `--export`.", RECORDED_NIGHT, None),
    "joint-evaluation": ("Scores of `rnncli evaluate --joint`.", JOINT_SCORE, JOINT_SCORES),
    "risk": ("Values at risk; a row a line, row ahead and level.", RISK, RISKS),
    "risk-backtest": ("Tests of `rnncli risk --backtest`.", TESTED, RISK_TESTS),
    "risk-stress": ("Scenarios of `rnncli risk --shock` and others.", STRESSED, None),
    "risk-marks": ("Probabilities of `rnncli risk --above` and `--below`.", MARK, None),
    "gradients": ("A gradient report; a row a lag.", LAG, GRADIENTS),
    "comparison": ("Gradient reports of several models.", COMPARED_LAG, COMPARISON),
    "explanation": ("Of `rnncli explain`; a row a symbol, row and input.", EFFECT, EXPLANATION),
    "unrolled": ("An unrolled network; a row a day.", DAY, UNROLLED),
    "night": ("A run of `rnncli batch`.", NIGHT_ROW, NIGHT),
    "ledger": ("Of `rnncli ledger`; a row a fact.", LEDGER_FACT, LEDGER_UPKEEP),
    "upgrade": ("Files of `rnncli upgrade`.", UPGRADE, None),
    "simulation": ("Prices of `rnncli simulate`.", SIMULATION, None),
    "statistics": ("Statistics of `rnncli simulate --compare`.", STATISTICS, None),
    "statland": ("Prices of `rnncli statland`.", STATLAND, None),
    "kernels": ("Kernels of `rnncli warmup`.", KERNEL, None),
    "installation": ("What `rnncli doctor` finds; a row a fact.", FACT, INSTALLATION),
    "licences": ("Libraries of `rnncli doctor --licences`.", LIBRARY, None),
    "schemas": ("The list of `rnncli schema`.", SCHEMA_ROW, None),
    "event": ("Events of a log file, one a line.", EVENT, None),
}  # fmt: skip


def result_schema(name: str) -> Schema:
    """The schema of a result; its rows, those of CSV and JSON lines, are in `$defs`."""
    title, row, fields = RESULTS[name]
    if name == "event":  # which has rows alone
        return {"$schema": DRAFT, "$id": schema_id(name), "title": title, **row}
    patterns = NIGHT_LEVELS if name == "night" else None
    return result(schema_id(name), title, row, fields, patterns)
