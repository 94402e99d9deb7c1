"""From bytes to UTF-8: what a BOM, the bytes themselves or the words of the header prove."""

import codecs
import re
from dataclasses import dataclass

from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.vocabulary.column_names import DATES, OTHERS, PRICES, SYMBOLS, bare_name

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_LEGACY = ("cp1252", "cp1250", "cp1254", "cp1251", "cp1257", "cp932", "gb18030", "euc_kr", "big5")
_HEAD = 4096  # bytes at the start that hold the header
_MOSTLY = 4  # bytes of signs in UTF-8 for each byte that is not
_CELL_ENDS = re.compile(r'[,;|\t\n\r"]')
_FOREIGN_NAMES = frozenset(
    name for names in (DATES, PRICES, SYMBOLS, OTHERS) for name in names if not name.isascii()
)


@dataclass(frozen=True)
class Decoded:
    """UTF-8 bytes, the encoding they were in, and why it is that one."""

    data: bytes
    encoding: str
    evidence: str
    guessed: bool = False  # whether nothing proves the encoding


def to_utf8(data: bytes, name: str, requested: str | None) -> Decoded:
    """Decode the bytes of a text.

    Raises DataError where no encoding fits, UsageError where `requested` is not one.
    """
    if requested is not None:
        return decode_as(data, name, requested)
    for bom, codec, label in _BOMS:
        if data.startswith(bom):
            try:
                text = data[len(bom) :].decode(codec).encode()
            except UnicodeError as error:
                raise DataError(f"{name}: damaged {label} text; fetch the file again") from error
            return Decoded(text, label, "byte order mark at the start")
    if data.isascii() and b"\0" not in data:
        return Decoded(data, "ascii", "no byte above 127")
    if (without_bom := _utf16_without_bom(data)) is not None:
        return without_bom
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse_few_bytes(data, name, error.start)
        return _legacy(data, name, error.start)
    return Decoded(data, "utf-8", "valid UTF-8")


def decode_as(data: bytes, name: str, requested: str) -> Decoded:
    """Decode by the encoding that the user names."""
    try:
        codec = codecs.lookup(requested)
        text = data.decode(requested)
    except (LookupError, ValueError) as error:
        if not isinstance(error, UnicodeDecodeError):
            raise UsageError(
                f"{setting('encoding')} {requested!r} is not known; try cp1252 or utf-16"
            ) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{name}, line {line}: not {requested} text; choose {setting('encoding')}"
        ) from error
    return Decoded(
        text.removeprefix("\ufeff").encode(errors="replace"), codec.name, setting("encoding")
    )


def _utf16_without_bom(data: bytes) -> Decoded | None:
    """Read UTF-16 that lacks its mark, recognised by a zero in every second byte."""
    head = data[: _HEAD // 2 * 2]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[first::2].count(0)
        if len(head) >= 8 and len(data) % 2 == 0 and zeros > 0.9 * len(head) / 2:
            try:
                text = data.decode(codec)
            except UnicodeError:
                return None
            if "\0" not in text:
                return Decoded(text.encode(), codec, "every second byte is zero")
    return None


def refuse_few_bytes(data: bytes, name: str, start: int) -> None:
    """Refuse text that is UTF-8 but for a few bytes, which another encoding would garble."""
    text = data.decode("utf-8", errors="replace")
    undecoded = text.count("\ufffd")
    signs = len(data) - undecoded - (sum(map(text.count, map(chr, range(128)))))
    if signs > _MOSTLY * undecoded:
        line = data.count(b"\n", 0, start) + 1
        raise DataError(
            f"{name}, line {line}: a byte that is not UTF-8, as the rest of the file is;"
            f" mend that line, or name the encoding with {setting('encoding')}"
        )


def _legacy(data: bytes, name: str, start: int) -> Decoded:
    """Read text that is not UTF-8 by the encoding that makes known words of its header.

    Without such words, Windows-1252 is taken where every byte has a meaning in it; else what is
    not ASCII stays undecoded, which does no harm outside the needed columns.
    """
    scores = {codec: _listed_names(data[:_HEAD], codec) for codec in _LEGACY}
    for codec in sorted(_LEGACY, key=lambda codec: -len(scores[codec])):
        if (words := scores[codec]) or codec == "cp1252":
            try:
                text = data.decode(codec).encode()
            except UnicodeDecodeError:
                continue
            if words:
                evidence = f"not UTF-8, and the header reads {', '.join(words[:3])}"
                return Decoded(text, codec, evidence)
            return Decoded(text, codec, "not UTF-8; the usual one of Windows", guessed=True)
    return ascii_only(data, name, start)


def _listed_names(head: bytes, codec: str) -> list[str]:
    """Return the names of columns in the head that the vocabulary lists and are not ASCII."""
    cells = _CELL_ENDS.split(head.decode(codec, errors="replace"))
    return [cell.strip() for cell in dict.fromkeys(cells) if bare_name(cell) in _FOREIGN_NAMES]


def ascii_only(data: bytes, name: str, start: int) -> Decoded:
    """Read what is ASCII in a text of few other lines, the rest as a mark of undecoded letters."""
    lines = data.splitlines()
    foreign = sum(not line.isascii() for line in lines)
    if b"\0" in data or 2 * foreign >= len(lines):
        line = data.count(b"\n", 0, start) + 1
        if b"\0" in data:
            raise DataError(f"{name}, line {line}: binary data, not a CSV file; give price files")
        raise DataError(
            f"{name}, line {line}: neither UTF-8 nor Windows-1252 text;"
            f" say which with {setting('encoding')}, such as cp932 or gb18030"
        )
    text = data.decode("ascii", errors="replace").encode()
    return Decoded(text, "ascii", f"but for {foreign} lines in an unknown encoding", guessed=True)
