"""The existing models at the start of a run, and why one cannot be used for any prices."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError, RnncliError
from rnncli.models.model import Model
from rnncli.models.model_folder import model_path
from rnncli.models.prior import is_prior, open_model
from rnncli.models.provenance import last_fitted
from rnncli.nightly.config import ALL
from rnncli.nightly.data_changes import RowMarksBySymbol, load_marks, marks_path
from rnncli.nightly.retrain_reasons import Reason, changed_settings
from rnncli.nightly.run_state import JobRun
from rnncli.prices.series import Prices
from rnncli.storage.atomic import check_creatable
from rnncli.storage.tensor_file import is_model
from rnncli.transforms.market_medians import market_for


@dataclass(frozen=True)
class CurrentModel:
    """A model as its file is now.

    `reasons`: to retrain it; `digest`: SHA-256 of its file, empty without a usable one;
    `last_date`: the last one it was trained on; `fits`: whether its inputs are those that are
    read; `marks`: of the rows it was trained on, None if unknown; `model`: the model itself if all
    symbols share it (others are loaded when they forecast).
    """

    path: str
    reasons: tuple[Reason, ...] = ()
    digest: str = ""
    last_date: np.datetime64 | None = None
    fits: bool = False
    marks: RowMarksBySymbol | None = None
    model: Model | None = None

    @property
    def usable(self) -> bool:
        """Whether it may forecast, as far as is known without prices."""
        return self.fits and not self.reasons

    @property
    def market(self) -> Callable[[Prices], Prices] | None:
        """What the prices of all symbols must go through together; None for nothing."""
        return None if self.model is None else market_for(self.model.preparation.inputs)


def find_current_model(run: JobRun, key: str) -> CurrentModel:
    """The model of a symbol, or of ALL; without a digest if there is none to use.

    Raises MissingInputError, ModelFileError if the one of ALL is missing and cannot be trained, and
    CannotCreateError for a file in its place that is not a model.
    """
    job = run.job
    path = job.model if key == ALL else model_path(job.model, key)
    if job.retrain is not None:
        for place in (path, marks_path(path)):
            if os.path.exists(place) and not os.path.isfile(place):
                check_creatable(place)  # opening a pipe would wait
    try:
        model = open_model(path)
    except (MissingInputError, ModelFileError) as fault:
        if job.retrain is not None:
            return CurrentModel(path, (_why_unusable(run, path, fault),))
        if key == ALL:
            raise
        return CurrentModel(path)  # the forecast of the symbol meets the fault again
    reading = run.reading if key == ALL else replace(run.reading, symbols=key)
    same_inputs = run.inputs in (None, model.preparation.inputs)
    trained = model.settings.get("read", {})
    same_reading = (trained.get("column"), trained.get("resample")) == (
        reading.column, reading.resample,
    )  # fmt: skip
    return CurrentModel(
        path=path,
        reasons=tuple(changed_settings(job, reading, model.settings)) if job.retrain else (),
        digest=model.digest,
        last_date=last_fitted(model.record),
        fits=is_prior(model) or (same_inputs and same_reading),
        marks=load_marks(path, model.digest) if job.retrain else None,
        model=model if key == ALL else None,
    )


def _why_unusable(run: JobRun, path: str, fault: RnncliError) -> Reason:
    """Why there is no usable model. Raises CannotCreateError for a file that is not a model."""
    if not os.path.exists(path):
        return Reason("there is no model yet")
    if isinstance(fault, MissingInputError):
        raise CannotCreateError(f"{fault}; name another file for the model") from fault
    empty = os.path.getsize(path) == 0
    if not (empty or is_model(path)):
        raise CannotCreateError(
            f"{path}: exists and is not a model; name another file or remove it"
        ) from fault
    damage = "empty" if empty else "damaged"
    run.events.warn(f"{path}: is {damage}, so it is retrained")
    return Reason(f"its file is {damage}")
