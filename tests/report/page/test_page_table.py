"""Tables of the page: their frame, and the columns that are worth showing."""

import html5lib
from pages import forecasts_of

from rnncli.report.page import html_page
from rnncli.report.page.content import PageContent
from rnncli.report.page.page_table import Cell, column, page_table

XHTML = "{http://www.w3.org/1999/xhtml}"


def headings(page):
    """The headings of the table of forecasts, in order."""
    tree = html5lib.HTMLParser(strict=True).parse(page.decode())
    (table,) = [node for node in tree.iter(f"{XHTML}table") if node.get("id") == "table"]
    heads = [node for node in table.iter(f"{XHTML}th") if node.get("scope") == "col"]
    return ["".join(node.itertext()).replace("\xa0", " ") for node in heads]


def test_a_column_in_which_nothing_stands_is_left_out():
    """Dashes and blanks alone; one number keeps it, and the names of rows are never left out."""
    made = page_table(
        "scores",
        [
            column("symbol", "Symbol", ["", ""], "name"),
            column("p", "p", ["\N{EN DASH}", ""]),
            column("mae", "MAE", ["\N{EN DASH}", 1.5]),
            column("care", "Careful", [Cell("", sort=0), Cell("", sort=0)], "text"),
        ],
    )
    assert [one.title for one in made.columns] == ["Symbol", "MAE"]
    assert [[cell.text for cell in cells] for _, cells in made.rows()] == [
        ["", "\N{EN DASH}"], ["", "1.5"],
    ]  # fmt: skip


def test_a_table_without_rows_keeps_its_headings():
    """They say what would stand there."""
    made = page_table("scores", [column("symbol", "Symbol", [], "name"), column("p", "p", [])])
    assert [one.title for one in made.columns] == ["Symbol", "p"]
    assert list(made.rows()) == []


def test_the_range_stands_beside_the_last_price():
    """What a telephone shows of a wide table; nothing to be careful with, no such column."""
    shown = headings(html_page(PageContent("F", forecasts=forecasts_of("AB"))))
    assert shown[:4] == ["Symbol", "Last price", "80 % range", "80 % width"]
    assert not {"Careful", "Against usual", "Class"} & set(shown)
    few = headings(html_page(PageContent("F", forecasts=forecasts_of("AB", rows=40))))
    assert few[4] == "Careful"
