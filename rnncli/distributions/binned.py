"""Distributions over classes of values: even within a class, exponential in the two outer ones."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.transforms.binning import Bins

LEAST = 1e-9  # of the width between the outer edges: what a tail reaches at least


@dataclass(frozen=True)
class Binned:
    """Distributions (...) that give `shares` (..., N) to the classes between `edges` (N-1).

    `tails`: how far beyond the outer edges the mean of the first and of the last class lies.
    """

    edges: Float64Array
    tails: tuple[float, float]
    shares: Float64Array

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        low, high = self.tails
        reached = np.cumsum(self.shares, axis=-1)[..., :-1]
        k = np.sum(reached < probability, axis=-1)
        inner = np.clip(k, 1, max(len(self.edges) - 1, 1))
        start, width, share = self._piece(inner)
        before = _at(reached, inner - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            below = self.edges[0] + low * np.log(probability / self.shares[..., 0])
            above = self.edges[-1] - high * np.log((1 - probability) / self.shares[..., -1])
            within = start + width * (probability - before) / share
        return self._by_class(k, below, within, above)

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        k, inner = self._classes(y)
        start, width, share = self._piece(inner)
        before = _at(np.cumsum(self.shares, axis=-1), inner - 1)
        low, high = self._beyond(y)
        return self._by_class(k, low, before + share * (y - start) / width, 1 - high)

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y."""
        k, inner = self._classes(y)
        _, width, share = self._piece(inner)
        with np.errstate(divide="ignore"):
            low, high = (
                np.log(beyond / tail)
                for beyond, tail in zip(self._beyond(y), self.tails, strict=True)
            )
            within = np.where(np.isnan(y), np.nan, np.log(share / width))
        return self._by_class(k, low, within, high)

    def crps(self, y: Float64Array) -> Float64Array:
        """Integral of (F(x) - [y <= x])^2, exactly: of both tails, and class by class between."""
        reached, widths = np.cumsum(self.shares, axis=-1)[..., :-1], np.diff(self.edges)
        start, stop = reached[..., :-1], reached[..., 1:]
        passed = np.clip((y[..., None] - self.edges[:-1]) / widths, 0, 1)
        cut = start + (stop - start) * passed
        pieces = passed * _mean_square(start, cut) + (1 - passed) * _mean_square(1 - cut, 1 - stop)
        beyond = self._beyond(y)
        apart = self.edges[0] - y, y - self.edges[-1]
        scores: Float64Array = np.sum(widths * pieces, axis=-1)
        for side, end in enumerate((0, -1)):
            scores = scores + _tail(
                self.shares[..., end], beyond[side], self.tails[side], apart[side]
            )
        return scores

    def _beyond(self, y: Float64Array) -> tuple[Float64Array, Float64Array]:
        """The mass below y in the lower tail, all of it from its edge on; above y in the upper."""
        low = np.minimum(y - self.edges[0], 0) / self.tails[0]
        high = np.minimum(self.edges[-1] - y, 0) / self.tails[1]
        return self.shares[..., 0] * np.exp(low), self.shares[..., -1] * np.exp(high)

    def _classes(self, y: Float64Array) -> tuple[IntArray, IntArray]:
        """The class of each y, and the same clipped to the outer classes."""
        k = np.searchsorted(self.edges, y, side="right")
        return k, np.clip(k, 1, max(len(self.edges) - 1, 1))

    def _piece(self, inner: IntArray) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Lower edge, width and mass of the inner classes, of which two classes have none."""
        last = len(self.edges) - 1
        width = self.edges[np.minimum(inner, last)] - self.edges[inner - 1]
        return self.edges[inner - 1], np.where(width > 0, width, 1), _at(self.shares, inner)

    def _by_class(
        self, k: IntArray, low: Float64Array, within: Float64Array, high: Float64Array
    ) -> Float64Array:
        return np.where(k == 0, low, np.where(k == len(self.edges), high, within))


def binned(shares: Float64Array, bins: Bins) -> Binned:
    """Distributions of scaled values for probabilities (..., N) of the classes of `bins`."""
    edges = np.array(bins.edges)
    least = LEAST * max(edges[-1] - edges[0], abs(edges[0]), 1.0)
    low, high = edges[0] - bins.centers[0], bins.centers[-1] - edges[-1]
    return Binned(edges, (max(low, least), max(high, least)), shares)


def _mean_square(start: Float64Array, end: Float64Array) -> Float64Array:
    """Mean of the square of what goes linearly from `start` to `end`."""
    return (start**2 + start * end + end**2) / 3


def _at(values: Float64Array, k: IntArray) -> Float64Array:
    """values[..., k] of each row."""
    shape = np.broadcast_shapes(values.shape[:-1], k.shape)
    values = np.broadcast_to(values, (*shape, values.shape[-1]))
    return np.take_along_axis(values, np.broadcast_to(k, shape)[..., None], axis=-1)[..., 0]


def _tail(
    mass: Float64Array, beyond: Float64Array, reach: float, apart: Float64Array
) -> Float64Array:
    """Part of the score of an exponential tail of `mass`, `beyond` of it past y.

    `apart`: how far y lies in the tail, negative outside it.
    """
    inside = np.maximum(apart, 0)
    past = beyond**2 * reach / 2
    return past + inside - 2 * reach * (mass - beyond) + reach / 2 * (mass**2 - beyond**2)
