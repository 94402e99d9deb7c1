"""The inputs by name: where one is added."""

from rnncli.transforms.inputs.bar import HighLow, Presence, Volume, Weekday
from rnncli.transforms.inputs.days import Input
from rnncli.transforms.inputs.level import Level, Leverage, RangeLevel
from rnncli.transforms.inputs.rhythm import Rhythm, VolumeRhythm

CLOSE = "close"
PRESENCE = "presence"
INPUTS: dict[str, Input] = {
    "volume": Volume(),
    "high-low": HighLow(),
    "weekday": Weekday(),
    PRESENCE: Presence(),
    "level": Level(),
    "range-level": RangeLevel(),
    "leverage": Leverage(),
    "rhythm": Rhythm(),
    "volume-rhythm": VolumeRhythm(),
}
