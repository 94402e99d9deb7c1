"""Which days are trained on together: pieces, batches, and their order in an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.errors import DataError
from rnncli.kernels.lanes import Group, Packed, Sequences, lanes_for
from rnncli.training.streams import (
    Layout,
    cost_of,
    lanes_of_streams,
    lay_out,
    longest_stream,
    one_each,
    pack_layout,
    pay,
)
from rnncli.transforms.dataset import Dataset

PIECES = 64  # pieces that a few long series are cut into, so that an epoch has several steps
SHORTEST_PIECE = 16  # days that count in a piece
WARM_UP = 64  # days before them that only bring the state up to date
STEPS_AN_EPOCH = 64  # what the batch size is chosen for, within these limits
SMALLEST_BATCH, LARGEST_BATCH = 16, 64
FEW_NUMBERS = 1_000_000  # that are packed once for all epochs
WORTH_PACKING = 0.1  # of the time of an epoch, for which its batches are packed anew
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

    `in_turn`: see `Packed`; `streams`: whether a lane may hold one sequence after another.
    """

    inputs: FloatArray
    ahead: FloatArray | None
    sequences: Sequences
    size: int
    lanes: int
    chunk: int
    dtype: str
    in_turn: bool = False
    streams: bool = True

    @property
    def groups(self) -> int:
        """Groups of lanes in a full batch."""
        return -(-self.size // self.lanes)

    @property
    def together(self) -> bool:
        """Whether all sequences fit one batch: nothing is drawn."""
        return self.size >= len(self.sequences)

    @cached_property
    def _lengths(self) -> IntArray:
        return self.sequences.end - self.sequences.begin

    @cached_property
    def _streams_pay(self) -> bool:
        """Whether streams save batches of similar lengths more than packing them anew costs."""
        if not self.streams:
            return False
        descending = np.sort(self._lengths)[::-1]
        batches = [descending[i : i + self.size] for i in range(0, len(descending), self.size)]
        alone, laid = (
            sum(cost_of(way(batch, self.lanes), self.lanes) for batch in batches)
            for way in (one_each, lay_out)
        )
        return laid < (1 - WORTH_PACKING) * alone

    @cached_property
    def _whole(self) -> list[Group]:
        """All sequences."""
        return self._pack(self.sequences)

    @cached_property
    def _packed(self) -> Packed | None:
        """The sequences packed once, if they are few: packing costs more than a small network."""
        columns = self.inputs.shape[1] + (0 if self.ahead is None else self.ahead.shape[1])
        numbers = int(self._lengths.max()) * len(self._lengths) * columns
        if numbers > FEW_NUMBERS or self._streams_pay:
            return None
        return Packed(self.inputs, self.sequences, self.dtype, self.ahead, self.in_turn)

    @property
    def repeats(self) -> bool:
        """Whether the groups of all epochs are the same objects."""
        return self.in_turn and (self.together or self._packed is not None)

    def epoch(self, rng: np.random.Generator) -> Iterator[Sequence[Group]]:
        """Batches drawn anew, each packed when it is due."""
        return map(self.groups_of, self.draw(rng))

    def draw(self, rng: np.random.Generator) -> list[IntArray]:
        """The members of each batch, of similar lengths within, in random order."""
        if self.together:
            return [np.arange(len(self.sequences))]
        lengths = self._lengths
        order = rng.permutation(len(self.sequences))
        batches: list[IntArray] = []
        for start in range(0, len(order), POOL * self.size):
            drawn = order[start : start + POOL * self.size]
            drawn = drawn[np.argsort(-lengths[drawn], kind="stable")]
            batches += [drawn[i : i + self.size] for i in range(0, len(drawn), self.size)]
        return [batches[number] for number in rng.permutation(len(batches))]

    def days_of(self, members: IntArray) -> int:
        """Days of the longest group of a batch."""
        lengths = self._lengths[members]
        if self._packed is not None and not self.together:
            return int(lengths.max()) - 1
        return max(layout.rows for layout in self._layouts(lengths)) - 1

    def groups_of(self, members: IntArray) -> Sequence[Group]:
        """The groups of a batch."""
        if self.together:
            return self._whole
        if self._packed is not None:
            return self._packed.groups(members, self.lanes)
        return self._pack(self.sequences.subset(members))

    def _pack(self, chosen: Sequences) -> list[Group]:
        layouts = self._layouts(chosen.end - chosen.begin)
        arrays = self.inputs, chosen, self.lanes, self.dtype, self.ahead
        return [pack_layout(layout, *arrays) for layout in layouts]

    def _layouts(self, lengths: IntArray) -> list[Layout]:
        return (lay_out if self.streams else one_each)(lengths, self.lanes)


def make_batches(
    prepared: Dataset, bptt: int, batch_size: int, dtype: str, streams: bool = True
) -> Batching:
    """Batching of the training part; `bptt` 0: whole series, `batch_size` 0: by the work."""
    sequences = training_sequences(prepared, bptt)
    days = sequences.end - sequences.begin - 1
    longest = int(days.max())
    streams = streams and pay(days + 1)
    if streams:
        longest = longest_stream(longest + 1) - 1
    chunk = min(bptt or longest, longest)
    size = batch_size or _batch_size(int(np.sum(-(-days // chunk))))
    size = min(size, len(sequences))
    inputs = prepared.inputs.astype(dtype)
    together = streams and size == len(sequences)
    lanes = lanes_of_streams(days + 1) if together else lanes_for(days, size)
    return Batching(
        inputs, prepared.ahead, sequences, size, lanes, chunk, dtype, streams=streams
    )  # fmt: skip


def _batch_size(chunks: int) -> int:
    """A multiple of 16 that leaves enough steps in an epoch."""
    return min(max(chunks // STEPS_AN_EPOCH // 16 * 16, SMALLEST_BATCH), LARGEST_BATCH)
