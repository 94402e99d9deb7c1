"""Forecasts that go on from where the last run stopped, or row by row.

A state file or rows as they come go in; forecasts of the rows after them come out.

    row_hash       a number for the rows of a series, quickly told for one more
    running_stats  what a series leaves behind beside the network's states
    state_file     what is kept of series between two runs
    resume         go on from a state, where rows are still the same
    follow         a forecast after every row
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.forecasting.incremental.follow import Follower
    from rnncli.forecasting.incremental.resume import ResumableState
    from rnncli.forecasting.incremental.running_stats import RunningStats
    from rnncli.forecasting.incremental.state_file import State

__all__ = ["Follower", "ResumableState", "RunningStats", "State"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "running_stats": ("RunningStats",),
        "state_file": ("State",),
        "resume": ("ResumableState",),
        "follow": ("Follower",),
    },
)
