"""Foreign text made harmless: in a terminal, in a spreadsheet, in Rich; and shared sentences."""

import os
import re

SANITY = "Validation days also chose the weights, so this is a sanity check, not evidence of skill."
# control (C0, DEL, C1), soft hyphen, zero-width and bidirectional marks, line separators,
# byte order mark, lone surrogates (undecodable bytes of a file name), tags
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_FORMULA = ("=", "+", "-", "@", "\t")


def safe(text: str) -> str:
    r"""`text` with control, escape and bidirectional characters made visible, as \x1b."""
    if text.isprintable():  # nearly every text, and none of the characters above is
        return text
    return re.sub(
        _HIDDEN, lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text
    )


def cell(text: str) -> str:
    """A text cell of CSV: harmless, and no formula to a spreadsheet; reading removes the quote."""
    shown = safe(text)
    return f"'{shown}" if text.startswith(_FORMULA) else shown


def ascii_wanted() -> bool:
    """Whether only ASCII is sure to be shown, although Python would encode other characters."""
    return os.environ.get("LC_ALL") in {"C", "POSIX"} or os.environ.get("TERM") == "linux"
