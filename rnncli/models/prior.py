"""The priors that come with the package, and which models are priors."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from rnncli.errors import UsageError, setting
from rnncli.models.model import Model, as_trained, decode, load_model
from rnncli.models.model_folder import ENDING, is_model_folder, price_files, refuse_mixed
from rnncli.models.provenance import warn_of_period
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings
from rnncli.settings.option import AUTO
from rnncli.storage.packaged import packaged
from rnncli.storage.tensor_file import is_model
from rnncli.transforms.features import fields_of, optional, optional_fields, parse_inputs
from rnncli.transforms.fields import FieldsToRead, fields_of_inputs
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.inputs.table import INPUTS, PRESENCE
from rnncli.transforms.market_medians import market_for
from rnncli.transforms.target_transform import LOG_RETURNS

NAME = "prior"  # names the default one in place of a model file
DEFAULT_CELL = "gru"
CELLS = (DEFAULT_CELL, "rnn")


def is_prior(model: Model) -> bool:
    """Whether a model has learnt from simulated markets alone."""
    return "prior" in model.record


def reading_for(model: Model, reading: ReadSettings, warn: Callable[[str], None]) -> ReadSettings:
    """How prices are read for a model, see `as_trained`; warns of rows it was not trained on.

    Not for the prior, which has learnt from weeks as well.
    """
    if not is_prior(model):
        warn_of_period(reading.resample, model.settings, warn)
    return as_trained(reading, model.settings)


def needing(model: Model) -> str:
    """What of a model cannot do with a price of zero."""
    return "the prior needs" if is_prior(model) else LOG_RETURNS


@cache
def load_prior(cell: str = DEFAULT_CELL) -> Model:
    """The prior of a cell. Raises UsageError if there is none."""
    if cell not in CELLS:
        raise UsageError(
            "has no prior", option="cell", value=cell, remedy=f"use {' or '.join(CELLS)}"
        )
    data = packaged("rnncli.models", "priors", f"{cell}.model")
    return replace(decode(data), digest=hashlib.sha256(data).hexdigest())


def open_model(name: str) -> Model:
    """The model in a file, or the prior where that is what is named.

    Raises MissingInputError, ModelFileError.
    """
    return load_prior() if name == NAME else load_model(name)


def names_model(name: str) -> bool:
    """Whether a name is of a model or a folder of them, there or not, rather than of prices."""
    return (
        name == NAME
        or is_model(name)
        or is_model_folder(name)
        or (name.endswith(ENDING) and not os.path.isdir(name))
    )


def split_model(names: Sequence[str]) -> tuple[str, list[str]]:
    """The model that a list begins with, else the prior, and the prices that follow.

    Raises UsageError where no prices do, or for a folder that holds both before other prices.
    """
    if len(names) > 1:
        refuse_mixed(names[0])
    named = names_model(names[0]) or (len(names) > 1 and means_model(names[0]))
    model, prices = (names[0], names[1:]) if named else (NAME, names)
    if not prices:
        raise UsageError(f"PRICES: is missing; {_prices_remedy(model)}")
    return model, list(prices)


def _prices_remedy(model: str) -> str:
    """What to type where a model or a folder of models stands alone."""
    if os.path.isdir(model) and model != NAME:
        return f"{model} holds models, so name price files after it"
    namesake = model == NAME and os.path.lexists(NAME)
    files_in_it = f", or ./{NAME} for the files in it" if namesake else ""
    return f"name price files after the model{files_in_it}"


def choice_for(model: Model, choice: str | None, typed: bool) -> str | None:
    """The choice of inputs; from the environment or a file it is for models that have a choice."""
    return choice if typed or optional(model.preparation.inputs) else None


def means_model(name: str) -> bool:
    """Whether a first path, where nothing is or a folder without prices, is meant as a model."""
    if not os.path.isdir(name):
        return name != "-" and not os.path.lexists(name)
    return os.access(name, os.R_OK) and not price_files(name)  # else the reader reports the fault


def fields_to_read(model: Model, choice: str | None) -> FieldsToRead:
    """The columns that are read for a model: all that it is fed, or those of a choice of inputs.

    Raises UsageError for a choice that it cannot have.
    """
    inputs = model.preparation.inputs
    if choice in (None, AUTO):
        return fields_of_inputs(inputs, model.pool is not None)
    chosen = parse_inputs(choice or AUTO)
    if not optional(inputs):
        if set(chosen) != {name for name in inputs if name in INPUTS}:
            remedy = f"leave out {setting('inputs')}, or use the prior"
            fed_inputs = ", ".join(("close", *inputs))
            raise UsageError(
                f"this model is fed {fed_inputs}", option="inputs", value=choice, remedy=remedy
            )
        return fields_of_inputs(inputs)
    for name in chosen:
        if name not in inputs:
            raise UsageError(f"the prior is not fed {name}", option="inputs", value=choice)
    fields = fields_of(tuple(name for name in chosen if name != PRESENCE))
    return FieldsToRead(fields, fields)


def limited_inputs(model: Model, choice: str | None) -> str | None:
    """The inputs that a choice limits a model to, by name in one order; None without a limit."""
    inputs = model.preparation.inputs
    if choice is None or not optional(inputs):
        return None
    chosen = parse_inputs(choice)
    if set(fields_of(chosen)) >= set(optional_fields(inputs)):
        return None
    return ",".join(("close", *(name for name in inputs if name in chosen and name != PRESENCE)))


def fed(prices: Prices, model: Model, choice: str | None) -> Prices:
    """Prices with the input columns of a model, by a choice of inputs.

    Optional ones are NaN if they are missing or not chosen. Raises UsageError for an impossible
    choice.
    """
    inputs = model.preparation.inputs
    if market := market_for(inputs):
        prices = market(prices)
    read = {*fields_to_read(model, choice).fields, *(MARKET_FIELDS if market else ())}
    some = replace(prices, fields={k: v for k, v in prices.fields.items() if k in read})
    return some.with_fields(fields_of(inputs)) if optional(inputs) else some
