"""The settings of a nightly job: the tables of its configuration, and an example of one."""

from dataclasses import dataclass
from typing import Any

from rnncli.settings import (
    CheckpointSettings,
    DeliverySettings,
    FeedSettings,
    FleetSettings,
    KeepSettings,
    MonitorSettings,
    NetworkSettings,
    PlaceSettings,
    PortfolioSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RetrainSettings,
    ScoreSettings,
    TrainSettings,
    WindowSettings,
    WorkerSettings,
)
from rnncli.settings.output import Names

Stages = tuple[type[Any], ...]
TABLES: dict[str, Stages] = {
    "prices": (FeedSettings, ReadSettings),
    "model": (PlaceSettings,),
    "train": (
        RetrainSettings,
        PrepareSettings,
        NetworkSettings,
        TrainSettings,
        CheckpointSettings,
        FleetSettings,
        WorkerSettings,
    ),
    "forecast": (PredictSettings,),
    "output": (DeliverySettings,),
    "ledger": (PlaceSettings,),
    "risk": (PortfolioSettings,),
    "score": (WindowSettings, ScoreSettings),
    "log": (PlaceSettings,),
    "keep": (KeepSettings,),
    "monitor": (MonitorSettings,),
}
NEEDED = {
    "prices": "paths", "model": "file", "output": "file", "ledger": "file", "risk": "holdings",
    "log": "file",
}  # fmt: skip
REMEDIES = {  # what to write where a table is missing that a job needs
    "prices": "write it with paths = …",
    "model": "[train] needs it: write it with file = …, or leave out [train]",
}
LEFT_OUT = {
    "forecast": ("paths", "joint"),
    "score": ("by", "export", "portfolios"),
}  # not of a job
DEFAULTS: dict[str, dict[str, str | bool]] = {
    "forecast": {"max_age": "7"},
    "train": {"resume": True},
}
ALL = ""  # key of the model that all symbols share
FORMS = ("csv", "json", "jsonl", "parquet")


@dataclass(frozen=True)
class Job:
    """A nightly job; paths are complete, and `output` may contain {date} and {today}.

    `file`: the path of the configuration. `retrain` is None without training.
    `per_series`: whether `model` is a folder with a model for each symbol. `form`, `digits`,
    `names`: of the output; `report`: its HTML page, which may contain the same. `risk`: the
    portfolios whose risk is recorded, None without any.
    """

    file: str
    feed: FeedSettings
    reading: ReadSettings
    model: str
    retrain: RetrainSettings | None
    preparing: PrepareSettings
    shape: NetworkSettings
    training: TrainSettings
    keeping: CheckpointSettings
    per_series: bool
    working: WorkerSettings
    predicting: PredictSettings
    output: str | None
    form: str
    digits: int | None
    names: Names
    report: str | None
    ledger: str | None
    risk: PortfolioSettings | None
    window: WindowSettings
    scoring: ScoreSettings
    log: str | None
    tidying: KeepSettings
    monitor: MonitorSettings

    @property
    def paths(self) -> tuple[str, ...]:
        """The price files and folders."""
        return self.feed.paths


EXAMPLE = """\
# A nightly job of rnncli: run it with `rnncli batch nightly.toml`.
# Paths are relative to the folder of this file. Options are those of the commands:
# `rnncli train --help` and so on. What is commented out shows its default, or an example where
# its comment says "off by default" or names another default.

[prices]
paths = ["prices"]             # price files, or folders of them
# column = "close"             # and other options of reading: symbols, since, date-format, …
# exclude = "@excluded.txt"    # off by default: bad symbols, one per line; or "SYMBOL,SYMBOL"
max-data-age = 2               # status 76 after more trading days without a price
# wait-for = "20:00"           # off by default: wait for the prices of today; then status 75

[model]                        # without [model] and [train] the prior forecasts: no training
file = "nightly.model"         # trained in the first run

[train]                        # without this table the model is used as it is
every = "7d"                   # retrain once the prices are a week newer than those trained on
on-drift = true                # retrain when coverage one row ahead has drifted
on-changed-data = true         # retrain when past prices were rewritten
checkpoint-every = 5           # an interrupted training resumes from its checkpoint
# per-series = false           # true: one model per symbol, in a folder; with jobs or cluster
# hidden-size = 32             # any option of `rnncli train`; a change retrains

[forecast]
# horizon = 5
# level = [80, 95]
# max-age = 7                  # skip symbols that end more days before the newest one

[output]
file = "forecasts-{date}.csv"  # {date}: the newest date of the prices; {today}: of the run
# format = "csv"               # or json, jsonl, parquet (an extra); default: by the ending
# digits = 6                   # significant ones of each number; default: all
# report = "report-{date}.html"  # off by default: a page of the forecasts and the ledger (an extra)
# names = "nixtla"             # columns unique_id, ds, y_hat, …; default: "rnncli"

[ledger]                       # a table [risk] records portfolios too: rnncli help ledger
file = "ledger.db"             # every forecast, to be scored later

[score]
# cutoffs = 20                 # how many past cutoffs are scored
# require-coverage = "80:70-90"  # off by default: status 4; the first runs have nothing to judge
# require-test = "kupiec"      # off by default: of portfolios; or christoffersen, green, …

[log]
file = "nightly.jsonl"         # one JSON line per event

[keep]
# outputs = 60                 # off by default: forecast files, the newest; or output-age = "90d"
# log-size = 100               # off by default: MiB, then a new log; logs = 5 earlier ones are kept

[monitor]
# metrics = "rnncli.prom"      # off by default: for the textfile collector of Prometheus
# on-failure = ["/usr/local/bin/alert", "--job", "nightly"]  # off by default: gets the summary
"""
