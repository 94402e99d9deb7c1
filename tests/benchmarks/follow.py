"""By hand: a hundred thousand rows followed: time of a row, growth of memory, equal to batch.

    python tests/benchmarks/follow.py MODEL [ROWS] [SYMBOLS] [HORIZON]

Rows of random walks go in one at a time, the next only once the line of the last is out, as a feed
would send them. What is timed is from a row to its line, on this side of both pipes. At the end
some lines are held to `rnncli predict` of the rows up to them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COMMAND = [sys.executable, "-m", "rnncli", "predict"]
HEADER = "date,symbol,close"
CHECKED = 20  # lines that are held to batch forecasts
WARM = 1000  # rows before memory is looked at first


def rows_of(count: int, symbols: int) -> list[str]:
    """Rows by day, of all symbols each."""
    rng = np.random.default_rng(0)
    days = -(-count // symbols)
    first = np.datetime64("1700-01-01") if days > 100_000 else np.datetime64("1850-01-01")
    dates = np.busday_offset(first, np.arange(days), roll="forward").astype(str)
    steps = 0.01 * rng.standard_t(5, (days, symbols))
    prices = 100 * np.exp(np.cumsum(steps - steps.mean(axis=0), axis=0))
    return [
        f"{date},S{k},{prices[day, k]:.4f}"
        for day, date in enumerate(dates)
        for k in range(symbols)
    ][:count]


def resident(process: int) -> float:
    """Memory of a process in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def followed(model: str, rows: list[str], ahead: list[str]) -> tuple[list[bytes], list[float]]:
    """The lines for rows, seconds of each; prints how memory grew."""
    process = subprocess.Popen(
        [*COMMAND, "--follow", model, "-", *ahead], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines, seconds, memory = [], [], []
    process.stdin.write(f"{HEADER}\n".encode())
    each = int(ahead[1])
    for number, row in enumerate(rows):
        start = time.perf_counter()
        process.stdin.write(f"{row}\n".encode())
        process.stdin.flush()
        line = b"".join(process.stdout.readline() for _ in range(each))
        seconds.append(time.perf_counter() - start)
        lines.append(line)
        if number in (WARM, len(rows) // 2, len(rows) - 1):
            memory.append((number + 1, resident(process.pid)))
    process.stdin.close()
    assert process.wait() == 0
    print("memory: " + ", ".join(f"{mb:.1f} MB after {count:,} rows" for count, mb in memory))
    return lines, seconds


def batch(model: str, rows: list[str], symbol: str, ahead: list[str]) -> bytes:
    """The forecast of the rows of one symbol, at once."""
    rows_of_symbol = [row for row in rows if f",{symbol}," in row]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "prices.csv")
        path.write_text("\n".join([HEADER, *rows_of_symbol]) + "\n", encoding="ascii")
        done = subprocess.run(
            [*COMMAND, model, path, "-q", "--format", "jsonl", *ahead],
            capture_output=True, check=True,
        )  # fmt: skip
    return done.stdout


def main() -> None:
    """Follow, say how long it took, and compare."""
    model, *numbers = sys.argv[1:]
    count, symbols, horizon = [int(number) for number in numbers] + [100_000, 100, 1][
        len(numbers) :
    ]
    rows, ahead = rows_of(count, symbols), ["--horizon", str(horizon)]
    lines, seconds = followed(model, rows, ahead)
    millis = np.array(seconds[1:]) * 1e3  # the first loads the kernels
    print(
        f"{count:,} rows of {symbols} symbols, {horizon} ahead: median {np.median(millis):.3f} ms"
        f" a row, p99 {np.quantile(millis, 0.99):.3f} ms, largest {millis.max():.1f} ms;"
        f" first row {seconds[0]:.2f} s, {millis.sum() / 1e3:.0f} s in all"
    )
    places = np.linspace(symbols, count - 1, CHECKED).astype(int).tolist()
    same = 0
    for place in places:
        symbol = json.loads(lines[place].splitlines()[0])["symbol"]
        same += batch(model, rows[: place + 1], symbol, ahead) == lines[place]
    print(f"{same} of {CHECKED} lines equal the batch forecast of the same rows, to the byte")


if __name__ == "__main__":
    main()
