"""A night with a model that is fed the market, for which all symbols are needed at once."""

import csv

import pytest
from nights import dates, job, market

from rnncli.prices import batches

DAYS, SYMBOLS = 130, 21


@pytest.mark.slow
@pytest.mark.parametrize("files", [256, 4])
def test_a_night_forecasts_as_predict_does(tmp_path, night, call, monkeypatch, files):
    """However few of the files are read at a time otherwise; the first night trains."""
    monkeypatch.setattr(batches, "FILES", files)
    folder = tmp_path / "many"
    folder.mkdir()
    for symbol, cents in market(SYMBOLS, DAYS).items():
        rows = "".join(f"{d},{p / 100:.2f}\n" for d, p in zip(dates(DAYS), cents, strict=True))
        (folder / f"{symbol}.csv").write_text(f"date,close\n{rows}", encoding="ascii")
    job(tmp_path, prices='paths = ["many"]')
    for _ in range(2):
        assert night()["symbols"] == SYMBOLS
        made = (tmp_path / "forecasts.csv").read_text(encoding="ascii")
        (tmp_path / "ledger.db").unlink()
        alone = call("predict", tmp_path / "a.model", folder, "--horizon", 2)
        assert numbers(made) == numbers(alone.stdout.decode())
    assert b'"market"' in call("inspect", tmp_path / "a.model", "--format", "json").stdout


def numbers(text):
    """The forecasts of a file, without what else a night writes of them."""
    rows = csv.DictReader(text.splitlines())
    return [[row[name] for name in ("symbol", "cutoff", "forecast", "lower_95")] for row in rows]
