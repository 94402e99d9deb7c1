"""What a day is known by beside its price: each input from what its close shows, scaled alone.

    volume     log of the shares traded over its own running mean, the decay as that of volatility
    high-low   log of the day's range, log(high/low), over the deviation of the returns before it
    weekday    sine and cosine of the day of the week
    presence   1 where the range is known, else 0; the same for the volume: with it, columns that
               are missing are no fault

Only what is known at the close of day t goes into the prediction of t + 1.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.errors import DataError, UsageError
from rnncli.prices.date_history import weekday
from rnncli.prices.series import Prices
from rnncli.settings.option import parse_list
from rnncli.transforms.target_transform import refuse_nonpositive
from rnncli.transforms.volatility import ONE_CHANGE, START, own_deviations

CLOSE = "close"
PRESENCE = "presence"
FIELDS: dict[str, tuple[str, ...]] = {  # columns of a price file that an input is made from
    "volume": ("volume",), "high-low": ("high", "low"), "weekday": (),
    PRESENCE: ("high", "low", "volume"),
}  # fmt: skip
COLUMNS = {"weekday": 2, PRESENCE: 2}  # numbers a day, where more than one
DECAY = 0.94  # of what a volume and a range are held against
LIMIT = 5.0  # of a log: a volume of 1, a range of nothing are no more than that
ANGLES = 2 * np.pi * np.arange(7) / 7
WEEKDAYS = np.stack([np.sin(ANGLES), np.cos(ANGLES)])  # what is fed of each, from Monday on


def parse_inputs(text: str) -> tuple[str, ...]:
    """The further inputs that a list such as `close,volume` names, in its order."""
    names = parse_list("inputs", text, (CLOSE, *FIELDS))
    if CLOSE not in names:
        raise UsageError("close is missing, which is what is forecast", option="inputs", value=text)
    return tuple(name for name in names if name != CLOSE)


def fields_of(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a price file that inputs are made from."""
    return tuple(dict.fromkeys(field for name in inputs for field in FIELDS[name]))


def input_size(inputs: tuple[str, ...]) -> int:
    """Numbers a day, with the value itself."""
    return 1 + sum(COLUMNS.get(name, 1) for name in inputs)


def names_of_columns(inputs: tuple[str, ...]) -> list[str]:
    """The input that each number of a day, but for the value itself, is of."""
    return [name for name in inputs for _ in range(COLUMNS.get(name, 1))]


def optional(inputs: tuple[str, ...]) -> bool:
    """Whether columns of inputs may be missing, of a series or of all of them."""
    return PRESENCE in inputs


def optional_fields(inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a price file that may be missing."""
    return fields_of(inputs) if optional(inputs) else ()


def refuse_without(prices: Prices, i: int, inputs: tuple[str, ...]) -> None:
    """Raise DataError where series i cannot have one of the inputs."""
    if "high-low" in inputs:
        refuse_nonpositive(prices.symbols[i], prices.series(i))
    if "weekday" in inputs and not prices.has_dates(i):
        raise DataError(f"{prices.symbols[i]} has no dates, and so no weekday; leave it out")


def features(
    prices: Prices, i: int, inputs: tuple[str, ...], divisor: float,
    start_weight: float = ONE_CHANGE,
) -> Float64Array:  # fmt: skip
    """The further inputs of every row of series i, unscaled: (rows, columns), NaN where missing.

    `divisor`: what returns in percent are divided by; `start_weight`: see `own_variances`. Raises
    DataError where a series has none.
    """
    refuse_without(prices, i, inputs)
    days = _Days(prices, i, divisor, start_weight)
    return np.column_stack([column for name in inputs for column in days.columns(name)])


class _Days:
    """The days of one series, and what each input is of them: arrays (rows)."""

    def __init__(self, prices: Prices, i: int, divisor: float, start_weight: float) -> None:
        self._prices, self._i = prices, i
        self._divisor, self._start_weight = divisor, start_weight

    def columns(self, name: str) -> list[Float64Array]:
        """The columns of an input, by its name."""
        if name == "weekday":
            return list(WEEKDAYS[:, weekdays(self._prices.dates_of(self._i))])
        if name == PRESENCE:
            return [presence(self._range), presence(self._volume)]
        return [self._volume if name == "volume" else self._range]

    @cached_property
    def _volume(self) -> Float64Array:
        return _over_mean(self._field("volume"))

    @cached_property
    def _range(self) -> Float64Array:
        returns = 100 * np.diff(np.log(self._prices.series(self._i))) / self._divisor
        late = own_deviations(returns, DECAY, self._start_weight)
        before = np.concatenate([[START], late[:-1]])
        with np.errstate(invalid="ignore", divide="ignore"):
            spans = 100 * np.log(self._field("high") / self._field("low")) / self._divisor
            return _limited(np.log(spans / before))

    def _field(self, name: str) -> Float64Array:
        rows = slice(self._prices.offsets[self._i], self._prices.offsets[self._i + 1])
        values: Float64Array = self._prices.fields[name][rows]
        return values


def presence(column: Float64Array) -> Float64Array:
    """1 where a number is known, else 0."""
    return (~np.isnan(column)).astype(np.float64)


def _over_mean(volume: Float64Array) -> Float64Array:
    """Log of each volume over a running mean, from the first known day over the missing ones."""
    with np.errstate(invalid="ignore"):
        logs = np.log1p(np.where(volume >= 0, volume, np.nan))
    present = logs[~np.isnan(logs)].tolist()
    means = list(accumulate(present, next_mean))
    relative = np.full(len(volume), np.nan)
    relative[~np.isnan(logs)] = np.array(present) - np.array(present[:1] + means[:-1])
    return _limited(relative)


def next_mean(mean: float, log: float) -> float:
    """The running mean of the logarithms of volumes after one more."""
    return DECAY * mean + (1 - DECAY) * log


def _limited(logs: Float64Array) -> Float64Array:
    limited: Float64Array = np.clip(logs, -LIMIT, LIMIT)
    return limited


def weekdays(dates: DateArray) -> IntArray:
    """Day of the week of each date, Monday 0."""
    return weekday(dates.astype("datetime64[D]").astype(np.int64))


def spread_of(parts: Sequence[Float64Array]) -> tuple[tuple[float, float], ...]:
    """Mean and deviation of each column over all parts (rows, columns); of nothing, 0 and 1."""
    pooled = np.concatenate(parts)
    spreads = []
    for column in pooled.T:
        present = column[~np.isnan(column)]
        deviation = float(np.std(present)) if len(present) else 0.0
        spreads.append((float(np.mean(present)) if len(present) else 0.0, deviation or 1.0))
    return tuple(spreads)


def standardised(columns: Float64Array, spread: tuple[tuple[float, float], ...]) -> Float64Array:
    """Columns (rows, columns) less their means, over their deviations; 0 where missing."""
    mean, deviation = np.array(spread).T
    scaled: Float64Array = np.nan_to_num((columns - mean) / deviation, nan=0.0)
    return scaled
