"""Metrics of a run for Prometheus: a file in its text format, for the textfile collector.

The format: https://prometheus.io/docs/instrumenting/exposition_formats/. A run that fails keeps
the time of the last success that the file has.
"""

import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.nightly.earlier_metrics import LAST_SUCCESS, last_success
from rnncli.nightly.result import JobResult
from rnncli.storage.atomic import write_atomically


class Metric(NamedTuple):
    """A gauge: its name, what it is, and its value by labels."""

    name: str
    help: str
    values: dict[tuple[tuple[str, str], ...], float]


def write_metrics(
    path: str, job: str, result: JobResult, status: int, seconds: Mapping[str, float]
) -> None:
    """Write the metrics of a run that ended with a status, whole or not at all.

    `seconds`: by stage. Raises CannotCreateError, WriteError.
    """
    earlier = last_success(path)
    success = time.time() if status == 0 else earlier
    metrics = [*_run_metrics(status, success, seconds), *_result_metrics(result)]
    lines = [line for metric in metrics for line in _lines(metric, job)]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def _run_metrics(
    status: int, success: float | None, seconds: Mapping[str, float]
) -> Iterator[Metric]:
    yield _one("rnncli_last_run_timestamp_seconds", "When the last run ended.", time.time())
    yield _one("rnncli_last_run_status", "Exit status of the last run.", status)
    if success is not None:
        yield _one(LAST_SUCCESS, "When a run last ended with status 0.", success)
    yield _by("rnncli_stage_seconds", "Seconds of the last run by stage.", "stage", seconds)


def _result_metrics(result: JobResult) -> Iterator[Metric]:
    symbols = {
        "forecast": result.symbols, "failed": len(result.failed), "stale": result.stale,
        "unread": result.unread,
    }  # fmt: skip
    yield _by("rnncli_symbols", "Symbols (unread: files) of the last run.", "state", symbols)
    yield _one("rnncli_recorded_forecasts", "Forecasts new to the ledger.", result.recorded)
    yield _one("rnncli_trained_models", "Models trained in the last run.", result.models)
    yield _one("rnncli_scored_forecasts", "Earlier forecasts that were scored.", result.scored)
    coverage = {level_name(level): share for level, share in result.coverage.items()}
    drifted = {name: float(name in result.drifted) for name in coverage}
    yield _by("rnncli_coverage_ratio", "Coverage of earlier forecasts.", "level", coverage)
    yield _by("rnncli_coverage_drifted", "Whether coverage has drifted.", "level", drifted)
    yield from _portfolio_metrics(result)
    if result.newest is not None:
        newest = int(np.datetime64(result.newest, "s").astype(np.int64))
        yield _one("rnncli_newest_price_timestamp_seconds", "Date of the newest price.", newest)
    if result.missed_days is not None:
        text = "Trading days, today included, since the newest price."
        yield _one("rnncli_missed_trading_days", text, result.missed_days)
    yield _by("rnncli_disk_bytes", "Bytes on disk.", "file", result.sizes)


def _portfolio_metrics(result: JobResult) -> Iterator[Metric]:
    """Risks of tonight, and the losses of earlier nights, by portfolio, row and confidence."""
    risks = {
        _labels(risk.portfolio, one.ahead, one.confidence): one
        for risk in result.risks
        for one in risk.losses
    }
    tested = {
        _labels(one.tests.line, one.ahead, one.tests.confidence): one.tests for one in result.tested
    }
    name = "rnncli_portfolio"
    var, es = "Value at risk of a portfolio.", "Expected shortfall of a portfolio."
    yield Metric(f"{name}_value_at_risk", var, {k: v.value_at_risk for k, v in risks.items()})
    yield Metric(f"{name}_expected_shortfall", es, {k: v.shortfall for k, v in risks.items()})
    text = "Nights of a portfolio that were tested."
    yield Metric(f"{name}_tested_nights", text, {k: one.rows for k, one in tested.items()})
    text = "Losses beyond the value at risk in them."
    yield Metric(f"{name}_losses_beyond", text, {k: one.hits for k, one in tested.items()})


def _labels(portfolio: str, ahead: int, confidence: float) -> tuple[tuple[str, str], ...]:
    return ("portfolio", portfolio), ("ahead", str(ahead)), ("confidence", f"{confidence:g}")


def _one(name: str, text: str, value: float) -> Metric:
    return Metric(name, text, {(): value})


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, text, {((label, key),): value for key, value in values.items()})


def _lines(metric: Metric, job: str) -> Iterator[str]:
    if metric.values:
        yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.values.items():
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in (("job", job), *labels))
        yield f"{metric.name}{{{shown}}} {float(value)!r}"


def _escaped(text: str) -> str:
    """A label as the format wants it; control characters and bytes that are no text are escaped."""
    visible = (sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)
    text = "".join(visible)
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
