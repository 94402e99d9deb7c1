"""The commands that `record_outputs.py` runs: shell lines by name, in scenes.

The lines of a scene run in order, in a folder of their own, where `in` is the folder of inputs
(see `record_inputs.py`) and `m` that of the scene `models`, which goes before all others. `terminal
80 …` runs a line on a terminal of that width. All is as small as it may be: what counts is
that each way through the code is taken, not that anything is learnt.
"""

from collections.abc import Callable, Sequence

Cases = dict[str, str]
TINY = "--hidden-size 4 --epochs 2"
INPUTS = "close,volume,high-low"
CELLS = ("rnn", "gru", "lstm")
MODES = ("seq2seq", "seq2vec", "vec2seq", "encoder-decoder")
SCALES = ("log-return", "minmax", "standard", "none")
LOSSES = {
    "mse": "", "mae": "", "huber": "", "gaussian": "", "student-t": "",
    "cross-entropy": "--bins 5", "quantile": "--level 50 --level 90",
}  # fmt: skip
FORMS = ("table", "csv", "json", "jsonl")
COMMANDS = (
    "train", "predict", "evaluate", "score", "batch", "gradients", "unroll", "inspect", "statland",
    "warmup", "doctor",
)  # fmt: skip


def models() -> Cases:
    """Models that the other scenes use."""
    trained = {
        "market": "in/market.csv --hidden-size 8 --epochs 4",
        "bars": "in/bars.csv",
        "gru": "in/bars.csv --cell gru",
        "lstm": "in/bars.csv --cell lstm --layers 2",
        "june": "in/market.csv --until 2024-06-30",
        "june-mse": "in/market.csv --until 2024-06-30 --loss mse",
        "early": "in/bars.csv --until 2023-06-30",
        "vec": "in/bars.csv --mode seq2vec --horizon 3",
        "path": "in/bars.csv --mode vec2seq --horizon 3",
        "decoder": "in/bars.csv --mode encoder-decoder --horizon 3",
        "inputs": f"in/bars.csv --inputs {INPUTS},weekday",
        "bins": "in/statland.csv --scale none --bins 3 --labels low,medium,high",
        "chances": "in/statland.csv --scale none --bins 3 --loss cross-entropy",
        "quantile": "in/bars.csv --loss quantile --level 50 --level 90",
        "gaussian": "in/bars.csv --loss gaussian",
        "mse": "in/bars.csv --loss mse",
        "minmax": "in/bars.csv --scale minmax",
        "standard": "in/bars.csv --scale standard",
        "season": "in/hours.csv --season 24 --mode seq2vec --loss mae --horizon 6",
        "week": "in/bars.csv --season 5",
        "minutes": "in/minutes.csv",
        "undated": "in/undated.csv",
        "one-unit": "in/bars.csv --hidden-size 1 --activation relu --init identity",
    }
    found = {name: f"rnncli train {TINY} {words} -o {name}" for name, words in trained.items()}
    return found | {"each": f"rnncli train in/bars.csv -o each {TINY} --per-series --jobs 1"}


def train_shapes() -> Cases:
    """Every cell in every mode, with one input and with several."""
    ahead = {mode: "" if mode == "seq2seq" else "--horizon 3" for mode in MODES}
    train = f"rnncli train in/bars.csv {TINY}"
    found = {
        f"{cell}-{mode}": f"{train} -o {cell}-{mode} --cell {cell} --mode {mode} {ahead[mode]}"
        for cell in CELLS
        for mode in MODES
    }
    for mode in MODES:
        shape = f"--mode {mode} --inputs {INPUTS} {ahead[mode]}"
        predict = f"rnncli predict inputs-{mode} in/bars.csv"
        found[f"inputs-{mode}"] = f"{train} -o inputs-{mode} {shape} && {predict}"
    return found


def train_losses() -> Cases:
    """Every loss, every scale, and the two together where they go."""
    train, ahead = f"rnncli train in/bars.csv {TINY}", "in/bars.csv --horizon 2"
    found = {
        f"loss-{loss}": f"{train} -o {loss} --loss {loss} {more} && rnncli predict {loss} {ahead}"
        for loss, more in LOSSES.items()
    }
    for scale in SCALES:
        found[f"{scale}-mse"] = f"{train} -o {scale}-mse --scale {scale} --loss mse"
        bins = f"-o {scale}-bins --scale {scale} --bins 4 --loss cross-entropy"
        found[f"{scale}-bins"] = f"{train} {bins} && rnncli predict {scale}-bins {ahead}"
    for mode in MODES[1:]:
        found[f"{mode}-huber"] = f"{train} -o {mode} --mode {mode} --loss huber --horizon 2"
    return found


def train_options() -> Cases:
    """Options of training one by one, what it reads, and what it prints."""
    options = {
        "layers": "--layers 2", "dropout": "--layers 2 --dropout 0.3", "sgd": "--optimizer sgd",
        "momentum": "--optimizer sgd --momentum 0.5 --learning-rate 0.01",
        "relu": "--activation relu --init identity", "uniform": "--init uniform",
        "forget-bias": "--cell lstm --forget-bias 3", "bptt": "--bptt 16",
        "clip": "--clip-norm 0.1", "batch": "--batch-size 2",
        "validation-none": "--validation 0", "average-none": "--average 0", "seed": "--seed 7",
        "threads": "--threads 1",
        "volatility": "--volatility-decay 0.8", "season": "--season 5",
        "weekday": "--inputs close,weekday",
        "edges": "--scale none --bins 3 --edges 30,60 --labels low,mid,high",
        "teacher": "--mode encoder-decoder --horizon 3 --teacher-forcing 0.8"
        " --teacher-forcing-end 0.4",
        "early-stop": "--epochs 40 --patience 1 --patience-steps 1 --decays 1 --learning-rate 0.2",
        "budget": "--epochs 50 --time-budget 0.001s", "symbols": "--symbols AAA,CCC",
        "since": "--since 2023-03-01 --until 2023-07-31", "column": "--column open",
        "quiet": "-q", "verbose": "-v", "log": "--log-file log.jsonl", "profile": "--profile",
        "table": "--format table", "csv": "--format csv", "jsonl": "--format jsonl",
    }  # fmt: skip
    train = f"rnncli train in/bars.csv {TINY}"
    found = {name: f"{train} -o {name} {words}" for name, words in options.items()}
    files = ("wide", "german", "months", "constant")
    found |= {f"file-{name}": f"rnncli train in/{name}.csv -o file-{name} {TINY}" for name in files}
    return found | {
        "stdin": f"rnncli train - -o stdin {TINY} < in/closes.csv",
        "folder": f"rnncli train in/packed -o folder {TINY}",
        "files": f"rnncli train in/single/ZZZ.csv in/wide.csv -o files {TINY}",
        "mixed": f"rnncli train in/mixed.csv -o mixed {TINY}",
        "environment": "RNNCLI_TRAIN_HIDDEN_SIZE=3 RNNCLI_TRAIN_EPOCHS=2 RNNCLI_TRAIN_FORMAT=csv"
        " rnncli train in/bars.csv -o environment",
        "config": "rnncli train in/bars.csv -o config --config in/config.toml",
        "config-in-environment": "RNNCLI_CONFIG=in/config.toml rnncli train in/bars.csv -o there",
        "splits-undone": f"rnncli train in/split.csv -o undone {TINY} --adjust-splits",
        "replaced": f"rnncli train in/wide.csv -o layers {TINY}",
    }


def resume() -> Cases:
    """Checkpoints: written, kept, gone on from, passed over."""
    train = "rnncli train in/bars.csv --hidden-size 4 --epochs 4 -o"
    return {
        "kept": f"{train} kept --checkpoint-every 1 --keep-checkpoints",
        "gradients-at-epoch": "rnncli gradients kept in/bars.csv --at epoch:2",
        "gradients-at-no-epoch": "rnncli gradients kept in/bars.csv --at epoch:9",
        "out-of-time": f"{train} cut --checkpoint-every 1 --time-budget 0.001s",
        "copies": "for f in other torn longer late; do cp cut.checkpoint $f.checkpoint; done",
        "resumed": f"{train} cut --checkpoint-every 1 --resume",
        "same-as-straight": f"{train} straight && cmp cut straight",
        "resumed-longer": f"{train} longer --epochs 6 --resume",
        "resumed-with-others": f"{train} other --resume --seed 5",
        "resumed-other-prices": "rnncli train in/wide.csv --hidden-size 4 --epochs 4 -o late"
        " --resume",
        "resumed-torn": f"truncate -s -5 torn.checkpoint; {train} torn --resume",
        "resumed-without": f"{train} anew --resume",
        "foreign": f"echo a letter > note.checkpoint; {train} note --resume",
        "keep-what": f"{train} nothing --keep-checkpoints",
        "checkpoint-is-no-model": "rnncli predict kept.checkpoints/epoch-2 in/bars.csv",
    }


def per_series() -> Cases:
    """A model for each symbol: trained, gone on with, forecast by, listed."""
    train = f"rnncli train in/bars.csv {TINY} --per-series"
    return {
        "jobs": f"{train} -o side --jobs 2",
        "same-as-alone": "for f in side/*.model; do cmp $f m/each/$(basename $f); done",
        "table": f"{train} -o table --jobs 1 --format table",
        "csv": f"{train} -o csv --jobs 1 --format csv",
        "lost-one": f"rm side/CCC*; {train} -o side --jobs 1 --resume",
        "other-settings": f"{train} -o side --jobs 1 --resume --seed 3 --log-file log.jsonl",
        "failing": f"rnncli train in/mixed.csv {TINY} --per-series -o failing --jobs 1",
        "bins": f"{train} -o bins --jobs 1 --scale minmax --bins 3",
        "predict": "rnncli predict m/each in/bars.csv --horizon 2",
        "predict-table": "COLUMNS=100 rnncli predict m/each in/bars.csv --format table --chart",
        "predict-other-symbols": "rnncli predict m/each in/wide.csv in/closes.csv --horizon 1",
        "predict-ledger": "rnncli predict m/each in/bars.csv --horizon 2 --ledger each.db -v",
        "score": "rnncli score each.db in/bars.csv --by model",
        "predict-fresh": "rnncli predict m/each in/bars.csv --max-age 7",
        "predict-paths": "rnncli predict m/each in/bars.csv --paths 3",
        "predict-state": "rnncli predict m/each in/bars.csv --state each.state",
        "inspect": "rnncli inspect m/each",
        "inspect-table": "rnncli inspect m/each --format table",
        "empty-folder": "mkdir none; rnncli predict none in/bars.csv",
        "gradients": "rnncli gradients m/each in/bars.csv",
        "evaluate": "rnncli evaluate m/each in/bars.csv",
        "budget": f"{train} -o budget --time-budget 5s",
        "idle-jobs": f"rnncli train in/bars.csv {TINY} -o idle --jobs 2",
    }


def cluster() -> Cases:
    """Work done by the processes of a scheduler, to the bytes of one process."""
    train = f"rnncli train in/bars.csv {TINY} --per-series"
    again = "rnncli evaluate m/early in/bars.csv --folds 4 --horizon 1 --refit every-2"
    both = f"{train} -o each --cluster $CLUSTER; {again} --cluster $CLUSTER"
    return {
        "both": f"$PYTHON in/cluster.py sh -c '{both}'",
        "same-as-alone": "for f in each/*.model; do cmp $f m/each/$(basename $f); done",
        "unreachable": f"{train} -o nobody --cluster tcp://127.0.0.1:1",
        "no-address": f"{train} -o nobody --cluster nowhere",
        "two-kinds": f"{train} -o nobody --cluster tcp://127.0.0.1:1 --jobs 2",
    }


def predict() -> Cases:
    """Forecasts of every model, in every form, as far ahead and as sure as may be asked."""
    one, chart = "rnncli predict m/bars in/bars.csv", "--chart --symbols AAA,DDD --horizon 8"
    options = {
        **{form: f"--format {form}" for form in FORMS}, "horizon-1": "--horizon 1",
        "horizon-5": "--horizon 5", "horizon-20": "--horizon 20 --symbols AAA,DDD",
        "since": "--since 2023-05-01", "until": "--until 2023-06-30", "symbols": "--symbols BBB",
        "level": "--level 50 --level 99.5", "calendar": "--calendar XNYS --horizon 8",
        "calendar-none": "--calendar NOPE", "adaptive": "--adaptive",
        "adaptive-far": "--adaptive --horizon 10 --level 90", "paths": "--paths 5 --horizon 3",
        "paths-jsonl": "--paths 5 --format jsonl --seed 3", "paths-table": "--paths 2 --format"
        " table", "seed": "--seed 5 --horizon 2", "max-age": "--max-age 10",
        "max-jump": "--max-jump 0.001", "column": "--column open", "verbose": "-v",
        "quiet": "-q --threads 1", "profile": "--profile", "log": "--log-file log.jsonl",
        "config": "--config in/config.toml", "png": "--plot forecast.png --symbols AAA,BBB",
        "svg": "--plot forecast.svg -q", "plot-jpg": "--plot forecast.jpg",
        "chart-csv": "--format csv --chart", "full-disk": "> /dev/full", "closed": ">&-",
    }  # fmt: skip
    found = {name: f"{one} {words}" for name, words in options.items()}
    for columns in (80, 120):
        found[f"table-{columns}"] = f"COLUMNS={columns} {one} --format table"
        found[f"chart-{columns}"] = f"COLUMNS={columns} {one} --format table {chart}"
    trained = (
        "market", "gru", "lstm", "vec", "path", "decoder", "inputs", "quantile", "gaussian", "mse",
        "minmax", "week",
    )  # fmt: skip
    found |= {f"model-{name}": f"rnncli predict m/{name} in/bars.csv" for name in trained}
    files = (
        "months", "wide", "german", "split", "one", "foreign",
    )  # fmt: skip
    found |= {f"file-{name}": f"rnncli predict m/bars in/{name}.csv --horizon 1" for name in files}
    toy = "in/statland.csv --symbols blue,red"
    return found | {
        "far-mode": "rnncli predict m/vec in/bars.csv --horizon 9",
        "adaptive-quantile": "rnncli predict m/quantile in/bars.csv --adaptive --level 50",
        "level-not-learnt": "rnncli predict m/quantile in/bars.csv --level 99",
        "adaptive-mse": "rnncli predict m/mse in/bars.csv --adaptive --horizon 3",
        "paths-mse": "rnncli predict m/mse in/bars.csv --paths 3 --horizon 2",
        "paths-chances": f"rnncli predict m/chances {toy} --paths 3",
        "inputs-far": "rnncli predict m/inputs in/bars.csv --horizon 2",
        "inputs-missing": "rnncli predict m/inputs in/closes.csv",
        "bins-table": f"rnncli predict m/bins {toy} --format table",
        "chances": f"rnncli predict m/chances {toy} --format json",
        "chances-table": f"COLUMNS=120 rnncli predict m/chances {toy} --format table --horizon 1",
        "season": "rnncli predict m/season in/hours.csv",
        "minutes": "rnncli predict m/minutes in/minutes.csv --horizon 3",
        "minutes-calendar": "rnncli predict m/minutes in/minutes.csv --calendar XNYS --horizon 3",
        "undated": "rnncli predict m/undated in/undated.csv",
        "splits-undone": "rnncli predict m/bars in/split.csv --adjust-splits",
        "too-short-for-its-scale": "rnncli predict m/minmax in/mixed.csv",
        "stdin": "rnncli predict m/bars - < in/closes.csv",
        "folder": "rnncli predict m/bars in/packed --horizon 1",
        "several": "rnncli predict m/bars in/single/ZZZ.csv in/wide.csv in/nothing.csv",
        "environment": f"RNNCLI_PREDICT_HORIZON=2 RNNCLI_PREDICT_LEVEL='50 90' {one}",
        "ascii": f"LC_ALL=C {one} --format table {chart}",
        "colour": f"FORCE_COLOR=1 {one} --format table {chart}",
    }


def state() -> Cases:
    """A forecast with what was kept of the one before, as without."""
    kept = "--horizon 2 --state kept.state"
    found = {
        "first": f"rnncli predict m/bars in/night1.csv {kept}",
        "again": f"rnncli predict m/bars in/night1.csv {kept}",
        "next": f"rnncli predict m/bars in/night2.csv {kept} > with.csv;"
        " rnncli predict m/bars in/night2.csv --horizon 2 | cmp - with.csv",
        "terminal": f"terminal 80 rnncli predict m/bars in/night3.csv {kept}",
        "adjusted": f"rnncli predict m/bars in/adjusted.csv {kept}",
        "rewritten": f"rnncli predict m/bars in/rewritten.csv {kept} -v",
        "fewer": f"rnncli predict m/bars in/rewritten.csv {kept} --symbols AAA",
        "other-model": f"rnncli predict m/gru in/night3.csv {kept}",
        "damaged": f"truncate -s -3 kept.state; rnncli predict m/bars in/night3.csv {kept}",
        "is-a-model": "cp m/bars copy; rnncli predict m/bars in/night3.csv --state copy",
        "is-a-letter": "echo hi > letter; rnncli predict m/bars in/night3.csv --state letter",
        "is-no-model": "rnncli predict kept.state in/night3.csv; rnncli inspect kept.state",
        "adaptive": "rnncli predict m/bars in/night3.csv --state kept.state --adaptive",
        "paths": "rnncli predict m/bars in/night3.csv --state kept.state --paths 3",
        "undated": "rnncli predict m/undated in/undated.csv --state undated.state",
    }
    for name in ("lstm", "inputs", "decoder", "standard", "quantile"):
        for night in ("night1", "night3"):
            words = f"m/{name} in/{night}.csv --state {name}.state"
            found[f"{name}-{night}"] = f"rnncli predict {words}"
    return found


def follow() -> Cases:
    """A forecast after each row that comes."""
    one, stream = "rnncli predict --follow m/bars -", "< in/stream.csv"
    return {
        "rows": f"{one} {stream}",
        "horizon": f"head -40 in/stream.csv | {one} --horizon 3 --level 90",
        "bad-rows": f"{one} < in/stream-bad.csv",
        "only-bad": f"tail -n +7 in/stream-bad.csv | head -7 | {one}",
        "state": f"{one} --state kept.state {stream} | tail -3",
        "goes-on": f"{one} --state kept.state < in/stream-on.csv",
        "files-go-on": "rnncli predict m/bars in/bars.csv --state kept.state --horizon 1",
        "closes": f"head -30 in/closes.csv | {one}",
        "inputs": "head -60 in/stream.csv | rnncli predict --follow m/inputs -",
        "vec": "head -60 in/stream.csv | rnncli predict --follow m/vec -",
        "chances": "head -40 in/statland.csv | rnncli predict --follow m/chances -",
        "minutes": "head -40 in/minutes.csv | rnncli predict --follow m/minutes -",
        "log": f"head -20 in/stream.csv | {one} --log-file log.jsonl",
        "empty": f"{one} < /dev/null",
        "wide": f"{one} < in/wide.csv",
        "file": "rnncli predict --follow m/bars in/bars.csv",
        "csv": f"{one} --format csv {stream}",
        "adaptive": f"{one} --adaptive {stream}",
        "unknown-symbol": "head -5 in/stream.csv | sed s/AAA/NEW/ |"
        " rnncli predict --follow m/minmax -",
    }


def evaluate() -> Cases:
    """Forecasts from many cutoffs, beside baselines."""
    one, few = "rnncli evaluate m/june in/market.csv", "--folds 4 --horizon 2"
    options = {
        "csv": "--format csv", "jsonl": "--format jsonl", "stride": "--stride 1",
        "level": "--level 50 --level 90", "adaptive": "--adaptive",
        "ewma": "--baselines ewma,ewma-t", "no-baseline": "--baselines best", "verbose": "-v",
        "log": "--log-file log.jsonl --profile", "idle-alpha": "--alpha 0.1",
        "coverage-met": "--level 80 --require-coverage 80:1-100",
        "coverage-unmet": "--level 80 --require-coverage 80:99-100",
        "coverage-of-none": "--require-coverage 70:1-100", "skill-naive": "--require-skill naive",
        "skill-ewma": "--require-skill ewma --alpha 0.4", "png": "--plot coverage.png",
        "svg": "--plot coverage.svg", "since": "--since 2024-01-01 --symbols S00009,S00002",
        "jobs-idle": "--jobs 2",
    }  # fmt: skip
    found = {name: f"{one} {few} {words}" for name, words in options.items()}
    for columns in (80, 120):
        found[f"table-{columns}"] = f"COLUMNS={columns} {one} {few} --format table --chart"
    for name in ("lstm", "vec", "decoder", "quantile", "gaussian", "minmax", "week"):
        found[f"model-{name}"] = f"rnncli evaluate m/{name} in/bars.csv --folds 3"
    return found | {
        "default": one,
        "all-folds": f"{one} --folds 0 --stride 20 --horizon 1",
        "too-many": f"{one} --folds 100000",
        "garch": f"{one} --folds 2 --horizon 1 --baselines naive,garch-t --symbols S00009,S00005",
        "classical": f"{one} --folds 2 --horizon 2 --baselines naive,theta,auto-ets,auto-arima"
        " --symbols S00009,S00005",
        "point": f"rnncli evaluate m/june-mse in/market.csv {few}",
        "inputs": "rnncli evaluate m/inputs in/bars.csv --folds 3 --horizon 1",
        "chances": "rnncli evaluate m/chances in/statland.csv --folds 2 --horizon 1",
        "minutes": "rnncli evaluate m/minutes in/minutes.csv --folds 3 --horizon 2",
        "season": "rnncli evaluate m/season in/hours.csv --folds 3",
        "undated": "rnncli evaluate m/undated in/undated.csv --folds 3 --horizon 1",
        "mixed": "rnncli evaluate m/early in/mixed.csv --folds 3 --horizon 1",
    }


def evaluate_again() -> Cases:
    """Training again on the way, and on prices without anything to find."""
    one = "rnncli evaluate m/early in/bars.csv --horizon 1"
    return {
        "once": f"{one} --folds 3 --refit once",
        "none": f"{one} --folds 3 --refit none",
        "none-refused": "rnncli evaluate m/bars in/bars.csv --folds 3 --refit none",
        "every": f"{one} --folds 6 --refit every-3",
        "every-jobs": f"{one} --folds 6 --refit every-3 --jobs 2",
        "every-table": f"{one} --folds 4 --refit every-2 -v --format table",
        "every-decoder": "rnncli evaluate m/decoder in/bars.csv --folds 2 --refit every-1",
        "never-heard": f"{one} --refit often",
        "placebo": f"{one} --folds 3 --placebo 2",
        "placebo-table": f"{one} --folds 3 --placebo 1 --alpha 0.3 --format table",
        "placebo-idle": f"{one} --placebo 1 --baselines naive",
    }


def gradients() -> Cases:
    """How gradients flow, of models and of cells that begin."""
    one = "rnncli gradients m/bars in/bars.csv"
    compared = "rnncli gradients --compare rnn,gru,lstm in/bars.csv --hidden-size 4"
    found = {form: f"{one} --format {form}" for form in FORMS}
    found |= {f"compare-{form}": f"{compared} --format {form}" for form in FORMS[:3]}
    trained = ("lstm", "vec", "path", "decoder", "inputs", "quantile", "minmax")
    found |= {f"model-{name}": f"rnncli gradients m/{name} in/bars.csv" for name in trained}
    return found | {
        "init": f"{one} --at init",
        "init-table": f"COLUMNS=120 {one} --at init --format table",
        "final": f"{one} --at final --profile",
        "no-epochs": f"{one} --at epoch:1",
        "at-nonsense": f"{one} --at noon",
        "several": "rnncli gradients m/bars m/gru m/lstm in/bars.csv --format table",
        "columns-differ": "rnncli gradients m/bars m/season in/bars.csv",
        "compare-options": "rnncli gradients --compare rnn,lstm in/bars.csv --activation relu"
        " --init identity --layers 2 --forget-bias 2 --scale standard --seed 3 --hidden-size 4",
        "compare-model": "rnncli gradients --compare rnn m/bars in/bars.csv",
        "compare-nothing": "rnncli gradients --compare rnn,cnn in/bars.csv",
        "idle-option": f"{one} --hidden-size 4",
        "without-prices": "rnncli gradients m/bars",
        "chances": "rnncli gradients m/chances in/statland.csv --symbols blue,red",
        "one-row": "rnncli gradients m/bars in/one.csv",
        "mixed": "rnncli gradients m/bars in/mixed.csv",
        "threads": f"{one} --threads 1 -v --symbols AAA --until 2023-05-01",
    }


def unroll() -> Cases:
    """All numbers of a small network; the toy market."""
    found = {form: f"rnncli unroll --values 0,0.5 --format {form}" for form in FORMS}
    for form in FORMS:
        found[f"statland-{form}"] = f"rnncli statland --companies 4 --format {form}"
    return found | {
        "exploding": "rnncli unroll --w2 2 --values 1 --days 51 --format table",
        "vanishing": "rnncli unroll --w2 0.5 --values 1 --days 51",
        "weights": "rnncli unroll --w1 1 --w2 -1 --w3 2 --b1 0.1 --b2 0.2 --activation tanh",
        "one-unit": "rnncli unroll m/one-unit --values 0.1,-0.2,0.3 --format table",
        "model": "rnncli unroll m/bars --values 0.1,0.2 --format table",
        "model-gru": "rnncli unroll m/gru --values 0.1,0.2",
        "model-lstm": "rnncli unroll m/lstm --values 0.1,0.2 --days 4",
        "model-inputs": "rnncli unroll m/inputs",
        "model-decoder": "rnncli unroll m/decoder",
        "model-weights": "rnncli unroll m/bars --w1 2",
        "too-few-days": "rnncli unroll --values 1,2,3 --days 2",
        "no-number": "rnncli unroll --values 1,x",
        "statland-whole": "rnncli statland",
        "statland-calm": "rnncli statland --noise 0 | cmp - in/statland.csv",
        "statland-options": "rnncli statland --companies 9 --min-days 3 --max-days 4 --noise 0.5"
        " --seed 4",
        "statland-backwards": "rnncli statland --min-days 9 --max-days 3",
    }


def inspect() -> Cases:
    """What files are taken for."""
    trained = (
        "lstm", "decoder", "inputs", "bins", "chances", "quantile", "minmax",
    )  # fmt: skip
    found = {f"model-{name}": f"rnncli inspect m/{name}" for name in trained}
    for form in FORMS:
        found[f"model-{form}"] = f"rnncli inspect m/bars --format {form}"
        found[f"prices-{form}"] = f"rnncli inspect in/bars.csv --format {form}"
    files = (
        "statland", "wide", "german", "newest-first", "minutes", "months", "undated", "split",
        "below-zero", "outlier", "holes", "foreign",
    )  # fmt: skip
    found |= {f"file-{name}": f"rnncli inspect in/{name}.csv -v" for name in files}
    return found | {
        "folder": "rnncli inspect in/packed -v",
        "folder-table": "rnncli inspect in/packed --format table",
        "several": "rnncli inspect in/wide.csv in/single --format table",
        "stdin": "rnncli inspect - -v < in/german.csv",
        "german-table": "rnncli inspect in/german.csv --format table",
        "strict": "rnncli inspect in/holes.csv --strict",
        "quiet": "rnncli inspect in/holes.csv -q",
        "splits-undone": "rnncli inspect in/split.csv --adjust-splits -v",
        "duplicates-first": "rnncli inspect in/broken/two-prices.csv --duplicates first",
        "date-format": "rnncli inspect in/broken/either-way.csv --date-format %d/%m/%Y",
        "decimal": "rnncli inspect in/broken/either-mark.csv --decimal ,",
        "layout": "rnncli inspect in/wide.csv --layout long",
        "delimiter": "rnncli inspect in/german.csv --delimiter semicolon --encoding utf-8",
        "encoding": "rnncli inspect in/german.csv --encoding nope",
        "symbol-column": "rnncli inspect in/bars.csv --symbol-column nope",
        "column": "rnncli inspect in/bars.csv --column high --symbols AAA --format table",
        "since": "rnncli inspect in/bars.csv --since 2023-03-01 --until 2023-04-30 --format csv",
        "limits": "rnncli inspect in/bars.csv --limits 0.00001",
    }


def score() -> Cases:
    """Recorded forecasts, scored with later prices."""
    predict, one = (
        "rnncli predict m/early in/bars.csv --ledger l.db",
        "rnncli score l.db in/bars.csv",
    )
    days = ("05", "07", "11", "13", "17", "18")
    found = {f"july-{day}": f"{predict} --horizon 2 --until 2023-07-{day}" for day in days}
    found |= {
        "again": f"{predict} --until 2023-07-18 --horizon 2 -v",
        "others": f"{predict} --until 2023-07-18 --horizon 4",
        "level": f"{predict} --until 2023-07-19 --horizon 1 --level 50",
        "second-model": "rnncli predict m/gru in/bars.csv --until 2023-07-12 --ledger l.db"
        " --horizon 3 --log-file log.jsonl",
        "not-come": f"{predict} --horizon 1",
    }
    found |= {form: f"{one} --format {form}" for form in FORMS[1:]}
    found |= {f"table-{n}": f"COLUMNS={n} {one} --format table" for n in (80, 120)}
    found |= {f"export-{form}": f"{one} --export {form}" for form in FORMS[1:]}
    found |= {f"by-{name}": f"{one} --by {name}" for name in ("symbol", "month", "model")}
    return found | {
        "by-two": f"{one} --by symbol --by ahead --format table",
        "by-nothing": f"{one} --by year",
        "adjusted": "rnncli score l.db in/adjusted.csv",
        "rewritten": "rnncli score l.db in/rewritten.csv",
        "coverage-met": f"{one} --require-coverage 80:1-100",
        "coverage-unmet": f"{one} --require-coverage 80:99-100",
        "skill": f"{one} --require-skill naive --alpha 0.2",
        "skill-ewma": f"{one} --require-skill ewma",
        "drift-alpha": f"{one} --drift-alpha 0.4 --format table",
        "nothing-came": f"{one} --until 2023-07-05 --format table",
        "no-symbol": "rnncli score l.db in/wide.csv",
        "no-ledger": "rnncli score in/bars.csv in/bars.csv",
        "missing": "rnncli score none.db in/bars.csv",
        "log": f"{one} --log-file log.jsonl",
        "idle": f"{one} --export csv --by symbol",
        "paths": "rnncli predict m/bars in/bars.csv --paths 2 --ledger l.db",
    }


def batch() -> Cases:
    """The nightly job, night after night."""
    run, prices = "rnncli batch nightly.toml", "prices.csv"
    found = {
        "init": "rnncli batch --init",
        "before": f"cp in/jobs/*.toml .; cp in/night1.csv {prices}; {run} --dry-run",
        "first-night": run,
        "again": run,
        "second-night": f"cp in/night2.csv {prices}; {run} --format json",
        "dry": f"cp in/night3.csv {prices}; {run} --dry-run --format json",
        "third-night": f"{run} --format table -v",
        "lost-output": f"rm forecasts-*.csv; {run}",
        "adjusted": f"cp in/adjusted.csv {prices}; {run} --format json",
        "rewritten": f"cp in/rewritten.csv {prices}; {run}",
        "score": "rnncli score ledger.db in/bars.csv --by month",
    }
    jobs = ("json", "jsonl", "parquet", "gate", "wild", "untrained")
    found |= {job: f"rnncli batch {job}.toml" for job in jobs}
    return found | {
        "smaller": "rnncli batch smaller.toml --profile",
        "damaged-model": f"truncate -s 100 a.model; {run}",
        "foreign-model": f"cp a.model kept; echo letter > a.model; {run}",
        "bad-symbol": f"mv kept a.model; cp in/mixed.csv {prices}; {run}",
        "missing-prices": f"rm {prices}; {run}",
        "locked": f"flock .nightly.toml.lock {run}",
        "missing-job": "rnncli batch none.toml",
        "no-job": "rnncli batch",
        "quiet": f"cp in/night3.csv {prices}; {run} -q",
    }


def batch_each() -> Cases:
    """The nightly job with a model for each symbol."""
    run = "rnncli batch each.toml"
    return {
        "first-night": f"cp in/jobs/*.toml .; cp in/night1.csv prices.csv; {run} --format json",
        "again": run,
        "dry": f"cp in/night2.csv prices.csv; {run} --dry-run",
        "second-night": run,
        "third-night": f"cp in/night3.csv prices.csv; {run} --format json -v",
        "lost-one": f"rm models/BBB*; {run}",
        "rewritten": f"cp in/rewritten.csv prices.csv; {run}",
        "new-symbol": f"cp in/mixed.csv prices.csv; {run}",
        "score": "rnncli score ledger.db in/bars.csv --by model --by ahead",
        "side-by-side": "cp in/night3.csv prices.csv; rm -r models ledger.db;"
        " rnncli batch side-by-side.toml",
    }


def faulty_jobs() -> Cases:
    """Configurations of the nightly job that are refused."""
    names = (
        "unknown-table", "unknown-option", "wrong-value", "wrong-place", "no-toml", "no-model",
        "over-itself", "no-time",
    )  # fmt: skip
    ready = "cp in/night1.csv prices.csv; cp in/faulty"
    return {name: f"{ready}/{name}.toml .; rnncli batch {name}.toml" for name in names}


def usage() -> Cases:
    """What does not go together, and what is not there."""
    predict = (
        "--horizon many", "--horizon 0", "--format xml", "--level 100", "--level nan",
        "--level 80 --level 80", "--since yesterday", "--column none", "--symbols NONE",
        "--config in/none.toml", "--config in/faulty-config.toml", "--debug --column none",
        "--log-file in/bars.csv", "--ledger in/bars.csv",
    )  # fmt: skip
    train = (
        "--hidden-size 0", "--labels low,high", "--edges 0.5", "--clip-norm inf",
        "--learning-rate nan", "--momentum 0.5", "--loss cross-entropy", "--loss mse --level 50",
        "--loss student-t --bins 3", "--loss gaussian --mode seq2vec",
        "--loss quantile --level 0", "--inputs close,sentiment", "--time-budget soon",
        "--season 5 --scale none", "--forget-bias 2", "--teacher-forcing 0.5", "--cell cnn",
        "--activation relu --cell gru", "--bins 3 --labels low,high",
        "--activation relu --learning-rate 1e30 --optimizer sgd --clip-norm 0 --epochs 50",
    )  # fmt: skip
    lines = (
        "--no-such-option", "no-such-command", "predict", "train in/bars.csv", "inspect",
        *(f"predict m/bars in/bars.csv {words}" for words in predict),
        *(f"train in/bars.csv -o x {words}" for words in train),
        "predict m/none in/bars.csv", "predict m/none in/bars.csv --debug",
        "predict m/bars in/none.csv", "predict in/bars.csv in/bars.csv", "predict m/bars m/bars",
        "train in/none -o x", "train in/bars.csv -o none/x", "train in/bars.csv -o -",
        "train in/bars.csv -o in/bars.csv", "train in/bars.csv -o /dev/null",
        "train in/closes.csv -o x --inputs close,volume", "train in/below-zero.csv -o x",
        "train in/one.csv -o x", "train in/two.csv -o x", "train in/three.csv -o x --epochs 1",
        "evaluate m/bars in/one.csv", "evaluate m/bars in/none.csv", "inspect in/none",
        "unroll --w2 nan", "statland --companies -1", "--version",
    )  # fmt: skip
    return {line: f"rnncli {line}" for line in lines} | {
        "closed-input": "rnncli predict m/bars - <&-",
        "wrong-environment": "RNNCLI_PREDICT_HORIZON=x rnncli predict m/bars in/bars.csv",
        "cut-model": "head -c 900 m/bars > cut; rnncli predict cut in/bars.csv",
        "changed-model": "sed s/epochs/epoche/ m/bars > odd; rnncli inspect odd",
    }


def bad_data() -> Cases:
    """Files that cannot be read as meant."""
    names = (
        "empty.csv", "header-only.csv", "binary.csv", "html.csv", "json.csv", "all-missing.csv",
        "text.csv", "torn.csv", "two-prices.csv", "no-date.csv", "future.csv", "either-way.csv",
        "either-mark.csv", "no-price-column.csv", "cut-gzip.csv.gz",
    )  # fmt: skip
    return {name: f"rnncli inspect in/broken/{name}" for name in names} | {
        "folder": "rnncli inspect in/broken",
        "predict": "rnncli predict m/bars in/broken/text.csv",
        "predict-folder": "rnncli predict m/bars in/broken --horizon 1 -v",
        "train-folder": f"rnncli train in/broken -o x {TINY}",
        "beside-a-good-one": "rnncli predict m/bars in/broken/text.csv in/wide.csv --horizon 1",
    }


def terminal() -> Cases:
    """What people see: notes, bars and tables on a terminal."""
    train = f"rnncli train in/bars.csv {TINY}"
    bright = "TERM=xterm-256color rnncli"
    return {
        "train": f"terminal 80 {train} -o a",
        "train-bar": f"terminal 80 TERM=xterm {train} -o b",
        "train-narrow": f"terminal 40 TERM=xterm NO_COLOR=1 {train} -o c --validation 0",
        "train-each": f"terminal 100 {train} -o each --per-series --jobs 1",
        "predict": "terminal 80 rnncli predict m/bars in/bars.csv --horizon 2",
        "predict-40": "terminal 40 rnncli predict m/bars in/bars.csv --horizon 1",
        "predict-colour": f"terminal 120 {bright} predict m/bars in/bars.csv --symbols AAA --chart",
        "predict-failing": f"terminal 80 {bright} predict m/minmax in/mixed.csv",
        "evaluate": "terminal 100 rnncli evaluate m/early in/bars.csv --folds 3 --horizon 2",
        "evaluate-again": f"terminal 100 {bright} evaluate m/bars in/bars.csv --folds 3",
        "gradients": "terminal 80 rnncli gradients m/bars in/bars.csv",
        "inspect": "terminal 80 rnncli inspect m/bars",
        "inspect-prices": f"terminal 80 {bright} inspect in/bars.csv",
        "unroll": "terminal 80 rnncli unroll --w2 2 --values 1 --days 51",
        "statland": "terminal 80 rnncli statland --companies 2",
        "error": f"terminal 80 {bright} predict m/none in/bars.csv",
    }


def machine() -> Cases:
    """What a machine has."""
    return {f"doctor-{form}": f"rnncli doctor --format {form}" for form in FORMS} | {
        "doctor-configured": "RNNCLI_CONFIG=in/none.toml rnncli doctor",
        "warmup": "rnncli warmup",
        "warmup-table": "rnncli warmup --format table",
        "warmup-not": "NUMBA_DISABLE_JIT=1 rnncli warmup",
    }


def helps() -> Cases:
    """Help of each command; words change on purpose, so it is distinguished."""
    found = {command: f"COLUMNS=100 rnncli {command} --help" for command in COMMANDS}
    return found | {
        "rnncli": "COLUMNS=100 rnncli --help",
        "no-words": "COLUMNS=100 rnncli",
        "on-a-terminal": "terminal 80 TERM=xterm rnncli predict --help",
    }


SCENES: dict[str, Callable[[], Cases]] = {
    "train-options": train_options, "train-losses": train_losses, "predict": predict,
    "evaluate": evaluate, "score": score, "state": state, "gradients": gradients,
    "inspect": inspect, "usage": usage, "batch": batch, "per-series": per_series,
    "train-shapes": train_shapes, "batch-each": batch_each, "cluster": cluster,
    "terminal": terminal, "follow": follow, "evaluate-again": evaluate_again, "resume": resume,
    "unroll": unroll, "bad-data": bad_data, "machine": machine, "faulty-jobs": faulty_jobs,
    "help": helps,
}  # fmt: skip


def real(names: Sequence[str], reading: str) -> Cases:
    """A way through all commands with price files of one's own, read with some options."""
    files = " ".join(f"in/real/{name}" for name in names) + f" {reading}"
    few, made = "--hidden-size 8 --epochs 3", ("a", "b", "c", "d", "each")
    return {
        "inspect": f"rnncli inspect {files} -v",
        "inspect-table": f"rnncli inspect {files} --format table",
        "train": f"rnncli train {files} {few} -o a",
        "train-lstm": f"rnncli train {files} {few} --cell lstm --layers 2 --dropout 0.1 -o b",
        "train-decoder": f"rnncli train {files} {few} --mode encoder-decoder --horizon 3 -o c",
        "train-quantile": f"rnncli train {files} {few} --loss quantile --cell gru -o d",
        "each": f"rnncli train {files} {TINY} --per-series --jobs 2 -o each",
        **{f"predict-{name}": f"rnncli predict {name} {files}" for name in made},
        "train-inputs": f"rnncli train {files} {few} --inputs {INPUTS} -o e",
        "predict-inputs": f"rnncli predict e {files}",
        "predict-far": f"rnncli predict a {files} --horizon 20 --adaptive --calendar XNYS",
        "predict-table": f"rnncli predict a {files} --format table --chart",
        "state": f"rnncli predict a {files} --state a.state",
        "ledger": f"rnncli predict a {files} --ledger l.db",
        "score": f"rnncli score l.db {files}",
        "evaluate": f"rnncli evaluate a {files} --folds 5",
        "evaluate-again": f"rnncli evaluate d {files} --folds 4 --horizon 1 --refit every-2",
        "evaluate-classical": f"rnncli evaluate a {files} --folds 2 --horizon 1 --baselines"
        " naive,garch-t,theta",
        "gradients": f"rnncli gradients a b {files} --format table",
        "compare": f"rnncli gradients --compare rnn,gru,lstm {files} --hidden-size 8",
    }
