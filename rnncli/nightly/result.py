"""What a run of a nightly job did, put together from the results of its steps."""

from dataclasses import dataclass, field

from rnncli.errors import ExitStatus
from rnncli.evaluation.verdict import Check
from rnncli.ledger.portfolio_risk import PortfolioRisk
from rnncli.ledger.portfolio_score import TestedPortfolio
from rnncli.nightly.config import ALL
from rnncli.nightly.deliver import Delivery
from rnncli.nightly.forecasts import ForecastBatch
from rnncli.nightly.freshness import missed_days
from rnncli.nightly.plan import RunPlan
from rnncli.nightly.portfolios import PortfolioNight
from rnncli.nightly.recent_scores import RecentScores
from rnncli.nightly.retrain import TrainingResult
from rnncli.nightly.run_state import JobRun
from rnncli.nightly.scan import PriceScan
from rnncli.nightly.tidy import sizes


@dataclass(frozen=True)
class JobResult:
    """What a run did; of a dry run, what it would do.

    `newest`: date of the prices; `series`: how many were read. `reasons`: to train; `models`: how
    many were trained, in `epochs` of all; `older`: how many could not be and are used as they
    are. `model`: SHA-256 of the model of all symbols. `symbols`, `forecasts`: how many there are;
    `stale`: symbols too old to forecast; `failed`: those that could not be; `unread`: files that
    could not be read; `faults`: every message about them. `recorded`, `recorded_risks`: forecasts
    and nights of portfolios new to the ledger; `risks`: of portfolios tonight; `unmeasured`: those
    that could not be measured; `tested`: their nights so far;
    `differ`: those it has with other values, which are unchanged; `output`, `page`: the files,
    `written` if one changed. `scored`: recorded forecasts whose actual prices are known;
    `left_out`: those whose past was rewritten; `in_sample`: forecasts of tonight whose model was
    fitted on days after the cutoff; `left_out_in_sample`: recorded ones; `coverage`: level in
    percent -> fraction of prices inside the bounds; `checks`: what the job requires; `drifted`:
    levels whose coverage has drifted; `missed_days`: trading days since the newest price;
    `removed`: files that were too old; `sizes`: bytes on disk by table. `status`: not 0 if nothing
    could be forecast.
    """

    dry: bool = False
    newest: str | None = None
    series: int = 0
    reasons: list[str] = field(default_factory=list)
    models: int = 0
    epochs: int = 0
    older: int = 0
    model: str | None = None
    symbols: int = 0
    forecasts: int = 0
    stale: int = 0
    failed: list[str] = field(default_factory=list)
    unread: int = 0
    faults: list[str] = field(default_factory=list)
    recorded: int = 0
    recorded_risks: int = 0
    risks: list[PortfolioRisk] = field(default_factory=list)
    unmeasured: list[str] = field(default_factory=list)
    tested: list[TestedPortfolio] = field(default_factory=list)
    differ: int = 0
    output: str | None = None
    page: str | None = None
    written: bool = False
    scored: int = 0
    left_out: int = 0
    in_sample: int = 0
    left_out_in_sample: int = 0
    coverage: dict[float, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    drifted: list[str] = field(default_factory=list)
    missed_days: int | None = None
    removed: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    status: int = 0

    @property
    def trained(self) -> bool:
        """Whether a model was trained."""
        return self.models > 0

    @property
    def idle(self) -> bool:
        """Whether everything had been done before."""
        return not (
            self.trained
            or self.recorded
            or self.recorded_risks
            or self.written
            or (self.dry and self.reasons)
        )


def job_result(
    run: JobRun,
    scan: PriceScan,
    plan: RunPlan,
    training: TrainingResult,
    batch: ForecastBatch | None,
    portfolios: PortfolioNight,
    delivery: Delivery,
    recent: RecentScores | None,
    removed: list[str],
) -> JobResult:
    """The result of a run; `batch` is None if a dry run has no models to forecast by."""
    read_faults = list(dict.fromkeys(scan.faults + training.read_faults))
    failed = {} if batch is None else batch.failed
    texts = [fault.text for fault in read_faults] + [*training.faults, *failed.values()]
    texts += portfolios.failed.values()
    recent = recent or RecentScores(0, {}, [], {}, 0)
    return JobResult(
        dry=run.dry,
        newest=scan.newest,
        series=len(scan.rows),
        reasons=plan.reasons,
        models=len(training.models),
        epochs=training.epochs,
        older=training.older,
        model=None if batch is None else _shared_digest(scan, training),
        symbols=len(plan.symbols) if batch is None else batch.symbols,
        forecasts=0 if batch is None else batch.count,
        stale=len(scan.rows) - len(plan.symbols),
        failed=[fault.symbol for fault in read_faults if fault.symbol is not None] + list(failed),
        unread=sum(fault.symbol is None for fault in read_faults),
        faults=list(dict.fromkeys(texts)),
        recorded=delivery.recorded,
        recorded_risks=delivery.risks,
        risks=[risk for _, risk in portfolios.risks],
        unmeasured=sorted(portfolios.failed),
        tested=portfolios.tested,
        differ=delivery.differ,
        output=delivery.output,
        page=delivery.page,
        written=delivery.written,
        scored=recent.scored,
        left_out=recent.left_out,
        in_sample=delivery.in_sample,
        left_out_in_sample=recent.in_sample,
        coverage=recent.coverage,
        checks=[*recent.checks, *portfolios.checks],
        drifted=sorted({text.partition(" ")[0] for of in recent.drifted.values() for text in of}),
        missed_days=missed_days(scan.freshest, run.job.predicting.calendar)
        if len(scan.freshest)
        else None,
        removed=removed,
        sizes=sizes(run.job, delivery.output),
        status=_status(scan, training, batch),
    )


def _shared_digest(scan: PriceScan, training: TrainingResult) -> str | None:
    model = training.models.get(ALL, scan.shared_model)
    return None if model is None else model.digest


def _status(scan: PriceScan, training: TrainingResult, batch: ForecastBatch | None) -> int:
    """The status of the first fault where nothing could be forecast, else 0."""
    if batch is None or batch.parts:
        return ExitStatus.OK
    broken = scan.broken | training.broken
    return next((failed.status for failed in broken.values()), ExitStatus.BAD_DATA)
