"""From an input as the user named it to clean UTF-8 text, or a refusal that says what was seen."""

import os
import re
import stat
import sys
from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from rnncli.errors import DataError, MissingInputError, RnncliError, setting
from rnncli.prices.parsing.source.compression import PIECE, packing_of, unpack
from rnncli.prices.parsing.source.encoding import to_utf8
from rnncli.prices.parsing.source.limits import Limits, Meter
from rnncli.storage.near_path import path_remedy
from rnncli.storage.reading import PipeReader, is_named_pipe

_MARKUP = re.compile(
    rb"<(!doctype|!--|\?xml|html|head|body|svg|table|div|rss|error|script)", re.IGNORECASE
)
_SQL = re.compile(
    rb"^(insert into|create table|copy \S+ .*from stdin|begin transaction)",
    re.IGNORECASE | re.MULTILINE,
)
_SEP_LINE = re.compile(rb'"?sep=([,;|\t ])"?[ \t]*\n', re.IGNORECASE)
_INNER_BOM = b"\n\xef\xbb\xbf"  # of a file that was joined to another


class Readable(Protocol):
    """What gives bytes in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Text:
    """The text of one input: UTF-8 without BOM, every line ended by a single newline."""

    name: str
    data: bytes
    encoding: str
    delimiter: str | None = None  # as a first line such as "sep=;" says
    first_line: int = 1
    evidence: str = ""  # for the encoding
    guessed: bool = False  # whether nothing proves it


def read_text(
    path: str,
    name: str,
    stdin: Readable | None = None,
    encoding: str | None = None,
    limits: Limits | None = None,
) -> Text:
    """Read, unpack and decode one input; `-` is standard input.

    Raises MissingInputError where it cannot be opened, DataError where it is not text.
    """
    limits = limits or Limits()
    if path == "-":
        packed = read_all(stdin if stdin is not None else sys.stdin.buffer, name, limits)
    else:
        packed = read_path(path, name, limits)
    return decode(unpack(packed, name, limits), name, encoding)


def read_path(path: str, name: str, limits: Limits) -> bytes:
    """Return the bytes of a file or a named pipe."""
    try:
        status = os.stat(path)
        mode = status.st_mode
        if stat.S_ISDIR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
            raise MissingInputError(
                f"{name}: not a regular file; give a CSV file or a folder of them"
            )
        if stat.S_ISREG(mode) and status.st_size > limits.text:
            raise DataError(limits.too_much(name))
        if is_named_pipe(path, mode):
            return read_all(PipeReader(path, limits.silence), name, limits)
        with open(path, "rb") as stream:
            if stat.S_ISREG(mode) and status.st_size:
                return stream.read()
            return read_all(stream, name, limits)
    except TimeoutError as error:
        raise MissingInputError(
            f"{name}: {error.strerror}; write into it first, or raise {setting('limits')}"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = path_remedy(path) if isinstance(error, FileNotFoundError) else "check the path"
        raise MissingInputError(f"cannot be read ({reason})", place=name, remedy=remedy) from error


def symbol_for_file(fault: RnncliError, symbols: Container[str]) -> RnncliError:
    """The fault of a file that was not read, reworded where it is the symbol of another file."""
    name = fault.place
    if not isinstance(fault, MissingInputError) or name is None or name not in symbols:
        return fault
    if os.path.lexists(name):
        return fault
    return MissingInputError(
        "is a symbol, not a file", place=name, remedy=f"write {setting('symbols', name)}"
    )


def read_all(stream: Readable, name: str, limits: Limits) -> bytes:
    """Read in pieces, so that an endless stream stops at a limit."""
    pieces: list[bytes] = []
    meter = Meter(name, limits)
    while piece := stream.read(PIECE):
        pieces.append(piece)
        if len(pieces) == 1 and (packing_of(piece) or piece[4:9] == b"\0\0\0\0{"):
            meter = Meter(name, limits.packed())
        elif len(pieces) == 1 and len(piece) >= PIECE // 16:
            refuse_binary(piece, name)
        if fault := meter.fault(piece):
            raise DataError(fault)
    return b"".join(pieces)


def refuse_binary(piece: bytes, name: str) -> None:
    """Stop an endless device at once: more zeros than UTF-32 has are not text."""
    if piece.count(b"\0\0\0\0") or (b"\0" in piece and piece.count(b"\0") < len(piece) // 8):
        line = piece.count(b"\n", 0, piece.find(b"\0")) + 1
        raise DataError(f"{name}, line {line}: binary data, not a CSV file; give price files")


def decode(data: bytes, name: str, encoding: str | None = None) -> Text:
    """Bring the bytes to UTF-8 with plain newlines.

    Raises DataError for what is not delimited text: binary, markup, JSON, a Git LFS pointer.
    """
    decoded = to_utf8(data, name, encoding)
    data = decoded.data
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = data.removesuffix(b"\x1a").replace(_INNER_BOM, b"\n")
    refuse_foreign(data, name)
    marked = _SEP_LINE.match(data)
    delimiter = marked and marked.group(1).decode("latin-1")
    start, line = (marked.end(), 2) if marked else (0, 1)
    return Text(
        name,
        data[start:] if start else data,
        decoded.encoding,
        delimiter,
        line,
        decoded.evidence,
        decoded.guessed,
    )


def refuse_foreign(data: bytes, name: str) -> None:
    """Refuse text that is not a table: empty, binary, markup, JSON, SQL, a Git LFS pointer."""
    head = data[:4096].lstrip()
    if not head and not data.strip():
        raise DataError(f"{name}: the file is empty; fetch it again")
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise DataError(
            f"{name}, line {line}: a NUL byte, so this is binary data or damaged; fetch it again"
        )
    if head.startswith(b"version https://git-lfs"):
        raise DataError(f"{name}: a Git LFS pointer, not the data; run 'git lfs pull'")
    if _MARKUP.match(head):
        raise DataError(
            f"{name}, line 1: an HTML or XML page, not a CSV file; fetch the data itself"
        )
    if head.startswith((b"{", b"[")):
        raise DataError(f"{name}, line 1: JSON, not a CSV file; fetch the data as CSV")
    if (statement := _SQL.search(data[:4096])) is not None:
        line = data.count(b"\n", 0, statement.start()) + 1
        raise DataError(
            f"{name}, line {line}: an SQL dump, not a CSV file; export the table as CSV"
        )
