"""Prices as written: plain, with currency signs, thousands separators or decimal commas."""

import re
from collections.abc import Iterable, Sequence

MISSING = frozenset(
    (
        *("", "null", "NULL", "Null", "NaN", "nan", "NAN", "N/A", "n/a", "NA", "#N/A", "#NA"),
        *("-", "--", ".", "None", "none", "\u2013", "\u2014"),
    )
)

_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?", re.ASCII)
_COMMA = re.compile(
    r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+|[+-]?\d{1,3}(?:\.\d{3})+|[+-]?\d+", re.ASCII
)
_SPACED = re.compile(r"(?<=\d)['\u2019\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_SIGNS = re.compile("[$\u20ac\u00a3\u00a5\u20b9]")
_PLAIN_CELL = re.compile(r"[+-]?[\d.,]+ ?[%KMBTkmbt]?")
_COMMA_PROOF = re.compile(r"[+-]?(?:\d+,\d{1,2}|0,\d+|\d+,\d{4,}|[\d.]+\.\d{3},\d*)")
_POINT_PROOF = re.compile(
    r"[+-]?(?:\d+\.\d{1,2}|0?\.\d+|\d+\.\d{4,}|[\d,]+,\d{3}\.\d*|\d+(?:,\d{3}){2,})"
)


def is_missing(cell: str) -> bool:
    """Whether the cell is one of the usual ways to write that there is no value."""
    return cell.strip() in MISSING


def is_number(cell: str) -> bool:
    """Whether the cell reads as a number in any of the known styles."""
    bare = _bare(cell)
    return any(style.fullmatch(bare) for style in (_POINT, _THOUSANDS, _COMMA))


def _bare(cell: str) -> str:
    """Return the cell without currency signs, blanks and spaces between thousands."""
    text = _SPACED.sub("", _SIGNS.sub("", cell).strip())
    return f"-{text[1:-1]}" if text.startswith("(") and text.endswith(")") else text


def decimal_mark(cells: Iterable[str]) -> str | None:
    """Return the decimal mark the cells prove: `.`, `,`, `both` if they contradict, else None."""
    point = comma = False
    for cell in cells:
        bare = _bare(cell)
        if _PLAIN_CELL.fullmatch(bare):
            bare = bare.rstrip("%KMBTkmbt ")
            comma = comma or _COMMA_PROOF.fullmatch(bare) is not None
            point = point or _POINT_PROOF.fullmatch(bare) is not None
    if point and comma:
        return "both"
    return "." if point else "," if comma else None


def parse(cells: Sequence[str], mark: str) -> tuple[list[float], int | None]:
    """Return the cells as floats, NaN for missing, and the index of the first bad one.

    Text, inf and numbers too large for a float are bad.
    """
    values: list[float] = []
    for index, cell in enumerate(cells):
        value = float("nan") if is_missing(cell) else _to_float(_bare(cell), mark)
        if value is None:
            return values, index
        values.append(value)
    return values, None


def _to_float(bare: str, mark: str) -> float | None:
    """One number, or None where it is none in this style."""
    if mark == "," and _COMMA.fullmatch(bare):
        value = float(bare.replace(".", "").replace(",", "."))
    elif mark == "." and _POINT.fullmatch(bare):
        value = float(bare)
    elif mark == "." and _THOUSANDS.fullmatch(bare):
        value = float(bare.replace(",", ""))
    else:
        return None
    return value if abs(value) < float("inf") else None
