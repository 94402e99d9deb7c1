"""The models that a night begins with, and why they cannot stay whatever the prices say."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rnncli.audit import last_seen
from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError
from rnncli.job import Job
from rnncli.modelfile import Model, load_with_digest
from rnncli.roster import model_path
from rnncli.sealed import is_model
from rnncli.settings import ReadSettings
from rnncli.stale import Reason, changed_settings
from rnncli.traces import Traces, kept

ALL = ""  # key of the model of all symbols


@dataclass(frozen=True)
class Held:
    """What there is of a model.

    `digest`: of its file, empty where there is none to use; `seen`: the last date it was trained
    on; `fits`: whether it is fed what is read; `why`: reasons to train it anew.
    """

    path: str
    why: list[Reason] = field(default_factory=list)
    digest: str = ""
    seen: np.datetime64 | None = None
    fits: bool = False
    traces: Traces | None = None
    model: Model | None = None

    @property
    def stays(self) -> bool:
        """Whether it may be used before anything is known of the prices."""
        return self.fits and not self.why


def find_held(
    job: Job, key: str, reading: ReadSettings, inputs: tuple[str, ...], warn: Callable[[str], None]
) -> Held:
    """The model of a key, as far as there is one.

    Raises MissingInputError, ModelFileError where none can be trained, and CannotCreateError for a
    file that is none.
    """
    path = model_path(job.model, key) if key else job.model
    try:
        model, digest = load_with_digest(path)
    except MissingInputError:
        if job.retrain is None:
            raise
        return Held(path, [Reason("there is no model yet")])
    except ModelFileError as fault:
        if job.retrain is None:
            raise
        if not is_model(path):
            raise CannotCreateError(
                f"{path}: is there and is no model; name another file or remove it"
            ) from fault
        warn(str(fault))
        return Held(path, [Reason("its file is damaged")])
    return Held(
        path=path,
        why=changed_settings(job, reading, model.settings) if job.retrain else [],
        digest=digest,
        seen=last_seen(model.record),
        fits=_fed(model) == (inputs, reading.column),
        traces=kept(path, digest) if job.retrain else None,
        model=model,
    )


def _fed(model: Model) -> tuple[tuple[str, ...], str | None]:
    """Inputs of a model and the column that it learnt from."""
    return model.preparation.inputs, model.settings.get("read", {}).get("column")
