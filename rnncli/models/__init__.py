"""Trained models, their files, folders of one model per symbol, the dates each part saw.

A network, its transform and its bounds go in; a `Model` and the bytes of its file come out.

    earlier       what the files of rnncli 0.1 lack
    plain_values  whether values from JSON are of the types that are declared
    provenance    the dates and prices that each part of a model was fitted on
    model         a model and its file
    pool          the prior that a model is pooled with, and its weight at each row ahead
    model_folder  a folder of models, one per symbol
    prior         the models that come with the package, trained on simulated markets only
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.models.model import Model, load_model, save_model
    from rnncli.models.model_folder import StoredModel, list_models, model_path
    from rnncli.models.prior import is_prior, load_prior
    from rnncli.models.provenance import FittedSpan

__all__ = [
    "FittedSpan",
    "Model",
    "StoredModel",
    "is_prior",
    "list_models",
    "load_model",
    "load_prior",
    "model_path",
    "save_model",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "provenance": ("FittedSpan",),
        "model": ("Model", "load_model", "save_model"),
        "model_folder": ("StoredModel", "list_models", "model_path"),
        "prior": ("is_prior", "load_prior"),
    },
)
