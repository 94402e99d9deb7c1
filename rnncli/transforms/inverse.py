"""From outputs of a network back to prices: several rows at once, or drawn value by drawn value."""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.target_transform import TargetTransform
from rnncli.transforms.volatility import next_deviations


@dataclass(frozen=True)
class InverseTransform:
    """The inverse of a transform after n rows, each of a series called `symbols`[k].

    `rows` (n): the number of each row in its series; `last` (n, season): its price and those
    before it, oldest first; by `steps` (n) a value of 1 moves the log price of the next row, or its
    price in sizes; `shift`, `size` (n): of each series, else 0 and 1.
    """

    transform: TargetTransform
    symbols: tuple[str, ...]
    rows: IntArray
    last: Float64Array
    steps: Float64Array
    shift: Float64Array
    size: Float64Array

    def subset(self, origins: slice) -> "InverseTransform":
        """The inverse after some of the rows."""
        return InverseTransform(
            self.transform, self.symbols[origins], self.rows[origins], self.last[origins],
            self.steps[origins], self.shift[origins], self.size[origins],
        )  # fmt: skip

    def without_bins(self) -> "InverseTransform":
        """The inverse for scaled values in place of codes."""
        return replace(self, transform=replace(self.transform, bins=None))

    def prices(self, outputs: FloatArray, each: int = 1) -> Float64Array:
        """Prices (n x each, horizon) of outputs (n x each, horizon) for consecutive rows.

        A price that leaves the floats is infinite.
        """
        values, scale = self.decoded(outputs.astype(np.float64)), self.transform.scale
        if scale == "none":
            return values
        with np.errstate(over="ignore"):
            if self.transform.is_of_changes:
                return self._after_changes(values, each)
            size, shift = np.repeat(self.size, each), np.repeat(self.shift, each)
            levels: Float64Array = values * size[:, None] + shift[:, None]
            return levels

    def _after_changes(self, values: Float64Array, each: int) -> Float64Array:
        """Prices (n x each, horizon) after scaled log returns over a season, or differences."""
        season, horizon = self.transform.season, values.shape[1]
        path = values.copy()
        for ahead in range(season, horizon):
            path[:, ahead] += path[:, ahead - season]
        path *= np.repeat(self.steps, each)[:, None]
        before = np.repeat(self.last, each, axis=0)[:, np.arange(horizon) % season]
        if self.transform.scale == "difference":
            return before + path * np.repeat(self.size, each)[:, None]
        prices: Float64Array = before * np.exp(path)
        return prices

    def decoded(self, outputs: Float64Array) -> Float64Array:
        """The scaled values of outputs: unchanged, or decoded from codes of classes."""
        bins = self.transform.bins
        return outputs if bins is None else bins.decode(outputs)

    def walk(self, paths: int) -> "Walk":
        """Paths from each of the rows, to be extended one row at a time."""
        kind = ChangeWalk if self.transform.is_of_changes else LevelWalk
        return kind(self, paths)


def inverse_transform(
    transform: TargetTransform, prices: Prices, origins: Origins
) -> InverseTransform:
    """The inverse of a transform after each origin, in any order."""
    steps, shift, size = np.ones(len(origins)), np.zeros(len(origins)), np.ones(len(origins))
    scale = transform.scale
    if scale == "log-return" and not transform.decay:
        steps[:] = transform.step
    elif scale != "none":
        order = np.argsort(origins.series, kind="stable")
        numbers, starts = np.unique(origins.series[order], return_index=True)
        for i, places in zip(numbers.tolist(), np.split(order, starts)[1:], strict=True):
            symbol, series = prices.symbols[i], prices.series(i)
            if transform.is_of_changes:
                steps[places] = transform.steps(symbol, series, origins.row[places])
            if scale != "log-return":
                shift[places], size[places] = transform.shift_and_size(symbol, series)
    back = np.arange(transform.season)[::-1]
    return InverseTransform(
        transform=transform,
        symbols=tuple(np.array(prices.symbols, object)[origins.series].tolist()),
        rows=origins.row,
        last=prices.values[(prices.offsets[origins.series] + origins.row)[:, None] - back],
        steps=steps,
        shift=shift,
        size=size,
    )


class ChangeWalk:
    """Paths of log prices, or of prices; a value is a change, over the deviation so far if any."""

    def __init__(self, inverse: InverseTransform, paths: int) -> None:
        self._inverse, self._transform = inverse, inverse.transform
        transform = self._transform
        self._points = [np.repeat(transform.points(last), paths) for last in inverse.last.T]
        self._counts = np.repeat(inverse.rows + 1 - transform.season, paths)
        self._deviations = np.repeat(transform.deviations_of(inverse.steps), paths)
        self._unit = np.repeat(inverse.size, paths) * transform.step

    def step(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more drawn value of each path, both (n x paths)."""
        transform = self._transform
        changes = self._deviations * self._inverse.decoded(drawn)
        self._points.append(self._points[-transform.season] + changes * self._unit)
        if transform.decay:
            self._deviations = next_deviations(
                self._deviations, changes, self._counts, transform.decay, transform.start_weight
            )
            self._counts = self._counts + 1
        with np.errstate(over="ignore"):
            return transform.prices_at(self._points[-1])

    def values_of(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves these (or logs)."""
        transform, steps = self._transform, self._deviations * self._unit
        with np.errstate(invalid="ignore", divide="ignore"):
            return (transform.points(prices) - self._points[-transform.season]) / steps, steps


class LevelWalk:
    """Paths of prices whose scaled values do not depend on the row before."""

    def __init__(self, inverse: InverseTransform, paths: int) -> None:
        self._inverse, self._paths = inverse, paths

    def step(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more drawn value of each path, both (n x paths)."""
        return self._inverse.prices(drawn[:, None], self._paths)[:, 0]

    def values_of(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves them."""
        zero, one = (self.step(np.full(len(prices), value)) for value in (0.0, 1.0))
        return (prices - zero) / (one - zero), one - zero


Walk = ChangeWalk | LevelWalk
