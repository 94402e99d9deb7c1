"""The network unrolled on the page: its copies, what the script plays, and what it may choose."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.gradients.unroll import EXPLODING, VANISHING, Unrolled
from rnncli.report.gradients import HEADINGS
from rnncli.report.page.charts import Chart, chart, line, rule
from rnncli.report.page.content import UnrolledNetwork
from rnncli.report.page.formats import number, rounded
from rnncli.simulation.statland import HIGH, LOW, MEDIUM, RULES, market

NAMES = {LOW: "low", MEDIUM: "medium", HIGH: "high"}
ALL = 17  # digits, so that the script computes with the same numbers
FURTHEST = 3.0  # recurrent weight that can be chosen
COMPANIES = ("blue", "red")  # the first two of every StatLand market


def unrolled_section(network: UnrolledNetwork) -> dict[str, Any]:
    """The table of days and the controls; those of the weights for a one-unit network only."""
    unrolled, unit = network.unrolled, network.unit
    days = len(unrolled.columns["input"])
    return {
        "columns": [(name, HEADINGS.get(name, name)) for name in unrolled.columns],
        "rows": [
            [number(float(column[t])) for column in unrolled.columns.values()] for t in range(days)
        ],
        "days": days,
        "most_days": max(network.days, days),
        "unit": unit,
        "furthest": unit and max(FURTHEST, abs(unit.w2)),
        "cases": [case["name"] for case in _cases()] if unit else [],
        "prediction": number(unrolled.prediction),
        "verdict": unrolled.verdict,
        "reason": unrolled.reason,
    }


def unrolled_data(network: UnrolledNetwork) -> dict[str, Any]:
    """What the script computes with; of a larger network the columns, which it only shows."""
    unit = network.unit
    return {
        "columns": rounded(network.unrolled.columns, ALL),
        "verdict": network.unrolled.verdict,
        "reason": network.unrolled.reason,
        "unit": unit and asdict(unit),
        "cases": list(_cases()) if unit else [],
        "names": [[value, name] for value, name in NAMES.items()],
        "exploding": EXPLODING,
        "vanishing": VANISHING,
    }


def _cases() -> Iterator[dict[str, Any]]:
    """The four rules of StatLand, and two of its companies, with the price that a rule expects."""
    for pair in RULES:
        yield _case(f"{NAMES[pair[0]]}, {NAMES[pair[1]]}", np.array(pair))
    for name, prices in islice(market(0, 2, 2, 0.0, 0), len(COMPANIES)):
        yield _case(f"{name} company, {len(prices)} days", prices)


def _case(name: str, values: Float64Array) -> dict[str, Any]:
    expected = RULES.get((float(values[-2]), float(values[-1])))
    return {"name": name, "values": values.tolist(), "next": expected}


def unrolled_charts(unrolled: Unrolled) -> dict[str, Chart]:
    """Forward by day, and on a logarithmic axis what the loop makes of a gradient on its way back.

    Marks have the names of columns: the script draws others into the same charts.
    """
    columns = unrolled.columns
    days = list(range(1, len(columns["input"]) + 1))
    state = "activation" if "activation" in columns else "state_norm"
    forward = [
        line(HEADINGS.get("input", "input"), columns["input"], "other", dashed=True),
        line(HEADINGS[state], columns[state], "third"),
        line(HEADINGS["output"], columns["output"]),
    ]
    size = np.abs(columns["loop_factor"])
    back = [
        line("loop factor", np.where(size > 0, size, np.nan)),
        rule("exploding", EXPLODING, "warn"),
        rule("vanishing", VANISHING),
    ]
    return {
        "forward": chart("Forward, day by day", days, forward, x_label="day", y_label="value"),
        "back": chart(
            "Back from the last day", days, back, x_label="day",
            y_label="loop factor, absolute", log_y=True,
        ),
    }  # fmt: skip
