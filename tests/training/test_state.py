"""Snapshots hold the whole state of the objects that change during training."""

import numpy as np
import pytest

from rnncli.errors import DataError
from rnncli.settings import TrainSettings
from rnncli.training.optimizers import SGD, Adam, AveragedWeights, Schedule
from rnncli.training.state import Snapshot, restore, take_snapshot

MAKERS = {
    "adam": lambda: Adam(3),
    "sgd": lambda: SGD(3, 0.5),
    "average": lambda: AveragedWeights(np.zeros(3), 2.0),
    "schedule": lambda: Schedule(TrainSettings()),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_state_names_every_number_and_array(make):
    """A new attribute that changes during training cannot be forgotten in snapshots."""
    part = make()
    plain = {
        name for name, value in vars(part).items() if isinstance(value, int | float | np.ndarray)
    }
    assert set(part.STATE) == plain


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_restoring_undoes_every_change(make):
    """After restoring, a snapshot of a changed object equals the one taken before."""
    part = make()
    before = take_snapshot({"part": part})
    before = Snapshot({n: a.copy() for n, a in before.arrays.items()}, dict(before.values))
    changed = {name: getattr(part, name) for name in part.STATE}
    for name, value in changed.items():
        setattr(part, name, np.ones(3) if isinstance(value, np.ndarray) else 7)
    restore(before, {"part": part})
    after = take_snapshot({"part": part})
    assert after.values == before.values
    for name, array in before.arrays.items():
        np.testing.assert_array_equal(after.arrays[name], array)


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot({}, {}),
        Snapshot({"part.velocity": np.zeros(4)}, {"part.size": 3, "part.momentum": 0.5}),
        Snapshot({"part.velocity": np.zeros(3)}, {"part.size": 3, "part.momentum": "much"}),
    ],
    ids=["empty", "another shape", "a text for a number"],
)
def test_a_snapshot_of_another_training_is_refused(snapshot):
    with pytest.raises(DataError, match="does not fit"):
        restore(snapshot, {"part": SGD(3, 0.5)})
