"""Forecasts that continue from the last run, or row by row.

A state file or a stream of rows goes in; forecasts of the next rows come out.

    row_hash       a digest of the rows of a series, updated with each row
    running_stats  statistics of a series, besides the network's states
    state_file     states of series between two runs
    resume         continue from a state if rows are still the same
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
