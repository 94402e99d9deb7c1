"""Counts of what a run recorded in a ledger, and the warnings about them."""

from dataclasses import dataclass

from rnncli.errors import setting


@dataclass(frozen=True)
class RecordResult:
    """Counts of the forecasts of a run.

    `new`: recorded now; `known`: recorded before; `other`: of these, how many were recorded with
    other values, which are unchanged. `run`: its number (the first one's, where
    several models forecast), None without new ones. `in_sample`: forecasts of days that their
    model was fitted on, which are never scored. `risks`, `other_risks`: of portfolios, recorded now
    and before with other values.
    """

    run: int | None
    new: int
    known: int
    other: int
    in_sample: int = 0
    risks: int = 0
    other_risks: int = 0

    @property
    def said_of_in_sample(self) -> str:
        """The warning about forecasts of days that their model was fitted on."""
        return (
            f"{self.in_sample} forecasts are in-sample: their model was fitted on days after the"
            " cutoff; scores leave them out, so use a model trained"
            f" {setting('until')} the cutoff"
        )

    @property
    def said_of_other(self) -> str:
        """The warning about the forecasts that were recorded with another number."""
        return (
            f"{self.other} forecasts of this model from these cutoffs were recorded before with"
            " other values, which are unchanged"
        )

    @property
    def said_of_other_risks(self) -> str:
        """The warning about portfolios whose night was recorded with other values."""
        return (
            f"{self.other_risks} portfolios were recorded for this date before, with other holdings"
            " or losses, which are unchanged"
        )
