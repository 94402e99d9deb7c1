"""Which days are trained on together: pieces, batches, and their order in an epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.errors import DataError
from rnncli.kernels.lanes import Group, Packed, Sequences, lanes_for, pack
from rnncli.transforms.dataset import Dataset

PIECES = 64  # pieces that a few long series are cut into, so that an epoch has several steps
SHORTEST_PIECE = 16  # days that count in a piece
WARM_UP = 64  # days before them that only bring the state up to date
STEPS_AN_EPOCH = 64  # what the batch size is chosen for, within these limits
SMALLEST_BATCH, LARGEST_BATCH = 16, 64
FEW_NUMBERS = 1_000_000  # that are packed once for all epochs
POOL = 8  # batches drawn together and sorted by length, so that neighbours waste little


def training_sequences(prepared: Dataset, bptt: int) -> Sequences:
    """The training part of every series; where series are few, overlapping pieces of it.

    A piece begins with a warm-up whose days do not count, so that each day counts once.
    Raises DataError where no series has a day to train on.
    """
    days = np.maximum(prepared.training - 1, 0)  # with a target within the training part
    if not days.any():
        raise DataError("no series has a day to train on; longer series are needed")
    span = _span(days[days > 0])
    warm_up = min(bptt or WARM_UP, WARM_UP)
    rows = [
        (
            begin + max(first - warm_up, 0),
            begin + min(first + span, count) + 1,
            min(first, warm_up),
            begin + count + 1,
        )
        for begin, count in zip(prepared.offsets[:-1], days, strict=True)
        for first in range(0, count, span)
    ]
    begin, end, first, last_value = np.array(rows, dtype=np.int64).T
    return Sequences(begin, end, first, last=end - begin - 1, known=last_value - begin)


def _span(days: IntArray) -> int:
    """Days that count in a piece: all of them, unless the series are few."""
    if len(days) >= PIECES:
        return int(days.max())
    return max(SHORTEST_PIECE, -(-int(days.sum()) // PIECES))


@dataclass(frozen=True)
class Batching:
    """How the sequences are dealt into steps: `size` a batch in groups of `lanes`, `chunk` days.

    `in_turn`: see `Packed`.
    """

    inputs: FloatArray
    ahead: FloatArray | None
    sequences: Sequences
    size: int
    lanes: int
    chunk: int
    dtype: str
    in_turn: bool = False

    @property
    def groups(self) -> int:
        """Groups of lanes in a full batch."""
        return -(-self.size // self.lanes)

    @property
    def _together(self) -> bool:
        """Whether all sequences fit one batch: nothing is drawn."""
        return self.size >= len(self.sequences)

    @cached_property
    def _whole(self) -> list[Group]:
        """All sequences."""
        return pack(self.inputs, self.sequences, self.lanes, self.dtype, self.ahead)

    @cached_property
    def _packed(self) -> Packed | None:
        """The sequences packed once, if they are few: packing costs more than a small network."""
        columns = self.inputs.shape[1] + (0 if self.ahead is None else self.ahead.shape[1])
        lengths = self.sequences.end - self.sequences.begin
        if int(lengths.max()) * len(lengths) * columns > FEW_NUMBERS:
            return None
        return Packed(self.inputs, self.sequences, self.dtype, self.ahead, self.in_turn)

    @property
    def repeats(self) -> bool:
        """Whether the groups of all epochs are the same objects."""
        return self.in_turn and (self._together or self._packed is not None)

    def epoch(self, rng: np.random.Generator) -> Iterator[list[Group]]:
        """Batches drawn anew, each packed when it is due."""
        return map(self.groups_of, self.draw(rng))

    def draw(self, rng: np.random.Generator) -> list[IntArray]:
        """The members of each batch, of similar lengths within, in random order."""
        if self._together:
            return [np.arange(len(self.sequences))]
        lengths = self.sequences.end - self.sequences.begin
        order = rng.permutation(len(self.sequences))
        batches: list[IntArray] = []
        for start in range(0, len(order), POOL * self.size):
            drawn = order[start : start + POOL * self.size]
            drawn = drawn[np.argsort(-lengths[drawn], kind="stable")]
            batches += [drawn[i : i + self.size] for i in range(0, len(drawn), self.size)]
        return [batches[number] for number in rng.permutation(len(batches))]

    def days_of(self, members: IntArray) -> int:
        """Days of the longest group of a batch."""
        return int((self.sequences.end - self.sequences.begin)[members].max()) - 1

    def groups_of(self, members: IntArray) -> list[Group]:
        """The groups of a batch."""
        if self._together:
            return self._whole
        if self._packed is not None:
            return self._packed.groups(members, self.lanes)
        chosen = self.sequences.subset(members)
        return pack(self.inputs, chosen, self.lanes, self.dtype, self.ahead)


def make_batches(prepared: Dataset, bptt: int, batch_size: int, dtype: str) -> Batching:
    """Batching of the training part; `bptt` 0: whole series, `batch_size` 0: by the work."""
    sequences = training_sequences(prepared, bptt)
    days = sequences.end - sequences.begin - 1
    longest = int(days.max())
    chunk = min(bptt or longest, longest)
    size = batch_size or _batch_size(int(np.sum(-(-days // chunk))))
    size = min(size, len(sequences))
    inputs = prepared.inputs.astype(dtype)
    lanes = lanes_for(days, size)
    return Batching(inputs, prepared.ahead, sequences, size, lanes, chunk, dtype)


def _batch_size(chunks: int) -> int:
    """A multiple of 16 that leaves enough steps in an epoch."""
    return min(max(chunks // STEPS_AN_EPOCH // 16 * 16, SMALLEST_BATCH), LARGEST_BATCH)
