"""What a night reads or keeps is never written over, whatever the name of its output comes to."""

import os

import pytest
from nights import dates, job, lay, left_in, market

from rnncli.dates import today

DAYS = 12
NEWEST = dates(DAYS)[-1]
FLEET = "per-series = true\njobs = 1\nhidden-size = 2\nepochs = 1"


@pytest.fixture
def place(tmp_path):
    """A folder with prices and no night yet."""
    lay(tmp_path, market(symbols=1), DAYS)
    return tmp_path


def held(done, status, said):
    """The one line of a refusal."""
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.count(b"\n") == 1
    assert said in done.stderr.decode()


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("tables", "name", "said"),
    [
        ({"prices": f'paths = ["{NEWEST}.csv"]'}, "{date}.csv", "is one of the prices"),
        ({"prices": 'paths = ["many"]'}, "many/{date}.csv", "lies among the prices"),
        ({"model": f'file = "{NEWEST}"'}, "{date}", "is the file of [model] too"),
        ({"model": f'file = "{NEWEST}"'}, "{date}.traces", "is what [model] keeps"),
        ({"model": f'file = "{NEWEST}"'}, "{date}.checkpoint", "is what [model] keeps"),
        ({"model": f'file = "{NEWEST}"'}, "{date}.checkpoints", "is what [model] keeps"),
        ({"model": f'file = "{NEWEST}"'}, "{date}.new", "is what [model] keeps"),
        ({}, "a.model.checkpoints/{date}", "lies among the models"),
        ({"model": 'file = "many"', "train": FLEET}, "many/{date}.model", "lies among the models"),
        ({"model": 'file = "many"', "train": FLEET}, "many/x{date}.model.traces", "lies among the"),
        ({"ledger": f'file = "{NEWEST}"'}, "{date}", "is the file of [ledger] too"),
        ({"ledger": f'file = "{NEWEST}"'}, "{date}-journal", "is what [ledger] keeps"),
        ({"ledger": f'file = "{NEWEST}"'}, "{date}-wal", "is what [ledger] keeps"),
        ({"ledger": f'file = "{NEWEST}"'}, "{date}-shm", "is what [ledger] keeps"),
        ({"log": f'file = "{NEWEST}"'}, "{date}", "is the file of [log] too"),
        ({}, "nightly.toml{date}", "is the configuration itself"),
        ({}, ".nightly.toml{date}.lock", "is the lock of this job"),
    ],
)
def test_an_output_is_refused_by_the_name_that_its_dates_come_to(place, call, tables, name, said):
    """Before anything is trained, in a dry run too; not a byte of another file changes."""
    for folder in ("many", "a.model.checkpoints"):
        (place / folder).mkdir()
    for copy in (f"{NEWEST}.csv", "many/a.csv", f"many/{NEWEST}.csv"):
        (place / copy).write_bytes((place / "prices.csv").read_bytes())
    path = job(place, output=f'file = "{name}"\nformat = "csv"', **tables)
    if "toml" in name:
        path = path.rename(f"{path}{NEWEST}")
    before = left_in(place)
    for options in (("--dry-run",), ()):
        held(call("batch", path, *options), 2, said)
    kept = {name: content for name, content in left_in(place).items() if name in before}
    assert kept == before
    assert not (place / "a.model").exists()


def test_the_day_of_the_run_is_a_name_too(place, call):
    """{today}, which is known before anything is read."""
    job(place, output='file = "{today}.csv"', ledger=f'file = "{today()}.csv"')
    held(call("batch", place / "nightly.toml"), 2, "is the file of [ledger] too")


@pytest.mark.slow_shapes
@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("prices.csv", "is one of the prices"),
        ("many/a.csv", "is one of the prices"),
        ("nightly.toml", "is the configuration itself"),
        ("a.model", "is the file of [model] too"),
        ("a.model.traces", "is what [model] keeps"),
        ("ledger.db", "is the file of [ledger] too"),
        ("nightly.jsonl", "is the file of [log] too"),
    ],
)
def test_a_link_to_a_file_is_that_file(place, call, link, name, said):
    """By its name or as another name of the same file."""
    (place / "many").mkdir()
    (place / "many" / "a.csv").write_bytes((place / "prices.csv").read_bytes())
    path = job(
        place, log='file = "nightly.jsonl"',
        train="hidden-size = 2\nepochs = 1",
    )  # fmt: skip
    assert call("batch", path).returncode == 0
    feed = 'paths = ["many"]' if "many" in name else 'paths = ["prices.csv"]'
    job(
        place, prices=feed, log='file = "nightly.jsonl"', train="hidden-size = 2\nepochs = 1",
        output='file = "f-{date}.csv"',
    )  # fmt: skip
    link(place / name, place / f"f-{NEWEST}.csv")
    before = (place / name).read_bytes()
    held(call("batch", path), 2, said)
    assert (place / name).read_bytes() == before or name == "nightly.jsonl"


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_to_one_of_many_models_is_that_model(place, call, link):
    """In a folder of them, wherever the link is."""
    path = job(place, model='file = "models"', train=FLEET, output='file = "f-{date}.csv"')
    assert call("batch", path).returncode == 0
    (place / f"f-{NEWEST}.csv").unlink()
    (model,) = (place / "models").glob("*.model")
    link(model, place / f"f-{NEWEST}.csv")
    held(call("batch", path), 2, "is what [model] keeps")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_an_output_that_is_not_a_file_is_refused(place, call, make):
    """A pipe, where a writer would wait for ever, and a folder, by the name it comes to."""
    path = job(place, output='file = "f-{date}.csv"')
    make(place / f"f-{NEWEST}.csv")
    for options in (("--dry-run",), ()):
        held(call("batch", path, *options), 73, f"f-{NEWEST}.csv: is ")
    assert not (place / "a.model").exists()


def test_files_of_one_table_may_be_one(place, call):
    """Prices that are named twice, by a link too, are a matter of the reader."""
    os.link(place / "prices.csv", place / "again.csv")
    path = job(place, prices='paths = ["prices.csv", "again.csv"]', train="epochs = 1")
    assert call("batch", path, "-q").returncode == 0


@pytest.mark.parametrize(
    ("blocked", "tables"),
    [
        ("ledger.db", {}),
        ("l.jsonl", {"log": 'file = "l.jsonl"'}),
        ("a.model.traces", {}),
        ("models/S0.model.traces", {"model": 'file = "models"', "train": FLEET}),
        ("none", {"log": 'file = "none/l.jsonl"'}),
    ],
)
def test_a_dry_run_is_refused_what_the_run_is(place, call, blocked, tables):
    """Where a file cannot be written; with the same words."""
    path = job(place, **tables)
    if blocked != "none":
        (place / blocked).mkdir(parents=True)
    before = left_in(place)
    refused = [call("batch", path, "-q", *options) for options in (("--dry-run",), ())]
    assert [(one.returncode, one.stdout) for one in refused] == [(73, b"")] * 2
    assert refused[0].stderr == refused[1].stderr
    assert refused[0].stderr.count(b"\n") == 1
    assert {name: left_in(place)[name] for name in before} == before


def test_a_dry_run_sees_a_ledger_that_may_only_be_read(place, call, monkeypatch):
    """Which SQLite opens, and says only once it writes."""
    path = job(place, train="hidden-size = 2\nepochs = 1")
    assert call("batch", path, "-q").returncode == 0
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not str(path).endswith(".db") and real(path, mode)
    )
    for options in (("--dry-run",), ()):
        held(call("batch", path, *options), 73, "ledger.db: no permission to write")


@pytest.mark.slow
def test_standard_output_is_not_an_output_file(place, rnncli):
    """A pipe would be waited for, with the lock held."""
    path = job(place, output='file = "/dev/stdout"\nformat = "csv"', train="epochs = 1")
    held(rnncli("batch", path, "-q"), 73, "/dev/stdout: is not a regular file; name another")


BESIDE = {
    'feature-file = ["{}"]': "a feature file",
    'events = "{}"': "the file of events",
    'tickers = "{}"': "the file of ticker changes",
}


@pytest.mark.parametrize("option", BESIDE)
def test_files_beside_the_prices_are_checked_before_any_are_read(place, call, option):
    """They must be there, be files, and not be what the output comes to."""
    what, tables = BESIDE[option], 'paths = ["prices.csv"]\n'
    path = job(place, prices=tables + option.format("none.csv"))
    for options in (("--dry-run",), ()):
        held(call("batch", path, *options), 66, f"none.csv: {what} does not exist")
    (place / "none.csv").mkdir()
    held(call("batch", path), 66, f"none.csv: is a folder, and {what} is one file")
    (place / f"{NEWEST}.csv").write_text("old,new,date\nA,B,2024-01-09\n", encoding="ascii")
    path = job(place, prices=tables + option.format(f"{NEWEST}.csv"), output='file = "{date}.csv"')
    if "tickers" in option:
        (place / f"{NEWEST}.csv").write_text("old,new,date\nS0,B,2024-01-09\n", encoding="ascii")
        held(call("batch", path), 2, f"is {what}; name another")
    assert not (place / "a.model").exists()


def test_a_bad_file_of_ticker_changes_is_refused_before_prices_are_read(place, call):
    (place / "c.csv").write_text("old,new,date\nA,A,2024-01-09\n", encoding="ascii")
    path = job(place, prices='paths = ["prices.csv"]\ntickers = "c.csv"')
    held(call("batch", path), 65, "c.csv, line 2: A is its own new name")
