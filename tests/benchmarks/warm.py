"""By hand: what `predict --state` saves, of a night on which every symbol has one row more.

    python tests/benchmarks/warm.py [SYMBOLS] [DAYS] [TIMES]

A model of the default settings is trained for an epoch on a few of the series. Then all are
forecast without a state, with none yet, and with that of the day before; in turn, TIMES times, the
fastest of each. The output must have the same bytes. Where the time goes is what --profile says.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COMMAND = [sys.executable, "-m", "rnncli"]


def written(path: Path, symbols: int, days: int) -> None:
    """A long file of random walks."""
    rng = np.random.default_rng(0)
    dates = np.busday_offset("2019-01-01", np.arange(days), roll="forward").astype(str).tolist()
    with path.open("w", encoding="ascii") as file:
        file.write("date,symbol,close\n")
        for k in range(symbols):
            prices = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(days)))
            rows = zip(dates, prices.round(2).tolist(), strict=True)
            file.writelines(f"{date},S{k},{price}\n" for date, price in rows)


def without_last_day(path: Path, whole: Path) -> None:
    """The same file as it was the day before."""
    lines = whole.read_text(encoding="ascii").splitlines()
    last = max(line[:10] for line in lines[1:])
    earlier = [line for line in lines if not line.startswith(last)]
    path.write_text("\n".join(earlier) + "\n", encoding="ascii")


def timed(*arguments: object) -> tuple[float, bytes, str]:
    """Seconds of a run, what it printed, and its profile."""
    start = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, "predict", *map(str, arguments), "--profile"], capture_output=True, check=True
    )
    return time.perf_counter() - start, done.stdout, done.stderr.decode()


def main() -> None:
    """Measure, and hold the forecasts to each other."""
    given = [int(number) for number in sys.argv[1:]]
    symbols, days, times = given + [5000, 1259, 3][len(given) :]
    with tempfile.TemporaryDirectory() as folder:
        model, few, whole, before = (Path(folder, name) for name in ("m", "few", "all", "before"))
        written(few, 40, 400)
        written(whole, symbols, days)
        without_last_day(before, whole)
        train = ["train", few, "-o", model, "--epochs", "1"]
        subprocess.run([*COMMAND, *map(str, train)], capture_output=True, check=True)
        state, runs_of = Path(folder, "state"), dict[str, list[tuple[float, bytes, str]]]()
        timed(model, few)  # the kernels
        for horizon in (1, 5):
            for _ in range(times):
                ahead = ("--horizon", horizon)
                runs_of.setdefault("without", []).append(timed(model, whole, *ahead))
                state.unlink(missing_ok=True)
                runs_of.setdefault("first", []).append(
                    timed(model, before, "--state", state, *ahead)
                )
                runs_of.setdefault("next", []).append(timed(model, whole, "--state", state, *ahead))
            print(f"{symbols:,} symbols x {days:,} days, {horizon} ahead, seconds:")
            for name, runs in runs_of.items():
                seconds, _, profile = min(runs)
                stages = re.findall(r"^ *([a-z ]+?) +([\d.]+)", profile, re.MULTILINE)
                shown = ", ".join(f"{stage} {spent}" for stage, spent in stages)
                print(f"  {name:8} {seconds:6.2f}   {shown}")
            same = {out for _, out, _ in runs_of["without"]} == {
                out for _, out, _ in runs_of["next"]
            }
            print(f"  {state.stat().st_size / 2**20:.1f} MB of state; same bytes: {same}")
            runs_of.clear()


if __name__ == "__main__":
    main()
