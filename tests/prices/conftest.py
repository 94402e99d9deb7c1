"""Messages of the reader as the command line words them: settings as options."""

from collections.abc import Iterator

import pytest

from rnncli.cli import as_option
from rnncli.errors import worded


@pytest.fixture(autouse=True)
def options_in_messages() -> Iterator[None]:
    """Every test of this folder reads messages as a user of the command sees them."""
    with worded(as_option):
        yield
