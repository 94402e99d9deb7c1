"""The files that `record_outputs.py` gives rnncli to read: the same bytes in every run.

Prices are drawn from a seeded generator of the standard library and rounded to cents.
"""

import gzip
import io
import lzma
import math
import random
import shutil
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

ROWS = {"AAA": 170, "BBB": 170, "CCC": 120, "DDD": 60, "EEE": 130}  # weekdays of each symbol
LISTED = {"EEE": 25}  # rows after which the others still went on
HEAD = "date,symbol,open,high,low,close,volume"
BROKEN = {
    "empty": b"",
    "header-only": b"date,close\n",
    "binary": bytes(range(256)) * 8,
    "html": b"<!DOCTYPE html><html><body>502</body></html>\n",
    "json": b'{"error": "limit"}\n',
    "all-missing": b"date,close\n2024-01-01,NaN\n2024-01-02,\n",
    "text": b"date,close\n2024-01-01,1\n2024-01-02,dear\n",
    "torn": b"date,open,close\n2024-01-01,1,2\n2024-01-02,1\n2024-01-03,1,2\n",
    "two-prices": b"date,close\n2024-01-01,1\n2024-01-01,2\n2024-01-02,3\n",
    "no-date": b"date,close\n2024-01-01,1\n2024-02-31,2\n2024-03-01,3\n",
    "future": b"date,close\n2024-01-01,1\n2567-01-02,2\n",
    "either-way": b"date,close\n01/02/2024,1\n02/02/2024,2\n03/02/2024,3\n",
    "either-mark": b"date;close\n2024-01-01;1,234\n2024-01-02;2,345\n",
    "no-price-column": b"date,open,bid\n2024-01-01,1,2\n2024-01-02,1,2\n",
    "cut-gzip.csv.gz": gzip.compress(b"date,close\n2024-01-01,1\n" * 50, mtime=0)[:-9],
}
NIGHT = """[prices]
paths = ["prices.csv"]
[model]
file = "a.model"
[train]
every = "7d"
hidden-size = 4
epochs = 3
[forecast]
horizon = 2
[output]
file = "forecasts-{date}.csv"
[ledger]
file = "ledger.db"
[score]
cutoffs = 10
[log]
file = "night.jsonl"
"""
EACH = NIGHT.replace('"a.model"', '"models"').replace("epochs", "per-series = true\nepochs")
WILD = 'learning-rate = 1e30\nclip-norm = 0\nactivation = "relu"\noptimizer = "sgd"\nepochs'
JOBS = {
    "nightly": NIGHT,
    "smaller": NIGHT.replace("hidden-size = 4", "hidden-size = 3"),
    "gate": NIGHT.replace("cutoffs = 10", 'require-coverage = "80:99-100"'),
    "wild": NIGHT.replace("epochs", WILD),
    "untrained": NIGHT.replace('[train]\nevery = "7d"\nhidden-size = 4\nepochs = 3\n', ""),
    **{
        form: NIGHT.replace("{date}.csv", f"{{today}}.{form}")
        for form in ("json", "jsonl", "parquet")
    },
    "each": EACH.replace("per-series = true", "per-series = true\njobs = 1"),
    # side by side, models are logged as they are done, in any order: so without a log
    "side-by-side": EACH.partition("[log]")[0].replace("true", "true\njobs = 2"),
}
CONFIG = """[train]
hidden-size = 3
epochs = 2
[predict]
horizon = 2
level = [50, 90]
"""
FAULTY_NIGHTS = {
    "unknown-table": NIGHT + "[tain]\nepochs = 1\n",
    "unknown-option": NIGHT.replace("epochs = 3", "epoch = 3"),
    "wrong-value": NIGHT.replace("horizon = 2", "horizon = 0"),
    "wrong-place": NIGHT.replace("hidden-size = 4", "max-age = 4"),
    "no-toml": NIGHT + "[train\n",
    "no-model": NIGHT.replace('[model]\nfile = "a.model"\n', ""),
    "over-itself": NIGHT.replace("forecasts-{date}.csv", "prices.csv"),
    "no-time": NIGHT.replace('"7d"', '"soon"'),
}
CLUSTER = '''"""Run the command behind it with CLUSTER set to a scheduler of two workers."""
import os, subprocess, sys, warnings
from distributed import LocalCluster
if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:
        changed = {**os.environ, "CLUSTER": cluster.scheduler_address}
        status = subprocess.run(sys.argv[1:], env=changed).returncode
    os._exit(status)
'''


def write_inputs(folder: Path, data: Path) -> None:
    """Write every file into a folder, beside copies of the price files of the repository."""
    for name in ("market.csv", "statland.csv"):
        shutil.copyfile(data / name, folder / name)
    bars = bar_rows()
    _write_bars(folder, bars)
    _write_layouts(folder, bars)
    _write_small(folder)
    _write_packed(folder / "packed", bars)
    for name, content in BROKEN.items():
        _put(folder / "broken" / (name if "." in name else f"{name}.csv"), content)
    _write_streams(folder, bars)
    _write_jobs(folder)


def weekdays(first: date, count: int) -> list[date]:
    """A number of weekdays from a day on."""
    days = (first + timedelta(number) for number in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def walk(seed: int, count: int, calm: float = 0.01, start: float = 50.0) -> list[float]:
    """Prices whose returns are calm and wild by turns, in cents."""
    dice, log, found = random.Random(seed), math.log(start), []  # noqa: S311 - prices, no secrets
    for number in range(count):
        log += dice.gauss(0, calm * (1.8 if number // 20 % 2 else 0.7))
        found.append(round(math.exp(log), 2))
    return found


def bar_rows() -> dict[str, list[str]]:
    """Rows of a long file with open, high, low, close and volume, by symbol."""
    days = weekdays(date(2023, 1, 2), max(ROWS.values()))
    found = {}
    for seed, (symbol, count) in enumerate(ROWS.items()):
        last = len(days) - LISTED.get(symbol, 0)
        dice, closes = random.Random(100 + seed), walk(seed, count, 0.006 + 0.004 * seed)  # noqa: S311
        found[symbol] = [
            _bar(day, symbol, close, dice)
            for day, close in zip(days[last - count : last], closes, strict=True)
        ]
    return found


def _bar(day: date, symbol: str, close: float, dice: random.Random) -> str:
    opened = close * (1 + dice.gauss(0, 0.004))
    high, low = max(opened, close) * 1.004, min(opened, close) * 0.995
    volume = int(math.exp(dice.gauss(11, 0.4)))
    return f"{day},{symbol},{opened:.2f},{high:.2f},{low:.2f},{close:.2f},{volume}"


def _write_bars(folder: Path, bars: dict[str, list[str]]) -> None:
    """The long file, what three nights see of it, and two ways in which its past is rewritten."""
    rows = [row for own in bars.values() for row in own]
    days = sorted({row[:10] for row in rows})
    _lines(folder / "bars.csv", HEAD, rows)
    for number, left in enumerate((12, 6, 0), 1):
        last = days[-1 - left]
        _lines(folder / f"night{number}.csv", HEAD, (row for row in rows if row[:10] <= last))
    split = [_divided(row, 2) if ",BBB," in row else row for row in rows]
    _lines(folder / "adjusted.csv", HEAD, split)
    mended = [_divided(row, 1.07) if row in bars["BBB"][40:45] else row for row in rows]
    _lines(folder / "rewritten.csv", HEAD, mended)
    _lines(folder / "mixed.csv", HEAD, [*bars["AAA"], "2023-08-25,ONE,1,1,1,1,5"])
    closes = [",".join((row.split(",")[0], row.split(",")[1], row.split(",")[5])) for row in rows]
    _lines(folder / "closes.csv", "date,symbol,close", closes)


def _divided(row: str, by: float) -> str:
    day, symbol, *prices, volume = row.split(",")
    return ",".join((day, symbol, *(f"{float(price) / by:.4f}" for price in prices), volume))


def _write_layouts(folder: Path, bars: dict[str, list[str]]) -> None:
    """The same kind of prices in other layouts: a column per symbol, German, minutes, months."""
    days = weekdays(date(2024, 1, 1), 90)
    a, b, c = walk(21, 90), walk(22, 90, start=9), walk(23, 90, 0.02)
    table = list(zip(days, a, b, c, strict=True))
    _lines(folder / "wide.csv", "date,ABCD,EFGH,IJKL", (f"{d},{x},{y},{z}" for d, x, y, z in table))
    german = (f"{d:%d.%m.%Y};{str(x).replace('.', ',')} €;1.000" for d, x, _, _ in table)
    _lines(folder / "german.csv", "Datum;Schluss;Stück", german)
    newest = reversed([f"{d:%m/%d/%Y},${x}" for d, x, _, _ in table])
    _lines(folder / "newest-first.csv", "Date,Close/Last", newest)
    _lines(folder / "minutes.csv", "time,symbol,close,volume", _minutes())
    months = (f"{2015 + n // 12}-{n % 12 + 1:02},{p}" for n, p in enumerate(walk(26, 72, 0.03)))
    _lines(folder / "months.csv", "month,price", months)
    start = datetime(2024, 1, 1)
    hours = (
        f"{start + timedelta(hours=n)},{100 + 20 * math.sin(n * math.pi / 12) + n % 7:.2f}"
        for n in range(24 * 12)
    )
    _lines(folder / "hours.csv", "time,load", hours)
    _lines(folder / "undated.csv", "price", map(str, walk(24, 60)))
    split = [x / (4 if number >= 50 else 1) for number, x in enumerate(a)]
    halved = (f"{d},{x:.2f}" for d, x in zip(days, split, strict=True))
    _lines(folder / "split.csv", "date,close", halved)
    single = (f"{row[:10]},{row.split(',')[5]}" for row in bars["AAA"])
    _lines(folder / "single" / "ZZZ.csv", "date,close", single)


def _minutes() -> Iterable[str]:
    for symbol, seed in (("MIN", 31), ("MAX", 32)):
        prices = iter(walk(seed, 160, 0.001))
        for day in (4, 5):
            opened = datetime(2024, 3, day, 9, 30)
            for number in range(80):
                moment = opened + timedelta(minutes=number)
                yield f"{moment:%Y-%m-%d %H:%M},{symbol},{next(prices)},{100 + number % 9}"


def _write_small(folder: Path) -> None:
    """Series that are hardly any, and what rnncli says of odd ones."""
    days = weekdays(date(2024, 1, 1), 40)
    for count, name in enumerate(("one", "two", "three"), 1):
        _lines(folder / f"{name}.csv", "date,close", (f"{d},{10 + d.day}" for d in days[:count]))
    _lines(folder / "constant.csv", "date,close", (f"{d},5" for d in days))
    _lines(folder / "below-zero.csv", "date,close", (f"{d},{d.day % 5 - 1}" for d in days))
    jumps = (f"{d},{10 + 0.1 * d.day if number != 20 else 900}" for number, d in enumerate(days))
    _lines(folder / "outlier.csv", "date,close", jumps)
    holes = (f"{d},{'' if n % 9 == 4 else 10 + d.day}" for n, d in enumerate(days) if n % 13)
    _lines(folder / "holes.csv", "date,close", holes)
    odd = ("=1+1", "[red]x[/red]", "a\x1b[31mb", "Ω mega", "'q'")
    rows = (f'{d},"{name}",{5 + number % 4}' for name in odd for number, d in enumerate(days))
    _lines(folder / "foreign.csv", "date,symbol,close", rows)


def _write_packed(folder: Path, bars: dict[str, list[str]]) -> None:
    """A folder with a file per symbol, each packed another way."""
    texts = {symbol: "\n".join([HEAD, *own]).encode() + b"\n" for symbol, own in bars.items()}
    _put(folder / "AAA.csv", texts["AAA"])
    _put(folder / "BBB.csv.gz", gzip.compress(texts["BBB"], mtime=0))
    _put(folder / "CCC.csv.xz", lzma.compress(texts["CCC"]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("DDD.csv", (2024, 1, 1, 0, 0, 0)), texts["DDD"])
    _put(folder / "DDD.zip", buffer.getvalue())


def _write_streams(folder: Path, bars: dict[str, list[str]]) -> None:
    """Rows in the order in which they come, whole ones and bad ones between them."""
    rows = sorted(row for own in bars.values() for row in own)
    early, late = rows[:160], rows[160:200]
    _lines(folder / "stream.csv", HEAD, early)
    _lines(folder / "stream-on.csv", HEAD, late)
    bad = [
        "2023-02-31,AAA,1,1,1,1,1", "2023-01-02,AAA,1,1,1,1,1", "2023-03-01,AAA,1,1,1,dear,1",
        "2023-03-01,,1,1,1,1,1", "01/02/2023,AAA,1,1,1,1,1", "2023-03-01,AAA,1",
        "2567-01-02,AAA,1,1,1,1,1",
    ]  # fmt: skip
    _lines(folder / "stream-bad.csv", HEAD, [*early[:6], *bad, *early[6:12]])


def _write_jobs(folder: Path) -> None:
    """Configurations: of the nightly job, whole and faulty, and for --config."""
    for name, text in JOBS.items():
        _put(folder / "jobs" / f"{name}.toml", text.encode())
    for name, text in FAULTY_NIGHTS.items():
        _put(folder / "faulty" / f"{name}.toml", text.encode())
    _put(folder / "config.toml", CONFIG.encode())
    _put(folder / "faulty-config.toml", b"[predict]\nhorizons = 4\n")
    _put(folder / "cluster.py", CLUSTER.encode())


def _lines(path: Path, head: str, rows: Iterable[str]) -> None:
    _put(path, ("\n".join([head, *rows]) + "\n").encode())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
