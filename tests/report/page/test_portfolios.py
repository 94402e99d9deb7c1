"""Portfolios on the page: what each may lose, and whether losses were as rare as promised."""

from dataclasses import replace

import html5lib
import numpy as np
import pytest
from builders import prices_of
from ledgers import night_of
from pages import HOSTILE, data_of, portfolios_of, whole_page

from rnncli.ledger.portfolio_score import PortfolioScore
from rnncli.report.page import html_page
from rnncli.report.page.content import PageContent
from rnncli.report.page.definitions import DEFINITIONS, PORTFOLIO_DEFINITIONS
from rnncli.report.page.portfolios import portfolio_charts, portfolio_section

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def portfolios(tmp_path_factory):
    """Two portfolios: one that loses more than it says, and a calm one."""
    return portfolios_of(tmp_path_factory.mktemp("ledger") / "l.db")


def test_the_section_is_valid_and_every_number_has_a_definition(portfolios):
    """Names are text; the same content gives the same bytes."""
    content = PageContent("Scores", portfolios=portfolios)
    page = html_page(content)
    tree = html5lib.HTMLParser(strict=True).parse(page.decode())
    titles = ["".join(node.itertext()) for node in tree.iter(f"{XHTML}h2")]
    assert titles == ["Summary", "Portfolios", "Definitions"]
    assert [node.text for node in tree.iter(f"{XHTML}h3")] == [HOSTILE[0], "calm"]
    assert len(list(tree.iter(f"{XHTML}script"))) == 2
    named = {node.get("data-def") for node in tree.iter() if node.get("data-def")}
    assert set(PORTFOLIO_DEFINITIONS) <= named <= {*DEFINITIONS, *PORTFOLIO_DEFINITIONS}
    listed = {node.get("id") for node in tree.iter(f"{XHTML}dt")}
    assert {f"def-{key}" for key in named} <= listed
    assert html_page(content) == page


def test_a_page_without_portfolios_has_neither_section_nor_definitions(portfolios):
    """Also where a ledger has forecasts alone."""
    score = PortfolioScore(portfolios.score.records, [], [])
    for empty in (None, replace(portfolios, score=score)):
        page = html_page(whole_page(portfolios=empty)).decode()
        assert 'id="portfolios"' not in page
        assert "def-kupiec" not in page


def test_losses_beyond_are_counted_and_judged(portfolios):
    """The tests of the ledger, a row a row ahead and confidence; red ones are poor."""
    wild, calm = portfolio_section(portfolios)["each"]
    tests = {
        (one.tests.line, one.ahead, one.tests.confidence): one.tests
        for one in portfolios.score.tested
    }
    assert [(row["ahead"], row["confidence"]) for row in wild["rows"]] == [
        (1, "95 %"), (1, "99 %"), (2, "95 %"), (2, "99 %"),
    ]  # fmt: skip
    for row in wild["rows"]:
        one = tests[HOSTILE[0], row["ahead"], float(row["confidence"].removesuffix(" %"))]
        assert row["hits"] == f"{one.hits} of {one.rows}"
        assert row["zone"] == one.zone
        assert row["p"][0] == {"text": f"{one.kupiec_p:.3f}", "serious": one.kupiec_p < 0.05}
    assert {one.grade for one in wild["findings"]} == {"poor"}
    assert wild["findings"][0].question == (
        "Next row: do 5 in 100 nights lose more than the 95 % value at risk?"
    )
    assert wild["findings"][0].answer.startswith("No, too many: ")
    assert calm["findings"][0].answer == "No, fewer: 0 of 50 did, 2.5 expected."
    assert (calm["findings"][0].grade, calm["rows"][0]["zone"]) == ("fair", "green")
    assert calm["findings"][1].answer == "Too early to tell: 0 of 50 did, 0.5 expected."
    assert (calm["rows"][0]["var"], calm["rows"][0]["es"]) == ("10,000.00", "12,500.00")


def test_gains_stand_beside_their_values_at_risk(portfolios):
    """In percent of the positions, a bar a night, and a dot where the loss was beyond."""
    charts = portfolio_charts(portfolios)
    assert set(charts) == {"portfolio-0", "portfolio-1"}
    gains, lower, _, beyond = charts["portfolio-0"]["marks"]
    nights = [one for one in portfolios.score.outcomes if one.state == "came" and one.ahead == 1]
    nights = [one for one in nights if one.record.risk.portfolio == HOSTILE[0]]
    expected = [100 * one.gain / one.exposure for one in nights]
    assert gains["y"] == pytest.approx(expected, rel=1e-4)
    assert charts["portfolio-0"]["x"] == [one.record.risk.cutoff for one in nights]
    dots = [None if gain > limit else gain
            for gain, limit in zip(gains["y"], lower["y"], strict=True)]  # fmt: skip
    assert beyond["y"] == dots
    assert {dot is None for dot in dots} == {True, False}
    assert [mark["kind"] for mark in charts["portfolio-1"]["marks"]] == ["bars", "line", "line"]


def test_tonight_is_shown_until_it_is_recorded(portfolios):
    """A new portfolio has what it may lose, and nothing to judge; a recorded night stays."""
    prices = prices_of({"A": np.arange(5.0) + 10}, "2024-05-01")
    new = night_of(prices, {"A": 3.0}, "new", 7.0)
    last = max(one.record.risk.cutoff for one in portfolios.score.outcomes)
    again = replace(night_of(prices, {"A": 9.0}, "calm", 1.0), cutoff=last)
    section = portfolio_section(replace(portfolios, tonight=(new, again)))
    assert (section["nights"], section["outcomes"]) == ("103 nights", "154 outcomes")
    calm, other = section["each"][1:]
    assert calm["rows"][0]["var"] == "10,000.00"
    assert (other["name"], other["rows"][0]["var"]) == ("new", "7.00")
    assert other["findings"][0].answer == "Too early to tell: none is known."
    assert "portfolio-2" not in portfolio_charts(replace(portfolios, tonight=(new, again)))
    alone = PageContent("F", portfolios=replace(
        portfolios, score=PortfolioScore(portfolios.score.records, [], []), tonight=(new,)
    ))  # fmt: skip
    text = html_page(alone).decode()
    assert "1 night</button> of portfolios was recorded" in text
    assert not any(name.startswith("portfolio") for name in data_of(text.encode())["charts"])
