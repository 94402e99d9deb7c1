"""Score the forecasts that earlier runs recorded, some symbols at a time."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.errors import DataError
from rnncli.evaluation.coverage import check_coverage
from rnncli.evaluation.result import MODEL, NAIVE, Evaluation, Scores
from rnncli.evaluation.score_tables import mean_of
from rnncli.evaluation.verdict import Check, checks
from rnncli.ledger.evaluation import evaluate_recorded, score_matrix
from rnncli.ledger.matching import CAME, IN_SAMPLE, REWRITTEN, match_forecasts
from rnncli.ledger.reader import LedgerForecasts, Pair, read_part, symbol_ranges
from rnncli.ledger.renaming import under_current_names
from rnncli.ledger.score import warn_of_changed_past
from rnncli.ledger.writer import storable
from rnncli.nightly.config import Job
from rnncli.nightly.lookback import pairs_before
from rnncli.prices.beside.ticker_changes import TickerChanges, read_ticker_changes
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

SYMBOLS = 250  # scored at a time


@dataclass(frozen=True)
class RecentScores:
    """Scores of recorded forecasts.

    `scored`: how many have actual prices; `coverage`: level in percent -> fraction of these inside
    the bounds; `checks`: what the job requires; `drifted`: SHA-256 of a model -> the levels whose
    coverage is outside its band; `left_out`: forecasts whose past was rewritten; `in_sample`: those
    whose model was fitted on days after the cutoff.
    """

    scored: int
    coverage: dict[float, float]
    checks: list[Check]
    drifted: dict[str, list[str]]
    left_out: int
    in_sample: int = 0


def score_recent(
    job: Job,
    pairs: Sequence[Pair],
    prices: Prices,
    digests: Collection[str],
    warn: Callable[[str], None],
    remark: Callable[[str], None],
) -> RecentScores | None:
    """Score the forecasts from the last cutoffs before the newest rows; None without any.

    `digests`: of the models to look for drift of. `remark` receives a note of a past that
    changed, which would be a warning every night while the cutoff is scored.

    Raises DataError if nothing can be scored and the job requires a score.
    """
    pairs = pairs_before(pairs, prices, job.window.cutoffs)
    if not pairs:
        return None
    try:
        groups = list(_score_groups(job, pairs, prices, None))
    except DataError as fault:
        if job.scoring.require_coverage or job.scoring.require_skill:
            raise
        warn(f"{job.ledger}: nothing was scored: {fault}")
        return None
    moved = [symbol for group in groups for symbol in group.moved]
    left_out = [symbol for group in groups for symbol in group.left_out]
    warn_of_changed_past(moved, left_out, remark)
    in_sample = sum(group.in_sample for group in groups)
    units = {group.evaluation.unit for group in groups if group.evaluation}
    if not units:
        none_scored = RecentScores(0, {}, [], {}, len(left_out), in_sample)
        return none_scored if left_out or in_sample else None
    if len(units) > 1:
        groups = list(_score_groups(job, pairs, prices, "mase"))
    return replace(_summary(job, groups, digests, len(left_out)), in_sample=in_sample)


@dataclass(frozen=True)
class _GroupScores:
    """Scores of the forecasts of some symbols.

    `evaluation`: None if none can be scored; `digests`: SHA-256 of the model of each of its
    cells; `scored`: how many forecasts have actual prices; `moved`, `left_out`: the symbol of each
    forecast whose past was adjusted, or rewritten; `in_sample`: how many are.
    """

    evaluation: Evaluation | None
    digests: np.ndarray
    scored: int
    moved: list[str]
    left_out: list[str]
    in_sample: int


def _summary(
    job: Job, groups: Sequence[_GroupScores], digests: Collection[str], left_out: int
) -> RecentScores:
    """The scores of all groups, at least one of which has an evaluation."""
    evaluation = _join([group.evaluation for group in groups if group.evaluation])
    models = np.concatenate([group.digests for group in groups if group.evaluation])
    scores = evaluation.scores[MODEL]
    coverage = {
        level: mean_of(scores[f"coverage_{level_name(level)}"]) for level in evaluation.plan.levels
    }
    return RecentScores(
        scored=sum(group.scored for group in groups),
        coverage={level: share for level, share in coverage.items() if not np.isnan(share)},
        checks=checks(evaluation, job.scoring),
        drifted=_drifted(evaluation, models, digests, job.scoring.drift_alpha),
        left_out=left_out,
    )


def _score_groups(
    job: Job, pairs: Sequence[Pair], prices: Prices, unit: str | None
) -> Iterator[_GroupScores]:
    """Score some symbols at a time, and keep of the scores only what the summary needs."""
    changes = read_ticker_changes(job.reading)
    for part in _read_groups(job, pairs, prices, changes):
        recorded, _ = under_current_names(part, changes, prices)
        matched = match_forecasts(recorded, prices)
        matrix = score_matrix(recorded, matched)
        evaluation = evaluate_recorded(recorded, matched, prices, matrix, unit)
        digests = {number: source.digest for number, source in recorded.sources.items()}
        models = matrix.of_rows(recorded.models).tolist() if evaluation else []
        symbols = np.array(recorded.symbols, dtype=object)
        yield _GroupScores(
            evaluation=evaluation and _needed_scores(evaluation, job.scoring),
            digests=np.array([digests[model] for model in models], dtype=object),
            scored=matched.count(CAME),
            moved=symbols[matched.factors != 1].tolist(),
            left_out=symbols[matched.states == REWRITTEN].tolist(),
            in_sample=matched.count(IN_SAMPLE),
        )


def _read_groups(
    job: Job, pairs: Sequence[Pair], prices: Prices, changes: TickerChanges | None
) -> Iterator[LedgerForecasts]:
    """The recorded forecasts of the symbols of prices, and of earlier names, some at a time."""
    assert job.ledger is not None
    former = changes.former(prices.symbols) if changes is not None else set()
    names = sorted({*map(storable, (*prices.symbols, *former))}, key=str.encode)
    ranges = [(first.encode(), last.encode()) for first, last in symbol_ranges(job.ledger, pairs)]
    for start in range(0, len(names), SYMBOLS):
        group = names[start : start + SYMBOLS]
        low, high = group[0].encode(), group[-1].encode()
        overlapping = [
            pair
            for pair, (first, last) in zip(pairs, ranges, strict=True)
            if first <= high and last >= low
        ]
        yield read_part(job.ledger, overlapping, group[0], group[-1])


def _needed_scores(evaluation: Evaluation, scoring: ScoreSettings) -> Evaluation:
    """An evaluation with only the scores that drift and the required checks need."""
    scores = evaluation.scores[MODEL]
    coverages = [f"coverage_{level_name(level)}" for level in evaluation.plan.levels]
    needed: dict[str, Scores] = {MODEL: {name: scores[name] for name in coverages}, NAIVE: {}}
    if scoring.require_skill:
        for method, of_method in needed.items():
            of_method["absolute"] = evaluation.scores[method]["absolute"]
    calendar = replace(evaluation.plan.calendar, rows=np.zeros(0, np.int64))
    return replace(
        evaluation, plan=replace(evaluation.plan, calendar=calendar), symbols=(), scores=needed
    )


def _join(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Evaluations of groups of symbols on one calendar as one."""
    first = evaluations[0]
    calendar = first.plan.calendar
    days = np.unique(np.concatenate([one.plan.days for one in evaluations]))
    horizon = max(one.plan.horizon for one in evaluations)
    steps = np.diff(np.searchsorted(calendar.days, days))
    stride = int(steps.min(initial=horizon))
    folds = [np.searchsorted(days, one.plan.days)[one.origins.fold] for one in evaluations]
    return replace(
        first,
        plan=replace(first.plan, days=days, horizon=horizon, stride=stride),
        origins=Origins(
            np.concatenate([one.origins.series for one in evaluations]),
            np.concatenate([one.origins.row for one in evaluations]),
            np.concatenate(folds),
        ),
        scores={
            method: {
                name: np.concatenate(
                    [_widened(one.scores[method][name], horizon) for one in evaluations]
                )
                for name in scores
            }
            for method, scores in first.scores.items()
        },
        cutoffs=tuple(calendar.shown(day) for day in days.tolist()),
    )


def _widened(values: Float64Array, horizon: int) -> Float64Array:
    """Scores as (n, horizon), NaN for the rows ahead that they lack."""
    return np.pad(values, ((0, 0), (0, horizon - values.shape[1])), constant_values=np.nan)


def _drifted(
    evaluation: Evaluation, models: np.ndarray, digests: Collection[str], alpha: float
) -> dict[str, list[str]]:
    """The levels whose coverage one row ahead is outside its band, by model.

    `models` (n): the SHA-256 of the model of each cell.
    """
    cells: dict[str, list[int]] = {}
    for cell, digest in enumerate(models.tolist()):
        if digest in digests:
            cells.setdefault(digest, []).append(cell)
    drifted = {
        digest: _drifted_levels(evaluation, np.array(numbers), alpha)
        for digest, numbers in cells.items()
    }
    return {digest: levels for digest, levels in drifted.items() if levels}


def _drifted_levels(evaluation: Evaluation, cells: np.ndarray, alpha: float) -> list[str]:
    """The levels whose coverage of some cells is outside its band, as a reason names them."""
    levels = []
    for level in evaluation.plan.levels:
        name = level_name(level)
        inside = evaluation.scores[MODEL][f"coverage_{name}"][cells, 0]
        coverage = check_coverage(inside, evaluation.origins.fold[cells], level, alpha, 0)
        if coverage.drifted:
            levels.append(f"{name} % interval covered {100 * coverage.share:.1f} %")
    return levels
