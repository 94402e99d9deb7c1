"""The whole of `rnncli batch`: a nightly job, step by step."""

from rnncli.nightly.config import ALL, Job
from rnncli.nightly.deliver import Encoders, deliver, output_paths
from rnncli.nightly.forecasts import ForecastBatch, forecast_prices
from rnncli.nightly.freshness import refuse_stale
from rnncli.nightly.plan import RunPlan, plan_run
from rnncli.nightly.portfolios import measure_portfolios
from rnncli.nightly.recent_scores import RecentScores, score_recent
from rnncli.nightly.result import JobResult, job_result
from rnncli.nightly.retrain import TrainingResult, train_stale
from rnncli.nightly.run_state import Events, JobRun, start_run
from rnncli.nightly.scan import PriceScan, scan_prices
from rnncli.nightly.tidy import tidy
from rnncli.runtime.threads import threads
from rnncli.settings import RunSettings


def run_job(
    job: Job, events: Events, encoders: Encoders, running: RunSettings, dry: bool = False
) -> JobResult:
    """Run a job that `check_job` has accepted: read, train what is stale, forecast, record, write.

    With `dry`, find out what it would do and write nothing. `encoders`: the bytes of the files.
    Raises what reading, training and writing raise; files are then as they were before that step.
    """
    with threads(running.threads) as pool:
        run = start_run(job, events, running, pool, dry)
        scan = scan_prices(run)
        refuse_stale(job, scan.freshest)
        paths = output_paths(run, scan)
        recent = _score_recent(run, scan)
        plan = plan_run(run, scan, recent)
        training = train_stale(run, scan, plan)
        batch = _forecast(run, scan, plan, training)
        shared = None if batch is None else training.models.get(ALL, scan.shared_model)
        portfolios = measure_portfolios(run, scan, plan, shared)
        delivery = deliver(run, scan, plan, batch, portfolios, paths, encoders)
        _log_scores(run, recent)
        removed = [] if dry else _tidy(run, scan, paths.output)
        return job_result(run, scan, plan, training, batch, portfolios, delivery, recent, removed)


def _score_recent(run: JobRun, scan: PriceScan) -> RecentScores | None:
    """Scores of the forecasts that earlier runs recorded; None if none can be scored yet."""
    warn, remark = run.events.warn, run.events.detail
    with run.events.stage("score"):
        return score_recent(run.job, run.recorded, scan.recent, scan.digests, warn, remark)


def _forecast(
    run: JobRun, scan: PriceScan, plan: RunPlan, training: TrainingResult
) -> ForecastBatch | None:
    """Forecasts by the models as they are now; None in a dry run that would train some first."""
    if training.prices is not None:
        prices = training.prices.only(set(plan.symbols))
        shared = training.models.get(ALL, scan.shared_model)
        broken = scan.broken | training.broken
        return forecast_prices(run, prices, shared, broken).subset(plan.symbols)
    return None if plan.stale else scan.forecast(run, plan.symbols)


def _tidy(run: JobRun, scan: PriceScan, output: str | None) -> list[str]:
    """Remove what the job no longer needs."""
    removed = tidy(run.job, output, scan.rows)
    if removed:
        run.events.log("tidied", removed=len(removed))
    return removed


def _log_scores(run: JobRun, recent: RecentScores | None) -> None:
    if recent is not None:
        unmet = sum(not check.met for check in recent.checks)
        run.events.log(
            "scored",
            came=recent.scored,
            left_out=recent.left_out,
            in_sample=recent.in_sample,
            unmet=unmet,
        )
