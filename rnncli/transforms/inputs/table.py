"""The inputs by name: where one is added.

Those of the user's columns and events have a colon in their names: see `input_of`.
"""

import re
from functools import cache

from rnncli.prices.beside.events import EVENT
from rnncli.transforms.inputs.bar import HighLow, Presence, Volume, Weekday
from rnncli.transforms.inputs.custom import TRANSFORMS, EventDistance, Feature
from rnncli.transforms.inputs.days import Input
from rnncli.transforms.inputs.level import YEAR, Level, Leverage, RangeLevel
from rnncli.transforms.inputs.rhythm import Rhythm, VolumeRhythm

CLOSE = "close"
PRESENCE = "presence"
INPUTS: dict[str, Input] = {
    "volume": Volume(),
    "high-low": HighLow(),
    "weekday": Weekday(),
    PRESENCE: Presence(),
    "level": Level(0),
    "year-level": Level(YEAR),
    "range-level": RangeLevel(),
    "leverage": Leverage(),
    "rhythm": Rhythm(),
    "volume-rhythm": VolumeRhythm(),
}
LAG = ":lag-"
_CUSTOM = re.compile(rf"(.+):({'|'.join((*TRANSFORMS, EVENT))})(?:{LAG}([0-9]{{1,4}}))?", re.DOTALL)


@cache
def input_of(name: str) -> Input:
    """The input of a name: one of `INPUTS`, COLUMN:TRANSFORM or KIND:event, each with a lag.

    Raises KeyError for an unknown name.
    """
    if name in INPUTS:
        return INPUTS[name]
    parts = _CUSTOM.fullmatch(name)
    if parts is None:
        raise KeyError(name)
    column, transform, lag = parts[1], parts[2], int(parts[3] or 0)
    return EventDistance(column) if transform == EVENT else Feature(column, transform, lag)


def is_event(name: str) -> bool:
    """Whether an input is of the days of events."""
    return isinstance(input_of(name), EventDistance)
