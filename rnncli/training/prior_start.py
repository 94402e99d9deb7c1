"""Train from the weights of a prior in the place of random ones: its shape, and what it is fed."""

from dataclasses import replace

from rnncli.errors import UsageError, setting
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.settings.training import resolve_defaults
from rnncli.training.prior_recipe import RECIPES, Recipe

RATE = 0.002  # more forgets what the prior knows: tried on five markets


def resolved(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> tuple[PrepareSettings, NetworkSettings, TrainSettings]:
    """The settings with nothing left open: those of the prior where training starts from it.

    Raises UsageError for settings that do not go together, or are not the prior's.
    """
    if training.start == "prior":
        recipe = _recipe(shape.cell)
        _refuse_others(recipe, preparing, shape, training)
        preparing, shape, training = recipe.preparing, recipe.shape, _of_start(recipe, training)
    return resolve_defaults(preparing, shape, training)


def _recipe(cell: str) -> Recipe:
    if cell not in RECIPES:
        remedy = f"use {' or '.join(RECIPES)}"
        raise UsageError("has no prior", option="cell", value=cell, remedy=remedy)
    return RECIPES[cell]


def _refuse_others(
    recipe: Recipe, preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> None:
    """Raise UsageError for a setting other than the default and the prior's."""
    stages = (
        (shape, NetworkSettings(cell=shape.cell), recipe.shape),
        (preparing, PrepareSettings(), recipe.preparing),
    )
    given = [
        (name, value, getattr(of_prior, name))
        for stage, default, of_prior in stages
        for name, value in vars(stage).items()
        if value not in (getattr(default, name), getattr(of_prior, name))
    ]
    if training.loss not in (None, recipe.training.loss):
        given.append(("loss", training.loss, recipe.training.loss))
    for name, value, fixed in given:
        raise UsageError(
            f"is not the prior's, which is {'none' if fixed in (None, ()) else fixed}", option=name,
            value=value, remedy=f"leave it out, or use {setting('start', 'random')}",
        )  # fmt: skip


def _of_start(recipe: Recipe, training: TrainSettings) -> TrainSettings:
    """The learning rate is a tenth of the default one, unless another is given."""
    default = training.learning_rate == TrainSettings().learning_rate
    rate = RATE if default else training.learning_rate
    return replace(training, learning_rate=rate, loss=recipe.training.loss)
