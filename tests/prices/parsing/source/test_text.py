"""Inputs become clean UTF-8 text, or are refused with what was seen."""

import bz2
import gzip
import io
import lzma
import os
import sys
import threading
import zipfile

import numpy as np
import pytest

from rnncli.errors import DataError, MissingInputError
from rnncli.prices.parsing.source import compression
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import decode, read_text

CSV = b"date,close\n2024-01-02,1.5\n"


def unpack(data: bytes, name: str, limits: Limits | None = None) -> bytes:
    return compression.unpack(data, name, limits or Limits())


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "pack", [gzip.compress, lzma.compress, bz2.compress, lambda b: zipped(x=b)]
)
def test_packed_data_is_reported_by_its_first_bytes(pack):
    """A packed file is unpacked whatever its name says."""
    assert unpack(pack(CSV), "x.csv") == CSV


def test_gzip_members_are_joined():
    """Gzip files that were concatenated read as one text."""
    assert unpack(gzip.compress(CSV) + gzip.compress(b"2024-01-03,2\n"), "x") == (
        CSV + b"2024-01-03,2\n"
    )


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_cut_off_packed_data_is_refused(pack):
    """A packed file that ends in the middle is not half a file."""
    with pytest.raises(DataError, match="cut off"):
        unpack(pack(os.urandom(500))[:-20], "x.csv.gz")


def test_damaged_packed_data_is_refused():
    """A flipped byte in a packed file is found."""
    data = bytearray(gzip.compress(CSV * 50))
    data[20] ^= 255
    with pytest.raises(DataError, match="gzip data"):
        unpack(bytes(data), "x.csv.gz")


def test_bytes_after_packed_data_are_refused():
    """Something else behind the packed data is not passed over."""
    with pytest.raises(DataError, match="foreign bytes"):
        unpack(gzip.compress(CSV) + b"<html>", "x.csv.gz")


def test_archives_that_hold_no_single_csv_are_refused():
    """A workbook and an archive of several files are named as such."""
    with pytest.raises(DataError, match="Excel workbook"):
        unpack(zipped(xl__workbook=b"x"), "x.xlsx")
    with pytest.raises(DataError, match="2 files"):
        unpack(zipped(a=CSV, b=CSV), "x.zip")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CSV, "ascii"),
        (b"\xef\xbb\xbf" + CSV, "utf-8 with BOM"),
        (CSV.decode().encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + CSV.decode().encode("utf-16-be"), "utf-16"),
        (CSV.decode().encode("utf-32"), "utf-32"),
        (CSV.replace(b"\n", b"\r\n"), "ascii"),
        (CSV.replace(b"\n", b"\r"), "ascii"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_text(data, encoding):
    """BOMs and line ends leave no trace in the text."""
    text = decode(data, "x")
    assert (text.data, text.encoding) == (CSV, encoding)


def test_text_that_is_not_utf8_is_windows_text():
    """Without a BOM, UTF-8 is tried first and Windows-1252 second."""
    assert decode("prix,café\n".encode(), "x").encoding == "utf-8"
    text = decode("prix,café €\n".encode("cp1252"), "x")
    assert (text.data.decode(), text.encoding) == ("prix,café €\n", "cp1252")


def test_a_separator_line_is_taken_off():
    """The first line `sep=;` says the delimiter and is no row."""
    text = decode(b"sep=;\na;b\n1;2\n", "x")
    assert (text.data, text.delimiter, text.first_line) == (b"a;b\n1;2\n", ";", 2)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "empty"),
        (b" \n\r\n\t\n", "empty"),
        (b"a,b\n1,\x002\n", "line 2: a NUL byte"),
        (b"\x81\x8d\x00\x01", "binary"),
        (b"ok\n\x81\x8d\n", "line 2: neither UTF-8 nor"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"  <?xml version='1.0'?>", "XML"),
        (b'{"error": "limit"}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"\xff\xfea", "utf-16"),
    ],
)
def test_what_is_not_csv_is_named(data, seen):
    """A refusal says what the bytes are instead."""
    with pytest.raises(DataError, match=seen):
        decode(data, "x.csv")


def test_angle_brackets_in_a_header_are_not_markup():
    """A header such as <DATE>,<CLOSE> is data."""
    assert decode(b"<DATE>,<CLOSE>\n20240102,1\n", "x").data.startswith(b"<DATE>")


def test_missing_inputs_are_named(tmp_path):
    """A path that cannot be opened is a missing input, never a web address."""
    for path in (tmp_path / "no.csv", "http://127.0.0.1:9/x.csv", "a\0b", "", tmp_path):
        with pytest.raises(MissingInputError):
            read_text(str(path), str(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_missing_input(tmp_path):
    """A file that may not be read is status 66 as well."""
    path = tmp_path / "x.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    with pytest.raises(MissingInputError, match="Permission"):
        read_text(str(path), "x.csv")


def test_a_pipe_is_read_to_its_end(tmp_path):
    """A named pipe is as good as a file."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(CSV,))
    writer.start()
    assert read_text(str(path), "pipe").data == CSV
    writer.join()


def test_standard_input_may_be_packed():
    """Standard input is unpacked like a file."""
    assert read_text("-", "stdin", io.BytesIO(gzip.compress(CSV))).data == CSV


def test_endless_input_stops_early():
    """An endless device without line ends stops long before memory is full."""
    with pytest.raises(DataError, match=r"in one line|binary data"):
        read_text("/dev/zero", "/dev/zero")


def test_a_packed_bomb_stops_early():
    """Zeros packed a thousand times smaller stop at the same cap."""
    with pytest.raises(DataError, match=r"in one line|binary data"):
        unpack(gzip.compress(bytes(32 << 20), 1), "bomb.gz")


def test_text_beyond_the_limit_is_refused():
    """The limit counts unpacked bytes, and `--limits` raises it."""
    data = gzip.compress(CSV * 10)
    with pytest.raises(DataError, match="split the file or raise --limits"):
        unpack(data, "x.gz", Limits(text=100))
    assert unpack(data, "x.gz", Limits.times(2)) == CSV * 10


def test_zstd_is_unpacked_as_an_extra():
    """A .zst file reads like any packed one."""
    zstd = pytest.importorskip("backports.zstd")
    assert unpack(zstd.compress(CSV), "x.csv.zst") == CSV
    with pytest.raises(DataError, match="cut off"):
        unpack(zstd.compress(os.urandom(500))[:-20], "x.csv.zst")
    with pytest.raises(DataError, match="damaged"):
        unpack(zstd.compress(CSV)[:8] + b"junkjunk", "x.csv.zst")


def test_parquet_is_the_text_it_stands_for(tmp_path):
    """Numbers, days, empty cells and symbols come through Parquet as they went in."""
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {"date": ["2024-01-02"] * 2, "symbol": ["NA", "B"], "close": [0.1, None]}
    table = arrow.table(columns)
    parquet.write_table(table, tmp_path / "x.parquet")
    data = (tmp_path / "x.parquet").read_bytes()
    assert unpack(data, "x") == b"date,symbol,close\n2024-01-02,NA,0.1\n2024-01-02,B,\n"
    parquet.write_table(arrow.table(columns | {"symbol": ["NA", 'a,"b']}), tmp_path / "y.parquet")
    quoted = unpack((tmp_path / "y.parquet").read_bytes(), "y").splitlines()
    assert quoted[2] == b'"2024-01-02","a,""b",'
    with pytest.raises(DataError, match="damaged Parquet data"):
        unpack(data[:-20], "x")
    with pytest.raises(DataError, match="raise --limits"):
        unpack(data, "x", Limits(text=9))


@pytest.mark.parametrize(
    ("head", "missing", "extra"),
    [
        (b"\x28\xb5\x2f\xfd", ("compression.zstd", "backports.zstd"), "zst"),
        (b"PAR1", ("pyarrow",), "parquet"),
    ],
)
def test_a_missing_extra_is_named_with_its_remedy(head, missing, extra, monkeypatch):
    """One line says how to get what is missing."""
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DataError, match=rf"pip install 'rnncli\[{extra}\]'"):
        unpack(head + b"x", "x")


@pytest.mark.parametrize("writes", [False, True])
def test_a_pipe_that_stays_silent_is_given_up(tmp_path, writes):
    """A named pipe without a writer, or whose writer never closes it, does not hang."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR) if writes else None
    if writer is not None:
        os.write(writer, CSV)
    with pytest.raises(MissingInputError, match="a pipe without data"):
        read_text(str(path), "pipe", limits=Limits(silence=0.05))
    if writer is not None:
        os.close(writer)


def test_a_line_of_many_megabytes_is_refused_while_it_is_read():
    """Endless lines stop early, wherever they begin."""
    with pytest.raises(DataError, match="line 2: more than 1024 KiB in one line"):
        read_text("-", "stdin", io.BytesIO(b"date,close\n" + b"9" * (8 << 20)))


@pytest.mark.slow(each_version=True)
def test_what_grows_too_much_is_refused():
    """Rows packed a thousand times smaller are a bomb; `--limits` lets them through."""
    bomb = gzip.compress(b"2024-01-02,1.5\n" * (3 << 20))
    with pytest.raises(DataError, match="more than 100 times its size"):
        unpack(bomb, "x.gz")
    assert len(unpack(bomb, "x.gz", Limits.times(100))) == 15 * (3 << 20)


def test_a_parquet_bomb_is_refused_before_it_is_unpacked(tmp_path):
    """Equal cells take next to no space in it: rows are counted first."""
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = 20_000_000
    table = arrow.table({name: arrow.array(np.zeros(rows, np.int8)) for name in ("date", "close")})
    parquet.write_table(table, tmp_path / "x.parquet")
    data = (tmp_path / "x.parquet").read_bytes()
    assert len(data) < 500_000
    with pytest.raises(DataError, match="unpacks to more than 100 times its size"):
        unpack(data, "x")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_many_parts_are_unpacked_in_time(pack, monkeypatch):
    """Each part is a little of the file, which is not copied for every one of them."""
    assert unpack(b"".join(map(pack, (CSV, b"", CSV))) + bytes(99), "x") == CSV + CSV
    assert unpack(pack(CSV) + pack(b"") * 20_000, "x") == CSV
    monkeypatch.setattr(compression, "MEMBERS", 100)
    with pytest.raises(DataError, match="more than 100 parts"):
        unpack(pack(b"") * 101, "x")
