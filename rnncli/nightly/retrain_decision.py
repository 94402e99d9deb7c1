"""Which models of a run are retrained, and why."""

from collections.abc import Mapping, Sequence

from rnncli.nightly.config import ALL
from rnncli.nightly.retrain_reasons import (
    Reason,
    age_reasons,
    changed_past_reasons,
    days_since,
    drift_reasons,
)
from rnncli.nightly.scan import ModelScan, PriceScan
from rnncli.settings import RetrainSettings


def stale_models(
    retrain: RetrainSettings | None,
    scan: PriceScan,
    symbols: Sequence[str],
    drifted: Mapping[str, list[str]],
) -> dict[str, list[Reason]]:
    """The models of these symbols that must be retrained, and why."""
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
    """Why a model must be retrained.

    Drift counts only if there are new rows since the training: else the model would be the same.
    """
    model = scan.model
    if not model.digest:
        return list(model.reasons)
    age = days_since(model.last_date, scan.newest, rows, model.marks)
    reasons = [*model.reasons, *age_reasons(retrain, age), *changed_past_reasons(scan.rewritten)]
    if retrain.on_drift and age > 0:
        reasons += drift_reasons(drifted.get(model.digest, []))
    return reasons
