"""One thread for matrix products: how a BLAS shares out its sums decides their last bits.

With several threads OpenBLAS gives other bits for Cholesky factors, eigenvectors and products of
some hundred rows, so that a result would depend on the number of cores.
"""

import ctypes
import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

LIBRARY = "numpy.linalg._umath_linalg"  # the part of NumPy that is linked to a BLAS
NAMES = tuple(
    (f"{prefix}openblas_get_num_threads{suffix}", f"{prefix}openblas_set_num_threads{suffix}")
    for prefix in ("scipy_", "")
    for suffix in ("64_", "")
)


class BlasThreads(NamedTuple):
    """How the number of threads of a BLAS is read and set, for the whole process."""

    get: Callable[[], int]
    set: Callable[[int], None]


class _Entered:
    """How many are inside `one_blas_thread`, and the number of threads `before` the first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = self.before = 0

    def enter(self, threads: BlasThreads) -> None:
        with self.lock:
            if not self.inside:
                self.before = threads.get()
                threads.set(1)
            self.inside += 1

    def leave(self, threads: BlasThreads) -> None:
        with self.lock:
            self.inside -= 1
            if not self.inside:
                threads.set(self.before)


_entered = _Entered()


@cache
def blas_threads() -> BlasThreads | None:
    """Those of the OpenBLAS that NumPy is linked to; None for another BLAS."""
    path = importlib.import_module(LIBRARY).__file__
    try:
        library = ctypes.CDLL(path)  # symbols are looked up in what it is linked to as well
        for get, set_ in NAMES:
            if hasattr(library, set_):
                return BlasThreads(getattr(library, get), getattr(library, set_))
    except OSError:
        return None
    return None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Products inside have the same bits with any number of cores; several threads may enter."""
    threads = blas_threads()
    if threads is None:
        yield
        return
    _entered.enter(threads)
    try:
        yield
    finally:
        _entered.leave(threads)
