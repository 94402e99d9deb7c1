"""Reasons to train a model of a nightly job anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import numpy as np

from rnncli.errors import name_some
from rnncli.nightly.config import ALL, Job
from rnncli.nightly.data_changes import RowMarksBySymbol
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RetrainSettings,
    TrainSettings,
)
from rnncli.training.prior_start import resolved

# Settings that change no price, and files whose contents the marks of the rows show.
WITHOUT_EFFECT = ("limits", "strict", "feature_file", "exclude", "events", "tickers")
NAMED = 3  # symbols in a reason
DAY = np.timedelta64(1, "D").astype("timedelta64[s]")


class Reason(NamedTuple):
    """Why a model must be retrained, and the evidence."""

    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}" if self.detail else self.what


def changed_settings(
    job: Job, reading: ReadSettings, trained: dict[str, dict[str, Any]]
) -> list[Reason]:
    """At most one reason: the settings that differ from those the model was `trained` with."""
    preparing, shape, training = resolved(job.preparing, job.shape, job.training)
    stages: dict[str, Any] = {
        "read": reading, "prepare": preparing, "network": shape, "train": training,
    }  # fmt: skip
    types = {
        "read": ReadSettings, "prepare": PrepareSettings, "network": NetworkSettings,
        "train": TrainSettings,
    }  # fmt: skip
    differ = [
        f"{name.replace('_', '-')} is {_shown(value)}, was {_shown(old)}"
        for stage, settings in stages.items()
        for name, value, old in _pairs(settings, trained.get(stage, {}), types[stage])
        if value != old and name not in WITHOUT_EFFECT
    ]
    return [Reason("its settings changed", ", ".join(differ))] if differ else []


def _pairs(settings: Any, trained: dict[str, Any], stage: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each setting now, and as a model file has it; a file without it was made with the default."""
    defaults = {field.name: field.default for field in fields(stage)}
    for name, value in asdict(settings).items():
        yield name, _as_json(value), _as_json(trained.get(name, defaults[name]))


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return "not given" if value is None else str(value)


def age_reasons(retrain: RetrainSettings, age: float) -> list[Reason]:
    """At most one reason: the model's age in days, see `days_since`."""
    if age < retrain.days:
        return []
    return [Reason(f"the prices are {_span(age)} newer than those it was trained on")]


def _span(days: float) -> str:
    """A number of days in words; less than one in hours."""
    count, unit = (round(days, 1), "day") if days >= 1 else (round(days * 24, 1), "hour")
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def days_since(
    last_date: np.datetime64 | None,
    newest: np.datetime64,
    rows: Mapping[str, int],
    marks: RowMarksBySymbol | None,
) -> float:
    """Age of a model: days, or rows without dates, of prices after its training.

    `last_date`: the last one it was trained on; `newest`: that of its prices now, NaT without
    dates; `rows`: symbol -> how many rows it has now; `marks`: of those it was trained on.
    """
    if last_date is not None and not np.isnat(newest):
        return float((newest - last_date) / DAY)
    new_rows = [rows[s] - 1 - known.last for s, known in (marks or {}).items() if s in rows]
    return float(max(new_rows, default=0))


def changed_past_reasons(symbols: Sequence[str]) -> list[Reason]:
    """At most one reason: prices that the model was trained on have changed."""
    if not symbols:
        return []
    return [Reason("prices it was trained on were rewritten", name_some(symbols, NAMED))]


def describe_reasons(stale: dict[str, list[Reason]]) -> list[str]:
    """A line for each reason, with the symbols that share it if each has its own model."""
    if ALL in stale:
        return [str(reason) for reason in stale[ALL]]
    shared: dict[str, dict[str, Reason]] = {}
    for symbol, reasons in stale.items():
        for reason in reasons:
            shared.setdefault(reason.what, {})[symbol] = reason
    return [
        f"{_common(what, by_symbol)} ({name_some(list(by_symbol), NAMED)})"
        for what, by_symbol in shared.items()
    ]


def _common(what: str, by_symbol: dict[str, Reason]) -> str:
    """The reason that symbols share, with its detail if all have the same, naming no symbol."""
    (first, *others) = set(by_symbol.values())
    return what if others or first.detail in by_symbol else str(first)


def drift_reasons(levels: list[str]) -> list[Reason]:
    """At most one reason: levels whose intervals cover too few or too many actual prices."""
    return [Reason("its coverage drifted", ", ".join(levels))] if levels else []
