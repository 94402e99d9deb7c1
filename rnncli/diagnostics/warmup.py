"""Compile the kernels of default runs of train, predict and gradients."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from rnncli.diagnostics.cache_state import examine_cache
from rnncli.errors import CannotCreateError, UsageError, WriteError
from rnncli.gradients import report
from rnncli.inference import path_sampling, rollout
from rnncli.inference.forecast import distribution_quantiles
from rnncli.kernels import (
    _jit,
    deal_kernel,
    decayed_sums_kernel,
    lanes,
    linear_kernel,
    piecewise_kernel,
    plain_columns_kernel,
    rows_ahead_kernel,
    running_means_kernel,
    running_variances_kernel,
    saturated_kernel,
    scale_regression_kernel,
    update_kernel,
)
from rnncli.models.prior import load_prior
from rnncli.network.from_settings import architecture_of
from rnncli.network.heads import add_up, head_of
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, forward
from rnncli.runtime.timing import Stages
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.settings.training import resolve_defaults

NEEDED = (
    *(("float32", count) for count in (*lanes.LANES, path_sampling.LANES)),
    ("float64", report.LANES),
)


@dataclass(frozen=True)
class Kernel:
    """A kernel that is ready: compiled now, or loaded since it had been compiled before."""

    kernel: str
    precision: str
    lanes: int
    source: str
    seconds: float


def warm_up(on_kernels: Callable[[int, str], None]) -> list[Kernel]:
    """Compile and cache every kernel; calls `on_kernels` with the number of finished sets.

    Raises CannotCreateError without a cache folder or where code cannot be loaded from it,
    WriteError if the disk is full, UsageError if Numba is disabled.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        raise UsageError("NUMBA_DISABLE_JIT is set, so nothing is compiled; unset it")
    state = examine_cache()
    if state.reason is not None:
        raise CannotCreateError(f"no folder can keep compiled kernels: {state.reason}")
    made: list[Kernel] = []
    _, _, training = resolve_defaults(PrepareSettings(), NetworkSettings(), TrainSettings())
    architecture = architecture_of(NetworkSettings(), head=head_of(training.cost))
    for done, (precision, count) in enumerate(NEEDED):
        on_kernels(done, f"{precision}, {count} lanes")
        _jit.watch = _recorder(precision, count, made)
        _run_once(architecture, training.cost, precision, count)
    of_prior = load_prior().network.architecture
    for count, kind in (
        (lanes.ALONE, architecture),
        (lanes.ALONE, of_prior),
        (rollout.LANES, of_prior),
    ):
        _jit.watch = _recorder("float32", count, made)
        _run_forward(kind, count)
    _jit.watch = _recorder("float64", report.LANES, made)
    _run_back(of_prior, report.LANES)
    for kernel, fault in _jit.loading_faults.items():
        raise CannotCreateError(
            f"{kernel}: the compiled kernel cannot be loaded ({fault!r}), so that each run "
            "compiles it again; install numba anew, which brings its llvmlite"
        )
    if examine_cache().kernels < len(made):
        raise WriteError(f"{state.folder}: not every kernel could be cached; is the disk full?")
    return made


def _recorder(precision: str, count: int, made: list[Kernel]) -> _jit.Watch:
    stages = Stages()

    @contextmanager
    def watch(kernel: str) -> Iterator[Callable[[], None]]:
        compiled: set[str] = set()
        with stages.stage(kernel):
            yield lambda: compiled.add(kernel)
        source = "compiled" if compiled else "loaded"
        made.append(Kernel(kernel, precision, count, source, stages.seconds()[kernel]))

    return watch


def _run_forward(architecture: Architecture, count: int) -> None:
    """One day forward: what a forecast takes, and the validation of a network of one series."""
    piecewise_kernel()
    plain_columns_kernel()
    running_means_kernel()
    decayed_sums_kernel()
    running_variances_kernel()
    linear_kernel(count, "float32")
    rows_ahead_kernel(count, "float32")
    network = Network(architecture, np.zeros(architecture.size, np.float32))
    work = Workspace(architecture, 1, count, "float32", backward=False)
    forward(network, np.zeros((1, architecture.input_size, count), np.float32), work)


def _run_back(architecture: Architecture, count: int) -> None:
    """One day forward and back in float64: what explaining a forecast by the prior takes."""
    network = Network(architecture, np.zeros(architecture.size))
    work = Workspace(architecture, 1, count, "float64")
    x = np.zeros((1, architecture.input_size, count))
    forward(network, x, work)
    backward(network, x, work.dout, work)


def _run_once(architecture: Architecture, loss: str, precision: str, count: int) -> None:
    """One day forward and, but for sampled paths, backward: compiles all kernels it needs."""
    linear_kernel(count, precision)
    network = Network(architecture, np.zeros(architecture.size, precision))
    work = Workspace(architecture, 1, count, precision)
    x = np.zeros((1, architecture.input_size, count), precision)
    if count == path_sampling.LANES:
        forward(network, x, work)
        return
    rows_ahead_kernel(count, precision)
    if precision == "float32":
        update_kernel(precision)
        saturated_kernel(precision)
        scale_regression_kernel()
        deal_kernel(count, precision)
    days = np.zeros(count, np.int64)
    add_up(loss, forward(network, x, work), x, days, days, dout=work.dout)
    backward(network, x, work.dout, work)
    outputs = work.out[0].T
    network.head.draw(outputs, np.zeros((count, 2)))
    distribution_quantiles(network.head.distribution(outputs), (0.1,))
