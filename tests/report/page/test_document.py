"""The page as a file: valid, self-contained, strict about scripts, and always the same."""

import base64
import hashlib
import re

import html5lib
import pytest
from pages import HOSTILE, data_of, forecasts_of, whole_page

from rnncli.report.page import html_page
from rnncli.report.page.content import PageContent
from rnncli.report.page.definitions import DEFINITIONS

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def page():
    """The page of two symbols."""
    return html_page(whole_page())


def tree_of(page):
    """The page as a strict parser reads it; any fault of its HTML is an exception."""
    return html5lib.HTMLParser(strict=True).parse(page.decode())


def texts_of(tree, tag):
    """The text of every element of a tag."""
    return ["".join(node.itertext()) for node in tree.iter(f"{XHTML}{tag}")]


def test_the_page_is_valid_html_with_the_sections_that_it_has(page):
    """A strict parser takes it; a page of forecasts alone lacks the other sections."""
    titles = ["Summary", "Forecasts", "May I trust it?", "Definitions"]
    assert texts_of(tree_of(page), "h2") == titles
    alone = html_page(PageContent("Forecast", forecasts=forecasts_of(["A"])))
    assert texts_of(tree_of(alone), "h2") == ["Summary", "Forecasts", "Definitions"]


def test_a_section_that_cannot_be_had_says_why():
    """A reason in place of the back-test."""
    missing = {"trust": "there are too few rows"}
    alone = PageContent("Forecast", forecasts=forecasts_of(["A"]), missing=missing)
    assert "It was not tested: there are too few rows." in html_page(alone).decode()


def test_the_same_results_give_the_same_bytes(page):
    """No date of today, no random name, no order of a set."""
    assert html_page(whole_page()) == page


def test_the_page_asks_for_nothing_from_elsewhere(page):
    """No address in any attribute but places of the page itself."""
    for node in tree_of(page).iter():
        for name, value in node.attrib.items():
            assert name not in {"src", "srcset", "action", "style", "onclick", "onload"}
            assert name != "href" or value.startswith("#")
            assert "://" not in value
            assert not value.startswith("//")
    assert "url(" not in page.decode()
    assert "@import" not in page.decode()


def test_the_policy_allows_the_style_and_the_script_of_the_page_alone(page):
    """By the digests of what stands in it."""
    text = page.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    script = re.findall("<script>(.*?)</script>", text, re.DOTALL)[-1]
    digests = {
        kind: base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        for kind, body in (("style-src", style), ("script-src", script))
    }
    assert parts["default-src"] == "'none'"
    assert {kind: parts[kind] for kind in digests} == {
        kind: f"'sha256-{digest}'" for kind, digest in digests.items()
    }


def test_hostile_names_are_text():
    """Of symbols, files, the title and warnings; what turns text around is made visible."""
    content = whole_page(HOSTILE)
    page = html_page(
        PageContent(
            HOSTILE[0], HOSTILE, tuple(HOSTILE), content.forecasts, content.backtest,
            missing={"gradients": HOSTILE[1]},
        )
    )  # fmt: skip
    tree = tree_of(page)
    assert [len(list(tree.iter(f"{XHTML}{tag}"))) for tag in ("script", "img")] == [2, 0]
    shown = texts_of(tree, "th")
    for name in HOSTILE:
        assert name.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066") in shown
    assert {row[0] for row in data_of(page)["fans"]["symbols"]} <= set(shown)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.decode())


def test_every_number_has_a_definition(page):
    """Each heading and term names one that is in the list at the end, which has no others."""
    tree = tree_of(page)
    named = {node.get("data-def") for node in tree.iter() if node.get("data-def")}
    assert len(named) > 10
    assert named <= set(DEFINITIONS)
    listed = {node.get("id") for node in tree.iter(f"{XHTML}dt")}
    defined = {name for name in listed if name and name.startswith("def-")}
    assert defined == {f"def-{key}" for key in named} > {"def-pit", "def-band"}
    for table in tree.iter(f"{XHTML}table"):
        heads = [node for node in table.iter(f"{XHTML}th") if node.get("scope") == "col"]
        assert heads
        assert all(node.get("data-def") for node in heads)


def test_the_worst_misses_lead_to_the_forecast_of_their_symbol(page):
    """By the number of its row in the table of forecasts, which is that of its fan chart."""
    tree = tree_of(page)
    (misses,) = [n for n in tree.iter() if n.get("aria-label") == "Worst misses"]
    links = [n for n in misses.iter() if n.get("data-open")]
    assert len(links) == len(list(misses.iter(f"{XHTML}tr"))) - 1
    assert {(n.text, n.get("data-open")) for n in links} <= {("A", "0"), ("B", "1")}


def test_a_page_of_many_symbols_is_small():
    """Half the rows of the past are left out where there are ten thousand."""
    sizes = {
        n: len(
            html_page(PageContent("F", forecasts=forecasts_of([f"S{k}" for k in range(n)], 120)))
        )
        for n in (1, 201)
    }
    each = (sizes[201] - sizes[1]) / 200
    assert 500 * each < 2_000_000
    assert (
        len(
            data_of(html_page(PageContent("F", forecasts=forecasts_of(["S"], 120))))["fans"][
                "symbols"
            ][0][3]
        )
        == 90
    )


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2.1)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_lines_stand_out_in_both_themes(page):
    """Text by 4.5 to 1 on either background (WCAG AA)."""
    themes = re.findall(r":root \{(.*?)\}", page.decode(), re.DOTALL)
    assert len(themes) == 3  # light, dark, print
    for theme in themes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", theme))
        full = {k: v if len(v) == 7 else "#" + "".join(2 * c for c in v[1:])
                for k, v in colours.items()}  # fmt: skip
        for back in ("back", "panel"):
            for name in ("ink", "soft", "main", "other", "third", "good", "fair", "poor"):
                assert contrast(full[name], full[back]) >= 4.5, (name, back)
