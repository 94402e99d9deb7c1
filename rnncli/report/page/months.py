"""Months on the page: in which the ranges held, and whether they did in the latest."""

from collections.abc import Sequence

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.plain_verdict import FAIR, GOOD, POOR, Finding
from rnncli.report.page.formats import percent


def best_and_worst(months: Sequence[Row], level: float) -> Row | None:
    """The months in which a range held least and most often; None without two that are known."""
    name = f"coverage_{level_name(level)}"
    known = [row for row in months if row["month"] and np.isfinite(row[name])]
    if len(known) < 2:
        return None
    known.sort(key=lambda row: (row[name], row["month"]))
    return {
        "level": level_name(level),
        "outside": _beyond_chance(sorted(known, key=lambda row: row["month"]), level_name(level)),
        "judged": any(np.isfinite(row[f"band_low_{level_name(level)}"]) for row in known),
        "worst": known[0]["month"], "least": percent(known[0][name]),
        "best": known[-1]["month"], "most": percent(known[-1][name]),
    }  # fmt: skip


def _beyond_chance(months: Sequence[Row], level: str) -> str:
    """In which months, oldest first, a range was too narrow or too wide for chance; or nothing."""
    outside: dict[str, list[str]] = {"too narrow": [], "wider than need be": []}
    for row in months:
        if row[f"drift_{level}"]:
            narrow = row[f"coverage_{level}"] < row[f"band_low_{level}"]
            latest = " (the latest)" if row is months[-1] else ""
            outside["too narrow" if narrow else "wider than need be"].append(row["month"] + latest)
    return ", ".join(f"{how} in {', '.join(names)}" for how, names in outside.items() if names)


def with_latest(
    findings: Sequence[Finding], months: Sequence[Row], levels: Sequence[float]
) -> list[Finding]:
    """Findings, and whether the ranges held in the latest month: first if not, else last."""
    latest = latest_month(months, levels)
    if latest is None:
        return list(findings)
    return [*findings, latest] if latest.grade == GOOD else [latest, *findings]


def latest_month(months: Sequence[Row], levels: Sequence[float]) -> Finding | None:
    """Whether the ranges of the latest month held; None where there is too little to tell.

    `months`: rows of `score_groups`, oldest first.
    """
    dated = [row for row in months if row["month"]]
    known = [name for name in map(level_name, levels)
             if dated and np.isfinite(dated[-1][f"band_low_{name}"])]  # fmt: skip
    if not known:
        return None
    row = dated[-1]
    question = f"Did the ranges of forecasts made in {row['month']}, the latest month, hold?"
    outside = [name for name in known if row[f"drift_{name}"]]
    narrow = [n for n in outside if row[f"coverage_{n}"] < row[f"band_low_{n}"]]
    if narrow:
        return Finding(POOR, question, f"No, too narrow: {_held(row, narrow)}.")
    if outside:
        return Finding(FAIR, question, f"More, wider than need be: {_held(row, outside)}.")
    return Finding(GOOD, question, f"Yes: {_held(row, known)}.")


def _held(row: Row, names: Sequence[str]) -> str:
    """How often the ranges of some levels held, and what chance explains."""
    return "; ".join(
        f"the {name} % range held {percent(row[f'coverage_{name}'])} (chance alone explains"
        f" {100 * row[f'band_low_{name}']:.1f} to {100 * row[f'band_high_{name}']:.1f} %)"
        for name in names
    )
