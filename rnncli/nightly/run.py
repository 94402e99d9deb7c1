"""What a night finds and does: who is told of it, what it comes to, what is known before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rnncli.evaluation.verdict import Check
from rnncli.forecasting.forecast import Forecast
from rnncli.ledger.reader import Pair
from rnncli.nightly.config import ALL, Job
from rnncli.nightly.current_models import CurrentModel, find_current_model
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage
from rnncli.settings import ReadSettings, RunSettings
from rnncli.training.per_symbol import Failed, SymbolOutcome
from rnncli.training.state import Epoch


@dataclass(frozen=True)
class Callbacks:
    """To whom a night tells what, as it happens."""

    warn: Callable[[str], None]
    fail: Callable[[object], None]
    note: Callable[[str], None]
    detail: Callable[[Iterable[str]], None]
    event: Callable[..., None]
    epoch: Callable[[Epoch], None]
    outcome: Callable[[SymbolOutcome, int, int], None]
    stage: Stage
    elapsed: Callable[[], float]
    encode: Callable[[Sequence[Forecast]], bytes]


@dataclass
class JobResult:
    """What a night came to.

    `why`: reasons to train; `trained`: whether it was done, `models`: how many were; `kept`: how
    many could not be, so that the older one stays. `model`: that of all symbols. `stale`: symbols
    too old to forecast; `failed`: symbols that could not be, `unread`: files that could not be
    read, `faults`: all that was told of them. `recorded`, `wrote`: what was new. `covered`: level
    in percent -> share of what came that was inside. `differ`: forecasts that the ledger has
    with another number, which stands; `left_out`: those whose past was rewritten since. `status`:
    where nothing could be forecast, that of the fault.
    """

    dry: bool = False
    newest: str | None = None
    series: int = 0
    why: list[str] = field(default_factory=list)
    trained: bool = False
    models: int = 0
    epochs: int = 0
    kept: int = 0
    model: str | None = None
    symbols: int = 0
    forecasts: int = 0
    stale: int = 0
    failed: list[str] = field(default_factory=list)
    unread: int = 0
    faults: list[str] = field(default_factory=list)
    recorded: int = 0
    differ: int = 0
    output: str | None = None
    wrote: bool = False
    came: int = 0
    left_out: int = 0
    covered: dict[float, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    status: int = 0

    @property
    def idle(self) -> bool:
        """Whether everything was done before."""
        return not (self.trained or self.recorded or self.wrote or (self.dry and self.why))


@dataclass
class JobRun:
    """One night: the job, who is told, the models in use, what was seen of the prices.

    `held`: by the key of `shares`. `broken`: symbols that have no model, since training failed.
    """

    job: Job
    talk: Callbacks
    running: RunSettings
    pool: Threads
    pairs: list[Pair]
    night: JobResult
    reading: ReadSettings
    inputs: tuple[str, ...]
    held: dict[str, CurrentModel] = field(default_factory=dict)
    broken: dict[str, Failed] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)

    def fail(self, fault: object) -> None:
        """Tell of a fault once, though it be met in training and in the forecast."""
        if str(fault) not in self.said:
            self.said.add(str(fault))
            self.night.faults.append(str(fault))
            self.talk.fail(fault)

    def unread(self, fault: object) -> None:
        """Tell of a file that cannot be read."""
        self.night.unread += str(fault) not in self.said
        self.fail(fault)

    def pending(self, symbol: str, fault: str) -> None:
        """Tell of a symbol that ends on a day yet to come."""
        if fault not in self.said:
            self.night.failed.append(symbol)
        self.fail(fault)

    def warn(self, line: str) -> None:
        """Tell of the data once, though they be read twice."""
        if line not in self.said:
            self.said.add(line)
            self.talk.warn(line)

    def remark(self, line: str) -> None:
        """Tell those who want to know all."""
        self.talk.detail([line])

    def trained(self, epochs: int, steps: int, why: Iterable[object], **of: Any) -> None:
        """Count a model that was trained."""
        self.night.trained = True
        self.night.models += 1
        self.night.epochs += epochs
        reasons = [str(one) for one in why]
        self.talk.event("trained", **of, epochs=epochs, steps=steps, why=reasons)

    def shares(self, prices: Prices) -> Iterator[tuple[str, Prices]]:
        """The prices of each model and its key: a symbol, or ALL."""
        if not self.job.per_series:
            yield ALL, prices
            return
        for i, symbol in enumerate(prices.symbols):
            yield symbol, prices.subset([i])

    def hold(self, key: str) -> CurrentModel:
        """The model of a key as the night finds it, looked for once."""
        if key not in self.held:
            self.renew(key)
        return self.held[key]

    def renew(self, key: str) -> CurrentModel:
        """The model of a key as it is now."""
        self.held[key] = find_current_model(self.job, key, self.reading, self.inputs, self.warn)
        return self.held[key]
