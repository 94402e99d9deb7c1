"""Print every message of the reader once, to be read aloud. Run by hand.

    python tests/support/reader_messages.py

Each names the file, the line where there is one, and a remedy; `test_reader_messages` holds them
to that.
"""

import gzip
import io
import os
import tempfile
from pathlib import Path

import corpus_bars  # noqa: F401 - adds its cases
import corpus_beside  # noqa: F401 - adds its cases
import corpus_headers  # noqa: F401 - adds its cases
import corpus_pasted  # noqa: F401 - adds its cases
import corpus_vendors  # noqa: F401 - adds its cases
from corpus import CASES, DAYS, rows

from rnncli.cli import as_option
from rnncli.errors import RnncliError, worded
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings

PLAIN = b"date,close\n" + rows("{d},{p}").encode()
WRONG_OPTIONS = {
    "column": "nope", "delimiter": "ab", "encoding": "nope", "date_format": "%d/%m",
    "symbol_column": "nope", "layout": "long", "since": "1.1.2024", "symbols": "NOPE",
    "until": "1990-01-01",
}  # fmt: skip
DAMAGED = {
    "a long line": b"date,close\n2024-01-15," + b"1" * (2 << 20),
    "many columns": b",".join([b"1"] * 20_001) + b"\n" + b",".join([b"1"] * 20_001),
    "a bomb": gzip.compress(b"1\n" * (20 << 20), 1),
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(9),
    "parquet": b"PAR1" + bytes(9),
    "bytes behind": gzip.compress(PLAIN) + b"more",
    "a model": b"\x10\0\0\0\0\0\0\0{" + bytes(9),
    "7z": b"7z\xbc\xaf\x27\x1c",
    "unknown encoding": b"date,close\n\x81\x8d,1\n\x81\x8d,1\n",
    "two prices in the order of columns": b"date,close (USD),close (EUR)\n2024-01-15,1,2\n",
    "no close under tickers": b",Open,High\n,A,A\n2024-01-15,1,2\n",
    "two date columns": b"begin,end,close\n2024-01-15,2024-01-16,1\n2024-01-16,2024-01-17,1\n",
}


LACKING = {
    "no volume": PLAIN,
    "no volume for B": b"date,A_close,A_volume,B_close,B_open\n2024-01-15,1,10,30,2\n",
    "two volumes": b"date,close,Volume,volume\n2024-01-15,1,10,30\n",
    "no header": b"2024-01-15,1\n2024-01-16,2\n",
    "no number": b"date,close,volume\n2024-01-15,1,10\n2024-01-16,1,ten\n",
    "two volumes for a day": b"date,close,volume\n2024-01-15,1,10\n2024-01-15,1,20\n",
}


def said(
    paths: list[str], data: bytes = b"", fields: tuple[str, ...] = (), **settings: object
) -> str | None:
    """The message that reading ends in, the temporary folder left off."""
    read = ReadSettings(**settings)  # type: ignore[arg-type]
    try:
        read_prices(paths, read, io.BytesIO(data), fields=fields)
    except RnncliError as error:
        return f"{error.status:d}  {error}"
    return None


@worded(as_option)
def messages() -> list[str]:
    """Every message once, in the order of the reader."""
    texts = [said(["-"], case.data, **case.settings) for case in CASES if case.meant is None]
    texts += [said(["-"], data) for data in DAMAGED.values()]
    texts += [said(["-"], PLAIN, **{name: value}) for name, value in WRONG_OPTIONS.items()]
    texts += [said(["-"], data, ("volume",)) for data in LACKING.values()]
    texts += [
        said(["-"], "\n".join(DAYS).encode(), column="close"),
        said(["-"], b"1\n2\n", since=DAYS[0]),
    ]
    with tempfile.TemporaryDirectory() as folder:
        pipe, one, other = (os.path.join(folder, name) for name in ("pipe", "A.csv", "x/A.csv"))
        os.mkfifo(pipe)
        os.mkdir(os.path.dirname(other))
        Path(one).write_bytes(PLAIN)
        Path(other).write_bytes(PLAIN.replace(b"101.5", b"5"))
        texts += [said([os.path.join(folder, "no.csv")]), said([pipe]), said([one, other])]
        Path(other).write_bytes(b"1\n2\n")
        texts.append(said([one, other]))
        os.remove(other)
        texts.append(said([os.path.dirname(other)]))
        shown = [message.replace(f"{folder}/", "") for message in texts if message]
    return list(dict.fromkeys(shown))


if __name__ == "__main__":
    print("\n".join(messages()))
