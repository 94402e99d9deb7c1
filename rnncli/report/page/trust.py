"""May I trust it? The scores of a back-test on the page."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import GROUP_LEVEL, Row
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.evaluation.misses import worst_misses
from rnncli.evaluation.pit_shape import pit_finding
from rnncli.evaluation.plain_verdict import plain_verdict
from rnncli.evaluation.result import MODEL
from rnncli.prices.row_names import ROW
from rnncli.report.page.content import Backtest
from rnncli.report.page.formats import thousands
from rnncli.report.page.months import best_and_worst, with_latest
from rnncli.report.page.scores import Scores
from rnncli.report.page.trust_tables import (
    cutoff_text,
    method_row,
    methods_table,
    miss_row,
    misses_table,
    symbol_row,
    symbols_table,
    worst_first,
)

MISSES = 20


def trust_section(
    backtest: Backtest, scores: Scores, row: str = ROW, numbers: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The verdict, the tables of methods, of symbols and of misses; `row`: what a row is called.

    `numbers`: those of the forecasts on the page, by symbol.
    """
    symbols = scores.symbols
    evaluation = backtest.evaluation
    levels = sorted(evaluation.plan.levels)
    cutoffs = evaluation.cutoffs
    methods = [method_row(one, levels) for one in scores.overall]
    by_symbol = [symbol_row(one, symbols) for one in worst_first(symbols.rows, levels)]
    misses = [
        miss_row(one, (numbers or {}).get(one.symbol))
        for one in worst_misses(evaluation, backtest.prices, levels[-1], MISSES)
    ]
    return {
        "findings": with_latest(plain_verdict(evaluation), scores.months, levels),
        "pit": pit_finding(evaluation),
        "cutoffs": len(cutoffs),
        "first": cutoff_text(cutoffs[0]),
        "last": cutoff_text(cutoffs[-1]),
        "outcomes": thousands(int(np.isfinite(evaluation.scores[MODEL]["absolute"]).sum())),
        "horizon": evaluation.plan.horizon,
        "months": best_and_worst(scores.months, levels[0]),
        "trained_again": any(again for _, _, again in evaluation.models),
        "levels": [level_name(level) for level in levels],
        "methods": methods,
        "methods_table": methods_table(methods, levels),
        "symbols": by_symbol,
        "symbols_table": symbols_table(by_symbol, levels),
        "judged": [_judged(symbols, level) for level in levels if symbols.tested[level]],
        "named": len(frozenset[str]().union(*symbols.named.values())),
        "misses": misses,
        "misses_table": misses_table(misses, row),
        "miss_level": level_name(levels[-1]),
    }  # fmt: skip


def _judged(symbols: SymbolScores, level: float) -> Row:
    """How many symbols are outside their bands, would be by chance, and are named."""
    expected = GROUP_LEVEL * symbols.tested[level]
    return {
        "level": level_name(level),
        "tested": symbols.tested[level],
        "outside": len(symbols.outside[level]),
        "by_chance": f"{expected:.0f}" if expected >= 1 else "fewer than one",
        "named": len(symbols.named[level]),
    }
