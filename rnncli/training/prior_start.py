"""Train from the weights of a prior in the place of random ones: its shape, and what it is fed."""

from dataclasses import replace

from rnncli.errors import UsageError, setting
from rnncli.models.model import Model
from rnncli.models.prior import load_prior
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings

RATE = 0.002  # more forgets what the prior knows: tried on five markets


def prior_to_start_from(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> Model | None:
    """The prior of the cell, if training starts from it.

    Raises UsageError for a cell without one, and for settings that are not the prior's.
    """
    if training.start != "prior":
        return None
    prior = load_prior(shape.cell)
    for stage, own, default in (
        ("network", shape, NetworkSettings(cell=shape.cell)),
        ("prepare", preparing, PrepareSettings()),
    ):
        for name, fixed in prior.settings[stage].items():
            given = getattr(own, name)
            if given not in (getattr(default, name), fixed):
                raise UsageError(
                    f"is {fixed} of the prior", option=name, value=given,
                    remedy=f"leave it out, or use {setting('start', 'random')}",
                )  # fmt: skip
    return prior


def settings_of_start(
    prior: Model, training: TrainSettings
) -> tuple[PrepareSettings, NetworkSettings, TrainSettings]:
    """The prior's settings, and those of a training that goes on from it.

    The learning rate is a tenth of the default one, unless another is given.
    """
    if training.learning_rate == TrainSettings().learning_rate:
        training = replace(training, learning_rate=RATE)
    loss = prior.settings["train"]["loss"]
    return (
        PrepareSettings(**prior.settings["prepare"]),
        NetworkSettings(**prior.settings["network"]),
        replace(training, loss=loss),
    )
