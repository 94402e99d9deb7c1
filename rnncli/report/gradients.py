"""What `gradients` and `unroll` print: norms by parameter and by lag, and the loop day by day."""

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
    )
    yield table(
        "Gradient of the last day's loss by lag",
        ("lag", "norm", "relative", "series", ""),
        [
            (row["lag"], row["norm"], row["relative"], row["series"], bar(row["relative"]))
            for row in page_of(document["lags"])
        ],
    )
    loops = [
        (name, radius, document["spectral_norm"][name])
        for name, radius in document["spectral_radius"].items()
    ]
    yield table("Recurrent weights", ("parameter", "spectral radius", "spectral norm"), loops)
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
    yield table(
        "Gradient of the last day's loss by lag, relative to lag 0",
        ("lag", *(one["network"] for one in networks)),
        [
            (row["lag"], *(_cell(one["lags"], row["lag"]) for one in networks))
            for row in page_of(longest)
        ],
    )
    names = ("half_life", "memory", "memory_at_start", "verdict")
    yield table(
        "Comparison",
        ("network", "half-life (lags)", "memory (lags)", "before training", "verdict"),
        [(one["network"], *(one[name] for name in names)) for one in networks],
    )
    yield lines(*(f"{one['network']}: {one['reason']}." for one in networks))


def _cell(lags: list[dict[str, Any]], lag: int) -> Text:
    """A number and its bar, as wide in every row."""
    if lag >= len(lags):
        return Text("-".rjust(9), justify="left")
    relative = lags[lag]["relative"]
    drawn = bar(relative, BAR)
    drawn.pad_right(BAR - len(drawn))
    return Text.assemble(number(relative).rjust(9), " ", drawn, justify="left")
