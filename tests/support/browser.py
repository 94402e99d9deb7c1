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


def move_to(window: Any, element: Any) -> None:
    """Move the pointer over the middle of an element."""
    window.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    box = window.execute_script(
        "const b = arguments[0].getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2]", element,
    )  # fmt: skip
    event = {"type": "mouseMoved", "x": box[0], "y": box[1]}
    window.execute_cdp_cmd("Input.dispatchMouseEvent", event)


CONTROLS = "a[href], button, input, select, summary, [tabindex='0']"


def unreached_controls(window: Any) -> int:
    """Links, buttons, inputs, tables that scroll, summaries and charts that Tab passes over."""
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - for the tests of pages alone

    count, visible, skipped = window.execute_script(
        "window.reached = new Set();"
        "document.addEventListener('focusin', (event) => window.reached.add(event.target));"
        f"const all = [...document.querySelectorAll(`{CONTROLS}`)];"
        "const seen = all.filter((one) => one.checkVisibility());"
        "return [all.length, seen.length, seen.filter((one) => one.tabIndex < 0).length]"
    )
    window.switch_to.active_element.send_keys(Keys.TAB * count)
    reached = window.execute_script("return window.reached.size")
    return int(skipped + max(0, visible - 1 - reached))


FAINT = """
const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
const parts = (text) => text.match(/[\\d.]+/g).map(Number);
const backOf = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !node.checkVisibility()) continue;
  const style = getComputedStyle(node);
  const text = parts(node instanceof SVGElement ? style.fill : style.color);
  const [low, high] = [luminance(text), luminance(backOf(node))].sort((a, b) => a - b);
  if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(node.outerHTML.slice(0, 120));
}
return faint;
"""


def faint_texts(window: Any) -> list[str]:
    """Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG AA)."""
    return list(window.execute_script(FAINT))
