"""What is typed wrong is answered with what to type instead, in one line."""

import shlex
from typing import get_args

import pytest

from rnncli.settings.option import Cell

*MOST, LAST = get_args(Cell)
CHOICES = f"{', '.join(MOST)} or {LAST}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("train p.csv", "-o MODEL is missing; example: rnncli train prices -o my.model"),
        ("predict", "PRICES is missing; example: rnncli predict prices"),
        ("score", "LEDGER is missing; example: rnncli score ledger.db prices"),
        ("score ledger.db", "PRICES is missing; example: rnncli score ledger.db prices"),
        ("predict p.csv --horizon 5d", "--horizon 5d: must be a whole number; type 5"),
        ("predict p.csv --horizon 0", "--horizon 0: must be between 1 and 100000"),
        ("statland --companies -1", "--companies -1: must be 0 or more"),
        ("train p.csv -o m --dropout x", "--dropout x: must be a number, such as 0"),
        (
            "predict p.csv --level 80,95",
            "--level 80,95: must be a number, such as 80; for several values type --level 80"
            " --level 95",
        ),
        ("train p.csv -o m --pool nonsense", "--pool nonsense: choose auto or none"),
        ("train p.csv -o m --cell LSTM", f"--cell LSTM: choose {CHOICES}"),
        ("train p.csv --lr 1", "rnncli train has no option --lr; did you mean --learning-rate?"),
        ("train p.csv --hiddensize 1",
         "rnncli train has no option --hiddensize; did you mean --hidden-size?"),
        ("predict p.csv --json",
         "rnncli predict has no option --json; did you mean --format json?"),
        ("doctor --bogus",
         "rnncli doctor has no option --bogus; rnncli doctor --help lists the options"),
        ("forecast p.csv", "no command 'forecast'; did you mean rnncli predict?"),
        ("backtest p.csv", "no command 'backtest'; did you mean rnncli evaluate?"),
        ("tarin p.csv", "no command 'tarin'; did you mean rnncli train?"),
        ("xyzzy", "no command 'xyzzy'; rnncli help lists the commands"),
        ("help xyzzy", "help xyzzy: no guide, command or explanation of that name;"
         " rnncli help lists the topics"),
        (
            "train p.csv -o m --start prior --teacher-forcing 0.5",
            "--teacher-forcing: does nothing with --start prior, whose network has no"
            " encoder-decoder; leave it out",
        ),
        (
            "train p.csv -o m --forget-bias 2",
            "--forget-bias: does nothing with --cell rnn; leave it out, or add --cell lstm",
        ),
        ("predict p.csv --paths 5 --level 50",
         "--level: does nothing with --paths, which have no intervals; leave it out"),
        ("predict p.csv --paths 5 --adaptive",
         "--adaptive: does nothing with --paths, which have no intervals; leave it out"),
        ("statland --plot x.png", "rnncli statland has no option --plot; it is an option of"
         " predict, evaluate, explain, gradients and unroll"),
        ("train p.csv --o m", "rnncli train has no option --o; did you mean --output?"),
        ("completion", "no command 'completion'; did you mean rnncli --install-completion?"),
        ("predict https://a.org/p.csv",
         "https://a.org/p.csv: is a URL; rnncli does not download, so fetch the file first"),
        ("predict p.csv --symbols A, B",
         "B: is not a file; for several values type --symbols A,B"),
        ("predict p.csv -o folder",
         "--output folder: is a folder; name a file, such as result.csv"),
        ("train p.csv -o m --jobs 2", "--jobs: belongs to --per-series; one network uses all cores"
         " already, and --threads limits them"),
        ("risk p.csv --level 5", "rnncli risk has no option --level; type --confidence 95"),
        ("risk p.csv --level 5%", "rnncli risk has no option --level; type --confidence 95"),
        ("risk p.csv --level 500",
         "rnncli risk has no option --level; did you mean --confidence, such as 95?"),
        ("predict p.csv -n 5", "rnncli predict has no option -n; did you mean --horizon 5?"),
        ("predict p.csv --weekly",
         "rnncli predict has no option --weekly; did you mean --resample W?"),
        ("predict p.csv --horizon 2w", "--horizon 2w: must be a whole number; rows are trading"
         " days: for 2w type 10"),
        ("train p.csv -o m --hidden-size 32 32",
         "32: is not a file; all layers have the same size; for 2 layers type --hidden-size 32"
         " --layers 2"),
        ("-q predict p.csv", "rnncli has no option -q; it follows the name of a command:"
         " rnncli predict p.csv -q"),
        ("serve", "no command 'serve'; did you mean rnncli predict --follow?"),
        ("ledger check p.csv", "action p.csv: choose info, check, prune, compact, export or import;"
         " did you mean: rnncli ledger p.csv check?"),
        ("predict p.csv --horizon 1e9",
         "--horizon 1e9: must be a whole number between 1 and 100000"),
        ("train p.csv -o m --validation 0.99", "--validation 0.99: must be between 0 and 0.9"),
        ("train p.csv -o m --validation 20",
         "--validation 20: must be between 0 and 0.9; for 20 % type 0.2"),
        ("predict --follow",
         "PRICES is missing; rows come from standard input: name - before --follow"),
        ("predict p.csv --horizon 99999w",
         "--horizon 99999w: must be a whole number between 1 and 100000"),
        ("predict p.csv --horizon 1e3", "--horizon 1e3: must be a whole number; type 1000"),
        ("predict p.csv -o -", "--output -: a result goes to standard output without it; leave it"
         " out, or name the file ./-"),
        ("predict p.csv --level 95%", "--level 95%: must be a number; type 95"),
        ("predict p.csv --since yesterday",
         "--since 'yesterday' is not a date; write it as 2024-01-31"),
        ("evaluate p.csv --refit weekly",
         "--refit weekly: no such refit; use none, once or every-K, such as every-5"),
        ("evaluate p.csv --require-coverage 0.8",
         "--require-coverage 0.8: write level:least-most in percent, as 80:76-84"),
        ("batch binary", "binary: is not a TOML file; rnncli batch --init > nightly.toml writes one"
         " to begin with"),
        ("inspect prior p.csv", "prior is a model; inspect shows one model, or price files"),
    ],
)  # fmt: skip
def test_the_remedy_is_in_the_line(typed, said, call, tmp_path, monkeypatch):
    """Status 2, nothing on standard output, and one line: fault and remedy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("date,close\n2024-01-02,5\n2024-01-03,6\n", encoding="ascii")
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\x98")
    done = call(*shlex.split(typed))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"error: {said}\n"


def test_two_dashes_alone_are_no_words(call):
    """The help page, on stderr, as without any."""
    assert call("--").stderr == call().stderr
    assert (call("--").returncode, call("--").stdout) == (2, b"")
    assert call("--").stderr.startswith(b"Usage: rnncli COMMAND")


@pytest.mark.parametrize(("typed", "meant"), [("aaa", "AAA"), ("AAB", "AAA"), ("Cc", "CC")])
def test_a_symbol_that_is_not_there_names_a_similar_one(typed, meant, call, prices):
    """Case differs, or a letter."""
    done = call("predict", prices, "--symbols", typed)
    assert done.stderr.decode().endswith(f"no symbol {typed} in the input; did you mean {meant}?\n")


def test_symbols_between_spaces_are_to_be_separated_by_commas(call, prices):
    """The line to write instead, with all of them."""
    done = call("predict", prices, "--symbols", "AAA CC")
    assert done.stderr.decode().endswith("; separate symbols by commas: AAA,CC\n")


def test_a_symbol_among_the_files_names_its_option(call, prices):
    """Its file was read, so the name is known; another missing name is a path to check."""
    done = call("predict", prices, "AAA", "BBBB", "--horizon", "1")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "error: AAA: is a symbol, not a file; write --symbols AAA",
        "error: BBBB: cannot be read (No such file or directory); check the path",
    ]


def test_prices_below_zero_have_a_remedy_that_works(call, tmp_path, monkeypatch):
    """What the prior cannot forecast, a model with the scale that the line names can."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"2024-{m:02}-{d:02},{d - 5}\n" for m in range(1, 5) for d in range(1, 27))
    (tmp_path / "p.csv").write_text(f"date,close\n{rows}", encoding="ascii")
    done = call("predict", "p.csv")
    remedy = "train a model with --scale difference"
    assert done.stderr.decode().splitlines()[-1].endswith(remedy)
    trained = call("train", "p.csv", "-o", "m", "--scale", "difference", "--epochs", 1)
    assert trained.returncode == 0
    assert call("predict", "m", "p.csv").returncode == 0


def test_a_file_called_prior_does_not_pass_for_the_prior(call, prices, tmp_path, monkeypatch):
    """A warning names the way to the file; with ./ there is no warning."""
    monkeypatch.chdir(tmp_path)
    warning = b"warning: prior is the network that comes with rnncli; for your file or folder write"
    (tmp_path / "prior").mkdir()
    (tmp_path / "prior" / "p.csv").write_bytes(prices.read_bytes())
    for command in ("predict", "evaluate", "gradients"):
        assert warning in call(command, "prior", prices).stderr
    assert warning in call("inspect", "prior").stderr
    assert warning not in call("predict", "./prior").stderr
    assert call("predict", "prior").stderr.endswith(b"or ./prior for the files in it\n")


def test_inputs_from_the_environment_are_for_models_that_have_a_choice(
    call, hand_made, prices, monkeypatch
):
    """A variable serves many runs: it does nothing for a trained model; typed, it is refused."""
    plain = call("predict", hand_made, prices)
    monkeypatch.setenv("RNNCLI_PREDICT_INPUTS", "close")
    again = call("predict", hand_made, prices)
    assert (again.returncode, again.stdout) == (0, plain.stdout)
    assert call("predict", prices).returncode == 0
    assert call("predict", hand_made, prices, "--inputs", "close,volume").returncode == 2


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("predict p.csv MODEL", 2,
         "MODEL: is a model, not prices; name it before the prices: MODEL PRICES"),
        ("predict p.csv my.model", 66,
         "my.model: does not exist; check the path; name it before the prices: my.model PRICES"),
        ("train MODEL p.csv", 2, "-o MODEL is missing; to continue from a model:"
         " rnncli train p.csv --init MODEL -o new.model"),
        ("train p.csv -o folder", 73,
         "folder: is a folder; name a file, such as -o my.model"),
        ("predict p.csv --ledger folder", 73,
         "folder: is a folder; name a file, such as --ledger ledger.db"),
        ("upgrade folder", 73,
         "folder: is a folder; name ledgers, models, states or checkpoints"),
        ("train p.csv MODEL -o x", 2,
         "MODEL: is a model, not prices; to continue training from it, write --init MODEL"),
        ("predict LEDGER p.csv", 2,
         "LEDGER: is a ledger, not prices; usage: rnncli score LEDGER PRICES"),
        ("score MODEL p.csv", 65,
         "MODEL: is not a ledger; name a file that rnncli predict --ledger wrote"),
        ("score folder p.csv", 65, "folder: is a folder, not a ledger; name the file of a ledger"),
        ("predict P.csv", 66,
         "P.csv: cannot be read (No such file or directory); did you mean p.csv?"),
        ("predict 'p*.csv'", 66, "p*.csv: cannot be read (No such file or directory);"
         " leave out the quotes, or name the folder"),
        ("predict nosuch*.csv", 66, "nosuch*.csv: cannot be read (No such file or directory);"
         " no file matches; check the pattern, or name the folder"),
        ("inspect LEDGER", 2,
         "LEDGER: is a ledger; for what is in it: rnncli ledger LEDGER info"),
        ("train p.csv -o z.csv", 2,
         "--output z.csv: would be read as prices where its folder is; name it z.model"),
        ("predict nothing.csv", 66,
         "nothing.csv: cannot be read (No such file or directory); check the path"),
        ("batch folder", 66, "folder: is a folder, not a TOML file;"
         " rnncli batch --init > nightly.toml writes one to begin with"),
    ],
)  # fmt: skip
def test_files_in_the_wrong_place(
    typed, status, said, call, hand_made, prices, tmp_path, monkeypatch
):
    """What the file is, and where it goes; nothing is forecast by another model meanwhile."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "p.csv").write_bytes(prices.read_bytes())
    (tmp_path / "MODEL").write_bytes(hand_made.read_bytes())
    call("predict", hand_made, prices, "--ledger", "LEDGER")
    done = call(*shlex.split(typed))
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.decode() == f"error: {said}\n"
