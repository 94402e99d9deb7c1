"""The figure of an unrolled network: its copies with their weights and numbers."""

import re

import numpy as np
import pytest
from builders import one_unit

from rnncli.gradients.unroll import unroll_network, unroll_one
from rnncli.report.figures import unrolled_figure
from rnncli.simulation.statland import OneUnit

TIMES = "\N{MULTIPLICATION SIGN}"


def texts_of(unrolled, unit):
    """Texts of the figure, which matplotlib repeats in comments beside their outlines."""
    drawn = unrolled_figure(unrolled, unit, "svg")
    assert drawn == unrolled_figure(unrolled, unit, "svg")
    return re.findall("<!-- (.*?) -->", drawn.decode(), re.DOTALL)


@pytest.mark.slow(each_version=True)
def test_each_day_is_a_copy_with_the_same_weights():
    """Sum and state inside, the loop between two copies forward and back, its factor below."""
    texts = texts_of(unroll_one(OneUnit(), np.array([0.0, 0.5])), OneUnit())
    days = [text for text in texts if re.fullmatch("day [0-9]+", text)]
    assert days == ["day 1", "day 2"]
    assert {"sum 0.9", "y 0.9", "out = 0.99"} <= set(texts)
    assert texts.count(f"{TIMES}W1 1.8") == texts.count(f"{TIMES}W3 1.1") == 2
    assert texts.count(f"{TIMES}W2 -0.5") == 1
    assert "loop factor -0.5" in texts


@pytest.mark.slow
def test_of_many_days_the_last_copies_are_drawn():
    """The others are named; a loop that grows beyond all numbers has a picture too."""
    unit = OneUnit(w2=2.0)
    texts = texts_of(unroll_one(unit, np.append(1.0, np.zeros(1199))), unit)
    days = [text for text in texts if re.fullmatch("day [0-9]+", text)]
    assert days == [f"day {day}" for day in range(1195, 1201)]
    assert any(text.startswith("days 1 to 1194") for text in texts)


@pytest.mark.slow
@pytest.mark.thorough
def test_a_larger_network_shows_the_norms_of_its_states():
    """It has no single weight to write beside an arrow."""
    unrolled = unroll_network(one_unit(0.5, 0.5, 1.0), np.array([1.0, 2.0]))
    texts = texts_of(unrolled, None)
    assert texts.count("state norm") == 2 + 1  # and the key of the chart
    assert not any(text.startswith(TIMES) for text in texts)
