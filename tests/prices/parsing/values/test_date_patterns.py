"""The check before a pattern of dates is compiled lets through whatever the pattern fits."""

import numpy as np
import pytest

from rnncli.prices.parsing.values.date_patterns import DATE_PATTERNS
from rnncli.prices.parsing.values.numbers import is_number
from rnncli.prices.parsing.values.parse_dates import is_date

PARTS = (
    "2024", "1999", "24", "3", "07", "31", "-", "/", ".", " ", ", ", "Jan", "Sept.", "März", "mai",
    "года", "年", "月", "日", "Q", "q1", "H2", "S", "FY", "M", "T", "10:30", ":15", " PM", "Z",
    "UTC", "Mon, ", " de ", "th", "S00001", "106.42", "1e5", "$", "x", "½", "²", "Ⅷ", "٣",
)  # fmt: skip


def texts(number):
    """Texts of a few parts of dates each, in any order."""
    draw = np.random.default_rng(5)
    return ["".join(draw.choice(PARTS, draw.integers(1, 6))) for _ in range(number)]


def test_a_pattern_can_fit_what_it_fits():
    """In texts that are dates now and then."""
    fitted = 0
    for text in texts(8_000):
        for pattern in DATE_PATTERNS:
            if pattern.pattern.fullmatch(text) is not None:
                fitted += 1
                assert pattern.can_fit(text), (pattern.expression, text)
    assert fitted > 100


@pytest.mark.parametrize(
    "cell", ["Close", "adj. close", "symbol", "", "-", "令和元年", "e", "%", "()"]
)
def test_a_cell_without_digits_is_no_date_and_no_number(cell):
    """Whatever else it is."""
    assert (is_date(cell), is_number(cell)) == (False, False)


@pytest.mark.parametrize(
    "cell", ["2024-01-31", "Jan 5, 2024", "2024年1月5日", "令和6年1月5日", "2024-W05"]
)
def test_a_date_is_seen(cell):
    """In various languages."""
    assert is_date(cell)
