"""Items by several threads: in order, each once, and no more of them after a fault."""

import threading
import time

import pytest

from rnncli.runtime.threads import threads


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_results_are_in_order(count):
    items = list(range(20))
    with threads(count) as pool:
        assert pool.map(lambda item: item * item, items) == [item * item for item in items]
        assert pool.map(str, []) == []


def test_the_calling_thread_takes_items_too():
    """And one other: as many as there are cores, not one more that waits for them."""
    both = threading.Barrier(2)

    def thread_of(_item):
        both.wait(timeout=60)
        return threading.get_ident()

    with threads(2) as pool:
        taken = pool.map(thread_of, range(4))
    assert set(taken[:2]) > {threading.get_ident()}
    assert len(set(taken)) == 2


@pytest.mark.parametrize("faulty", ["here", "there"])
def test_nobody_begins_an_item_after_a_fault(faulty):
    """Whichever thread it is in; it reaches the caller."""
    here, begun = threading.get_ident(), []

    def fault_at_once(item):
        begun.append(item)
        if (threading.get_ident() == here) == (faulty == "here"):
            raise ValueError(faulty)
        time.sleep(0.2)

    with threads(2) as pool, pytest.raises(ValueError, match=faulty):
        pool.map(fault_at_once, range(1000))
    assert len(begun) < 1000
