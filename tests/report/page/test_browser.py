"""The page in Chromium: no error, sorted tables, charts with values, all of it printed."""

import base64
import io
from unicodedata import normalize

import pytest
from browser import faint_texts, move_to, opened, unreached_controls
from gradient_reports import report_of
from pages import HOSTILE, portfolios_of, whole_page
from pypdf import PdfReader
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from rnncli.report.page import html_page
from rnncli.report.page.content import Network, PageContent

pytestmark = pytest.mark.slow
SYMBOLS = ("AAA", "BBB", "CC", *HOSTILE)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The page of hostile symbols."""
    folder = tmp_path_factory.mktemp("page")
    page = folder / "page.html"
    portfolios = portfolios_of(folder / "l.db")
    page.write_bytes(html_page(whole_page(SYMBOLS, portfolios=portfolios)))
    return page


def column(window, number):
    """The texts of a column of the table of forecasts, of the rows that are shown."""
    return window.execute_script(
        "return [...document.querySelectorAll('#table tbody tr:not([hidden])')]"
        f".map((row) => row.cells[{number}].textContent)"
    )


def heading(window, text):
    """The button of a heading of the table of forecasts."""
    return next(one for one in window.find_elements(By.CSS_SELECTOR, "#table thead button")
                if one.text == text)  # fmt: skip


@pytest.mark.each_shape
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_without_a_word_at_any_width_and_in_any_theme(window, path, width, theme):
    """No console message, nothing wider than the screen, every chart drawn, the theme's colours.

    Every text, also of the tip and of open rows, stands out by 4.5 to 1 (WCAG AA).
    """
    assert opened(window, path, width, theme) == []
    assert window.execute_script("return document.documentElement.scrollWidth") <= width
    charts = window.find_elements(By.CSS_SELECTOR, "figure[data-chart]")
    assert len(charts) == 5
    for chart in charts:
        assert chart.find_elements(By.CSS_SELECTOR, "svg .mark")
    back = window.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (theme == "light")
    window.execute_script(
        "document.querySelectorAll('details').forEach((one) => { one.open = true; });"
        "document.querySelector('#table tbody button').click();"
        "document.querySelector('.term').click()"
    )
    assert window.find_element(By.ID, "tip").is_displayed()
    assert faint_texts(window) == []


def test_names_of_symbols_run_no_script_and_no_column_is_cut_off(window, path):
    """They are text: no element of theirs, no request; the table fits a wide screen."""
    opened(window, path)
    assert window.execute_script("return document.images.length") == 0
    assert window.execute_script("return document.scripts.length") == 2
    assert window.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert HOSTILE[0] in column(window, 0)
    wide, seen = window.execute_script(
        "const place = document.querySelector('#table').parentElement;"
        "return [place.scrollWidth, place.clientWidth]"
    )
    assert wide <= seen


def test_what_the_policy_forbids_does_not_run(window, path, tmp_path):
    """A script and a style that were added to the file are refused by the browser."""
    changed = tmp_path / "changed.html"
    added = "<script>document.title = 'run'</script><img src='https://example.invalid/a.png'>"
    changed.write_text(path.read_text("utf-8").replace("</main>", f"</main>{added}"), "utf-8")
    said = opened(window, changed)
    assert window.title != "run"
    assert len([line for line in said if "Content Security Policy" in line]) >= 2


def test_the_table_sorts_by_any_column_both_ways(window, path):
    """Numbers by size, the largest first; texts by letter; and the heading says so."""
    opened(window, path)
    widths = [float(text.removesuffix(" %")) for text in column(window, 3)]
    assert widths == sorted(widths, reverse=True)
    heading(window, "Last price").click()
    prices = [float(text.replace(",", "")) for text in column(window, 1)]
    assert prices == sorted(prices, reverse=True)
    heading(window, "Last price").click()
    assert [float(text.replace(",", "")) for text in column(window, 1)] == sorted(prices)
    heading(window, "Symbol").send_keys(Keys.ENTER)
    assert column(window, 0) == sorted(column(window, 0))
    sorted_by = window.find_elements(By.CSS_SELECTOR, "#table th[aria-sort]")
    assert [(one.text[:6], one.get_attribute("aria-sort")) for one in sorted_by] == [
        ("Symbol", "ascending")
    ]


def test_a_telephone_shows_reasons_in_whole_and_says_which_tables_are_wider(window, path):
    """A reason has the width of a few words; a hint stands above each wide table, and no other."""
    opened(window, path, 360)
    window.find_element(By.ID, "careful").click()
    reason = window.find_element(By.CSS_SELECTOR, "#table tbody tr:not([hidden]) .why")
    assert reason.rect["width"] > 150
    tables = window.execute_async_script(
        "const done = arguments[0];"
        "for (const one of document.querySelectorAll('details')) one.open = true;"
        "const widths = () => [...document.querySelectorAll('.slide')].map((hint) => [!hint.hidden,"
        " hint.nextElementSibling.scrollWidth > hint.nextElementSibling.clientWidth]);"
        "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(widths()))))"
    )
    assert [says for says, _ in tables] == [is_wide for _, is_wide in tables]
    assert any(says for says, _ in tables)


def test_search_and_the_box_leave_rows_out(window, path):
    """By a part of the name in any case; or those with a reason to be careful."""
    opened(window, path)
    window.find_element(By.ID, "search").send_keys("bb")
    assert column(window, 0) == ["BBB"]
    assert window.find_element(By.ID, "shown").text == f"1 of {len(SYMBOLS)} symbols"
    window.find_element(By.ID, "search").send_keys("bbb")
    assert window.find_element(By.ID, "shown").text == "No symbol whose name has “bbbbb”"
    window.find_element(By.ID, "search").send_keys(Keys.BACKSPACE * 5)
    window.find_element(By.ID, "careful").click()
    assert set(column(window, 0)).isdisjoint({"AAA", "BBB"})  # the two that were back-tested
    assert len(column(window, 0)) == len(SYMBOLS) - 2
    reason = window.find_element(By.CSS_SELECTOR, "#table tbody tr:not([hidden]) .why")
    assert "could not be back-tested" in reason.text  # in full, not under the pointer alone
    window.find_element(By.ID, "careful").click()
    assert not reason.is_displayed()


def test_a_map_is_read_by_keys_and_pointer(window, tmp_path):
    """A cell for each epoch and lag, its value in the tip, framed; the key has the scale."""
    reports = {epoch: report_of([1.0, 0.1 * epoch, 0.001]) for epoch in (1, 2)}
    path = tmp_path / "map.html"
    networks = (Network("m", gradients=reports[2], epochs=reports),)
    path.write_bytes(html_page(PageContent("Gradients", networks=networks)))
    assert opened(window, path, 360, "dark") == []
    assert window.execute_script("return document.documentElement.scrollWidth") <= 360
    svg = window.find_element(By.CSS_SELECTOR, "figure[data-chart='epochs-0'] > svg")
    assert len(svg.find_elements(By.CSS_SELECTOR, ".cell")) == 6
    svg.send_keys(Keys.ARROW_RIGHT)
    svg.send_keys(Keys.ARROW_RIGHT)
    svg.send_keys(Keys.ARROW_UP)
    tip = window.find_element(By.ID, "tip")
    assert tip.text.splitlines() == ["epoch 2, lag in rows: 1", "relative norm 0.2"]
    move_to(window, svg.find_element(By.CSS_SELECTOR, ".cell"))
    assert tip.text.startswith("epoch 1, lag in rows: 0")
    assert faint_texts(window) == []
    assert unreached_controls(window) == 0


def test_a_fan_chart_is_drawn_where_a_symbol_is_chosen(window, path):
    """Above the table, with marks, a row for each day, and values under the pointer."""
    opened(window, path)
    row = window.find_element(By.XPATH, "//table[@id='table']//tr[th/button='AAA']")
    button = row.find_element(By.TAG_NAME, "button")
    button.send_keys(Keys.ENTER)
    panel = window.find_element(By.CSS_SELECTOR, "#opened .panel")
    assert len(panel.find_elements(By.CSS_SELECTOR, "svg path.mark")) == 4
    assert len(panel.find_elements(By.CSS_SELECTOR, "tbody tr")) == 2
    svg = panel.find_element(By.CSS_SELECTOR, "figure > svg")
    svg.send_keys(Keys.ARROW_RIGHT)
    tip = window.find_element(By.ID, "tip")
    assert tip.is_displayed()
    assert "price" in tip.text
    svg.send_keys(Keys.ESCAPE)
    assert not tip.is_displayed()
    button.send_keys(Keys.ENTER)
    assert not window.find_elements(By.CSS_SELECTOR, "#opened .panel")


@pytest.mark.parametrize("width", [360, 1440])
def test_an_open_symbol_is_whole_and_leads_back_to_where_it_was_opened(window, path, width):
    """Nothing of it is in a box that scrolls up and down; buttons and Escape lead back."""
    opened(window, path, width)
    link = window.find_element(By.CSS_SELECTOR, "#summary [data-open]")
    name = link.text
    link.send_keys(Keys.ENTER)
    hidden = window.execute_script(
        "const panel = document.querySelector('#opened .panel');"
        "return [panel.scrollHeight - panel.clientHeight, panel.querySelector('.scroll')"
        ".scrollHeight - panel.querySelector('.scroll').clientHeight,"
        " panel.closest('.scroll') !== null]"
    )
    assert hidden == [0, 0, False]
    assert window.switch_to.active_element.text == "Back to the table"
    window.switch_to.active_element.send_keys(Keys.ENTER)
    focused = window.switch_to.active_element
    assert (focused.text, focused.get_attribute("aria-expanded")) == (name, "false")
    link.send_keys(Keys.ENTER)
    back = window.find_elements(By.CSS_SELECTOR, "#opened .press")
    assert [one.text for one in back] == ["Back to the table", "Back to the summary"]
    back[0].send_keys(Keys.ESCAPE)
    assert window.switch_to.active_element == link
    assert not window.find_elements(By.CSS_SELECTOR, "#opened .panel")


def test_the_range_is_seen_on_a_telephone_without_sliding(window, path):
    """Beside the symbol and its last price; no column is hidden."""
    opened(window, path, 360)
    ends, box, hidden = window.execute_script(
        "const cells = [...document.querySelector('#table thead tr').cells];"
        "return [cells.find((c) => c.textContent.startsWith('80')).getBoundingClientRect().right,"
        "document.querySelector('#table').parentElement.getBoundingClientRect().right,"
        "cells.filter((c) => !c.checkVisibility()).length]"
    )
    assert ends <= box
    assert hidden == 0


def test_definitions_and_values_come_with_pointer_and_keyboard(window, path):
    """A number under the pointer shows the definition of its column; so does a focused heading."""
    opened(window, path)
    tip = window.find_element(By.ID, "tip")
    cell = window.find_element(By.CSS_SELECTOR, "#table tbody td:nth-child(2)")
    move_to(window, cell)
    assert tip.text.startswith("Last price")
    window.execute_script("document.querySelector('#search').focus()")
    window.switch_to.active_element.send_keys(Keys.TAB * 3)  # the box, the region, the heading
    assert tip.text.startswith("Symbol")
    chart = window.find_element(By.CSS_SELECTOR, "figure[data-chart='pit'] > svg")
    move_to(window, chart)
    assert "share of outcomes" in tip.text


def test_every_control_can_be_reached_by_keyboard(window, path):
    """Tab goes through all links, buttons, inputs, tables that scroll, summaries and charts."""
    opened(window, path)
    assert unreached_controls(window) == 0


def test_all_of_it_is_printed(window, path):
    """Every symbol of every table is on the pages, also of what is folded on the screen."""
    opened(window, path, theme="dark")
    printed = window.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    reader = PdfReader(io.BytesIO(base64.b64decode(printed["data"])))
    text = normalize("NFKC", "".join(page.extract_text() for page in reader.pages))
    assert len(reader.pages) >= 3
    for name in ("AAA", "BBB", "CC", "worst misses", "CRPS", "Expected shortfall", "Definitions"):
        assert name in text
    assert "By chance, 80" in text  # of the table by symbol, which is folded
