"""Scores of a model by group of its forecasts as tables: by row ahead, symbol, month or model."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.report.output import Row
from rnncli.report.units import IN_WORDS, unit_sign

if TYPE_CHECKING:
    from rich.console import RenderableType


def group_tables(
    title: str, rows: Sequence[Row], keys: Sequence[str], levels: Sequence[float],
    unit: str | None, alpha: float,
) -> Iterable["RenderableType"]:  # fmt: skip
    """The tables of `evaluation.group_scores.score_groups`; none without rows.

    `keys`: what the rows are grouped by; `alpha`: significance level of the band of coverage.
    """
    from rnncli.report.tables import table

    if not rows or unit is None:
        return
    sign = unit_sign(unit)
    yield table(
        title,
        [*_titles(keys), "forecasts", f"MAE{sign}", f"naive MAE{sign}", f"RMSE{sign}", "MASE"],
        [
            [*_keys(row, keys), row["forecasts"]]
            + [_number(row[name]) for name in ("mae", "mae_naive", "rmse", "mase")]
            for row in rows
        ],
        caption=f"Errors: {IN_WORDS[unit]}.",
        keys=len(keys),
        spare=(f"RMSE{sign}",),
    )
    if levels:
        yield _intervals(rows, keys, levels, alpha)


def _intervals(
    rows: Sequence[Row], keys: Sequence[str], levels: Sequence[float], alpha: float
) -> "RenderableType":
    from rnncli.report.tables import table

    titles, names = list[str](), [level_name(level) for level in levels]
    names = [n for n in names if any(not math.isnan(row[f"coverage_{n}"]) for row in rows)]
    for name in names:
        titles += [f"coverage {name} %", f"expected {name} %"]
        titles += [f"width {name} %", f"interval score {name} %"]
    return table(
        "Prediction intervals",
        [*_titles(keys), *titles],
        [
            [*_keys(row, keys), *(cell for name in names for cell in _range(row, name))]
            for row in rows
        ],
        caption=f"expected: {100 * (1 - alpha):g} % range of coverage if the"
        f" intervals are calibrated (-: fewer than {LEAST} cutoffs); !: outside it (drift).",
        keys=len(keys),
    )


def _range(row: Row, name: str) -> list[Any]:
    from rich.text import Text

    low, high = row[f"band_low_{name}"], row[f"band_high_{name}"]
    mark = "!" if row[f"drift_{name}"] else ""
    if math.isnan(row[f"coverage_{name}"]):
        return [Text("-")] * 4
    return [
        Text(f"{mark}{row[f'coverage_{name}']:.1%}"),
        Text("-" if math.isnan(low) else f"{100 * low:.1f}-{100 * high:.1f}"),
        _number(row[f"width_{name}"]),
        _number(row[f"interval_score_{name}"]),
    ]


def _titles(keys: Sequence[str]) -> list[str]:
    """Headings of what the scores are grouped by."""
    return ["horizon" if key == "ahead" else key for key in keys]


def _keys(row: Row, keys: Sequence[str]) -> list[Any]:
    return [row[key] or "-" for key in keys]


def _number(value: float) -> Any:
    from rich.text import Text

    return Text("-" if math.isnan(value) else f"{value:.4g}")
