"""Tables of a back-test: scores by method and by symbol, and the worst misses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.evaluation.result import MODEL
from rnncli.report.page.formats import DASH, decimals, percent, price, signed, thousands
from rnncli.report.page.page_table import Cell, Column, PageTable, column, page_table
from rnncli.report.text import safe


def cutoff_text(cutoff: str | int) -> str:
    """A date; of series without dates, the row counted from the end."""
    return cutoff if isinstance(cutoff, str) else f"row {-cutoff} from the end"


def worst_first(symbols: Mapping[str, Row], levels: Sequence[float]) -> list[Row]:
    """Rows of symbols, those whose narrowest range held least first."""
    name = f"coverage_{level_name(levels[0])}"
    return sorted(symbols.values(), key=lambda row: np.nan_to_num(row[name], nan=2.0))


def method_row(row: Row, levels: Sequence[float]) -> Row:
    """A method's scores over all rows ahead, as text."""
    names = [level_name(level) for level in levels]
    return {
        "method": row["method"],
        "is_model": row["method"] == MODEL,
        "mae": decimals(row["mae"], 3),
        "crps": decimals(row["crps"], 3),
        "log_score": decimals(row["log_score"], 3),
        "levels": [
            {
                "coverage": percent(row[f"coverage_{name}"]),
                "score": decimals(row[f"interval_score_{name}"]),
            }
            for name in names
        ],
        "p": {score: _p(row[f"p_{score.lower()}"]) for score in ("CRPS", "MAE")},
    }


def _p(value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def symbol_row(row: Row, symbols: SymbolScores) -> Row:
    """A symbol's scores as text, and at each level whether chance explains its coverage."""
    return {
        "symbol": safe(row["symbol"]),
        "forecasts": thousands(row["forecasts"]),
        "levels": [
            {
                "coverage": percent(row[f"coverage_{level_name(level)}"]),
                "score": decimals(row[f"interval_score_{level_name(level)}"]),
                "band": band_text(row, level_name(level)),
                "state": _state(row, symbols, level),
            }
            for level in symbols.levels
        ],
    }


def _state(row: Row, symbols: SymbolScores, level: float) -> str:
    """Whether a range was too narrow or too wide; empty where chance explains its coverage."""
    name, symbol = level_name(level), row["symbol"]
    if symbol not in symbols.outside[level]:
        return ""
    is_narrow = row[f"coverage_{name}"] < row[f"band_low_{name}"]
    if symbol in symbols.named[level]:
        return "too narrow" if is_narrow else "too wide"
    return "narrow, by chance" if is_narrow else "wide, by chance"


def band_text(row: Row, name: str) -> str:
    """The coverage that chance explains, in percent."""
    low, high = row[f"band_low_{name}"], row[f"band_high_{name}"]
    return DASH if np.isnan(low) else f"{100 * low:.1f} … {100 * high:.1f} %"


def methods_table(rows: Sequence[Row], levels: Sequence[float]) -> PageTable:
    """Scores of the model and of each baseline."""
    return page_table(
        "Scores of methods",
        [
            column("baseline", "Method", [row["method"] for row in rows], "name"),
            column("mae", "MAE", [row["mae"] for row in rows]),
            column("crps", "CRPS", [row["crps"] for row in rows]),
            column("log_score", "Log score", [row["log_score"] for row in rows]),
            *_level_columns(rows, levels),
            *_p_column(rows),
        ],
        [{"class": "own"} if row["is_model"] else {} for row in rows],
    )


def _p_column(rows: Sequence[Row]) -> Iterator[Column]:
    """The test of the CRPS; of methods that have only a point, of the MAE, which the cell says."""
    if all(row["p"]["CRPS"] == DASH for row in rows):
        yield column("p", "p of MAE", [row["p"]["MAE"] for row in rows])
        return
    cells = []
    for row in rows:
        of_crps, of_mae = row["p"]["CRPS"], row["p"]["MAE"]
        cells.append(f"{of_mae} (MAE)" if of_crps == DASH != of_mae else of_crps)
    yield column("p", "p of CRPS", cells)


def _level_columns(rows: Sequence[Row], levels: Sequence[float]) -> Iterator[Column]:
    """Coverage and interval score of each level."""
    for k, level in enumerate(map(level_name, levels)):
        coverage = [row["levels"][k]["coverage"] for row in rows]
        yield column("coverage", f"Coverage {level} %", coverage)
        scores = [row["levels"][k]["score"] for row in rows]
        yield column("interval_score", f"Interval score {level} %", scores)


def symbols_table(rows: Sequence[Row], levels: Sequence[float]) -> PageTable:
    """Scores by symbol, and at each level whether chance explains its coverage."""
    judged = list[Column]()
    for k, level in enumerate(map(level_name, levels)):
        of_level = [row["levels"][k] for row in rows]
        states = [_state_cell(one["state"]) for one in of_level]
        judged += [
            column("coverage", f"Coverage {level} %", [one["coverage"] for one in of_level]),
            column("band", f"By chance, {level} %", [one["band"] for one in of_level]),
            column("judged", f"The {level} % range was", states, "text"),
            column("interval_score", f"Interval score {level} %",
                   [one["score"] for one in of_level]),
        ]  # fmt: skip
    return page_table(
        "Scores of symbols",
        [
            column("symbol", "Symbol", [row["symbol"] for row in rows], "name"),
            column("outcomes", "Outcomes", [row["forecasts"] for row in rows]),
            *judged,
        ],
    )


def _state_cell(state: str) -> Cell:
    return Cell(state, style="serious" if state == "too narrow" else "")


def misses_table(rows: Sequence[Row], row: str) -> PageTable:
    """Prices far outside their range, the furthest first."""

    def cells(name: str) -> list[str]:
        return [one[name] for one in rows]

    return page_table(
        "Worst misses",
        [
            column("symbol", "Symbol", [Cell(one["symbol"], opens=one["number"]) for one in rows],
                   "name"),
            column("cutoff", "Cutoff", [Cell(text, style="date") for text in cells("cutoff")],
                   "text"),
            column("ahead", f"{row.capitalize()}s ahead", cells("ahead")),
            column("last", "Last price", cells("last")),
            column("limit", "Limit passed", cells("limit")),
            column("actual", "Actual price", cells("actual")),
            column("actual", "Move", cells("move")),
            column("miss", "Widths outside", cells("widths")),
        ],
    )  # fmt: skip


def miss_row(miss: Any, number: int | None) -> Row:
    """A miss as text; `number`: that of its symbol among the forecasts, None without one."""
    return {
        "number": number,
        "symbol": safe(miss.symbol),
        "cutoff": cutoff_text(miss.cutoff),
        "ahead": miss.ahead,
        "last": price(miss.last),
        "limit": price(miss.limit),
        "actual": price(miss.actual),
        "move": signed((miss.actual - miss.last) / abs(miss.last)) if miss.last else DASH,
        "widths": decimals(miss.widths),
    }
