"""Output of `train`: the result, the validation error against naive, the epochs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from rnncli.report.output import Report, Row
from rnncli.report.tables import INEXACT, lines, table
from rnncli.report.text import SANITY

if TYPE_CHECKING:
    from rnncli.training.fit import Fitted

COLUMNS = (
    "epoch", "train_loss", "validation_loss", "gradient_norm", "largest_norm", "clip_rate",
    "steps", "learning_rate", "update_ratio", "dead_units", "saturated_units",
)  # fmt: skip
MOST_ROWS = 16
BEYOND_CHANCE = 1.645  # standard errors: 5 % of one tail


def training_report(path: str, fitted: "Fitted") -> Report:
    """Report of a finished training; `path` is where the model was written.

    Its JSON is short: the epochs are the rows of CSV and JSON lines, and stay in the model.
    """
    run = fitted.run
    epochs = [asdict(epoch) for epoch in run.epochs]
    document = {
        "model": path,
        "series": fitted.series,
        "rows": fitted.rows,
        "inputs": ["close", *fitted.model.preparation.inputs],
        "parameters": len(run.network.flat),
        "units": run.network.architecture.layers * run.network.architecture.hidden_size,
        "epochs": len(epochs),
        "best_epoch": run.best_epoch,
        "stopped_early": run.stopped_early,
        "out_of_time": run.out_of_time,
        "steps": run.steps,
        "clip_rate": run.clip_rate,
        "validation": fitted.error and asdict(fitted.error),
        "location_kept": fitted.model.record["location_kept"],
        "pool": fitted.model.record["pool"],
        "went_on_from": fitted.model.record.get("went_on_from"),
        "prior_weight": fitted.model.pool.weight if fitted.model.pool else 0.0,
    }
    note = INEXACT if fitted.model.preparation.bins else ""
    return Report(
        "training", document, COLUMNS, lambda: epochs, lambda: _tables(document, epochs, note)
    )


def _tables(document: dict[str, Any], epochs: list[Row], note: str) -> Iterable[RenderableType]:
    every = max(1, -(-len(epochs) // MOST_ROWS))
    shown_epochs = [e for e in epochs if e["epoch"] % every == 1 % every or e is epochs[-1]]
    best = document["best_epoch"]
    shown = sorted({e["epoch"]: e for e in [*shown_epochs, epochs[best - 1]]}.items())
    names = (
        "epoch",
        "train loss",
        "validation loss",
        "gradient norm",
        "largest",
        "clipped",
        "rate",
    )
    yield table(
        f"Training: {document['series']} series, {document['rows']} rows,"
        f" {document['parameters']} parameters",
        names,
        [
            (
                e["epoch"],
                e["train_loss"],
                e["validation_loss"],
                e["gradient_norm"],
                e["largest_norm"],
                e["clip_rate"],
                e["learning_rate"],
            )
            for _, e in shown
        ],
        caption=f"{len(epochs)} epochs, {document['steps']} steps,"
        f" clipped {document['clip_rate']:.1%}; best epoch {best}",
        spare=("rate", "largest", "clipped"),
    )
    health = _health(document, epochs)
    verdict = _verdict(document["validation"])
    direction, pool = _direction(document["location_kept"]), _pool(document)
    inputs = f"Input features: {', '.join(document['inputs'])}."
    yield lines(note, *_before(document), inputs, *health, *verdict, *direction, *pool)


def _before(document: dict[str, Any]) -> Iterable[str]:
    """Which model the training went on from."""
    if document["went_on_from"]:
        yield f"Went on from the model of SHA-256 {document['went_on_from']['digest']}."


def _health(document: dict[str, Any], epochs: list[Row]) -> Iterable[str]:
    """Relative weight updates, and dead or saturated units of the final weights."""
    first, best, last = epochs[0], epochs[document["best_epoch"] - 1], epochs[-1]
    if document["out_of_time"]:
        yield f"The time budget ended after epoch {last['epoch']}: the best weights are used."
    yield (
        f"Relative weight update per step: {first['update_ratio']:.2%} in epoch 1,"
        f" {last['update_ratio']:.2%} in epoch {last['epoch']}."
    )
    if best["dead_units"] is not None:
        yield f"Dead units (0 on every day): {best['dead_units']} of {document['units']}."
    if best["saturated_units"] is not None:
        yield (
            "Saturated units (|h| > 0.99 on more than half of the days):"
            f" {best['saturated_units']} of {document['units']}."
        )


def _verdict(error: dict[str, Any] | None) -> Iterable[str]:
    if error is None:
        yield "Validation: no days were held out, so the error on new days is unknown."
        return
    unit = "mean |log(forecast/price)|" if error["unit"] == "log" else "mean scaled error (MASE)"
    yield (
        f"Validation, one day ahead, {error['days']} days, {unit}: network {error['model']:.6g},"
        f" naive {error['naive']:.6g} ({_compared(error['model'], error['naive'])})."
    )
    yield SANITY


def _direction(shrinkage: list[float] | None) -> Iterable[str]:
    """How much of what was learnt of direction is in the forecasts."""
    if not shrinkage:
        return
    if max(shrinkage) == 0:
        yield (
            "Direction: validation supports no learned direction, so the forecast of the next row"
            " is the last price."
        )
        return
    shares = " … ".join(dict.fromkeys(f"{share:.0%}" for share in (shrinkage[0], shrinkage[-1])))
    yield f"Direction: validation supports {shares} of the learned direction; the rest is removed."


def _pool(document: dict[str, Any]) -> Iterable[str]:
    """Whose forecasts the model gives, and the log scores that decided it."""
    weight, scores = document["prior_weight"], document["pool"]
    who = {0.0: "the network alone", 1.0: "the prior alone, untrained"}.get(
        weight, f"the network and the prior, {1 - weight:.0%} and {weight:.0%}"
    )
    if scores is not None and scores["days"]:
        yield (
            f"Log score of the next row over {scores['days']} held-out days (lower is better):"
            f" network {scores['network']:.4f}, prior {scores['prior']:.4f},"
            f" both pooled {scores['pool']:.4f}, EWMA-t {scores['ewma_t']:.4f}."
        )
    if scores is not None or weight:
        yield f"Forecasts come from {who}{_over_ewma(scores)}."


def _over_ewma(scores: dict[str, Any] | None) -> str:
    """Test of the forecasts against EWMA-t over the held-out days."""
    if scores is None or not scores["days"]:
        return ""
    errors = scores["over_ewma_t"]
    better = "better" if errors > BEYOND_CHANCE else "no better"
    return f": {better} than EWMA-t beyond chance on held-out days ({errors:+z.1f} standard errors)"


def _compared(model: float, naive: float) -> str:
    """How much better or worse than naive; without a percentage for an error of 0."""
    if model == naive:
        return "no better"
    if naive == 0:
        return "worse"
    return f"{abs(model / naive - 1):.2%} {'worse' if model > naive else 'better'}"
