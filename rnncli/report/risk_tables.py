"""The tables of `risk`: losses by row ahead, what each position adds, probabilities of marks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from rnncli.distributions.conformal import level_name
from rnncli.errors import setting
from rnncli.report.output import Row
from rnncli.report.tables import bar, counted, lines, price, table

if TYPE_CHECKING:
    from rnncli.risk.measure import Risk

BAR = 16  # columns
MOST = 40  # lines of a table; more are for programs
MEANING = (
    "VaR 95 %: a loss exceeded with 5 % probability. ES 95 %: the mean of the losses beyond it."
)


def risk_tables(risk: "Risk", charts: bool) -> Iterator[RenderableType]:
    """By symbol in percent of the price, or of a portfolio in its currency and by position."""
    if risk.portfolio is None:
        yield _by_symbol(risk, charts)
        return
    yield _whole(risk)
    yield _by_position(risk, charts)


def _headings(risk: "Risk") -> list[str]:
    names = [level_name(one) for one in risk.confidences]
    return [f"{measure} {name} %" for name in names for measure in ("VaR", "ES")]


def _by_symbol(risk: "Risk", charts: bool) -> RenderableType:
    """A row a symbol and row ahead, losses in percent of the price."""
    largest = np.nanmax(_percent(risk)) or 1.0
    rows: list[list[Any]] = []
    for i, symbol in enumerate(risk.lines[:MOST]):
        for h, ahead in enumerate(risk.aheads):
            losses = _percent(risk)[i, h]
            rows.append(
                [symbol, ahead, Text(price(risk.exposures[i])), *map(_share, losses.tolist())]
                + ([bar(max(float(losses[-1]), 0) / largest, BAR)] if charts else [])
            )
    cutoffs = set(risk.cutoffs)
    of = f", {next(iter(cutoffs))}" if len(cutoffs) == 1 else ""
    more = _more(len(risk.lines) - MOST)
    return table(
        f"Risk of {counted(len(risk.lines), 'symbol')}{of}, in % of the last price",
        ["symbol", "horizon", "last price", *_headings(risk), *([""] if charts else [])],
        rows,
        caption=f"{MEANING} {more}".strip(),
        keys=2,
    )


def _percent(risk: "Risk") -> Any:
    """Losses (m, H, 2C) in percent of what they are of."""
    both = np.stack([risk.value_at_risk, risk.shortfall], axis=-1)
    return 100 * both.reshape(*both.shape[:2], -1) / risk.bases[:, None, None]


def _share(percent: float) -> Text:
    return Text("-" if np.isnan(percent) else f"{percent:z.2f}")


def _whole(risk: "Risk") -> RenderableType:
    """The portfolio by row ahead: amounts, and percentages of its value below them."""
    assert risk.portfolio is not None
    rows: list[list[Any]] = []
    for h, ahead in enumerate(risk.aheads):
        both = np.stack([risk.value_at_risk[-1, h], risk.shortfall[-1, h]], axis=-1).ravel()
        rows.append([ahead, *(Text(price(float(one))) for one in both)])
        rows.append(["in %", *map(_share, _percent(risk)[-1, h].tolist())])
    cash = f", {price(risk.portfolio.cash)} of it cash" if risk.portfolio.cash else ""
    return table(
        f"Risk of the portfolio, worth {price(float(risk.exposures[-1]))}{cash}",
        ["horizon", *_headings(risk)],
        rows,
        caption=MEANING,
    )


def _by_position(risk: "Risk", charts: bool) -> RenderableType:
    """What each position adds to the expected shortfall, at the nearest row and highest level."""
    assert risk.parts is not None
    h, c = 0, int(np.argmax(risk.confidences))
    name, total = level_name(risk.confidences[c]), float(risk.shortfall[-1, h, c])
    order = np.argsort(-risk.parts.shortfall[:-1, h, c], kind="stable")
    rows: list[list[Any]] = []
    for i in order[:MOST].tolist():
        adds, alone = float(risk.parts.shortfall[i, h, c]), float(risk.shortfall[i, h, c])
        share = adds / total if total else 0.0
        rows.append(
            [
                risk.lines[i], Text(price(float(risk.exposures[i]))), Text(price(alone)),
                Text(price(adds)), Text(f"{share:.1%}"), Text(price(alone - adds)),
            ]
            + ([bar(min(max(share, 0.0), 1.0), BAR)] if charts else [])
        )  # fmt: skip
    more = _more(len(order) - MOST)
    rows_ahead = "next row" if risk.aheads[h] == 1 else f"{risk.aheads[h]} rows ahead"
    return table(
        f"What the positions add to the expected shortfall, {name} %, {rows_ahead}",
        ["symbol", "value", "alone", "adds", "of all", "diversified", *([""] if charts else [])],
        rows,
        caption=f"The parts add up to {price(total)}. {more}".strip(),
    )


def marks_table(rows: list[Row]) -> RenderableType:
    """Probabilities beyond marks."""
    if not rows:
        return lines("no mark")
    return table(
        "Probability of ending beyond a mark",
        ["symbol", "horizon", "side", "mark", "change %", "probability"],
        [
            [
                row["symbol"], row["ahead"], row["side"], Text(price(row["mark"])),
                Text(f"{row['change_percent']:+z.2f}"), Text(f"{row['probability']:.2%}"),
            ]
            for row in rows[: MOST * 3]
        ],
        caption=_more(len(rows) - MOST * 3),
        keys=2,
    )  # fmt: skip


def stress_tables(rows: list[Row]) -> Iterator[RenderableType]:
    """A table a scenario and row ahead, the lines that lose most first."""
    keys = list(dict.fromkeys((row["scenario"], row["ahead"]) for row in rows))
    for scenario, ahead in keys[:MOST]:
        some = [row for row in rows if (row["scenario"], row["ahead"]) == (scenario, ahead)]
        yield _stress_table(scenario, ahead, some)
    if len(keys) > MOST:
        yield lines(_more(len(keys) - MOST))


def _stress_table(scenario: str, ahead: int, rows: list[Row]) -> RenderableType:
    held = any(row["gain"] is not None for row in rows)
    key = "gain" if held else "change_percent"
    ordered = sorted(rows, key=lambda row: (row[key] is None, row[key] or 0.0))

    def percent(value: float) -> Text:
        return Text("-" if np.isnan(value) else f"{value:+z.2f}")

    def money(value: float | None) -> Text:
        return Text("-" if value is None else price(value))

    return table(
        f"{scenario}, {counted(ahead, 'row')} ahead",
        ["symbol", "change %", "5 %", "95 %", *(["gain", "5 %", "95 %"] if held else [])],
        [
            [
                row["symbol"], percent(row["change_percent"]), percent(row["lower_percent"]),
                percent(row["upper_percent"]),
                *([money(row[n]) for n in ("gain", "lower_gain", "upper_gain")] if held else []),
            ]
            for row in ordered[:MOST]
        ],
        caption=_more(len(ordered) - MOST),
    )  # fmt: skip


def _more(count: int) -> str:
    """What is said of lines that a table leaves out."""
    return f"{count} more not shown; {setting('format', 'csv')} has all" if count > 0 else ""
