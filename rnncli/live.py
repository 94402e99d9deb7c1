"""The whole of `rnncli score`: a ledger held against the prices that came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.errors import UsageError
from rnncli.evaluation.result import Evaluation
from rnncli.evaluation.score_tables import Row
from rnncli.evaluation.verdict import Check, checks, parse_coverage
from rnncli.laidout import evaluation, grid
from rnncli.prices.series import Prices
from rnncli.recorded import Recorded
from rnncli.settings import ScoreSettings
from rnncli.settle import REWRITTEN, Settled, settle
from rnncli.standing import standings

NAMED = 5  # symbols in a warning


@dataclass(frozen=True)
class Live:
    """What a ledger comes to: its forecasts, what became of each, scores by group, requirements.

    `evaluation` is None where the day of no forecast has come.
    """

    recorded: Recorded
    settled: Settled
    evaluation: Evaluation | None
    by: tuple[str, ...]
    rows: list[Row]
    checks: list[Check]


def live(
    recorded: Recorded, prices: Prices, settings: ScoreSettings, warn: Callable[[str], None]
) -> Live:
    """Score every forecast of a ledger whose day has come. Raises UsageError, DataError."""
    parse_coverage(settings.require_coverage)
    by = tuple(dict.fromkeys(settings.by))
    settled = settle(recorded, prices)
    _warn(recorded, settled, warn)
    laid = grid(recorded, settled)
    found = evaluation(recorded, settled, prices, laid)
    if found is None:
        return Live(recorded, settled, None, by, [], _nothing(settings))
    rows = standings(found, recorded, settled, laid, by, settings.drift_alpha)
    return Live(recorded, settled, found, by, rows, checks(found, settings))


def column_of(recorded: Recorded, wanted: str | None) -> str | None:
    """The price column to read: what is wanted, else the one that the models read.

    Raises UsageError where they read several.
    """
    columns = {source.column for source in recorded.sources.values()}
    if wanted is not None or not columns:
        return wanted
    if len(columns) > 1:
        names = ", ".join(sorted(column or "close" for column in columns))
        raise UsageError(f"--column: the models of this ledger read several: {names}; name one")
    return columns.pop()


def _nothing(settings: ScoreSettings) -> list[Check]:
    """Requirements on nothing: none holds."""
    required = [f"--require-coverage {text}" for text in settings.require_coverage]
    required += [f"--require-skill {against}" for against in settings.require_skill]
    return [Check(one, False, "the day of no forecast has come yet") for one in required]


def _warn(recorded: Recorded, settled: Settled, warn: Callable[[str], None]) -> None:
    """Tell of forecasts whose past is another one today."""
    symbols = np.array(recorded.symbols, dtype=object)
    told(symbols[settled.factors != 1], symbols[settled.states == REWRITTEN], warn)


def told(moved: Sequence[str], left_out: Sequence[str], warn: Callable[[str], None]) -> None:
    """Tell of forecasts whose past was adjusted, and was rewritten, by the symbol of each."""
    if len(moved):
        warn(
            f"{_named(moved)}: {len(moved)} forecasts were made before the past was"
            " adjusted (a split, a dividend), and are moved by the same factor"
        )
    if len(left_out):
        warn(
            f"{_named(left_out)}: left out {len(left_out)} forecasts, since the price at"
            " their cutoff is another one now"
        )


def _named(symbols: Sequence[str]) -> str:
    """The first few symbols of some forecasts."""
    names = sorted(set(symbols))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
