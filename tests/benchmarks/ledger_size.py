"""How time and memory of a ledger grow with its rows: `python tests/benchmarks/ledger_size.py 1 4`.

Arguments: millions of rows, one ledger each. A ledger has 5,000 symbols with 5 rows ahead on every
weekday, by a model that is replaced every 20 days. Each step is a process of its own: what `batch`
does with a ledger (its last 20 cutoffs scored, a night recorded), `score --since` of 20 days, what
`ledger` does. Seconds are those of the processor, so that a busy machine does not count.
"""

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parent.parent / "support")]

from ledgers import forecast_of, record_by  # noqa: E402 - beside the tests

from rnncli.ledger.matching import match_forecasts  # noqa: E402
from rnncli.ledger.migration import COUNTED, prepare  # noqa: E402
from rnncli.ledger.reader import last_pairs, read_ledger, read_part  # noqa: E402
from rnncli.ledger.score import score_ledger  # noqa: E402
from rnncli.ledger.upkeep import check_whole, ledger_info  # noqa: E402
from rnncli.ledger.writer import Source  # noqa: E402
from rnncli.prices.series import Prices  # noqa: E402
from rnncli.settings import ScoreSettings  # noqa: E402

SYMBOLS, AHEADS, EVERY = 5_000, 5, 20
NAMES = [f"S{number:05d}" for number in range(SYMBOLS)]
STEPS = ("last cutoffs", "record a night", "score 20 cutoffs", "score --since", "info", "check")


def days_of(rows: int) -> np.ndarray:
    """The weekdays of a ledger, the last of which is always the same."""
    days = max(rows // (SYMBOLS * AHEADS), 25)
    return np.busday_offset("2026-06-30", np.arange(1 - days, 1), roll="backward").astype(str)


def build(path: Path, rows: int) -> None:
    """Write a ledger as a number of nights leave it, without running them."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA synchronous = OFF")
    base.execute("BEGIN")
    prepare(str(path), base)
    for level in ("80", "95"):
        for side in ("lower", "upper"):
            base.execute(f'ALTER TABLE forecast ADD COLUMN "{side}_{level}" REAL')
    for number, day in enumerate(days_of(rows).tolist()):
        model = number // EVERY + 1
        if number % EVERY == 0:
            base.execute(
                "INSERT INTO model (id, digest, file) VALUES (?, ?, 'a')", (model, f"{model:064d}")
            )
        base.execute(
            "INSERT INTO run VALUES (?, '2026-01-01T00:00:00Z', '0', ?)", (number + 1, model)
        )
        base.executemany(
            "INSERT INTO forecast VALUES"
            " (?, ?, ?, ?, ?, ?, 101, 100, 100, 99, 1, 98, 103, 97, 104)",
            (
                (number + 1, model, day, name, k, day)
                for name in NAMES
                for k in range(1, AHEADS + 1)
            ),
        )
    base.execute(f"INSERT INTO origin {COUNTED}")
    base.execute("COMMIT")
    base.close()


def prices(days: np.ndarray, symbols: int = SYMBOLS):
    """Prices of some symbols on the last days."""
    count = len(days)
    rng = np.random.default_rng(0)
    values = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal((symbols, count)), axis=1))
    return Prices(
        tuple(NAMES[:symbols]), values.ravel(), np.arange(symbols + 1) * count,
        np.tile(days.astype("datetime64[s]"), symbols), ("p.csv",) * symbols, (), {},
    )  # fmt: skip


def step(name: str, path: str, rows: int) -> None:
    """Do one thing with a ledger."""
    days = days_of(rows)
    if name == "last cutoffs":
        last_pairs(path, 21)
    elif name == "record a night":
        made = forecast_of(prices(days[-30:]), horizon=AHEADS, levels=(80.0, 95.0))
        record_by(path, Source("f" * 64, "a", None), made)
    elif name == "score 20 cutoffs":
        pairs, known = last_pairs(path, 20), prices(days[-30:])
        for start in range(0, SYMBOLS, 250):
            part = read_part(path, pairs, NAMES[start], NAMES[min(start + 249, SYMBOLS - 1)])
            match_forecasts(part, known)
    elif name == "score --since":
        score_ledger(read_ledger(path, str(days[-20])), prices(days[-30:]), ScoreSettings(), print)
    elif name == "info":
        ledger_info(path)
    elif name == "check":
        assert check_whole(path) == []


def measured(name: str, path: Path, rows: int) -> tuple[float, float]:
    """Processor seconds and peak memory in MiB of a step in a process of its own."""
    words = [sys.executable, __file__, "--step", name, str(path), str(rows)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def main() -> None:
    """Build and measure."""
    if sys.argv[1:2] == ["--step"]:
        began = time.process_time()
        step(sys.argv[2], sys.argv[3], int(sys.argv[4]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(time.process_time() - began, peak)
        return
    for millions in map(float, sys.argv[1:]):
        rows = int(millions * 1e6)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "l.db"
            began = time.perf_counter()
            build(path, rows)
            print(f"{millions:g} million rows: {path.stat().st_size >> 20} MiB, built in"
                  f" {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
            for name in STEPS:
                seconds, memory = measured(name, path, rows)
                print(f"  {name:18}{seconds:9.2f} s{memory:9.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
