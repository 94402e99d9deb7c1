"""The model on the page: its form, its training epoch by epoch, how far gradients reach."""

from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.prices.row_names import ROW
from rnncli.report.heat_map import heat_map
from rnncli.report.page.charts import Chart, bars, chart, grid, line, rule
from rnncli.report.page.content import Network
from rnncli.report.page.formats import number, percent, thousands
from rnncli.report.page.page_table import PageTable, column, page_table
from rnncli.report.text import safe

if TYPE_CHECKING:
    from rnncli.models.model import Model

MODES = {
    "seq2seq": "an output after every {row}, for the next one",
    "direct": "an output after every {row}, for all {row}s ahead at once",
    "seq2vec": "one output after the last {row}, for all {row}s ahead",
    "vec2seq": "one input, a path of outputs",
    "encoder-decoder": "one network reads the past, another writes the path",
}
SHOWN = {  # what is explained below each kind of chart: definitions and their names
    "loss": (("loss", "loss"),),
    "norm": (("gradient_norm", "gradient norm"),),
    "clip": (("clipped", "clipped steps"),),
    "lags": (("lag", "gradient by lag"), ("memory", "memory")),
}
LAGS = 200  # points of a curve
LAG_COLUMNS = (1, 5, 10, 20, 50, 100)  # of the table of epochs
MAP_ROWS, MAP_COLUMNS = 40, 60  # cells of the map, at most


def network_section(network: Network, number_of: int, row: str = ROW) -> dict[str, Any]:
    """What is known of a network; charts are under the names that it gives; `row`: of prices."""
    gradients = network.gradients
    by_epoch = _by_epoch(network)
    section: dict[str, Any] = {
        "by_epoch": by_epoch,
        "table": _epochs_table(network, by_epoch),
        "lags": _numbered(network),
        "name": safe(network.name),
        "facts": _facts(network.model, row) if network.model else [],
        "charts": [],
        "epochs": len(network.model.record["epochs"]) if network.model else 0,
        "is_prior": network.model is not None and "prior" in network.model.record,
        "gradients": gradients and {
            "verdict": gradients.verdict,
            "reason": gradients.reason,
            "remedy": gradients.remedy,
            "memory": gradients.lags.memory,
            "at_start": None if "before training" in gradients.reason
            else gradients.memory_at_start,
            "clip_rate": percent(gradients.clip_rate),
            "radius": [(name, number(r), number(gradients.spectral_norm[name]))
                       for name, r in gradients.spectral_radius.items()],
            "series": network.series,
        },
    }  # fmt: skip
    kinds = list(network_charts(network, row))
    section["charts"] = [f"{kind}-{number_of}" for kind in kinds]
    section["shown"] = [pair for kind in kinds for pair in SHOWN.get(kind, ())]
    return section


def _facts(model: "Model", row: str) -> list[tuple[str, str]]:
    """Terms and values of a model's form and training."""
    shape, record = model.network.architecture, model.record
    facts = [
        ("Cell", f"{shape.cell}, {shape.layers} x {shape.hidden_size} units"),
        ("Mode", f"{shape.mode}: {MODES.get(shape.mode, '').format(row=row)}"),
        ("Inputs", safe(", ".join(("close", *model.preparation.inputs)))),
        ("Output", shape.head),
        ("Parameters", thousands(len(model.network.flat))),
    ]
    if "prior" in record:
        series = thousands(record["prior"]["series"])
        return [*facts, ("Learnt from", f"{series} simulated series, and no prices of any market")]
    trained = f"{len(record['symbols'])} symbols, {thousands(record['rows'])} {row}s"
    if record["last_date"]:
        trained += f", {record['first_date']} to {record['last_date']}"
    facts.append(("Trained on", trained))
    if model.pool is not None:
        near, far = model.pool.weight, model.pool.far_ahead
        further = "" if near == far else f", falling to {far:.2g} further ahead"
        weight = f"with the prior, which has a weight of {near:.2g}{further}"
        alone = "the forecasts are the prior's alone: validation gave this network no weight"
        facts.append(("Pooled", alone if near == 1 else weight))
    return facts


def network_charts(network: Network, row: str = ROW) -> dict[str, Chart]:
    """Loss, gradient norm and clipping by epoch, and the gradient by lag."""
    charts: dict[str, Chart] = {}
    epochs = network.model.record["epochs"] if network.model else []
    if len(epochs) > 1:
        charts |= _training(epochs)
    if network.gradients is not None:
        charts["lags"] = _lags(network, row)
    if len(network.epochs) > 1:
        charts["epochs"] = _map(network, row)
    return charts


def _map(network: Network, row: str) -> Chart:
    """The gradient by lag and epoch; the largest of the lags, the last of the epochs that share."""
    drawn = heat_map({epoch: report.lags for epoch, report in network.epochs.items()})
    every = -(-len(drawn.epochs) // MAP_ROWS)
    rows = range((len(drawn.epochs) - 1) % every, len(drawn.epochs), every)
    wide = -(-drawn.values.shape[1] // MAP_COLUMNS)
    lags = range(0, drawn.values.shape[1], wide)
    values = np.maximum.reduceat(drawn.values[list(rows)], list(lags), axis=1)
    return grid(
        "Gradient by lag and epoch", lags, [drawn.epochs[row] for row in rows], values,
        drawn.low, drawn.high, x_label=f"lag in {row}s", y_label="epoch", z_label="relative norm",
    )  # fmt: skip


def _numbered(network: Network) -> list[int]:
    """The lags with a column in the table of epochs."""
    longest = max((len(one.lags.relative) for one in network.epochs.values()), default=0)
    return [lag for lag in LAG_COLUMNS if lag < longest]


def _by_epoch(network: Network) -> list[dict[str, Any]]:
    """What is left of the gradient after each epoch, and the verdict."""
    lags = _numbered(network)
    return [
        {
            "epoch": epoch,
            "left": [number(float(report.lags.relative[lag])) for lag in lags],
            "memory": report.lags.memory,
            "verdict": report.verdict,
        }
        for epoch, report in network.epochs.items()
    ]


def _epochs_table(network: Network, rows: list[dict[str, Any]]) -> PageTable:
    """What is left of the gradient at some lags, after each epoch."""
    return page_table(
        f"Gradients of {safe(network.name)} by epoch",
        [
            column("epoch", "Epoch", [row["epoch"] for row in rows], "name"),
            *(
                column("lag", f"Lag {lag}", [row["left"][k] for row in rows])
                for k, lag in enumerate(_numbered(network))
            ),
            column("memory", "Memory", [row["memory"] for row in rows]),
            column("flow", "Verdict", [row["verdict"] for row in rows], "text"),
        ],
    )


def _training(epochs: list[dict[str, Any]]) -> dict[str, Chart]:
    x = [epoch["epoch"] for epoch in epochs]
    column = {name: [epoch[name] for epoch in epochs] for name in epochs[0]}
    losses = [line("training", column["train_loss"], "other")]
    if any(loss is not None for loss in column["validation_loss"]):
        losses.append(line("validation", column["validation_loss"]))
    norms = [
        line("mean", column["gradient_norm"]),
        line("largest", column["largest_norm"], "other", dashed=True),
    ]
    charts = {
        "loss": chart("Training curve", x, losses, x_label="epoch", y_label="loss"),
        "norm": chart(
            "Gradient norm before clipping", x, norms, x_label="epoch", y_label="norm", log_y=True
        ),
    }
    if any(column["clip_rate"]):
        clipped = [bars("clipped", [100 * rate for rate in column["clip_rate"]])]
        charts["clip"] = chart("Clipped steps", x, clipped, x_label="epoch", y_label="% of steps")
    return charts


def _lags(network: Network, row: str) -> Chart:
    """The relative gradient by lag on a logarithmic axis, thinned where there are many."""
    assert network.gradients is not None
    relative = network.gradients.lags.relative
    every = max(1, -(-len(relative) // LAGS))
    lags = list(range(0, len(relative), every))
    marks = [
        line("gradient", [max(float(relative[lag]), 1e-12) for lag in lags]),
        rule("memory ends", 0.01),
        *([rule("exploding", 100.0, "warn")] if float(relative.max()) > 10 else []),
    ]
    return chart(
        "Gradient by lag, relative to lag 0", lags, marks, x_label=f"lag in {row}s",
        y_label="relative norm", log_y=True,
    )  # fmt: skip
