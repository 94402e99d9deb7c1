"""Damage the corpus at random and see that the reader answers in its own words. Run by hand.

    python tests/tools/fuzz_reader.py [--rounds 20000] [--seed 0]

Every round flips, cuts, repeats or splices bytes of a file of the corpus and reads it with random
options. It must end in status 0, 65 or 66 (or 2 with options that do not fit), in less than two
seconds and 300 MB, with finite prices or one line of refusal, and
the same by Python and by pandas. The files that do not are kept.
"""

import argparse
import collections
import gzip
import io
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import corpus_bars  # noqa: F401 - adds its cases
import corpus_beside  # noqa: F401 - adds its cases
import corpus_headers  # noqa: F401 - adds its cases
import corpus_pasted  # noqa: F401 - adds its cases
import corpus_vendors  # noqa: F401 - adds its cases
from corpus import CASES

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.prices.parsing.grid import fast_split
from rnncli.prices.reader import read_prices
from rnncli.prices.summary import summarise
from rnncli.report.text import safe
from rnncli.settings import ReadSettings

SLOW = 2.0  # seconds
PIECES = [
    b",", b";", b"\n", b"\r", b'"', b"\0", b"\xff", b"\t", b" ", b"|", b"1e400", b"nan", b"-", b".",
    b"close", b"31/12/99", b"0000-00-00", b"date", b"'=", b"\xef\xbb\xbf", b"#", b"9" * 400,
    b"\n\n", b"{\n", b"\n}\n", b"%", b"$", b"K", b"Close,Close\n", b"Ticker,A,B\n",
    b"\xe5\xb9\xb4", b"1:2",
    b"1.5 ", b" 1", b"1.", b".5", b"+1", b"--1", b"1e", b"1f", b"0x1", b"1_0", b"infinity", b"TRUE",
    b"\x1f\x8b", b"PK\x03\x04", b"\xff\xfe", b"2:1 Stock Split", b"0.5 Dividend", b"1,234",
    b"1.234",
]  # fmt: skip
OPTIONS = {
    "column": [None, None, None, "close", "nope"],
    "decimal": [None, None, None, ".", ","],
    "delimiter": [None, None, None, ",", ";", "tab", "ab"],
    "date_format": [None, None, None, "%Y-%m-%d", "%d/%m/%Y", "%q"],
    "encoding": [None, None, None, "cp1252", "utf-16", "cp932", "hex", "nope"],
    "layout": [None, None, None, "single", "long", "wide"],
    "symbol_column": [None, None, None, None, "symbol"],
    "duplicates": ["refuse", "first", "last"],
    "adjust_splits": [False, True],
    "drop_running": [False, True],
    "strict": [False, False, True],
}


def mutate(rng: random.Random, data: bytes) -> bytes:
    """Change a file in one to eight places."""
    for _ in range(rng.choice([1, 1, 2, 4, 8])):
        i, change = rng.randrange(len(data) + 1), rng.randrange(7)
        span = rng.choice([1, 2, 5, 20, 80])
        if change == 0:
            data = data[:i] + bytes([rng.randrange(256)]) + data[i + 1 :]
        elif change == 1:
            data = data[:i] + rng.choice(PIECES) + data[i:]
        elif change == 2:
            data = data[:i] + data[i + span :]
        elif change == 3:
            data = data[:i]
        elif change == 4:
            data = data[:i] + data[i : i + span] * rng.choice([2, 3, 50]) + data[i + span :]
        elif change == 5:
            other = rng.choice(CASES).data
            k = rng.randrange(len(other) + 1)
            data = data[:i] + other[k : k + span * 4] + data[i:]
        else:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = b"\n".join(lines)
    return data


FIELDS = [(), (), ("volume",), ("open", "high", "low"), ("high", "low", "volume")]


def answer(data: bytes, settings: ReadSettings, fields: tuple[str, ...]) -> int:
    """Status that the command would end in; the same, cut by Python or by pandas."""
    statuses, values = [], []
    for small in (1 << 20, 0):
        fast_split.SMALL = small
        status, found = read(data, settings, fields)
        statuses.append(status)
        values.append(found)
    assert statuses[0] == statuses[1], f"statuses {statuses}"
    assert np.array_equal(*values, equal_nan=True), "two readings"
    return statuses[0]


def read(data: bytes, settings: ReadSettings, fields: tuple[str, ...]) -> tuple[int, np.ndarray]:
    """Status of one reading, and the prices with the fields beside them."""
    try:
        prices = read_prices(["-"], settings, io.BytesIO(data), fields=fields)
        assert tuple(prices.fields) == fields
        assert all(values.shape == prices.values.shape for values in prices.fields.values())
        assert not any(np.isinf(values).any() for values in prices.fields.values())
        assert np.isfinite(prices.values).all()
        assert prices.offsets[-1] == prices.values.size == prices.dates.size
        assert len(summarise(prices)) == len(prices.symbols)
        assert all((*prices.warnings(), *prices.details()))
    except (DataError, MissingInputError, UsageError) as error:
        assert "\n" not in safe(str(error)), repr(str(error))  # noqa: PT017 - a check of its words
        return int(error.status), np.empty(0)
    except RnncliError as error:
        raise AssertionError(f"status {error.status}") from error
    return 0, np.stack([prices.values, *prices.fields.values()])


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the reader of prices.")
    parser.add_argument("--rounds", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    statuses: collections.Counter[int] = collections.Counter()
    slowest, failed = 0.0, 0
    kept = Path(tempfile.gettempdir())
    for number in range(arguments.rounds):
        rng = random.Random(arguments.seed * 1_000_003 + number)  # noqa: S311 - no secret
        data = mutate(rng, rng.choice(CASES).data)
        if rng.random() < 0.03:
            data = mutate(rng, gzip.compress(data))
        odd = rng.random() < 0.3
        settings = ReadSettings(**{k: rng.choice(v) for k, v in OPTIONS.items()} if odd else {})
        start = time.perf_counter()
        try:
            statuses[answer(data, settings, rng.choice(FIELDS) if odd else ())] += 1
        except Exception as error:
            failed += 1
            path = kept / f"fuzz_{arguments.seed}_{number}.csv"
            path.write_bytes(data)
            print(f"round {number}: {type(error).__name__}: {error}; {settings} {path}")
        seconds = time.perf_counter() - start
        if seconds > SLOW:
            path = kept / f"fuzz_{arguments.seed}_{number}.csv"
            path.write_bytes(data)
            print(f"round {number}: {seconds:.1f} s; {settings} {path}")
        slowest = max(slowest, seconds)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    print(f"{arguments.rounds} rounds, statuses {said}; failed {failed}")
    print(f"slowest {slowest:.2f} s, peak {megabytes:.0f} MB")
    return 1 if failed or slowest > SLOW or megabytes > 300 else 0


if __name__ == "__main__":
    sys.exit(main())
