"""Where an option's value comes from: the command line, the environment, a TOML file."""

import csv
import io

import pytest


@pytest.fixture
def horizons(call, hand_made, prices):
    """How many rows a symbol a run of predict gives."""

    def count(*options):
        done = call("predict", hand_made, prices, *options)
        assert (done.returncode, done.stderr) == (0, b"")
        return len(done.stdout.splitlines()) // 3

    return count


def config(path, text):
    """Write a TOML file."""
    path.write_text(text, encoding="utf-8")
    return path


def test_the_command_line_wins_then_the_environment_then_the_file(horizons, tmp_path, monkeypatch):
    """One option, four places, one order."""
    path = config(tmp_path / "my.toml", "[predict]\nhorizon = 4\n")
    assert horizons() == 5
    assert horizons("--config", path) == 4
    monkeypatch.setenv("RNNCLI_PREDICT_HORIZON", "3")
    assert horizons("--config", path) == 3
    assert horizons("--config", path, "--horizon", 2) == 2


def test_config_can_be_named_by_the_environment(horizons, tmp_path, monkeypatch):
    """RNNCLI_CONFIG names the file for every command."""
    path = config(tmp_path / "my.toml", "[predict]\nhorizon = 4\n[train]\nepochs = 3\n")
    monkeypatch.setenv("RNNCLI_CONFIG", str(path))
    assert horizons() == 4


def test_a_file_that_merely_lies_there_is_not_read(horizons, tmp_path, monkeypatch):
    """What a run does never hangs on the folder it is started in."""
    for name in ("rnncli.toml", "pyproject.toml", ".rnncli.toml"):
        config(tmp_path / name, "[predict]\nhorizon = 4\n")
    monkeypatch.chdir(tmp_path)
    assert horizons() == 5


def test_options_of_train_come_from_the_environment(call, prices, tmp_path, monkeypatch):
    """Every option has its name there: RNNCLI_TRAIN_ and the option in capitals."""
    monkeypatch.setenv("RNNCLI_TRAIN_EPOCHS", "2")
    monkeypatch.setenv("RNNCLI_TRAIN_HIDDEN_SIZE", "3")
    monkeypatch.setenv("RNNCLI_TRAIN_FORMAT", "csv")
    monkeypatch.setenv("RNNCLI_TRAIN_OUTPUT", str(tmp_path / "m"))
    done = call("train", prices)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1 + 2)
    shown = call("inspect", tmp_path / "m", "--format", "csv").stdout
    assert b"weight_hh_l0,3 x 3," in shown or b"[3, 3]" in shown


@pytest.mark.parametrize("place", ["environment", "file", "command line"])
def test_several_levels_from_every_place(place, call, hand_made, prices, tmp_path, monkeypatch):
    """An option of several values takes them as words in the environment, as a list in TOML."""
    options = []
    if place == "environment":
        monkeypatch.setenv("RNNCLI_PREDICT_LEVEL", "50 90")
    elif place == "file":
        options = ["--config", config(tmp_path / "my.toml", "[predict]\nlevel = [50, 90]\n")]
    else:
        options = ["--level", "50", "--level", "90"]
    done = call("predict", hand_made, prices, *options)
    names = next(csv.reader(io.StringIO(done.stdout.decode())))
    assert [name for name in names if "er_" in name] == [
        "lower_50", "upper_50", "lower_90", "upper_90",
    ]  # fmt: skip


def test_keys_may_be_written_with_dashes(call, prices, tmp_path):
    """A TOML key is the option's name, with dashes or underscores."""
    path = config(tmp_path / "my.toml", "[train]\nhidden-size = 3\nepochs = 1\nformat = 'jsonl'\n")
    done = call("train", prices, "-o", tmp_path / "m", "--config", path)
    assert (done.returncode, done.stdout.count(b'"epoch"')) == (0, 1)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[predict]\nhorizont = 4\n", "horizont"),
        ("[predcit]\nhorizon = 4\n", "predcit"),
        ("horizon = 4\n", "horizon"),
        ("[predict]\nhorizon = 'many'\n", "horizon"),
        ("[predict]\nhorizon = 0\n", "horizon"),
        ("[predict\n", "my.toml"),
        ("[predict]\nconfig = 'other.toml'\n", "config"),
        ("[predict]\nhorizon = true\n", "horizon"),
        ("[predict]\nhorizon = 4.5\n", "horizon"),
        ("[predict]\nhorizon = [4, 5]\n", "horizon"),
        ("[predict]\nhorizon = { days = 4 }\n", "horizon"),
        ("[predict]\nlevel = [80, inf]\n", "level inf: is not a finite number"),
        ("[predict]\nlevel = [[80]]\n", "level"),
        ("[predict]\nformat = ['csv', 'json']\n", "format"),
        ("[predict]\nsymbols = ['A,B', 'C']\n", "symbols: an item contains a comma"),
        ("[predict]\nsymbols = true\n", "symbols"),
        ("[predict]\nquiet = 'perhaps'\n", "quiet"),
    ],
)
def test_a_faulty_file_is_wrong_usage(text, named, call, hand_made, prices, tmp_path):
    """A misspelt key or table is reported, never passed over."""
    path = config(tmp_path / "my.toml", text)
    done = call("predict", hand_made, prices, "--config", path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert named in done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[predict]\n\nhorizont = 4\n", "line 3: [predict] has no option horizont; did you mean"
         " horizon?"),
        ("[predict]\nmax_agee = 4\n",
         "line 2: [predict] has no option max_agee; did you mean max_age?"),
        ("[train]\n[predcit]\nhorizon = 4\n", "line 2: no table [predcit]; did you mean [predict]"),
        ("[nothing]\n", "line 1: no table [nothing]; the tables are train, predict, "),
        ("horizon = 4\n", "line 1: horizon is outside any table; write it below one"),
        ("predict.horizn = 4\n", "line 1: [predict] has no option horizn; did you mean horizon?"),
        ("predict = { max-age = 3,\"horizn\" = 4 }\n", "line 1: [predict] has no option horizn"),
        ("[ predict ] # mine\n  \"horizon\"  = 0\n", "line 2: [predict] horizon = 0: "),
        ("[predict]\nsymbols = \"\"\"\nhorizon = 0\n\"\"\"\nhorizon = 'x'\n",
         "line 5: [predict] horizon"),
        ("[predict]\nmax_jump = 'far'\n", "line 2: [predict] max_jump = 'far': "),
        ("[predict]\nformat = 'xlsx'\n", "line 2: [predict] format = 'xlsx': "),
        ("[predict]\nlevel = [80, inf]\n",
         "line 2: [predict] level inf: is not a finite number"),
        ("[predict]\ncalendar = 'NOWHERE'\n", "line 2: [predict] calendar NOWHERE: "),
        ("[predict]\noutput = 'f.xlsx'\n", "line 2: [predict] output = 'f.xlsx': has no "),
    ],
)  # fmt: skip
def test_a_fault_of_a_file_names_the_line_and_the_nearest_key(
    text, said, call, hand_made, prices, tmp_path
):
    """In the spelling that was typed, however TOML lets a key be written."""
    path = config(tmp_path / "my.toml", text)
    done = call("predict", hand_made, prices, "--config", path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert done.stderr.decode().startswith(f"error: {path}, {said}")


def test_a_fault_of_a_variable_names_it(call, hand_made, prices, monkeypatch):
    """Where the value is refused by the command itself too."""
    monkeypatch.setenv("RNNCLI_PREDICT_OUTPUT", "f.xlsx")
    done = call("predict", hand_made, prices)
    assert done.returncode == 2
    assert done.stderr.startswith(
        b"error: RNNCLI_PREDICT_OUTPUT: --output f.xlsx: has no known ending"
    )


def test_variables_that_set_nothing_are_reported(call, hand_made, prices, monkeypatch):
    """With the nearest that does; those of other commands are as they should be; -q: not."""
    for name in ("RNNCLI_TRAIN_EPOCHS", "RNNCLI_SCORE_DRIFT_ALPHA", "RNNCLI_PREDICT_HORIZON"):
        monkeypatch.setenv(name, "2" if "ALPHA" not in name else "0.1")
    silent = call("predict", hand_made, prices)
    assert (silent.returncode, silent.stderr, silent.stdout.count(b"\n")) == (0, b"", 1 + 3 * 2)
    monkeypatch.setenv("RNNCLI_TRAIN_EPOCS", "3")
    monkeypatch.setenv("RNNCLI_COLOUR_OF_CATS", "red")
    done = call("predict", hand_made, prices)
    assert (done.returncode, done.stdout) == (0, silent.stdout)
    assert done.stderr.decode().splitlines() == [
        "warning: RNNCLI_COLOUR_OF_CATS: sets no option; write it as RNNCLI_TRAIN_EPOCHS",
        "warning: RNNCLI_TRAIN_EPOCS: sets no option; did you mean RNNCLI_TRAIN_EPOCHS?",
    ]
    assert call("predict", hand_made, prices, "-q").stderr == b""


def test_a_variable_without_a_command_is_of_the_one_that_runs(call, hand_made, prices, monkeypatch):
    """Where that has such an option; else of one that has it."""
    monkeypatch.setenv("RNNCLI_HORIZON", "3")
    monkeypatch.setenv("RNNCLI_EPOCHS", "3")
    assert call("predict", hand_made, prices).stderr.decode().splitlines() == [
        "warning: RNNCLI_EPOCHS: sets no option; did you mean RNNCLI_TRAIN_EPOCHS?",
        "warning: RNNCLI_HORIZON: sets no option; did you mean RNNCLI_PREDICT_HORIZON?",
    ]


def test_a_faulty_environment_is_wrong_usage(call, hand_made, prices, monkeypatch):
    """A value that does not fit is refused wherever it comes from."""
    monkeypatch.setenv("RNNCLI_PREDICT_HORIZON", "many")
    done = call("predict", hand_made, prices)
    assert done.returncode == 2
    assert done.stderr.startswith(
        b"error: RNNCLI_PREDICT_HORIZON: --horizon many: must be a whole number"
    )


def test_several_values_of_a_variable_stand_apart(call, hand_made, prices, monkeypatch):
    """The remedy is what to set, not what to type."""
    monkeypatch.setenv("RNNCLI_PREDICT_LEVEL", "80,95")
    done = call("predict", hand_made, prices)
    assert done.returncode == 2
    assert done.stderr.endswith(b'; for several values set RNNCLI_PREDICT_LEVEL="80 95"\n')
    monkeypatch.setenv("RNNCLI_PREDICT_LEVEL", "80 95")
    assert call("predict", hand_made, prices).returncode == 0


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("symbols = ['AAA', 'CC']", {"AAA", "CC"}),
        ("symbols = 'AAA,CC'", {"AAA", "CC"}),
        ("symbols = ['AAA']\nlevel = 90", {"AAA"}),
        ("since = 2024-02-23\nhorizon = '3'", {"AAA", "BBB", "CC"}),
    ],
)
def test_toml_may_say_it_in_its_own_types(text, symbols, call, hand_made, prices, tmp_path):
    """A list where commas would stand, a date as a date, one value where several may stand."""
    path = config(tmp_path / "my.toml", f"[predict]\n{text}\n")
    done = call("predict", hand_made, prices, "--config", path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {row["symbol"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))} == symbols


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_config_that_cannot_be_read_is_wrong_usage(content, call, hand_made, prices, tmp_path):
    """A missing or binary file at --config is reported in one line."""
    path = tmp_path / "my.toml"
    if content is not None:
        path.write_bytes(content)
    done = call("predict", hand_made, prices, "--config", path)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


def test_flags_can_be_taken_back(call, hand_made, tmp_path, monkeypatch):
    """What the environment switched on, the command line switches off."""
    path = tmp_path / "gap.csv"
    path.write_text("date,close\n2024-01-01,1\n2024-01-02,\n", encoding="ascii")
    monkeypatch.setenv("RNNCLI_PREDICT_QUIET", "1")
    assert call("predict", hand_made, path).stderr == b""
    assert call("predict", hand_made, path, "--no-quiet").stderr.startswith(b"warning: ")


def test_predict_reads_the_column_the_model_was_trained_on(call, tmp_path):
    """A model trained on one column forecasts that column, unless another is named."""
    path = tmp_path / "two.csv"
    rows = "".join(f"2024-01-{d:02d},{d % 3 + 1},{d % 5 + 50}\n" for d in range(1, 29))
    path.write_text("date,close,vwap\n" + rows, encoding="ascii")
    trained = call("train", path, "-o", tmp_path / "m", "--column", "vwap", "--epochs", 1)
    assert trained.returncode == 0
    line = call("predict", tmp_path / "m", path).stdout.decode().splitlines()[1]
    assert line.endswith(",53.0")
    other = call("predict", tmp_path / "m", path, "--column", "close").stdout.decode()
    assert other.splitlines()[1].endswith(",2.0")


IDLE = [
    (("--momentum", 0.5), "with --optimizer adam", ("--optimizer", "sgd")),
    (("--forget-bias", 1.0), "with --cell rnn", ("--cell", "lstm")),
    (("--teacher-forcing", 0.5), "without --mode", ("--mode", "encoder-decoder")),
    (("--teacher-forcing-end", 0.5), "without --mode", ("--mode", "encoder-decoder")),
]


@pytest.mark.parametrize(("option", "beside", "needed"), IDLE)
def test_an_option_that_does_nothing_is_refused(option, beside, needed, call, prices, tmp_path):
    """Typed where it has no effect, it tells what it is for; there it is taken."""
    train = ("train", prices, "-o", tmp_path / "m", "--hidden-size", 2, "--epochs", 1, *option)
    done = call(*train)
    assert (done.returncode, done.stdout) == (2, b"")
    said = f"{option[0]}: does nothing {beside}; leave it out, or add {' '.join(needed)}"
    assert done.stderr.decode() == f"error: {said}\n"
    assert call(*train, *needed).returncode == 0


@pytest.mark.parametrize("option", [option for option, _, _ in IDLE])
@pytest.mark.parametrize("place", ["environment", "file"])
def test_what_serves_many_runs_may_do_nothing_in_one(
    place, option, call, prices, tmp_path, monkeypatch
):
    """The environment and a file may set what only some runs use."""
    name, value = option[0][2:], str(option[1])
    options = []
    if place == "environment":
        monkeypatch.setenv(f"RNNCLI_TRAIN_{name.replace('-', '_').upper()}", value)
    else:
        options = ["--config", config(tmp_path / "my.toml", f"[train]\n{name} = {value}\n")]
    train = ("train", prices, "-o", tmp_path / "m", "--hidden-size", 2, "--epochs", 1, *options)
    assert call(*train).returncode == 0
