"""The page of an unrolled network as a file: valid, with every value, the same each time."""

import html5lib
import numpy as np
import pytest
from builders import network_of
from pages import data_of

from rnncli.gradients.unroll import unroll_network, unroll_one
from rnncli.report.page import html_page
from rnncli.report.page.content import PageContent, UnrolledNetwork
from rnncli.report.page.definitions import UNROLLED_DEFINITIONS
from rnncli.simulation.statland import RULES, OneUnit

XHTML = "{http://www.w3.org/1999/xhtml}"


def page_of(unit=OneUnit(), values=(0.0, 0.5), name="StatLand"):  # noqa: B008 - frozen
    """The page of a one-unit network."""
    network = UnrolledNetwork(name, unroll_one(unit, np.array(values)), unit)
    return html_page(PageContent(f"Unrolled: {name}", unrolled=network))


def larger_page():
    """The page of a network of three units."""
    unrolled = unroll_network(network_of(3, 1, "tanh", seed=4), np.array([0.0, 0.5, 1.0]))
    return html_page(PageContent("Unrolled", unrolled=UnrolledNetwork("my.model", unrolled)))


@pytest.mark.parametrize("page", [page_of(), larger_page()], ids=["one unit", "three units"])
def test_the_page_is_valid_and_explains_what_it_shows(page):
    """A strict parser takes it; each heading and term has a definition; nothing is loaded."""
    tree = html5lib.HTMLParser(strict=True).parse(page.decode())
    titles = ["".join(node.itertext()) for node in tree.iter(f"{XHTML}h2")]
    assert titles == ["Summary", "Step by step", "Definitions"]
    named = {node.get("data-def") for node in tree.iter() if node.get("data-def")}
    assert {"day", "input", "output", "gradient", "loop_factor"} <= named
    assert named <= set(UNROLLED_DEFINITIONS)
    for node in tree.iter():
        assert not {"src", "style", "onclick"} & set(node.attrib)
    assert b"url(" not in page


def test_every_value_is_in_the_table():
    """Low, medium: the second copy adds 0.9 and 0, and 1.1 times that is 0.99."""
    tree = html5lib.parse(page_of())
    rows = [[cell.text for cell in row] for row in tree.iter(f"{XHTML}tr")]
    assert rows[1] == ["1", "0", "0", "0", "0", "0", "0", "0", "0", "-0.5"]
    assert rows[2] == ["2", "0.5", "0.9", "0", "0", "0.9", "0.9", "0.99", "1.98", "1"]


def test_the_script_has_the_four_rules_and_two_companies():
    """Blue has nine days and red five; a case knows the price that its rule expects."""
    data = data_of(page_of())["unrolled"]
    rules = [(tuple(case["values"]), case["next"]) for case in data["cases"][:4]]
    assert rules == list(RULES.items())
    companies = {case["name"]: len(case["values"]) for case in data["cases"][4:]}
    assert companies == {"blue company, 9 days": 9, "red company, 5 days": 5}


def test_the_script_has_the_numbers_to_the_last_digit():
    """What the sliders start from is what was asked for."""
    unit = OneUnit(w2=1 / 3)
    data = data_of(page_of(unit, (0.1 + 0.2, 2 / 3)))["unrolled"]
    assert data["unit"]["w2"] == 1 / 3
    assert data["columns"]["input"] == [0.1 + 0.2, 2 / 3]


def test_a_larger_network_has_no_sliders_of_weights():
    """It is played as it is: its columns are those of the report."""
    page = larger_page()
    assert data_of(page)["unrolled"]["unit"] is None
    assert b'id="w2"' not in page
    assert b'id="play"' in page


def test_the_same_network_gives_the_same_bytes():
    """And a name is text wherever it stands."""
    assert page_of() == page_of()
    assert b"<script>alert" not in page_of(name="<script>alert(1)</script>")


def test_other_pages_have_no_player():
    """Its script and definitions are on the page of an unrolled network alone."""
    page = html_page(PageContent("Nothing"))
    assert b"unrollUnit" not in page
    assert b"def-loop_factor" not in page
