"""Which symbols a run forecasts, and which models it trains before, and why."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rnncli.nightly.config import ALL
from rnncli.nightly.data_changes import marks_path
from rnncli.nightly.recent_scores import RecentScores
from rnncli.nightly.run import JobRun
from rnncli.nightly.scan import ModelScan, PriceScan
from rnncli.nightly.staleness import (
    Reason,
    age_reasons,
    changed_past_reasons,
    days_since,
    describe_reasons,
    drift_reasons,
)
from rnncli.prices.summary import fresh
from rnncli.settings import RetrainSettings
from rnncli.storage.atomic import check_creatable


@dataclass(frozen=True)
class RunPlan:
    """What a run is to do: the symbols to forecast; key -> why its model is trained anew."""

    symbols: tuple[str, ...]
    stale: dict[str, list[Reason]]

    @property
    def reasons(self) -> list[str]:
        """Why models are trained, a line for each reason."""
        return describe_reasons(self.stale)


def plan_run(run: JobRun, scan: PriceScan, recent: RecentScores | None) -> RunPlan:
    """Decide what to forecast and what to train; refuse early what could not be written.

    Raises DataError where no symbol is fresh enough, CannotCreateError.
    """
    symbols = fresh(scan.recent, run.job.predicting.max_age, run.events.warn).symbols
    stale = _stale(run.job.retrain, scan, symbols, recent.drifted if recent else {})
    _check_places(run, scan, stale)
    return RunPlan(symbols, stale)


def _stale(
    retrain: RetrainSettings | None,
    scan: PriceScan,
    symbols: Sequence[str],
    drifted: Mapping[str, list[str]],
) -> dict[str, list[Reason]]:
    """The models of these symbols that must be trained anew, and why."""
    if retrain is None:
        return {}
    wanted = {ALL, *symbols}
    reasons = {
        key: _reasons(retrain, model, scan.rows, drifted)
        for key, model in scan.models.items()
        if key in wanted
    }
    return {key: why for key, why in reasons.items() if why}


def _reasons(
    retrain: RetrainSettings,
    scan: ModelScan,
    rows: Mapping[str, int],
    drifted: Mapping[str, list[str]],
) -> list[Reason]:
    """Why a model must be trained anew.

    Drift counts only where rows have come since the training: else it would learn the same again.
    """
    model = scan.model
    if not model.digest:
        return list(model.reasons)
    age = days_since(model.last_date, scan.newest, rows, model.marks)
    reasons = [*model.reasons, *age_reasons(retrain, age), *changed_past_reasons(scan.rewritten)]
    if retrain.on_drift and age > 0:
        reasons += drift_reasons(drifted.get(model.digest, []))
    return reasons


def _check_places(run: JobRun, scan: PriceScan, stale: Mapping[str, list[Reason]]) -> None:
    """Refuse files that a model or its marks could not be written to. Raises CannotCreateError."""
    if run.job.retrain is None:
        return
    for key, model_scan in scan.models.items():
        model = model_scan.model
        if key in stale or model.marks is None:
            for path in (model.path, marks_path(model.path)):
                if os.path.lexists(path):
                    check_creatable(path)
