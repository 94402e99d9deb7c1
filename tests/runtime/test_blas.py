"""Products of matrices have the same bits whatever number of threads a BLAS has."""

import threading

import numpy as np
import pytest

from rnncli.risk.copula import fit_copula
from rnncli.risk.tails import measures
from rnncli.runtime.blas import blas_threads, one_blas_thread

pytestmark = pytest.mark.skipif(blas_threads() is None, reason="NumPy has another BLAS")
SYMBOLS, DAYS = 520, 260  # from some hundred on, two threads share out the sums in another way


@pytest.fixture
def with_threads():
    """Call with a number of threads of the BLAS; it is as it was afterwards."""
    threads = blas_threads()
    before = threads.get()
    yield threads.set
    threads.set(before)


def joint_draws():
    """Draws of a copula that is fitted on a few days, and the measures of their sum."""
    rng = np.random.default_rng(0)
    copula = fit_copula(rng.random((DAYS, SYMBOLS)))
    draws = next(copula.shocks(500, 0))
    return copula.correlation.tobytes(), draws.tobytes(), measures(np.sort(draws), 0.05)


@pytest.mark.slow(each_version=True)
def test_a_copula_and_its_draws_are_the_same_with_any_number_of_threads(with_threads):
    """As with several cores and one."""
    results = []
    for count in (1, 2, 4):
        with_threads(count)
        results.append(joint_draws())
        assert blas_threads().get() == count
    for correlation, draws, (value_at_risk, shortfall) in results[1:]:
        assert (correlation, draws) == results[0][:2]
        assert value_at_risk.tobytes() == results[0][2].value_at_risk.tobytes()
        assert shortfall.tobytes() == results[0][2].shortfall.tobytes()


def test_threads_that_enter_and_leave_in_any_order_restore_the_number(with_threads):
    """The first one in remembers it, the last one out sets it again."""
    with_threads(2)
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with one_blas_thread():
            inside.set()
            leave.wait(10)

    with one_blas_thread():
        other = threading.Thread(target=stay)
        other.start()
        assert inside.wait(10)
    assert blas_threads().get() == 1
    leave.set()
    other.join()
    assert blas_threads().get() == 2
