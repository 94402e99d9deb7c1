"""The columns of a price file that are read for a model, and those of them that it may lack."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from rnncli.prices.series import Prices
from rnncli.settings import PrepareSettings, TrainSettings
from rnncli.settings.option import AUTO
from rnncli.transforms.features import fields_of, inputs_of, optional_fields
from rnncli.transforms.inputs.market import MARKET_FIELDS

PRIOR_FIELDS = ("high", "low", "volume")  # columns that a prior is fed where they are there
AUTO_FIELDS = ("open", *PRIOR_FIELDS)  # those that `--inputs auto` chooses from


class FieldsToRead(NamedTuple):
    """The further columns that are read for a model; those of them that a file may lack."""

    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def with_prior(self) -> "FieldsToRead":
        """And those that a prior is fed, which a file may lack."""
        return self._with(PRIOR_FIELDS)

    def with_auto(self) -> "FieldsToRead":
        """And those that automatic inputs are chosen from, which a file may lack."""
        return self._with(AUTO_FIELDS)

    def lacking(self, prices: Prices) -> Iterator[str]:
        """Required columns that the prices do not have, or have without a single value."""
        for name in self.fields:
            if name not in self.optional and np.isnan(prices.fields.get(name, np.nan)).all():
                yield name

    def _with(self, fields: tuple[str, ...]) -> "FieldsToRead":
        more = tuple(field for field in fields if field not in self.fields)
        return FieldsToRead((*self.fields, *more), (*self.optional, *more))


def fields_to_train(preparing: PrepareSettings, training: TrainSettings) -> FieldsToRead:
    """The columns that are read to train a model by these settings."""
    beside = fields_of_inputs(inputs_of(preparing))
    if preparing.inputs == AUTO:
        return beside.with_auto()
    return beside.with_prior() if training.pool == "auto" or training.start == "prior" else beside


def fields_of_settings(settings: dict[str, dict[str, Any]]) -> FieldsToRead:
    """The columns that are read for models that were trained by these settings."""
    train, prepare = settings["train"], settings["prepare"]
    return fields_to_train(
        PrepareSettings(
            inputs=prepare["inputs"],
            feature=tuple(prepare.get("feature", ())),
            feature_lag=prepare.get("feature_lag", 0),
        ),
        TrainSettings(pool=train.get("pool", "none"), start=train.get("start", "random")),
    )


def fields_of_inputs(inputs: tuple[str, ...], pool: bool = False) -> FieldsToRead:
    """The columns that inputs are made from; with `pool`, those of the prior too."""
    of_files, optional = (
        tuple(name for name in names if name not in MARKET_FIELDS)
        for names in (fields_of(inputs), optional_fields(inputs))
    )
    fields = FieldsToRead(of_files, optional)
    return fields.with_prior() if pool else fields
