"""Whether a nightly job must train its model anew, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import numpy as np

from rnncli.nightly.config import ALL, Job
from rnncli.nightly.data_changes import RowMarksBySymbol
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RetrainSettings,
    TrainSettings,
)
from rnncli.settings.training import resolve_defaults

UNTOLD = ("limits", "strict")  # settings of reading that change no price
NAMED = 3  # symbols in a reason
DAY = np.timedelta64(1, "D").astype("timedelta64[s]")


class Reason(NamedTuple):
    """Why a model must be trained anew, and what that is seen by."""

    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}" if self.detail else self.what


def changed_settings(
    job: Job, reading: ReadSettings, trained: dict[str, dict[str, Any]]
) -> list[Reason]:
    """Why a model is not of the job's settings: one reason for all that differ."""
    preparing, training = resolve_defaults(job.preparing, job.shape, job.training)
    stages: dict[str, Any] = {
        "read": reading, "prepare": preparing, "network": job.shape, "train": training,
    }  # fmt: skip
    plain = {
        "read": ReadSettings, "prepare": PrepareSettings, "network": NetworkSettings,
        "train": TrainSettings,
    }  # fmt: skip
    differ = [
        f"{name.replace('_', '-')} is {_shown(value)}, was {_shown(was)}"
        for stage, settings in stages.items()
        for name, value, was in _pairs(settings, trained.get(stage, {}), plain[stage])
        if value != was and name not in UNTOLD
    ]
    return [Reason("its settings changed", ", ".join(differ))] if differ else []


def _pairs(settings: Any, was: dict[str, Any], stage: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each setting, as it is and as a model file has it; an older one had the default."""
    defaults = {field.name: field.default for field in fields(stage)}
    for name, value in asdict(settings).items():
        old = was.get(name, defaults[name])
        yield name, _plain(value), _plain(old)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return "not given" if value is None else str(value)


def age_reasons(retrain: RetrainSettings, age: float) -> list[Reason]:
    """Why a model is too old: one reason, or none. `age` as `days_since` tells it."""
    if age < retrain.days:
        return []
    return [Reason(f"the prices are {_span(age)} newer than those it was trained on")]


def _span(days: float) -> str:
    """Days as people say them; less than one in hours."""
    count, unit = (round(days, 1), "day") if days >= 1 else (round(days * 24, 1), "hour")
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def days_since(
    seen: np.datetime64 | None,
    newest: np.datetime64,
    rows: dict[str, int],
    kept: RowMarksBySymbol | None,
) -> float:
    """Days, or rows without dates, that have come since a model was trained.

    `seen`: the last date it was trained on. `newest`: that of its prices; where there are none,
    the rows of each symbol count.
    """
    if seen is not None and not np.isnat(newest):
        return float((newest - seen) / DAY)
    came = [rows[s] - 1 - own.last for s, own in (kept or {}).items() if s in rows]
    return float(max(came, default=0))


def changed_past_reasons(symbols: list[str]) -> list[Reason]:
    """Why a model is of other prices: one reason, or none."""
    return (
        [Reason("prices it was trained on were rewritten", name_some(symbols))] if symbols else []
    )


def describe_reasons(stale: dict[str, list[Reason]]) -> list[str]:
    """Why models must be trained anew: of ALL every reason, else who shares one."""
    if ALL in stale:
        return [str(reason) for reason in stale[ALL]]
    shared: dict[str, dict[str, Reason]] = {}
    for symbol, reasons in stale.items():
        for reason in reasons:
            shared.setdefault(reason.what, {})[symbol] = reason
    return [f"{_common(what, own)} ({name_some(list(own))})" for what, own in shared.items()]


def _common(what: str, own: dict[str, Reason]) -> str:
    """The reason that some symbols share, in full where it is one and does not only name them."""
    (one, *others) = set(own.values())
    return what if others or one.detail in own else str(one)


def name_some(symbols: Sequence[str]) -> str:
    """The first few of them."""
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    return f"{', '.join(symbols[:NAMED])}{more}"


def drift_reasons(levels: list[str]) -> list[Reason]:
    """Why a model no longer tells how far prices move: one reason, or none."""
    return [Reason("its coverage drifted", ", ".join(levels))] if levels else []
