"""Gradients of the sequence modes that forecast a path: from its last output, by lag.

The path is the last one of each series that is known to its end, forecast from all days before
it; a decoder is fed back its outputs. Lag 0 is the day of the last output: the last day read of
seq2vec, whose outputs are one prediction; the path's last day of the others.
"""

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.errors import DataError
from rnncli.gradients.lags import Lags, lags_of, roots_by_lag
from rnncli.inference.rollout import LANES
from rnncli.network.gradient_norms import state_norms
from rnncli.network.heads import add_up
from rnncli.network.modes import FORMS, Form, Window
from rnncli.network.network import Network
from rnncli.runtime.threads import Threads
from rnncli.training.windows import window_of
from rnncli.transforms.dataset import Dataset


def path_lags(network: Network, prepared: Dataset, loss: str, threads: Threads) -> Lags:
    """Norm by lag of the gradient of each path's last output. Raises DataError without a path."""
    a = network.architecture
    windows = _windows(prepared, a.horizon)
    longest = len(windows[0].x) + a.horizon

    def run(window: Window) -> Float64Array:
        dstates = _run(network, window, loss, last_alone=True).dstates()
        return roots_by_lag(state_norms(dstates), dstates.shape[1] * window.used, longest)

    return lags_of(threads.map(run, windows))


def path_gradient(network: Network, prepared: Dataset, loss: str, threads: Threads) -> FloatArray:
    """Gradient (P) of the mean loss over all outputs of the paths."""
    windows = _windows(prepared, network.architecture.horizon)
    outputs = network.architecture.horizon * sum(int(window.used.sum()) for window in windows)
    parts = threads.map(lambda window: _run(network, window, loss, False).gradient, windows)
    total: FloatArray = np.sum(parts, axis=0) / outputs
    return total


def _windows(prepared: Dataset, horizon: int) -> list[Window]:
    """The last known path of every series, in groups that know equally many days before it."""
    days_before = prepared.lengths - horizon
    windows = []
    for days in np.unique(days_before[days_before > 0])[::-1].tolist():
        members = np.flatnonzero(days_before == days)
        for start in range(0, len(members), LANES):
            at = prepared.offsets[members[start : start + LANES]] + days - 1
            windows.append(window_of(prepared.inputs, at, days, horizon, LANES))
    if not windows:
        raise DataError(f"no series has {horizon} days after a first one; longer series are needed")
    return windows


def _run(network: Network, window: Window, loss: str, last_alone: bool) -> Form:
    """The form after a pass forward and back from the paths, or from their last outputs alone."""
    a = network.architecture
    form = FORMS[a.mode](a, len(window.x), LANES, "float64", keep=last_alone)
    out = form.forward(network, window, np.zeros(a.horizon, bool))
    dout, count = np.empty_like(out), a.horizon * window.used
    first = count - window.used if last_alone and a.mode != "seq2vec" else np.zeros_like(count)
    add_up(loss, out, window.y, first, count, dout=dout)
    form.backward(network, dout)
    return form
