"""What `batch` prints: one line on what a run did, or the same as a document for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from rnncli.evaluation.metrics import level_name
from rnncli.report.output import Report, Row
from rnncli.report.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.nightly.result import JobResult


def job_report(job: str, result: "JobResult") -> Report:
    """Report of a run of the job in the file `job`."""
    document: Row = {
        "job": job,
        "dry_run": result.dry,
        "done": _done(result),
        "newest": result.newest,
        "series": result.series,
        "why": result.reasons,
        "trained": result.trained,
        "models": result.models,
        "epochs": result.epochs,
        "kept": result.older,
        "model": result.model and result.model[:12],
        "symbols": result.symbols,
        "forecasts": result.forecasts,
        "stale": result.stale,
        "failed": result.failed,
        "unread": result.unread,
        "faults": result.faults,
        "recorded": result.recorded,
        "differ": result.differ,
        "in_sample": result.in_sample,
        "output": result.output,
        "page": result.page,
        "wrote": result.written,
        "came": result.scored,
        "left_out": result.left_out,
        "left_out_in_sample": result.left_out_in_sample,
        **{f"coverage_{level_name(level)}": share for level, share in result.coverage.items()},
        "checks": [asdict(check) for check in result.checks],
        "drifted": result.drifted,
        "missed_days": result.missed_days,
        "removed": result.removed,
        "sizes": result.sizes,
    }

    def tables() -> Iterable["RenderableType"]:
        from rich.text import Text

        yield Text(safe(f"{job}: {'; '.join(_parts(result))}"))

    return Report("night", document, list(document), lambda: [document], tables, piped="table")


def _done(result: "JobResult") -> str:
    """What was done, in one word for programs."""
    if result.status:
        return "failed"
    if result.idle:
        return "nothing"
    return "would" if result.dry else "all" if not result.faults else "some"


def _parts(result: "JobResult") -> Iterable[str]:
    """What was done, part by part."""
    since = f" from {result.newest} on" if result.newest else ""
    would = "would " if result.dry else ""
    if result.idle and not result.status:
        were = "was" if result.symbols == 1 else "were"
        yield f"nothing to do: {_symbols(result.symbols)} {were} forecast{since} already"
    if result.reasons and (result.dry or result.trained):
        several = f" {result.models} models" if result.models > 1 else ""
        epochs = f"{several} ({result.epochs} epochs)" if result.trained else ""
        yield f"{'would train' if result.dry else 'trained'}{epochs}: {', '.join(result.reasons)}"
    if result.older:
        yield f"{result.older} could not be retrained"
    if not result.idle:
        yield f"{would or ''}forecast {_symbols(result.symbols)}{since}"
    if result.failed or result.unread:
        yield f"{len(result.failed) + result.unread} failed"
    if result.stale:
        yield f"{result.stale} left out, too old"
    if result.recorded:
        yield f"{would}record{'' if result.dry else 'ed'} {result.recorded} forecasts"
    if result.differ:
        yield f"{result.differ} differ from those recorded before, which are unchanged"
    if result.in_sample:
        yield f"{result.in_sample} are in-sample: their model was fitted on days after the cutoff"
    if result.written:
        written = " and ".join(path for path in (result.output, result.page) if path)
        yield f"{'would write' if result.dry else 'wrote'} {written}"
    if result.removed:
        yield f"removed {len(result.removed)} old files"
    yield from _scored(result)


def _scored(result: "JobResult") -> Iterable[str]:
    """Scores of earlier forecasts."""
    if result.scored:
        shares = [
            f"{level_name(v)} % interval covered {share:.1%}"
            for v, share in result.coverage.items()
        ]
        yield f"scored {result.scored}: {', '.join(shares) or 'without intervals'}"
    if result.left_out:
        yield f"{result.left_out} were left out, since the price at their cutoff has changed"
    if result.left_out_in_sample:
        yield f"{result.left_out_in_sample} were left out as in-sample"


def _symbols(count: int) -> str:
    return "1 symbol" if count == 1 else f"{count} symbols"
