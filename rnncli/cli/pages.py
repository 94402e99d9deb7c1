"""Help pages of the commands besides their options: usage, examples, guides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """The usage after the command's name; examples as purpose and command; names of guides."""

    usage: str
    examples: tuple[tuple[str, str], ...]
    guides: tuple[str, ...]


PAGES = {
    "train": Page(
        "-o MODEL [OPTIONS] PRICES...",
        (
            ("Train one network on all CSV files of a folder", "rnncli train prices -o my.model"),
            (
                "A GRU with two layers, on data up to a date",
                "rnncli train prices -o gru.model --cell gru --layers 2 --until 2024-06-30",
            ),
            (
                "One model per symbol, on all cores; --resume finishes an interrupted run",
                "rnncli train prices -o models --per-series --jobs 0 --resume",
            ),
        ),
        ("models", "features", "reproducibility"),
    ),
    "predict": Page(
        "[OPTIONS] [MODEL] PRICES...",
        (
            ("Forecast without training: the prior is used", "rnncli predict prices"),
            (
                "Ten trading days of two symbols, with a chart",
                "rnncli predict my.model prices --symbols AAPL,MSFT --horizon 10 --chart",
            ),
            (
                "The ten symbols with the widest ranges, their history drawn",
                "rnncli predict prices --sort range --top 10 --spark",
            ),
            (
                "For another program, and recorded in a ledger",
                "rnncli predict my.model prices --format jsonl --ledger ledger.db",
            ),
        ),
        ("forecasts", "prior", "formats"),
    ),
    "report": Page(
        "[OPTIONS] [MODEL] PRICES... -o report.html",
        (
            ("A page by the prior, without training", "rnncli report prices -o report.html"),
            (
                "By a model of yours, ten rows ahead, with the record of past forecasts",
                "rnncli report my.model prices --horizon 10 --ledger ledger.db -o report.html",
            ),
        ),
        ("report", "evaluation"),
    ),
    "evaluate": Page(
        "[OPTIONS] [MODEL] PRICES...",
        (
            (
                "Backtest the last 20 cutoffs, one day ahead",
                "rnncli evaluate my.model prices --horizon 1",
            ),
            (
                "How good were the forecasts of each symbol?",
                "rnncli evaluate my.model prices --by symbol",
            ),
            (
                "Fail in a script unless the 80 % interval covers 76 to 84 %",
                "rnncli evaluate my.model prices --require-coverage 80:76-84",
            ),
            (
                "Does the procedure claim skill where there is none?",
                "rnncli evaluate my.model prices --placebo 100",
            ),
        ),
        ("evaluation", "glossary"),
    ),
    "risk": Page(
        "[OPTIONS] [MODEL] PRICES...",
        (
            ("How much may each symbol lose?", "rnncli risk prices"),
            (
                "A portfolio, what each position adds, ten rows ahead too",
                "rnncli risk prices --holdings holdings.csv --horizons 1,10",
            ),
            (
                "What if an index falls by 10 %?",
                "rnncli risk prices --holdings holdings.csv --shock SPY=-10%",
            ),
            (
                "Were they right, beside a GARCH?",
                "rnncli risk prices --backtest --against history-250,garch-edf",
            ),
        ),
        ("risk", "forecasts"),
    ),
    "score": Page(
        "[OPTIONS] LEDGER PRICES...",
        (
            ("Score all recorded forecasts by horizon", "rnncli score ledger.db prices"),
            ("By symbol and month", "rnncli score ledger.db prices --by symbol --by month"),
            (
                "Every forecast with its actual value",
                "rnncli score ledger.db prices --export csv",
            ),
        ),
        ("ledger", "glossary"),
    ),
    "batch": Page(
        "[OPTIONS] CONFIG",
        (
            ("Write a configuration to start with", "rnncli batch --init > nightly.toml"),
            ("Show what a run would do, and why", "rnncli batch nightly.toml --dry-run"),
            ("In a crontab: print nothing unless something fails", "rnncli batch nightly.toml -q"),
        ),
        ("nightly", "exit-codes"),
    ),
    "explain": Page(
        "[OPTIONS] [MODEL] PRICES...",
        (
            (
                "What made today's interval of a symbol wide or narrow?",
                "rnncli explain my.model prices --symbols AAPL",
            ),
            (
                "Five rows ahead, by the prior, with a chart",
                "rnncli explain prices --symbols AAPL --ahead 5 --chart",
            ),
        ),
        ("explain", "features"),
    ),
    "gradients": Page(
        "[OPTIONS] [MODEL]... PRICES...",
        (
            ("How far back does a trained model learn?", "rnncli gradients my.model prices"),
            (
                "Compare untrained cells on your prices",
                "rnncli gradients prices --compare rnn,gru,lstm --plot cells.png",
            ),
            (
                "Before and after training",
                "rnncli gradients my.model prices --at init",
            ),
            (
                "While it trained: a map over the epochs whose checkpoints were kept",
                "rnncli gradients my.model prices --at epochs --plot epochs.png",
            ),
        ),
        ("gradients", "cells"),
    ),
    "unroll": Page(
        "[OPTIONS] [MODEL]",
        (
            ("Two days of StatLand's network", "rnncli unroll --values 0,0.5"),
            (
                "An exploding gradient",
                "rnncli unroll --w2 2 --values 1 --days 51",
            ),
            ("One step at a time, forward and back", "rnncli unroll --values 0,0.5 --step"),
            ("A page that plays it, with sliders", "rnncli unroll --days 5 --html unrolled.html"),
        ),
        ("recurrent", "gradients"),
    ),
    "inspect": Page(
        "[OPTIONS] MODEL|PRICES...",
        (
            ("How was this file read?", "rnncli inspect prices.csv"),
            ("What is in this model?", "rnncli inspect my.model"),
            ("What is in the prior?", "rnncli inspect prior"),
        ),
        ("prices", "models"),
    ),
    "statland": Page(
        "[OPTIONS]",
        (
            ("Rules without exceptions", "rnncli statland --noise 0 > statland.csv"),
            ("A small market", "rnncli statland --companies 10"),
            ("Its blue and its red company", "rnncli statland --noise 0 --chart"),
        ),
        ("recurrent", "gradients"),
    ),
    "simulate": Page(
        "[OPTIONS]",
        (
            ("A hundred stocks", "rnncli simulate --series 100 > simulated.csv"),
            ("Do my prices resemble simulated ones?", "rnncli simulate --compare prices"),
        ),
        ("prior",),
    ),
    "schema": Page(
        "[OPTIONS] [NAME]",
        (
            ("All results that have a schema", "rnncli schema"),
            ("That of a forecast, as JSON Schema", "rnncli schema forecast > forecast.json"),
        ),
        ("formats",),
    ),
    "ledger": Page(
        "LEDGER ACTION [FILE] [OPTIONS]",
        (
            ("How large is it, from when to when?", "rnncli ledger ledger.db info"),
            ("Remove what is older", "rnncli ledger ledger.db prune --before 2020-01-01"),
            ("A copy, while a job may write", "rnncli ledger ledger.db export backup.db"),
        ),
        ("operations", "ledger"),
    ),
    "upgrade": Page(
        "FILE...",
        (
            ("A ledger of an earlier version", "rnncli upgrade ledger.db"),
            ("Which version are these files of?", "rnncli upgrade *.model ledger.db"),
        ),
        ("upgrading", "operations", "ledger"),
    ),
    "warmup": Page(
        "[OPTIONS]",
        (
            ("After an installation or in a container image", "rnncli warmup"),
            ("With a list of kernels as JSON", "rnncli warmup --format json"),
        ),
        ("environment",),
    ),
    "doctor": Page(
        "[OPTIONS]",
        (
            ("Check the installation", "rnncli doctor"),
            ("For a bug report", "rnncli doctor --format json"),
            ("Libraries, their licences, and why each is needed", "rnncli doctor --licences"),
        ),
        ("environment",),
    ),
    "help": Page(
        "[OPTIONS] [TOPIC]",
        (
            ("List all commands and guides", "rnncli help"),
            ("Read a guide", "rnncli help forecasts"),
            ("All details of a command", "rnncli help train"),
            ("Search all guides and commands", "rnncli help cron"),
        ),
        ("start",),
    ),
}
