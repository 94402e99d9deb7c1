"""The models that a night begins with, and why they cannot stay whatever the prices say."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError, RnncliError
from rnncli.models.model import Model, load_model
from rnncli.models.model_folder import model_path
from rnncli.models.provenance import last_fitted
from rnncli.nightly.config import ALL, Job
from rnncli.nightly.data_changes import RowMarksBySymbol, load_marks
from rnncli.nightly.data_changes import path_of as traces_of
from rnncli.nightly.staleness import Reason, changed_settings
from rnncli.settings import ReadSettings
from rnncli.storage.atomic import check_creatable
from rnncli.storage.tensor_file import is_model


@dataclass(frozen=True)
class CurrentModel:
    """What there is of a model.

    `digest`: of its file, empty where there is none to use; `seen`: the last date it was trained
    on; `fits`: whether it is fed what is read; `why`: reasons to train it anew; `model`: itself,
    where it is that of all symbols (others are read when they are wanted).
    """

    path: str
    why: list[Reason] = field(default_factory=list)
    digest: str = ""
    seen: np.datetime64 | None = None
    fits: bool = False
    traces: RowMarksBySymbol | None = None
    model: Model | None = None

    @property
    def stays(self) -> bool:
        """Whether it may be used before anything is known of the prices."""
        return self.fits and not self.why


def find_current_model(
    job: Job, key: str, reading: ReadSettings, inputs: tuple[str, ...], warn: Callable[[str], None]
) -> CurrentModel:
    """The model of a symbol, or of ALL, as far as there is one.

    Raises MissingInputError, ModelFileError where the one of all is not there and none can be
    trained, and CannotCreateError for a file that is none.
    """
    path = job.model if key == ALL else model_path(job.model, key)
    if job.retrain is not None:
        for place in (path, traces_of(path)):
            if os.path.exists(place) and not os.path.isfile(place):
                check_creatable(place)  # a pipe would be waited for
    try:
        model = load_model(path)
    except (MissingInputError, ModelFileError) as fault:
        if job.retrain is not None:
            return CurrentModel(path, [_unusable(path, fault, warn)])
        if key == ALL:
            raise
        return CurrentModel(path)  # whoever forecasts by it meets the fault
    if key != ALL:
        reading = replace(reading, symbols=key)
    return CurrentModel(
        path=path,
        why=changed_settings(job, reading, model.settings) if job.retrain else [],
        digest=model.digest,
        seen=last_fitted(model.record),
        fits=_fed(model) == (inputs, reading.column),
        traces=load_marks(path, model.digest) if job.retrain else None,
        model=model if key == ALL else None,
    )


def _unusable(path: str, fault: RnncliError, warn: Callable[[str], None]) -> Reason:
    """Why there is no model to begin with. Raises CannotCreateError for a file that is none."""
    if not os.path.exists(path):
        return Reason("there is no model yet")
    if isinstance(fault, MissingInputError):
        raise CannotCreateError(f"{fault}; name another file for the model") from fault
    empty = os.path.getsize(path) == 0
    if not (empty or is_model(path)):
        raise CannotCreateError(
            f"{path}: is there and is no model; name another file or remove it"
        ) from fault
    why = "empty" if empty else "damaged"
    warn(f"{path}: is {why}, so it is trained anew")
    return Reason(f"its file is {why}")


def _fed(model: Model) -> tuple[tuple[str, ...], str | None]:
    """Inputs of a model and the column that it learnt from."""
    return model.preparation.inputs, model.settings.get("read", {}).get("column")
