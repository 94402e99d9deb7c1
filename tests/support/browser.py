"""Chromium without a screen, driven by Selenium, for the tests of pages."""

import contextlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import Started

MISSING = "no Chromium: apt-get install chromium chromium-driver"
LIFE = 900.0  # seconds that the driver may run


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser; skips where the machine has none."""
    from selenium import webdriver  # noqa: PLC0415 - for the tests of pages alone

    driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or browser is None:
        pytest.skip(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    port = _free_port()
    words = [driver, f"--port={port}", "--log-level=OFF"]
    process = Started(words, life=LIFE, stdout=-3, stderr=-3)  # DEVNULL
    try:
        _wait_for(port, process)
        window = webdriver.Remote(f"http://127.0.0.1:{port}", options=options)
        try:
            yield window
        finally:
            window.quit()
    finally:
        process.end()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int, process: Started) -> None:
    """Until the driver listens."""
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        with contextlib.suppress(Exception):
            process.wait(0.1)
    pytest.fail("chromedriver does not listen")


def opened(window: Any, path: Path, width: int = 1440, theme: str = "light") -> list[str]:
    """Open a page of a file in a window of a width, in a theme; what the console said."""
    window.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    scheme = {"name": "prefers-color-scheme", "value": theme}
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    window.get(path.as_uri())
    return [entry["message"] for entry in window.execute("getLog", {"type": "browser"})["value"]]
