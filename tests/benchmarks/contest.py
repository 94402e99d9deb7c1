"""What is trained, who trains it, and the rules: in turn, from the same weights, equal losses.

A contestant runs laps. A lap is one pass over the training data: one update a batch, or one a
batch and chunk of `bptt` days. Each turn begins at the same start weights, so that the losses of
every lap can be compared; the time of a contestant is its best lap of all turns.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

CHECKED = 4  # laps whose losses must agree; the first one also warms up and is not timed
TOLERANCE = 1e-4  # relative
KEPT = 1.3  # variants slower than this many times their party's best run once only
MOST_LAPS = 400
REST = 0.2  # seconds between turns, so that no one's idle threads still spin in another's turn

LEARNING_RATE, CLIP_NORM = 0.001, 1.0
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Work:
    """One training task: the data, the network, and how days and series are dealt into steps."""

    cell: str
    hidden_size: int
    bptt: int  # 0: whole series
    batch_size: int
    series: tuple[Float32Array, ...]  # values; each day predicts the next

    @property
    def days(self) -> int:
        """Days with a target over all series: the time steps of a lap."""
        return sum(len(values) - 1 for values in self.series)

    @property
    def equal(self) -> bool:
        """Whether all series have one length."""
        return len({len(values) for values in self.series}) == 1

    @property
    def chunk(self) -> int:
        """Days that gradients flow back."""
        longest = max(len(values) for values in self.series) - 1
        return min(self.bptt or longest, longest)


@dataclass(frozen=True)
class Chunk:
    """Days of a batch up to the next update: x and target (T, B), days that count of each (B).

    Longest series first; `days` are all positive: a series that has ended is no longer here.
    """

    x: Float32Array
    target: Float32Array
    days: tuple[int, ...]

    @property
    def total(self) -> int:
        """Days that count."""
        return sum(self.days)

    @property
    def mask(self) -> Float32Array:
        """1 where a day counts, else 0: (T, B)."""
        return (np.arange(len(self.x))[:, None] < np.array(self.days)).astype(np.float32)


def chunks(work: Work, members: Sequence[int]) -> list[Chunk]:
    """The chunks of a batch of series, padded to the longest of it."""
    batch = sorted((work.series[i] for i in members), key=len, reverse=True)
    padded = []
    for start in range(0, len(batch[0]) - 1, work.chunk):
        days = [min(len(values) - 1 - start, work.chunk) for values in batch]
        active = [count for count in days if count > 0]
        values = np.zeros((active[0] + 1, len(active)), np.float32)
        for lane, count in enumerate(active):
            values[: count + 1, lane] = batch[lane][start : start + count + 1]
        padded.append(Chunk(values[:-1].copy(), values[1:].copy(), tuple(active)))
    return padded


@dataclass(frozen=True)
class Lap:
    """Mean loss over the days of a lap, each at the weights of its step, and the time it took."""

    loss: float
    seconds: float


class Contestant(Protocol):
    """One way to do the work."""

    party: str
    variant: str

    def laps(self, count: int) -> list[Lap]:
        """Train `count` laps from the start weights; the first one may compile."""


@dataclass
class Score:
    """The turns of one contestant so far."""

    contestant: Contestant
    losses: list[float] = field(default_factory=list)
    best: float = math.inf

    def turn(self, seconds: float) -> None:
        """Let it train for about this number of seconds."""
        count = CHECKED
        if math.isfinite(self.best):
            count = min(max(math.ceil(seconds / self.best) + 1, CHECKED), MOST_LAPS)
        time.sleep(REST)
        laps = self.contestant.laps(count)
        self.losses = [lap.loss for lap in laps[:CHECKED]]
        self.best = min(self.best, *(lap.seconds for lap in laps[1:]))


class DisagreementError(Exception):
    """Two contestants did not do the same work: no time is worth printing."""


def compete(
    contestants: Sequence[Contestant], turns: int, seconds: float
) -> tuple[list[Score], float]:
    """Scores of all after `turns` turns each, in turn, and how far apart their losses are."""
    scores = [Score(contestant) for contestant in contestants]
    apart = 0.0
    for turn in range(turns + 1):  # the first one is short: it compiles, and sorts out the slow
        for score in scores:
            if turn == 0 or _promising(score, scores):
                score.turn(seconds)
        apart = max(apart, _check(scores))
    return scores, apart


def _promising(score: Score, scores: Sequence[Score]) -> bool:
    party = [other.best for other in scores if other.contestant.party == score.contestant.party]
    return score.contestant.party == "ours" or score.best <= KEPT * min(party)


def _check(scores: Sequence[Score]) -> float:
    """Largest relative difference of a lap's loss to that of the first contestant."""
    expected = np.array(scores[0].losses)
    worst = 0.0
    for score in scores[1:]:
        difference = float(np.max(np.abs(np.array(score.losses) / expected - 1)))
        if not difference <= TOLERANCE:
            first, other = scores[0].contestant, score.contestant
            raise DisagreementError(
                f"{other.party} ({other.variant}) has the losses {score.losses},"
                f" {first.party} {expected.tolist()}: {difference:.2g} apart"
            )
        worst = max(worst, difference)
    return worst
