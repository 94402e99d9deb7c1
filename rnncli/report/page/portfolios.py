"""Portfolios on the page: what each may lose, and the nights that were recorded before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.evaluation.plain_verdict import FAIR, GOOD, POOR, Finding
from rnncli.ledger.matching import CAME, PENDING
from rnncli.ledger.portfolio_risk import PortfolioRisk, RecordedLoss
from rnncli.ledger.portfolio_score import PortfolioOutcome
from rnncli.prices.row_names import ROW
from rnncli.report.page.charts import Chart, Ink, bars, chart, dots, line
from rnncli.report.page.content import Portfolios
from rnncli.report.page.formats import DASH, amount, decimals, percent, thousands
from rnncli.report.page.page_table import Cell, Column, Kind, PageTable, column, page_table
from rnncli.report.portfolio_score import LEFT_OUT
from rnncli.report.tables import counted
from rnncli.report.text import safe
from rnncli.risk.tail_tests import GREEN, TESTS, TailTests

NIGHTS = 250  # that a chart shows, the last ones
SHADES: tuple[Ink, ...] = (
    "other",
    "third",
    "quiet",
)  # of values at risk, the lowest confidence first
TEST_TITLES = {  # definition -> title, in the order of `TESTS`
    "kupiec": "Kupiec", "christoffersen": "Christoffersen", "duration": "Duration",
    "shortfall_p": "Shortfall",
}  # fmt: skip


def portfolio_section(portfolios: Portfolios, row: str = ROW) -> dict[str, Any] | None:
    """The nights by portfolio, None without any; `row`: what a row of prices is called."""
    names = portfolio_names(portfolios)
    if not names:
        return None
    states = _states(portfolios)
    counts = [f"{thousands(states[state])} {why}" for state, why in LEFT_OUT.items()
              if states[state]]  # fmt: skip
    recorded = {(one.record.risk.portfolio, one.record.risk.cutoff)
                for one in portfolios.score.outcomes}  # fmt: skip
    nights = recorded | {(one.portfolio, one.cutoff) for one in portfolios.tonight}
    return {
        "ledger": safe(portfolios.ledger),
        "nights": counted(len(nights), "night"),
        "outcomes": counted(states.total(), "outcome"),
        "counts": "; ".join([f"{thousands(states[CAME])} tested", *counts]),
        "each": [_portfolio(portfolios, number, name, row) for number, name in enumerate(names)],
    }


def _states(portfolios: Portfolios) -> Counter[str]:
    """How many outcomes are in each state; tonight's are the same whether recorded yet or not."""
    outcomes = portfolios.score.outcomes
    recorded = {(one.record.risk.portfolio, one.record.risk.cutoff) for one in outcomes}
    states = Counter(one.state for one in outcomes)
    for one in portfolios.tonight:
        if (one.portfolio, one.cutoff) not in recorded:
            states[PENDING] += len({loss.ahead for loss in one.losses})
    return states


def portfolio_names(portfolios: Portfolios) -> list[str]:
    """The names of the portfolios, in order."""
    recorded = {one.record.risk.portfolio for one in portfolios.score.outcomes}
    return sorted(recorded | {one.portfolio for one in portfolios.tonight})


def _portfolio(portfolios: Portfolios, number: int, name: str, row: str) -> dict[str, Any]:
    """What one may lose after its last night, and how its values at risk did."""
    latest = _latest(portfolios, name)
    worth = float(latest.values.sum()) + latest.cash
    exposure = float(np.abs(latest.values).sum())
    tests = {
        (one.ahead, one.tests.confidence): one.tests
        for one in portfolios.score.tested
        if one.tests.line == name
    }
    losses = {(one.ahead, one.confidence): one for one in latest.losses}
    rows = [
        _row(key, losses.get(key), tests.get(key), exposure, portfolios.alpha)
        for key in sorted({*losses, *tests})
    ]
    return {
        "name": safe(name),
        "cutoff": latest.cutoff,
        "worth": amount(worth),
        "positions": sum(one.quantity != 0 for one in latest.positions),
        "findings": list(_findings(tests, portfolios.alpha, row)),
        "rows": rows,
        "table": _table(safe(name), rows, row),
        "chart": f"portfolio-{number}",
    }


def _latest(portfolios: Portfolios, name: str) -> PortfolioRisk:
    """The last night; if it was recorded several times, as it was first."""
    recorded = [one.record.risk for one in portfolios.score.outcomes]
    of_name = [one for one in (*recorded, *portfolios.tonight) if one.portfolio == name]
    return max(of_name, key=lambda one: (isinstance(one.cutoff, str), one.cutoff))


def _findings(
    tests: dict[tuple[int, float], TailTests], alpha: float, row: str
) -> Iterator[Finding]:
    """Whether losses beyond each value at risk were as many, and as large, as promised."""
    if not tests:
        yield Finding(FAIR, "Are losses as rare as promised?", "Too early to tell: none is known.")
    for (ahead, confidence), one in tests.items():
        after = f"Next {row}" if ahead == 1 else f"{ahead} {row}s ahead"
        question = (
            f"{after}: do {100 - confidence:g} in 100 nights lose more than the"
            f" {confidence:g} % value at risk?"
        )
        yield Finding(_grade(one, alpha), question, _answer(one, alpha))


def _grade(one: TailTests, alpha: float) -> str:
    against = [test for test in TESTS if one.rejects(test, alpha)]
    if one.hits > one.expected and (one.rejects("kupiec", alpha) or one.zone == "red"):
        return POOR
    early = one.expected < 1 and not one.hits
    return GOOD if one.zone == GREEN and not against and not early else FAIR


def _answer(one: TailTests, alpha: float) -> str:
    """How many losses were beyond it, and what the tests say against it."""
    figures = f"{one.hits} of {one.rows} did, {one.expected:.1f} expected"
    if one.rejects("kupiec", alpha):
        begins = "No, too many" if one.hits > one.expected else "No, fewer"
    else:
        begins = "Too early to tell" if one.expected < 1 else "Yes, within what chance explains"
    against = []
    if one.rejects("christoffersen", alpha) and not one.rejects("kupiec", alpha):
        against.append("; they often came in a row")
    if one.rejects("duration", alpha):
        against.append("; they were not spread evenly over time")
    if one.rejects("shortfall", alpha):
        against.append("; they were larger than forecast")
    return f"{begins}: {figures}{''.join(against)}."


def _row(
    key: tuple[int, float], loss: RecordedLoss | None, tests: TailTests | None, exposure: float,
    alpha: float,
) -> dict[str, Any]:  # fmt: skip
    """A row ahead and confidence level: what may be lost, and the tests, as text."""
    ahead, confidence = key
    return {
        "ahead": ahead,
        "confidence": f"{confidence:g} %",
        "var": amount(loss.value_at_risk) if loss else DASH,
        "share": percent(loss.value_at_risk / exposure, 2) if loss and exposure else DASH,
        "es": amount(loss.shortfall) if loss else DASH,
        "hits": f"{tests.hits} of {tests.rows}" if tests else DASH,
        "expected": decimals(tests.expected, 1) if tests else DASH,
        "zone": tests.zone if tests else DASH,
        "p": [
            {
                "text": decimals(getattr(tests, field) if tests else None, 3),
                "serious": tests is not None and tests.rejects(test, alpha),
            }
            for test, field in TESTS.items()
        ],
    }


def _table(name: str, rows: Sequence[dict[str, Any]], row_of_prices: str) -> PageTable:
    """Values at risk of a portfolio and their tests, by row ahead and confidence level."""

    def shown(key: str, title: str, field: str, kind: Kind = "num") -> Column:
        return column(key, title, [row[field] for row in rows], kind)

    return page_table(
        f"Values at risk of {name}",
        [
            shown("ahead", f"{row_of_prices.capitalize()}s ahead", "ahead", "name"),
            shown("confidence", "Confidence", "confidence"),
            shown("var", "Value at risk", "var"),
            shown("var", "In % of positions", "share"),
            shown("shortfall", "Expected shortfall", "es"),
            shown("beyond", "Losses beyond", "hits"),
            shown("beyond", "Expected", "expected"),
            shown("zone", "Zone", "zone", "text"),
            *(
                column(field, f"{test} p", [_p_cell(row["p"][k]) for row in rows])
                for k, (field, test) in enumerate(TEST_TITLES.items())
            ),
        ],
    )


def _p_cell(p: dict[str, Any]) -> Cell:
    return Cell(p["text"], style="serious" if p["serious"] else "")


def portfolio_charts(portfolios: Portfolios, row: str = ROW) -> dict[str, Chart]:
    """The gain of each night beside its values at risk, of the first row ahead that is scored."""
    charts = {}
    for number, name in enumerate(portfolio_names(portfolios)):
        of_name = [one for one in portfolios.score.outcomes if one.record.risk.portfolio == name]
        for _, group in groupby(sorted(of_name, key=lambda one: one.ahead), lambda one: one.ahead):
            came = [one for one in group if one.state == CAME and one.exposure]
            if len(came) > 1:
                charts[f"portfolio-{number}"] = _gains(safe(name), came[-NIGHTS:], row)
            break
    return charts


def _gains(name: str, nights: Sequence[PortfolioOutcome], row: str) -> Chart:
    """Gains as bars, values at risk as lines below, and a dot where the loss was beyond one."""
    ahead = nights[0].ahead
    gains = np.array([100 * one.gain / one.exposure for one in nights])
    levels = sorted({loss.confidence for one in nights for loss in one.record.risk.losses})
    limits = [np.array([_limit(one, level) for one in nights]) for level in levels]
    beyond = np.where(gains <= limits[0], gains, np.nan) if limits else np.full(len(gains), np.nan)
    marks = [
        bars("gain", gains),
        *(line(f"value at risk {level:g} %", limit, SHADES[k % len(SHADES)], dashed=bool(k))
          for k, (level, limit) in enumerate(zip(levels, limits, strict=True))),
        *([dots(f"beyond {levels[0]:g} %", beyond, ink="warn")] if np.isfinite(beyond).any()
          else []),
    ]  # fmt: skip
    rows = f"one {row}" if ahead == 1 else f"{ahead} {row}s"
    return chart(
        f"{name}: gain {rows} after each cutoff, and what might be lost",
        [str(one.record.risk.cutoff) for one in nights], marks,
        x_label="cutoff", y_label="% of its positions",
    )  # fmt: skip


def _limit(one: PortfolioOutcome, level: float) -> float:
    """The value at risk of a night in percent of its positions, below zero; NaN without one."""
    limits: Float64Array = np.array(
        [-100 * loss.value_at_risk / one.exposure for loss in one.record.risk.losses
         if (loss.ahead, loss.confidence) == (one.ahead, level)] or [np.nan]
    )  # fmt: skip
    return float(limits[0])
