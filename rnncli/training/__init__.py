"""Training: batches, back-propagation through time, optimisers, validation, checkpoints.

`Prices` and settings go in; a `Fitted` model, its `TrainingRun` and its validation error come out.

    optimizers      SGD, Adam, averaged weights
    schedule        when the learning rate falls, and when training stops early
    batching        which days are trained on together
    state           epochs, the result of a run, snapshots to resume from
    task            the interface of a sequence mode to the loop
    truncated_bptt  steps of every day, the state carried on
    streams         short series one after another in a lane of a batch
    windows         steps of windows and the paths after them
    auto_inputs     the inputs of `--inputs auto`
    linear_path     the linear model that a network begins as
    trainer         the loop: gradients, clipping, updates, the best epoch
    location        shrinkage of a learnt location to what validation supports
    pool_choice     whether the network, the prior, or a pool of both forecasts
    validation      error against naive, and calibration of intervals, on validation days
    checkpoints     a training on disk, to resume or to look into by epoch
    fit             the whole of `rnncli train`
    per_symbol      the whole of `rnncli train --per-series`
    prior_recipe    inputs, network and training of the prior
    prior_start     training from the weights of the prior
    warm_start      training continued from a model
    prior           training the prior on simulated markets
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.training.checkpoints import Checkpoints
    from rnncli.training.fit import Fitted, fit_model
    from rnncli.training.per_symbol import Recipe, train_each
    from rnncli.training.state import Epoch, TrainingRun
    from rnncli.training.trainer import train
    from rnncli.training.validation import ValidationError

__all__ = [
    "Checkpoints",
    "Epoch",
    "Fitted",
    "Recipe",
    "TrainingRun",
    "ValidationError",
    "fit_model",
    "train",
    "train_each",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "state": ("Epoch", "TrainingRun"),
        "trainer": ("train",),
        "validation": ("ValidationError",),
        "checkpoints": ("Checkpoints",),
        "fit": ("Fitted", "fit_model"),
        "per_symbol": ("Recipe", "train_each"),
    },
)
