"""One test of many cases: all are tried, and each that fails is named with its own trace."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

FAILURES = (Exception, pytest.fail.Exception)


def assert_each(check: Callable[[Any], object], cases: Iterable[Any], name: Any = str) -> None:
    """Call the check with every case; name: what a case is called. Raises a group of all failures.

    As one test per case shows it, but collected and reported once: for cases by the hundred that
    take milliseconds each.
    """
    failed: list[BaseException] = []
    tried = 0
    for case in cases:
        tried += 1
        try:
            check(case)
        except FAILURES as fault:
            fault.add_note(f"the case: {name(case)}")
            failed.append(fault)
    assert tried
    if failed:
        raise BaseExceptionGroup(f"of {tried} cases", failed)
