"""What came of the forecasts of the last nights: read and scored some symbols at a time."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.result import MODEL, Evaluation, Scores
from rnncli.evaluation.score_tables import mean_of
from rnncli.evaluation.verdict import Check, checks
from rnncli.inference.actuals import Origins
from rnncli.ledger.coverage import check_coverage
from rnncli.ledger.evaluation import NAIVE, evaluate_recorded, score_matrix
from rnncli.ledger.matching import CAME, REWRITTEN, match_forecasts
from rnncli.ledger.reader import (
    LedgerForecasts,
    Pair,
    in_order,
    last_pairs,
    read_part,
    symbol_ranges,
)
from rnncli.ledger.score import warn_of_changed_past
from rnncli.ledger.writer import Source, storable
from rnncli.nightly.config import Job
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

BEHIND = 2  # rows of each series that are kept at least: by them a cutoff is known
SYMBOLS = 250  # scored at a time


@dataclass(frozen=True)
class RecentScores:
    """What came: how many forecasts, the share inside each level, what was required.

    `drifted`: digest of a model -> the levels at which it has drifted. `left_out`: forecasts
    whose past was rewritten, so that nothing can be said of them.
    """

    came: int
    covered: dict[float, float]
    checks: list[Check]
    drifted: dict[str, list[str]]
    left_out: int


def window(job: Job) -> list[Pair]:
    """The models and cutoffs that a night may look back on."""
    if job.ledger is None or not os.path.exists(job.ledger) or not os.path.getsize(job.ledger):
        return []
    cutoffs = job.window.cutoffs
    return last_pairs(job.ledger, cutoffs and cutoffs + 1)


def rows_to_keep(prices: Prices, pairs: Sequence[Pair]) -> Prices:
    """The last rows of each series: those that recorded forecasts are of."""
    starts = np.maximum(prices.lengths - BEHIND, 0)
    if pairs:
        dated = [cutoff for _, cutoff in pairs if isinstance(cutoff, str)]
        oldest = np.datetime64(min(dated, default="9999-01-01"), "s")
        for i in range(len(starts)):
            if not prices.has_dates(i):
                starts[i] = 0  # a cutoff is the number of its row
            else:
                first = int(np.searchsorted(prices.dates_of(i), oldest)) - 1
                starts[i] = max(min(starts[i], first), 0)
    return prices.later(starts)


def score_recent(
    job: Job,
    pairs: Sequence[Pair],
    prices: Prices,
    digests: Collection[str],
    warn: Callable[[str], None],
    remark: Callable[[str], None],
) -> RecentScores | None:
    """Scores of the forecasts of the last nights, this one's own left out; None where none came.

    `digests`: of the models whose drift is looked for. `remark`: is told of pasts that changed,
    the same night after night, as long as they are looked back on.

    Raises DataError where there are no scores and the job requires something of them.
    """
    pairs = _before(pairs, prices, job.window.cutoffs)
    if not pairs:
        return None
    try:
        found = _scored(job, pairs, prices, None)
    except DataError as fault:
        if job.scoring.require_coverage or job.scoring.require_skill:
            raise
        warn(f"{job.ledger}: nothing was scored: {fault}")
        return None
    warn_of_changed_past(found.moved, found.left_out, remark)
    if not found.parts:
        return RecentScores(0, {}, [], {}, len(found.left_out)) if found.left_out else None
    if len({part.unit for part in found.parts}) > 1:
        found = _scored(job, pairs, prices, "mase")
    whole = _joined(found.parts)
    scores = whole.scores[MODEL]
    covered = {v: mean_of(scores[f"coverage_{level_name(v)}"]) for v in whole.plan.levels}
    return RecentScores(
        came=found.came,
        covered={level: share for level, share in covered.items() if share == share},  # noqa: PLR0124 - not NaN
        checks=checks(whole, job.scoring),
        drifted=_drifted(whole, found, digests, job.scoring.drift_alpha),
        left_out=len(found.left_out),
    )


def _before(pairs: Sequence[Pair], prices: Prices, cutoffs: int) -> list[Pair]:
    """Those of so many last cutoffs before the newest rows: from these nothing has come."""
    dates = prices.dates[~np.isnat(prices.dates)]
    newest = dates.max() if len(dates) else None
    rows = int(prices.lengths.max())

    def early(cutoff: str | int) -> bool:
        if isinstance(cutoff, int):
            return cutoff < rows
        return newest is not None and bool(np.datetime64(cutoff, "s") < newest)

    known = sorted({cutoff for _, cutoff in pairs if early(cutoff)}, key=in_order)
    last = set(known[-cutoffs:])
    return [pair for pair in pairs if pair[1] in last]


@dataclass
class _Found:
    """How many came, evaluations of groups of symbols; the model of each cell, all models.

    `moved`, `left_out`: the symbol of each forecast whose past was adjusted, was rewritten.
    """

    came: int = 0
    parts: list[Evaluation] = field(default_factory=list)
    models: list[np.ndarray] = field(default_factory=list)
    sources: dict[int, Source] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def _scored(job: Job, pairs: Sequence[Pair], prices: Prices, unit: str | None) -> _Found:
    """Score some symbols at a time; only what is needed of the scores is kept."""
    found = _Found()
    for recorded in _read(job, pairs, prices):
        matched = match_forecasts(recorded, prices)
        symbols = np.array(recorded.symbols, dtype=object)
        found.moved += symbols[matched.factors != 1].tolist()
        found.left_out += symbols[matched.states == REWRITTEN].tolist()
        laid = score_matrix(recorded, matched)
        part = evaluate_recorded(recorded, matched, prices, laid, unit)
        if part is not None:
            found.models.append(laid.of_rows(recorded.models))
            found.sources = recorded.sources
            found.parts.append(_lean(part, job.scoring))
            found.came += matched.count(CAME)
    return found


def _read(job: Job, pairs: Sequence[Pair], prices: Prices) -> Iterator[LedgerForecasts]:
    """The forecasts of the symbols of prices, some at a time."""
    assert job.ledger is not None
    names = sorted(map(storable, prices.symbols), key=str.encode)
    there = [(first.encode(), last.encode()) for first, last in symbol_ranges(job.ledger, pairs)]
    for start in range(0, len(names), SYMBOLS):
        own = names[start : start + SYMBOLS]
        low, high = own[0].encode(), own[-1].encode()
        some = [pair for pair, (a, b) in zip(pairs, there, strict=True) if a <= high and b >= low]
        yield read_part(job.ledger, some, own[0], own[-1])


def _lean(part: Evaluation, scoring: ScoreSettings) -> Evaluation:
    """The same with the scores alone that drift and what is required are found by."""
    scores = part.scores[MODEL]
    coverages = {f"coverage_{level_name(level)}" for level in part.plan.levels}
    kept: dict[str, Scores] = {MODEL: {name: scores[name] for name in coverages}, NAIVE: {}}
    if scoring.require_skill:
        for method, own in kept.items():
            own["absolute"] = part.scores[method]["absolute"]
    calendar = replace(part.plan.calendar, rows=np.zeros(0, np.int64))
    return replace(part, plan=replace(part.plan, calendar=calendar), symbols=(), scores=kept)


def _joined(parts: list[Evaluation]) -> Evaluation:
    """Evaluations of groups of symbols on one calendar as one; they are used up on the way."""
    first = parts[0]
    days = np.unique(np.concatenate([part.plan.days for part in parts]))
    horizon = max(part.plan.horizon for part in parts)
    known = first.plan.calendar
    steps = np.diff(np.searchsorted(known.days, days))
    folds = [np.searchsorted(days, part.plan.days)[part.cells.fold] for part in parts]
    return replace(
        first,
        plan=replace(
            first.plan, days=days, horizon=horizon, stride=int(steps.min(initial=horizon))
        ),
        cells=Origins(
            np.concatenate([part.cells.series for part in parts]),
            np.concatenate([part.cells.row for part in parts]),
            np.concatenate(folds),
        ),
        scores={
            method: {
                name: np.concatenate(
                    [_wide(part.scores[method].pop(name), horizon) for part in parts]
                )
                for name in list(first.scores[method])
            }
            for method in first.scores
        },
        cutoffs=tuple(known.shown(day) for day in days.tolist()),
    )


def _wide(values: Float64Array, horizon: int) -> Float64Array:
    """Scores (n, rows ahead) with unknown ones for the rows ahead that are missing."""
    return np.pad(values, ((0, 0), (0, horizon - values.shape[1])), constant_values=np.nan)


def _drifted(
    whole: Evaluation, found: _Found, digests: Collection[str], alpha: float
) -> dict[str, list[str]]:
    """Levels whose coverage one row ahead, of a model in use, is outside its band."""
    models, cells = np.unique(np.concatenate(found.models), return_inverse=True)
    order = np.argsort(cells, kind="stable")
    rows = np.split(order, np.searchsorted(cells[order], np.arange(1, len(models))))
    sources = [found.sources[model].digest for model in models.tolist()]
    own = {digest: at for digest, at in zip(sources, rows, strict=True) if digest in digests}
    said = {digest: _levels_left(whole, at, alpha) for digest, at in own.items()}
    return {digest: levels for digest, levels in said.items() if levels}


def _levels_left(whole: Evaluation, own: np.ndarray, alpha: float) -> list[str]:
    """Levels that some cells tell to have drifted."""
    said = []
    for level in whole.plan.levels:
        name = level_name(level)
        inside = whole.scores[MODEL][f"coverage_{name}"][own, 0]
        held = check_coverage(inside, whole.cells.fold[own], level, alpha, 0)
        if held.drifted:
            said.append(f"{name} % bounds held {100 * held.share:.1f} %")
    return said
