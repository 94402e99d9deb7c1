"""The check before an expression of dates or numbers is compiled lets through whatever it fits."""

import re

import numpy as np
import pytest

from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.values.date_patterns import DATE_PATTERNS
from rnncli.prices.parsing.values.numbers import is_number
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.expression import CheckedExpression

PARTS = (
    "2024", "1999", "24", "3", "07", "31", "-", "/", ".", " ", ", ", "Jan", "Sept.", "März", "mai",
    "года", "年", "月", "日", "Q", "q1", "H2", "S", "FY", "M", "T", "10:30", ":15", " PM", "Z",
    "UTC", "Mon, ", " de ", "th", "S00001", "106.42", "1e5", "$", "x", "½", "²", "Ⅷ", "٣",
)  # fmt: skip
WHOLE = (
    "2024-07-31", "20240731", "2024年7月31日", "2024-07", "2024M07", "2024-Q1", "2024H2",
    "Sept. 31, 2024", "Mon Jan 31 10:30:15 2024", "31 mai 2024", "31-Jan-24", "2024-Jan-31",
    "1,234.5", "2,50", "1.5K", "3.5 Mio.", "1.234.567",
)  # fmt: skip


def texts(number):
    """Texts of a few parts of dates each, in any order, and whole ones with one sign changed."""
    draw = np.random.default_rng(5)
    yield from ("".join(draw.choice(PARTS, draw.integers(1, 6))) for _ in range(number))
    for text in WHOLE:
        yield text
        for place in range(len(text)):
            yield from (text[:place] + part + text[place + 1 :] for part in PARTS)


CHECKED = [
    checked
    for checked in (*(pattern.pattern for pattern in DATE_PATTERNS), *vars(numbers).values())
    if isinstance(checked, CheckedExpression)
]


def test_what_an_expression_fits_passes_its_check():
    """In texts that are dates and numbers now and then."""
    expressions = [(checked, re.compile(checked.text, checked.flags)) for checked in CHECKED]
    fitted = dict.fromkeys(CHECKED, 0)
    for text in texts(2_000):
        for checked, compiled in expressions:
            if compiled.fullmatch(text) is not None:
                fitted[checked] += 1
                assert checked.can_fit(text), (checked.text, text)
    assert min(fitted.values()) > 0


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
