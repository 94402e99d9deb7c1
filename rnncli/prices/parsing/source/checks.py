"""The checks of the bytes and the text of a price file, in the order in which they are made."""

from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.source import compression, encoding, text

REFUSE = Severity.REFUSE
CHECKS = (
    FileCheck("size of a file", REFUSE, "a file larger than the limit", text.read_path),
    FileCheck(
        "size of a stream",
        REFUSE,
        "more text, or a longer line, than the limits allow",
        text.read_all,
    ),
    FileCheck("endless binary data", REFUSE, "more zero bytes than a text has", text.refuse_binary),
    FileCheck("damaged packing", REFUSE, "packed data that cannot be unpacked", compression.unpack),
    FileCheck(
        "foreign format",
        REFUSE,
        "the first bytes of a workbook, a document, an archive or a database",
        compression.refuse_foreign,
    ),
    FileCheck("tar archive", REFUSE, "a tar archive, packed or not", compression.refuse_foreign),
    FileCheck("model file", REFUSE, "the first bytes of a model", compression.refuse_foreign),
    FileCheck(
        "packing cut off",
        REFUSE,
        "packed data that ends before it is complete",
        compression.unpack_stream,
    ),
    FileCheck(
        "size once unpacked",
        REFUSE,
        "data that unpacks to more than the limits allow",
        compression.unpack_stream,
    ),
    FileCheck(
        "bytes after packed data",
        REFUSE,
        "other data after that which is packed",
        compression.unpack_stream,
    ),
    FileCheck(
        "parts of packed data",
        REFUSE,
        "packed data in more parts than a file has",
        compression.unpack_stream,
    ),
    FileCheck("zstd extra", REFUSE, "zstd data without its extra", compression.zstd_unpacker),
    FileCheck("workbook", REFUSE, "a zip archive that is an Excel workbook", compression.unzip),
    FileCheck(
        "files in a zip", REFUSE, "a zip archive of none or several files", compression.unzip
    ),
    FileCheck("encrypted zip", REFUSE, "an encrypted zip archive", compression.unzip),
    FileCheck(
        "size once unzipped",
        REFUSE,
        "a zip archive that unpacks to more than the limits allow",
        compression.unzip,
    ),
    FileCheck(
        "Parquet extra", REFUSE, "Parquet data without its extra", compression.parquet_as_csv
    ),
    FileCheck(
        "size of Parquet",
        REFUSE,
        "Parquet data that unpacks to more than the limit",
        compression.parquet_as_csv,
    ),
    FileCheck(
        "cells of Parquet",
        REFUSE,
        "Parquet data of more cells than its bytes can hold",
        compression.parquet_as_csv,
    ),
    FileCheck("damaged Parquet", REFUSE, "damaged Parquet data", compression.parquet_as_csv),
    FileCheck("damaged encoding", REFUSE, "text unlike its byte order mark", encoding.to_utf8),
    FileCheck(
        "encoding asked for",
        REFUSE,
        "bytes that the encoding has no letters for",
        encoding.decode_as,
    ),
    FileCheck(
        "a few bytes of another encoding",
        REFUSE,
        "text that is UTF-8 but for a few bytes",
        encoding.refuse_few_bytes,
    ),
    FileCheck("binary data", REFUSE, "bytes of no encoding, some zero", encoding.ascii_only),
    FileCheck("unknown encoding", REFUSE, "bytes of no known encoding", encoding.ascii_only),
    FileCheck("empty file", REFUSE, "nothing but blanks", text.refuse_foreign),
    FileCheck("NUL byte", REFUSE, "a NUL byte in the text", text.refuse_foreign),
    FileCheck("Git LFS pointer", REFUSE, "a pointer instead of the data", text.refuse_foreign),
    FileCheck("markup", REFUSE, "an HTML or XML page", text.refuse_foreign),
    FileCheck("JSON", REFUSE, "JSON instead of a table", text.refuse_foreign),
    FileCheck("SQL dump", REFUSE, "SQL statements instead of a table", text.refuse_foreign),
)
