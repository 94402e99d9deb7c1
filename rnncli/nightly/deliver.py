"""Record the forecasts of a run in the ledger, and write them to the output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from rnncli.errors import UsageError
from rnncli.forecasting.forecast import Forecast, joined
from rnncli.ledger.portfolio_risk import PortfolioRisk, unrecorded_risks
from rnncli.ledger.record_result import RecordResult
from rnncli.ledger.writer import Source, record, unrecorded
from rnncli.nightly.data_changes import save_marks
from rnncli.nightly.forecasts import ForecastBatch
from rnncli.nightly.plan import RunPlan
from rnncli.nightly.portfolios import PortfolioNight
from rnncli.nightly.preflight import check_output, output_of, same_file
from rnncli.nightly.run_state import JobRun
from rnncli.nightly.scan import PriceScan
from rnncli.prices.series import Prices
from rnncli.storage.atomic import write_atomically
from rnncli.storage.reading import read_start
from rnncli.training.checkpoints import remove as remove_checkpoint

Encode = Callable[[Sequence[Forecast]], bytes]  # the bytes of a file of all forecasts


class EncodePage(Protocol):
    """The bytes of a page of all forecasts."""

    def __call__(
        self, forecasts: Sequence[Forecast], prices: Prices, portfolios: PortfolioNight
    ) -> bytes:
        """`prices`: the last rows of every series that was read."""


@dataclass(frozen=True)
class Encoders:
    """How the forecasts of a run become the output, and its page."""

    output: Encode
    page: EncodePage


@dataclass(frozen=True)
class OutputPaths:
    """Where the forecasts of a run go, and where its page; None where that is not wanted."""

    output: str | None
    page: str | None


@dataclass(frozen=True)
class Delivery:
    """The destinations of the forecasts of a run, also of a dry run.

    `recorded`, `risks`: forecasts and nights of portfolios that were new to the ledger; `differ`:
    forecasts it has with other values, which are unchanged; `in_sample`: those whose model was
    fitted on days after the cutoff.
    `written`: whether a file changed.
    """

    recorded: int = 0
    risks: int = 0
    differ: int = 0
    in_sample: int = 0
    output: str | None = None
    page: str | None = None
    written: bool = False


def output_paths(run: JobRun, scan: PriceScan) -> OutputPaths:
    """Where the forecasts and the page go; refused here before anything is written.

    Raises UsageError, CannotCreateError.
    """
    templates = (run.job.output, run.job.report)
    output, page = (one and output_of(one, scan.newest) for one in templates)
    for path in (output, page):
        if path is not None:
            check_output(run.job, path)
    if output is not None and page is not None and same_file(output, page):
        raise UsageError(f"{run.job.file}: [output] {page}: is the file of the forecasts too")
    return OutputPaths(output, page)


def deliver(
    run: JobRun,
    scan: PriceScan,
    plan: RunPlan,
    batch: ForecastBatch | None,
    portfolios: PortfolioNight,
    paths: OutputPaths,
    encoders: Encoders,
) -> Delivery:
    """Report the symbols that failed, record and write the forecasts of the others.

    Raises CannotCreateError, DataError, LockedError, WriteError.
    """
    if batch is None:
        return Delivery()
    for fault in batch.failed.values():
        run.events.fail(fault)
    run.events.log("forecast", symbols=batch.symbols, failed=len(batch.failed))
    if not batch.parts:
        return Delivery()
    _tidy_models(run, scan, plan)
    recorded = _record(run, batch, portfolios.risks)
    page = partial(encoders.page, prices=scan.recent, portfolios=portfolios)
    files = ((paths.output, encoders.output), (paths.page, page))
    written = [path is not None and _write(run, path, batch, encode) for path, encode in files]
    return Delivery(
        recorded=recorded.new,
        risks=recorded.risks,
        differ=recorded.other,
        in_sample=recorded.in_sample,
        output=paths.output,
        page=paths.page,
        written=any(written),
    )


def _tidy_models(run: JobRun, scan: PriceScan, plan: RunPlan) -> None:
    """Save missing marks of models, and remove checkpoints that nothing resumes."""
    if run.job.retrain is None or run.dry:
        return
    for key, model_scan in scan.models.items():
        model = model_scan.model
        if key in plan.stale:
            continue
        if model.marks is None and model.digest:
            save_marks(model.path, model.digest, model_scan.marks)
        if run.job.keeping.checkpoint_every:
            remove_checkpoint(model.path)


def _record(
    run: JobRun, batch: ForecastBatch, risks: Sequence[tuple[Source, PortfolioRisk]]
) -> RecordResult:
    """Record the forecasts; in a dry run, only count those that would be new."""
    ledger = run.job.ledger
    if ledger is None:
        return RecordResult(None, 0, 0, 0)
    with run.events.stage("write"):
        if run.dry:
            new = unrecorded_risks(ledger, [risk for _, risk in risks])
            return RecordResult(None, unrecorded(ledger, batch.parts), 0, 0, risks=new)
        result = record(ledger, batch.parts, risks)
    _report_record(run, ledger, result)
    return result


def _report_record(run: JobRun, ledger: str, result: RecordResult) -> None:
    counts = {"run": result.run, "new": result.new, "known": result.known}
    counts |= {"in_sample": result.in_sample, "portfolios": result.risks}
    run.events.log("recorded", ledger=ledger, **counts)
    if result.other:
        run.events.warn(f"{ledger}: {result.said_of_other}")
    if result.other_risks:
        run.events.warn(f"{ledger}: {result.said_of_other_risks}")


def _write(run: JobRun, output: str, batch: ForecastBatch, encode: Encode) -> bool:
    """Write all forecasts; whether the file did not have them yet."""
    with run.events.stage("write"):
        content = encode(_with_same_columns(batch.forecasts))
        new = not _has_content(output, content)
        if new and not run.dry:
            write_atomically(output, content)
    run.events.log("written", output=output, new=new)
    return new


def _with_same_columns(forecasts: list[Forecast]) -> list[Forecast]:
    """The forecasts, joined where their models have different classes and so other columns."""
    if len({(one.labels is None, *one.shares) for one in forecasts}) == 1:
        return forecasts
    return [joined(Prices.joined([one.prices for one in forecasts]), forecasts, {})]


def _has_content(path: str, content: bytes) -> bool:
    """Whether a file has this content already."""
    try:
        return read_start(path, len(content) + 1) == content
    except OSError:
        return False
