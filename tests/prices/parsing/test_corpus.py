"""Every file of the corpus is read as meant or refused for the reason beside it."""

import io
import re

import corpus_bars  # noqa: F401 - adds its cases
import corpus_beside  # noqa: F401 - adds its cases
import corpus_headers  # noqa: F401 - adds its cases
import corpus_pasted  # noqa: F401 - adds its cases
import corpus_vendors  # noqa: F401 - adds its cases
import numpy as np
import pytest
from corpus import CASES, MEANT, Case
from each import assert_each
from ways_to_cut import cut_by

from rnncli.dates import format_date
from rnncli.errors import DataError
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings


def read(case: Case) -> Prices:
    return read_prices(["-"], ReadSettings(**case.settings), io.BytesIO(case.data))


def series_of(prices: Prices) -> dict[str, list[tuple[str | None, float]]]:
    """What was read, in the form of the corpus; a file has no name of its own there."""
    return {
        "x" if symbol == "stdin" else symbol: [
            (None if np.isnat(date) else format_date(date), float(value))
            for date, value in zip(prices.dates_of(i), prices.series(i), strict=True)
        ]
        for i, symbol in enumerate(prices.symbols)
    }


def test_the_corpus_is_large_and_its_names_are_different():
    """No case hides another."""
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


def is_read_as_meant_or_refused(case: Case) -> None:
    """The series and the warning, or the refusal, are those of the corpus."""
    if case.meant is None:
        with pytest.raises(DataError) as caught:
            read(case)
        assert re.search(case.refused, str(caught.value))
        return
    prices = read(case)
    expected = {s: rows if rows[0][0] is None else sorted(rows) for s, rows in case.meant.items()}
    assert series_of(prices) == expected
    warned = " ".join(prices.warnings()).replace("stdin", "x")
    assert bool(warned) == bool(case.warned), warned
    assert re.search(case.warned, warned)


OF_LARGE_FILES = [
    pytest.param(way, marks=pytest.mark.slow(each_version=True)) for way in ("pandas", "kernel")
]


@pytest.mark.each_shape
@pytest.mark.parametrize("way", ["rows", *OF_LARGE_FILES])
def test_files_are_read_as_meant_or_refused(way, monkeypatch):
    """Every case of the corpus, as a small file is read and as a large one."""
    cut_by(way, monkeypatch)
    assert_each(is_read_as_meant_or_refused, CASES, lambda case: case.name)


@pytest.mark.slow
def test_a_reader_that_loses_a_symbol_is_seen(monkeypatch):
    """The comparison above is of whole results: every case of several series fails."""

    def losing(*given):
        found = read_prices_whole(*given)
        return found.subset(range(len(found.symbols) - 1))

    read_prices_whole = read_prices
    monkeypatch.setitem(globals(), "read_prices", losing)
    several = [case for case in CASES if case.meant and len(case.meant) > 1]
    assert len(several) > 20
    for case in several:
        with pytest.raises(AssertionError):
            is_read_as_meant_or_refused(case)


def test_the_three_days_are_what_most_cases_mean():
    """The corpus varies how a file is written, not what it says."""
    assert sum(case.meant is MEANT for case in CASES) > 80
