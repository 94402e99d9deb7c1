"""`rnncli schema`: what every result and every configuration is held to."""

import inspect
import json
import tomllib

import pytest
from builders import prices_of
from in_process import here
from jsonschema import Draft202012Validator, ValidationError
from ledgers import SOURCE, night_of
from nights import job, lay, market
from paths import GOLDEN

from rnncli import report
from rnncli.cli.schema import CONFIGS, schema_of
from rnncli.ledger.writer import record
from rnncli.nightly.config import EXAMPLE
from rnncli.report.output import Report, encoded
from rnncli.report.schemas import RESULTS

NAMES = [*RESULTS, *CONFIGS]


def closed(schema):
    """A schema that allows no key but those it names: what a program may meet is all in it."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    return parts if "properties" not in parts else {"additionalProperties": False, **parts}


def check(document):
    """Hold a result to the schema that it names."""
    family, name, version = document["schema"].split("/")
    assert (family, version) == ("rnncli", "1")
    Draft202012Validator(closed(schema_of(name))).validate(document)
    return name


def check_line(name, line):
    """Hold a JSON line to the rows of a schema."""
    schema = closed(schema_of(name))
    rows = Draft202012Validator({**schema["$defs"]["row"], "$defs": schema["$defs"]})
    assert [error.message for error in rows.iter_errors(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one(name, call):
    """Of the draft it says, printed as it is, with its name."""
    done = call("schema", name)
    assert (done.returncode, done.stderr) == (0, b"")
    schema = json.loads(done.stdout)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"rnncli/{name}/1"
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema == schema_of(name)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.name)
def test_golden_results_are_as_their_schemas_say(path):
    """All but the list of versions that the README's numbers were made with."""
    document = json.loads(path.read_bytes())
    for source in document.get("models", []):  # of which a golden result leaves out what varies
        source |= {"model": "0", "digest": "0"}
    if path.name != "readme.json":
        assert check(document) in RESULTS


def test_golden_lines_are_as_the_schema_says():
    """Rows of a forecast."""
    for line in (GOLDEN / "predict.jsonl").read_text(encoding="utf-8").splitlines():
        check_line("forecast", json.loads(line))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the prices of a nightly job, and a model that has seen their first days."""
    folder = tmp_path_factory.mktemp("schemas")
    lay(folder, market(days=260))
    words = ("-o", folder / "early.model", "--until", "2024-06-28", "--mode", "seq2seq")
    assert here("train", folder / "prices.csv", *words, *TINY).returncode == 0
    return folder


TINY = ("--hidden-size", 2, "--epochs", 1)
COMMANDS = {
    "forecast": "predict early.model prices.csv",
    "forecast-nixtla": "predict early.model prices.csv --names nixtla",
    "paths": "predict trained.model prices.csv --paths 2",
    "training": "train prices.csv -o trained.model --hidden-size 2 --epochs 1",
    "models": "train prices.csv -o models --per-series --jobs 1 --hidden-size 2 --epochs 1",
    "model": "inspect trained.model",
    "prices": "inspect prices.csv",
    "evaluation": "evaluate early.model prices.csv --horizon 2 --folds 12 --require-skill naive",
    "placebo": "evaluate trained.model prices.csv --horizon 1 --folds 12 --placebo 1",
    "score": "score l.db prices.csv --by symbol --by month --require-coverage 80:0-100",
    "scored-forecasts": "score l.db prices.csv --export json",
    "portfolio-score": "score l.db prices.csv --portfolios --require-test green",
    "scored-portfolios": "score l.db prices.csv --portfolios --export json",
    "joint-evaluation": "evaluate early.model prices.csv --joint --horizon 2 --folds 12",
    "risk": "risk early.model prices.csv --horizons 1",
    "risk-backtest": "risk early.model prices.csv --backtest --folds 30",
    "risk-stress": "risk early.model prices.csv --shock S1=-10%",
    "risk-marks": "risk early.model prices.csv --below -5%",
    "gradients": "gradients early.model prices.csv",
    "comparison": "gradients prices.csv --compare rnn,gru",
    "explanation": "explain early.model prices.csv --symbols S1",
    "unrolled": "unroll early.model",
    "simulation": "simulate --series 2 --length 30",
    "statland": "statland --companies 2",
    "night": "batch nightly.toml",
    "installation": "doctor",
    "licences": "doctor --licences",
    "schemas": "schema",
    "ledger": "ledger l.db info",
    "upgrade": "upgrade l.db",
    "statistics": "simulate --compare prices.csv --series 20 --length 250",
}


@pytest.mark.slow
def test_results_are_as_their_schemas_say(place, call, monkeypatch):
    """Of every command: the JSON, and each of its JSON lines; also those of a log file."""
    monkeypatch.chdir(place)
    job(place, log='file = "log.jsonl"')
    until = ("--until", "2024-10-01", "--ledger", "l.db", "-q")
    assert call("predict", "early.model", "prices.csv", *until).returncode == 0
    early = prices_of({name: cents[:200] / 100 for name, cents in market(days=260).items()})
    record("l.db", [], [(SOURCE, night_of(early, {"S1": 2.0}))])
    for name in ("training", *COMMANDS):
        export = () if "--export" in COMMANDS[name] else ("--format", "json")
        done = call(*COMMANDS[name].split(), *export)
        assert done.returncode in (0, 4), done.stderr
        assert check(json.loads(done.stdout)) == name
        if export and name not in {"night", "models", "placebo", "evaluation"}:  # which take longer
            lines = call(*COMMANDS[name].split(), "--format", "jsonl").stdout.splitlines()
            assert lines
            for line in lines:
                check_line(name, json.loads(line))
    events = Draft202012Validator(schema_of("event"))
    for line in (place / "log.jsonl").read_text(encoding="utf-8").splitlines():
        events.validate(json.loads(line))
    kernel = {
        "kernel": "forward", "precision": "float32", "lanes": 8, "source": "loaded", "seconds": 0.1,
    }  # fmt: skip
    kernels = report.warmup_report([kernel])
    assert check(json.loads(encoded([kernels], "json"))) == "kernels"
    assert {*COMMANDS, "kernels", "event"} == set(RESULTS)


def test_every_report_has_a_schema():
    """What is made in report/ has a name that is in the list."""
    source = "".join(
        inspect.getsource(inspect.getmodule(getattr(report, name)))
        for name in report.__all__
        if name.endswith("_report")
    )
    for name in set(RESULTS) - {"event"}:
        assert f'"{name}"' in source, name
    assert Report.__dataclass_fields__["name"]


def test_a_result_that_lacks_a_key_or_has_another_is_reported():
    """The schemas of these tests can fail."""
    document = json.loads((GOLDEN / "predict.json").read_bytes())
    for change in ({"forecast": None}, {"further": 1}):
        rows = [{**document["rows"][0], **change}]
        with pytest.raises(ValidationError):
            check({**document, "rows": rows})
    del document["rows"][0]["naive"]
    with pytest.raises(ValidationError):
        check(document)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("[train]\nhidden-size = 3\nhidden_size = 3\ncell = 'gru'\nquiet = true\n", True),
        (
            "[predict]\nlevel = 80\nsymbols = ['AAA', 'CC']\n[score]\nby = ['symbol', 'month']\n",
            True,
        ),
        ("[train]\nhidden-size = 0\n", False),
        ("[train]\nhiden-size = 3\n", False),
        ("[trian]\n", False),
        ("[train]\ncell = 'gruu'\n", False),
        ("[predict]\nlevel = [80, true]\n", False),
        ("[predict]\nconfig = 'other.toml'\n", False),
    ],
)
def test_the_schema_of_config_files(text, valid, call, hand_made, prices, tmp_path):
    """It allows what the commands take, and no more."""
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    schema = Draft202012Validator(schema_of("config"))
    assert schema.is_valid(tomllib.loads(text)) is valid
    if valid:
        assert call("predict", hand_made, prices, "--config", path).returncode == 0


def test_the_schema_of_nightly_jobs(tmp_path):
    """The example is one, also with all that is commented out; what a job refuses is none."""
    schema = Draft202012Validator(schema_of("nightly"))
    schema.validate(tomllib.loads(EXAMPLE))
    whole = "\n".join(line.removeprefix("# ") for line in EXAMPLE.splitlines()[4:])
    schema.validate(tomllib.loads(whole))
    text = job(tmp_path).read_text(encoding="utf-8")
    schema.validate(tomllib.loads(text))
    for table, wrong in (("train", "jobbs = 2"), ("output", 'format = "xlsx"'), ("model", "")):
        text = job(tmp_path, **{table: wrong}).read_text(encoding="utf-8")
        assert not schema.is_valid(tomllib.loads(text))


def test_schemas_are_found(call, tmp_path):
    """By name, or the nearest is reported; into a file; a schema has no other form."""
    listed = [row["name"] for row in json.loads(call("schema").stdout)["rows"]]
    assert listed == NAMES
    done = call("schema", "forcast")
    assert (done.returncode, done.stderr) == (
        2, b"error: no schema forcast; did you mean forecast?\n",
    )  # fmt: skip
    assert call("schema", "event", "--format", "csv").returncode == 2
    assert call("schema", "event", "-o", tmp_path / "event.json").stdout == b""
    assert json.loads((tmp_path / "event.json").read_bytes()) == schema_of("event")
