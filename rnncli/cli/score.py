"""`rnncli score`: old forecasts against what came."""

from dataclasses import replace
from typing import Annotated

import typer

from rnncli.cli.arguments import PricesArgument, read
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import OutputSettings, ReadSettings, ScoreSettings


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "score")(score)


def score(
    ledger: Annotated[
        str, typer.Argument(metavar="LEDGER", help="A file that predict --ledger wrote.")
    ],
    prices: PricesArgument,
    reading: ReadSettings,
    scoring: ScoreSettings,
    showing: OutputSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Hold recorded forecasts against what came since."""
    _refuse_idle(scoring, typed)
    from rnncli.ledger.reader import read_ledger
    from rnncli.ledger.score import column_of, score_ledger

    messages = Messages(showing, log)
    recorded = read_ledger(ledger)
    reading = replace(reading, column=column_of(recorded, reading.column))
    known = read(prices, reading, messages, log.stages.stage)

    from rnncli.report.ledger import export_report, standing_report
    from rnncli.report.output import write_report

    found = score_ledger(recorded, known, scoring, messages.warn)
    log.event("scored", forecasts=len(recorded.symbols), came=found.settled.count("came"))
    if scoring.export:
        write_report(export_report(found), scoring.export)
    else:
        write_report(standing_report(ledger, found, scoring.drift_alpha), showing.format)
    log.event("written", rows=len(recorded.symbols) if scoring.export else len(found.rows))
    for one in found.checks:
        if not one.met:
            messages.unmet(f"{one.required}: {one.said}")
    unmet = ExitStatus.OK if all(one.met for one in found.checks) else ExitStatus.CHECK_FAILED
    return messages.end() or unmet


def _refuse_idle(scoring: ScoreSettings, typed: frozenset[str]) -> None:
    """Refuse what was typed in vain."""
    if "alpha" in typed and not scoring.require_skill:
        raise UsageError("--alpha: does nothing without --require-skill")
    idle = sorted(typed & {"format", "by", "drift_alpha"}) if scoring.export else []
    for name in idle:
        raise UsageError(f"--{name.replace('_', '-')}: does nothing with --export")
