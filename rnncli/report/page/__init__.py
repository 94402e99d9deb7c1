"""Results as one HTML page that needs no network: tables, charts, definitions, a verdict.

A `PageContent` goes in, which holds the results of other commands; the bytes of a page come out.
Sections without a result are left out, or say why. The page asks nothing of a server: a
Content-Security-Policy allows its own script and style, by their hashes, and nothing else.

    content      what a page is made of
    definitions  the terms that the page explains
    page_table   a table, without its empty columns
    formats      numbers and texts as the page shows them
    charts       charts as data, which the script of the page draws
    summary      section: what was read, and the findings
    outlooks     section: forecasts, a row and a fan chart for each symbol
    scores       the scores of a back-test
    months       in which months ranges held
    trust_tables tables of a back-test
    trust_charts its charts
    trust        section: may I trust it? scores of a back-test
    network      section: the model, its training, its gradients
    unrolled     section: a small network unrolled, played step by step
    record       section: scores of recorded forecasts
    portfolios   section: recorded risks of portfolios
    document     the page put together
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.report.page.content import PageContent, SymbolForecasts
    from rnncli.report.page.document import html_page

__all__ = ["PageContent", "SymbolForecasts", "html_page"]

__getattr__, __dir__ = lazy(
    __name__,
    {"content": ("PageContent", "SymbolForecasts"), "document": ("html_page",)},
)
