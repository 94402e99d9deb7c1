"""What `--html` and `report -o` ask for: refused early where it cannot be had, then written."""

import importlib.util
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rnncli.cli.messages import Messages
from rnncli.errors import UsageError
from rnncli.settings import HtmlSettings
from rnncli.storage.atomic import check_creatable, write_atomically

if TYPE_CHECKING:
    from rnncli.report.page.content import PageContent

OTHER_FORMS = (
    ".pdf", ".png", ".svg", ".jpg", ".csv", ".json", ".jsonl", ".parquet", ".txt", ".md", ".docx",
    ".xlsx",
)  # fmt: skip # endings of what is not a page


def check_page(option: str, path: str | None, inputs: Sequence[str | None]) -> None:
    """Refuse, before anything is read, a page that could not be made or written.

    `option`: the one that names the file; `inputs`: what may not be overwritten. A `path` of None
    is standard output. Raises UsageError, CannotCreateError.
    """
    ending = "" if path is None else os.path.splitext(path)[1].lower()
    if path is not None and ending in OTHER_FORMS:
        raise UsageError(f"{option} {path}: a page is HTML; name it {path[: -len(ending)]}.html")
    if importlib.util.find_spec("jinja2") is None:
        raise UsageError(f"{option}: a page needs an extra; run: pip install 'rnncli[report]'")
    if path is None:
        return
    taken = {os.path.realpath(one) for one in inputs if one not in (None, "-")}
    if os.path.realpath(path) in taken:
        raise UsageError(f"{option} {path}: is one of the inputs; name another file")
    check_creatable(path)


def check_html(wanted: HtmlSettings, inputs: Sequence[str | None]) -> None:
    """Refuse a page beside a result likewise, where one is wanted."""
    if wanted.html is not None:
        check_page("--html", wanted.html, inputs)


def write_page(path: str, content: "PageContent", messages: Messages) -> None:
    """Write a page. Raises CannotCreateError, WriteError."""
    from rnncli.report.page.document import html_page

    write_atomically(path, html_page(content))
    messages.note(f"wrote {path}")
