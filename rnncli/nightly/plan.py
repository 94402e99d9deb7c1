"""Which symbols a run forecasts, and which models it trains before, and why."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rnncli.nightly.data_changes import marks_path
from rnncli.nightly.recent_scores import RecentScores
from rnncli.nightly.retrain_decision import stale_models
from rnncli.nightly.retrain_reasons import Reason, describe_reasons
from rnncli.nightly.run_state import JobRun
from rnncli.nightly.scan import PriceScan
from rnncli.prices.summary import fresh
from rnncli.storage.atomic import check_creatable


@dataclass(frozen=True)
class RunPlan:
    """What a run is to do: the symbols to forecast; key -> why its model is retrained."""

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
    stale = stale_models(run.job.retrain, scan, symbols, recent.drifted if recent else {})
    _check_places(run, scan, stale)
    return RunPlan(symbols, stale)


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
