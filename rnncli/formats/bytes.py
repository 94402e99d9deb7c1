"""From an input as the user named it to clean UTF-8 text, or a refusal that says what was seen."""

import bz2
import codecs
import io
import lzma
import os
import re
import stat
import sys
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from rnncli.errors import DataError, MissingInputError

CAP = 4 << 30  # bytes of text, whatever it was packed into
NO_NEWLINE_CAP = 16 << 20  # an endless stream without a line end is no price file
PIECE = 1 << 22

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_MARKUP = re.compile(
    rb"<(!doctype|!--|\?xml|html|head|body|svg|table|div|rss|error|script)", re.IGNORECASE
)
_SEP_LINE = re.compile(rb'"?sep=([,;|\t])"?[ \t]*\n', re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """The text of one input: UTF-8 without BOM, every line ended by a single newline."""

    name: str
    data: bytes
    encoding: str
    delimiter: str | None = None  # as a first line such as "sep=;" says
    first_line: int = 1


class _Unpacker(Protocol):
    """What zlib, lzma and bz2 decompressors share."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def read_text(path: str, name: str, stdin: BinaryIO | None = None) -> Text:
    """Read, unpack and decode one input; `-` is standard input.

    Raises MissingInputError where it cannot be opened, DataError where it is no text.
    """
    if path == "-":
        packed = _read_all(stdin if stdin is not None else sys.stdin.buffer, name)
    else:
        packed = _read_path(path, name)
    return decode(unpack(packed, name), name)


def _read_path(path: str, name: str) -> bytes:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
            raise MissingInputError(
                f"{name}: not a regular file; give a CSV file or a folder of them"
            )
        with open(path, "rb") as stream:
            return _read_all(stream, name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MissingInputError(f"{name}: cannot be read ({reason}); check the path") from error


def _read_all(stream: BinaryIO, name: str) -> bytes:
    """Read in pieces, so that an endless stream stops at a cap."""
    pieces: list[bytes] = []
    total, seen_newline = 0, False
    while piece := stream.read(PIECE):
        pieces.append(piece)
        total += len(piece)
        packed = _packing(pieces[0]) is not None
        seen_newline = seen_newline or packed or b"\n" in piece or b"\r" in piece
        _check_size(total, seen_newline, name)
    return b"".join(pieces)


def _check_size(total: int, seen_newline: bool, name: str) -> None:
    if total > NO_NEWLINE_CAP and not seen_newline:
        raise DataError(
            f"{name}: no line end in the first {NO_NEWLINE_CAP >> 20} MiB; not a CSV file"
        )
    if total > CAP:
        raise DataError(f"{name}: more than {CAP >> 30} GiB of text; split the file")


def _packing(head: bytes) -> str | None:
    """Which compression the first bytes announce."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bzip2"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return None


def unpack(data: bytes, name: str) -> bytes:
    """Undo gzip, xz, bzip2 or zip, told by the first bytes and never by the file's name.

    Raises DataError where the packed data is damaged, cut off or larger than the cap.
    """
    packing = _packing(data)
    if packing is None:
        return data
    try:
        if packing == "zip":
            return _unzip(data, name)
        return _unpack_stream(data, packing, name)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{name}: damaged {packing} data ({error}); fetch the file again"
        ) from error


def _unpack_stream(data: bytes, packing: str, name: str) -> bytes:
    """Unpack one member after the other, each in pieces that are counted."""
    pieces: list[bytes] = []
    total, seen_newline = 0, False
    while data:
        unpacker, rest = _unpacker(packing), data
        while not unpacker.eof:
            piece, rest = _next_piece(unpacker, rest)
            if not piece and not rest and not unpacker.eof:
                raise DataError(f"{name}: the {packing} data is cut off; fetch the file again")
            pieces.append(piece)
            total += len(piece)
            seen_newline = seen_newline or b"\n" in piece or b"\r" in piece
            _check_size(total, seen_newline, name)
        data = unpacker.unused_data.lstrip(b"\0")
        if data and _packing(data) != packing:
            raise DataError(f"{name}: foreign bytes after the {packing} data; fetch the file again")
    return b"".join(pieces)


def _unpacker(packing: str) -> _Unpacker:
    if packing == "gzip":
        return zlib.decompressobj(wbits=31)
    return lzma.LZMADecompressor() if packing == "xz" else bz2.BZ2Decompressor()


def _next_piece(unpacker: _Unpacker, rest: bytes) -> tuple[bytes, bytes]:
    """Return the next unpacked piece and the packed bytes still to feed."""
    if isinstance(unpacker, lzma.LZMADecompressor | bz2.BZ2Decompressor):
        return unpacker.decompress(rest, max_length=PIECE), b""
    piece: bytes = unpacker.decompress(rest, PIECE)  # type: ignore[attr-defined]
    tail: bytes = unpacker.unconsumed_tail  # type: ignore[attr-defined]
    return piece, tail


def _unzip(data: bytes, name: str) -> bytes:
    """Return the one file in a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if any(item.filename.startswith("xl/") for item in members):
            raise DataError(f"{name}: an Excel workbook; save it as CSV")
        if len(members) != 1:
            raise DataError(
                f"{name}: a zip archive of {len(members)} files; unpack it into a folder"
            )
        if members[0].flag_bits & 1:
            raise DataError(f"{name}: an encrypted zip archive; unpack it first")
        try:
            with archive.open(members[0]) as stream:
                return _read_all(stream, name)  # type: ignore[arg-type]
        except (NotImplementedError, RuntimeError) as error:
            raise DataError(f"{name}: a zip archive of an unknown kind; unpack it first") from error


def decode(data: bytes, name: str) -> Text:
    """Bring the bytes to UTF-8 with plain newlines.

    Raises DataError for whatever is no delimited text: binary, markup, JSON, a Git LFS pointer.
    """
    data, encoding = _to_utf8(data, name)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_foreign(data, name)
    marked = _SEP_LINE.match(data)
    if marked is None:
        return Text(name, data, encoding)
    return Text(name, data[marked.end() :], encoding, marked.group(1).decode("latin-1"), 2)


def _to_utf8(data: bytes, name: str) -> tuple[bytes, str]:
    for bom, codec, label in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(codec).encode(), label
            except UnicodeError as error:
                raise DataError(f"{name}: damaged {label} text; fetch the file again") from error
    if data.isascii():
        return data, "ascii"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _from_windows(data, name, error.start)
    return data, "utf-8"


def _from_windows(data: bytes, name: str, start: int) -> tuple[bytes, str]:
    """Text that is not UTF-8 is read as Windows-1252, where every byte has a meaning there."""
    try:
        return data.decode("cp1252").encode(), "cp1252"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, start) + 1
        what = "binary data" if b"\0" in data else "neither UTF-8 nor Windows-1252 text"
        raise DataError(f"{name}, line {line}: {what}; save the file as UTF-8") from error


def _refuse_foreign(data: bytes, name: str) -> None:
    head = data[:4096].lstrip()
    if not head and not data.strip():
        raise DataError(f"{name}: the file is empty")
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise DataError(f"{name}, line {line}: a NUL byte; this is binary data, not a CSV file")
    if head.startswith(b"version https://git-lfs"):
        raise DataError(f"{name}: a Git LFS pointer, not the data; run 'git lfs pull'")
    if _MARKUP.match(head):
        raise DataError(f"{name}: an HTML or XML page, not a CSV file; fetch the data itself")
    if head.startswith((b"{", b"[")):
        raise DataError(f"{name}: JSON, not a CSV file; fetch the data as CSV")
