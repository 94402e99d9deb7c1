"""Nights of a model for each symbol: each is trained, kept and forecast from by itself."""

import hashlib
import shutil
import sqlite3
import sys

import pytest
from commands import environment
from in_process import here
from nights import dates, job, lay, left_in, market, summary
from paths import TOOLS
from processes import finished

from rnncli.errors import WriteError
from rnncli.models.model_folder import locked_folder
from rnncli.nightly import retrain
from rnncli.prices import batches

pytestmark = pytest.mark.thorough

FLEET = 'every = "7d"\nper-series = true\njobs = 1\nhidden-size = 2\nepochs = 2\nloss = "mse"'
FOLDER = 'file = "models"'
WILD = f'{FLEET}\noptimizer = "sgd"\nlearning-rate = 1e30\nclip-norm = 0'


def fleet(place, train=FLEET, **tables):
    """A configuration of a model for each symbol."""
    return job(place, model=FOLDER, train=train, **tables)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder after its first night, of 40 days."""
    place = tmp_path_factory.mktemp("begun")
    lay(place, market(), 40)
    done = here("batch", fleet(place), "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert summary(done)["models"] == 4
    return place


@pytest.fixture
def place(begun, tmp_path):
    """That folder, for one test."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return tmp_path


def trained(place, night, status=0):
    """Which models a night writes, and what it said."""
    before = {path: path.read_bytes() for path in place.glob("models/*.model")}
    stamps = {path: path.stat().st_mtime_ns for path in before}
    found = night(status=status)
    after = sorted(place.glob("models/*.model"))
    new = [path.stem for path in after if stamps.get(path) != path.stat().st_mtime_ns]
    assert found["models"] == len(new)
    return new, found


def test_a_first_night_does_what_train_and_predict_do(place, night, call):
    """The same models, the same forecasts, each recorded of its own model; then nothing more."""
    words = ("--per-series", "--hidden-size", 2, "--epochs", 2, "--loss", "mse", "--jobs", 1)
    call("train", place / "prices.csv", "-o", place / "alone", *words)
    models = {path.name: path.read_bytes() for path in place.glob("models/*.model")}
    assert models == {path.name: path.read_bytes() for path in (place / "alone").iterdir()}
    shutil.rmtree(place / "alone")
    printed = call("predict", place / "models", place / "prices.csv", "--horizon", 2).stdout
    assert (place / "forecasts.csv").read_bytes() == printed
    base = sqlite3.connect(place / "ledger.db")
    of = "SELECT DISTINCT symbol, digest FROM forecast JOIN model ON model.id = forecast.model"
    recorded = dict(base.execute(of).fetchall())
    base.close()
    assert {f"{symbol}.model": digest for symbol, digest in recorded.items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in models.items()
    }
    before = {p: (p.is_file() and p.read_bytes(), p.stat().st_mtime_ns) for p in place.rglob("*")}
    assert night()["done"] == "nothing"
    assert before == {
        p: (p.is_file() and p.read_bytes(), p.stat().st_mtime_ns) for p in place.rglob("*")
    }


@pytest.mark.slow
def test_a_model_ages_by_the_dates_of_its_own_symbol(place, night):
    """One that stopped trading is not trained again and again; a new one is, unless too old."""
    prices = {symbol: own[:45] for symbol, own in market(5).items()}
    prices["S3"] = prices["S3"][:40]
    lay(place, {symbol: prices[symbol] for symbol in ("S0", "S3")}, 44)
    assert trained(place, night)[0] == []
    lay(place, prices | {"OLD": prices["S0"][:20]})
    dry, (_, found) = night("--dry-run"), trained(place, night)
    assert (found["stale"], found["symbols"]) == (1, 5)
    assert dry["why"] == found["why"] == [
        "the prices are 7 days newer than those it was trained on (S0, S1, S2)",
        "there is no model yet (S4)",
    ]  # fmt: skip
    assert night()["done"] == "nothing"


@pytest.mark.slow
def test_what_is_wrong_with_one_trains_one(place, night):
    """A rewritten past, a damaged file, a lost one, lost traces."""
    whole = left_in(place)
    (place / "models" / "S0.model.traces").unlink()
    (place / "models" / "S2.model").unlink()
    assert trained(place, night)[0] == ["S2"]
    path = place / "models" / "S3.model"
    path.write_bytes(path.read_bytes()[:-1])
    assert trained(place, night)[0] == ["S3"]
    assert left_in(place) == whole
    prices = market()
    prices["S1"][7] += 1
    lay(place, prices, 40)
    assert trained(place, night)[1]["why"] == ["prices it was trained on were rewritten (S1)"]
    fleet(place, f"{FLEET}\nseed = 1")
    new, found = trained(place, night)
    assert new == ["S0", "S1", "S2", "S3"]
    assert found["why"] == ["its settings changed: seed is 1, was 0 (S0, S1, S2 and 1 more)"]


def test_a_symbol_that_fails_fails_alone(place, night):
    """New ones that cannot be learnt from are reported; status 65 where there are only such."""
    good = {symbol: own[:41] for symbol, own in market().items()}
    lay(place, good)
    night()
    clean = (place / "forecasts.csv").read_bytes()
    bad = {f"B{k}": -own for k, own in enumerate(good.values())}
    lay(place, good | bad)
    new, found = trained(place, night, status=1)
    assert (new, found["failed"], found["symbols"]) == ([], list(bad), 4)
    assert len(found["faults"]) == 4
    assert (place / "forecasts.csv").read_bytes() == clean
    lay(place, bad)
    assert night(status=65)["done"] == "failed"
    assert (place / "forecasts.csv").read_bytes() == clean


def test_a_training_that_fails_leaves_the_older_model_in_use(place, night, call):
    """It diverges: an error each, status 1; status 3 where there is no older one."""
    lay(place, market(), 41)
    fleet(place, WILD)
    new, found = trained(place, night, status=1)
    assert (new, found["kept"], found["recorded"]) == ([], 4, 8)
    done = call("batch", place / "nightly.toml", "-q")
    assert done.stderr.count(b"training failed, so the older model stays in use: ") == 4
    shutil.rmtree(place / "models")
    assert trained(place, night, status=3)[1]["failed"] == ["S0", "S1", "S2", "S3"]
    assert not (place / "models").exists()


@pytest.mark.slow
def test_two_processes_leave_what_one_does(begun, tmp_path, call):
    """Models, traces, forecasts and ledger."""
    for name, jobs in (("one", 1), ("two", 2)):
        shutil.copytree(begun, tmp_path / name)
        lay(tmp_path / name, market(5), 45)
        fleet(tmp_path / name, FLEET.replace("jobs = 1", f"jobs = {jobs}"))
        done = call("batch", tmp_path / name / "nightly.toml", "-q")
        assert (done.returncode, done.stderr) == (0, b"")
    one, two = (left_in(tmp_path / name) for name in ("one", "two"))
    assert one.pop("nightly.toml") != two.pop("nightly.toml")
    assert one == two


@pytest.mark.slow
def test_a_night_that_was_cut_short_is_finished_by_the_next(place, night, call, monkeypatch):
    """What was trained is not trained again; all is then as after a night that was not cut."""
    lay(place, market(5), 45)
    straight = place / "straight"
    shutil.copytree(place, straight)
    call("batch", straight / "nightly.toml", "-q")
    whole = left_in(straight)
    shutil.rmtree(straight)
    done = []

    def cut(path, *rest):
        done.append(path)
        if len(done) == 3:
            raise WriteError("cut")
        kept(path, *rest)

    kept = retrain.save_marks
    monkeypatch.setattr(retrain, "save_marks", cut)
    assert call("batch", place / "nightly.toml").returncode == 74
    monkeypatch.undo()
    assert trained(place, night)[0] == ["S3", "S4"]
    assert left_in(place) == whole


@pytest.mark.slow
def test_kills():
    """The script that kills nights at random moments, once."""
    script = TOOLS / "batch_kills.py"
    done = finished(
        [sys.executable, script, "--per-series", "1", "--symbols", "4", "--times", "1",
         "--epochs", "2"],
        env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_without_a_table_of_training_the_folder_is_used_as_it_is(place, night, call):
    """However old; a symbol without a model, or with a damaged one, fails alone."""
    job(place, model=FOLDER, train="-")
    lay(place, market(5), 60)
    (place / "models" / "S1.model").write_bytes(b"")
    new, found = trained(place, night, status=1)
    assert (new, found["failed"], found["recorded"]) == ([], ["S1", "S4"], 6)
    shutil.rmtree(place / "models")
    (place / "models").mkdir()
    assert call("batch", place / "nightly.toml").returncode == 66


@pytest.mark.slow
def test_groups_change_no_byte(place, night, monkeypatch):
    """Read and forecast some at a time or all at once."""
    folder = place / "many"
    folder.mkdir()
    for symbol, own in market().items():
        rows = "".join(f"{d},{p / 100:.2f}\n" for d, p in zip(dates(40), own[:40], strict=True))
        (folder / f"{symbol}.csv").write_text(f"date,close\n{rows}", encoding="ascii")
    fleet(place, prices='paths = ["many"]')
    whole = left_in(place)
    for size in (1, 3):
        monkeypatch.setattr(batches, "FILES", size)
        for name in ("forecasts.csv", "ledger.db", "models/S1.model.traces"):
            (place / name).unlink()
        assert trained(place, night)[0] == []
        assert left_in(place) == whole
        (place / "models" / "S2.model").unlink()
        (place / "ledger.db").unlink()
        assert trained(place, night)[0] == ["S2"]
        assert left_in(place) == whole


def test_models_that_know_other_classes_stand_beside_each_other(place, night, call):
    """One has fewer columns: its cells are empty, as `predict` shows them."""
    lay(place, {symbol: own for symbol, own in market().items() if symbol != "S1"}, 40)
    classes = FLEET.replace('"mse"', '"cross-entropy"') + '\nbins = 2\nlabels = "low,high"'
    fleet(place, classes)
    night()
    lay(place, market(), 40)
    fleet(place, train="-")
    assert night()["symbols"] == 4
    printed = call("predict", place / "models", place / "prices.csv", "--horizon", 2).stdout
    assert printed.splitlines()[0].endswith(b",label,p_low,p_high")
    assert (place / "forecasts.csv").read_bytes() == printed


def test_another_training_in_the_folder_is_waited_for(place, night, call):
    """Status 75; where nothing is to be trained it is in nobody's way."""
    with locked_folder(str(place / "models")):
        assert night()["done"] == "nothing"
        (place / "models" / "S2.model").unlink()
        assert call("batch", place / "nightly.toml").returncode == 75


def test_a_file_where_the_folder_should_be(place, call):
    """And a folder where a file should be: status 73 before anything is done."""
    lay(place, market(), 45)
    before = left_in(place)
    for table, train in (('file = "prices.csv2"', FLEET), (FOLDER, 'every = "7d"')):
        (place / "prices.csv2").write_text("", encoding="ascii")
        job(place, model=table, train=train)
        assert call("batch", place / "nightly.toml").returncode == 73
    (place / "prices.csv2").unlink()
    fleet(place)
    assert left_in(place) == before


def test_a_file_that_is_not_a_model_fails_its_symbol_alone(place, night, call):
    """And is left to whom it belongs; so is a folder of that name. Status 73 where all are such."""
    lay(place, market(), 45)
    (place / "models" / "S1.model").write_text("of somebody else", encoding="ascii")
    (place / "models" / "S2.model").unlink()
    (place / "models" / "S2.model").mkdir()
    found = night(status=1)
    assert (found["models"], found["failed"], found["symbols"]) == (2, ["S1", "S2"], 2)
    assert "S1.model: exists and is not a model" in found["faults"][0]
    assert (place / "models" / "S1.model").read_text(encoding="ascii") == "of somebody else"
    for symbol in ("S0", "S3"):
        (place / "models" / f"{symbol}.model").write_text("of somebody else", encoding="ascii")
    assert call("batch", place / "nightly.toml").returncode == 73


def test_models_that_are_cut_off_are_retrained(place, night):
    """Each alone; one that is somebody else's is left."""
    whole = left_in(place)
    for name, size in (("S0", 0), ("S2", 300)):
        path = place / "models" / f"{name}.model"
        path.write_bytes(path.read_bytes()[:size])
    new, found = trained(place, night)
    assert (new, found["why"]) == (
        ["S0", "S2"],
        ["its file is empty (S0)", "its file is damaged (S2)"],
    )
    assert left_in(place) == whole
