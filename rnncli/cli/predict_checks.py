"""Which options of `rnncli predict` do nothing together; they are defined in `settings`."""

from dataclasses import dataclass

from rnncli.errors import UsageError
from rnncli.settings import (
    LedgerSettings,
    NamingSettings,
    PictureSettings,
    PredictSettings,
    ReadSettings,
    ResultSettings,
    RunSettings,
    StateSettings,
    SummarySettings,
)


@dataclass(frozen=True)
class PredictOptions:
    """The options by group, and the names of those on the command line."""

    reading: ReadSettings
    predicting: PredictSettings
    keeping: LedgerSettings
    warming: StateSettings
    summarizing: SummarySettings
    drawing: PictureSettings
    running: RunSettings
    naming: NamingSettings
    showing: ResultSettings
    typed: frozenset[str]

    @property
    def paths(self) -> int | None:
        """The number of paths to draw in place of forecasts, if any."""
        return self.predicting.paths


def check_options(options: PredictOptions, model: str, prices: list[str], log: str | None) -> None:
    """Refuse what would fail or have no effect, before anything is read.

    `log`: the path of the log file. Raises UsageError, CannotCreateError, DataError.
    """
    from rnncli.cli.arguments import check_ledger_option
    from rnncli.cli.charts import check_pictures
    from rnncli.cli.follow import check_following
    from rnncli.cli.state import check_state
    from rnncli.cli.summary import check_summary

    _refuse_idle(options)
    drawing, showing, warming = options.drawing, options.showing, options.warming
    ledger, typed = options.keeping.ledger, options.typed
    check_pictures(drawing, showing, [model, *prices], typed)
    check_summary(options.summarizing, showing, _without_table(options), typed)
    if warming.follow:
        check_following(prices, options.keeping, drawing, showing)
    check_state(warming, model, prices, options.paths, (ledger, log))
    if ledger is not None:
        check_ledger_option(ledger, options.paths)


def _refuse_idle(options: PredictOptions) -> None:
    """Refuse options that were typed and would have no effect with --state or --paths."""
    drawing, typed = options.drawing, options.typed
    if options.warming.state is not None and "inputs" in typed:
        raise UsageError("--state: is of all inputs; leave out --inputs")
    if not options.paths:
        if options.predicting.joint and "joint" in typed:
            raise UsageError("--joint: ties paths together; add --paths 1000")
        return
    if "names" in typed:
        raise UsageError(f"--names {options.naming.names}: are of forecasts, not of --paths")
    if drawing.plot and "plot" in typed:
        raise UsageError(f"--plot {drawing.plot}: draws no --paths; leave one of them out")
    for name in sorted(typed & {"level", "adaptive"}):
        raise UsageError(
            f"--{name}: does nothing with --paths, which have no intervals; leave it out"
        )


def _without_table(options: PredictOptions) -> str | None:
    """The option with which no forecast is shown as a table."""
    if options.paths:
        return "paths"
    return "follow" if options.warming.follow else None
