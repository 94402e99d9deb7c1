"""M4: the weekly and hourly series of the competition, forecast and scored as M4 does. By hand.

    python tests/benchmarks/m4.py FOLDER Weekly [train's options]

FOLDER holds Weekly-train.csv.gz, Weekly-test.csv.gz and forecast-Naive2.csv.gz as the competition
published them (Makridakis, Spiliotis & Assimakopoulos 2020, doi:10.1016/j.ijforecast.2019.04.014).
The wide rows become one long CSV, which the installed command trains on and forecasts.
"""

import argparse
import csv
import gzip
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HORIZON = {"Weekly": 13, "Hourly": 48}
SEASON = {"Weekly": 1, "Hourly": 24}
OPTIONS: dict[str, list[str]] = {
    "Weekly": ["--season", "52"],
    "Hourly": ["--season", "168"],
}
MISSED = 40  # times that a value beyond the 95 % interval counts in its score

Series = dict[str, list[float]]


def wide(path: Path) -> Series:
    """Series by name from rows of a name and numbers, the rest of a row empty."""
    with gzip.open(path, "rt", encoding="ascii", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    return {row[0]: [float(cell) for cell in row[1:] if cell] for row in rows}


def long(series: Series) -> str:
    """One row a value, as a CSV."""
    rows = [f"{name},{value!r}" for name, values in series.items() for value in values]
    return "\n".join(["unique_id,value", *rows, ""])


def forecasts(series: Series, frequency: str, options: list[str]) -> tuple[Series, Series, Series]:
    """What the installed command forecasts, and the bounds of its 95 % interval, if it has any."""
    horizon = str(HORIZON[frequency])
    command = [sys.executable, "-m", "rnncli"]
    fixed = ["--horizon", horizon] if "--mode" in options else []
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder, "m4.csv"), str(Path(folder, "m4.model"))
        path.write_text(long(series), encoding="ascii")
        predict = [*command, "predict", model, str(path), "--horizon", horizon, "--format", "csv"]
        train = [*command, "train", str(path), "-o", model, *options, *fixed]
        subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(predict, check=True, capture_output=True, text=True)
    parts: tuple[Series, Series, Series] = ({}, {}, {})
    for row in csv.DictReader(done.stdout.splitlines()):
        for part, column in zip(parts, ("forecast", "lower_95", "upper_95"), strict=True):
            part.setdefault(row["symbol"], []).append(float(row.get(column) or "nan"))
    return parts


def smape(actual: list[float], forecast: list[float]) -> float:
    """Symmetric mean absolute percentage error, in percent."""
    y, f = np.array(actual), np.array(forecast)
    return float(np.mean(200 * np.abs(y - f) / (np.abs(y) + np.abs(f))))


def mase(known: list[float], actual: list[float], forecast: list[float], season: int) -> float:
    """Mean absolute error over that of the seasonal naive forecast within the known values."""
    errors = np.abs(np.array(actual) - np.array(forecast))
    return float(np.mean(errors) / scale_of(known, season))


def scale_of(known: list[float], season: int) -> float:
    """Mean absolute error of the seasonal naive forecast within the known values."""
    return float(np.mean(np.abs(np.array(known[season:]) - np.array(known[:-season]))))


def msis(
    known: list[float], actual: list[float], lower: list[float], upper: list[float], season: int
) -> float:
    """Mean scaled interval score of the 95 % interval (Gneiting & Raftery 2007)."""
    y, low, high = np.array(actual), np.array(lower), np.array(upper)
    beyond = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return float(np.mean(high - low + MISSED * beyond) / scale_of(known, season))


def scores(known: Series, actual: Series, forecast: Series, season: int) -> tuple[float, float]:
    """Mean sMAPE and MASE over the series."""
    s = [smape(actual[name], forecast[name]) for name in known]
    m = [mase(known[name], actual[name], forecast[name], season) for name in known]
    return float(np.mean(s)), float(np.mean(m))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("frequency", choices=list(HORIZON))
    arguments, options = parser.parse_known_args()
    frequency = arguments.frequency
    known = wide(arguments.folder / f"{frequency}-train.csv.gz")
    actual = wide(arguments.folder / f"{frequency}-test.csv.gz")
    naive2 = wide(arguments.folder / "forecast-Naive2.csv.gz")
    started = time.monotonic()
    middle, lower, upper = forecasts(known, frequency, options or OPTIONS[frequency])
    seconds = time.monotonic() - started
    ours = scores(known, actual, middle, SEASON[frequency])
    theirs = scores(known, actual, naive2, SEASON[frequency])
    owa = (ours[0] / theirs[0] + ours[1] / theirs[1]) / 2
    print(f"M4 {frequency}, {len(known)} series, {HORIZON[frequency]} ahead, {seconds:.1f} s")
    season = SEASON[frequency]
    scored = [msis(known[n], actual[n], lower[n], upper[n], season) for n in known]
    interval = f"MSIS {np.mean(scored):.2f}"
    print(f"rnncli  sMAPE {ours[0]:.3f}  MASE {ours[1]:.3f}  OWA {owa:.3f}  {interval}")
    print(f"Naive2  sMAPE {theirs[0]:.3f}  MASE {theirs[1]:.3f}  OWA 1.000")


if __name__ == "__main__":
    main()
