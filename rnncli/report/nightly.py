"""What `batch` prints: one line on what a run did, or the same as a document for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from rnncli.distributions.conformal import level_name
from rnncli.report.output import Report, Row
from rnncli.report.portfolio_score import tested_rows
from rnncli.report.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.ledger.portfolio_risk import PortfolioRisk
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
        "recorded_portfolios": result.recorded_risks,
        "portfolios": [row for risk in result.risks for row in _risk_rows(risk)],
        "unmeasured_portfolios": result.unmeasured,
        "tested_portfolios": tested_rows(result.tested),
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
    if result.recorded_risks:
        count = result.recorded_risks
        risks = "a portfolio's risk" if count == 1 else f"the risks of {count} portfolios"
        yield f"{would}record{'' if result.dry else 'ed'} {risks}"
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
    yield from _portfolios(result)


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


def _risk_rows(risk: "PortfolioRisk") -> Iterable[Row]:
    """What a portfolio may lose, a row a row ahead and confidence level."""
    for one in risk.losses:
        yield {
            "portfolio": risk.portfolio,
            "cutoff": risk.cutoff,
            "ahead": one.ahead,
            "confidence": one.confidence,
            "value": float(risk.values.sum()) + risk.cash,
            "var": one.value_at_risk,
            "es": one.shortfall,
        }


def _portfolios(result: "JobResult") -> Iterable[str]:
    """The value at risk of each portfolio one row ahead, and how many losses were beyond it."""
    for risk in result.risks:
        first = min(risk.losses, key=lambda one: (one.ahead, one.confidence))
        tested = [
            f"{one.tests.hits} of {one.tests.rows} losses beyond it before"
            for one in result.tested
            if (one.tests.line, one.ahead, one.tests.confidence)
            == (risk.portfolio, first.ahead, first.confidence)
        ]
        yield ", ".join([
            f"value at risk of {risk.portfolio} {first.confidence:g} %: {first.value_at_risk:,.2f}",
            *tested,
        ])  # fmt: skip
    if result.unmeasured:
        yield f"not measured: {', '.join(result.unmeasured)}"


def _symbols(count: int) -> str:
    return "1 symbol" if count == 1 else f"{count} symbols"
