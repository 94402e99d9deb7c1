"""The browser that the tests of pages drive."""

from collections.abc import Iterator

import pytest
from browser import chromium
from selenium.webdriver.chrome.webdriver import WebDriver


@pytest.fixture(scope="session")
def window() -> Iterator[WebDriver]:
    """A browser for all tests of pages."""
    with chromium() as browser:
        yield browser
