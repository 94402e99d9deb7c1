"""Stages share out the time of a run: none is counted twice, and together they are the whole."""

import sys
import time
from itertools import count
from threading import Barrier, Thread

import pytest
from processes import finished

from rnncli.runtime.timing import OTHER, START, Stages, untimed


def stages_of(*times):
    """Stages on a clock that shows these seconds, one at each look."""
    return Stages(clock=iter(times).__next__)


def test_the_start_ends_with_the_first_stage():
    """The clock runs before it: imports are a stage too. Time between later stages is apart."""
    stages = stages_of(3.0, 5.0, 6.0)
    with stages.stage("read"):
        pass
    assert stages.seconds() == {START: 3.0, "read": 2.0, OTHER: 1.0}


def test_a_stage_within_a_stage_is_not_counted_twice():
    """The outer one stands still while the inner one runs."""
    stages = stages_of(1.0, 2.0, 6.0, 7.0, 7.0)
    with stages.stage("forward"), stages.stage("compile"):
        pass
    assert stages.seconds() == {START: 1.0, "forward": 2.0, "compile": 4.0, OTHER: 0.0}


def test_a_stage_that_comes_again_is_added_to():
    """One row a name, however often it runs."""
    stages = Stages(clock=count().__next__)
    for _ in range(3):
        with stages.stage("read"):
            pass
    assert stages.seconds() == {START: 0.0, "read": 3.0, OTHER: 3.0}


def test_a_stage_ends_where_it_fails():
    """An exception passes through, and what follows is counted outside."""
    stages = stages_of(1.0, 2.0, 9.0)
    with pytest.raises(ValueError, match="bad"), stages.stage("read"):
        raise ValueError("bad")
    assert stages.seconds() == {START: 1.0, "read": 1.0, OTHER: 7.0}


def test_threads_that_enter_a_stage_side_by_side_count_once():
    """Kernels loaded in two threads take the time that passes, not twice that."""
    stages, both = Stages(), Barrier(3)

    def load():
        with stages.stage("load"):
            both.wait()

    began = time.perf_counter()
    threads = [Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    both.wait()
    for thread in threads:
        thread.join()
    passed = time.perf_counter() - began
    assert 0.04 <= stages.seconds()["load"] <= passed


@pytest.mark.slow(each_version=True)
def test_the_clock_starts_with_the_process():
    """What the interpreter took before the first line of ours is in the whole."""
    code = (
        "import time; time.sleep(0.3); from rnncli.runtime.timing import Stages;"
        " print(sum(Stages().seconds().values()))"
    )
    began = time.perf_counter()
    done = finished([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 0.28 <= float(done.stdout) <= time.perf_counter() - began + 0.02


def test_untimed_keeps_nothing():
    """Stages are named the same where nobody asks for the time."""
    with untimed("read") as kept:
        assert kept is None
    with pytest.raises(ZeroDivisionError), untimed("read"):
        raise ZeroDivisionError
