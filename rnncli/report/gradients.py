"""What `gradients` and `unroll` print: norms by parameter and by lag, and the loop day by day."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from rnncli.report.output import Report, Row
from rnncli.report.tables import bar, counted, lines, number, shown, table

if TYPE_CHECKING:
    from rnncli.gradients.report import GradientReport
    from rnncli.gradients.unroll import Unrolled

LAG_COLUMNS = ("lag", "norm", "relative", "series")
MOST_DAYS = 40
BAR = 10  # columns: three networks fit on 80
LEAST = 1e-8  # relative gradient without a bar
ORTHOGONAL = 1e-4  # spectral radius and norm this close to 1


def gradient_document(report: "GradientReport") -> dict[str, Any]:
    """The report in plain values, as JSON shows it."""
    return {
        "parameters": [asdict(parameter) for parameter in report.parameters],
        "lags": [
            {"lag": lag, "norm": float(norm), "relative": float(relative), "series": int(series)}
            for lag, (norm, relative, series) in enumerate(
                zip(report.lags.norm, report.lags.relative, report.lags.series, strict=True)
            )
        ],
        "spectral_radius": report.spectral_radius,
        "spectral_norm": report.spectral_norm,
        "half_lives": {name: asdict(lives) for name, lives in report.half_lives.items()},
        "half_life": report.lags.half_life,
        "memory": report.lags.memory,
        "memory_at_start": report.memory_at_start,
        "clip_rate": report.clip_rate,
        "verdict": report.verdict,
        "reason": report.reason,
        "remedy": report.remedy,
    }


def gradients_report(report: "GradientReport") -> Report:
    """Report of how gradients flow; CSV and JSON lines have the lags."""
    document = gradient_document(report)
    return Report(
        "gradients", document, LAG_COLUMNS, lambda: document["lags"], lambda: _tables(document)
    )


def _tables(document: dict[str, Any]) -> Iterable[RenderableType]:
    columns = ("name", "shape", "norm", "max_abs", "weight_norm", "ratio")
    yield table(
        "Gradient of the mean loss by parameter",
        ("parameter", "shape", "norm", "largest", "weight norm", "ratio"),
        [[shown(p[c]) if c == "shape" else p[c] for c in columns] for p in document["parameters"]],
        spare=("weight norm", "largest"),
    )
    full = full_bar([document])
    yield table(
        "Gradient of the last day's loss by lag",
        ("lag", "norm", "relative", "series", scale_of(full)),
        [
            (*(row[name] for name in LAG_COLUMNS), bar(log_share(row["relative"], full)))
            for row in page_of(document["lags"])
        ],
    )
    loops = [
        (name, radius, document["spectral_norm"][name])
        for name, radius in document["spectral_radius"].items()
    ]
    if loops:
        yield table("Recurrent weights", ("parameter", "spectral radius", "spectral norm"), loops)
    lives = [(name, *of_layer.values()) for name, of_layer in document["half_lives"].items()]
    if lives:
        headings = ("parameter", "shortest", "median", "longest")
        yield table("Half-lives of the decays in closed form (lags)", headings, lives)
    half = document["half_life"]
    rate = document["clip_rate"]
    clipped = "no step made" if rate is None else f"{rate:.1%} of the steps clipped"
    yield lines(
        f"Half-life {'beyond every lag' if half is None else counted(half, 'lag')},"
        f" memory {counted(document['memory'], 'lag')}"
        f" ({document['memory_at_start']} before training), {clipped}.",
        f"Verdict: {document['verdict']}: {document['reason']}.",
        f"Remedy: {document['remedy']}.",
    )


def page_of(lags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lags 0 to 5, then ever fewer, and the last: a page, not a thousand lines."""
    wanted = {*range(6), *(base * 10**power for power in range(6) for base in (1, 2, 3, 5, 7))}
    return [row for row in lags if row["lag"] in wanted or row is lags[-1]]


def unroll_report(unrolled: "Unrolled") -> Report:
    """Report of an unrolled network, a row a day."""
    names = ["t", *unrolled.columns, "verdict"]
    count = len(next(iter(unrolled.columns.values())))
    rows = [
        {
            "t": t + 1,
            **{name: float(column[t]) for name, column in unrolled.columns.items()},
            "verdict": unrolled.verdict,
        }
        for t in range(count)
    ]
    document = {
        "days": rows,
        "prediction": unrolled.prediction,
        "verdict": unrolled.verdict,
        "reason": unrolled.reason,
    }
    return Report(
        "unrolled", document, names, lambda: rows, lambda: _unrolled(unrolled, rows), piped="csv"
    )


HEADINGS = {
    "w1_input": "W1·x",
    "w2_before": "W2·y(t-1)",
    "activation": "y",
    "output": "out",
    "loop_factor": "loop factor",
    "state_norm": "state norm",
}


def _unrolled(unrolled: "Unrolled", rows: list[dict[str, Any]]) -> Iterable[RenderableType]:
    names = ["t", *unrolled.columns]
    days = rows if len(rows) <= MOST_DAYS else [*rows[: MOST_DAYS // 2], *rows[-MOST_DAYS // 2 :]]
    left_out = len(rows) - len(days)
    yield table(
        "The network unrolled: "
        + ("one copy" if len(rows) == 1 else f"{len(rows)} copies, the same weights in each"),
        [HEADINGS.get(name, name) for name in names],
        [[row[name] for name in names] for row in days],
        caption=f"{left_out} days in the middle left out; --format csv has all" if left_out else "",
    )
    yield lines(
        f"Prediction: {shown(unrolled.prediction)}",
        f"Verdict: {unrolled.verdict}: {unrolled.reason}.",
    )


def comparison_report(reports: Mapping[str, "GradientReport"]) -> Report:
    """Report of several networks; CSV and JSON lines have the lags of one after the other."""
    networks = [{"network": name, **gradient_document(report)} for name, report in reports.items()]

    def rows() -> Iterable[Row]:
        return ({"network": one["network"], **lag} for one in networks for lag in one["lags"])

    columns = ("network", *LAG_COLUMNS)
    return Report(
        "comparison", {"networks": networks}, columns, rows, lambda: _comparison_tables(networks)
    )


def _comparison_tables(networks: list[dict[str, Any]]) -> Iterable[RenderableType]:
    longest = max((one["lags"] for one in networks), key=len)
    full = full_bar(networks)
    yield table(
        "Gradient of the last day's loss by lag, relative to lag 0",
        ("lag", *(one["network"] for one in networks)),
        [
            (row["lag"], *(_cell(one["lags"], row["lag"], full) for one in networks))
            for row in page_of(longest)
        ],
    )
    names = ("half_life", "memory", "memory_at_start", "verdict")
    yield table(
        "Comparison",
        ("network", "half-life (lags)", "memory (lags)", "before training", "verdict"),
        [(one["network"], *(one[name] for name in names)) for one in networks],
    )
    sentences = [f"{one['network']}: {one['reason']}." for one in networks]
    yield lines(f"Bars: {scale_of(full)}.", *sentences, _why_healthy(networks))


def _why_healthy(networks: list[dict[str, Any]]) -> str:
    """Why vanilla cells look healthy before training; nothing without such a cell."""
    names = ", ".join(one["network"] for one in networks if _orthogonal_start(one))
    return names and (
        f"Why {names} looks healthy before training: an orthogonal start (spectral radius 1) keeps"
        " the norm of a gradient. Training moves the weights: compare trained models too."
    )


def _orthogonal_start(network: dict[str, Any]) -> bool:
    """Whether an untrained vanilla cell is healthy with weights that preserve the norm."""
    if network["verdict"] != "healthy" or network["clip_rate"] is not None:
        return False
    gated = any("[" in name for name in network["spectral_radius"])
    sizes = (*network["spectral_radius"].values(), *network["spectral_norm"].values())
    return not gated and bool(sizes) and all(abs(size - 1) < ORTHOGONAL for size in sizes)


def full_bar(networks: Iterable[dict[str, Any]]) -> float:
    """The power of ten that a full bar stands for: 1, or that above the largest gradient."""
    largest = max(row["relative"] for one in networks for row in one["lags"])
    return 10.0 ** math.ceil(math.log10(min(max(largest, 1.0), 1e308)))


def log_share(relative: float, full: float, least: float = LEAST) -> float:
    """Where a gradient is between none of the bar and all of it, by its logarithm."""
    if not relative > least:
        return 0.0
    start = math.log10(least)
    return (math.log10(min(relative, full)) - start) / (math.log10(full) - start)


def scale_of(full: float, least: float = LEAST) -> str:
    """The scale of bars in words."""
    return f"log scale, {number(least)} to {number(full)}"


def _cell(lags: list[dict[str, Any]], lag: int, full: float) -> Text:
    """A number and its bar, as wide in every row."""
    if lag >= len(lags):
        return Text("-".rjust(9), justify="left")
    relative = lags[lag]["relative"]
    drawn = bar(log_share(relative, full), BAR)
    drawn.pad_right(BAR - len(drawn))
    return Text.assemble(number(relative).rjust(9), " ", drawn, justify="left")
