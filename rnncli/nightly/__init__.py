"""The unattended job: read, retrain what is stale, forecast, record, score.

A job file goes in; a model, forecasts, a ledger and the `JobResult` of the run come out.

    config          tables, settings and an example of a job file
    preflight       the paths of a job: no file overwrites another
    data_changes    whether the prices that a model was trained on are still the same
    retrain_reasons  reasons for retraining a model
    run_state       the state of a run from its start, and the events it reports
    current_models  the existing models at the start of a run
    lookback        which recorded forecasts a run scores, and the rows they need
    forecasts       forecasts of very many series, in groups
    freshness       how many trading days have passed since the newest price
    scan            all prices of a run, read once
    recent_scores   scores of recently recorded forecasts
    portfolios      the risk of portfolios, and the nights that were recorded
    retrain_decision which models are retrained, and why
    plan            which symbols are forecast, and which models are trained first
    retrain         the models of a run, trained and saved
    deliver         forecasts recorded and written
    tidy            old forecast files, models and logs removed; bytes on disk
    disk            whether there is room for what a run writes
    container       files to run a job with: Dockerfile, systemd units, Kubernetes CronJob
    earlier_metrics  the metrics file of earlier runs: whether it may be replaced
    metrics         a run in numbers, for Prometheus
    result          the result of a run, from those of its steps
    steps           the steps of `rnncli batch`, in order
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.nightly.config import Job
    from rnncli.nightly.current_models import CurrentModel
    from rnncli.nightly.forecasts import ForecastBatch
    from rnncli.nightly.preflight import check_job
    from rnncli.nightly.recent_scores import RecentScores
    from rnncli.nightly.result import JobResult
    from rnncli.nightly.retrain_reasons import Reason
    from rnncli.nightly.run_state import Events, JobRun
    from rnncli.nightly.scan import PriceScan
    from rnncli.nightly.steps import run_job

__all__ = [
    "CurrentModel",
    "Events",
    "ForecastBatch",
    "Job",
    "JobResult",
    "JobRun",
    "PriceScan",
    "Reason",
    "RecentScores",
    "check_job",
    "run_job",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "config": ("Job",),
        "preflight": ("check_job",),
        "retrain_reasons": ("Reason",),
        "current_models": ("CurrentModel",),
        "forecasts": ("ForecastBatch",),
        "recent_scores": ("RecentScores",),
        "result": ("JobResult",),
        "run_state": ("Events", "JobRun"),
        "scan": ("PriceScan",),
        "steps": ("run_job",),
    },
)
