"""What `train --per-series` prints, and `inspect` of its folder: a row a symbol."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from rnncli.report.output import Report, Row
from rnncli.report.text import SANITY
from rnncli.training.per_symbol import Failed, SymbolOutcome, Trained

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS = (
    "symbol", "model", "rows", "first_date", "last_date", "epochs", "best_epoch", "stopped_early",
    "steps", "clip_rate", "unit", "validation_days", "validation_error", "naive_error",
)  # fmt: skip
SHOWN = {
    "symbol": "symbol", "rows": "rows", "last_date": "last date", "epochs": "epochs",
    "best_epoch": "best epoch", "validation_days": "days", "validation_error": "validation error",
    "naive_error": "naive",
}  # fmt: skip


def fleet_report(folder: str, outcomes: Sequence[SymbolOutcome]) -> Report:
    """Report of the models of a folder; failed ones are listed separately."""
    rows = [_row(one) for one in outcomes if isinstance(one, Trained)]
    document = {
        "folder": folder,
        "models": len(rows),
        "better_than_naive": len(_ratios(rows, below=1.0)),
        "median_over_naive": median(_ratios(rows)) if _ratios(rows) else None,
        "series": rows,
        "failed": {one.symbol: one.fault for one in outcomes if isinstance(one, Failed)},
    }
    return Report("models", document, COLUMNS, lambda: rows, lambda: _tables(document))


def _row(trained: Trained) -> Row:
    record = trained.record
    error = record["validation"] or {}
    return {
        "symbol": trained.symbol,
        "model": trained.path,
        **{name: record[name] for name in ("rows", "first_date", "last_date")},
        "epochs": len(record["epochs"]),
        # a prior, which has learnt from simulated markets, has no such record
        **{name: record.get(name) for name in ("best_epoch", "stopped_early", "steps")},
        "clip_rate": record["clip_rate"],
        "unit": error.get("unit"),
        "validation_days": error.get("days"),
        "validation_error": error.get("model"),
        "naive_error": error.get("naive"),
    }


def _ratios(rows: Sequence[Row], below: float = float("inf")) -> list[float]:
    """Validation errors over naive's, where there are any."""
    ratios = [row["validation_error"] / row["naive_error"] for row in rows if row["naive_error"]]
    return [ratio for ratio in ratios if ratio < below]


def _tables(document: dict[str, Any]) -> Iterable["RenderableType"]:
    from rnncli.report.tables import counted, lines, table

    rows = document["series"]
    yield table(
        f"{counted(len(rows), 'model')} in {document['folder']}",
        list(SHOWN.values()),
        [[row[name] for name in SHOWN] for row in rows],
        caption="Validation error: one day ahead, mean |log(forecast/price)|, or scaled (MASE).",
    )
    if document["median_over_naive"] is not None:
        yield lines(
            f"{document['better_than_naive']} of {len(_ratios(rows))} are better than naive;"
            f" the median error is {document['median_over_naive']:.2%} of naive's.",
            SANITY,
        )
