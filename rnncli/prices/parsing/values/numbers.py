"""Prices as written: plain, with currency signs, thousands separators, suffixes, decimal commas."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rnncli.prices.parsing.vocabulary.cell_words import CURRENCY, MISSING, SUFFIXES
from rnncli.prices.parsing.vocabulary.expression import expression

_RAISED = ("<super>", "<sub>", "<circle>", "<compat> 0028")
_DIGITS = {
    **{first + digit: str(digit) for first in (0x660, 0x6F0, 0x966, 0xE50) for digit in range(10)},
    0x66B: ".",
    0x66C: ",",
}  # the digits and marks of Arabic, Persian, Hindi and Thai
_DAGGERS = "\u2020\u2021\u00a7\u00b6"
_INVISIBLE = expression("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_POINT = expression(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_THOUSANDS = expression(r"[+-]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?", re.ASCII)
_COMMA = expression(
    r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+|[+-]?\d{1,3}(?:\.\d{3})+|[+-]?\d+", re.ASCII
)
_STYLES = (_POINT, _THOUSANDS, _COMMA)
_SPACED = expression(r"(?<=\d)['\u2019\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_UNIT = expression(rf"^([+-]?){CURRENCY}[\s\u00a0]*(?=[\d.+-])|(?<=\d)[\s\u00a0]*{CURRENCY}$")
_UNIT_NAME = expression(CURRENCY)
_NO_CENTS = expression(r"(?<=\d)[.,](?:--?|[\u2013\u2014])$")  # as in 1185.- and 1185,--
_SUFFIX = expression(
    r"(.*\d\.?)[\s\u00a0]?([KkMmBbTt]|bn|mn|Mio\.?|Mrd\.?|Md\.?)",
    can_fit=lambda text: not text[-1:].isdigit(),
)
_PLAIN_CELL = expression(r"[+-]?[\d.,]+ ?[%KMBTkmbt]?")
_COMMA_PROOF = expression(
    r"[+-]?(?:\d+,\d{1,2}|0,\d+|\d+,\d{4,}|\d{4,},\d+|[\d.]+\.\d{3},\d*|\d+(?:\.\d{3}){2,})"
)
_POINT_PROOF = expression(
    r"[+-]?(?:\d+\.\d{1,2}|0?\.\d+|\d+\.\d{4,}|\d{4,}\.\d+|[\d,]+,\d{3}\.\d*|\d+(?:,\d{3}){2,})"
)
_DOTTED = expression(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+", re.ASCII)
_UNGROUPED = expression(r"[+-]?\d{4,}(?:[.,]\d*)?", re.ASCII)
# of numbers whose decimal mark is m, and g the mark between thousands
_GROUPED = expression(r"[+-]?[1-9]\d{0,2}g\d{3}", re.ASCII)
_GROUPED_DECIMAL = expression(r"[+-]?[1-9]\d{0,2}(?:g\d{3})+(?:m\d+|g\d{3})", re.ASCII)
_UNGROUPED_DECIMAL = expression(r"[+-]?[1-9]\d{3,}m\d+", re.ASCII)
_ONE_LETTER = expression(r".*\d[.]?\s?[BbTtGg]")
_THIRTY_SECONDS = expression(r"\d{2,3}['\u2019](?:[0-2]\d|3[01])\d")
_EVENT = expression(
    r"(?:\$?\d+(?:\.\d+)?\s+)?(?:cash )?(?:dividends?|capital gains?|distributions?)"
    r"|\d+(?:\.\d+)?\s*[:/]\s*\d+(?:\.\d+)?\s+(?:stock )?splits?",
    re.IGNORECASE,
)
LONGEST = 100  # signs of a number at most
_RARE = 0.05  # of the cells at most: a series that goes below zero does so more often
_INFINITE = (float("inf"), float("-inf"))
_NO_DIGITS = str.maketrans("", "", "0123456789.,")
_DIGIT_ENDS = "0123456789."


def plain(cell: str) -> str:
    """Return a cell without what guards it, its signs of double width made usual ones."""
    text = cell.strip()
    if not text.isascii():
        text = _in_usual_signs(_without_notes(_INVISIBLE.sub("", text))).translate(_DIGITS)
    if text[:2] == '="' and text[-1] == '"':
        return text[2:-1]
    return text[1:] if text[:1] == "'" else text


def without_digits(cell: str) -> str:
    """Return what a cell has beside digits, points and commas: a unit, marks, words."""
    return cell.translate(_NO_DIGITS)


def without_raised(cell: str) -> str:
    """Return a cell without raised signs and daggers behind it."""
    return _without_notes(cell.strip())


def _without_notes(text: str) -> str:
    """Return a cell without the marks of footnotes behind it: raised or circled signs, daggers."""
    end = len(text)
    if not text or text.isascii():
        return text
    while end > 1 and (text[end - 1] in _DAGGERS or _is_raised(text[end - 1])):
        end -= 1
    return text[:end] if text[end - 1].isalnum() or text[end - 1] in ").%" else text


def _is_raised(sign: str) -> bool:
    return unicodedata.decomposition(sign).startswith(_RAISED)


def _in_usual_signs(text: str) -> str:
    """Return a text with signs of double width made usual ones; raised ones stay, no digits."""
    if any(map(_is_raised, text)):
        return text
    return unicodedata.normalize("NFKC", text).strip()


def is_missing(cell: str) -> bool:
    """Whether the cell is a usual mark of a missing value."""
    return cell.strip() in MISSING


def is_currency(cell: str) -> bool:
    """Whether the cell is nothing but a currency."""
    return _UNIT_NAME.fullmatch(cell.strip()) is not None


def is_event(cell: str) -> bool:
    """Whether the cell tells of a dividend or a split, as web tables do between the prices."""
    return len(cell) <= LONGEST and _EVENT.fullmatch(cell.strip()) is not None


def has_suffix(cell: str) -> bool:
    """Whether a letter after the digits stands for thousands, millions or more."""
    return _without_suffix(_bare(cell))[1] > 0


def has_quote_mark(cell: str) -> bool:
    """Whether a price has one letter behind it, which may say what kind of quote it is."""
    return len(cell) <= LONGEST and _ONE_LETTER.fullmatch(cell.strip()) is not None


def may_be_thirty_seconds(cells: Iterable[str]) -> bool:
    """Whether all cells may be points and 32nds of one, as 110'165, and none shows otherwise."""
    filled = [cell.strip() for cell in cells if not is_missing(cell)]
    return bool(filled) and all(_THIRTY_SECONDS.fullmatch(cell) for cell in filled)


def doubtful_bracket(cells: Sequence[str], values: Sequence[float]) -> int | None:
    """Return the first number in round brackets that may be an estimate rather than below zero.

    Few cells are in brackets then, and the others, above zero, are as large.
    """
    bracketed = [i for i, cell in enumerate(cells) if cell[:1] == "(" and values[i] < 0]
    others = [value for value in values if value > 0]
    if not bracketed or not others or len(bracketed) > max(1, _RARE * len(cells)):
        return None
    least, most = min(others), max(others)
    return next((i for i in bracketed if least <= -values[i] <= most), None)


def is_number(cell: str) -> bool:
    """Whether the cell reads as a number in any of the known styles."""
    if cell.isascii() and not any(map(str.isdigit, cell)):
        return False  # in no style: none of them is compiled for words
    bare, _ = _without_suffix(_bare(cell))
    return len(bare) <= LONGEST and any(style.fullmatch(bare) for style in _STYLES)


def unit_of(cell: str) -> str:
    """Return the currency sign or the percent sign of a cell, empty where it has none."""
    text = cell.strip()
    if text[-1:] == "%":
        return "%"
    if text[-1:] in _DIGIT_ENDS and text[:1] in _DIGIT_ENDS:
        return ""
    unit = _UNIT.search(text.strip("()+-"))
    name = unit and _UNIT_NAME.search(unit.group())
    return name.group().rstrip(".") if name else ""


def _bare(cell: str) -> str:
    """Return the cell without currency and percent signs and spaces between thousands."""
    text = cell.strip()
    if len(text) > LONGEST or _POINT.fullmatch(text):
        return text
    text = plain(text)
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1].strip()}"
    text = text.replace("\u2212", "-").removesuffix("%").rstrip()
    text = _SPACED.sub("", _UNIT.sub(r"\1", text)).strip()
    text = _NO_CENTS.sub("", text)
    if text[-1:] == "-" and text[:-1]:
        text = f"-{text[:-1]}"  # as bookkeeping programs write it
    return text


def _without_suffix(bare: str) -> tuple[str, int]:
    """Return the digits, and the power of ten that a suffix such as K or M stands for."""
    match = None if len(bare) > LONGEST else _SUFFIX.fullmatch(bare)
    if match is None:
        return bare, 0
    return match[1], SUFFIXES[match[2].rstrip(".").lower()]


def decimal_mark(cells: Iterable[str]) -> str | None:
    """Return the decimal mark the cells prove: `.`, `,`, `both` if they contradict, else None."""
    return decimal_proof(cells)[0]


def decimal_proof(cells: Iterable[str]) -> tuple[str | None, str]:
    """Return the decimal mark the cells prove, and the first cell that does."""
    point = comma = ""
    for cell in cells:
        bare = _bare(cell)
        if len(bare) <= LONGEST and _PLAIN_CELL.fullmatch(bare):
            bare = bare.rstrip("%KMBTkmbt ")
            comma = comma or (cell if _COMMA_PROOF.fullmatch(bare) else "")
            point = point or (cell if _POINT_PROOF.fullmatch(bare) else "")
    if point and comma:
        return "both", point
    return ((".", point) if point else (",", comma)) if point or comma else (None, "")


def ungrouped_beside_grouped(cells: Iterable[str], mark: str | None) -> str:
    """Return a cell such as 12,000 beside 1200.00, where commas part no thousands; else nothing."""
    if mark not in {".", ","}:
        return ""
    other = "," if mark == "." else "."
    grouped, has_ungrouped = "", False
    for cell in cells:
        plain = _bare(cell).replace(other, "g").replace(mark, "m")
        if _GROUPED_DECIMAL.fullmatch(plain):
            return ""
        has_ungrouped = has_ungrouped or _UNGROUPED_DECIMAL.fullmatch(plain) is not None
        grouped = grouped or (cell if _GROUPED.fullmatch(plain) else "")
    return grouped if has_ungrouped else ""


def may_be_thousands(cells: Iterable[str], beside: Iterable[str], sign: str = ".") -> bool:
    """Whether every such sign of the column may separate thousands, given the cells beside it."""
    dotted = False
    for cell in cells:
        bare = _bare(cell)
        if sign in bare and not is_missing(cell):
            if not _DOTTED.fullmatch(bare):
                return False
            dotted = True
        elif _UNGROUPED.fullmatch(bare):
            return False
    return dotted and not any(_UNGROUPED.fullmatch(_bare(cell)) for cell in beside)


def mostly_end_round(cells: Iterable[str]) -> bool:
    """Whether most cells with a point or a comma end in 0 or 5."""
    marked = [bare for cell in cells if re.search("[.,]", bare := _bare(cell))]
    return 2 * sum(bare[-1] in "05" for bare in marked) > len(marked)


def parse(cells: Sequence[str], mark: str) -> tuple[list[float], int | None]:
    """Return the cells as floats, NaN for missing, and the index of the first bad one.

    Text, inf and numbers too large for a float are bad. A percent sign changes nothing.
    """
    values: list[float] = []
    for index, cell in enumerate(cells):
        if mark == "." and len(cell) <= LONGEST and _POINT.fullmatch(cell):
            value: float | None = float(cell)
        else:
            value = float("nan") if is_missing(cell) else _to_float(_bare(cell), mark)
        if value is None or value in _INFINITE:
            return values, index
        values.append(value)
    return values, None


def _to_float(bare: str, mark: str) -> float | None:
    """Return the number, None where the text is not a number in this style."""
    digits, power = _without_suffix(bare)
    if len(digits) > LONGEST:
        return None
    if mark == "," and _COMMA.fullmatch(digits):
        plain = digits.replace(".", "").replace(",", ".")
    elif mark == "." and _POINT.fullmatch(digits):
        plain = digits
    elif mark == "." and _THOUSANDS.fullmatch(digits):
        plain = digits.replace(",", "")
    else:
        return None
    if power and "e" in plain.lower():
        return None
    return float(f"{plain}e{power}" if power else plain)
