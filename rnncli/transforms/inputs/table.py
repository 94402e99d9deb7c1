"""The inputs by name: where one is added.

Those of the user's columns and events have a colon in their names: see `input_of`.
"""

import re
from functools import cache

from rnncli.prices.beside.events import EVENT
from rnncli.settings.training import LONGEST_SEASON
from rnncli.transforms.inputs.bar import HighLow, Presence, Volume, Weekday
from rnncli.transforms.inputs.custom import TRANSFORMS, EventDistance, Feature
from rnncli.transforms.inputs.days import Input
from rnncli.transforms.inputs.gap import Gap, GapLevel
from rnncli.transforms.inputs.level import YEAR, Level, Leverage, RangeLevel
from rnncli.transforms.inputs.market import Market
from rnncli.transforms.inputs.rhythm import USUAL_GAP, USUAL_RANGE, Rhythm, VolumeRhythm
from rnncli.transforms.inputs.season import Season

CLOSE = "close"
PRESENCE = "presence"
MARKET = "market"
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
    "volume-rhythm": VolumeRhythm(HighLow(), USUAL_RANGE),
    "gap": Gap(),
    "gap-level": GapLevel(),
    "gap-rhythm": VolumeRhythm(Gap(), USUAL_GAP),
    MARKET: Market(),
}
LAG = ":lag-"
_SEASON = re.compile("season-([1-9][0-9]{0,2})(?:x([1-9][0-9]{0,2}))?", re.ASCII)
_CUSTOM = re.compile(rf"(.+):({'|'.join((*TRANSFORMS, EVENT))})(?:{LAG}([0-9]{{1,4}}))?", re.DOTALL)


@cache
def input_of(name: str) -> Input:
    """The input of a name: one of `INPUTS`, season-NxK, COLUMN:TRANSFORM or KIND:event with a lag.

    Raises KeyError for an unknown name.
    """
    if name in INPUTS:
        return INPUTS[name]
    if period := period_of(name):
        return Season(period, _ahead_of(name))
    parts = _CUSTOM.fullmatch(name)
    if parts is None:
        raise KeyError(name)
    column, transform, lag = parts[1], parts[2], int(parts[3] or 0)
    return EventDistance(column) if transform == EVENT else Feature(column, transform, lag)


def period_of(name: str) -> int:
    """The rows of a season that an input is of; 0 of any other."""
    period = (match := _SEASON.fullmatch(name)) and int(match[1])
    return period if period and 2 <= period <= LONGEST_SEASON else 0


def _ahead_of(name: str) -> int:
    """The rows ahead that an input of a season has forecasts of."""
    match = _SEASON.fullmatch(name)
    return int(match[2] or 0) if match else 0


def season_of(inputs: tuple[str, ...]) -> int:
    """The rows of the season that some of the inputs are of; 0 without one."""
    return max(map(period_of, inputs), default=0)


def is_event(name: str) -> bool:
    """Whether an input is of the days of events."""
    return isinstance(input_of(name), EventDistance)
