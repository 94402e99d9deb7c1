"""Parts of messages."""

import pytest

from rnncli.errors import name_some


@pytest.mark.parametrize(
    ("names", "text"),
    [("ABC", "A, B, C"), ("ABCD", "A, B, C and 1 more"), ("ABCDE", "A, B, C and 2 more")],
)  # fmt: skip
def test_the_first_names_are_listed_and_the_others_counted(names, text):
    """As many as the limit says."""
    assert name_some(list(names), 3) == text
