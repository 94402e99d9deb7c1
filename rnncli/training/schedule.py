"""The schedule of a training: when the learning rate falls, and when training stops early."""

from typing import ClassVar

import numpy as np

from rnncli.settings import TrainSettings


class Schedule:
    """The learning rate falls by `decay` whenever the loss has not improved for a while.

    A while is `patience` epochs, and `patience_steps` steps at least, so that small inputs with
    few steps an epoch get their chance too. `stop` turns true when it would fall once too often.
    """

    STATE: ClassVar[tuple[str, ...]] = (
        "rate", "stop", "decays_left", "best_loss", "epochs_waited", "steps_waited"
    )  # fmt: skip

    def __init__(self, settings: TrainSettings) -> None:
        self.rate = settings.learning_rate
        self.stop = False
        self.decays_left = settings.decays
        self._settings = settings
        self.best_loss = np.inf
        self.epochs_waited = self.steps_waited = 0

    def see(self, loss: float, steps: int) -> bool:
        """Take in an epoch's loss; True if it is the best so far."""
        if loss < self.best_loss:
            self.best_loss, self.epochs_waited, self.steps_waited = loss, 0, 0
            return True
        self.epochs_waited += 1
        self.steps_waited += steps
        return False

    def due(self) -> bool:
        """Whether patience has run out; if so, the rate falls or training is to stop."""
        settings = self._settings
        if self.epochs_waited < settings.patience or self.steps_waited < settings.patience_steps:
            return False
        self.epochs_waited = self.steps_waited = 0
        self.stop = self.decays_left == 0
        self.decays_left -= 1
        self.rate *= settings.decay
        return True
