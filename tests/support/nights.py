"""A folder in which a nightly job runs: its prices, its configuration, what it leaves."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np

HEAD = "date,symbol,close"


def market(symbols: int = 4, days: int = 60, calm: float = 0.01, seed: int = 0) -> dict[str, Any]:
    """Random walks by symbol, in cents."""
    rng = np.random.default_rng(seed)
    walks = 5000 * np.exp(np.cumsum(calm * rng.standard_normal((symbols, days)), axis=1))
    return {f"S{number}": np.rint(walk) for number, walk in enumerate(walks)}


def dates(days: int) -> list[str]:
    """Weekdays of 2024."""
    weekdays = np.busday_offset("2024-01-01", np.arange(days), roll="forward")
    return list(weekdays.astype(str))


def lay(place: Path, prices: dict[str, Any], days: int | None = None) -> None:
    """Write the first days of prices into prices.csv."""
    lines = [HEAD]
    for symbol, cents in prices.items():
        shown = cents[:days]
        lines += [
            f"{d},{symbol},{p / 100:.2f}" for d, p in zip(dates(len(shown)), shown, strict=True)
        ]
    (place / "prices.csv").write_text("\n".join(lines) + "\n", encoding="ascii")


def job(place: Path, **tables: str) -> Path:
    """Write a configuration: what a small job has, a table of each name changed or added."""
    whole = {
        "prices": 'paths = ["prices.csv"]',
        "model": 'file = "a.model"',
        "train": 'every = "7d"\nhidden-size = 4\nepochs = 3',
        "forecast": "horizon = 2",
        "output": 'file = "forecasts.csv"',
        "ledger": 'file = "ledger.db"',
    } | tables
    text = "\n".join(f"[{name}]\n{lines}" for name, lines in whole.items() if lines != "-")
    path = place / "nightly.toml"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def summary(done: Any) -> dict[str, Any]:
    """The summary that a run with --format json printed."""
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def left_in(place: Path) -> dict[str, object]:
    """Every file of a folder by its name: its bytes; of a ledger its rows, without the times.

    Temporary files that a kill left, which the run after the next hour removes, do not count.
    """
    contents: dict[str, object] = {}
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.suffix != ".tmp":
            ledger = path.suffix == ".db"
            contents[str(path.relative_to(place))] = rows_of(path) if ledger else path.read_bytes()
    return contents


def rows_of(path: Path) -> list[object]:
    """All rows of a ledger, the times of the runs left out; each forecast is there once."""
    base = sqlite3.connect(path)
    rows = base.execute("SELECT * FROM forecast ORDER BY model, cutoff, symbol, ahead").fetchall()
    runs = base.execute("SELECT id, version, model FROM run ORDER BY id").fetchall()
    models = base.execute("SELECT id, digest, price_column FROM model ORDER BY id").fetchall()
    names = base.execute("SELECT name FROM sqlite_master WHERE name LIKE 'portfolio_%'").fetchall()
    risks = [base.execute(f"SELECT * FROM {name}").fetchall() for (name,) in sorted(names)]  # noqa: S608
    twice = "SELECT count(*) FROM (SELECT DISTINCT model, cutoff, symbol, ahead FROM forecast)"
    ((distinct,),) = base.execute(twice)
    base.close()
    assert distinct == len(rows)
    return [rows, runs, models, *risks]
