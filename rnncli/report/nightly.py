"""What `batch` prints: one line on what a night came to; the same for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from rnncli.evaluation.metrics import level_name
from rnncli.nightly.run import JobResult
from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType


def night_report(job: str, night: JobResult) -> Report:
    """Report of one run of the job in a file."""
    document: Row = {
        "job": job,
        "dry_run": night.dry,
        "done": _done(night),
        "newest": night.newest,
        "series": night.series,
        "why": night.why,
        "trained": night.trained,
        "models": night.models,
        "epochs": night.epochs,
        "kept": night.kept,
        "model": night.model and night.model[:12],
        "symbols": night.symbols,
        "forecasts": night.forecasts,
        "stale": night.stale,
        "failed": night.failed,
        "unread": night.unread,
        "faults": night.faults,
        "recorded": night.recorded,
        "differ": night.differ,
        "output": night.output,
        "wrote": night.wrote,
        "came": night.came,
        "left_out": night.left_out,
        **{f"coverage_{level_name(level)}": share for level, share in night.covered.items()},
        "checks": [asdict(one) for one in night.checks],
    }

    def tables() -> Iterable["RenderableType"]:
        from rich.text import Text

        yield Text(f"{job}: {'; '.join(_said(night))}")

    return Report(document, list(document), lambda: [document], tables, piped="table")


def _done(night: JobResult) -> str:
    """One word for programs."""
    if night.status:
        return "failed"
    if night.idle:
        return "nothing"
    return "would" if night.dry else "all" if not night.faults else "some"


def _said(night: JobResult) -> Iterable[str]:
    """What was done, part by part."""
    came = f" from {night.newest} on" if night.newest else ""
    would = "would " if night.dry else ""
    if night.idle and not night.status:
        were = "was" if night.symbols == 1 else "were"
        yield f"nothing to do: {_symbols(night.symbols)} {were} forecast{came} already"
    if night.why and (night.dry or night.trained):
        several = f" {night.models} models" if night.models > 1 else ""
        epochs = f"{several} ({night.epochs} epochs)" if night.trained else ""
        yield f"{'would train' if night.dry else 'trained'}{epochs}: {', '.join(night.why)}"
    if night.kept:
        yield f"{night.kept} could not be trained anew"
    if not night.idle:
        yield f"{would or ''}forecast {_symbols(night.symbols)}{came}"
    if night.failed or night.unread:
        yield f"{len(night.failed) + night.unread} failed"
    if night.stale:
        yield f"{night.stale} left out, too old"
    if night.recorded:
        yield f"{would}record{'' if night.dry else 'ed'} {night.recorded} forecasts"
    if night.differ:
        yield f"{night.differ} differ from those recorded before, which stand"
    if night.wrote:
        yield f"{'would write' if night.dry else 'wrote'} {night.output}"
    if night.came:
        shares = [
            f"{level_name(v)} % bounds held {share:.1%}" for v, share in night.covered.items()
        ]
        yield f"of {night.came} that came, {', '.join(shares) or 'none had bounds'}"
    if night.left_out:
        yield f"{night.left_out} were left out, for the price at their cutoff is another one now"


def _symbols(count: int) -> str:
    return "1 symbol" if count == 1 else f"{count} symbols"
