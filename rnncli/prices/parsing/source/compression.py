"""Undo compression, recognised by the first bytes of the data and never by the file's name."""

import bz2
import csv
import functools
import importlib
import io
import lzma
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

from rnncli.errors import DataError
from rnncli.prices.parsing.source.limits import Limits, Meter

PIECE = 1 << 20
WINDOW = 1 << 16  # packed bytes at once, since what is left of them after a part is copied
MEMBERS = 100_000  # parts of one file, of which a parallel packer makes one for 64 KiB
_PADDING = re.compile(b"\0*")
LEAST = 2  # bytes of a cell as text: a digit and what separates it

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
)
_FOREIGN = (
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; save it as CSV"),
    (b"%PDF", "a PDF document; fetch the data as CSV"),
    (b"\x89PNG", "a picture; fetch the data as CSV"),
    (b"\xff\xd8\xff", "a picture; fetch the data as CSV"),
    (b"GIF8", "a picture; fetch the data as CSV"),
    (b"\x89HDF", "HDF5; export it as CSV"),
    (b"SQLite format 3", "a SQLite database; export the table as CSV"),
    (b"ARROW1", "Arrow or Feather data; save it as Parquet or CSV"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
)
_TAR_AT = 257  # where a tar archive says what it is
_DAMAGED = (
    *(zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, ValueError, NotImplementedError, RuntimeError),
)
_DAMAGED_NAMES = ("BadZipFile", "ZstdError")  # of libraries that few files need
_ZSTD = ("compression.zstd", "backports.zstd")


class _Unpacker(Protocol):
    """What zlib, lzma, bz2 and zstd decompressors share."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def packing_of(head: bytes) -> str | None:
    """Which packing the first bytes announce."""
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bzip2"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def unpack(data: bytes, name: str, limits: Limits) -> bytes:
    """Undo gzip, xz, bzip2, zstd, zip or Parquet.

    Raises DataError where the packed data is damaged, cut off or larger than the limits.
    """
    packing = packing_of(data)
    if packing is None:
        refuse_foreign(data, name)
        return data
    if packing == "parquet":
        return parquet_as_csv(data, name, limits)
    try:
        unpack_all = unzip if packing == "zip" else unpack_stream
        unpacked = b"".join(unpack_all(data, name, packing, limits))
    except Exception as error:
        if not isinstance(error, _DAMAGED) and type(error).__name__ not in _DAMAGED_NAMES:
            raise
        raise DataError(
            f"{name}: damaged or unknown {packing} data ({error}); fetch the file again"
        ) from error
    refuse_foreign(unpacked, name)
    return unpacked


def refuse_foreign(data: bytes, name: str) -> None:
    """Refuse workbooks, archives, databases and model files, by their first bytes."""
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise DataError(f"{name}: {what}")
    if data[_TAR_AT : _TAR_AT + 5] == b"ustar":
        raise DataError(f"{name}: a tar archive; unpack it into a folder")
    if data[4:9] == b"\0\0\0\0{":
        raise DataError(
            f"{name}: is a model, not prices; name price files, or move it out of their folder"
        )


def unpack_stream(data: bytes, name: str, packing: str, limits: Limits) -> Iterator[bytes]:
    """Unpack one member after the other, each in pieces that are counted."""
    meter, packed, start = Meter(name, limits, len(data)), memoryview(data), 0
    for _ in range(MEMBERS):
        unpacker, rest, stop = _unpacker(packing, name), packed[:0], start
        while not unpacker.eof:
            if not rest and getattr(unpacker, "needs_input", True):  # zlib has no such attribute
                rest = packed[stop : stop + WINDOW]
                stop += len(rest)
            piece, rest = _next_piece(unpacker, rest)
            if not (piece or rest or unpacker.eof) and stop == len(data):
                raise DataError(f"{name}: the {packing} data is cut off; fetch the file again")
            if fault := meter.fault(piece):
                raise DataError(fault)
            yield piece
        start = _PADDING.match(data, stop - len(unpacker.unused_data)).end()  # type: ignore[union-attr]
        if start == len(data):
            return
        if packing_of(data[start : start + 16]) != packing:
            raise DataError(f"{name}: foreign bytes after the {packing} data; fetch the file again")
    raise DataError(f"{name}: more than {MEMBERS:,} parts in it; pack it as one")


def _unpacker(packing: str, name: str) -> _Unpacker:
    if packing == "gzip":
        return zlib.decompressobj(wbits=31)
    if packing == "zstd":
        return zstd_unpacker(name)
    return lzma.LZMADecompressor() if packing == "xz" else bz2.BZ2Decompressor()


def zstd_unpacker(name: str) -> _Unpacker:
    """Return what unpacks zstd data. Raises DataError where the extra is not installed."""
    for module in _ZSTD:
        try:
            unpacker: _Unpacker = importlib.import_module(module).ZstdDecompressor()
        except ImportError:
            continue
        return unpacker
    raise DataError(f"{name}: zstd data needs an extra; run: pip install 'rnncli[zst]'")


def _next_piece(unpacker: Any, rest: Any) -> tuple[bytes, Any]:
    """Return the next unpacked piece and the packed bytes still to feed."""
    if hasattr(unpacker, "needs_input"):  # all but zlib keep the rest themselves
        return unpacker.decompress(rest, max_length=PIECE), b""
    return unpacker.decompress(rest, PIECE), unpacker.unconsumed_tail


def unzip(data: bytes, name: str, packing: str, limits: Limits) -> Iterator[bytes]:
    """Return the one file in a zip archive, in pieces."""
    import zipfile  # noqa: PLC0415 - it takes long to load

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [item for item in archive.infolist() if not item.filename.endswith("/")]
        members = [item for item in files if not item.filename.startswith("__MACOSX/")]
        if any(item.filename.startswith("xl/") for item in members):
            raise DataError(f"{name}: an Excel workbook; save it as CSV")
        if len(members) != 1:
            raise DataError(
                f"{name}: a {packing} archive of {len(members)} files; unpack it into a folder"
            )
        if members[0].flag_bits & 1:
            raise DataError(f"{name}: an encrypted zip archive; unpack it first")
        meter = Meter(name, limits, len(data))
        with archive.open(members[0]) as stream:
            while piece := stream.read(PIECE):
                if fault := meter.fault(piece):
                    raise DataError(fault)
                yield piece


def parquet_as_csv(data: bytes, name: str, limits: Limits) -> bytes:
    """Return a Parquet file as CSV text, so that the same reader checks it."""
    try:
        arrow, parquet, text = (
            importlib.import_module(module)
            for module in ("pyarrow", "pyarrow.parquet", "pyarrow.csv")
        )
    except ImportError as error:
        raise DataError(
            f"{name}: Parquet data needs an extra; run: pip install 'rnncli[parquet]'"
        ) from error
    stream = io.BytesIO()
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
        groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > limits.text:
            raise DataError(limits.too_much(name))
        cells = file.metadata.num_rows * file.metadata.num_columns
        if fault := Meter(name, limits, len(data)).unpacks_to(cells * LEAST):
            raise DataError(fault)
        table = file.read()
        names = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
        csv.writer(names, lineterminator="\n").writerow(table.column_names)
        start, plain = stream.tell(), functools.partial(text.WriteOptions, include_header=False)
        try:  # text without quotes is read faster, and is the rule
            text.write_csv(table, stream, plain(quoting_style="none"))
        except arrow.ArrowInvalid:
            stream.seek(start)
            stream.truncate()
            text.write_csv(table, stream, plain(quoting_style="needed"))
        return stream.getvalue()
    except (arrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{name}: damaged Parquet data ({reason[:120]}); fetch it again") from error
