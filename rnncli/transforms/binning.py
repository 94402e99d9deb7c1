"""Cut scaled values into classes, and back: edges, labels, codes."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, UsageError, setting

LABELS_OF_THREE = ("low", "medium", "high")


@dataclass(frozen=True)
class Bins:
    """N classes: edges (N-1) ascending, labels (N), and the value of each class (N).

    Class k covers edges[k-1] <= value < edges[k]; its code is k/(N-1), so that three classes
    are 0, 0.5 and 1. A class inverts to the mean of its training values.
    """

    edges: tuple[float, ...]
    labels: tuple[str, ...]
    centers: tuple[float, ...]

    def classes(self, values: Float64Array) -> IntArray:
        """Class numbers of scaled values, same shape."""
        return np.searchsorted(self.edges, values, side="right").astype(np.int64)

    def encode(self, values: Float64Array) -> Float64Array:
        """Codes of scaled values, same shape."""
        return self.classes(values) / (len(self.labels) - 1)

    def decode(self, codes: Float64Array) -> Float64Array:
        """Scaled values of codes, linear between two classes, constant beyond the outer ones."""
        positions = np.linspace(0, 1, len(self.centers))
        return np.interp(codes, positions, self.centers)

    def label(self, code: float) -> str:
        """Label of the nearest class."""
        top = len(self.labels) - 1
        return self.labels[int(np.clip(np.floor(code * top + 0.5), 0, top))]


def fit_bins(
    values: Float64Array, count: int, scale: str, labels: str | None, edges: str | None
) -> Bins:
    """Bins of the training values: equal widths for scale none, else quantiles, or as given."""
    if edges is not None:
        cuts = _given_edges(edges, count)
    elif scale == "none":
        cuts = np.linspace(values.min(), values.max(), count + 1)[1:-1]
    else:
        cuts = np.quantile(values, np.arange(1, count) / count)
    if edges is None and (cuts[0] <= values.min() or np.any(np.diff(cuts) <= 0)):
        raise DataError(
            f"the training values do not fill {count} classes", option="bins", value=count,
            remedy=f"use fewer bins or give {setting('edges')}",
        )  # fmt: skip
    return Bins(
        edges=tuple(float(cut) for cut in cuts),
        labels=_labels(labels, count),
        centers=_centers(values, cuts),
    )


def _centers(values: Float64Array, cuts: Float64Array) -> tuple[float, ...]:
    """Mean of the training values in each class; of an empty one, the middle of its edges."""
    low, high = min(values.min(), cuts[0]), max(values.max(), cuts[-1])
    bounds = np.concatenate([[low], cuts, [high]])
    classes = np.searchsorted(cuts, values, side="right")
    sums = np.bincount(classes, weights=values, minlength=len(cuts) + 1)
    counts = np.bincount(classes, minlength=len(cuts) + 1)
    middles = (bounds[:-1] + bounds[1:]) / 2
    return tuple(np.where(counts > 0, sums / np.maximum(counts, 1), middles).tolist())


def _given_edges(edges: str, count: int) -> Float64Array:
    try:
        cuts = np.array([float(edge) for edge in edges.split(",")])
    except ValueError:
        raise UsageError("not numbers separated by commas", option="edges", value=edges) from None
    if len(cuts) != count - 1 or not np.all(np.isfinite(cuts)) or np.any(np.diff(cuts) <= 0):
        reason = f"{setting('bins', count)} needs {count - 1} ascending numbers"
        raise UsageError(reason, option="edges", value=edges)
    return cuts


def _labels(labels: str | None, count: int) -> tuple[str, ...]:
    if labels is None:
        if count == len(LABELS_OF_THREE):
            return LABELS_OF_THREE
        return tuple(f"class_{k + 1}" for k in range(count))
    names = tuple(name.strip() for name in labels.split(","))
    if len(names) != count or len(set(names)) != count or not all(names):
        reason = f"must be {count} different names for {setting('bins', count)}"
        raise UsageError(reason, option="labels", value=labels)
    return names
