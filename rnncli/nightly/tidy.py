"""Remove what a nightly job no longer needs of its own files: by age and count, never tonight's."""

import contextlib
import os
import re
import time
from collections.abc import Collection, Iterator

import numpy as np

from rnncli.models.model_folder import list_models
from rnncli.nightly.config import Job
from rnncli.nightly.data_changes import marks_path
from rnncli.settings import KeepSettings

DATE = r"(\d{4}-\d{2}-\d{2})(?:T\d+)?"  # what stands for {date} and {today} in a file name
DAY = np.timedelta64(1, "D")
MIB = 1 << 20


def tidy(job: Job, output: str | None, symbols: Collection[str]) -> list[str]:
    """Remove old forecast files and models of symbols that are gone; the paths that were removed.

    `output`: the file of tonight; `symbols`: those of the prices.
    """
    removed = []
    for path in [*_old_outputs(job, output), *_old_models(job, symbols)]:
        with contextlib.suppress(OSError):  # gone already, or of somebody else
            os.unlink(path)
            removed.append(path)
    return removed


def _old_outputs(job: Job, output: str | None) -> Iterator[str]:
    """Forecast files beside that of tonight which are too many, or too old."""
    if output is None or not job.tidying.limits_outputs:
        return
    dated = sorted(_dated_outputs(job, output), reverse=True)
    mine = next((date for date, path in dated if path == output), None)
    if mine is None:
        return
    for number, (date, path) in enumerate(dated):
        age = float((mine - date) / DAY)
        too_many = job.tidying.outputs is not None and number >= job.tidying.outputs
        if path != output and (too_many or age > job.tidying.days("output_age")):
            yield path


def _dated_outputs(job: Job, output: str) -> Iterator[tuple[np.datetime64, str]]:
    """The forecast files of the job and the date in their names."""
    assert job.output is not None
    folder = os.path.dirname(output) or "."
    parts = re.split(r"\{(?:date|today)\}", os.path.basename(job.output))
    pattern = re.compile(DATE.join(map(re.escape, parts)))
    for entry in os.scandir(folder):
        match = pattern.fullmatch(entry.name)
        if match and entry.is_file(follow_symlinks=False):
            with contextlib.suppress(ValueError):  # digits that are no date
                yield (
                    np.datetime64(match[1], "D"),
                    os.path.join(os.path.dirname(output), entry.name),
                )


def _old_models(job: Job, symbols: Collection[str]) -> Iterator[str]:
    """Models of symbols that are gone, and what is kept beside them."""
    days = job.tidying.days("model_age")
    if not job.per_series or job.retrain is None or days == float("inf"):
        return
    for symbol, path in list_models(job.model).items():
        if symbol not in symbols and time.time() - os.path.getmtime(path) > days * 86_400:
            yield from (path, marks_path(path))


def rotate_log(path: str, settings: KeepSettings) -> None:
    """Begin a new log where the present one has its size: it becomes `path`.1, and so on.

    Other processes that have it open go on writing to it under its new name.
    """
    if settings.log_size is None or not os.path.isfile(path):
        return
    if os.path.getsize(path) < settings.log_size * MIB:
        return
    for number in range(settings.logs, 0, -1):
        source = path if number == 1 else f"{path}.{number - 1}"
        if os.path.exists(source):
            os.replace(source, f"{path}.{number}")


def sizes(job: Job, output: str | None) -> dict[str, int]:
    """Bytes of what the job has on disk, by table: model, ledger, output of tonight, log."""
    places = {"model": job.model, "ledger": job.ledger, "output": output, "log": job.log}
    return {
        name: bytes_of(path)
        for name, path in places.items()
        if path is not None and os.path.exists(path)
    }


def bytes_of(path: str) -> int:
    """Bytes of a file, or of all files in a folder; 0 where there is none."""
    if not os.path.isdir(path):
        return os.path.getsize(path) if os.path.exists(path) else 0
    total = 0
    for place, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):  # removed meanwhile
                total += os.path.getsize(os.path.join(place, name))
    return total
