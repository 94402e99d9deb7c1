"""The unrolled network in Chromium: it computes what the terminal prints, and plays it."""

import numpy as np
import pytest
from browser import faint_texts, move_to, opened, unreached_controls
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from rnncli.gradients.unroll import unroll_one
from rnncli.report.page import html_page
from rnncli.report.page.content import PageContent, UnrolledNetwork
from rnncli.simulation.statland import OneUnit

pytestmark = pytest.mark.slow
SET = """
const node = document.getElementById(arguments[0]);
node.value = arguments[1];
node.dispatchEvent(new Event("input"));
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The page of StatLand's network on two days."""
    page = tmp_path_factory.mktemp("page") / "unrolled.html"
    unit = OneUnit()
    network = UnrolledNetwork("StatLand", unroll_one(unit, np.array([0.0, 0.5])), unit)
    page.write_bytes(html_page(PageContent("Unrolled", unrolled=network)))
    return page


def text_of(window, name):
    """The text of an element by its id."""
    return window.find_element(By.ID, name).text


@pytest.mark.each_shape
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_at_any_width_and_in_any_theme(window, path, width, theme):
    """No console message, nothing wider than the screen, both charts drawn, texts stand out."""
    assert opened(window, path, width, theme) == []
    assert window.execute_script("return document.documentElement.scrollWidth") <= width
    for chart in window.find_elements(By.CSS_SELECTOR, "figure[data-chart]"):
        assert chart.find_elements(By.CSS_SELECTOR, "svg .mark")
    assert len(window.find_elements(By.CSS_SELECTOR, "#copies .copy")) == 2
    window.execute_script("document.querySelector('.term').click()")
    assert faint_texts(window) == []


def test_every_control_can_be_reached_by_keyboard(window, path):
    """Selections, sliders and buttons as well."""
    opened(window, path)
    assert unreached_controls(window) == 0


@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("w2", "days", "activation"),
    [(2.0, 51, "relu"), (0.5, 51, "relu"), (-2.0, 5, "relu"), (1.5, 9, "tanh"), (-0.65, 4, "tanh")],
)
def test_the_script_computes_what_the_terminal_prints(window, path, w2, days, activation):
    """All columns of all days, and the verdict with its reason."""
    opened(window, path)
    Select(window.find_element(By.ID, "activation")).select_by_visible_text(activation)
    window.execute_script(SET, "w2", str(w2))
    window.execute_script(SET, "days", str(days))
    values = np.append([0.0, 0.5], np.zeros(days - 2))
    ref = unroll_one(OneUnit(w2=w2, activation=activation), values)
    comp = window.execute_script("return net.columns")
    for name, column in ref.columns.items():
        np.testing.assert_allclose(comp[name], column, rtol=1e-12, atol=1e-15, err_msg=name)
    assert text_of(window, "verdict") == f"{ref.verdict}: {ref.reason}."


def test_a_case_of_statland_says_what_its_rule_expects(window, path):
    """High, medium is followed by low; the blue company has nine days; reset goes back."""
    opened(window, path)
    select = Select(window.find_element(By.ID, "case"))
    select.select_by_visible_text("high, medium")
    assert text_of(window, "rule") == "; StatLand's rule says low (0)."
    assert text_of(window, "prediction") == "0"
    select.select_by_visible_text("blue company, 9 days")
    assert text_of(window, "step-shown") == "18 of 18"
    assert len(window.find_elements(By.CSS_SELECTOR, "#numbers tbody tr")) == 9
    window.find_element(By.ID, "reset").click()
    assert text_of(window, "prediction") == "0.99"
    assert select.first_selected_option.text == "as asked"


def test_steps_go_forward_and_back_through_the_days(window, path):
    """By button and by key: a sentence with the numbers of the day, and its row marked."""
    opened(window, path)
    slider = window.find_element(By.ID, "step")
    slider.send_keys(Keys.HOME)
    assert text_of(window, "told") == "Nothing has been fed yet."
    told = []
    for _ in range(4):
        window.find_element(By.ID, "after").click()
        told.append(text_of(window, "told"))
    assert [line.split(":")[0] for line in told] == [
        "Forward, day 1", "Forward, day 2", "Back, day 2", "Back, day 1"
    ]  # fmt: skip
    assert "= 0.9; out = 1.1" in told[1]
    assert "0.9 + 0 = 0.99" in told[1]
    assert "is now -0.5" in told[3]
    window.find_element(By.ID, "before").click()
    assert text_of(window, "told") == told[2]
    marked = window.find_elements(By.CSS_SELECTOR, "#numbers tbody tr.own")
    assert [row.find_element(By.TAG_NAME, "th").text for row in marked] == ["2"]


def test_play_runs_to_the_end_and_can_be_halted(window, path):
    """From the start, if it has been at the end."""
    opened(window, path)
    play = window.find_element(By.ID, "play")
    play.send_keys(Keys.ENTER)
    assert (play.text, text_of(window, "step-shown")) == ("Pause", "0 of 4")
    play.send_keys(Keys.ENTER)
    assert play.text == "Play"
    window.execute_script("STEPS.longest = STEPS.shortest = 1; play()")
    window.execute_async_script(
        "const end = arguments[0]; const look = () =>"
        " (PLAYER.play.textContent === 'Play' ? end() : setTimeout(look, 5)); look()"
    )
    assert text_of(window, "step-shown") == "4 of 4"


def test_definitions_come_with_the_pointer(window, path):
    """A number of the table under the pointer shows what its column is."""
    opened(window, path)
    move_to(window, window.find_element(By.CSS_SELECTOR, "#numbers tbody td:last-child"))
    assert text_of(window, "tip").startswith("Loop factor")
