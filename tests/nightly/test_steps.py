"""A run is a chain of steps whose results never change; events report them to the caller."""

import dataclasses
import importlib
import pkgutil
from contextlib import nullcontext

import pytest
from nights import dates, job, lay, market

from rnncli import nightly
from rnncli.cli.nightly_config import read_job
from rnncli.nightly.deliver import Encoders
from rnncli.nightly.preflight import check_job
from rnncli.nightly.steps import run_job
from rnncli.prices import batches
from rnncli.settings import RunSettings


class Told:
    """Events in the order they come."""

    def __init__(self):
        self.events = []

    def __getattr__(self, name):
        return lambda *values, **counts: self.events.append((name, *values, *counts))

    def stage(self, name):
        return nullcontext(name)

    def named(self, name):
        return [event[1] for event in self.events if event[0] == name]


def run(path, dry=False):
    """The result of a run and what was told of it; the output is the symbols it was given."""
    settings, told = read_job(str(path)), Told()
    check_job(settings)

    def encode(forecasts, prices=None, portfolios=None):  # noqa: ARG001 - of a page
        return " ".join(s for forecast in forecasts for s in forecast.symbols).encode()

    return run_job(settings, told, Encoders(encode, encode), RunSettings(threads=1), dry), told


def test_results_of_steps_cannot_be_changed():
    """Every dataclass of the package is frozen."""
    for module in pkgutil.iter_modules(nightly.__path__):
        for value in vars(importlib.import_module(f"rnncli.nightly.{module.name}")).values():
            if dataclasses.is_dataclass(value):
                assert value.__dataclass_params__.frozen, value


def test_a_run_without_the_command_line(tmp_path):
    """Steps are logged in their order; a second run has nothing to do."""
    lay(tmp_path, market(), 40)
    result, told = run(job(tmp_path))
    assert told.named("log") == ["read", "trained", "forecast", "recorded", "written"]
    assert (result.models, result.symbols, result.recorded, result.idle) == (1, 4, 8, False)
    assert (tmp_path / "forecasts.csv").read_bytes() == b"S0 S1 S2 S3"
    again, told = run(job(tmp_path))
    assert told.named("log") == ["read", "forecast", "recorded", "written"]
    assert (again.models, again.recorded, again.idle) == (0, 0, True)


def test_a_dry_run_tells_reasons_and_leaves_no_file(tmp_path):
    """Nothing can be forecast before the first training."""
    lay(tmp_path, market(), 40)
    before = sorted(tmp_path.iterdir())
    result, _ = run(job(tmp_path), dry=True)
    assert (result.reasons, result.symbols) == (["there is no model yet"], 4)
    assert (result.forecasts, result.recorded, result.written, result.model) == (0, 0, False, None)
    assert sorted({*tmp_path.iterdir()} - {tmp_path / "nightly.toml"}) == before


@pytest.mark.parametrize("size", [2, 256])
def test_a_fault_that_is_met_twice_counts_once(tmp_path, monkeypatch, size):
    """Files that are read in groups are read again where a model turns out to be stale."""
    monkeypatch.setattr(batches, "FILES", size)
    folder = tmp_path / "many"
    folder.mkdir()
    path = job(tmp_path, prices='paths = ["many"]')
    lay_each(folder, 40)
    run(path)
    lay_each(folder, 50)
    (folder / "S3.csv").write_text("no prices at all", encoding="ascii")
    result, told = run(path)
    assert (result.models, result.unread, result.failed, result.symbols) == (1, 1, [], 3)
    assert len(told.named("fail")) == (2 if size == 2 else 1)
    assert result.faults == list(dict.fromkeys(map(str, told.named("fail"))))


def lay_each(folder, days):
    """Write the first days of each series into a file of its own."""
    for symbol, walk in market().items():
        rows = zip(dates(days), walk[:days], strict=True)
        lines = ["date,close", *(f"{day},{price / 100:.2f}" for day, price in rows)]
        (folder / f"{symbol}.csv").write_text("\n".join(lines), encoding="ascii")
