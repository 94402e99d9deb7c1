"""Settings of a training run: checkpoints, the time budget, and worker processes."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from rnncli.errors import UsageError, setting
from rnncli.settings.option import Option


@dataclass(frozen=True)
class CheckpointSettings:
    """Checkpoints and the time budget of a training; the model does not depend on them."""

    PANEL: ClassVar[str] = "Training"

    checkpoint_every: Annotated[
        int, Option("Epochs between checkpoints in MODEL.checkpoint (0: off).", minimum=0)
    ] = 0
    keep_checkpoints: Annotated[
        bool, Option("Keep all checkpoints in MODEL.checkpoints, for gradients --at epoch:N.")
    ] = False
    resume: Annotated[
        bool,
        Option("Resume from MODEL.checkpoint if present; with --per-series, train missing models."),
    ] = False
    time_budget: Annotated[
        str | None,
        Option(
            "Stop training after 60s, 5m or 2h; intervals are calibrated after that.",
            metavar="TIME",
        ),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for a malformed duration, and for keeping checkpoints without any."""
        if self.keep_checkpoints and not self.checkpoint_every:
            raise UsageError(
                "needs checkpoints", option="keep_checkpoints",
                remedy=f"add {setting('checkpoint_every')}",
            )  # fmt: skip
        assert self.seconds >= 0

    @property
    def seconds(self) -> float:
        """The time budget; infinite without one."""
        if self.time_budget is None:
            return float("inf")
        duration = re.fullmatch(
            r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh]?)", self.time_budget, re.ASCII
        )
        if duration is None:
            raise UsageError(
                "is not a duration", option="time_budget", value=self.time_budget,
                remedy="use 60s, 5m or 2h",
            )  # fmt: skip
        return float(duration[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[duration[2]]


@dataclass(frozen=True)
class FleetSettings:
    """Whether symbols share a model."""

    PANEL: ClassVar[str] = "Training"

    per_series: Annotated[bool, Option("Train one model per symbol, into the folder at -o.")] = (
        False
    )


@dataclass(frozen=True)
class WorkerSettings:
    """Processes that train in parallel; the result does not depend on them."""

    PANEL: ClassVar[str] = "Run"

    jobs: Annotated[
        int | None,
        Option("Parallel worker processes (0: one per core).", minimum=0, maximum=1024),
    ] = None
    cluster: Annotated[
        str | None,
        Option("Dask scheduler to use instead: tcp://HOST:8786 (needs an extra).", metavar="URL"),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError where both are given."""
        if self.jobs is not None and self.cluster is not None:
            raise UsageError(
                f"cannot be combined with {setting('cluster')}", option="jobs",
                remedy="leave one of them out",
            )  # fmt: skip
