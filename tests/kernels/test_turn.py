"""Squares of vectors are turned: what was a row is a column, whatever the width of a vector."""

import pytest

from rnncli.kernels._turn_llvm import turned


class Shuffles:
    """An emitter whose vectors are lists."""

    def __init__(self, number_bytes):
        self.number_bytes = number_bytes

    def shuffled(self, left, right, order):
        return [(left + right)[place] for place in order]


@pytest.mark.parametrize(
    ("width", "number_bytes"), [(1, 4), (1, 8), (2, 4), (4, 4), (8, 4), (16, 4), (4, 8), (8, 8)]
)
def test_columns_are_the_rows_before(width, number_bytes):
    """One lane alone has vectors of one number."""
    rows = [[(row, column) for column in range(width)] for row in range(width)]
    columns = [[(row, column) for row in range(width)] for column in range(width)]
    assert turned(Shuffles(number_bytes), rows) == columns
